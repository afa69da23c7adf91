"""A process that commits segments, and can be told to kill itself at a named point of the second commit.

committer.py FOLDER DATABASE-NAME SEGMENTS [KILL-POINT]
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.commit import Reading
from storage.log import Commit
from storage.objects import ObjectStore, open_store
from storage.state.database import Connection, Database
from tests.support.archives import (
    commit,
    hour,
    make_article,
    make_rejection,
    make_unchanged,
    new_database,
)

KILL_POINTS = (
    "after lock",
    "before batch put",
    "after batch put",
    "before commit put",
    "after commit put",
    "before index commit",
    "after index commit",
)
VICTIM = 2
"""Which commit of the process is killed."""


class Killer:
    """Counts how often each point is passed, and kills the process at the chosen one."""

    def __init__(self, chosen: str) -> None:
        self.chosen = chosen
        self.passed = 0

    def at(self, point: str) -> None:
        if point == self.chosen:
            self.passed += 1
            if self.passed == VICTIM:
                os.kill(os.getpid(), signal.SIGKILL)


class WatchedStore:
    """A store whose creates are points to be killed at."""

    def __init__(self, store: ObjectStore, killer: Killer) -> None:
        self.store, self.killer = store, killer

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def create(self, key: str, data: bytes) -> bool:
        what = "commit" if key.startswith("commits/") else "batch"
        self.killer.at(f"before {what} put")
        done = self.store.create(key, data)
        self.killer.at(f"after {what} put")
        return done


class WatchedDatabase:
    """A database whose lock and transaction are points to be killed at."""

    def __init__(self, database: Database, killer: Killer) -> None:
        self.database, self.killer = database, killer

    @contextmanager
    def commit_lock(self) -> Iterator[Connection]:
        with self.database.commit_lock() as connection:
            self.killer.at("after lock")
            yield connection
            self.killer.at("before index commit")
        self.killer.at("after index commit")


def readings_of(number: int) -> tuple[Reading, ...]:
    """A segment's readings: something new, something edited by every segment, something rejected."""
    return (
        make_article(f"only-in-{number}"),
        make_article("in-all", body=f"Edition {number}", at=hour(number)),
        make_rejection(),
        make_unchanged("only-in-0", at=hour(number)),
    )


def commit_number(store: ObjectStore, database: Database, number: int) -> Commit | None:
    """Commit the segment of this number."""
    return commit(store, database, f"s{number}", *readings_of(number))


def main(folder: str, name: str, segments: str, kill_at: str = "") -> None:
    killer = Killer(kill_at)
    store = WatchedStore(open_store(str(Path(folder) / "archive")), killer)
    database = WatchedDatabase(new_database(Path(folder), name), killer)
    for number in range(int(segments)):
        commit_number(store, database, number)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
