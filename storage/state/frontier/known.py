"""Every URL that the crawl has met: who named it and with what, where it stands, and its story.

Tables: `urls` are the articles named, `mentions` who named them and with what title and dates, `fetches` every
attempt to fetch one (`fetching` writes those). Every look-up goes by primary key or by (site, next_at), so its cost
does not grow with the archive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    select,
    update,
)

from articles.model import Found
from articles.urls import article_id, url_key
from storage.state.database import METADATA, Moment, Words, in_chunks, insert_new
from storage.state.index import taken_down

MAX_TITLE_CHARS = 500
TRAP = "trap"
"""Outcome of a URL that is one of too many of its shape."""
KEPT_APART = frozenset({"part"})
"""Outcomes of skipped URLs that stay as they are, whoever names them again."""


class State(StrEnum):
    """Where a URL stands."""

    NEW = "new"
    FETCHED = "fetched"
    FAILED = "failed"
    GONE = "gone"
    """404 or 410: removed, or never there."""
    SKIPPED = "skipped"
    """Not fetched by decision: see its outcome (`denied`, `offsite`, `listing`)."""


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


# --- What pages name ----------------------------------------------------------------------------


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
    stored: int = 0
    """Addresses that were never seen before, those that are not to be fetched included."""
    left: int = 0
    """Such addresses that were passed over, there being no more room."""


def add_finds(
    connection: Connection,
    site: str,
    finds: Iterable[Find],
    *,
    now: datetime,
    shapes: Counter[str] | None = None,
    room: int | None = None,
) -> Tally:
    """Store what a page named. One article under several spellings is one URL; a newer `modified_at`, or
    another title from the same page, makes a fetched URL due at once, unless such claims proved empty. What was
    taken down is passed over. `shapes` counts the new addresses of each shape over a run, and is added to. `room`: of
    addresses never seen before so many are stored, and the others passed over; None: all."""
    shapes = Counter() if shapes is None else shapes
    named = new = again = stored = left = 0
    for chunk in in_chunks(finds):
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
            if row is None:
                if room is not None and stored >= room:
                    left += 1
                    continue
                stored += 1
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
    return Tally(named=named, new=new, again=again, stored=stored, left=left)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A further page of an article, and what it can be compared by."""

    url: str
    etag: str | None
    last_modified: str | None
    digest: str | None


def add_part(connection: Connection, site: str, find: Find) -> None:
    """Store a further page that the first page of its article named. Each of them names the other then, so that
    `parts_of` finds it."""
    add_finds(connection, site, [find], now=find.found.found_at)
    back = replace(find, found=Found(via=find.url, found_at=find.found.found_at))
    row = _mention_row(article_id(find.found.via), back, find.found.found_at)
    insert_new(connection, mentions, [row])


def parts_of(connection: Connection, url: str) -> list[Part]:
    """The further pages of an article, in the order in which they were first found."""
    vias = connection.scalars(select(mentions.c.via).where(mentions.c.url_id == article_id(url)))
    ids = [article_id(via) for via in vias]
    rows = [
        row
        for some in in_chunks(ids)
        for row in connection.execute(
            select(urls).where(urls.c.url_id.in_(some), urls.c.outcome.in_(KEPT_APART))
        )
    ]
    return [
        Part(url=row.url, etag=row.etag, last_modified=row.last_modified, digest=row.digest)
        for row in sorted(rows, key=lambda row: (row.found_at, row.url_id))
    ]


# --- The story of one URL -----------------------------------------------------------------------


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
        mentions=tuple(found_of(mention) for mention in told),
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


def found_of(row: Any) -> Found:  # noqa: ANN401
    """The evidence in a row of `mentions`."""
    return Found(
        via=row.via,
        found_at=row.found_at,
        title=row.title,
        published_at=row.published_at,
        modified_at=row.modified_at,
        language=row.language,
    )


# --- What was taken down ------------------------------------------------------------------------


def segments_of(connection: Connection, url_ids: Iterable[str]) -> frozenset[str]:
    """Segments in which attempts to fetch these URLs are recorded, failed ones included."""
    found: set[str] = set()
    for chunk in in_chunks(url_ids):
        rows = connection.execute(select(fetches.c.segment).where(fetches.c.url_id.in_(chunk)))
        found.update(row.segment for row in rows if row.segment)
    return frozenset(found)


def forget(connection: Connection, url_ids: Iterable[str]) -> int:
    """Forget everything of these URLs: who named them, with what title, and every fetch. How many rows."""
    return sum(
        connection.execute(delete(table).where(table.c.url_id.in_(chunk))).rowcount
        for chunk in in_chunks(url_ids)
        for table in (urls, mentions, fetches)
    )
