"""A name has hosts without end, and each of them a robots.txt: what they cost is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spiders.robots import MAX_ORIGINS
from storage.state.database import open_database
from storage.state.frontier import hosts
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import Connection, Pages, Web, page

STORY = "/2026/11/22/a-story-on-one-of-many-hosts"
MANY, LARGE = MAX_ORIGINS + 20, 30


def _hosts(name: str, number: int) -> list[str]:
    return [f"h{n}.{name}.test" for n in range(number)]


def _feed_of(name: str, number: int) -> Pages:
    """A site whose feed names one article on each of its hosts."""

    async def answer(connection: Connection) -> None:
        port = connection.url.rpartition(":")[2]
        items = "".join(
            f"<item><link>http://{host}:{port}{STORY}</link></item>" for host in _hosts(name, number)
        )
        await connection.send(page(f"<rss><channel>{items}</channel></rss>", kind="application/rss+xml"))

    return {"/feed": answer}


RULES = "User-agent: *\n" + "".join(f"Disallow: /x{n}*y\n" for n in range(20_000))
SITES: dict[str, Pages] = {
    "many": {"/robots.txt": page("", ETag=f'"{"e" * 30_000}"'), **_feed_of("many", MANY)},
    "large": {"/robots.txt": page(RULES, kind="text/plain"), **_feed_of("large", LARGE)},
}


@dataclass
class Crawled:
    web: Web
    crawl: Crawl


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("many")
    named = {name: _hosts(name, number) for name, number in (("many", MANY), ("large", LARGE))}
    (folder / "hosts").write_text("".join(f"127.0.0.1 {' '.join(names)}\n" for names in named.values()))
    with Web(SITES) as web:
        sites = []
        for name, names in named.items():
            site = local_site(name, f"http://{names[0]}:{web.urls[name].rpartition(':')[2]}")
            sites.append(replace(site, fetch=replace(site.fetch, allow_private_hosts=tuple(names))))
        yield Crawled(web, crawl(make_job(folder, sites, hosts=str(folder / "hosts"))))


def test_a_hundred_hosts_of_a_site_are_asked_for_their_robots_txt_in_one_run(crawled: Crawled) -> None:
    assert crawled.web.paths("many").count("/robots.txt") == MAX_ORIGINS
    done = crawled.crawl.done("many")
    assert (done.fetched, done.failed) == (MAX_ORIGINS, {"robots": MANY - MAX_ORIGINS})


def test_the_rules_of_many_hosts_are_not_all_held_in_memory(crawled: Crawled) -> None:
    assert crawled.crawl.done("large").fetched == LARGE
    assert crawled.web.paths("large").count("/robots.txt") == LARGE
    assert crawled.crawl.peak_kib < 550_000


def test_an_etag_of_30_kb_is_not_sent_back_when_robots_txt_is_asked_for_again(
    crawled: Crawled, tmp_path: Path
) -> None:
    job, web = crawled.crawl.job, crawled.web
    database = open_database(job.database)
    home = f"http://{_hosts('many', 1)[0]}:{web.urls['many'].rpartition(':')[2]}"
    with database.transaction() as connection:
        kept = hosts.robots_of(connection, home)
        assert kept is not None
        hosts.keep_robots(connection, replace(kept, until=datetime.now(UTC)))
    before = len(web.of("many"))
    crawl(replace(job, sites=("many",)))
    again = [asked for asked in web.of("many")[before:] if asked.path == "/robots.txt"]
    assert again[0].headers["host"] == home.partition("://")[2]
    assert "if-none-match" not in again[0].headers
