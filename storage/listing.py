"""Keys of a store, where one that is left out would be lost.

Stores have given listings without some of their pages, and without a word. What the log or the database names is asked
for by its name; what neither knows can only be listed, and is listed twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from storage.objects import ObjectStore


def listed_twice(store: ObjectStore, prefix: str, after: str = "") -> Iterator[tuple[str, int]]:
    """What two listings hold that are made side by side, each key once, in key order; as `store.list`.

    A page that one of them lost is in the other. One page of each is in memory.
    """
    last = None
    for key, size in heapq.merge(store.list(prefix, after), store.list(prefix, after)):
        if key != last:
            yield key, size
        last = key


def delete_below(store: ObjectStore, prefix: str) -> None:
    """Delete every object whose key begins so, until two listings at once find none. Raises StoreError."""
    while True:
        number = 0
        for key, _ in listed_twice(store, prefix):
            store.delete(key)
            number += 1
        if not number:
            return
