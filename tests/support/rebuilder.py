"""A process that makes an archive's database, tables and documents anew, and kills itself at a chosen request.

python -m tests.support.rebuilder STORE DATABASE REQUESTS
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, cast

from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.objects import ObjectStore, open_store
from storage.recollect import forget_followers, rebuild_state
from storage.state.database import open_database


class _Deadly:
    """A store whose user is killed before a request, given by its number."""

    def __init__(self, store: ObjectStore, last: int) -> None:
        self._store = store
        self._last = last
        self._number = itertools.count()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not callable(found):
            return found

        def ask(*arguments: Any, **named: Any) -> Any:
            if next(self._number) == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
            return cast("Callable[..., Any]", found)(*arguments, **named)

        return ask


def main(url: str, database_url: str, requests: str) -> None:
    """As `pressrun rebuild --tables` does."""
    store = cast("ObjectStore", _Deadly(open_store(url), int(requests)))
    database = open_database(database_url)
    rebuild_state(store, database)
    forget_followers(store)
    follow_tables(store)
    follow_documents(store)


if __name__ == "__main__":
    main(*sys.argv[1:])
