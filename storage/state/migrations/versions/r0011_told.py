"""Whether what the watch found was told to anybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add a column; what stands there was told."""
    op.add_column("findings", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
