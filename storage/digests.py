"""Which bytes a table's files had when they were written: SHA-256 by name, noted beside the followers' cursors.

    followers/tables/articles.json    {"table": "<id>", "files": {"part-0-....parquet": "<sha256>",
                                       "_delta_log/00000000000000000012.json": "<sha256>"}}

Delta and Parquet, as delta-rs writes them, have no check sum of what they hold. Only what the table needs today
is in a note: files that its newest version names, its last checkpoint and the log after it. A file that was not
noted (its writer was killed) is noted by the next follower, with the bytes it has then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from storage import records
from storage.ahead import ahead
from storage.objects import NotFound, ObjectStore

PREFIX = "followers/tables/"
PIECE_BYTES = 8 << 20
TRIES = 5
"""Of two followers who note at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """SHA-256 of the files of one table."""

    table: str
    """The id that the table was made with: thrown away and made anew, it has another."""
    files: dict[str, str]
    """Path below the table's folder -> SHA-256."""


def note_key(table: str) -> str:
    """Where the note of `tables/articles` lies."""
    return f"{PREFIX}{table.rpartition('/')[2]}.json"


def noted(store: ObjectStore, table: str) -> Note | None:
    """What is noted of the table at a key; None: nothing that can be read, and it is noted anew."""
    return _read(store, table)[0]


def note(store: ObjectStore, table: str, identity: str, names: Iterable[str]) -> None:
    """Note the bytes of the files with these names below the table's folder, and forget all others.

    What is noted is not read again. Raises StoreError.
    """
    wanted = sorted(set(names))
    fresh: dict[str, str | None] = {}
    for _ in range(TRIES):
        before, version = _read(store, table)
        known = before.files if before and before.table == identity else {}
        missing = [name for name in wanted if name not in known and name not in fresh]
        fresh |= ahead(lambda name: digest_in(store, f"{table}/{name}"), missing)
        found = {name: known.get(name) or fresh.get(name) for name in wanted}
        now = Note(table=identity, files={name: digest for name, digest in found.items() if digest})
        if now == before or store.replace(note_key(table), _written(now), version) is not None:
            return
    # others note what we would have noted; what they leave out, the next follower notes


def digest_in(store: ObjectStore, key: str) -> str | None:
    """SHA-256 of an object, read in pieces; None: it is gone."""
    digest, offset = sha256(), 0
    try:
        while piece := store.get_range(key, offset, PIECE_BYTES):
            digest.update(piece)
            offset += len(piece)
            if len(piece) < PIECE_BYTES:
                break
    except NotFound:
        return None
    return digest.hexdigest()


def _written(note: Note) -> bytes:
    return records.to_json(note) + b"\n"


def _read(store: ObjectStore, table: str) -> tuple[Note | None, str | None]:
    try:
        data, version = store.get_versioned(note_key(table))
    except NotFound:
        return None, None
    try:
        return records.from_json(data, Note), version
    except records.BadRecord:
        return None, version


def differing(store: ObjectStore, table: str, files: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """(name, what is wrong with it) of those files that have not the bytes they had."""
    for (name, expected), found in ahead(lambda item: digest_in(store, f"{table}/{item[0]}"), files.items()):
        if found is None:
            yield name, "is missing"
        elif found != expected:
            yield name, f"sha256 is {found}, was {expected} when it was written"
