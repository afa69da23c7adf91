"""Which crawl run visits which site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Add a table, empty: nobody crawls while it is made."""
    op.create_table(
        "leases",
        sa.Column("site", sa.String(63), primary_key=True),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("shown", sa.String(300), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_leases_owner", "leases", ["owner"])
