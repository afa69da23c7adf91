"""The reader in the form that extraction benchmarks ask for: bytes and a URL in, a mapping out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from articles.agencies import agency_of
from articles.dates import as_written, parse_moment
from articles.ends import STANDFIRST
from articles.model import Article, Capture, Origin, Precision
from articles.profile import Profile, learn
from articles.reading import read
from articles.zones import zone_of

SURE = 0.5
"""Confidence from which an answer counts as "yes, this is an article"."""
_AT = datetime(2026, 11, 22, tzinfo=UTC)
"""Every page counts as fetched now: benchmark pages have no fetch time of their own."""


def extract(html: bytes, url: str) -> dict[str, object]:
    """Text, title, authors, publication time and whether the page is an article, by the default reader."""
    outcome = read(Capture(url=url, fetched_at=_AT, status=200, headers=(), body=html))
    return _mapping(outcome) if isinstance(outcome, Article) else dict(_NOTHING)


def extract_site(pages: list[tuple[bytes, str]]) -> list[dict[str, object]]:
    """Several pages of one site read as one batch: once to learn what repeats, once more knowing it."""
    captures = [Capture(url=url, fetched_at=_AT, status=200, headers=(), body=html) for html, url in pages]
    first = [outcome for outcome in map(read, captures) if isinstance(outcome, Article)]
    profile = learn(Profile(site="batch"), first)
    outcomes = [read(capture, None, profile) for capture in captures]
    return [_mapping(o) if isinstance(o, Article) else dict(_NOTHING) for o in outcomes]


_NOTHING: dict[str, object] = {
    "text": "",
    "title": None,
    "authors": [],
    "published": None,
    "is_article": False,
}


def _mapping(article: Article) -> dict[str, object]:
    # References count the standfirst as text; the reader keeps it apart, as the dek.
    standfirst = [removed.text for removed in article.removed if removed.reason == STANDFIRST]
    # And the headings of a live blog's posts.
    headed = [line for post in article.posts for line in (post.title, *post.paragraphs) if line]
    lines = headed or article.paragraphs
    return {
        "text": "\n".join([*standfirst, *lines]),
        "title": article.title,
        # References put a desk or an agency where no person is named.
        "authors": list(_credited(article) or article.organisations or _agencies(article)),
        "published": _published(article),
        "is_article": article.confidence >= SURE,
    }


def _credited(article: Article) -> tuple[str, ...]:
    """The people, and the agencies that JSON-LD lists among them: references keep these."""
    stated = next((item for item in article.evidence if item.field == "authors"), None)
    if stated is None or stated.origin is not Origin.JSON_LD:
        return article.authors
    parts = [part for one in stated.raw.split("; ") for part in one.split(", ")]
    return (*article.authors, *(part for part in parts if agency_of(part)))


def _agencies(article: Article) -> tuple[str, ...]:
    """Agencies as the byline has them: references hold `The Associated Press` where it stands so, and `AP` where so."""
    stated = next((item for item in article.evidence if item.field == "agencies"), None)
    as_credited = stated is not None and stated.origin in (Origin.JSON_LD, Origin.META)
    return (stated.raw,) if stated is not None and as_credited else article.agencies


def _published(article: Article) -> datetime | None:
    """When it was published, in the zone the page states or its country's: references hold the day its readers saw."""
    at = article.published_at
    stated, *shown = (item for item in article.evidence if item.field == "published_at") if at else (None,)
    if at is None or stated is None or stated.precision is Precision.DAY:
        return at
    local = parse_moment(shown[0].raw) if shown else None
    if local is not None:
        ahead = (
            local.local.date() - at.date()
        ).days  # by the clock of its readers, on another day than in UTC
        return at.astimezone(timezone(timedelta(hours=14 if ahead > 0 else -12)))
    written = as_written(at, stated.raw)
    zone = zone_of(urlsplit(article.url).hostname or "", article.language)
    return at.astimezone(ZoneInfo(zone)) if zone is not None and not written.utcoffset() else written
