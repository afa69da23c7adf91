"""What the crawl's memory costs as it grows: the same work with 1,000 and with 1,000,000 known URLs (SQLite).

    python -m benchmarks.frontier_scale [KNOWN ...]

Fills a frontier with as many known articles over 20 sites, each named by a feed and fetched twice, nearly all of
them settled; 10 of each site are due. Then times, in CPU and wall milliseconds, what one crawl asks of it: which
sites are due, a site's pages and articles, a feed of 50 entries that are all known, one of 50 of which 5 are new,
and the outcome of 10 fetches. The statements are counted, and a plan that scans a table is named.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import event

from articles.model import Found, Site
from articles.urls import article_id, url_key
from storage.state.database import Connection, Database, open_database
from storage.state.frontier import fetching, polled
from storage.state.frontier import known as known_urls
from storage.state.frontier.fetching import Fetched
from storage.state.frontier.known import Find
from storage.state.frontier.polled import Kind
from storage.state.frontier.sites import due_sites

SITES = 20
DUE = 10
TURNS = 15
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TABLES = ("urls", "mentions", "fetches", "polled", "hosts")


@dataclass(slots=True)
class Cost:
    """What one piece of work took, each turn."""

    cpu: list[float]
    wall: list[float]
    statements: int = 0
    scans: frozenset[str] = frozenset()


def main(sizes: list[int]) -> None:
    """Fill, measure and print, the smallest first."""
    tables: list[dict[str, Cost]] = []
    for known in sizes:
        with tempfile.TemporaryDirectory(prefix="frontier-scale-") as folder:
            path = Path(folder) / "state.sqlite"
            database = open_database(f"sqlite:///{path}", keep_open=True)
            began = time.perf_counter()
            _fill(path, known)
            took = time.perf_counter() - began
            print(
                f"{known:,} known URLs: {path.stat().st_size / 1e6:,.0f} MB, filled in {took:.0f} s",
                flush=True,
            )
            tables.append(_measure(database, known))
            database.close()
    print(f"{'milliseconds, median of ' + str(TURNS):38}" + "".join(f"{size:>22,}" for size in sizes))
    print(f"{'':38}" + f"{'CPU':>15}{'wall':>7}" * len(sizes) + "  statements")
    for name, first in tables[0].items():
        cells = "".join(
            f"{statistics.median(table[name].cpu):15.2f}{statistics.median(table[name].wall):7.2f}"
            for table in tables
        )
        last = tables[-1][name]
        scans = f"  scans {', '.join(sorted(last.scans))}" if last.scans else ""
        print(f"{name:38}{cells}  {first.statements} and {last.statements}{scans}")


def _url(site: int, number: int) -> str:
    return f"https://paper-{site}.example/2026/11/22/story-number-{number}-of-the-town"


def _feed(site: int) -> str:
    return f"https://paper-{site}.example/feed"


def _fill(path: Path, known: int) -> None:
    each = known // SITES
    base = NOW.replace(tzinfo=None)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")

    def stamp(moment: datetime) -> str:
        return moment.isoformat(sep=" ", timespec="microseconds")

    found = [
        (article_id(url), site, number, url)
        for site in range(SITES)
        for number, url in ((number, _url(site, number)) for number in range(each))
    ]
    found.sort()  # rows in the order of their key are inserted many times faster

    def articles() -> Iterator[tuple[int, int, str, str, datetime]]:
        for key, site, number, url in found:
            yield site, number, url, key, base - timedelta(minutes=30 * (each - number))

    def columns(table: str, names: str) -> str:
        listed = names.split()
        return f"INSERT INTO {table} ({', '.join(listed)}) VALUES ({', '.join('?' * len(listed))})"  # noqa: S608

    def rows() -> Iterator[tuple[object, ...]]:
        for site, number, url, key, at in articles():
            due = each - number <= DUE
            later = stamp(base - timedelta(minutes=5) if due else base + timedelta(days=1))
            settled = not due and each - number > 200
            yield (
                *(key, url_key(url), f"paper-{site}", url, "fetched", "fetched", 200, stamp(at), stamp(at)),
                *(stamp(at), f'"{number:x}"', "sha1:" + key, 0, 1, None if settled else later),
            )

    names = "url_id url_key site url state outcome status found_at published_at fetched_at etag digest"
    connection.executemany(columns("urls", names + " failures unchanged next_at"), rows())
    connection.executemany(
        columns("mentions", "url_id via found_at changed_at title"),
        ((key, _feed(site), stamp(at), stamp(at), "Story") for site, _, _, key, at in articles()),
    )
    for hours in (0, 1):
        connection.executemany(
            columns("fetches", "url_id url at outcome status segment"),
            (
                (
                    key,
                    url,
                    stamp(at + timedelta(hours=hours)),
                    "fetched",
                    200,
                    "segments/2026/11/22/x.warc.gz",
                )
                for _, _, url, key, at in articles()
            ),
        )
    connection.commit()
    connection.close()


def _measure(database: Database, known: int) -> dict[str, Cost]:
    each = known // SITES
    sites = [Site(name=f"paper-{n}", home=f"https://paper-{n}.example/") for n in range(SITES)]
    with database.transaction() as connection:
        for n, site in enumerate(sites):
            pages = [(site.home, Kind.HOME, "seed", None), (_feed(n), Kind.FEED, site.home, None)]
            polled.add_pages(connection, site.name, pages, now=NOW, interval_seconds=1800)

    def finds(turn: int, new: int) -> list[Find]:
        site = turn % SITES
        numbers = [*range(max(0, each - 50 + new), each), *range(each + 10 * turn, each + 10 * turn + new)]
        told = Found(via=_feed(site), found_at=NOW, title="Story")
        return [Find(url=_url(site, number), found=told) for number in numbers]

    def fetched(turn: int) -> list[Fetched]:
        chosen = [_url(turn % SITES, each - 1 - number) for number in range(DUE)]
        return [
            Fetched(url_id=article_id(url), url=url, at=NOW, outcome="fetched", status=200) for url in chosen
        ]

    def name(turn: int) -> str:
        return sites[turn % SITES].name

    work: dict[str, Callable[[Connection, int], object]] = {
        f"which of {SITES} sites are due": lambda c, _: due_sites(c, sites, NOW),
        "pages of a site": lambda c, turn: polled.pages(c, name(turn)),
        "articles of a site that are due": lambda c, turn: fetching.due_urls(
            c, name(turn), now=NOW, limit=2000
        ),
        "a feed of 50, all known": lambda c, turn: known_urls.add_finds(
            c, name(turn), finds(turn, 0), now=NOW
        ),
        "a feed of 50, 5 of them new": lambda c, turn: known_urls.add_finds(
            c, name(turn), finds(turn, 5), now=NOW
        ),
        "what 10 fetches came to": lambda c, turn: fetching.record_fetches(c, fetched(turn)),
        "the story of a URL": lambda c, turn: known_urls.history(c, _url(turn % SITES, each // 2)),
    }
    return {what: _cost(database, task) for what, task in work.items()}


def _cost(database: Database, task: Callable[[Connection, int], object]) -> Cost:
    cost = Cost([], [])
    statements: list[tuple[str, object]] = []

    def hear(_c: object, _cursor: object, statement: str, parameters: object, _x: object, many: bool) -> None:
        statements.append((statement, parameters[0] if many else parameters))  # type: ignore[index]

    with database.transaction() as connection:  # compiled once a process
        task(connection, 0)
    event.listen(database.engine, "before_cursor_execute", hear)
    with database.transaction() as connection:
        task(connection, 1)
    event.remove(database.engine, "before_cursor_execute", hear)
    cost.statements = len(statements)
    scans: set[str] = set()
    with database.transaction() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        for statement, parameters in statements:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                for row in raw.execute("EXPLAIN QUERY PLAN " + statement, parameters):  # type: ignore[arg-type]
                    words = str(row[3]).split()
                    if words[0] == "SCAN" and words[1] in TABLES:
                        scans.add(words[1])
    cost.scans = frozenset(scans)
    for turn in range(2, 2 + TURNS):
        cpu, began = time.process_time(), time.perf_counter()
        with database.transaction() as connection:
            task(connection, turn)
        cost.cpu.append((time.process_time() - cpu) * 1e3)
        cost.wall.append((time.perf_counter() - began) * 1e3)
    return cost


if __name__ == "__main__":
    main([int(word.replace(",", "")) for word in sys.argv[1:]] or [1_000, 1_000_000])
