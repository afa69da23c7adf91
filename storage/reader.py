"""The readers' door: everything an archive holds, from its bucket alone.

    archive = open_archive("s3://bucket/prefix")
    for article in archive.changes(cursor): ...     what is new since a cursor, in commit order
    for article in archive.articles(site="latinpost", since=...): ...     the latest revision of each article

Needs no database, no Scrapy and no Prefect. Batches stream in a few at a time; memory does not grow with the
archive.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from articles.urls import article_id, canonical_url
from storage import batches
from storage.ahead import ahead
from storage.batches import Change, Packed
from storage.log import Commit, DamagedLog, Log
from storage.objects import ObjectStore, StoreError, open_store
from storage.stored import StoredArticle, stored

__all__ = ["Archive", "News", "StoredArticle", "open_archive"]

_BACK = 32
"""Commits got at once when reading backwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What one commit brought, after a reader's filters."""

    cursor: int
    """Where a reader stands who has taken these in."""
    articles: tuple[StoredArticle, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive in an object store, to be read."""

    store: ObjectStore

    def head(self, after: int = 0) -> int:
        """Number of the last commit: the cursor of a reader who has seen everything."""
        return Log(self.store).head(after)

    def changes(
        self,
        cursor: int = 0,
        *,
        site: str | None = None,
        kinds: Collection[Change] | None = None,
    ) -> Iterator[StoredArticle]:
        """Every revision past a cursor, in commit order. Ends where the log ends; resume with the last `seq`.

        A reader who stops within a commit resumes with `seq - 1` and gets its first articles again, under the
        same ids. Raises StoreError, DamagedLog and DamagedBatch.
        """
        for news in self.news(cursor, site=site, kinds=kinds):
            yield from news.articles

    def news(
        self,
        cursor: int = 0,
        *,
        site: str | None = None,
        kinds: Collection[Change] | None = None,
    ) -> Iterator[News]:
        """`changes` commit by commit: a cursor moves past commits that hold nothing for this reader too."""
        for commit, data in ahead(self._fetcher(site), Log(self.store).follow(cursor)):
            yield News(
                cursor=commit.seq,
                articles=tuple(
                    article
                    for article in _decode(commit, data, containing=_named(site))
                    if (site is None or article.site == site) and (kinds is None or article.change in kinds)
                ),
            )

    def articles(
        self,
        *,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[StoredArticle]:
        """The latest revision of each article, the latest commits first.

        `since` (included) and `until` (excluded) bound `published_at`, or `fetched_at` where a page names no
        date; naive datetimes are taken as UTC. What is committed meanwhile is not seen.
        """
        since, until = _aware(since), _aware(until)
        # An article's first revision is NEW, no later one is: walking back, only those articles need
        # remembering of which a later revision was seen and the NEW one not yet.
        superseded: set[str] = set()
        taken_down: set[str] = set()  # what the takedown has not reached yet
        for commit, data in ahead(self._fetcher(site), self._backwards()):
            for article in _decode(commit, data, containing=_named(site), backwards=True):
                if article.change is Change.OLDER or (site is not None and article.site != site):
                    continue
                if article.change is Change.TAKEN_DOWN:
                    taken_down.add(article.article_id)
                if article.article_id in taken_down:
                    continue
                seen = article.article_id in superseded
                if article.change is Change.NEW:
                    superseded.discard(article.article_id)
                else:
                    superseded.add(article.article_id)
                if not seen and _within(article, since, until):
                    yield article

    def article(self, url: str) -> StoredArticle | None:
        """The latest revision of the article at a URL, however it is spelt; None: the archive has none."""
        wanted = _id(url)
        for commit, data in ahead(self._fetcher(None), self._backwards()):
            for article in _decode(commit, data, containing=wanted.encode(), backwards=True):
                if article.article_id == wanted and article.change is not Change.OLDER:
                    return None if article.change is Change.TAKEN_DOWN else article
        return None

    def revisions(self, url: str) -> Iterator[StoredArticle]:
        """Every revision of the article at a URL, in commit order."""
        wanted = _id(url)
        for commit, data in ahead(self._fetcher(None), Log(self.store).follow(0)):
            for article in _decode(commit, data, containing=wanted.encode()):
                if article.article_id == wanted:
                    yield article

    def _fetcher(self, site: str | None) -> Callable[[Commit], Packed | None]:
        """Gets the batch of a commit, if it can hold articles of this site."""

        def fetch(commit: Commit) -> Packed | None:
            holds = commit.counts.articles if site is None else commit.counts.sites.get(site, 0)
            return batches.fetch(self.store, commit.batch, commit.sha256) if holds else None

        return fetch

    def _backwards(self) -> Iterator[Commit]:
        log = Log(self.store)
        high = log.head()
        while high > 0:
            low = max(0, high - _BACK)
            window = list(log.follow(low, until=high))
            if len(window) != high - low:
                raise DamagedLog(
                    f"{self.store.url}: commits {low + 1} to {high} are not all there; restore them"
                )
            yield from reversed(window)
            high = low


def open_archive(url: str) -> Archive:
    """The archive in a folder or at `s3://bucket/prefix`; nothing is read of it yet.

    Raises StoreError for a URL that is none, and for a folder that is not there: reading makes none.
    """
    store = open_store(url)
    if "://" not in store.url and not Path(store.url).is_dir():
        raise StoreError(
            f"{store.url}: no archive is there ({'a file' if Path(store.url).exists() else 'no such folder'}); "
            "check the path, or crawl a site into it first"
        )
    return Archive(store)


def _decode(
    commit: Commit, packed: Packed | None, *, containing: bytes, backwards: bool = False
) -> Iterable[StoredArticle]:
    if packed is None:
        return
    for revision in batches.revisions(
        packed.key, packed.data, packed.sha256, containing=containing, backwards=backwards
    ):
        yield stored(revision, commit)


def _named(site: str | None) -> bytes:
    """Bytes that stand in each line of the site's articles."""
    return b"" if site is None else site.encode()


def _within(article: StoredArticle, since: datetime | None, until: datetime | None) -> bool:
    moment = article.published_at or article.fetched_at
    return (since is None or moment >= since) and (until is None or moment < until)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _id(url: str) -> str:
    return article_id(canonical_url(url) or url)
