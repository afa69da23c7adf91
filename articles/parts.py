"""Articles that stand on several pages, made whole. Pure.

The crawl fetches the next pages of an article right after the first, into the same segment, and says of each
whose part it is (`Found.part_of`). Their text belongs to the first page's article; each of them has a fate of
its own, PART, so that captures still add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from articles.model import Article, Capture, Kind, Reason, Rejection, Removed, Site
from articles.reading import read
from articles.revision import revision_id

Other = TypeVar("Other")
"""What else a capture may come to: something without text."""


def join(first: Article, rest: Sequence[Article]) -> Article:
    """The article of several pages: the first one's fields, the text and what was removed of all, in order.

    A page that begins with paragraphs of an earlier one has them removed as REPEATED.
    """
    paragraphs, posts, removed = list(first.paragraphs), list(first.posts), list(first.removed)
    for page in rest:
        known = set(paragraphs)
        repeated = 0
        while repeated < len(page.paragraphs) and page.paragraphs[repeated] in known:
            repeated += 1
        removed += [_repeated(text, len(paragraphs)) for text in page.paragraphs[:repeated]]
        shift = len(paragraphs) - repeated
        removed += [replace(block, place=max(len(paragraphs), block.place + shift)) for block in page.removed]
        paragraphs += page.paragraphs[repeated:]
        posts += page.posts
    whole = replace(
        first,
        paragraphs=tuple(paragraphs),
        posts=tuple(posts),
        removed=tuple(removed),
        next_page=rest[-1].next_page if rest else first.next_page,
        confidence=min(page.confidence for page in (first, *rest)),
    )
    return replace(whole, revision_id=revision_id(whole))


def _repeated(text: str, place: int) -> Removed:
    reason = "stands on an earlier page of the article too"
    return Removed(kind=Kind.REPEATED, text=text, place=place, score=1.0, reason=reason, path="")


def join_parts(
    readings: Sequence[Article | Rejection | Other], parts: Sequence[str | None]
) -> list[Article | Rejection | Other]:
    """What the captures of one segment come to once parts have gone into their articles, in the same order.

    `parts` says of each reading the address of the first page it is a part of; None: it is none. A part
    whose first page is no article here is rejected all the same: on its own it would be half an article.
    """
    done = list(readings)
    newest: dict[str, int] = {}
    pages: dict[int, list[int]] = defaultdict(list)
    for number, (reading, part_of) in enumerate(zip(readings, parts, strict=True)):
        if part_of is None:
            if isinstance(reading, Article):
                newest[reading.fetched_url] = number
        elif part_of in newest:
            before = pages[newest[part_of]]
            if before and _is_retry(readings[before[-1]], reading):
                before.pop()
            before.append(number)
        elif isinstance(reading, Article):
            done[number] = _part(reading, f"a further page of {part_of}, which is no article in this segment")
    for first, numbers in pages.items():
        rest: list[Article] = []
        for place, number in enumerate(numbers):
            page = readings[number]
            if not isinstance(page, Article):
                continue
            missing = len(rest) < place  # text behind a gap would stand in the wrong place
            why = ", left out because one before it could not be read" if missing else ""
            done[number] = _part(page, f"page {place + 2} of {parts[number]}{why}")
            if not missing:
                rest.append(page)
        article = readings[first]
        if isinstance(article, Article) and rest:
            done[first] = join(article, rest)
    return done


def _is_retry(before: object, reading: object) -> bool:
    """Whether a page that could not be had was asked for again, and came."""
    return (
        isinstance(before, Rejection) and isinstance(reading, Article) and before.url == reading.fetched_url
    )


def _part(page: Article, detail: str) -> Rejection:
    return Rejection(
        reason=Reason.PART,
        detail=detail,
        url=page.fetched_url,
        fetched_at=page.fetched_at,
        status=page.status,
        site=page.site,
        extractor=page.extractor,
        pointer=page.pointer,
    )


def read_pages(pages: Sequence[Capture], site: Site | None = None) -> Article | Rejection:
    """What the captures of one article come to: its first page, and those that follow it."""
    readings = [read(capture, site) for capture in pages]
    parts = [None, *(pages[0].url for _ in pages[1:])]
    return join_parts(readings, parts)[0]
