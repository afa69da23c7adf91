"""Which segments of the archive a replay reads: found in the log alone, so that it needs only the bucket."""

from __future__ import annotations

from datetime import datetime

from articles.model import EXTRACTOR
from flows.workshop import Workshop
from storage import batches
from storage.batches import Outcome, Revision
from storage.log import Commit, Log
from storage.segments import begun_at
from storage.state import segments
from storage.state.segments import SegmentInfo, State


def stored_segments(
    workshop: Workshop,
    *,
    sites: frozenset[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    extractor: str = EXTRACTOR,
) -> list[str]:
    """Keys of committed segments that `extractor` has not read yet, in the order in which they were begun.

    `since` and `until` (excluded) bound the moment at which a segment was begun. Segments the database does
    not know, because it was made anew, are registered from the log.
    """
    chosen: dict[str, Commit] = {}
    done: set[str] = set()
    for commit in Log(workshop.store).follow(0):
        if not _within(commit.segment, since, until):
            continue
        if commit.extractor == extractor:
            done.add(commit.segment)
        chosen.setdefault(commit.segment, commit)
    wanted = [commit for key, commit in sorted(chosen.items()) if key not in done]
    if sites is not None:
        wanted = [commit for commit in wanted if _holds(workshop, commit, sites)]
    _register(workshop, wanted)
    return [commit.segment for commit in wanted]


def _within(key: str, since: datetime | None, until: datetime | None) -> bool:
    begun = begun_at(key)
    return begun is not None and (since is None or begun >= since) and (until is None or begun < until)


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
