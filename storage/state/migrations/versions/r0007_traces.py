"""Which commits hold captures of an article or address, and what a site's articles are known by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add a table that is made from the log, and empty the index so that it is; change what is looked up by."""
    op.create_table(
        "traces",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_committed_batch", "committed", ["batch"])
    op.drop_index("ix_heads_site", "heads")
    op.create_index("ix_heads_site_confirmed_at", "heads", ["site", "confirmed_at"])
    op.create_index("ix_absences_last_at", "absences", ["last_at"])
    op.drop_table("bands")
    op.create_table(
        "bands",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    for table in ("heads", "absences", "revisions", "taken_down", "committed", "texts"):
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608
