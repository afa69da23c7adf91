"""What `read`, `show` and `why` ask of the archive."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from articles.urls import canonical_url, url_key
from flows.config import Config
from pressrun.trouble import RequestError
from storage import delta, records
from storage.batches import Change
from storage.reader import Archive, StoredArticle, open_archive
from storage.state import frontier
from storage.state.database import open_database


def read_lines(
    store: str,
    *,
    sites: tuple[str, ...],
    cursor: int | None,
    after: datetime | None,
    before: datetime | None,
    cursor_file: Path | None,
    out: BinaryIO,
) -> None:
    """Write stored articles to `out`, one JSON object a line.

    With a cursor or a cursor file: every change since, in commit order. Without: each article's newest
    revision. The cursor file moves commit by commit, each time after all of it has been flushed, so that a
    reader who is killed gets the last commit again, and never misses one. Raises RequestError for a cursor
    that cannot be one of this archive.
    """
    archive = open_archive(store)
    if cursor_file is not None:
        cursor = _cursor_in(cursor_file)
    if cursor is None:
        for article in archive.articles(after=after, before=before):
            if not sites or article.site in sites:
                out.write(records.to_json(article) + b"\n")
        out.flush()
        return
    _refuse_foreign(cursor, archive)
    for news in archive.news(cursor):
        for article in news.articles:
            if (not sites or article.site in sites) and _within(article, after, before):
                out.write(records.to_json(article) + b"\n")
        out.flush()
        if cursor_file is not None:
            _move(cursor_file, news.cursor)


def _refuse_foreign(cursor: int, archive: Archive) -> None:
    if cursor and archive.head() < cursor:
        raise RequestError(
            f"cursor {cursor} is past the last commit ({archive.head()}) of {archive.store.url}: it belongs "
            "to another archive, or this one was begun anew; start again from 0"
        )


def _within(article: StoredArticle, after: datetime | None, before: datetime | None) -> bool:
    moment = article.published_at or article.fetched_at
    return (after is None or moment >= after) and (before is None or moment < before)


def _cursor_in(path: Path) -> int:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return 0
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"cursor file {path} cannot be read: {error}") from error
    if not text.isdecimal():
        raise RequestError(
            f"cursor file {path} holds {text[:40]!r}, which is no commit number; delete it to begin anew"
        )
    return int(text)


def _move(path: Path, cursor: int) -> None:
    """Replace the file as a whole, so that a kill leaves the old cursor or the new one."""
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(f"{cursor}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise RequestError(
            f"cursor file {path} cannot be written: {error}; the cursor stays where it was"
        ) from error


def find_article(store: str, url: str) -> tuple[StoredArticle, tuple[StoredArticle, ...]]:
    """The newest revision of the article at `url`, and all its revisions in commit order.

    Raises RequestError where the archive holds no article of that address.
    """
    revisions = tuple(open_archive(store).revisions(_canonical(url)))
    newest = next((row for row in reversed(revisions) if row.change is not Change.OLDER), None)
    if newest is None:
        raise RequestError(f"no article at {url} in {store}; `pressrun why {url}` tells what became of it")
    if newest.change is Change.TAKEN_DOWN:
        raise RequestError(f"the article at {url} was taken down by commit {newest.seq}")
    return newest, revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All that is known of one address."""

    url: str
    crawl: frontier.History | None
    """Who named it, and every attempt to fetch it; None: the crawl of this machine never met it."""
    captures: tuple[delta.CaptureRow, ...]
    """What became of each response, in commit order."""


def trace(config: Config, url: str) -> Trace:
    """Follow one address from the place that named it to what was stored of it.

    Raises RequestError where neither the crawl nor the archive ever met it.
    """
    canonical = _canonical(url)
    store = open_archive(config.store).store
    database = open_database(config.database)
    with database.transaction() as connection:
        crawl = frontier.history(connection, canonical)
    captures = tuple(delta.captures_for(store, url_key(canonical)))
    if crawl is None and not captures:
        raise RequestError(f"{url} was never met: no feed, sitemap or page named it, and nothing was fetched")
    return Trace(url=canonical, crawl=crawl, captures=captures)


def _canonical(url: str) -> str:
    canonical = canonical_url(url if "://" in url else f"https://{url}")
    if canonical is None:
        raise RequestError(f"{url!r} is no address of a web page: write https://host/path")
    return canonical
