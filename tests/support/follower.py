"""A process that follows the log of an archive and tells of each batch it fetches, to be killed midway.

follower.py STORE tables|documents
"""

from __future__ import annotations

import sys

from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.objects import ObjectStore, open_store


class Telling:
    """A store that prints the key of each batch it gives."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def get(self, key: str) -> bytes:
        if key.startswith("batches/"):
            print(key, flush=True)
        return self.store.get(key)


if __name__ == "__main__":
    store = Telling(open_store(sys.argv[1]))
    if sys.argv[2] == "tables":
        follow_tables(store, max_captures=4)  # type: ignore[arg-type]
    else:
        follow_documents(store)  # type: ignore[arg-type]
