"""What a database must know of its archive before it is used: after it was lost, replaced or mixed up."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from storage.commit import catch_up
from storage.log import Log
from storage.objects import ObjectStore
from storage.segments import SEGMENTS, SUFFIX, describe
from storage.state import index, segments
from storage.state.database import Database, DatabaseError
from storage.state.segments import SegmentInfo, State
from storage.warc import TornSegment

log = logging.getLogger(__name__)


def recollect(store: ObjectStore, database: Database) -> int:
    """Make a new database know the archive; how many segments it found that wait to be read.

    The index is made from the log, and segments that no commit names are registered again. What the crawl
    remembered of the web is gone: it is asked once more, which stores nothing twice. A database in use costs
    one look at the log. Safe to kill and to repeat. Raises DatabaseError where the database is of another
    archive, and what the log and the store raise.
    """
    with database.transaction() as connection:
        position = index.position(connection)
        last = index.stored(connection, position)
    if last is not None:
        _same_archive(store, last)
        return 0
    # The segments first: once the index has a position, they are not looked for again.
    waiting = list(_uncommitted(store, database))
    for info in waiting:
        with database.transaction() as connection:
            segments.register(connection, info)
        log.warning("segment %s was not read yet and is registered again", info.key)
    with database.commit_lock() as connection:
        catch_up(store, connection)
    return len(waiting)


def _same_archive(store: ObjectStore, last: index.Stored) -> None:
    """A commit made on top of another archive's index would leave a hole in this archive's log."""
    there = Log(store).get(last.seq)
    if there is None or there.sha256 != last.sha256:
        found = "has no such commit" if there is None else f"has {there.batch} there"
        raise DatabaseError(
            f"the database is of another archive than {store.url}: its commit {last.seq} is {last.batch}, the "
            f"store {found}; name this archive's own in PRESSRUN_DATABASE (a new one is made anew from the "
            "store), or restore the store"
        )


def _uncommitted(store: ObjectStore, database: Database) -> Iterator[SegmentInfo]:
    """Segments in the store that neither the log nor the database knows."""
    committed = {commit.segment for commit in Log(store).follow(0)}
    for key, _ in store.list(SEGMENTS):
        if not key.endswith(SUFFIX) or key in committed:
            continue
        with database.transaction() as connection:
            known = segments.get(connection, key)
        if known is None:
            yield _info(store, key)


def _info(store: ObjectStore, key: str) -> SegmentInfo:
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
