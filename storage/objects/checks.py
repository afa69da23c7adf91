"""Looking at a store before trusting it: can it be used at all, and does a create have one winner."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from storage.objects.opening import open_store
from storage.objects.protocol import Creates, NotFound, ObjectStore, StoreError

REMEMBERED = "_pressrun/creates.json"
SAMPLE_BYTES = 64 << 10
RACERS = 8
ROUNDS = 4
"""One race can miss a weak store."""


def preflight(store: ObjectStore) -> None:
    """Write, read, list and delete one small object; raises StoreError naming cause and remedy.

    Few retries, unlike the store itself, so that a wrong endpoint is told within seconds.
    """
    hasty = open_store(store.url, attempts=2)
    key, sample = f"_pressrun/preflight/{secrets.token_hex(8)}", secrets.token_bytes(SAMPLE_BYTES)
    hasty.put(key, sample)
    with _removing(hasty, key):
        if hasty.get(key) != sample:
            raise StoreError(f"{store.url}: what was written is not what is read; do not use this store")
        if (key, SAMPLE_BYTES) not in hasty.list(key):
            raise StoreError(
                f"{store.url}: what was written is not listed; Pressrun needs consistent listings"
            )


@contextmanager
def _removing(store: ObjectStore, key: str) -> Iterator[None]:
    """Delete an object at the end; that it cannot be deleted is told unless something else is wrong."""
    try:
        yield
    except StoreError:
        with suppress(StoreError):
            store.delete(key)
        raise
    store.delete(key)


def probe(store: ObjectStore) -> Creates:
    """What creates and swaps are worth here: tried in a row, then raced by 8. Remembered in the store."""
    try:
        return Creates(json.loads(store.get(REMEMBERED))["creates"])
    except (NotFound, ValueError, KeyError, TypeError):
        pass
    found = _probe(store)
    store.put(REMEMBERED, json.dumps({"creates": found}).encode())
    return found


def _probe(store: ObjectStore) -> Creates:
    if _winners_in_a_row(store) != 1:
        return Creates.IGNORED
    if not _swaps_hold(store):
        return Creates.WEAK
    with ThreadPoolExecutor(RACERS) as pool:
        if any(_winners_of_a_race(store, pool) != 1 for _ in range(ROUNDS)):
            return Creates.WEAK
    return Creates.ATOMIC


def _winners_in_a_row(store: ObjectStore) -> int:
    key = _fresh_key()
    try:
        return sum(store.create(key, secrets.token_bytes(16)) for _ in range(2))
    finally:
        store.delete(key)


def _swaps_hold(store: ObjectStore) -> bool:
    """Whether a swap with an outdated version is refused, by the store and not by our looking."""
    key = _fresh_key()
    try:
        first = store.replace(key, b"1", None)
        second = store.replace(key, b"2", first)
        return second is not None and store.swaps and store.replace(key, b"3", first) is None
    finally:
        store.delete(key)


def _winners_of_a_race(store: ObjectStore, pool: ThreadPoolExecutor) -> int:
    key, start = _fresh_key(), threading.Barrier(RACERS)

    def create() -> bool:
        start.wait()
        return store.create(key, secrets.token_bytes(16))

    try:
        return sum(racer.result() for racer in [pool.submit(create) for _ in range(RACERS)])
    finally:
        store.delete(key)


def _fresh_key() -> str:
    return f"_pressrun/probe/{secrets.token_hex(8)}"
