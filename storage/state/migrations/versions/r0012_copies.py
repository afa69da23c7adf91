"""Every text leaves its copies when it comes, no more when it is old: those that are in the archive leave theirs.

The bands of old texts, for which there is a limit now, go step by step with the next commits.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from articles.near import copies

revision = "0012"
down_revision = "0011"

CHUNK = 10_000
_TEXTS = sa.text("SELECT number, signature FROM texts WHERE number > :last ORDER BY number LIMIT :chunk")
_PUT = sa.text("INSERT INTO bands (key, number) VALUES (:key, :number) ON CONFLICT DO NOTHING")


def upgrade() -> None:
    """Fill in the rows by which copies are found; the first text that had a key keeps it."""
    connection, last = op.get_bind(), 0
    while texts := connection.execute(_TEXTS, {"last": last, "chunk": CHUNK}).all():
        rows = [{"key": key, "number": number} for number, signed in texts for key in copies(bytes(signed))]
        connection.execute(_PUT, rows)
        last = texts[-1].number
