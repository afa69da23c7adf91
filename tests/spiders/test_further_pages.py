"""Articles on several pages: fetched one after the other, read as one article, each page with a fate of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from articles.model import Article, Reason, Rejection
from articles.parts import join, join_parts
from spiders.further import MAX_PAGES
from storage.batches import Revision
from storage.state.database import open_database
from storage.state.frontier import known
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import Connection, Pages, Responder, Web, feed, page

STORY = "/2026/11/22/the-walk-along-the-river"


def text(number: int, paragraph: int) -> str:
    return (
        f"On page {number}, in paragraph {paragraph}, the council met on Monday and decided after long talks "
        "that the bridge over the river will be repaired before the winter, whatever it costs the town."
    )


def one_page(number: int, following: str | None) -> bytes:
    link = (
        f'<nav class="pagination"><a rel="next" href="{following}">Next page</a></nav>' if following else ""
    )
    body = "".join(f"<p>{text(number, n)}</p>" for n in range(4))
    return page(
        "<html><head><title>The walk along the river</title></head><body><article>"
        f"<h1>The walk along the river</h1>{body}{link}</article></body></html>"
    )


async def endless(connection: Connection) -> None:
    number = int(connection.path.rpartition("=")[2]) if "=" in connection.path else 1
    await connection.send(one_page(number, f"{STORY}?page={number + 1}"))


class Endless(dict):  # type: ignore[type-arg]
    """Answers every page of the story."""

    def get(self, path: str, default: object = None) -> object:
        return endless if path.startswith(STORY) else super().get(path, default)


def hiccups(times: int) -> Responder:
    """Page 2, which fails so many times at first."""
    asked: list[str] = []

    async def answer(connection: Connection) -> None:
        asked.append(connection.path)
        failed = len(asked) <= times
        await connection.send(page("", "500 Internal Server Error") if failed else one_page(2, None))

    return answer


class Edited:
    """An article whose first page never changes, and says so; the second does when it is told to."""

    def __init__(self) -> None:
        self.edition = 2

    async def first(self, connection: Connection) -> None:
        await self._answer(connection, one_page(1, STORY + "/2/"), '"first"')

    async def second(self, connection: Connection) -> None:
        await self._answer(connection, one_page(self.edition, None), f'"{self.edition}"')

    async def _answer(self, connection: Connection, whole: bytes, etag: str) -> None:
        if connection.headers.get("if-none-match") == etag:
            await connection.send(page("", "304 Not Modified", ETag=etag, Content_Length="-"))
        else:
            head, _, body = whole.partition(b"\r\n\r\n")
            await connection.send(head + f"\r\nETag: {etag}\r\n\r\n".encode() + body)


FEED = {"/feed": feed(STORY)}
SITES: dict[str, Pages] = {
    "whole": {
        # page 2 is named by the home page as well, as if it were an article of its own
        "/": page(f'<link rel=alternate type=application/rss+xml href=/feed><h2><a href="{STORY}/2/">'
                  "The walk along the river goes on</a></h2>"),
        **FEED,
        STORY: one_page(1, STORY + "/2/"),
        STORY + "/2/": one_page(2, STORY + "/3/"),
        STORY + "/3/": one_page(3, None),
    },
    "broken": {**FEED, STORY: one_page(1, STORY + "/2/"), STORY + "/2/": page("", "404 Not Found")},
    "forbidden": {
        "/robots.txt": page("User-agent: *\nDisallow: /*?page="),
        **FEED,
        STORY: one_page(1, f"{STORY}?page=2"),
    },
    "endless": Endless(FEED),
    "elsewhere": {**FEED, STORY: one_page(1, "http://other.example/2/"), "/2/": one_page(2, None)},
}  # fmt: skip


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Web, Crawl, list[object], Crawl]:
    with Web(SITES) as web:
        # a segment is full after a few pages: those of one article stay together all the same
        sites = [local_site(name, web.urls[name]) for name in SITES]
        job = make_job(tmp_path_factory.mktemp("pages"), sites, max_segment_bytes=50_000)
        first = crawl(job)
        outcomes = first.read()
        return web, first, outcomes, crawl(job)


def articles(outcomes: list[object], site: str) -> list[Article]:
    return [one.article for one in outcomes if isinstance(one, Revision) and one.article.site == site]


def parts(outcomes: list[object], site: str) -> list[Rejection]:
    return [
        one
        for one in outcomes
        if isinstance(one, Rejection) and one.site == site and one.reason is Reason.PART
    ]


def test_an_article_of_three_pages_is_stored_whole(twice) -> None:  # type: ignore[no-untyped-def]
    _, _, outcomes, _ = twice
    (article,) = articles(outcomes, "whole")
    assert article.paragraphs == tuple(text(number, n) for number in (1, 2, 3) for n in range(4))
    assert article.next_page is None
    assert [one.detail for one in parts(outcomes, "whole")] == [
        f"page 2 of {article.fetched_url}",
        f"page 3 of {article.fetched_url}",
    ]


def test_its_pages_are_fetched_in_a_row_and_never_on_their_own(twice) -> None:  # type: ignore[no-untyped-def]
    web, first, _, second = twice
    paths = [path for path in web.paths("whole") if path.startswith(STORY)]
    assert paths == [
        STORY,
        STORY + "/2/",
        STORY + "/3/",
    ]  # in both crawls together: page 2 is not due by itself
    story = first.history(web.urls["whole"] + STORY + "/2/")
    assert story is not None
    assert (story.state, story.outcome, story.next_at) == ("skipped", "part", None)
    assert story.attempts[0].detail == f"page 2 of {web.urls['whole']}{STORY}"
    assert second.done("whole").new == 0


def test_an_article_whose_next_page_fails_ends_before_it_and_says_so(twice) -> None:  # type: ignore[no-untyped-def]
    web, first, outcomes, _ = twice
    (article,) = articles(outcomes, "broken")
    assert len(article.paragraphs) == 4
    assert article.next_page == f"{web.urls['broken']}{STORY}/2/"
    story = first.history(article.next_page)
    assert story is not None
    assert story.attempts[0].outcome == "not_found"
    assert first.done("broken").failed["not_found"] >= 1


def test_a_next_page_that_robots_txt_forbids_is_not_fetched(twice) -> None:  # type: ignore[no-untyped-def]
    web, _, outcomes, _ = twice
    assert f"{STORY}?page=2" not in web.paths("forbidden")
    assert len(articles(outcomes, "forbidden")[0].paragraphs) == 4


def test_pages_without_end_are_a_bounded_number(twice) -> None:  # type: ignore[no-untyped-def]
    web, _, outcomes, _ = twice
    assert len([path for path in web.paths("endless") if path.startswith(STORY)]) == MAX_PAGES
    assert len(articles(outcomes, "endless")[0].paragraphs) == 4 * MAX_PAGES


def test_a_next_page_on_another_host_is_not_the_articles(twice) -> None:  # type: ignore[no-untyped-def]
    _, first, outcomes, _ = twice
    assert first.done("elsewhere").failed == {}
    assert len(articles(outcomes, "elsewhere")) == 1


def again(first: Crawl) -> Crawl:
    """The same crawl, when everything that will be due is."""
    database = open_database(first.job.database)
    with database.transaction() as connection:
        due = known.urls.c.next_at.is_not(None)
        connection.execute(update(known.urls).where(due).values(next_at=datetime.now(UTC)))
    database.close()
    return crawl(first.job)


def latest(crawls: Crawl) -> Article:
    *_, last = (one.article for one in crawls.read() if isinstance(one, Revision))
    return last


def test_a_next_page_that_fails_once_is_asked_for_again_at_once(tmp_path: Path) -> None:
    site: Pages = {**FEED, STORY: one_page(1, STORY + "/2/"), STORY + "/2/": hiccups(1)}
    with Web({"hiccup": site}) as web:
        first = crawl(make_job(tmp_path, [local_site("hiccup", web.urls["hiccup"])]))
        assert len(latest(first).paragraphs) == 8
        story = first.history(web.urls["hiccup"] + STORY)
        assert story is not None
        assert story.next_at is not None
        assert story.next_at - story.attempts[0].at >= timedelta(minutes=14)


def test_an_article_whose_next_page_fails_for_a_while_is_fetched_again_soon_and_whole(tmp_path: Path) -> None:
    site: Pages = {**FEED, STORY: one_page(1, STORY + "/2/"), STORY + "/2/": hiccups(3)}
    with Web({"hiccup": site}) as web:
        url = web.urls["hiccup"] + STORY
        first = crawl(make_job(tmp_path, [local_site("hiccup", web.urls["hiccup"])]))
        stored = latest(first)
        assert len(stored.paragraphs) == 4
        assert stored.next_page == url + "/2/"  # so it says that it is not whole
        story = first.history(url)
        assert story is not None
        assert story.next_at is not None
        assert story.next_at - story.attempts[-1].at <= timedelta(minutes=10)
        assert story.attempts[-1].detail == "a further page could not be had"
        second = again(first)
        assert latest(second).paragraphs == tuple(text(number, n) for number in (1, 2) for n in range(4))
        assert second.done("hiccup").failed == {}


def test_an_edit_on_the_second_page_is_seen_though_the_first_did_not_change(tmp_path: Path) -> None:
    story = Edited()
    site: Pages = {**FEED, STORY: story.first, STORY + "/2/": story.second}
    with Web({"edited": site}) as web:
        first = crawl(make_job(tmp_path, [local_site("edited", web.urls["edited"])]))
        assert len(latest(first).paragraphs) == 8

        before = len(web.paths("edited"))
        same = again(first)
        asked = [one for one in web.of("edited")[before:] if one.path.startswith(STORY)]
        assert [one.path for one in asked] == [STORY, STORY + "/2/"]
        assert same.done("edited").unchanged == 1
        assert [one for one in same.read() if isinstance(one, Revision)] == []

        story.edition = 3
        edited = again(first)
        assert latest(edited).paragraphs == tuple(text(number, n) for number in (1, 3) for n in range(4))
        assert edited.done("edited").unchanged == 0


# --- Joining, as a function -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(twice) -> list[Article]:  # type: ignore[no-untyped-def]
    """Three articles as if each page were one."""
    from articles.reading import read

    _, first, _, _ = twice
    found = {
        capture.url: capture
        for capture in first.captures()
        if capture.site == "whole" and capture.url.partition(STORY)[1]
    }
    read_ = [read(found[url]) for url in sorted(found)]
    assert all(isinstance(one, Article) for one in read_)
    return read_  # type: ignore[return-value]


def test_joining_keeps_every_paragraph_and_every_removed_block(pages: list[Article]) -> None:
    whole = join(pages[0], pages[1:])
    assert whole.paragraphs == sum((one.paragraphs for one in pages), ())
    assert len(whole.removed) == sum(len(one.removed) for one in pages)
    assert all(0 <= block.place <= len(whole.paragraphs) for block in whole.removed)
    assert whole.revision_id != pages[0].revision_id
    assert whole.article_id == pages[0].article_id


def test_what_a_page_repeats_of_an_earlier_one_is_removed_and_kept_beside(pages: list[Article]) -> None:
    whole = join(pages[0], [pages[0]])
    assert whole.paragraphs == pages[0].paragraphs
    repeated = [block.text for block in whole.removed if "earlier page" in block.reason]
    assert repeated == list(pages[0].paragraphs)


def test_a_part_without_its_article_is_rejected_and_one_behind_a_gap_is_left_out(
    pages: list[Article],
) -> None:
    first, second, third = pages
    url = first.fetched_url
    alone = join_parts([second, "other"], [url, None])
    assert isinstance(alone[0], Rejection)
    assert alone[1] == "other"
    refused = Rejection(
        reason=Reason.STATUS,
        detail="HTTP 500",
        url=second.fetched_url,
        fetched_at=second.fetched_at,
        status=500,
    )
    with_gap = join_parts([first, refused, third], [None, url, url])
    assert with_gap[:2] == [first, refused]
    assert isinstance(with_gap[2], Rejection)
    assert "left out" in with_gap[2].detail


def test_an_article_captured_twice_in_a_segment_is_joined_with_its_own_pages(pages: list[Article]) -> None:
    first, second, third = pages
    url = first.fetched_url
    one, _, other, _ = join_parts([first, second, first, third], [None, url, None, url])
    assert isinstance(one, Article)
    assert isinstance(other, Article)
    assert one.paragraphs == first.paragraphs + second.paragraphs
    assert other.paragraphs == first.paragraphs + third.paragraphs
