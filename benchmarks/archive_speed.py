"""How fast an archive in a folder commits, is followed and is read.

    python -m benchmarks.archive_speed [COMMITS [ARTICLES]]

Commits batches of made-up articles (12 paragraphs, 15 removed blocks) and prints milliseconds a commit at the
beginning and at the end, then articles a second for each way to read them, beside what pyarrow makes of the same
rows: a bare scan of the Delta table into Arrow memory, and that scan as Python objects. Trust CPU times and the
ratios, which are of CPU, where the machine is busy.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from deltalake import DeltaTable

from articles.model import Article
from articles.revision import revision_id
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.objects import open_store
from storage.reader import Archive
from storage.state.database import open_database
from tests.support.archives import commit, hour, make_article

SAMPLE = 50
PARAGRAPHS, WORDS = 12, 38
REMOVED, REMOVED_WORDS = 15, 12
FIELDS = 8
VOCABULARY = [
    f"{a}{b}{c}" for a in "bdfklmnprst" for b in ("a", "ei", "o", "u") for c in ("n", "rt", "s", "lling", "")
]


def main(commits: int, articles_each: int) -> None:
    """Run everything in a temporary folder and print the figures."""
    with tempfile.TemporaryDirectory(prefix="archive-speed-") as folder:
        store = open_store(str(Path(folder) / "archive"))
        database = open_database(f"sqlite:///{folder}/state.sqlite")
        walls, cpus = [], []
        for number in range(commits):
            articles = [made_up(number, place) for place in range(articles_each)]
            began, cpu = time.perf_counter(), time.process_time()
            commit(store, database, f"s{number}", *articles)
            walls.append(time.perf_counter() - began)
            cpus.append(time.process_time() - cpu)
        for name, part in (("first", slice(SAMPLE)), ("last", slice(-SAMPLE, None))):
            wall, used = statistics.median(walls[part]), statistics.median(cpus[part])
            print(f"commit of {articles_each}, {name} {SAMPLE}: {wall * 1e3:.1f} ms, CPU {used * 1e3:.1f}")
        total = commits * articles_each
        archive = Archive(store)
        _time("follow tables", total, lambda: follow_tables(store))
        _time("follow documents", total, lambda: follow_documents(store))
        table = f"{store.url}/tables/articles"
        feed = _time("changes()", total, lambda: _count(archive.changes()))
        _time("articles()", total, lambda: _count(archive.articles()))
        _time("article(url)", total, lambda: archive.article("https://www.latinpost.test/0-0"))
        DeltaTable(table).to_pyarrow_table()  # its first call starts threads
        scan = _time("pyarrow scan", total, lambda: DeltaTable(table).to_pyarrow_table())
        dicts = _time("pyarrow to dicts", total, lambda: DeltaTable(table).to_pyarrow_table().to_pylist())
        print(
            f"changes() to objects: {scan / feed:.2f} of a bare scan, {dicts / feed:.2f} of a scan to dicts"
        )
        stored = sum(size for _, size in store.list("batches/"))
        print(f"{stored / total:,.0f} bytes an article in batches")


def made_up(number: int, place: int) -> Article:
    """An article of some 3 KB, the same for the same numbers."""
    words = random.Random(number * 1_000 + place)

    def text(count: int) -> str:
        return " ".join(words.choices(VOCABULARY, k=count))

    article = make_article(f"{number}-{place}", at=hour(number / 60))
    (block, *_), (source, *_) = article.removed, article.evidence
    article = replace(
        article,
        paragraphs=tuple(text(WORDS) for _ in range(PARAGRAPHS)),
        removed=tuple(replace(block, text=text(REMOVED_WORDS)) for _ in range(REMOVED)),
        evidence=tuple(replace(source, raw=text(4)) for _ in range(FIELDS)),
    )
    return replace(article, revision_id=revision_id(article))


def _count(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)


def _time(name: str, articles: int, work: Callable[[], object]) -> float:
    """Do and print it; seconds of CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"{name}: {articles / wall:,.0f} articles a second ({wall:.2f} s, CPU {used:.2f} s)")
    return used


if __name__ == "__main__":
    commits, each, *_ = (*map(int, sys.argv[1:]), *(1_000, 10)[len(sys.argv) - 1 :])
    main(commits, each)
