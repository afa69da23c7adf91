"""What a commit costs as the archive grows: an index of generated rows, then real commits.

    python -m benchmarks.growth [--sizes 15000,105000,1005000] [--batches 20]

For each size a database gets as many articles as stated (one revision each, 100 to a commit, a signature and its
bands), made up in bulk. Then batches of 100 articles are committed to a folder store: 90 new, 5 edited, 5 the same.
Where sizes end in 5,000 a block of bands is half full then (`storage.state.bands`). Printed: the median CPU and wall
milliseconds an article; the slowest batch; bytes of database an article.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from articles.near import BANDS, COPIES, PLACES
from benchmarks.archive_speed import made_up
from storage.objects import open_store
from storage.state import bands
from storage.state.database import METADATA, Database, open_database
from tests.support.archives import commit, hour, make_article

BATCH = 100
CHUNK = 50_000
TABLES = METADATA.tables
THEN = datetime(2020, 1, 1, tzinfo=UTC)


def main(sizes: list[int], batches: int) -> None:
    """Print a line for each size, with its ratio to the first."""
    first = 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="growth-") as folder:
            path = Path(folder) / "state.sqlite"
            database = open_database(f"sqlite:///{path}", keep_open=True)
            began = time.perf_counter()
            fill(database, size)
            filled = time.perf_counter() - began
            store = open_store(str(Path(folder) / "archive"))
            walls, cpus = [], []
            for number in range(batches):
                articles = [
                    *(made_up(number, place) for place in range(BATCH - 10)),
                    *(
                        make_article(f"edited-{place}", body=f"Edition {number}", at=hour(number))
                        for place in range(5)
                    ),
                    *(make_article(f"same-{place}", at=hour(number)) for place in range(5)),
                ]
                wall, cpu = time.perf_counter(), time.process_time()
                commit(store, database, f"s{number}", *articles)
                walls.append(1e3 * (time.perf_counter() - wall) / BATCH)
                cpus.append(1e3 * (time.process_time() - cpu) / BATCH)
            database.close()
            spent = statistics.median(cpus)
            first = first or spent
            print(
                f"{size:>10,} articles: CPU {spent:.2f} ms an article ({spent / first:.2f} times the first "
                f"size), wall {statistics.median(walls):.2f}, slowest batch {max(walls) * BATCH / 1e3:.2f} s; "
                f"{path.stat().st_size / max(1, size):,.0f} bytes an article; filled in {filled:.0f} s",
                flush=True,
            )


def fill(database: Database, size: int) -> None:
    """Give the index `size` articles that no real one resembles."""
    dice = np.random.default_rng(4)
    with database.transaction() as connection:
        for start in range(0, size, CHUNK):
            numbers = range(start, min(size, start + CHUNK))
            connection.execute(insert(TABLES["heads"]), [_head(number, size) for number in numbers])
            revisions = [
                {"article_id": _id(n, size), "revision_id": _id(n, size), "seq": n // BATCH + 1}
                for n in numbers
            ]
            connection.execute(insert(TABLES["revisions"]), revisions)
            traces = [{"article_id": row["article_id"], "seq": row["seq"]} for row in revisions]
            connection.execute(insert(TABLES["traces"]), traces)
            texts = [
                {
                    "number": number + 1,
                    "article_id": _id(number, size),
                    "story": _id(number, size),
                    "signature": dice.bytes(2 * PLACES),
                }
                for number in numbers
            ]
            connection.execute(insert(TABLES["texts"]), texts)
        for keys, holders in _kept(size):
            for start in range(0, len(keys), CHUNK):
                rows = zip(keys[start : start + CHUNK], holders[start : start + CHUNK], strict=True)
                connection.execute(
                    insert(TABLES["bands"]), [{"key": int(k), "number": int(n)} for k, n in rows]
                )
        last = max(1, size // BATCH)
        row = {"seq": last, "segment": "s", "extractor": "0", "batch": "b", "sha256": "0", "captures": BATCH}
        connection.execute(insert(TABLES["committed"]), [row])


def _kept(size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Keys and numbers as `storage.state.bands` has them of so many texts: merged ones, copies, the latest block."""
    dice = np.random.default_rng(5)
    begun = size // bands.BLOCK * bands.BLOCK
    begin = max(1, begun - bands.SPAN - bands.BLOCK // 2)
    latest = bands.LATEST[size // bands.BLOCK % 2]
    for first, end, parts, above in (
        (begin, begun, range(BANDS), 0),
        (1, size + 1, range(BANDS, BANDS + COPIES), 0),
        (max(1, begun), size + 1, range(BANDS), latest),
    ):
        for part in parts:
            count = max(0, end - first)
            keys = np.unique(dice.integers(0, 1 << 48, count, dtype=np.int64)) + (part << 48) + above
            yield keys, dice.integers(first, max(end, first + 1), len(keys))


def _id(number: int, size: int) -> str:
    """In order, and spread as the ids of real articles are, so that these fall between them."""
    return f"{number * 2**80 // size:020x}"


def _head(number: int, size: int) -> dict[str, object]:
    return {
        "article_id": _id(number, size),
        "url_key": f"org,example,www)/{number}",
        "site": f"site-{number % 500}",
        "revision_id": _id(number, size),
        "fetched_at": THEN,
        "confirmed_at": THEN,
        "extractor": "0",
        "seq": number // BATCH + 1,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="15000,105000,1005000")
    parser.add_argument("--batches", type=int, default=20)
    chosen = parser.parse_args()
    main([int(size) for size in chosen.sizes.split(",")], chosen.batches)
