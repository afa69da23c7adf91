"""What `read`, `show` and `why` ask of the archive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from articles.urls import canonical_url, url_key
from flows.config import Config
from pressrun.trouble import RequestError
from storage import delta, records
from storage.objects import open_store
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
    revision. The cursor file moves only after all that was written has been flushed, and only as far as
    the log reached when reading began. Raises RequestError for a cursor file that holds no number.
    """
    archive = open_archive(store)
    if cursor_file is not None:
        cursor = _cursor_in(cursor_file)
    head = archive.head()
    if cursor is not None and cursor > head:
        raise RequestError(
            f"cursor {cursor} is past the last commit ({head}) of {store}: it belongs to another archive, "
            "or this one was begun anew; start again from --since 0"
        )
    for article in _chosen(archive, cursor, head, sites, after, before):
        out.write(records.to_json(article) + b"\n")
    out.flush()
    if cursor_file is not None:
        _move(cursor_file, head)


def _chosen(
    archive: Archive,
    cursor: int | None,
    head: int,
    sites: tuple[str, ...],
    after: datetime | None,
    before: datetime | None,
) -> Iterator[StoredArticle]:
    rows = archive.articles() if cursor is None else archive.changes(cursor, until=head)
    for row in rows:
        moment = row.published_at or row.fetched_at
        if (
            (not sites or row.site in sites)
            and (after is None or moment >= after)
            and (before is None or moment < before)
        ):
            yield row


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
    archive = open_archive(store)
    revisions = tuple(archive.revisions(_canonical(url)))
    newest = archive.article(_canonical(url))
    if newest is None or not revisions:
        raise RequestError(f"no article at {url} in {store}; `pressrun why {url}` tells what became of it")
    return newest, revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All that is known of one address."""

    url: str
    steps: tuple[frontier.Step, ...]
    """What the crawl did: found, fetched, refused ... in order."""
    captures: tuple[delta.CaptureRow, ...]
    """What became of each response."""


def trace(config: Config, url: str) -> Trace:
    """Follow one address from the place that named it to what was stored of it.

    Raises RequestError where neither the crawl nor the archive ever met it.
    """
    canonical = _canonical(url)
    key = url_key(canonical)
    database = open_database(config.database)
    with database.transaction() as connection:
        steps = tuple(frontier.history(connection, key))
    captures = tuple(delta.captures_for(open_store(config.store), key))
    if not steps and not captures:
        raise RequestError(f"{url} was never met: no feed, sitemap or page named it, and nothing was fetched")
    return Trace(url=canonical, steps=steps, captures=captures)


def _canonical(url: str) -> str:
    canonical = canonical_url(url if "://" in url else f"https://{url}")
    if canonical is None:
        raise RequestError(f"{url!r} is no address of a web page: write https://host/path")
    return canonical
