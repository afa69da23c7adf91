"""A store that loses pages of its listings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from storage.objects import ObjectStore


class _Forgetful:
    """Everything as in the store behind it, but of each listing only its first half."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def list(self, prefix: str, after: str = "") -> Iterator[tuple[str, int]]:
        found = list(self._store.list(prefix, after))
        return iter(found[: len(found) // 2])


def forgetful(store: ObjectStore) -> ObjectStore:
    """A store of whose listings the second half is lost without a word."""
    return cast("ObjectStore", _Forgetful(store))
