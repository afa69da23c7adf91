"""What the watch has told of each site and not yet taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add a table, empty: nothing was told yet."""
    op.create_table(
        "findings",
        sa.Column("site", sa.String(63), primary_key=True),
        sa.Column("trouble", sa.String(40), primary_key=True),
        sa.Column("sentence", sa.String(500), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
    )
