"""Segments on their way: named, published to the object store with their index, registered, read from there.

    <work>/<id>.warc.gz.open      being written, locked by its writer
    <work>/<id>.warc.gz           sealed, not yet published
    <work>/<id>.warc.gz.lost      torn before its first record was whole; set aside by a sweep
    segments/yyyy/mm/dd/<id>.warc.gz and .cdxj.gz        published

An id is the moment it was begun and eight random digits: `20261122T165912123456Z-3f9a01bc`.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from articles.model import Capture
from storage import superseded
from storage.cdxj import to_cdxj
from storage.objects import NotFound, ObjectStore
from storage.state import segments as state
from storage.state.database import Database
from storage.state.segments import SegmentInfo
from storage.warc import OPEN, TornSegment, read_captures, read_index, recover

log = logging.getLogger(__name__)

SEGMENTS = "segments/"
SUFFIX = ".warc.gz"
INDEX_SUFFIX = ".cdxj.gz"
LOST = ".lost"
RECORD_HEAD_BYTES = 1024
"""Enough to see that a record begins: where one is damaged, the next is looked for."""
_ID = re.compile(r"(\d{4})(\d\d)(\d\d)T\d{12}Z-[0-9a-f]{8}")


class SegmentDamaged(Exception):
    """The bytes in the store are not those that were registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep did."""

    published: tuple[SegmentInfo, ...]
    failed: tuple[tuple[Path, str], ...]
    """Files that stay where they are, and why."""


def new_segment_id(now: datetime) -> str:
    """Ids sort by `now` (aware) and are never given twice."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(4)}"


def segment_key(segment_id: str) -> str:
    """`segments/yyyy/mm/dd/<id>.warc.gz`. Raises ValueError for what `new_segment_id` did not make."""
    match = _ID.fullmatch(segment_id)
    if match is None:
        raise ValueError(f"segment id {segment_id!r}; one looks like 20261122T165912123456Z-3f9a01bc")
    return SEGMENTS + "{}/{}/{}/".format(*match.groups()) + segment_id + SUFFIX


def begun_at(key: str) -> datetime | None:
    """When a segment with this key was begun; None: the key is of another's making (CC-NEWS)."""
    name = key.rpartition("/")[2].removesuffix(SUFFIX)
    return (
        datetime.strptime(name[:22], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC) if _ID.fullmatch(name) else None
    )


def day_of(key: str) -> datetime | None:
    """The day in a key of another's making, its beginning; None: there is none."""
    match = re.search(r"(?<!\d)(\d{4})/(\d\d)/(\d\d)/", key) or re.search(r"-(\d{4})(\d\d)(\d\d)\d{6}-", key)
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC) if match else None
    except ValueError:
        return None


def index_key(key: str) -> str:
    """Key of the index beside a segment."""
    return key.removesuffix(SUFFIX) + INDEX_SUFFIX


def publish(store: ObjectStore, database: Database, path: Path) -> SegmentInfo:
    """Put a sealed segment and its index into the store, register it as pending, remove the local file.

    Safe to kill at every point and to repeat, also when the file is gone because an earlier call got that
    far. Raises TornSegment where it is not sealed, FileNotFoundError where it never was, StoreError.
    """
    with _locked(path, wait=True) as ours:
        if ours:
            return _publish(store, database, path)
    key = _key_of(path)
    with database.transaction() as connection:
        known = state.get(connection, key)
    if known is None:
        raise FileNotFoundError(f"segment {path} is neither there nor registered as {key}")
    return known


def sweep(store: ObjectStore, database: Database, folder: Path) -> Swept:
    """Publish what killed processes left in a folder and below it: sealed segments, and torn ones recovered.

    A segment whose writer or publisher still runs is left to it. One that cannot be published stays and is
    named in the answer; it never stops the others. StoreError is raised: the next would fail too.
    """
    published: list[SegmentInfo] = []
    failed: list[tuple[Path, str]] = []
    for path in sorted(folder.rglob(f"*{SUFFIX}{OPEN}")):
        with _locked(path, wait=False) as ours:
            if ours and (lost := _recover(path)):
                failed.append(lost)
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        with _locked(path, wait=False) as ours:
            if not ours:
                continue
            try:
                published.append(_publish(store, database, path))
            except (TornSegment, ValueError, state.SegmentChanged) as error:
                log.error("segment %s cannot be published and stays where it is: %s", path, error)
                failed.append((path, str(error)))
    return Swept(published=tuple(published), failed=tuple(failed))


def _publish(store: ObjectStore, database: Database, path: Path) -> SegmentInfo:
    key = _key_of(path)
    entries = list(read_index(path, key))
    info = _info(path, key, captures=len(entries))
    if store.size(key) != info.bytes:
        store.put_file(key, path)
    store.put(index_key(key), to_cdxj(entries, path.name))
    with database.transaction() as connection:
        info = state.register(connection, info)
    path.unlink()
    return info


def describe(path: Path, key: str) -> SegmentInfo:
    """What is registered of a sealed segment, from a copy of it. Raises TornSegment."""
    return _info(path, key, captures=sum(1 for _ in read_index(path, key)))


def _info(path: Path, key: str, captures: int) -> SegmentInfo:
    return SegmentInfo(
        key=key,
        sha256=digest_of(path),
        bytes=path.stat().st_size,
        captures=captures,
        registered_at=datetime.now(UTC),
    )


def _recover(path: Path) -> tuple[Path, str] | None:
    """Recover a torn segment; where there is nothing to keep, set the file aside and say why."""
    try:
        captures = recover(path)
    except TornSegment as error:
        aside = path.with_name(path.name.removesuffix(OPEN) + LOST)
        path.rename(aside)
        log.error("segment %s is set aside: %s", aside, error)
        return aside, str(error)
    log.warning("segment %s was torn and is recovered with %d captures", path, captures)
    return None


def _key_of(path: Path) -> str:
    return segment_key(path.name.removesuffix(SUFFIX))


def captures_of(
    store: ObjectStore, key: str, sha256: str | None = None, *, begin: int = 0, end: int | None = None
) -> Iterator[Capture]:
    """The captures of a segment in the store, read from a temporary copy.

    With `begin` and `end`: those between these places, at which captures begin; without a `sha256`, to check which
    takes the whole, only these bytes are fetched. Raises SegmentDamaged where the segment is gone or its sha256
    differs, before the first capture; TornSegment.
    """
    with tempfile.TemporaryDirectory(prefix="pressrun-segment-") as folder:
        path = Path(folder) / "segment"
        try:
            if sha256 is None and end is not None:
                _fetch_part(store, key, path, begin, end)
            else:
                store.fetch_file(key, path)
        except NotFound as error:
            raise SegmentDamaged(
                f"segment {key} is not in {store.url} any more; restore this object"
            ) from error
        if sha256 is not None:
            seen = digest_of(path)
            if seen != sha256 and seen != current_sha256(store, key, sha256):
                raise SegmentDamaged(f"segment {key} in {store.url}: sha256 {seen}, registered {sha256}")
        yield from read_captures(path, key, begin=begin, end=end)


def _fetch_part(store: ObjectStore, key: str, path: Path, begin: int, end: int) -> None:
    """A copy with nothing but these bytes, each at its own place, and what the record behind them begins with."""
    with path.open("wb") as file:
        file.seek(begin)
        file.write(store.get_range(key, begin, end - begin + RECORD_HEAD_BYTES))


def current_sha256(store: ObjectStore, key: str, sha256: str) -> str:
    """What the SHA-256 of a segment is now that was registered or committed with this one."""
    successor = superseded.by(store, key)
    return successor.sha256 if successor else sha256


def digest_of(path: Path) -> str:
    """SHA-256 of a local file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _locked(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a local segment. False: the file is gone, or (not waiting) another process has it."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield False
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            # While we waited another may have published and removed it, or sealed and renamed it.
            yield path.exists()
