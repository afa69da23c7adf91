"""A store that loses pages of its listings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


class _Losing(_Forgetful):
    """Everything as in the store behind it, but one listing has only its first half."""

    def __init__(self, store: ObjectStore, which: int) -> None:
        super().__init__(store)
        self._which = which
        self.listings = 0

    def list(self, prefix: str, after: str = "") -> Iterator[tuple[str, int]]:
        self.listings += 1
        lost = self.listings == self._which
        return super().list(prefix, after) if lost else self._store.list(prefix, after)


def losing_a_page(store: ObjectStore, which: int) -> tuple[ObjectStore, Callable[[], int]]:
    """A store whose listing of this number (from 1) loses its second half; how many there have been."""
    losing = _Losing(store, which)
    return cast("ObjectStore", losing), lambda: losing.listings
