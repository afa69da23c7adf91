"""What the crawl looks at for new articles: home, feeds, sitemaps, sections; when again, and with what to compare.

Table `polled`. Validators are stored in the same transaction as the URLs that a page named, so that a 304 never
hides one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

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
    select,
    update,
)

from storage.state.database import MAX_DETAIL_CHARS, METADATA, Moment, Words, in_chunks, insert_new

MAX_PAGE_URL_CHARS = 2048
"""A page with a longer URL is not polled: it is part of a key."""


MAX_PAGES = 50_000
"""Of one site. A paper has a few thousand sitemaps at most; indexes without end are made to fill memories."""


class Kind(StrEnum):
    """What a polled page is."""

    HOME = "home"
    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    ARCHIVE = "archive"
    """What was published on a day, a month or a year: for backfill, and never looked at otherwise."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """For how long a site has been looked at, and what is wrong with the pages looked at."""

    first: datetime
    last: datetime
    failing: str | None
    """A page that failed at its last look, and how: `https://...: 404`."""


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
    where a newer lastmod is announced, and past MAX_PAGES nothing new is. Returns how many were new."""
    new = 0
    room: int | None = None  # not asked for where all are known
    for chunk in in_chunks(pages):
        named = select(polled.c.url, polled.c.announced_at, polled.c.next_at).where(
            polled.c.site == site, polled.c.url.in_([page[0] for page in chunk])
        )
        known = {row.url: row for row in connection.execute(named)}
        fresh: dict[str, dict[str, Any]] = {}
        sooner: list[dict[str, Any]] = []
        for url, kind, via, announced_at in chunk:
            if (row := known.get(url)) is not None:
                if _is_later(announced_at, row.announced_at):
                    sooner.append({"_url": url, "_announced": announced_at, "_next": min(now, row.next_at)})
                continue
            if url in fresh:
                if _is_later(announced_at, fresh[url]["announced_at"]):
                    fresh[url]["announced_at"] = announced_at
                continue
            if len(url) > MAX_PAGE_URL_CHARS:
                continue
            if room is None:
                room = MAX_PAGES - _number(connection, site)
            if new >= room and via != "seed":
                continue
            new += 1
            fresh[url] = {
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
        insert_new(connection, polled, list(fresh.values()))
        if sooner:
            connection.execute(_BRING_FORWARD, [{"_site": site, **one} for one in sooner])
    return new


_BRING_FORWARD = (
    update(polled)
    .where(polled.c.site == bindparam("_site"), polled.c.url == bindparam("_url"))
    .values(announced_at=bindparam("_announced"), next_at=bindparam("_next"))
)


def _is_later(announced: datetime | None, before: datetime | None) -> bool:
    return announced is not None and (before is None or announced > before)


def _number(connection: Connection, site: str) -> int:
    return connection.scalar(select(func.count()).select_from(polled).where(polled.c.site == site)) or 0


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


def met(connection: Connection, sites: Iterable[str]) -> dict[str, Met]:
    """Of each of these sites that was looked at, since when and until when."""
    names = list(sites)
    spans = (
        select(polled.c.site, func.min(polled.c.found_at), func.max(polled.c.checked_at))
        .where(polled.c.site.in_(names), polled.c.checked_at.is_not(None))
        .group_by(polled.c.site)
    )
    columns = (polled.c.site, polled.c.url, polled.c.outcome, polled.c.status, polled.c.detail)
    failed = (
        select(*columns)
        .where(polled.c.site.in_(names), polled.c.failures > 0)
        .order_by(polled.c.failures, polled.c.url)
    )
    failing = {
        row.site: f"{row.url}: {row.status or row.detail or row.outcome}"
        for row in connection.execute(failed)
    }
    return {
        site: Met(first=first, last=last, failing=failing.get(site))
        for site, first, last in connection.execute(spans)
    }


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
