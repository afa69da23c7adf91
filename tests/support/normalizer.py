"""Reads every pending segment and lets the followers catch up, again and again, each but the last time killed.

normalizer.py STORE DATABASE SECONDS...     each run is killed so many seconds after it began; one more is not

The runs are forks of this process, which itself touches neither store nor database: what takes long is importing.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from flows.segment import normalize_segment
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.objects import open_store
from storage.recollect import recollect
from storage.state.database import open_database
from storage.state.segments import pending


def normalize(url: str, database_url: str) -> None:
    """What one run of the flow does, without Prefect."""
    store, database = open_store(url), open_database(database_url)
    recollect(store, database)
    with database.transaction() as connection:
        keys = [info.key for info in pending(connection)]
    for key in keys:
        normalize_segment(store, database, {}, key)
        follow_tables(store)
        follow_documents(store)
    follow_tables(store)
    follow_documents(store)


def run(url: str, database_url: str, kill_after: float | None) -> int:
    """One run in a fork; its wait status."""
    if (child := os.fork()) == 0:
        normalize(url, database_url)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)  # the moment is what is tried
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def main(url: str, database_url: str, *seconds: str) -> None:
    killed = [run(url, database_url, float(after)) == signal.SIGKILL for after in seconds]
    print(f"killed {sum(killed)} of {len(killed)}")
    sys.exit(run(url, database_url, None))


if __name__ == "__main__":
    main(*sys.argv[1:])
