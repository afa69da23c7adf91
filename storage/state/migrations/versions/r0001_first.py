"""The tables as they were before there were revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "heads",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("url_key", sa.String(), nullable=False),
        sa.Column("site", sa.String()),
        sa.Column("revision_id", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
    )
    op.create_index("ix_heads_site", "heads", ["site"])
    op.create_table(
        "revisions",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("revision_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
    )
    op.create_table(
        "committed",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("captures", sa.Integer(), nullable=False),
    )
    op.create_index("ix_committed_segment", "committed", ["segment"])
    op.create_table(
        "polled",
        sa.Column("site", sa.String(63), primary_key=True),
        sa.Column("url", sa.String(2048), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("via", sa.String()),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True)),
        sa.Column("etag", sa.String()),
        sa.Column("last_modified", sa.String()),
        sa.Column("digest", sa.String(80)),
        sa.Column("interval_seconds", sa.Float(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(32)),
        sa.Column("status", sa.Integer()),
        sa.Column("detail", sa.String()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer()),
    )
    op.create_index("polled_due", "polled", ["site", "next_at"])
    op.create_table(
        "urls",
        sa.Column("url_id", sa.String(20), primary_key=True),
        sa.Column("url_key", sa.String(), nullable=False),
        sa.Column("site", sa.String(63), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(32)),
        sa.Column("status", sa.Integer()),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("fetched_at", sa.DateTime(timezone=True)),
        sa.Column("etag", sa.String()),
        sa.Column("last_modified", sa.String()),
        sa.Column("digest", sa.String(80)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
    )
    op.create_index("urls_due", "urls", ["site", "next_at"])
    op.create_table(
        "mentions",
        sa.Column("url_id", sa.String(20), primary_key=True),
        sa.Column("via", sa.String(2048), primary_key=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String()),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("modified_at", sa.DateTime(timezone=True)),
        sa.Column("language", sa.String(32)),
    )
    op.create_table(
        "fetches",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("url_id", sa.String(20), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("detail", sa.String()),
        sa.Column("segment", sa.String()),
    )
    op.create_index("fetches_of", "fetches", ["url_id", "at"])
    op.create_table(
        "hosts",
        sa.Column("origin", sa.String(300), primary_key=True),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String()),
        sa.Column("robots", sa.String()),
        sa.Column("robots_status", sa.Integer()),
        sa.Column("robots_until", sa.DateTime(timezone=True)),
        sa.Column("robots_etag", sa.String()),
        sa.Column("robots_last_modified", sa.String()),
    )
    op.create_table(
        "segments",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("captures", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String()),
    )
    op.create_index("ix_segments_state", "segments", ["state"])
