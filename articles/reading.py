"""Reading a capture: the rooms of `articles/` called in order. Nothing here raises on any bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from articles.blocks import Blocks, Elements, blocks_of
from articles.body import find_body
from articles.boilerplate import strip
from articles.decode import decode
from articles.ends import STANDFIRST
from articles.features import Hints
from articles.fields import Fields, fields_of, page_zone
from articles.hints import hints_of, house_of
from articles.kind import not_a_page, page_kind
from articles.live import posts_of, without_times
from articles.metadata import metadata_of
from articles.model import Article, Capture, Form, Kind, Post, Reason, Rejection, Removed, Site
from articles.nearby import around_body
from articles.page import UnreadablePage, parse
from articles.profile import Profile
from articles.repeated import Line, lines_of, without_repeats
from articles.revision import revision_id
from articles.rights import asks_not_to_be_indexed, rights_of
from articles.title import headline_on
from articles.urls import article_id, canonical_url


@dataclass(frozen=True, slots=True)
class PageRead:
    """What a capture holds, and what is to know of its lines once other pages of the site are known."""

    outcome: Article | Rejection
    lines: tuple[Line, ...] = ()
    """One for each paragraph of an article."""


def read(capture: Capture, site: Site | None = None, profile: Profile | None = None) -> Article | Rejection:
    """The article that a capture holds, or why it holds none; `profile` knows what the site repeats."""
    reading = read_lines(capture, site)
    if profile is None or isinstance(reading.outcome, Rejection):
        return reading.outcome
    return without_repeats(reading.outcome, reading.lines, profile)


def read_lines(capture: Capture, site: Site | None = None) -> PageRead:
    """As `read` without a profile, with what `repeated.without_repeats` needs to apply one later."""
    refusal = not_a_page(capture)
    if refusal is not None:
        return PageRead(_rejected(capture, site, *refusal))
    try:
        page = parse(decode(capture.body, capture.header("content-type")), capture.url)
    except UnreadablePage as error:
        return PageRead(_rejected(capture, site, Reason.UNREADABLE, str(error)))
    metadata = metadata_of(page)
    rights, said = rights_of(capture, metadata)
    if site is not None and asks_not_to_be_indexed(rights):
        return PageRead(_rejected(capture, site, Reason.NOINDEX, "; ".join(one.raw for one in said)[:500]))
    blocks = blocks_of(page)
    named = headline_on(page, metadata, site)
    hints = hints_of(page, metadata, named[0])
    body = find_body(blocks, hints)
    stripped = strip(blocks, body, hints, house_of(metadata, capture.url))
    rows = rows_of(blocks, stripped.kept)
    paragraphs = _paragraphs(blocks, rows)
    kind, certainty = page_kind(metadata, blocks, body, paragraphs, capture)
    if isinstance(kind, Reason):
        return PageRead(_rejected(capture, site, kind, str(certainty)))
    posts: tuple[Post, ...] = ()
    if kind is Form.LIVE_BLOG:
        posts = posts_of(page, blocks, stripped.kept, page_zone(capture, site, metadata))
        if posts:
            stripped = without_times(blocks, stripped)
            rows = rows_of(blocks, stripped.kept)
            paragraphs = _paragraphs(blocks, rows)
    beside = [one.text for one in stripped.removed if one.kind in _SIGNED]
    around = (*beside, *around_body(blocks, stripped.kept))
    wall = next((one.text for one in stripped.removed if one.kind is Kind.PAYWALL and one.place), None)
    fields = fields_of(page, metadata, paragraphs, capture, site, around=around, wall=wall, named=named)
    article = _article(capture, site, fields, hints, paragraphs)
    if article.dek is None:
        dek = next((one.text for one in stripped.removed if one.reason == STANDFIRST), None)
        article = replace(article, dek=dek)
    confidence = round(min(body.confidence, float(certainty)), 3)
    article = replace(
        article,
        posts=posts,
        removed=_placed(stripped.removed, rows),
        rights=rights,
        evidence=article.evidence + said,
        form=kind,
        confidence=confidence,
    )
    article = replace(article, revision_id=revision_id(article))
    return PageRead(article, lines_of(blocks, body, rows))


_SIGNED = frozenset([Kind.BYLINE, Kind.CREDIT])
"""Kinds of removed blocks that name authors, agencies and days."""


def _article(
    capture: Capture, site: Site | None, fields: Fields, hints: Hints, paragraphs: tuple[str, ...]
) -> Article:
    return Article(
        article_id=article_id(fields.url),
        revision_id="",
        site=site.name if site else capture.site,
        url=fields.url,
        fetched_url=capture.url,
        fetched_at=capture.fetched_at,
        title=fields.title or hints.title,
        paragraphs=paragraphs,
        dek=fields.dek,
        authors=fields.authors,
        organisations=fields.organisations,
        agencies=fields.agencies,
        published_at=fields.published_at,
        modified_at=fields.modified_at,
        language=fields.language,
        section=fields.section,
        keywords=fields.keywords,
        image=fields.image,
        access=fields.access,
        next_page=fields.next_page,
        evidence=fields.evidence,
        pointer=capture.pointer,
    )


def rows_of(blocks: Blocks, kept: Sequence[int]) -> list[list[int]]:
    """The kept blocks that make up each paragraph: one, or the cells of one table row."""
    elements = blocks.elements
    rows: list[list[int]] = []
    data: dict[int, bool] = {}
    last_row = -1
    for i in kept:
        row, at = -1, blocks.element[i]
        for _ in range(3):
            if at < 0 or elements.tag[at] not in ("td", "th", "tr", "p", "div"):
                break
            if elements.tag[at] == "tr":
                if at not in data:
                    data[at] = _holds_data(elements, at)
                row = at if data[at] else -1
                break
            at = elements.parent[at]
        if row >= 0 and row == last_row:
            rows[-1].append(i)
        else:
            rows.append([i])
        last_row = row
    return rows


_ROW_BLOCKS: Final = 12
"""Blocks of the longest row of a table of data; a row that lays a page out holds whole columns of text."""


def _holds_data(elements: Elements, row: int) -> bool:
    """Whether a table's row holds a value in each cell, and no cell a text of several blocks."""
    end = elements.end[row]
    if end - elements.start[row] > _ROW_BLOCKS:
        return False
    at = row + 1
    while at < len(elements.tag) and elements.start[at] < end and elements.parent[at] >= row:
        if elements.parent[at] == row and elements.end[at] - elements.start[at] > 1:
            return False
        at += 1
    return True


def _paragraphs(blocks: Blocks, rows: list[list[int]]) -> tuple[str, ...]:
    return tuple("\t".join(blocks.text[i] for i in row) for row in rows)


def _placed(removed: tuple[Removed, ...], rows: list[list[int]]) -> tuple[Removed, ...]:
    """With places counted in paragraphs, where several blocks make one."""
    if all(len(row) == 1 for row in rows):
        return removed
    before = [0, *(k for k, row in enumerate(rows, start=1) for _ in row)]
    return tuple(replace(one, place=before[one.place]) for one in removed)


def _rejected(capture: Capture, site: Site | None, reason: Reason, detail: str) -> Rejection:
    return Rejection(
        reason=reason,
        detail=detail,
        url=capture.url,
        fetched_at=capture.fetched_at,
        status=capture.status,
        site=site.name if site else capture.site,
        pointer=capture.pointer,
        target=canonical_url(capture.header("location") or "", capture.url)
        if reason is Reason.REDIRECT
        else None,
    )
