"""Which articles tell one story."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add two tables that are made from the log, and empty the index so that they are."""
    op.create_table(
        "texts",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("article_id", sa.String(), nullable=False, unique=True),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_texts_story", "texts", ["story"])
    op.create_table(
        "bands",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    for table in ("heads", "absences", "revisions", "taken_down", "committed"):
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608
