"""What it costs to check an archive, to take an article down, and to make the database anew.

    python -m benchmarks.keeping_speed [SEGMENTS [PAGES]]

Makes an archive of real segments in a folder, reads it, and prints CPU milliseconds a capture for each, beside the
limit: every byte of segments, batches and documents read once and hashed. Trust the ratios where the machine is busy.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flows.segment import normalize_segment
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.objects import open_store
from storage.recollect import rebuild_state
from storage.state.database import open_database
from storage.takedown import find, silent, take_down
from storage.verify import verify
from tests.support.segments import Answer, page, publish_segment


def main(number_of_segments: int, pages: int) -> None:
    """Run everything in a temporary folder and print the figures."""
    with tempfile.TemporaryDirectory(prefix="keeping-speed-") as folder:
        store = open_store(str(Path(folder) / "archive"))
        database = open_database(f"sqlite:///{folder}/state.sqlite")
        captures = number_of_segments * pages
        for number in range(number_of_segments):
            answers = [
                Answer(url=f"https://harbour.test/{number}/{place}", body=page(number * pages + place))
                for place in range(pages)
            ]
            key = publish_segment(store, database, Path(folder), answers)
            normalize_segment(store, database, {}, key)
        follow_tables(store)
        follow_documents(store)

        def read_all() -> str:
            size = 0
            for prefix in ("segments/", "batches/", "articles/", "commits/"):
                for key, _ in store.list(prefix):
                    data = store.get(key)
                    hashlib.sha256(data).digest()
                    size += len(data)
            return f"{size / 1e6:.1f} MB"

        limit = _time("every byte read once and hashed", captures, read_all)
        _time("verify", captures, lambda: f"{len(list(verify(store, database, silent)))} damaged", limit)
        url = f"https://harbour.test/{number_of_segments // 2}/3"
        found = find(store, database, url)
        _time("find one article", captures, lambda: f"{find(store, database, url).captures} captures", limit)
        _time("take it down", captures, lambda: f"{take_down(store, database, found).records} records", limit)
        _time("rebuild the database", captures, lambda: f"{rebuild_state(store, database)} commits", limit)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{captures} captures in {number_of_segments} segments; memory at most {peak:.0f} MB")


def _time(name: str, captures: int, work: Callable[[], str], limit: float | None = None) -> float:
    began, cpu = time.perf_counter(), time.process_time()
    told = work()
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    ratio = f", {used / limit:.1f} times the limit" if limit else ""
    print(f"{name}: {used / captures * 1e3:.3f} ms of CPU a capture, {wall:.2f} s in all{ratio} ({told})")
    return used


if __name__ == "__main__":
    main(*(int(value) for value in (sys.argv[1:] + ["20", "100"][len(sys.argv) - 1 :])))
