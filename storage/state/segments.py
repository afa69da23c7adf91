"""Table `segments`: which segments wait to be normalized, which are done, which are given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    Row,
    String,
    Table,
    delete,
    select,
    update,
)

from storage.state.database import METADATA, Moment, insert_new

MAX_ATTEMPTS = 5
"""Failures after which a segment is no longer tried by itself."""


class State(StrEnum):
    """What became of a segment."""

    PENDING = "pending"
    COMMITTED = "committed"
    QUARANTINED = "quarantined"
    """Failed `MAX_ATTEMPTS` times, or for a reason that lasts; `release` lets it be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentInfo:
    """A segment that is in the object store."""

    key: str
    sha256: str
    bytes: int
    captures: int
    registered_at: datetime
    state: State = State.PENDING
    attempts: int = 0
    """Failed ones."""
    error: str | None = None
    """Of the last attempt."""
    retry_at: datetime | None = None
    """Not to be tried before."""


class SegmentChanged(Exception):
    """A segment is registered already, with other bytes: its key was used twice."""


SEGMENTS = Table(
    "segments",
    METADATA,
    Column("key", String, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("captures", Integer, nullable=False),
    Column("registered_at", Moment, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", String),
    Column("retry_at", Moment),
)


def register(connection: Connection, info: SegmentInfo) -> SegmentInfo:
    """Note a segment; one that is there already stays as it is and is returned. Raises SegmentChanged."""
    known = get(connection, info.key)
    if known is not None and known.sha256 != info.sha256:
        raise SegmentChanged(
            f"segment {info.key}: registered with sha256 {known.sha256}, now {info.sha256}; "
            "keep both files and compare them before either is removed"
        )
    if known is None:
        row = {column.name: getattr(info, column.name) for column in SEGMENTS.columns}
        insert_new(connection, SEGMENTS, [{**row, "state": info.state.value}])
    return known or info


def get(connection: Connection, key: str) -> SegmentInfo | None:
    """What is known of one segment."""
    row = connection.execute(select(SEGMENTS).where(SEGMENTS.c.key == key)).one_or_none()
    return _info(row) if row is not None else None


def in_state(connection: Connection, state: State, limit: int | None = None) -> list[SegmentInfo]:
    """Segments in a state, in key order, which is the order in which they were begun."""
    query = select(SEGMENTS).where(SEGMENTS.c.state == state.value).order_by(SEGMENTS.c.key).limit(limit)
    return [_info(row) for row in connection.execute(query)]


def pending(connection: Connection, limit: int | None = None) -> list[SegmentInfo]:
    """Segments that wait to be normalized, the oldest first."""
    return in_state(connection, State.PENDING, limit)


def mark_committed(connection: Connection, key: str) -> None:
    """Its batch is in the log."""
    _update(connection, key, state=State.COMMITTED.value, error=None)


def mark_failed(connection: Connection, key: str, error: str, *, lasting: bool = False) -> State:
    """Count a failed attempt; the state it is in then. A committed segment stays so.

    `lasting`: another attempt would fail as this one did; the segment is quarantined at once.
    """
    known = get(connection, key)
    if known is None:
        raise KeyError(f"segment {key} is not registered")
    attempts = known.attempts + 1
    state = known.state
    if state is State.PENDING and (lasting or attempts >= MAX_ATTEMPTS):
        state = State.QUARANTINED
    _update(connection, key, state=state.value, attempts=attempts, error=error)
    return state


def release(connection: Connection, key: str) -> None:
    """Let a segment be normalized (again): pending, with no attempts counted."""
    _update(connection, key, state=State.PENDING.value, attempts=0, error=None)


def rehash(connection: Connection, key: str, sha256: str) -> None:
    """Its bytes were changed on purpose (a takedown, a repair)."""
    _update(connection, key, sha256=sha256)


def clear(connection: Connection) -> None:
    """Forget every segment."""
    connection.execute(delete(SEGMENTS))


def _update(connection: Connection, key: str, **values: str | int | None) -> None:
    connection.execute(update(SEGMENTS).where(SEGMENTS.c.key == key).values(values))


def _info(row: Row[tuple[object, ...]]) -> SegmentInfo:
    return SegmentInfo(
        key=row.key,
        sha256=row.sha256,
        bytes=row.bytes,
        captures=row.captures,
        registered_at=row.registered_at,
        state=State(row.state),
        attempts=row.attempts,
        error=row.error,
        retry_at=row.retry_at,
    )
