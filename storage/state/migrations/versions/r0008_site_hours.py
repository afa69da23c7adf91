"""What came of each site in each hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COUNTS = (
    *("captures", "walls", "refused", "unread", "edited", "new", "undated", "unsigned", "words", "stripped"),
    *("prompts", "lagging"),
)


def upgrade() -> None:
    """Add a table that is made from the log, and empty the index so that it is."""
    op.create_table(
        "site_hours",
        sa.Column("site", sa.String(63), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("lag_seconds", sa.Float(), nullable=False),
    )
    op.create_index("ix_site_hours_at", "site_hours", ["at"])
    for table in ("heads", "absences", "revisions", "traces", "taken_down", "committed", "texts", "bands"):
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608
