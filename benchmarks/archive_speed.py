"""How fast an archive in a folder commits, is followed and is read.

    python -m benchmarks.archive_speed [COMMITS]

Commits batches of ten made-up articles of about 3 KB and prints milliseconds a commit at the beginning and at
the end, then articles a second for each way to read them. Trust CPU times where the machine is busy.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from articles.model import Article
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.objects import open_store
from storage.reader import Archive
from storage.state.database import open_database
from tests.support.archives import commit, hour, make_article

ARTICLES = 10
SAMPLE = 50
WORDS = 450
VOCABULARY = [
    f"{a}{b}{c}" for a in "bdfklmnprst" for b in ("a", "ei", "o", "u") for c in ("n", "rt", "s", "lling", "")
]


def main(commits: int) -> None:
    """Run everything in a temporary folder and print the figures."""
    with tempfile.TemporaryDirectory(prefix="archive-speed-") as folder:
        store = open_store(str(Path(folder) / "archive"))
        database = open_database(f"sqlite:///{folder}/state.sqlite")
        walls, cpus = [], []
        for number in range(commits):
            articles = [_article(number, place) for place in range(ARTICLES)]
            began, cpu = time.perf_counter(), time.process_time()
            commit(store, database, f"s{number}", *articles)
            walls.append(time.perf_counter() - began)
            cpus.append(time.process_time() - cpu)
        for name, part in (("first", slice(SAMPLE)), ("last", slice(-SAMPLE, None))):
            wall, used = statistics.median(walls[part]), statistics.median(cpus[part])
            print(f"commit of {ARTICLES}, {name} {SAMPLE}: {wall * 1e3:.1f} ms, CPU {used * 1e3:.1f}")
        total = commits * ARTICLES
        archive = Archive(store)
        _time("changes()", total, lambda: _count(archive.changes()))
        _time("articles()", total, lambda: _count(archive.articles()))
        _time("article(url)", total, lambda: archive.article("https://www.latinpost.test/0-0"))
        _time("follow tables", total, lambda: follow_tables(store))
        _time("follow documents", total, lambda: follow_documents(store))
        stored = sum(size for _, size in store.list("batches/"))
        print(f"{stored / total:,.0f} bytes an article in batches")


def _article(number: int, place: int) -> Article:
    words = random.Random(number * ARTICLES + place)
    body = " ".join(words.choices(VOCABULARY, k=WORDS))
    return make_article(f"{number}-{place}", body=body, at=hour(number / 60))


def _count(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)


def _time(name: str, articles: int, work: Callable[[], object]) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    work()
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"{name}: {articles / wall:,.0f} articles a second ({wall:.2f} s, CPU {used:.2f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
