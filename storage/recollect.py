"""What a database must know of its archive before it is used: after it was lost, replaced or mixed up."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

from storage import commit
from storage.commit import catch_up
from storage.digests import note_key
from storage.documents import CURSOR_KEY
from storage.documents import PREFIX as DOCUMENTS
from storage.listing import delete_below, listed_twice
from storage.log import Commit, Log
from storage.objects import ObjectStore
from storage.segments import SEGMENTS, SUFFIX, begun_at, current_sha256, describe
from storage.state import index, segments
from storage.state.database import Database, DatabaseError, in_chunks
from storage.state.segments import SegmentInfo, State
from storage.warc import TornSegment

log = logging.getLogger(__name__)

UNREAD = (State.PENDING, State.QUARANTINED)


def recollect(store: ObjectStore, database: Database) -> int:
    """Make a database know the archive that is new, or older than it; how many segments it found that wait to be read.

    The index is made from the log, and segments that no commit names are registered again: all of them where the
    database lacks commits (it was lost, or an older copy put back), else those of the last days. What the crawl
    remembered of the web is gone: it is asked once more, which stores nothing twice. A database in use costs
    two looks at the log and one listing. Safe to kill and to repeat. Raises DatabaseError where the database is of
    another archive, and what the log and the store raise.
    """
    with database.transaction() as connection:
        position = index.position(connection)
        last = index.stored(connection, position)
        newest = segments.newest(connection)
    if last is not None:
        _same_archive(store, last)
    behind = last is None or Log(store).get(position + 1) is not None
    # The segments first: once the index has a position, they are not all looked for again.
    waiting = list(
        _uncommitted(store, database, position, None if behind or newest is None else _eve(newest))
    )
    for info in waiting:
        with database.transaction() as connection:
            segments.register(connection, info)
        log.warning("segment %s was not read yet and is registered again", info.key)
    if behind:
        with database.commit_lock() as connection:
            catch_up(store, connection)
    return len(waiting)


def rebuild_state(store: ObjectStore, database: Database) -> int:
    """Make the index, and the list of segments, anew from the store; how many commits there are.

    What the crawl remembers of the web stays as it is; attempts to read segments are counted anew. Safe to kill
    and to repeat. Raises DatabaseError where the store holds no commit and the database knows some, before anything is
    changed, and what the log and the store raise.
    """
    check_mounted(store, database)
    done = commit.rebuild(store, database)
    committed = {entry.segment: _committed(entry) for entry in Log(store).follow(0)}
    with database.transaction() as connection:
        waiting = {info.key for state in UNREAD for info in segments.in_state(connection, state)}
        segments.clear(connection)
    for key, size in _segments(store, committed.keys() | waiting):
        if (info := committed.get(key)) is None:
            info = inspect_segment(store, key)
        else:
            info = replace(info, bytes=size, sha256=current_sha256(store, key, info.sha256))
        with database.transaction() as connection:
            segments.register(connection, info)
    return done


def _segments(store: ObjectStore, named: Iterable[str]) -> Iterator[tuple[str, int]]:
    """(key, bytes) of each segment there is: of those listed, and of those that the log or the database names."""
    missed = {key for key in named if key.startswith(SEGMENTS)}
    for key, size in listed_twice(store, SEGMENTS):
        if key.endswith(SUFFIX):
            missed.discard(key)
            yield key, size
    for key in sorted(missed):
        if (size_ := store.size(key)) is not None:
            yield key, size_


def check_mounted(store: ObjectStore, database: Database) -> None:
    """Raises DatabaseError where the store holds no commit and the database knows some. Changes nothing."""
    with database.transaction() as connection:
        last = index.stored(connection, index.position(connection))
    if last is not None and not Log(store).head():
        _same_archive(store, last)


def forget_followers(store: ObjectStore) -> None:
    """Throw tables and documents away: they are written again from the log by whoever follows next.

    Safe to kill and to repeat. Raises StoreError.
    """
    # The cursors first: whatever a kill leaves over is then not taken for the whole.
    store.delete(CURSOR_KEY)
    for table in ("tables/articles/", "tables/captures/"):
        store.delete(note_key(table.rstrip("/")))
    for table in ("tables/articles/", "tables/captures/"):
        for prefix in (f"{table}_delta_log/", table):
            delete_below(store, prefix)
    delete_below(store, DOCUMENTS)


def _committed(entry: Commit) -> SegmentInfo:
    """What a commit says of its segment: a sixth of the commit, of which an archive has hundreds of thousands."""
    return SegmentInfo(
        key=entry.segment,
        sha256=entry.segment_sha256,
        bytes=0,
        captures=entry.captures,
        registered_at=entry.committed_at,
        state=State.COMMITTED,
    )


def _same_archive(store: ObjectStore, last: index.Stored) -> None:
    """A commit made on top of another archive's index would leave a hole in this archive's log."""
    there = Log(store).get(last.seq)
    if there is not None and there.sha256 == last.sha256:
        return
    if there is None and not Log(store).head():
        raise DatabaseError(
            f"{store.url} holds no archive, but the database knows its commits up to {last.seq}: is the disk mounted, "
            "the bucket the right one? Restore the store; or name another database in PRESSRUN_DATABASE to begin a "
            "new archive"
        )
    found = "has no such commit" if there is None else f"has {there.batch} there"
    raise DatabaseError(
        f"the database is of another archive than {store.url}: its commit {last.seq} is {last.batch}, the "
        f"store {found}; name this archive's own in PRESSRUN_DATABASE (a new one is made anew from the "
        "store), or restore the store"
    )


def _eve(key: str) -> str:
    """Where the keys of the day before a segment's begin: it may have been published before one begun earlier."""
    begun = begun_at(key)
    return f"{SEGMENTS}{begun - timedelta(days=1):%Y/%m/%d/}" if begun else SEGMENTS


def _is_ours(key: str) -> bool:
    """Of the crawl: below a day. What was imported is listed after all of these, and may be much."""
    return key.removeprefix(SEGMENTS)[:1].isdigit()


def _uncommitted(
    store: ObjectStore, database: Database, position: int, after: str | None
) -> Iterator[SegmentInfo]:
    """Segments in the store that neither the log nor the database knows; of our own making, after a key where given."""
    committed = {entry.segment for entry in Log(store).follow(position)}
    listed: Iterator[str] = (key for key, _ in listed_twice(store, SEGMENTS, after or ""))
    if after is not None:
        listed = takewhile(_is_ours, listed)
    for keys in in_chunks(key for key in listed if key.endswith(SUFFIX)):
        with database.transaction() as connection:
            known = index.committed_segments(connection, keys) | segments.registered(connection, keys)
        for key in keys:
            if key not in known and key not in committed:
                yield inspect_segment(store, key)


def inspect_segment(store: ObjectStore, key: str) -> SegmentInfo:
    """What is registered of a segment in the store; one that is torn is in quarantine."""
    with tempfile.TemporaryDirectory(prefix="pressrun-segment-") as folder:
        path = Path(folder) / "segment"
        store.fetch_file(key, path)
        try:
            return describe(path, key)
        except TornSegment as error:
            log.error("segment %s is in quarantine: %s", key, error)
            return SegmentInfo(
                key=key, sha256="", bytes=path.stat().st_size, captures=0, registered_at=datetime.now(UTC),
                state=State.QUARANTINED, error=str(error),
            )  # fmt: skip
