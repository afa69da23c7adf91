"""Which bytes stand today in the place of an object that the log names: takedowns and repairs change some.

    superseded/<key>.json     {"key": "batches/....jsonl.zst", "sha256": "..."}

Commits are immutable and name objects by SHA-256. A batch has its successor under another key, and is gone from
its own; a segment keeps its key, because captures are named by their place in it. The note is written before the
old bytes go, so that a reader finds one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage import records
from storage.objects import NotFound, ObjectStore

PREFIX = "superseded/"


class BadNote(Exception):
    """A note in `superseded/` cannot be read; the message names its key and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """The object that holds now what another held."""

    key: str
    sha256: str


def by(store: ObjectStore, key: str) -> Successor | None:
    """What stands in the place of the object that had this key; None: nothing replaced it. Raises BadNote."""
    note = note_key(key)
    try:
        data = store.get(note)
    except NotFound:
        return None
    try:
        return records.from_json(data, Successor)
    except records.BadRecord as error:
        raise BadNote(f"{note}: {error}; restore this object") from error


def supersede(store: ObjectStore, key: str, successor: Successor) -> None:
    """Note what holds now what `key` held. Safe to repeat; the later note stands."""
    store.put(note_key(key), records.to_json(successor) + b"\n")


def note_key(key: str) -> str:
    """Where the note of a key lies."""
    return f"{PREFIX}{key}.json"
