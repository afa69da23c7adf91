"""Hosts: the robots.txt they gave, and until when those that asked for patience are left alone. Table `hosts`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    String,
    Table,
    select,
    update,
)

from storage.state.database import MAX_DETAIL_CHARS, METADATA, Moment, Words, insert_new

hosts = Table(
    "hosts",
    METADATA,
    Column("origin", String(300), primary_key=True),  # scheme://host:port
    Column("held_until", Moment),
    Column("strikes", Integer, nullable=False, default=0),
    Column("detail", Words),
    Column("robots", Words),  # text of robots.txt; empty: none there
    Column("robots_status", Integer),
    Column("robots_until", Moment),
    Column("robots_etag", Words),
    Column("robots_last_modified", Words),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """A robots.txt as it was answered."""

    origin: str
    status: int
    text: str
    until: datetime
    etag: str | None = None
    last_modified: str | None = None


def origin_of(url: str) -> str:
    """Scheme, host and port: what a robots.txt speaks for, and what asks for patience."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def robots_of(connection: Connection, origin: str) -> Robots | None:
    """The robots.txt kept of an origin, fresh or not."""
    row = connection.execute(select(hosts).where(hosts.c.origin == origin)).first()
    if row is None or row.robots_until is None or row.robots_status is None:
        return None
    return Robots(
        origin=origin,
        status=row.robots_status,
        text=row.robots or "",
        until=row.robots_until,
        etag=row.robots_etag,
        last_modified=row.robots_last_modified,
    )


def keep_robots(connection: Connection, robots: Robots) -> None:
    """Keep a robots.txt until its `until`."""
    _set_host(
        connection,
        robots.origin,
        robots=robots.text,
        robots_status=robots.status,
        robots_until=robots.until,
        robots_etag=robots.etag,
        robots_last_modified=robots.last_modified,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A host that asked to be left alone."""

    until: datetime
    strikes: int
    detail: str


def hold_of(connection: Connection, origin: str) -> Hold | None:
    """Until when a host is left alone, or was the last time."""
    row = connection.execute(select(hosts).where(hosts.c.origin == origin)).first()
    if row is None or row.held_until is None:
        return None
    return Hold(until=row.held_until, strikes=row.strikes, detail=row.detail or "")


def hold(connection: Connection, origin: str, held: Hold | None) -> None:
    """Leave a host alone; None: it answers again."""
    _set_host(
        connection,
        origin,
        held_until=held.until if held else None,
        strikes=held.strikes if held else 0,
        detail=held.detail[:MAX_DETAIL_CHARS] if held else None,
    )


def _set_host(connection: Connection, origin: str, **values: Any) -> None:  # noqa: ANN401
    changed = connection.execute(update(hosts).where(hosts.c.origin == origin).values(**values))
    if changed.rowcount == 0:
        insert_new(connection, hosts, [{"origin": origin, "strikes": 0, **values}])
