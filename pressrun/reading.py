"""What `read`, `show` and `why` ask of the archive. Nothing is printed here but what `read` writes."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from articles.urls import article_id, canonical_url, url_key
from flows.config import Config
from flows.report import counted, few
from pressrun.diffing import Diff, diff
from pressrun.trouble import RequestError
from seeds.load import load_sites
from spiders.outcome import Outcome
from storage import records
from storage.batches import Change
from storage.log import DamagedLog, Log
from storage.objects import ObjectStore, sentence
from storage.reader import (
    Archive,
    StoredArticle,
    Story,
    host_key,
    is_article_id,
    is_within,
    latest,
    open_archive,
)
from storage.recollect import check_mounted
from storage.state.database import DatabaseError, open_database, open_database_to_read
from storage.state.frontier import known
from storage.state.frontier.polled import Page, pages_at
from storage.state.index import taken_down

if TYPE_CHECKING:
    from storage.delta import CaptureRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles a reader asks for."""

    sites: tuple[str, ...] = ()
    """Empty: all."""
    hosts: tuple[str, ...] = ()
    """Empty: all."""
    after: datetime | None = None
    before: datetime | None = None
    """Bounds of publication, or of the fetch where a page names no date."""
    kinds: frozenset[Change] | None = None
    """Kinds of change; needs a cursor."""
    gone: bool = True
    """With the articles that left their address."""


def archive_of(config: Config) -> Archive:
    """The archive of a configuration, to be read.

    Raises StoreError where there is none, and DatabaseError where its place is empty though the database, if there is
    one, knows what was stored: a disk that is not mounted must not be taken for an archive without articles.
    """
    archive = open_archive(config.store)
    if not archive.head():
        try:
            database = open_database_to_read(config.database)
        except DatabaseError:  # readers need none
            return archive
        check_mounted(archive.store, database)
    return archive


def read_latest(archive: Archive, wanted: Wanted, out: BinaryIO, *, as_of: int | datetime | None) -> int:
    """Write each article's newest revision to `out`, one JSON object a line; how many there were.

    `as_of` is a cursor or a moment.
    """
    if isinstance(as_of, int):
        _refuse_foreign(as_of, archive)
    number = 0
    for article in archive.articles(
        site=wanted.sites or None,
        host=wanted.hosts or None,
        after=wanted.after,
        before=wanted.before,
        as_of=as_of,
        gone=wanted.gone,
    ):
        out.write(records.to_json(article) + b"\n")
        number += 1
    out.flush()
    return number


def read_changes(
    archive: Archive,
    wanted: Wanted,
    out: BinaryIO,
    *,
    cursor: int | None,
    cursor_file: Path | None,
    follow: bool,
) -> None:
    """Write every change past a cursor to `out` in commit order, one JSON object a line.

    The cursor file, where there is one, says where to begin. It moves commit by commit, each time after all of it
    has been flushed, so that a reader who is killed gets the last commit again, and never misses one. `follow`
    waits for what comes, until Ctrl-C; with neither cursor nor file it begins where the log ends. Raises
    RequestError for a cursor that cannot be one of this archive.
    """
    if cursor_file is not None:
        cursor, of = _cursor_in(cursor_file)
        _refuse_foreign(cursor, archive)
        if of and of != _mark(archive, cursor):
            raise RequestError(
                f"cursor file {cursor_file} is of another archive than {archive.store.url}, or this one was begun "
                "anew: delete it to begin anew, or name the archive that it is of"
            )
        _try_to_write(cursor_file)
    if cursor is None:
        cursor = archive.head()
    _refuse_foreign(cursor, archive)
    try:
        for news in archive.news(
            cursor,
            site=wanted.sites or None,
            host=wanted.hosts or None,
            kinds=wanted.kinds,
            follow=follow,
        ):
            for article in news.articles:
                if is_within(article, wanted.after, wanted.before):
                    out.write(records.to_json(article) + b"\n")
            out.flush()
            if cursor_file is not None:
                _move(cursor_file, news.cursor, _mark(archive, news.cursor))
    except KeyboardInterrupt:
        if not follow:
            raise


def check_sites(archive: Archive, names: Collection[str], seeds: Collection[str]) -> str | None:
    """What to tell of sites that the archive has nothing of: a sentence where they are in the seeds.

    Raises RequestError, naming the sites there are, where one is in neither.
    """
    if "" in names:
        raise RequestError(
            "'' names no site; articles of no site, such as imported ones, are chosen by `pressrun read --host`"
        )
    empty = [name for name in names if not archive.has_site(name)]
    unknown = [name for name in empty if name not in seeds]
    if unknown:
        found = archive.sites()
        there = ", ".join(name for name in found if name) or "none yet"
        others = "; others are of no site: choose them by `pressrun read --host`" if "" in found else ""
        raise RequestError(
            f"there is no site {unknown[0]!r} in {archive.store.url}, which has articles of: {there}{others}"
        )
    return f"nothing is stored of {', '.join(empty)} yet" if empty else None


def check_hosts(hosts: Collection[str]) -> None:
    """Raise RequestError for what is no host."""
    for host in hosts:
        try:
            host_key(host)
        except ValueError as error:
            raise RequestError(f"--host {error}") from error


def without_seeds(config: Config, names: Collection[str] | None = None) -> str | None:
    """What to tell before stored captures are read again: a sentence where sites of the archive have no seed here.

    `names`: of these sites; None: of any.
    """
    seeded = {site.name for site in load_sites(config.seeds).sites} if config.seeds.is_dir() else set()
    held = {name for name in archive_of(config).sites() if name and (not names or name in names)}
    missing = sorted(held - seeded)
    if not missing:
        return None
    return (
        f"{few(missing)}: no seed in {config.seeds}, so read again without its time zone and rules; --seeds names "
        "another folder"
    )


def _refuse_foreign(cursor: int, archive: Archive) -> None:
    if cursor and archive.head() < cursor:
        raise RequestError(
            f"cursor {cursor} is past the last commit ({archive.head()}) of {archive.store.url}: it belongs "
            "to another archive, or this one was begun anew; start again from 0"
        )


def _mark(archive: Archive, cursor: int) -> str:
    """What tells the commit of a cursor from those of the same number in other archives; empty: there is none."""
    commit = Log(archive.store).get(cursor) if cursor else None
    return commit.writer_id if commit else ""


def _cursor_in(path: Path) -> tuple[int, str]:
    """The cursor in a file, and the mark of its commit; empty: the file has none."""
    try:
        number, _, of = path.read_text(encoding="utf-8").strip().partition(" ")
    except FileNotFoundError:
        return 0, ""
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"cursor file {path} cannot be read: {_told(error)}") from error
    if not number.isdecimal():
        raise RequestError(
            f"cursor file {path} holds {number[:40]!r}, which is no commit number; delete it to begin anew"
        )
    return int(number), of.strip()


def _told(error: Exception) -> str:
    return sentence(error) if isinstance(error, OSError) else str(error)


def _try_to_write(path: Path) -> None:
    """What cannot be written is told before anything is read. Raises RequestError."""
    try:
        fresh = _fresh(path)
        fresh.touch()
        fresh.unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def _fresh(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _unwritable(path: Path, error: OSError) -> RequestError:
    return RequestError(
        f"cursor file {path} cannot be written: {sentence(error)}; the cursor stays where it was"
    )


def _move(path: Path, cursor: int, of: str) -> None:
    """Replace the file as a whole, so that a kill leaves the old cursor or the new one."""
    fresh = _fresh(path)
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(f"{cursor} {of}".strip() + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article in the archive."""

    article: StoredArticle
    """The revision asked for, or the newest with text."""
    revisions: tuple[StoredArticle, ...]
    """All, in commit order."""


def find_article(
    config: Config, url: str, *, revision: str | None = None, as_of: int | datetime | None = None
) -> Found:
    """The article at `url`, or of an `article_id`: the newest, or a revision by its id or commit number.

    `as_of` is a cursor or a moment. Raises RequestError where the archive holds no such article or revision.
    """
    revisions = tuple(archive_of(config).revisions(_named(url), as_of=as_of))
    newest = latest(reversed(revisions))
    if newest is None:
        raise _none_there(config, url, as_of, revisions)
    article = newest if revision is None else _revision(revisions, revision)
    return Found(article=article, revisions=revisions)


def find_story(config: Config, url: str, *, as_of: int | datetime | None = None) -> Story:
    """Every article with the story of the one at `url`, or of an `article_id`; `as_of` a cursor or a moment.

    Raises RequestError where the archive holds no such article.
    """
    archive, named = archive_of(config), _named(url)
    found = archive.story(named, as_of=as_of)
    if found is None:
        raise _none_there(config, url, as_of, tuple(archive.revisions(named, as_of=as_of)))
    return found


def _named(url: str) -> str:
    """The article id that a person typed, or the canonical form of the address. Raises RequestError."""
    if is_article_id(url.lower()):
        return url.lower()
    try:
        return canonical_of(url)
    except RequestError as error:
        raise RequestError(
            f"{error}; or an article_id, 20 hex digits, as `pressrun read` prints them"
        ) from error


def _at(url: str) -> str:
    return url if is_article_id(url.lower()) else f"at {url}"


def _none_there(
    config: Config, url: str, as_of: int | datetime | None, revisions: Sequence[StoredArticle]
) -> RequestError:
    """What to say of an article without text; `revisions`: its rows all the same, in commit order."""
    if revisions and revisions[-1].change is Change.TAKEN_DOWN:
        return RequestError(
            f"the article {_at(url)} was taken down by commit {revisions[-1].seq} of {config.store}"
        )
    moment = f"{as_of:%Y-%m-%d %H:%M:%S} UTC" if isinstance(as_of, datetime) else f"commit {as_of}"
    then = "" if as_of is None else f" as of {moment}"
    if as_of is not None:
        hint = "it may have come later: without --as-of you see what is there now"
    elif is_article_id(url.lower()):
        hint = "`pressrun read` prints the article_id of each"
    else:
        hint = f"`pressrun why {url}` tells what became of it"
    return RequestError(f"no article {_at(url)} in {config.store}{then}; {hint}")


def compare(found: Found, names: tuple[str, ...]) -> Diff:
    """What changed between two revisions, given by id or commit number, or to one from the text before it.

    With no name, to the newest text. Raises RequestError where there is nothing to compare it with.
    """
    if len(names) == 2:
        return diff(_revision(found.revisions, names[0]), _revision(found.revisions, names[1]))
    after = _revision(found.revisions, names[0]) if names else found.article
    place = next(n for n, row in enumerate(found.revisions) if _same(row, after))
    earlier = [row for row in found.revisions[:place] if row.change is not Change.REMOVED]
    before = next((row for row in reversed(earlier) if row.revision_id == after.previous), None)
    if before is None:
        left = f"; it is gone from there since {after.gone_at:%Y-%m-%d %H:%M} UTC" if after.gone_at else ""
        raise RequestError(
            f"revision {after.revision_id} of commit {after.seq} is the first of {after.url}: there is nothing to "
            f"compare it with{left}"
        )
    return diff(before, after)


def _same(row: StoredArticle, other: StoredArticle) -> bool:
    return (row.seq, row.revision_id, row.change) == (other.seq, other.revision_id, other.change)


def _revision(revisions: tuple[StoredArticle, ...], name: str) -> StoredArticle:
    """The revision of a commit number or of the beginning of an id, the last of several."""
    of_commit = [row for row in revisions if name.isdecimal() and row.seq == int(name)]
    of_id = [row for row in revisions if len(name) >= 4 and row.revision_id.startswith(name)]
    if not of_commit and not of_id:
        there = ", ".join(f"{row.seq}: {row.revision_id}" for row in revisions)
        raise RequestError(f"--revision {name}: there is none such; commits and revisions are {there}")
    return (of_commit or of_id)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that became of an address."""

    at: datetime
    step: str
    """`found`, `fetched`, `looked at`, `commit 17`, `next look` ..."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All that is known of one address."""

    url: str
    steps: tuple[Step, ...]
    """What became of it, in order of time."""
    crawl: known.History | None
    """Who named it, and every attempt to fetch it; None: the crawl of this machine never met it as an article."""
    polled: tuple[Page, ...]
    """As a page that is looked at for the articles it names, once for each site that does."""
    captures: tuple[CaptureRow, ...]
    """What became of each response, in commit order."""


def trace(config: Config, url: str) -> Trace:
    """Follow one address from the place that named it to what was stored of it.

    Raises RequestError where neither the crawl nor the archive ever met it.
    """
    from storage.delta import captures_for  # tables take a second and 60 MB to load

    canonical = canonical_of(url)
    store = archive_of(config).store
    database = open_database(config.database)
    with database.transaction() as connection:
        crawl = known.history(connection, canonical)
        polled = tuple(pages_at(connection, _spellings(url, canonical)))
        buried = taken_down(connection, [article_id(canonical)])
    captures = tuple(captures_for(store, url_key(canonical)))
    taken = tuple(_of_takedown(store, seq) for seq in buried.values())
    if crawl is None and not polled and not captures and not taken:
        raise RequestError(f"{url} was never met: no feed, sitemap or page named it, and nothing was fetched")
    steps = (*_of_crawl(crawl), *_of_polls(polled), *map(_of_capture, captures), *taken)
    return Trace(
        url=canonical,
        steps=tuple(sorted(steps, key=lambda step: step.at)),
        crawl=crawl,
        polled=polled,
        captures=captures,
    )


def _spellings(url: str, canonical: str) -> set[str]:
    plain = canonical.rstrip("/")
    return {url, canonical, plain, f"{plain}/"}


_NEVER_ASKED: dict[str, str] = {
    Outcome.DENIED: "the seed's `allow` and `deny` leave it out",
    Outcome.OFFSITE: "it is on a host that is not the site's",
    Outcome.LISTING: "by its address it is a section, tag, author, search or gallery page, and no article",
    Outcome.TRAP: "it is one of too many addresses of one shape (calendars, sessions, filters)",
    Outcome.PART: "it is a further page of an article and is fetched with the first",
}
"""Why an address is kept and never asked for."""


def _of_crawl(crawl: known.History | None) -> Iterator[Step]:
    if crawl is None:
        return
    for found in crawl.mentions:
        title = f" as {found.title!r}" if found.title else ""
        yield Step(at=found.found_at, step="found", what=f"in {found.via}{title}")
    if crawl.state is known.State.SKIPPED and not crawl.attempts:
        why = _NEVER_ASKED.get(crawl.outcome or "", "not fetched by decision")
        yield Step(at=crawl.found_at, step="skipped", what=f"{crawl.outcome}: {why}")
    for attempt in crawl.attempts:
        status = f"HTTP {attempt.status}" if attempt.status else ""
        what = ", ".join(filter(None, (attempt.outcome, status, attempt.detail, attempt.segment)))
        yield Step(at=attempt.at, step="fetched", what=what)
    if crawl.next_at:
        yield Step(at=crawl.next_at, step="next look", what="")


def _of_polls(polled: tuple[Page, ...]) -> Iterator[Step]:
    for page in polled:
        if page.found_at:
            named = f", named by {page.via}" if page.via else ""
            yield Step(
                at=page.found_at, step="polled", what=f"from now on, as {page.kind} of {page.site}{named}"
            )
        if page.changed_at:
            yield Step(at=page.changed_at, step="had news", what="the last time so far")
        if page.checked_at:
            entries = "" if page.entries is None else f"it named {counted(page.entries, 'address')}"
            failures = f"{counted(page.failures, 'failure')} in a row" if page.failures else ""
            what = ", ".join(filter(None, (page.outcome, page.detail, entries, failures)))
            yield Step(at=page.checked_at, step="looked at", what=what)
        if page.next_at:
            every = f"every {page.interval_seconds / 60:.0f} min by now"
            yield Step(at=page.next_at, step="next look", what=every)


def _of_capture(row: CaptureRow) -> Step:
    fate = f"{row.fate} ({row.change})" if row.change else row.fate
    why = ": ".join(filter(None, (row.reason, row.detail)))
    what = f"capture of {row.fetched_at:%Y-%m-%d %H:%M:%S}Z -> {fate}{', ' + why if why else ''}"
    return Step(at=row.committed_at, step=f"commit {row.seq}", what=what)


def _of_takedown(store: ObjectStore, seq: int) -> Step:
    commit = Log(store).get(seq)
    if commit is None:
        raise DamagedLog(
            f"{store.url} has no commit {seq}, which took something down; run `pressrun rebuild`"
        )
    what = "taken down: everything of it was removed, and it is kept out"
    return Step(at=commit.committed_at, step=f"commit {seq}", what=what)


def canonical_of(url: str) -> str:
    """The canonical form of an address as a person typed it, with or without `https://`. Raises RequestError."""
    host = url.partition("/")[0]
    # a word alone is a slip more often than a host of one's own network
    whole = url if "://" in url else f"https://{url}" if re.search(r"[.:]|^localhost$", host) else ""
    canonical = canonical_url(whole)
    if canonical is None and is_article_id(url.lower()):
        raise RequestError(f"{url} is an article_id: give the address, which `pressrun show {url}` tells")
    if canonical is None:
        raise RequestError(f"{url!r} is no address of a web page: write https://host/path")
    return canonical
