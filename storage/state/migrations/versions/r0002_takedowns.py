"""What was taken down, what is missing from the web, and when a segment that failed is tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add two tables that are made from the log, empty the index so that they are, and add a column."""
    op.create_table(
        "taken_down",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
    )
    op.create_table(
        "absences",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
    )
    op.add_column("segments", sa.Column("retry_at", sa.DateTime(timezone=True)))
    for table in ("heads", "revisions", "committed"):
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608
