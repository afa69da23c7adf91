"""Which segments of the archive a replay reads: found in the log alone, so that it needs only the bucket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from articles.model import EXTRACTOR
from flows.report import counted
from flows.workshop import Workshop, named
from storage import batches
from storage.batches import Outcome, Revision
from storage.log import Commit, Log
from storage.recollect import inspect_segment
from storage.segments import SEGMENTS, SUFFIX, begun_at, day_of
from storage.state import segments
from storage.state.segments import SegmentInfo, State


class UnknownSegment(Exception):
    """A segment was asked for that is not in the store; the message names it."""


class EmptySpan(Exception):
    """A time was asked for that ends before it begins; the message names both ends."""


def stored_segments(
    workshop: Workshop,
    *,
    sites: frozenset[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    extractor: str = EXTRACTOR,
    last_read_by: frozenset[str] | None = None,
) -> list[str]:
    """Keys of committed segments that `extractor` was not the last to read, in key order: as they were begun.

    `since` and `until` (excluded) bound the moment at which a segment was begun; those of others (Common Crawl),
    which do not say it, are bound by the day in their key. `last_read_by`: only what these versions of the reader read
    last. Segments the database does not know, because it was made anew, are registered from the log.
    """
    latest: dict[str, Commit] = {}
    for commit in Log(workshop.store).follow(0):
        if not commit.segment.startswith(SEGMENTS) or not _within(commit.segment, since, until):
            continue
        latest[commit.segment] = commit
    wanted = [commit for _, commit in sorted(latest.items()) if commit.extractor != extractor]
    if last_read_by is not None:
        wanted = [commit for commit in wanted if commit.extractor in last_read_by]
    if sites is not None:
        wanted = [commit for commit in wanted if _holds(workshop, commit, sites)]
    _register(workshop, wanted)
    return [commit.segment for commit in wanted]


def why_none(
    workshop: Workshop,
    *,
    sites: frozenset[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    last_read_by: frozenset[str] | None = None,
) -> str:
    """Why `stored_segments` finds nothing for today's reader, as a sentence for a person."""
    commits = [commit for commit in Log(workshop.store).follow(0) if commit.segment.startswith(SEGMENTS)]
    if not commits:
        return "no segment was read yet, by any reader: `pressrun normalize` reads those that wait"
    within = {commit.segment: commit for commit in commits if _within(commit.segment, since, until)}
    if not within:
        days = sorted(
            day for commit in commits if (day := begun_at(commit.segment) or day_of(commit.segment))
        )
        span = f"; they are of {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}" if days else ""
        return f"none of {counted(len({commit.segment for commit in commits}), 'segment')} was begun in that time{span}"
    left = [commit for commit in within.values() if commit.extractor != EXTRACTOR]
    if not left:
        return f"reader {EXTRACTOR}, today's, has read all of them already ({len(within)})"
    could = f"{counted(len(left), 'segment')} could be read again"
    if last_read_by and not any(commit.extractor in last_read_by for commit in left):
        seen = ", ".join(sorted({commit.extractor for commit in left}))
        return f"{could}, and reader {seen} was the last to read them"
    return f"{could}, none with captures of {', '.join(sorted(sites or ()))}"


def check_selection(
    workshop: Workshop, sites: Iterable[str], since: datetime | None, until: datetime | None
) -> None:
    """Refuse a choice of segments that cannot be meant. Raises UnknownSite, SeedError and EmptySpan."""
    tuple(named(workshop, sites))
    if since is not None and until is not None and until <= since:
        raise EmptySpan(f"from {since:%Y-%m-%d %H:%M} until {until:%Y-%m-%d %H:%M} is no time: swap them")


def named_segments(workshop: Workshop, keys: Iterable[str]) -> list[str]:
    """These segments, made ready to be read: registered where they are not, released where they had failed.

    Raises UnknownSegment for a key that no segment in the store has.
    """
    chosen = list(dict.fromkeys(keys))
    for key in chosen:
        if not (key.startswith(SEGMENTS) and key.endswith(SUFFIX)) or workshop.store.size(key) is None:
            raise UnknownSegment(
                f"there is no segment {key!r} in {workshop.store.url}; `pressrun status` lists those that failed"
            )
        with workshop.database.transaction() as connection:
            known = segments.get(connection, key)
        if known is None or not known.sha256:
            info = inspect_segment(workshop.store, key)
            with workshop.database.transaction() as connection:
                segments.forget(connection, key)
                segments.register(connection, info)
        if known is not None and known.state is State.QUARANTINED:
            with workshop.database.transaction() as connection:
                segments.release(connection, key)
    return chosen


def _within(key: str, since: datetime | None, until: datetime | None) -> bool:
    begun = begun_at(key) or day_of(key)
    if begun is None:
        return since is None and until is None
    return (since is None or begun >= since) and (until is None or begun < until)


def _holds(workshop: Workshop, commit: Commit, sites: frozenset[str]) -> bool:
    if not sites.isdisjoint(commit.counts.sites):
        return True
    # a site of which the earlier reader took no article is what a better reader is replayed for
    batch = batches.read(workshop.store, commit.batch, commit.sha256)
    return any(_site(outcome) in sites for outcome in batch.outcomes)


def _site(outcome: Outcome) -> str | None:
    return outcome.article.site if isinstance(outcome, Revision) else outcome.site


def _register(workshop: Workshop, commits: list[Commit]) -> None:
    with workshop.database.transaction() as connection:
        for commit in commits:
            info = SegmentInfo(
                key=commit.segment,
                sha256=commit.segment_sha256,
                bytes=workshop.store.size(commit.segment) or 0,
                captures=commit.captures,
                registered_at=commit.committed_at,
                state=State.COMMITTED,
            )
            if segments.get(connection, commit.segment) is None:
                segments.register(connection, info)
