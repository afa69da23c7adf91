"""Reading a capture: the rooms of `articles/` called in order. Nothing here raises on any bytes."""

from __future__ import annotations

from articles.blocks import blocks_of
from articles.body import find_body
from articles.decode import decode
from articles.features import Hints
from articles.metadata import Metadata, metadata_of
from articles.model import Article, Capture, Reason, Rejection, Site
from articles.page import parse
from articles.profile import Profile
from articles.revision import revision_id
from articles.urls import article_id, canonical_url


def read(capture: Capture, site: Site | None = None, profile: Profile | None = None) -> Article | Rejection:
    """The article that a capture holds, or why it holds none."""
    if capture.status >= 400:
        return _rejected(capture, site, Reason.STATUS, f"HTTP {capture.status}")
    if 300 <= capture.status < 400:
        return _rejected(capture, site, Reason.REDIRECT, f"HTTP {capture.status}")
    if not capture.body.strip():
        return _rejected(capture, site, Reason.EMPTY, "no body")
    page = parse(decode(capture.body, capture.header("content-type")), capture.url)
    metadata = metadata_of(page)
    blocks = blocks_of(page)
    hints = hints_of(metadata)
    body = find_body(blocks, hints)
    paragraphs = tuple(text for text, taken in zip(blocks.text, body.taken, strict=True) if taken)
    if sum(len(p.split()) for p in paragraphs) < 20:
        return _rejected(capture, site, Reason.SHORT, f"{len(paragraphs)} paragraphs")
    url = canonical_url(capture.url) or capture.url
    article = Article(
        article_id=article_id(url),
        revision_id="",
        site=site.name if site else capture.site,
        url=url,
        fetched_url=capture.url,
        fetched_at=capture.fetched_at,
        title=hints.title,
        paragraphs=paragraphs,
        pointer=capture.pointer,
    )
    from dataclasses import replace

    return replace(article, revision_id=revision_id(article))


def hints_of(metadata: Metadata) -> Hints:
    """What the page states of its article, for the body classifier."""
    thing = metadata.article
    title = (
        metadata.first("og:title", "twitter:title") or (thing.headline if thing else None) or metadata.title
    )
    description = metadata.first("og:description", "description")
    return Hints(
        title=title or "",
        description=description or (thing.description if thing else None) or "",
        body=(thing.body if thing else None) or "",
        authors=tuple(party.name for party in thing.authors) if thing else (),
    )


def _rejected(capture: Capture, site: Site | None, reason: Reason, detail: str) -> Rejection:
    return Rejection(
        reason=reason,
        detail=detail,
        url=capture.url,
        fetched_at=capture.fetched_at,
        status=capture.status,
        site=site.name if site else capture.site,
        pointer=capture.pointer,
    )
