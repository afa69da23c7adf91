"""Table `segments`: which segments wait to be normalized, which are done, which are given up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
    func,
    select,
    update,
)

from storage.state.database import METADATA, Moment, in_chunks, insert_new

MAX_ATTEMPTS = 8
"""Attempts after which a segment is no longer tried by itself. Readings that never ended count: what kills its
reader each time must not kill the next one."""
AT_ONCE = 4
"""So many attempts may follow each other without a wait: a deployment or a reboot ends readings too."""
FIRST_WAIT = timedelta(minutes=1)
"""The wait after that; four times as long after each further attempt: 1, 4, 16 minutes."""


class State(StrEnum):
    """What became of a segment."""

    PENDING = "pending"
    COMMITTED = "committed"
    QUARANTINED = "quarantined"
    """Tried `MAX_ATTEMPTS` times in vain, or wrong in a way that lasts; `release` lets it be tried again."""


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
    """Begun, and not come to a commit."""
    error: str | None = None
    """Of the last attempt that ended."""
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
    known = refuse_other_bytes(connection, info)
    if known is None:
        row = {column.name: getattr(info, column.name) for column in SEGMENTS.columns}
        insert_new(connection, SEGMENTS, [{**row, "state": info.state.value}])
    return known or info


def refuse_other_bytes(connection: Connection, info: SegmentInfo) -> SegmentInfo | None:
    """What is known of a segment; None: nothing. Raises SegmentChanged where it was registered with other bytes."""
    known = get(connection, info.key)
    if known is not None and known.sha256 != info.sha256:
        raise SegmentChanged(
            f"segment {info.key}: registered with sha256 {known.sha256}, now {info.sha256}; "
            "keep both files and compare them before either is removed"
        )
    return known


def get(connection: Connection, key: str) -> SegmentInfo | None:
    """What is known of one segment."""
    row = connection.execute(select(SEGMENTS).where(SEGMENTS.c.key == key)).one_or_none()
    return _info(row) if row is not None else None


def registered(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys that are known."""
    found: set[str] = set()
    for some in in_chunks(keys):
        found.update(connection.scalars(select(SEGMENTS.c.key).where(SEGMENTS.c.key.in_(some))))
    return found


def newest(connection: Connection) -> str | None:
    """The segment of our own making that was begun last; None: there is none."""
    ours = SEGMENTS.c.key.like("segments/____/__/__/%")
    key: str | None = connection.scalar(select(func.max(SEGMENTS.c.key)).where(ours))
    return key


def in_state(connection: Connection, state: State, limit: int | None = None) -> list[SegmentInfo]:
    """Segments in a state, in key order, which is the order in which they were begun."""
    query = select(SEGMENTS).where(SEGMENTS.c.state == state.value).order_by(SEGMENTS.c.key).limit(limit)
    return [_info(row) for row in connection.execute(query)]


def pending(connection: Connection, limit: int | None = None) -> list[SegmentInfo]:
    """Segments that wait to be normalized and may be tried now, the oldest first."""
    ready = SEGMENTS.c.retry_at.is_(None) | (SEGMENTS.c.retry_at <= datetime.now(UTC))
    query = select(SEGMENTS).where(SEGMENTS.c.state == State.PENDING.value, ready).order_by(SEGMENTS.c.key)
    return [_info(row) for row in connection.execute(query.limit(limit))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Of the segments in one state."""

    segments: int
    bytes: int
    captures: int


def totals(connection: Connection) -> dict[State, Totals]:
    """How many segments are in each state, and what is in them."""
    query = select(
        SEGMENTS.c.state, func.count(), func.sum(SEGMENTS.c.bytes), func.sum(SEGMENTS.c.captures)
    ).group_by(SEGMENTS.c.state)
    found = {
        State(state): Totals(segments=number, bytes=int(size), captures=int(captures))
        for state, number, size, captures in connection.execute(query)
    }
    return {state: found.get(state, Totals(segments=0, bytes=0, captures=0)) for state in State}


def begin(connection: Connection, key: str, *, now: datetime) -> SegmentInfo | None:
    """Count an attempt before it begins, and put off the next; None: the segment is not known.

    One that was tried `MAX_ATTEMPTS` times is quarantined instead.
    """
    known = get(connection, key)
    if known is None or known.state is State.QUARANTINED:
        return known
    if known.state is State.COMMITTED:  # read again, by another version of the reader
        _update(connection, key, attempts=known.attempts + 1)
    elif known.attempts >= MAX_ATTEMPTS:
        last = f"; the last error was: {known.error}" if known.error else ""
        error = f"its reading was begun {known.attempts} times and never ended: its reader was killed{last}"
        _update(connection, key, state=State.QUARANTINED.value, error=error, retry_at=None)
    else:
        attempts = known.attempts + 1
        wait = FIRST_WAIT * 4 ** (attempts - AT_ONCE - 1) if attempts > AT_ONCE else None
        _update(connection, key, attempts=attempts, retry_at=now + wait if wait else None)
    return get(connection, key)


def mark_committed(connection: Connection, key: str) -> None:
    """Its batch is in the log."""
    _update(connection, key, state=State.COMMITTED.value, attempts=0, error=None, retry_at=None)


def mark_failed(connection: Connection, key: str, error: str, *, lasting: bool = False) -> State:
    """Note how an attempt ended; the state it is in then. A committed segment stays so.

    `lasting`: another attempt would fail as this one did; the segment is quarantined at once.
    """
    known = get(connection, key)
    if known is None:
        raise KeyError(f"segment {key} is not registered")
    state = known.state
    if state is State.PENDING and (lasting or known.attempts >= MAX_ATTEMPTS):
        state = State.QUARANTINED
    _update(connection, key, state=state.value, error=error)
    return state


def forgive(connection: Connection, key: str, error: str) -> None:
    """Note how an attempt ended that says nothing of the segment: the store or the log failed."""
    known = get(connection, key)
    if known is not None:
        _update(connection, key, attempts=max(0, known.attempts - 1), error=error, retry_at=None)


def release(connection: Connection, key: str) -> None:
    """Let a segment be normalized (again): pending, with no attempts counted."""
    _update(connection, key, state=State.PENDING.value, attempts=0, error=None, retry_at=None)


def rehash(connection: Connection, key: str, sha256: str) -> None:
    """Its bytes were changed on purpose (a takedown, a repair)."""
    _update(connection, key, sha256=sha256)


def forget(connection: Connection, key: str) -> None:
    """As if it had never been registered."""
    connection.execute(delete(SEGMENTS).where(SEGMENTS.c.key == key))


def clear(connection: Connection) -> None:
    """Forget every segment."""
    connection.execute(delete(SEGMENTS))


def _update(connection: Connection, key: str, **values: str | int | datetime | None) -> None:
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
