"""How the crawler treats hosts, proven from the servers' own logs; and where it does not connect at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from articles.model import Site
from spiders.events import Ended
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import GOOD, Connection, Pages, Web, article, feed, page
from tests.support.tls import Tls

STORIES = [f"/2026/11/22/story-number-{n}-of-many" for n in range(12)]


async def many(connection: Connection) -> None:
    await connection.send(feed(*STORIES, base=connection.url))


async def unhurried(connection: Connection) -> None:
    await asyncio.sleep(0.05)
    if connection.path == "/feed":
        await many(connection)
    else:
        home = "<link rel=alternate type=application/rss+xml href=/feed>"
        await connection.send(page(home if connection.path == "/" else article()))


async def with_etag(connection: Connection) -> None:
    if connection.headers.get("if-none-match") == '"one"':
        await connection.send(b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n')
    else:
        await connection.send(page(article(), ETag='"one"'))


async def updated_feed(connection: Connection) -> None:
    """Announces a change of its one article each time it is asked."""
    count = connection.counts["/feed"]
    entry = (
        f"<entry><title>One</title><link href='{connection.url}{GOOD}'/>"
        f"<updated>2030-01-01T00:00:0{count}Z</updated></entry>"
    )
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>"
    await connection.send(page(body, kind="application/atom+xml"))


async def names_the_patient(connection: Connection) -> None:
    await connection.send(feed(connection.urls["patient"] + GOOD, connection.url + STORIES[0]))


SITES: dict[str, Pages] = {
    "crawl-delay": {"/robots.txt": page("User-agent: *\nCrawl-delay: 0.4"), "/feed": many},
    "delay": {"/feed": many},
    "no-delay": {"/feed": many},
    "shared": dict.fromkeys(["/", "/feed", *STORIES], unhurried),
    "patient": {"/robots.txt": page("User-agent: *\nCrawl-delay: 86400")},
    "busy": {"/": page("", "503 Later", Retry_After="7200")},
    "elsewhere": {"/feed": names_the_patient},
    "etag": {"/feed": updated_feed, GOOD: with_etag},
    "hidden": {"/feed": feed(GOOD)},
}


@dataclass
class Twice:
    web: Web
    first: Crawl
    second: Crawl
    asked: dict[str, list[str]]
    """Paths asked of each site in the first crawl."""

    def later(self, site: str) -> list[str]:
        return self.web.paths(site)[len(self.asked[site]) :]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    """Two crawls of the same sites, the second forced to look although nothing is due."""
    folder = tmp_path_factory.mktemp("polite")
    with Web(SITES) as web, Tls(folder) as secure:
        port = web.urls["hidden"].rpartition(":")[2]
        hosts = folder / "hosts"
        hosts.write_text(
            "127.0.0.1 open.example shut.example  # one name the seed allows, one it does not\n"
            "::ffff:127.0.0.1 mapped.example\n10.1.2.3 inside.example\n"
        )
        sites = [
            local_site("crawl-delay", web.urls["crawl-delay"]),
            local_site("delay", web.urls["delay"], fetch={"delay_seconds": 0.2}),
            local_site("no-delay", web.urls["no-delay"]),
            local_site("shared", web.urls["shared"]),
            local_site("shared-too", web.urls["shared"] + "/too", feeds=(web.urls["shared"] + "/feed",)),
            local_site("patient", web.urls["patient"]),
            local_site("busy", web.urls["busy"]),
            _with_hosts(local_site("elsewhere", web.urls["elsewhere"]), "127.0.0.1"),
            local_site("etag", web.urls["etag"]),
            local_site("open", f"http://open.example:{port}"),
            local_site("tls", f"https://127.0.0.1:{secure}"),
            local_site("refused", "http://127.0.0.1:1"),
            local_site("nameless", "http://no-such-host.invalid"),
            *(
                replace(local, fetch=replace(local.fetch, allow_private_hosts=()))
                for local in (
                    local_site("shut", f"http://shut.example:{port}"),
                    local_site("mapped", f"http://mapped.example:{port}"),
                    local_site("inside", "http://inside.example"),
                    local_site("literal", f"http://127.0.0.1:{port}"),
                )
            ),
        ]
        job = make_job(folder, sites, hosts=str(hosts), contact="press@example.org")
        first = crawl(job)
        asked = {site: web.paths(site) for site in SITES}
        yield Twice(web, first, crawl(job), asked)


def _with_hosts(site: Site, *hosts: str) -> Site:
    return replace(site, fetch=replace(site.fetch, allow_private_hosts=hosts))


def _gaps(web: Web, site: str, least: int) -> list[float]:
    asked = web.of(site)[:least]
    return [after.began - before.began for before, after in pairwise(asked)]


def test_crawl_delay_is_kept_between_all_requests(twice: Twice) -> None:
    assert min(_gaps(twice.web, "crawl-delay", len(twice.asked["crawl-delay"]))) >= 0.39
    assert set(STORIES) <= set(twice.asked["crawl-delay"])


def test_the_delay_of_the_seed_is_kept_between_all_requests(twice: Twice) -> None:
    assert min(_gaps(twice.web, "delay", len(twice.asked["delay"]))) >= 0.19


def test_without_a_delay_there_is_still_one_request_at_a_time(twice: Twice) -> None:
    assert set(STORIES) <= set(twice.asked["no-delay"])
    assert {asked.at_once for asked in twice.web.of("no-delay")} == {1}


def test_connections_are_kept_and_used_again(twice: Twice) -> None:
    assert twice.web.connections["no-delay"] <= 4 < len(twice.asked["no-delay"])


def test_two_sites_on_one_host_share_its_patience(twice: Twice) -> None:
    assert {asked.at_once for asked in twice.web.of("shared")} == {1}
    assert twice.asked["shared"].count("/robots.txt") == 1


def test_a_site_that_asks_for_a_day_between_requests_is_not_crawled(twice: Twice) -> None:
    assert twice.asked["patient"] == ["/robots.txt"]
    assert twice.first.done("patient").ended is Ended.ROBOTS


def test_an_article_on_such_a_host_keeps_no_other_of_its_site_waiting(twice: Twice) -> None:
    done = twice.first.done("elsewhere")
    assert (done.ended, done.fetched, done.failed) == (Ended.DONE, 1, {"robots": 1})


def test_a_host_that_asks_for_hours_is_not_asked_again_before(twice: Twice) -> None:
    assert twice.first.done("busy").ended is Ended.BLOCKED
    assert twice.second.done("busy").ended is Ended.BLOCKED
    assert twice.later("busy") == []


def test_robots_txt_is_kept_for_the_day(twice: Twice) -> None:
    assert not any("/robots.txt" in twice.later(site) for site in SITES)


def test_an_article_looked_at_again_is_asked_for_with_its_etag(twice: Twice) -> None:
    first, second = [asked for asked in twice.web.of("etag") if asked.path == GOOD]
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == '"one"'
    assert twice.second.done("etag").unchanged == 1


def test_the_user_agent_names_the_contact(twice: Twice) -> None:
    assert {asked.headers["user-agent"] for asked in twice.web.asked} == {"Pressrun/0.1 (+press@example.org)"}


def test_a_hosts_file_answers_before_dns_and_the_guard_judges_it(twice: Twice) -> None:
    assert twice.first.done("open").fetched > 0
    for site in ("shut", "mapped", "inside"):
        assert set(twice.first.done(site).failed) == {"private_address"}, site
        assert twice.first.done(site).ended is Ended.UNREACHABLE


def test_loopback_is_refused_where_the_seed_does_not_list_it(twice: Twice) -> None:
    assert set(twice.first.done("literal").failed) == {"private_address"}
    assert twice.first.done("literal").requests == 0


def test_a_certificate_nobody_vouches_for_is_refused(twice: Twice) -> None:
    assert set(twice.first.done("tls").failed) == {"tls"}


def test_a_closed_port_and_an_unknown_name_are_told_apart(twice: Twice) -> None:
    assert set(twice.first.done("refused").failed) == {"refused"}
    assert set(twice.first.done("nameless").failed) == {"dns"}


def test_a_site_that_is_slow_delays_no_other(twice: Twice) -> None:
    last = max(asked.ended for asked in twice.web.of("no-delay")[: len(twice.asked["no-delay"])])
    slow = twice.web.of("crawl-delay")[: len(twice.asked["crawl-delay"])]
    assert last < slow[len(slow) // 2].began
