"""A site that brings nothing where its seed expects something: why, told from real crawls of real servers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from articles.model import Expect
from flows.diagnosis import diagnose_site
from flows.report import Cause, Diagnosis, Tally, merge, tally
from seeds.load import load_sites
from spiders.events import SiteDone
from storage.batches import Batch
from storage.state.database import open_database
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import GOOD, Connection, Pages, Web, feed, page

LATER: list[bool] = []
"""Filled once the second crawl begins: then the sites have changed."""
STORIES = [f"/2026/11/22/story-number-{n}-of-many" for n in range(4)]
HOME = page("<html><head><link rel=alternate type=application/rss+xml href=/feed></head><body>Home")
WALL = page(
    "<html><title>Just a moment...</title><body>Checking your browser before you proceed.</body></html>"
)
CONSENT = page(
    "<html><title>Before you continue</title><body><p>We and our partners use cookies. With your consent we "
    "process personal data; read our privacy policy and the cookie list.</p><button>Accept cookies</button>"
)
LINKS = page(
    "".join(f'<h2><a href="{path}">A story of the town, number {path[-9]}</a></h2>' for path in STORIES)
)
EMPTY = page(
    '<html><head><title>Paper</title></head><body><div id="app"></div><script src="app.js"></script>'
)


def then(before: bytes, after: bytes) -> Callable[[Connection], Awaitable[None]]:
    """Answers one thing in the first crawl and another in the second."""

    async def answer(connection: Connection) -> None:
        await connection.send(after if LATER else before)

    return answer


def all_paths(answer: bytes) -> Pages:
    return dict.fromkeys(["/", "/feed", "/sitemap.xml", GOOD, *STORIES], answer)


SITES: dict[str, Pages] = {
    "refusing": all_paths(page("", "403 Forbidden")),
    "walled": {"/": then(HOME, WALL), "/feed": then(feed(GOOD), WALL)},
    "asking": {"/": then(HOME, CONSENT), "/feed": then(feed(GOOD), CONSENT)},
    "moved": {"/feed": then(feed(GOOD), page("gone", "404 Not Found"))},
    "replaced": {"/feed": then(feed(GOOD), page("<!doctype html><html><body>Our new feeds"))},
    "redesigned": {"/": then(LINKS, EMPTY)},
    "scripted": {"/feed": feed(*STORIES), **dict.fromkeys(STORIES, EMPTY)},
    "shut": {"/robots.txt": page("User-agent: *\nDisallow: /")},
    "quiet": {"/": HOME, "/feed": feed(GOOD)},
    "lively": {"/": HOME, "/feed": then(feed(GOOD), feed(GOOD, STORIES[0]))},
    "unloved": all_paths(page("", "403 Forbidden")),
}


@pytest.fixture(scope="module")
def diagnoses(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[Diagnosis | None, Diagnosis | None]]:
    """What is said of each site right after its first crawl, and a day later after the second."""
    LATER.clear()
    with Web(SITES) as web:
        sites = [
            local_site(
                name,
                web.urls[name],
                expect=None if name == "unloved" else Expect(min=1),
                feeds=(web.urls[name] + "/feed",) if name in ("moved", "replaced") else (),
            )
            for name in SITES
        ]
        sites.append(local_site("absent", "http://127.0.0.1:1", expect=Expect(min=1)))
        job = make_job(tmp_path_factory.mktemp("silent"), sites)
        now = datetime.now(UTC)
        first = _diagnosed(crawl(job), now)
        LATER.append(True)
        second = _diagnosed(crawl(job), now + timedelta(hours=25))
        return {name: (first[name], second[name]) for name in first}


def _diagnosed(crawled: Crawl, now: datetime) -> dict[str, Diagnosis | None]:
    outcomes = tuple(crawled.read())
    tallies = tally(Batch(segment="", segment_sha256="", extractor="1", outcomes=outcomes))
    by_site = {one.site: one for one in merge(tallies)}
    database = open_database(crawled.job.database)
    done = [event for event in crawled.events if isinstance(event, SiteDone)]
    sites = {site.name: site for site in load_sites(crawled.job.seeds).sites}
    return {
        one.site: diagnose_site(
            database, sites[one.site], one, by_site.get(one.site, Tally(site=one.site)), now=now
        )
        for one in done
    }


@pytest.mark.parametrize(
    ("site", "cause", "words"),
    [
        ("refusing", Cause.BLOCKED, "403"),
        ("walled", Cause.BLOCKED, "bot wall"),
        ("asking", Cause.CONSENT, "consent page"),
        ("moved", Cause.MOVED, "/feed is not there any more"),
        ("replaced", Cause.MOVED, "an HTML page stands where"),
        ("redesigned", Cause.LAYOUT, "no link on it looks like an article's"),
        ("shut", Cause.ROBOTS, "robots.txt"),
        ("absent", Cause.UNREACHABLE, "refused"),
        ("quiet", Cause.QUIET, "nothing new since"),
    ],
)
def test_a_silent_site_is_diagnosed(diagnoses, site: str, cause: Cause, words: str) -> None:  # type: ignore[no-untyped-def]
    _, later = diagnoses[site]
    assert later is not None
    assert (later.cause, words in later.sentence) == (cause, True), later.sentence


def test_a_site_of_which_nothing_reads_like_an_article_is_diagnosed_at_once(diagnoses) -> None:  # type: ignore[no-untyped-def]
    at_once, _ = diagnoses["scripted"]
    assert at_once is not None
    assert at_once.cause is Cause.LAYOUT
    assert "none reads like an article" in at_once.sentence


def test_a_site_where_nothing_was_ever_found_is_diagnosed_at_once(diagnoses) -> None:  # type: ignore[no-untyped-def]
    for site in ("refusing", "shut", "absent"):
        assert diagnoses[site][0] is not None
        assert "nothing was ever found" in diagnoses[site][0].sentence


@pytest.mark.parametrize("site", ["walled", "asking", "moved", "redesigned", "quiet", "lively"])
def test_a_site_that_brings_what_it_should_is_not(diagnoses, site: str) -> None:  # type: ignore[no-untyped-def]
    assert diagnoses[site][0] is None


def test_a_site_that_goes_on_is_not_silent_and_one_that_expects_nothing_never_is(diagnoses) -> None:  # type: ignore[no-untyped-def]
    assert diagnoses["lively"][1] is None
    assert diagnoses["unloved"] == (None, None)
