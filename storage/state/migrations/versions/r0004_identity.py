"""Who the database is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add a table of one row."""
    op.create_table("identity", sa.Column("name", sa.String(32), primary_key=True))
