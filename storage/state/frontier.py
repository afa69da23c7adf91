"""What the crawl knows of the web: what to look at again and when, and what became of every URL.

Five tables. `polled` are the pages that name articles (home, feeds, sitemaps, sections), `urls` the articles
named, `mentions` who named them and with what title and dates, `fetches` every attempt, `hosts` the hosts
that asked for patience or gave a robots.txt.

Safe to kill at any moment: a polled page's validators are stored in the same transaction as the URLs it
named, so that a 304 never hides one; a URL counts as fetched only once the segment with its capture is in the
store (`record_fetches` is called with published segments only). What was fetched and not published stays due.
Every look-up goes by primary key or by (site, next_at), so its cost does not grow with the archive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cronsim import CronSim
from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from articles.model import Found, Site
from articles.urls import article_id, url_key
from storage.state.database import METADATA, Moment, Words, insert_new
from storage.state.index import taken_down

T = TypeVar("T")

CHUNK = 400
"""Keys in one statement: SQLite takes 999 parameters in old builds."""
MAX_TITLE_CHARS = 500
MAX_PAGE_URL_CHARS = 2048
"""A page with a longer URL is not polled: it is part of a key."""
MAX_DETAIL_CHARS = 500

FIRST_LOOK = timedelta(minutes=15)
LAST_LOOK = timedelta(days=45)
"""After its first fetch an article is looked at again when it is four times as old, from 15 minutes on; once
it is older than this, only when a feed or sitemap says that it changed."""
GROWTH = 4.0
RETRY = timedelta(minutes=10)
"""Wait after a first failure; it doubles with each further one, up to MAX_RETRY."""
MAX_RETRY = timedelta(days=4)
MAX_ATTEMPTS = 8
"""Failures in a row after which a URL is given up, until a feed or sitemap announces a change."""


TRAP = "trap"
"""Outcome of a URL that is one of too many of its shape."""
KEPT_APART = frozenset({"part"})
"""Outcomes of skipped URLs that stay as they are, whoever names them again."""


class Kind(StrEnum):
    """What a polled page is."""

    HOME = "home"
    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    ARCHIVE = "archive"
    """What was published on a day, a month or a year: for backfill, and never looked at otherwise."""


class State(StrEnum):
    """Where a URL stands."""

    NEW = "new"
    FETCHED = "fetched"
    FAILED = "failed"
    GONE = "gone"
    """404 or 410: removed, or never there."""
    SKIPPED = "skipped"
    """Not fetched by decision: see its outcome (`denied`, `offsite`, `listing`)."""


polled = Table(
    "polled",
    METADATA,
    Column("site", String(63), primary_key=True),
    Column("url", String(MAX_PAGE_URL_CHARS), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("via", Words),
    Column("found_at", Moment, nullable=False),
    Column("announced_at", Moment),  # lastmod in the index that names it
    Column("etag", Words),
    Column("last_modified", Words),
    Column("digest", Words(80)),
    Column("interval_seconds", Float, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("checked_at", Moment),
    Column("changed_at", Moment),
    Column("outcome", String(32)),
    Column("status", Integer),
    Column("detail", Words),
    Column("failures", Integer, nullable=False, default=0),
    Column("entries", Integer),
    Index("polled_due", "site", "next_at"),
)

urls = Table(
    "urls",
    METADATA,
    Column("url_id", String(20), primary_key=True),
    Column("url_key", Words, nullable=False),
    Column("site", String(63), nullable=False),
    Column("url", Words, nullable=False),
    Column("state", String(16), nullable=False),
    Column("outcome", String(32)),
    Column("status", Integer),
    Column("found_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("fetched_at", Moment),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("digest", Words(80)),
    Column("failures", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("next_at", Moment),
    Index("urls_due", "site", "next_at"),
)

mentions = Table(
    "mentions",
    METADATA,
    Column("url_id", String(20), primary_key=True),
    Column("via", String(2048), primary_key=True),
    Column("found_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("title", Words),
    Column("published_at", Moment),
    Column("modified_at", Moment),
    Column("language", Words(32)),
)

fetches = Table(
    "fetches",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("url_id", String(20), nullable=False),
    Column("url", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("status", Integer),
    Column("detail", Words),
    Column("segment", Words),
    Index("fetches_of", "url_id", "at"),
)

hosts = Table(
    "hosts",
    METADATA,
    Column("origin", String(300), primary_key=True),  # scheme://host:port
    Column("held_until", Moment),
    Column("strikes", Integer, nullable=False, default=0),
    Column("detail", Words),
    Column("robots", Words),  # text of robots.txt; empty: none there
    Column("robots_status", Integer),
    Column("robots_until", Moment),
    Column("robots_etag", Words),
    Column("robots_last_modified", Words),
)


# --- Polled pages ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to look at for new articles, with what a conditional request needs."""

    site: str
    url: str
    kind: Kind
    via: str | None = None
    announced_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    interval_seconds: float = 0.0
    next_at: datetime | None = None
    found_at: datetime | None = None
    checked_at: datetime | None = None
    changed_at: datetime | None = None
    """When it last named something new, or something as changed."""
    outcome: str | None = None
    detail: str | None = None
    failures: int = 0
    entries: int | None = None
    """Of a feed or sitemap all that it named, of another page the articles; at its last whole answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a polled page gave."""

    site: str
    url: str
    at: datetime
    outcome: str
    changed: bool
    status: int | None = None
    detail: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    entries: int | None = None
    wait_seconds: float | None = None
    """What the host asked for (Retry-After)."""


_PAGE_COLUMNS = (
    *("site", "url", "kind", "via", "announced_at", "etag", "last_modified", "digest", "interval_seconds"),
    *("next_at", "found_at", "checked_at", "changed_at", "outcome", "detail", "failures", "entries"),
)


def add_pages(
    connection: Connection,
    site: str,
    pages: Iterable[tuple[str, Kind, str | None, datetime | None]],
    *,
    now: datetime,
    interval_seconds: float,
) -> int:
    """Know of pages (url, kind, named by, lastmod announced); those known already are brought forward only
    where a newer lastmod is announced. Returns how many were new."""
    new = 0
    for chunk in _chunks(pages):
        known = {
            row.url: row
            for row in connection.execute(
                select(polled.c.url, polled.c.announced_at, polled.c.next_at).where(
                    polled.c.site == site, polled.c.url.in_([page[0] for page in chunk])
                )
            )
        }
        for url, kind, via, announced_at in chunk:
            row = known.get(url)
            if row is None and len(url) > MAX_PAGE_URL_CHARS:
                continue
            if row is None:
                page = {
                    "site": site,
                    "url": url,
                    "kind": str(kind),
                    "via": via,
                    "found_at": now,
                    "announced_at": announced_at,
                    "interval_seconds": interval_seconds,
                    "next_at": now,
                    "failures": 0,
                }
                insert_new(connection, polled, [page])
                new += 1
                known[url] = connection.execute(_one_page(site, url)).one()
            elif announced_at is not None and (row.announced_at is None or announced_at > row.announced_at):
                connection.execute(
                    update(polled)
                    .where(polled.c.site == site, polled.c.url == url)
                    .values(announced_at=announced_at, next_at=min(now, row.next_at))
                )
    return new


def _one_page(site: str, url: str) -> Any:  # noqa: ANN401
    return select(polled.c.url, polled.c.announced_at, polled.c.next_at).where(
        polled.c.site == site, polled.c.url == url
    )


def pages(connection: Connection, site: str) -> list[Page]:
    """Every page polled for a site, the ones found first first."""
    columns = [polled.c[name] for name in _PAGE_COLUMNS]
    rows = connection.execute(
        select(*columns).where(polled.c.site == site).order_by(polled.c.found_at, polled.c.url)
    )
    return [Page(**{**row, "kind": Kind(row["kind"])}) for row in rows.mappings()]


def pages_at(connection: Connection, spellings: Iterable[str]) -> list[Page]:
    """The page polled under any of these URLs, once for each site that polls it."""
    columns = [polled.c[name] for name in _PAGE_COLUMNS]
    rows = connection.execute(
        select(*columns).where(polled.c.url.in_(list(spellings))).order_by(polled.c.site)
    )
    return [Page(**{**row, "kind": Kind(row["kind"])}) for row in rows.mappings()]


def drop_page(connection: Connection, site: str, url: str) -> None:
    """Forget a page: the seed no longer declares it."""
    connection.execute(delete(polled).where(polled.c.site == site, polled.c.url == url))


def looked(connection: Connection, look: Look, *, floor_seconds: float, ceiling_seconds: float) -> None:
    """Store a look at a page, and learn from it how long to wait for the next.

    A page that changed is looked at sooner, one that did not later, between floor and ceiling; one that fails
    is left alone twice as long each time.
    """
    row = connection.execute(
        select(polled.c.interval_seconds, polled.c.failures).where(
            polled.c.site == look.site, polled.c.url == look.url
        )
    ).first()
    if row is None:
        return
    failed = look.outcome not in ("fetched", "not_modified")
    failures = row.failures + 1 if failed else 0
    interval = row.interval_seconds * (0.6 if look.changed else 1.25)
    interval = min(max(interval, floor_seconds), ceiling_seconds)
    wait = min(floor_seconds * 2**failures, 7 * 86_400.0) if failed else interval
    wait = max(wait, look.wait_seconds or 0.0)
    values: dict[str, Any] = {
        "interval_seconds": row.interval_seconds if failed else interval,
        "next_at": look.at + timedelta(seconds=wait),
        "checked_at": look.at,
        "outcome": look.outcome,
        "status": look.status,
        "detail": (look.detail or "")[:MAX_DETAIL_CHARS] or None,
        "failures": failures,
    }
    if look.changed:
        values["changed_at"] = look.at
    if look.outcome == "fetched":
        values |= {
            "etag": look.etag,
            "last_modified": look.last_modified,
            "digest": look.digest,
            "entries": look.entries,
        }
    connection.execute(
        update(polled).where(polled.c.site == look.site, polled.c.url == look.url).values(**values)
    )


# --- URLs -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A URL that a page named, with its evidence; `skip` is the outcome where it is not to be fetched."""

    url: str
    found: Found
    skip: str | None = None
    dated_at: datetime | None = None
    """When it was published, as far as can be told before it is read."""
    shape: str | None = None
    """Of an address that may be one of many without end; None: it is taken, however many there are."""
    room: int = 0
    """New addresses of this shape that are taken in one run; the others are skipped as `trap`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many URLs a page named: never seen before; known, and said to have changed."""

    named: int = 0
    new: int = 0
    again: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An article to fetch, for the first time or again."""

    url_id: str
    url: str
    found: Found | None
    first: bool
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    fetched_at: datetime | None = None
    published_at: datetime | None = None
    failures: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one fetch of an article came to. Recorded when its segment is published, or, where nothing was
    captured, at once."""

    url_id: str
    url: str
    at: datetime
    outcome: str
    status: int | None = None
    detail: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    segment: str | None = None
    final: bool = False
    """Not worth another try."""
    gone: bool = False
    part: bool = False
    """A further page of an article, never fetched on its own."""


def add_finds(
    connection: Connection,
    site: str,
    finds: Iterable[Find],
    *,
    now: datetime,
    shapes: Counter[str] | None = None,
) -> Tally:
    """Store what a page named. One article under several spellings is one URL; a newer `modified_at`, or
    another title from the same page, makes a fetched URL due at once, unless such claims proved empty. What was
    taken down is passed over. `shapes` counts the new addresses of each shape over a run, and is added to."""
    shapes = Counter() if shapes is None else shapes
    named = new = again = 0
    for chunk in _chunks(finds):
        unique: dict[str, Find] = {}
        for find in chunk:
            unique.setdefault(article_id(find.url), find)
        for url_id in taken_down(connection, unique):
            del unique[url_id]
        ids = list(unique)
        known = {
            row.url_id: row
            for row in connection.execute(
                select(
                    urls.c.url_id,
                    urls.c.state,
                    urls.c.outcome,
                    urls.c.fetched_at,
                    urls.c.unchanged,
                    urls.c.next_at,
                    urls.c.published_at,
                ).where(urls.c.url_id.in_(ids))
            )
        }
        said = {
            (row.url_id, row.via): row
            for row in connection.execute(select(mentions).where(mentions.c.url_id.in_(ids)))
        }
        fresh, heard, retold, sooner, dated = [], [], [], [], []
        for url_id, find in unique.items():
            named += 1
            row = known.get(url_id)
            find, found = _with_room(find, row, shapes), find.found
            before = said.get((url_id, found.via[:2048]))
            if row is None:
                new += find.skip is None
                fresh.append(_url_row(url_id, site, find, now))
            if before is None:
                heard.append(_mention_row(url_id, find, now))
            changed = before is not None and _newer(found, before)
            if changed:
                retold.append(_mention_row(url_id, find, now))
            if row is None or find.skip is not None:
                continue
            if row.published_at is None and found.published_at is not None:
                dated.append({"_id": url_id, "_at": found.published_at})
            fetched_at = row.fetched_at
            claims = changed or (
                before is None
                and fetched_at is not None
                and found.modified_at is not None
                and found.modified_at > fetched_at
                and not any(key[0] == url_id and other.modified_at for key, other in said.items())
            )
            if (
                (row.state == State.SKIPPED and row.outcome not in KEPT_APART)
                or (claims and fetched_at is not None)
                or (claims and row.state in (State.FAILED, State.GONE))
            ):
                # pages that are always "modified" cost one request, then two hours, four, eight ...
                wait = timedelta(0) if row.unchanged < 2 else timedelta(hours=2 ** min(row.unchanged, 6))
                at = now if fetched_at is None else max(now, fetched_at + wait)
                if row.next_at is None or at < row.next_at:
                    sooner.append({"_id": url_id, "_next": at, "_url": find.url})
                    again += 1
        if fresh:
            insert_new(connection, urls, sorted(fresh, key=itemgetter("url_id")))
        if heard:
            insert_new(connection, mentions, sorted(heard, key=itemgetter("url_id")))
        if dated:
            connection.execute(
                update(urls).where(urls.c.url_id == bindparam("_id")).values(published_at=bindparam("_at")),
                dated,
            )
        if retold:
            told = ("changed_at", "title", "published_at", "modified_at", "language")
            connection.execute(
                update(mentions).where(
                    mentions.c.url_id == bindparam("_id"), mentions.c.via == bindparam("_via")
                ),
                [
                    {"_id": row["url_id"], "_via": row["via"], **{name: row[name] for name in told}}
                    for row in retold
                ],
            )
        if sooner:
            connection.execute(
                update(urls)
                .where(urls.c.url_id == bindparam("_id"))
                .values(next_at=bindparam("_next"), url=bindparam("_url"), failures=0),
                sooner,
            )
            connection.execute(
                update(urls)
                .where(urls.c.url_id.in_([row["_id"] for row in sooner]), urls.c.state == State.SKIPPED)
                .values(state=State.NEW, outcome=None)
            )
    return Tally(named=named, new=new, again=again)


def _with_room(find: Find, row: Any, shapes: Counter[str]) -> Find:  # noqa: ANN401
    """The find, skipped where it is new and its shape has had its share of this run."""
    waits = row is None or (row.state == State.SKIPPED and row.outcome == TRAP)
    if find.shape is None or find.skip is not None or not waits:
        return find
    shapes[find.shape] += 1
    return replace(find, skip=TRAP) if shapes[find.shape] > find.room else find


def _url_row(url_id: str, site: str, find: Find, now: datetime) -> dict[str, Any]:
    skipped = find.skip is not None
    return {
        "url_id": url_id,
        "url_key": url_key(find.url),
        "site": site,
        "url": find.url,
        "state": State.SKIPPED if skipped else State.NEW,
        "outcome": find.skip,
        "found_at": now,
        "published_at": find.dated_at or find.found.published_at,
        "failures": 0,
        "unchanged": 0,
        "next_at": None if skipped else now,
    }


def _mention_row(url_id: str, find: Find, now: datetime) -> dict[str, Any]:
    found = find.found
    return {
        "url_id": url_id,
        "via": found.via[:2048],
        "found_at": found.found_at,
        "changed_at": now,
        "title": (found.title or "")[:MAX_TITLE_CHARS] or None,
        "published_at": found.published_at,
        "modified_at": found.modified_at,
        "language": (found.language or "")[:32] or None,
    }


def _newer(found: Found, before: Any) -> bool:  # noqa: ANN401
    """Whether a page now says something else of a URL than the last time."""
    if found.modified_at is not None:
        return before.modified_at is None or found.modified_at > before.modified_at
    title = (found.title or "")[:MAX_TITLE_CHARS]
    return bool(title and before.title and title != before.title)


def due_keys(
    connection: Connection,
    site: str,
    *,
    now: datetime,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[tuple[str, str]]:
    """Id and URL of the articles to fetch: those never fetched first, the newest of them first. `since` and
    `until` bound when they were published, as far as that is known, and leave out those fetched before."""
    within = [urls.c.published_at >= since] if since is not None else []
    within += [urls.c.published_at < until] if until is not None else []
    within += [urls.c.fetched_at.is_(None)] if within else []
    rows = connection.execute(
        select(urls.c.url_id, urls.c.url)
        .where(urls.c.site == site, urls.c.next_at <= now, *within)
        .order_by(
            urls.c.fetched_at.is_not(None),
            urls.c.failures,
            urls.c.published_at.is_(None),
            urls.c.published_at.desc(),
            urls.c.found_at,
            urls.c.url_id,
        )
        .limit(limit)
    )
    return [(row.url_id, row.url) for row in rows]


def due_of(connection: Connection, url_ids: Sequence[str]) -> list[Due]:
    """The articles with these ids (at most `CHUNK`) and all that is known for fetching them, in this order."""
    rows = {
        row.url_id: row for row in connection.execute(select(urls).where(urls.c.url_id.in_(list(url_ids))))
    }
    found = _evidence(connection, list(rows))
    return [
        Due(
            url_id=row.url_id,
            url=row.url,
            found=found.get(row.url_id),
            first=row.fetched_at is None,
            etag=row.etag,
            last_modified=row.last_modified,
            digest=row.digest,
            fetched_at=row.fetched_at,
            published_at=row.published_at,
            failures=row.failures,
            unchanged=row.unchanged,
        )
        for row in (rows[url_id] for url_id in url_ids if url_id in rows)
    ]


def due_urls(connection: Connection, site: str, *, now: datetime, limit: int) -> list[Due]:
    """The first of the articles to fetch (`due_keys`), with all that is known for fetching them."""
    keys = due_keys(connection, site, now=now, limit=limit)
    return [due for chunk in _chunks(url_id for url_id, _ in keys) for due in due_of(connection, chunk)]


def _evidence(connection: Connection, ids: Sequence[str]) -> dict[str, Found]:
    """The mention of each URL that says most of title, dates and language; the first of equals."""
    best: dict[str, Any] = {}
    for chunk in _chunks(ids):
        for row in connection.execute(
            select(mentions).where(mentions.c.url_id.in_(chunk)).order_by(mentions.c.found_at)
        ):
            other = best.get(row.url_id)
            if other is None or _says(row) > _says(other):
                best[row.url_id] = row
    return {url_id: _found(row) for url_id, row in best.items()}


def _says(row: Any) -> int:  # noqa: ANN401
    return sum(value is not None for value in (row.title, row.published_at, row.modified_at, row.language))


def _found(row: Any) -> Found:  # noqa: ANN401
    return Found(
        via=row.via,
        found_at=row.found_at,
        title=row.title,
        published_at=row.published_at,
        modified_at=row.modified_at,
        language=row.language,
    )


def record_fetches(connection: Connection, results: Iterable[Fetched]) -> None:
    """Store what fetches came to, and when each URL is next looked at; nothing of what was taken down."""
    for batch in _chunks(results):
        gone = taken_down(connection, (result.url_id for result in batch))
        chunk = [result for result in batch if result.url_id not in gone]
        if not chunk:
            continue
        rows = {
            row.url_id: row
            for row in connection.execute(
                select(
                    *(urls.c[name] for name in ("url_id", "failures", "unchanged", "published_at")),
                    *(urls.c[name] for name in ("found_at", "fetched_at", "etag", "last_modified", "digest")),
                ).where(urls.c.url_id.in_([result.url_id for result in chunk]))
            )
        }
        # one statement for all that change the same columns; the order is kept
        told = [(rows[result.url_id], result) for result in chunk if result.url_id in rows]
        changes = ({"_id": row.url_id, **_after(row, result)} for row, result in told)
        for _, alike in groupby(changes, key=tuple):
            connection.execute(update(urls).where(urls.c.url_id == bindparam("_id")), list(alike))
        connection.execute(
            insert(fetches),
            [
                {
                    "url_id": result.url_id,
                    "url": result.url,
                    "at": result.at,
                    "outcome": str(result.outcome),
                    "status": result.status,
                    "detail": (result.detail or "")[:MAX_DETAIL_CHARS] or None,
                    "segment": result.segment,
                }
                for result in chunk
            ],
        )


def _after(row: Any, result: Fetched) -> dict[str, Any]:  # noqa: ANN401
    """The columns of a URL after a fetch."""
    values: dict[str, Any] = {"outcome": str(result.outcome), "status": result.status}
    if result.part:
        return values | {"state": State.SKIPPED, "outcome": "part", "next_at": None}
    if result.outcome in ("fetched", "not_modified"):
        same = result.outcome == "not_modified"
        values |= {
            "state": State.FETCHED,
            "fetched_at": result.at,
            "failures": 0,
            "unchanged": row.unchanged + 1 if same else 0,
            "next_at": next_look(result.at, row.published_at, row.found_at),
            "etag": result.etag or (row.etag if same else None),
            "last_modified": result.last_modified or (row.last_modified if same else None),
            "digest": result.digest or (row.digest if same else None),
        }
        return values
    failures = row.failures + 1
    given_up = result.final or failures >= MAX_ATTEMPTS
    wait = min(RETRY * 2 ** (failures - 1), MAX_RETRY)
    # an article that was there may come back, and is looked at by its age like one that is there
    last = next_look(result.at, row.published_at, row.found_at) if result.gone and row.fetched_at else None
    values |= {
        "state": State.GONE if result.gone else State.FAILED,
        "failures": failures,
        "next_at": last if given_up else result.at + wait,
    }
    return values


def next_look(at: datetime, published_at: datetime | None, found_at: datetime) -> datetime | None:
    """When an article fetched at `at` is looked at again: at four times its age, never past LAST_LOOK."""
    born = min(published_at, found_at) if published_at else found_at
    age = max(at - born, timedelta(0))
    following = at + max(age * (GROWTH - 1), FIRST_LOOK)
    return following if following - born <= LAST_LOOK else None


# --- What was taken down --------------------------------------------------------------------------


def segments_of(connection: Connection, url_ids: Iterable[str]) -> frozenset[str]:
    """Segments in which attempts to fetch these URLs are recorded, failed ones included."""
    found: set[str] = set()
    for chunk in _chunks(url_ids):
        rows = connection.execute(select(fetches.c.segment).where(fetches.c.url_id.in_(chunk)))
        found.update(row.segment for row in rows if row.segment)
    return frozenset(found)


def forget(connection: Connection, url_ids: Iterable[str]) -> int:
    """Forget everything of these URLs: who named them, with what title, and every fetch. How many rows."""
    return sum(
        connection.execute(delete(table).where(table.c.url_id.in_(chunk))).rowcount
        for chunk in _chunks(url_ids)
        for table in (urls, mentions, fetches)
    )


# --- Sites that are due, and the story of one URL ---------------------------------------------------


def due_sites(connection: Connection, sites: Sequence[Site], now: datetime) -> list[str]:
    """Names of the sites that have something to look at now, in the order given.

    A site never looked at is due. One with a cron `schedule` is due when the schedule came round since the
    last look at its pages; any other when a page or an article is. A site whose host asked to be left alone is
    not due before that is over.
    """
    names = [site.name for site in sites]
    held = {
        row.origin
        for chunk in _chunks(origin_of(site.home) for site in sites)
        for row in connection.execute(
            select(hosts.c.origin).where(hosts.c.origin.in_(chunk), hosts.c.held_until > now)
        )
    }
    last: dict[str, datetime] = {}
    pages_due: set[str] = set()
    urls_due: set[str] = set()
    for chunk in _chunks(names):
        for row in connection.execute(
            select(polled.c.site, polled.c.checked_at, polled.c.next_at).where(
                polled.c.site.in_(chunk), polled.c.kind != Kind.ARCHIVE
            )
        ):
            if row.checked_at is not None:
                last[row.site] = max(row.checked_at, last.get(row.site, row.checked_at))
            if row.next_at <= now:
                pages_due.add(row.site)
        for name in chunk:
            if connection.execute(
                select(urls.c.url_id).where(urls.c.site == name, urls.c.next_at <= now).limit(1)
            ).first():
                urls_due.add(name)
    due = []
    for site in sites:
        looked_at = last.get(site.name)
        if origin_of(site.home) in held:
            continue
        if looked_at is None:
            due.append(site.name)
        elif site.schedule is not None:
            zone = ZoneInfo(site.timezone)
            if next(CronSim(site.schedule, looked_at.astimezone(zone))) <= now:
                due.append(site.name)
        elif site.name in pages_due or site.name in urls_due:
            due.append(site.name)
    return due


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDue:
    """The site that is due next."""

    site: str
    at: datetime


def next_due(connection: Connection, sites: Sequence[Site]) -> NextDue | None:
    """Which of some sites is due next, and when; None: there are no sites, or none was ever looked at."""
    found = []
    for site in sites:
        looked_at, page_at = connection.execute(
            select(func.max(polled.c.checked_at), func.min(polled.c.next_at)).where(
                polled.c.site == site.name, polled.c.kind != Kind.ARCHIVE
            )
        ).one()
        if looked_at is None:
            continue
        url_at = connection.execute(
            select(func.min(urls.c.next_at)).where(urls.c.site == site.name, urls.c.next_at.is_not(None))
        ).scalar_one()
        if site.schedule is not None:
            zone = ZoneInfo(site.timezone)
            at = next(CronSim(site.schedule, looked_at.astimezone(zone)))
        else:
            at = min(moment for moment in (page_at, url_at) if moment is not None)
        held = hold_of(connection, origin_of(site.home))
        found.append(NextDue(site=site.name, at=max(at, held.until) if held else at))
    return min(found, key=lambda one: one.at, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One fetch of a URL."""

    at: datetime
    url: str
    outcome: str
    status: int | None
    detail: str | None
    segment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The story of one URL: who named it, what became of each attempt, when it is looked at next."""

    url: str
    url_key: str
    site: str
    state: State
    outcome: str | None
    found_at: datetime
    fetched_at: datetime | None
    next_at: datetime | None
    mentions: tuple[Found, ...]
    attempts: tuple[Attempt, ...]


def history(connection: Connection, url: str) -> History | None:
    """What the crawl knows of a URL or url_key, in any spelling; None: it was never found."""
    url_id = article_id(url if "://" in url else f"https://{url}")
    row = connection.execute(select(urls).where(urls.c.url_id == url_id)).first()
    if row is None:
        return None
    told = connection.execute(
        select(mentions).where(mentions.c.url_id == url_id).order_by(mentions.c.found_at, mentions.c.via)
    )
    tried = connection.execute(
        select(fetches).where(fetches.c.url_id == url_id).order_by(fetches.c.at, fetches.c.id)
    )
    return History(
        url=row.url,
        url_key=row.url_key,
        site=row.site,
        state=State(row.state),
        outcome=row.outcome,
        found_at=row.found_at,
        fetched_at=row.fetched_at,
        next_at=row.next_at,
        mentions=tuple(_found(mention) for mention in told),
        attempts=tuple(
            Attempt(
                at=fetch.at,
                url=fetch.url,
                outcome=fetch.outcome,
                status=fetch.status,
                detail=fetch.detail,
                segment=fetch.segment,
            )
            for fetch in tried
        ),
    )


# --- Hosts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """A robots.txt as it was answered."""

    origin: str
    status: int
    text: str
    until: datetime
    etag: str | None = None
    last_modified: str | None = None


def origin_of(url: str) -> str:
    """Scheme, host and port: what a robots.txt speaks for, and what asks for patience."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def robots_of(connection: Connection, origin: str) -> Robots | None:
    """The robots.txt kept of an origin, fresh or not."""
    row = connection.execute(select(hosts).where(hosts.c.origin == origin)).first()
    if row is None or row.robots_until is None or row.robots_status is None:
        return None
    return Robots(
        origin=origin,
        status=row.robots_status,
        text=row.robots or "",
        until=row.robots_until,
        etag=row.robots_etag,
        last_modified=row.robots_last_modified,
    )


def keep_robots(connection: Connection, robots: Robots) -> None:
    """Keep a robots.txt until its `until`."""
    _set_host(
        connection,
        robots.origin,
        robots=robots.text,
        robots_status=robots.status,
        robots_until=robots.until,
        robots_etag=robots.etag,
        robots_last_modified=robots.last_modified,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A host that asked to be left alone."""

    until: datetime
    strikes: int
    detail: str


def hold_of(connection: Connection, origin: str) -> Hold | None:
    """Until when a host is left alone, or was the last time."""
    row = connection.execute(select(hosts).where(hosts.c.origin == origin)).first()
    if row is None or row.held_until is None:
        return None
    return Hold(until=row.held_until, strikes=row.strikes, detail=row.detail or "")


def hold(connection: Connection, origin: str, held: Hold | None) -> None:
    """Leave a host alone; None: it answers again."""
    _set_host(
        connection,
        origin,
        held_until=held.until if held else None,
        strikes=held.strikes if held else 0,
        detail=held.detail[:MAX_DETAIL_CHARS] if held else None,
    )


def _set_host(connection: Connection, origin: str, **values: Any) -> None:  # noqa: ANN401
    changed = connection.execute(update(hosts).where(hosts.c.origin == origin).values(**values))
    if changed.rowcount == 0:
        insert_new(connection, hosts, [{"origin": origin, "strikes": 0, **values}])


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
