"""Table `site_hours`: what came of each site in each hour. Made from the log alone, by the index's `apply`.

    site       at                 captures  new  undated  words ...
    latinpost  2026-11-22 08:00   31        4    0        1840

An hour is the one in which a page was fetched, in UTC; a segment that is read again counts once, and one that others
crawled counts for nothing: it says how they work, not how we do. Means are kept as sums, so that hours can be put
together to days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Column, Connection, Float, Integer, String, Table, delete, select

from articles.model import Article, Kind, Reason, Rejection
from storage.batches import Change, Outcome, Revision
from storage.state.database import METADATA, Moment, insert_or

CC_NEWS, IMPORTED = "segments/cc-news/", "segments/imported/"
FOREIGN = (CC_NEWS, IMPORTED)
"""What the keys of segments begin with that others crawled (storage.foreign)."""
_WALLS = frozenset({Reason.CHALLENGE, Reason.CONSENT})
_NO_ARTICLE = frozenset(
    {
        *(Reason.SHORT, Reason.EMPTY, Reason.UNREADABLE, Reason.SOFT_404, Reason.TRUNCATED),
        *(Reason.OTHER_PAGE, Reason.MEDIA, Reason.NOT_HTML),
    }
)
"""What an article's page is rejected for when a site changes its pages, or they are not read as they should be."""
_REFUSALS = frozenset({401, 403, 429, 451, 503})
_PROMPTS = frozenset({Kind.NEWSLETTER, Kind.SUBSCRIBE, Kind.FOLLOW, Kind.SHARE, Kind.APP})
MAX_LAG_SECONDS = 2 * 86_400
"""What was published longer before it was fetched is an old find, and tells nothing of how quick the crawl is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What came of one site in one hour. All but the first five are sums over its new articles."""

    site: str
    """Empty: captures of no site."""
    at: datetime
    captures: int = 0
    """Every response, robots.txt, feeds and those that say that nothing changed included."""
    walls: int = 0
    """Bot walls and consent pages in place of pages."""
    refused: int = 0
    """401, 403, 429, 451 and 503."""
    unread: int = 0
    """Pages that read like no article, and are no listing."""
    edited: int = 0
    new: int = 0
    undated: int = 0
    unsigned: int = 0
    """Neither author nor organisation."""
    words: int = 0
    stripped: int = 0
    """Words of the blocks removed."""
    prompts: int = 0
    """Blocks removed that ask for something: newsletter, subscribe, follow, share, app."""
    confidence: float = 0.0
    lagging: int = 0
    """New articles with a time of publication of the two days before their fetch."""
    lag_seconds: float = 0.0
    """From publication to fetch, over these."""


_COUNTED = tuple(field.name for field in fields(Hour) if field.name not in ("site", "at"))
_ALL_COUNTS = attrgetter(*_COUNTED)
HOURS = Table(
    "site_hours",
    METADATA,
    Column("site", String(63), primary_key=True),
    Column("at", Moment, primary_key=True, index=True),
    *(
        Column(name, Float if name in ("confidence", "lag_seconds") else Integer, nullable=False)
        for name in _COUNTED
    ),
)


def add(connection: Connection, outcomes: Iterable[Outcome]) -> None:
    """Count what one commit says of captures that no earlier commit is of."""
    sums: dict[tuple[str, datetime], dict[str, float]] = {}
    for outcome in outcomes:
        place, counts = _counts(outcome)
        total = sums.setdefault(place, dict.fromkeys(_COUNTED, 0))
        for name, number in counts.items():
            total[name] += number
    rows = [{"site": site, "at": at, **counts} for (site, at), counts in sorted(sums.items())]
    if not rows:
        return
    statement = insert_or(connection, HOURS)
    added = {name: HOURS.c[name] + statement.excluded[name] for name in _COUNTED}
    connection.execute(
        statement.on_conflict_do_update(index_elements=[HOURS.c.site, HOURS.c.at], set_=added), rows
    )


def hours(connection: Connection, since: datetime, sites: Collection[str] | None = None) -> Iterator[Hour]:
    """Every hour from `since` on that anything came in of these sites, or of any, in order of time."""
    query = select(HOURS).where(HOURS.c.at >= since).order_by(HOURS.c.at, HOURS.c.site)
    if sites is not None:
        query = query.where(HOURS.c.site.in_(list(sites)))
    for row in connection.execute(query).mappings():
        yield Hour(**row)


def watched(connection: Connection, since: datetime) -> frozenset[datetime]:
    """Every hour from `since` on that anything came in, of whatever site."""
    return frozenset(connection.scalars(select(HOURS.c.at).where(HOURS.c.at >= since).distinct()))


def forget(connection: Connection, before: datetime) -> None:
    """Drop the hours before a moment."""
    connection.execute(delete(HOURS).where(HOURS.c.at < before))


def _counts(outcome: Outcome) -> tuple[tuple[str, datetime], dict[str, float]]:
    if isinstance(outcome, Revision):
        article = outcome.article
        place = (article.site or "", _hour(article.fetched_at))
        if outcome.change is Change.NEW:
            return place, _of_new(article)
        # a removal stands beside the capture that shows it
        return place, {"captures": outcome.is_capture, "edited": outcome.change is Change.EDITED}
    place = (outcome.site or "", _hour(outcome.fetched_at))
    if not isinstance(outcome, Rejection):
        return place, {"captures": 1}
    reason = outcome.reason
    return place, {
        "captures": 1,
        "walls": reason in _WALLS,
        "refused": reason is Reason.STATUS and outcome.status in _REFUSALS,
        "unread": reason in _NO_ARTICLE,
    }


def _of_new(article: Article) -> dict[str, float]:
    published = article.published_at
    lag = (article.fetched_at - published).total_seconds() if published else -1.0
    timely = 0 <= lag <= MAX_LAG_SECONDS
    return {
        "captures": 1,
        "new": 1,
        "undated": published is None,
        "unsigned": not (article.authors or article.organisations or article.agencies),
        "words": sum(len(paragraph.split()) for paragraph in article.paragraphs),
        "stripped": sum(len(block.text.split()) for block in article.removed),
        "prompts": sum(block.kind in _PROMPTS for block in article.removed),
        "confidence": article.confidence,
        "lagging": timely,
        "lag_seconds": lag if timely else 0.0,
    }


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def together(of: Iterable[Hour], *, site: str, at: datetime) -> Hour:
    """Hours put together to one span that begins at `at`."""
    sums = map(sum, zip(*map(_ALL_COUNTS, of), strict=True))
    return Hour(site=site, at=at, **dict(zip(_COUNTED, sums, strict=False)))
