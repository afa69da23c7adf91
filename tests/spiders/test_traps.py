"""Addresses without end cost a bounded number of requests, and those left out have a fate."""

from __future__ import annotations

import re

import pytest

from articles.urls import url_key
from spiders.traps import MAX_OF_A_SHAPE, MAX_OF_ONE_PAGE, MAX_SECTIONS_OF_A_SHAPE, room_for, shape_of
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import Connection, Pages, Responder, Web, article, feed, page


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/agenda/2026/12/01", "/agenda/#/#/#"),
        ("/shop?size=12&colour=red", "/shop?colour=*&size=*"),
        ("/s-9f8a61b0c2d4e8aa/politics", "/s-*/politics"),
        ("/(S(lit3py55t21z5v55vlm25s55))/story", "/(S(*))/story"),
        ("/page7", "/page#"),
        ("/three-dead-in-storm", None),
        ("/politics/", None),
    ],
)
def test_the_shape_of_an_address_has_no_digits_ids_or_values(path: str, shape: str | None) -> None:
    assert shape_of("https://paper.example" + path) == shape


def test_a_shape_that_names_one_page_has_less_room_than_one_of_numbered_articles() -> None:
    assert room_for("/news/#.html") == MAX_OF_A_SHAPE
    assert room_for("/#/#/#/mayor-resigns-after-vote") == MAX_OF_A_SHAPE  # nothing but its date is folded
    assert room_for("/mayor-resigns-after-vote?sess=*") == MAX_OF_ONE_PAGE
    assert room_for("/s-*/mayor-resigns-after-vote") == MAX_OF_ONE_PAGE


@pytest.mark.parametrize("name", ["sid", "SESSIONID", "session_id", "PHPSESSID", "osCsid"])
def test_a_session_id_makes_no_other_article(name: str) -> None:
    story = "https://paper.example/mayor-resigns"
    assert url_key(f"{story}?{name}=9f8a61b0c2d4e8aa") == url_key(story)


# --- In a crawl -----------------------------------------------------------------------------------

TITLE = "The council of the town meets on this day at the hall"


async def calendar(connection: Connection) -> None:
    """Every page, sections and days alike, names hundreds of days more, which nobody can finish."""
    first = 1 + 300 * sum(connection.counts.values())
    days = "".join(
        f'<a href="/agenda/2031/{n // 28 % 12 + 1}/{n}">{TITLE}</a>' for n in range(first, first + 300)
    )
    menu = "".join(f'<a href="/week{n}">Week</a>' for n in range(first, first + 30))
    await connection.send(page(f"<nav>{menu}</nav>{days}"))


class Everywhere(dict):  # type: ignore[type-arg]
    """Answers whatever is asked."""

    def __init__(self, answer: Responder, pages: Pages) -> None:
        super().__init__(pages)
        self.answer = answer

    def get(self, path: str, default: object = None) -> object:
        return super().get(path) or self.answer


async def sessions(connection: Connection) -> None:
    """Hands out a session with every link: the same three stories for ever under other addresses."""
    asked = sum(connection.counts.values())
    if "/story-" in connection.path:
        await connection.send(page(article()))
        return
    links = "".join(
        f'<h2><a href="/story-{slug}-of-the-whole-town?visit={asked:04x}{n:02x}9f8a61b0c2">{TITLE}</a></h2>'
        for slug in ("first", "second", "third")
        for n in range(20)
    )
    await connection.send(page(links))


async def facets(connection: Connection) -> None:
    links = "".join(
        f'<h2><a href="/archive-of-news/2026/find?colour={n}&size={m}&id={n}{m}">{TITLE}</a></h2>'
        for n in range(20)
        for m in range(20)
    )
    await connection.send(page(links))


NONE = {"/robots.txt": page("", "404 No"), "/sitemap.xml": page("", "404 No")}
NUMBERED = [f"/news/{10_000 + n}" for n in range(MAX_OF_A_SHAPE + 50)]
SITES: dict[str, Pages] = {
    "calendar": Everywhere(calendar, NONE),
    "sessions": Everywhere(sessions, NONE),
    "facets": Everywhere(facets, NONE),
    "numbered": {"/feed": feed(*NUMBERED), **dict.fromkeys(NUMBERED, page(article()))},
}


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Web, Crawl, dict[str, list[str]]]:
    with Web(SITES) as web:
        job = make_job(tmp_path_factory.mktemp("traps"), [local_site(name, web.urls[name]) for name in SITES])
        first = crawl(job)
        return web, first, {name: list(web.paths(name)) for name in SITES}


def test_a_calendar_costs_a_bounded_number_of_requests(crawls) -> None:  # type: ignore[no-untyped-def]
    _, first, asked = crawls
    assert len([path for path in asked["calendar"] if path.startswith("/agenda/")]) == MAX_OF_A_SHAPE
    weeks = [path for path in asked["calendar"] if path.startswith("/week")]
    assert 0 < len(set(weeks)) <= MAX_SECTIONS_OF_A_SHAPE
    assert first.done("calendar").ended == "done"


def test_what_a_calendar_has_left_over_has_a_fate(crawls) -> None:  # type: ignore[no-untyped-def]
    web, first, _ = crawls
    named = [f"/agenda/2031/{n // 28 % 12 + 1}/{n}" for n in range(1, 1500)]
    found = [first.history(web.urls["calendar"] + path) for path in named]
    left = [story for story in found if story is not None and not story.attempts]
    assert left
    assert {(story.state, story.outcome, story.next_at) for story in left} == {("skipped", "trap", None)}


def test_a_session_in_every_link_gives_each_story_a_few_times_at_most(crawls) -> None:  # type: ignore[no-untyped-def]
    _, _, asked = crawls
    stories = [path for path in asked["sessions"] if path.startswith("/story-")]
    for slug in ("first", "second", "third"):
        assert 0 < sum(re.search(rf"-{slug}-", path) is not None for path in stories) <= MAX_OF_ONE_PAGE


def test_faceted_search_is_bounded_too(crawls) -> None:  # type: ignore[no-untyped-def]
    _, _, asked = crawls
    assert 0 < len([path for path in asked["facets"] if "colour=" in path]) <= MAX_OF_A_SHAPE


def test_numbered_articles_of_a_feed_are_all_fetched(crawls) -> None:  # type: ignore[no-untyped-def]
    _, _, asked = crawls
    assert set(NUMBERED) <= set(asked["numbered"])
