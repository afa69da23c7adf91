"""Which articles are due, and what their fetches came to.

A URL counts as fetched only once the segment with its capture is in the store (`record_fetches` is called with
published segments only): kill a crawl at any moment, and what was fetched and not published stays due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    insert,
    select,
    update,
)

from articles.model import Found
from storage.state.database import MAX_DETAIL_CHARS, in_chunks
from storage.state.frontier.known import State, fetches, found_of, mentions, urls
from storage.state.index import taken_down

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
    incomplete: bool = False
    """A further page of it could not be had: it is fetched again as if it had failed, as a whole."""


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
    return [due for chunk in in_chunks(url_id for url_id, _ in keys) for due in due_of(connection, chunk)]


def _evidence(connection: Connection, ids: Sequence[str]) -> dict[str, Found]:
    """The mention of each URL that says most of title, dates and language; the first of equals."""
    best: dict[str, Any] = {}
    for chunk in in_chunks(ids):
        for row in connection.execute(
            select(mentions).where(mentions.c.url_id.in_(chunk)).order_by(mentions.c.found_at)
        ):
            other = best.get(row.url_id)
            if other is None or _says(row) > _says(other):
                best[row.url_id] = row
    return {url_id: found_of(row) for url_id, row in best.items()}


def _says(row: Any) -> int:  # noqa: ANN401
    return sum(value is not None for value in (row.title, row.published_at, row.modified_at, row.language))


def record_fetches(connection: Connection, results: Iterable[Fetched]) -> None:
    """Store what fetches came to, and when each URL is next looked at; nothing of what was taken down."""
    for batch in in_chunks(results):
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
        kept = {"etag": result.etag, "last_modified": result.last_modified, "digest": result.digest}
        values |= {"state": State.SKIPPED, "outcome": "part", "next_at": None}
        return values | kept if result.digest else values
    if result.outcome in ("fetched", "not_modified"):
        same = result.outcome == "not_modified"
        failures = row.failures + 1 if result.incomplete else 0
        again = result.at + _wait(failures) if 0 < failures < MAX_ATTEMPTS else None
        values |= {
            "state": State.FETCHED,
            "fetched_at": result.at,
            "failures": failures,
            "unchanged": row.unchanged + 1 if same else 0,
            "next_at": again or next_look(result.at, row.published_at, row.found_at),
            "etag": result.etag or (row.etag if same else None),
            "last_modified": result.last_modified or (row.last_modified if same else None),
            "digest": result.digest or (row.digest if same else None),
        }
        return values
    failures = row.failures + 1
    given_up = result.final or failures >= MAX_ATTEMPTS
    # an article that was there may come back, and is looked at by its age like one that is there
    last = next_look(result.at, row.published_at, row.found_at) if result.gone and row.fetched_at else None
    values |= {
        "state": State.GONE if result.gone else State.FAILED,
        "failures": failures,
        "next_at": last if given_up else result.at + _wait(failures),
    }
    return values


def _wait(failures: int) -> timedelta:
    return min(timedelta(seconds=RETRY.total_seconds() * 2.0 ** min(failures - 1, 20)), MAX_RETRY)


def next_look(at: datetime, published_at: datetime | None, found_at: datetime) -> datetime | None:
    """When an article fetched at `at` is looked at again: at four times its age, never past LAST_LOOK."""
    born = min(published_at, found_at) if published_at else found_at
    age = max(at - born, timedelta(0))
    following = at + max(age * (GROWTH - 1), FIRST_LOOK)
    return following if following - born <= LAST_LOOK else None
