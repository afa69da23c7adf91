"""A second copy of an archive in another store: a backup, or the archive moved.

What is copied is what cannot be made again: segments with their indexes, batches, profiles, what a takedown left, and
at last the commits, in their order. So the copy is an archive at every moment, up to the last commit in it, also while
the first goes on growing. The database, tables and documents are made anew from it (`pressrun rebuild --tables`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from storage.log import Log, commit_key
from storage.objects import ObjectStore, StoreError

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
    changed = {key for key, _ in source.list("superseded/")}  # a takedown rewrites segments in their length
    objects = size = 0
    with ThreadPoolExecutor(THREADS) as pool, tempfile.TemporaryDirectory(prefix="pressrun-copy-") as folder:

        def send(item: tuple[str, int]) -> int | None:
            key, length = item
            if target.size(key) == length and f"superseded/{key}.json" not in changed:
                return None
            with tempfile.NamedTemporaryFile(dir=folder) as file:
                source.fetch_file(key, Path(file.name))
                target.put_file(key, Path(file.name))
            return length

        for prefix in KEPT:
            there = set() if prefix != "batches/" or not changed else {key for key, _ in target.list(prefix)}
            for some in _parts(source.list(prefix)):
                sent = [length for length in pool.map(send, some) if length is not None]
                objects, size = objects + len(sent), size + sum(sent)
                there -= {key for key, _ in some}
            for key in sorted(there):  # a takedown replaced it: its successor was copied
                target.delete(key)
    # one after the other: whoever reads the copy meanwhile finds no gap
    for seq in range(Log(target).head() + 1, head + 1):
        commit = source.get(commit_key(seq))
        target.put(commit_key(seq), commit)
        objects, size = objects + 1, size + len(commit)
    return Copied(objects=objects, bytes=size, head=head)


def _parts(items: Iterator[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    while some := list(islice(items, AT_ONCE)):
        yield some


def _same_archive(source: ObjectStore, target: ObjectStore) -> None:
    """A copy into another archive would leave neither whole."""
    ours, theirs = Log(source).get(1), Log(target).get(1)
    if theirs is not None and (
        ours is None or ours.sha256 != theirs.sha256 or ours.writer_id != theirs.writer_id
    ):
        raise StoreError(
            f"{target.url} holds another archive than {source.url}: name an empty place for the copy"
        )
    if Log(target).head() > Log(source).head():
        raise StoreError(f"{target.url} is ahead of {source.url}: are they the wrong way round?")
