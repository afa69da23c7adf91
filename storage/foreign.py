"""Segments of others: WARC files that Pressrun did not write, taken into the archive as they are.

    segments/cc-news/2026/10/CC-NEWS-20261001012345-00001.warc.gz     Common Crawl's own name says the day
    segments/imported/<name>.warc.gz                                  any other

They are read by the same function as our own. They have no seal; a damaged record in one costs that record alone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from storage.cdxj import to_cdxj
from storage.objects import ObjectStore
from storage.segments import SUFFIX, digest_of, index_key
from storage.state import segments
from storage.state.database import Database
from storage.state.segments import SegmentInfo
from storage.state.volumes import CC_NEWS, IMPORTED
from storage.warc import read_index

_CC_NEWS = re.compile(r"CC-NEWS-(\d{4})(\d\d)\d{8}-\d+")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class BadName(Exception):
    """A file's name is none under which it can be kept; the message names it."""


def foreign_key(name: str) -> str:
    """The key under which a file of this name is kept. Raises BadName where it is no `.warc.gz`."""
    base = name.rpartition("/")[2].partition("?")[0]
    stem = _UNSAFE.sub("-", base.removesuffix(SUFFIX)).strip("-.")
    if not base.endswith(SUFFIX) or not stem:
        raise BadName(
            f"{name!r} is no WARC file with a gzip member a record: its name must end with {SUFFIX}"
        )
    match = _CC_NEWS.fullmatch(stem)
    return f"{CC_NEWS}{match[1]}/{match[2]}/{base}" if match else f"{IMPORTED}{stem}{SUFFIX}"


def take_in(store: ObjectStore, database: Database, path: Path, key: str) -> SegmentInfo:
    """Put a local file and its index into the store and register it as pending; the file stays where it is.

    Safe to kill and to repeat. Raises TornSegment where it is no WARC file with a gzip member a record, or breaks
    off; SegmentChanged where the key is taken by other bytes; StoreError.
    """
    entries = list(read_index(path, key))
    info = SegmentInfo(
        key=key,
        sha256=digest_of(path),
        bytes=path.stat().st_size,
        captures=len(entries),
        registered_at=datetime.now(UTC),
    )
    with database.transaction() as connection:
        known = segments.refuse_other_bytes(connection, info)
    if known is None:
        if store.size(key) != info.bytes:
            store.put_file(key, path)
        store.put(index_key(key), to_cdxj(entries, key.rpartition("/")[2]))
    with database.transaction() as connection:
        return segments.register(connection, info)


def is_known(database: Database, key: str) -> bool:
    """Whether a segment with this key was taken in before, and need not be got again."""
    with database.transaction() as connection:
        return segments.get(connection, key) is not None
