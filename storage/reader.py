"""The readers' door: everything an archive holds, from its bucket alone.

    archive = open_archive("s3://bucket/prefix")
    for article in archive.changes(cursor): ...     what is new since a cursor, in commit order
    for article in archive.changes(cursor, follow=True): ...     the same, and then what comes
    for article in archive.articles(site="latinpost", after=...): ...     the latest revision of each article

Needs no database, no Scrapy and no Prefect. Batches stream in a few at a time; memory does not grow with the
archive.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from articles.urls import article_id, canonical_url, url_key
from storage import batches
from storage.ahead import ahead
from storage.batches import Change, Lines, Revision
from storage.log import Commit, DamagedLog, Log
from storage.objects import ObjectStore, open_to_read
from storage.stored import StoredArticle, stored
from storage.tombstones import READER

__all__ = ["Archive", "News", "StoredArticle", "Story", "open_archive"]

Sites = str | Collection[str] | None
"""A site, several of them, or None: all."""
Hosts = str | Collection[str] | None
"""A host (`example.com`), several of them, or None: all. `www.`, `m.` and the like make no difference."""

FIRST_WAIT, LAST_WAIT, GROWTH = 1.0, 30.0, 1.5
"""Seconds between looks for the next commit: at first, at most, and how they grow while there is none."""
_BACK = 64
"""Commits got at once when reading backwards."""
_TURN = 60
"""Articles that make up a thread's turn: less is not worth handing over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What one commit brought, after a reader's filters."""

    cursor: int
    """Where a reader stands who has taken these in."""
    articles: tuple[StoredArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One report as one or many sites printed it."""

    agency: str | None
    """News agency that most of them credit; None: no one credits any."""
    articles: tuple[StoredArticle, ...]
    """The latest revision of each, by time of publication."""


@dataclass(frozen=True, slots=True, repr=False)
class Archive:
    """An archive in an object store, to be read."""

    store: ObjectStore

    def head(self, after: int = 0) -> int:
        """Number of the last commit: the cursor of a reader who has seen everything."""
        return Log(self.store).head(after)

    def __repr__(self) -> str:
        return f"Archive({self.store.url!r})"

    def changes(
        self,
        cursor: int = 0,
        *,
        site: Sites = None,
        host: Hosts = None,
        kinds: Collection[str] | None = None,
        follow: bool = False,
    ) -> Iterator[StoredArticle]:
        """Every revision past a cursor, in commit order. Ends where the log ends; resume with the last `seq`.

        `follow`: does not end, but waits there for the next commit. A reader who stops within a commit resumes
        with `seq - 1` and gets its first articles again, under the same ids. `host`: only articles at these hosts
        and at what is below them, whatever their site; a `taken_down` row, which names no address, comes to all.
        `kinds` are Changes or their names. Raises ValueError for a host or a name of a kind that is none,
        StoreError, DamagedLog and DamagedBatch.
        """
        only, chosen = _Only.of(site, host), _kinds(kinds)
        for commit, lines in self._commits(cursor, only.sites, follow, time.sleep):
            # not by `news`: a tuple of every commit costs a third of the speed
            for article in _decode(commit, lines, only):
                if article.change in chosen:
                    yield article

    def news(
        self,
        cursor: int = 0,
        *,
        site: Sites = None,
        host: Hosts = None,
        kinds: Collection[str] | None = None,
        follow: bool = False,
        wait: Callable[[float], object] = time.sleep,
    ) -> Iterator[News]:
        """`changes` commit by commit: a cursor moves past commits that hold nothing for this reader too.

        With `follow`, asks for the next commit every FIRST_WAIT seconds, less and less often up to LAST_WAIT
        while there is none; `wait` is how the seconds are waited for, and may raise to end it.
        """
        only, chosen = _Only.of(site, host), _kinds(kinds)
        for commit, lines in self._commits(cursor, only.sites, follow, wait):
            rows = (row for row in _decode(commit, lines, only) if row.change in chosen)
            yield News(cursor=commit.seq, articles=tuple(rows))

    def articles(
        self,
        *,
        site: Sites = None,
        host: Hosts = None,
        after: datetime | None = None,
        before: datetime | None = None,
        as_of: int | datetime | None = None,
        gone: bool = True,
    ) -> Iterator[StoredArticle]:
        """The latest revision of each article, the latest commits first.

        `after` (included) and `before` (excluded) bound `published_at`, or `fetched_at` where a page names no
        date; naive datetimes are taken as UTC. `host` as in `changes`. `as_of` is a cursor or a moment: what is
        committed later is not seen, see `cursor_at`. What is committed meanwhile is not seen either. Articles that
        were removed from their address come with their last text and `gone_at`; with `gone=False` they are left out.
        """
        after, before, only = _aware(after), _aware(before), _Only.of(site, host)
        # An article's first revision is NEW, no later one is: walking back, only those articles need
        # remembering of which a later revision was seen and the NEW one not yet.
        superseded: set[str] = set()
        gone_at: dict[str, datetime | None] = {}  # of those whose text is still to come
        taken_down: set[str] = set()  # what the takedown has not reached yet
        for commit, lines in self._ahead(self._backwards(as_of), only.sites):
            for article in _decode(commit, lines, only, backwards=True):
                key = article.article_id
                if article.change is Change.OLDER:
                    continue
                if article.change is Change.TAKEN_DOWN:
                    taken_down.add(key)
                if key in taken_down:
                    continue
                seen = key in superseded
                if article.change is Change.REMOVED:
                    if not seen:
                        gone_at.setdefault(key, article.gone_at)
                    continue
                if article.change is Change.NEW:
                    superseded.discard(key)
                else:
                    superseded.add(key)
                if seen:
                    continue
                if key in gone_at:
                    article = replace(article, gone_at=gone_at.pop(key))
                if is_within(article, after, before) and (gone or article.gone_at is None):
                    yield article

    def article(self, url: str, *, as_of: int | datetime | None = None) -> StoredArticle | None:
        """The latest revision of the article at a URL, however it is spelt, or of an `article_id`; None: there is none.

        Of an article that was removed from its address, the last one with text, with `gone_at`. `as_of` as in
        `articles`.
        """
        wanted = _id_of(url)
        commits = self._ahead(self._backwards(as_of))
        return latest(
            article
            for commit, lines in commits
            for article in _decode(commit, lines, _ALL, containing=wanted.encode(), backwards=True)
            if article.article_id == wanted
        )

    def revisions(self, url: str, *, as_of: int | datetime | None = None) -> Iterator[StoredArticle]:
        """Every revision of the article at a URL, or of an `article_id`, in commit order; `as_of` as in `articles`."""
        wanted, until = _id_of(url), self._until(as_of)
        for commit, lines in self._ahead(Log(self.store).follow(0, until)):
            for article in _decode(commit, lines, _ALL, containing=wanted.encode()):
                if article.article_id == wanted:
                    yield article

    def story(self, url: str, *, as_of: int | datetime | None = None) -> Story | None:
        """Every article with the story of the one at a URL, or of an `article_id`, on any site; None: there is none.

        Told when the articles are committed, by what their texts have in common: see `articles.near`.
        """
        asked = self.article(url, as_of=as_of)
        if asked is None or asked.story is None:
            return Story(agency=_agency((asked,)), articles=(asked,)) if asked else None
        rows: dict[str, list[StoredArticle]] = {}
        for commit, lines in self._ahead(self._backwards(as_of)):
            for row in _decode(commit, lines, _ALL, containing=asked.story.encode(), backwards=True):
                if row.story == asked.story:
                    rows.setdefault(row.article_id, []).append(row)
        found = [article for article in map(latest, rows.values()) if article is not None]
        found.sort(key=lambda article: (article.published_at or article.fetched_at, article.seq, article.url))
        return Story(agency=_agency(found), articles=tuple(found))

    def cursor_at(self, moment: datetime) -> int:
        """The cursor of a reader who had seen everything at a moment, by the clocks of those who committed.

        A cursor says exactly what was known, a moment as well as those clocks agree. Naive is taken as UTC.
        """
        return Log(self.store).made_by(moment if moment.tzinfo else moment.replace(tzinfo=UTC))

    def sites(self) -> dict[str, int]:
        """How many revisions the archive has of each site; reads every commit, but no batch."""
        found: Counter[str] = Counter()
        for commit in Log(self.store).follow(0):
            found.update(commit.counts.sites)
        return dict(sorted(found.items()))

    def has_site(self, site: str) -> bool:
        """Whether the archive has an article of a site; reads commits up to the first that does."""
        return any(site in commit.counts.sites for commit in Log(self.store).follow(0))

    def _until(self, as_of: int | datetime | None) -> int | None:
        return self.cursor_at(as_of) if isinstance(as_of, datetime) else as_of

    def _ahead(
        self, commits: Iterator[Commit], sites: frozenset[str] | None = None
    ) -> Iterator[tuple[Commit, Lines | None]]:
        """Commits, each with its batch, checked and unpacked, if it can hold articles of these sites."""

        def fetch(commit: Commit) -> Lines | None:
            counts = commit.counts
            holds = counts.articles + counts.removals if sites is None else sites & counts.sites.keys()
            if not holds:
                return None
            packed = batches.fetch(self.store, commit.batch, commit.sha256)
            return batches.open_lines(packed.key, packed.data, packed.sha256)

        return ahead(fetch, commits, share=lambda commit: commit.counts.captures / _TURN)

    def _commits(
        self, cursor: int, sites: frozenset[str] | None, follow: bool, wait: Callable[[float], object]
    ) -> Iterator[tuple[Commit, Lines | None]]:
        """Commits past a cursor, each with its batch; with `follow` without an end."""
        pause = FIRST_WAIT
        while True:
            for commit, lines in self._ahead(Log(self.store).follow(cursor), sites):
                yield commit, lines
                cursor, pause = commit.seq, FIRST_WAIT
            if not follow:
                return
            wait(pause)
            pause = min(pause * GROWTH, LAST_WAIT)

    def _backwards(self, as_of: int | datetime | None = None) -> Iterator[Commit]:
        log, until = Log(self.store), self._until(as_of)
        high = log.head() if until is None else min(until, log.head())
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
    return Archive(open_to_read(url))


def latest(backwards: Iterable[StoredArticle]) -> StoredArticle | None:
    """The latest text among the revisions of one article, the last of them first; None: none, or taken down."""
    gone_at = None
    for article in backwards:
        if article.change is Change.TAKEN_DOWN:
            return None
        if article.change is Change.REMOVED:
            gone_at = gone_at or article.gone_at
        elif article.change is not Change.OLDER:
            return replace(article, gone_at=gone_at) if gone_at else article
    return None


@dataclass(frozen=True, slots=True)
class _Only:
    """Which articles a reader asks for, by where they are from."""

    sites: frozenset[str] | None = None
    hosts: tuple[str, ...] | None = None

    @staticmethod
    def of(site: Sites, host: Hosts) -> _Only:
        """Raises ValueError for what is no host."""
        sites = (site,) if isinstance(site, str) else site
        hosts = (host,) if isinstance(host, str) else host
        return _Only(
            None if sites is None else frozenset(sites),
            None if hosts is None else tuple(map(host_key, hosts)),
        )

    def word(self, commit: Commit) -> bytes:
        """What stands in each line of a commit's batch that is asked for, in whatever place."""
        if self.sites is not None and len(self.sites) == 1:
            return next(iter(self.sites)).encode()
        if self.hosts is not None and len(self.hosts) == 1 and commit.extractor != READER:
            return self.hosts[0].encode()
        return b""

    def holds(self, revision: Revision) -> bool:
        article = revision.article
        if self.sites is not None and article.site not in self.sites:
            return False
        if self.hosts is None or revision.change is Change.TAKEN_DOWN:
            return True
        at = url_key(article.url).partition("/")[0].partition("?")[0]
        return any(_is_at(at, host) for host in self.hosts)


_ALL = _Only()
_PORT = re.compile(r":\d+$")
_NO_HOST = re.compile(r"[\s/\\?#@]")


def host_key(host: str) -> str:
    """A host as all spellings of it are compared, with its port where it names one. Raises ValueError."""
    canonical = None if _NO_HOST.search(host) else canonical_url(f"https://{host}")
    if canonical is None:
        raise ValueError(f"{host!r} is no host: one looks like example.com")
    return url_key(canonical)


def _is_at(at: str, host: str) -> bool:
    if not _PORT.search(host):
        at = _PORT.sub("", at)
    return at == host or at.endswith(f".{host}")


def _decode(
    commit: Commit,
    lines: Lines | None,
    only: _Only,
    *,
    containing: bytes = b"",
    backwards: bool = False,
) -> Iterator[StoredArticle]:
    if lines is None:
        return
    containing = containing or only.word(commit)
    for revision in batches.revisions_of(lines, containing=containing, backwards=backwards):
        if only.holds(revision):
            yield stored(revision, commit)


def is_article_id(text: str) -> bool:
    """Whether it has the form of an `article_id`, which no address has."""
    return _ARTICLE_ID.fullmatch(text) is not None


_ARTICLE_ID = re.compile(r"[0-9a-f]{20}")


def _id_of(url: str) -> str:
    return url if is_article_id(url) else article_id(url)


def _agency(articles: Iterable[StoredArticle]) -> str | None:
    credited = Counter(agency for article in articles for agency in article.agencies)
    return credited.most_common(1)[0][0] if credited else None


def _kinds(kinds: Collection[str] | None) -> frozenset[Change]:
    """Raises ValueError for what is no kind of change."""
    return frozenset(Change) if kinds is None else frozenset(map(Change, kinds))


def is_within(article: StoredArticle, after: datetime | None, before: datetime | None) -> bool:
    """Whether an article was published, or fetched where it names no date, from `after` on and before `before`."""
    moment = article.published_at or article.fetched_at
    return (after is None or moment >= after) and (before is None or moment < before)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
