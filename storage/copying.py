"""A second copy of an archive in another store: a backup, or the archive moved.

What is copied is what cannot be made again: segments with their indexes, batches, profiles, what a takedown left, and
at last the commits, in their order. So the copy is an archive at every moment, up to the last commit in it, also while
the first goes on growing. The database, tables and documents are made anew from it (`pressrun rebuild --tables`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from storage import superseded
from storage.listing import listed_twice
from storage.log import Commit, Log, commit_key
from storage.objects import ObjectStore, StoreError
from storage.profiles import profile_key
from storage.segments import SEGMENTS, index_key

KEPT = ("segments/", "batches/", "profiles/", "superseded/", "takedowns/")
"""Below these is what commits name."""
THREADS = 8
AT_ONCE = 1_000
"""Keys looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy did."""

    objects: int
    """Copied now; those that were there already are not among them."""
    bytes: int
    head: int
    """Number of the last commit in the copy."""


def copy_archive(source: ObjectStore, target: ObjectStore) -> Copied:
    """Bring a copy up to its archive. Safe to kill and to repeat; what is there already is not sent again.

    What a takedown removed goes from the copy too, except from commits, which hold no text. Raises StoreError,
    also where the target holds another archive.
    """
    _same_archive(source, target)
    head = Log(source).head()
    superseded_keys = {
        key.removeprefix(superseded.PREFIX).removesuffix(".json")
        for key, _ in listed_twice(source, superseded.PREFIX)
    }
    # a takedown rewrites segments in their length, and may their indexes
    rewritten = superseded_keys | set(map(index_key, superseded_keys))
    objects = size = 0
    with ThreadPoolExecutor(THREADS) as pool, tempfile.TemporaryDirectory(prefix="pressrun-copy-") as folder:

        def send(item: tuple[str, int]) -> int | None:
            key, length = item
            if target.size(key) == length and key not in rewritten and _is_equal(source, target, key):
                return None
            with tempfile.NamedTemporaryFile(dir=folder) as file:
                source.fetch_file(key, Path(file.name))
                target.put_file(key, Path(file.name))
            return length

        for prefix in KEPT:
            there = (
                set()
                if prefix != "batches/" or not superseded_keys
                else {key for key, _ in listed_twice(target, prefix)}
            )
            for some in _parts(listed_twice(source, prefix)):
                sent = [length for length in pool.map(send, some) if length is not None]
                objects, size = objects + len(sent), size + sum(sent)
                there -= {key for key, _ in some}
            for key in sorted(there):
                if source.size(key) is not None:  # a listing left it out
                    continue
                for one in _instead(source, key):
                    objects, size = _added(send, source, one, objects, size)
                target.delete(key)
        # one after the other: whoever reads the copy meanwhile finds no gap
        for commit in Log(source).follow(Log(target).head(), until=head):
            for key in _named(source, commit):  # which a listing may have left out
                objects, size = _added(send, source, key, objects, size)
            data = source.get(commit_key(commit.seq))
            target.put(commit_key(commit.seq), data)
            objects, size = objects + 1, size + len(data)
    return Copied(objects=objects, bytes=size, head=head)


def _is_equal(source: ObjectStore, target: ObjectStore, key: str) -> bool:
    """Whether objects of one length are the same: notes and the pointers to profiles change under their keys."""
    return not key.endswith(".json") or source.get(key) == target.get(key)


def _named(source: ObjectStore, commit: Commit) -> Iterator[str]:
    """What a commit needs to be read: its batch, or that batch's successor, and its segment with the index."""
    if source.size(commit.batch) is not None:
        yield commit.batch
    yield from _instead(source, commit.batch)
    if commit.segment.startswith(SEGMENTS):
        yield from (commit.segment, index_key(commit.segment))
    yield from (profile_key(site, identity) for site, identity in commit.profiles.items())


def _instead(source: ObjectStore, key: str) -> Iterator[str]:
    """What stands in the place of a batch that a takedown replaced, and the notes that say so."""
    while source.size(key) is None and (note := superseded.by(source, key)) is not None:
        yield from (note.key, superseded.note_key(key))
        key = note.key


def _added(
    send: Callable[[tuple[str, int]], int | None], source: ObjectStore, key: str, objects: int, size: int
) -> tuple[int, int]:
    """Send an object unless the source has none; what was sent then, in all."""
    length = source.size(key)
    sent = send((key, length)) if length is not None else None
    return (objects, size) if sent is None else (objects + 1, size + sent)


def _parts(items: Iterator[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    while some := list(islice(items, AT_ONCE)):
        yield some


def _same_archive(source: ObjectStore, target: ObjectStore) -> None:
    """A copy into another archive would leave neither whole; one of nothing is no backup."""
    ours, theirs = Log(source).get(1), Log(target).get(1)
    if theirs is not None and (
        ours is None or ours.sha256 != theirs.sha256 or ours.writer_id != theirs.writer_id
    ):
        raise StoreError(
            f"{target.url} holds another archive than {source.url}: name an empty place for the copy"
        )
    if Log(target).head() > Log(source).head():
        raise StoreError(f"{target.url} is ahead of {source.url}: are they the wrong way round?")
    if not Log(source).head() and next(source.list(SEGMENTS), None) is None:
        raise StoreError(f"{source.url} holds no archive: is the disk mounted, the bucket the right one?")
