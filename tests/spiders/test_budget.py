"""What one site may send in one run, and how long, is bounded; and its articles are not what is left out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spiders.events import Ended
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import GOOD, HOSTILE, Connection, Pages, Web, article, feed, page

MOST = 1_000_000
STORIES = [f"/2026/11/22/story-number-{n}-of-many" for n in range(30)]
MAPS = [f"/map{n}.xml" for n in range(30)]
FILL = "<!--" + "x" * 100_000 + "-->"


async def names_maps(connection: Connection) -> None:
    entries = "".join(f"<sitemap><loc>{connection.url}{path}</loc></sitemap>" for path in MAPS)
    await connection.send(page(f"<sitemapindex>{entries}</sitemapindex>", kind="application/xml"))


async def names_index(connection: Connection) -> None:
    await connection.send(page(f"Sitemap: {connection.url}/index.xml", kind="text/plain"))


async def silence(_connection: Connection) -> None:
    await asyncio.sleep(3600)


SLOW: dict[str, Pages] = {
    "slow": {
        "/robots.txt": names_index,
        "/index.xml": names_maps,
        # every other one, so that the host does not count as dead
        **dict.fromkeys(MAPS[::2], silence),
        **dict.fromkeys(MAPS[1::2], page("<urlset></urlset>", kind="application/xml")),
    }
}
SITES: dict[str, Pages] = {
    "maps": {
        "/robots.txt": names_index,
        "/index.xml": names_maps,
        **dict.fromkeys(MAPS, page(f"<urlset>{FILL}</urlset>", kind="application/xml")),
    },
    "stories": {"/feed": feed(*STORIES), **dict.fromkeys(STORIES, page(article() + FILL))},
}


@dataclass
class Crawled:
    web: Web
    crawl: Crawl


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with Web(SITES) as web:
        sites = [local_site(name, web.urls[name]) for name in SITES]
        yield Crawled(web, crawl(make_job(tmp_path_factory.mktemp("bytes"), sites, max_site_bytes=MOST)))


def test_sitemaps_without_end_take_half_of_it_and_the_articles_are_fetched(crawled: Crawled) -> None:
    assert 3 <= sum(path in MAPS for path in crawled.web.paths("maps")) <= 6
    for path in (GOOD, HOSTILE):
        history = crawled.crawl.history(crawled.web.urls["maps"] + path)
        assert history is not None
        assert history.outcome == "fetched"
    assert "other pages are looked at by the next run" in crawled.crawl.log


def test_a_visit_that_was_sent_enough_ends_and_the_rest_stays_due(crawled: Crawled) -> None:
    done = crawled.crawl.done("stories")
    assert done.ended is Ended.BUDGET
    assert "are enough for one run" in str(done.detail)
    assert done.fetched == 10
    left = crawled.crawl.history(crawled.web.urls["stories"] + STORIES[-1])
    assert left is not None
    assert left.next_at is not None


def test_sitemaps_that_never_answer_take_half_of_the_time_and_the_articles_are_fetched(
    tmp_path: Path,
) -> None:
    with Web(SLOW) as web:
        site = local_site("slow", web.urls["slow"], fetch={"timeout_seconds": 0.5})
        done = crawl(make_job(tmp_path, [site], deadline_seconds=5.0)).done("slow")
    assert (done.ended, done.fetched) == (Ended.DONE, 2)
    assert 2 <= done.failed["timeout"] <= 6
