"""What a run did, as frozen numbers: returned by the flows, printed by the command line, shown by Prefect."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from articles.model import EXTRACTOR, Kind, Reason
from spiders.events import SiteDone
from storage.batches import Batch, Change, Revision, Unchanged
from storage.state.frontier.sites import NextDue

K = TypeVar("K")


def few(names: Sequence[str], most: int = 3) -> str:
    """The first of some names, and how many more there are: `latinpost, harbour, hills and 4 more`."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def counted(number: int, noun: str) -> str:
    """`1 feed`, `2,000 feeds`, `1 address`, `2 addresses`."""
    ending = "" if number == 1 else "es" if noun.endswith(("s", "ch")) else "s"
    return f"{number:,} {noun}{ending}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One of the articles that a run stored, for a person to look at.

    Its address alone: Prefect keeps what a run shows, and nothing of an article may outlive its takedown there.
    """

    change: Change
    url: str


MAX_EXAMPLES = 5
"""Of a site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of one site's captures."""

    site: str
    """Name of the site; empty: captures of no site."""
    stored: dict[Change, int] = field(default_factory=dict)
    """Revisions stored, by what they are to the archive."""
    unchanged: int = 0
    rejected: dict[Reason, int] = field(default_factory=dict)
    stripped: dict[Kind, int] = field(default_factory=dict)
    """Blocks taken out of the stored articles, by kind."""
    examples: tuple[Example, ...] = ()
    """Some of the stored articles."""

    @property
    def captures(self) -> int:
        """All captures, by the law."""
        # a removal stands beside the rejection of the capture that shows it
        stored = sum(number for change, number in self.stored.items() if change is not Change.REMOVED)
        return stored + self.unchanged + sum(self.rejected.values())


def tally(batch: Batch) -> tuple[Tally, ...]:
    """Add up a batch by site."""
    stored: dict[str, Counter[Change]] = defaultdict(Counter)
    rejected: dict[str, Counter[Reason]] = defaultdict(Counter)
    stripped: dict[str, Counter[Kind]] = defaultdict(Counter)
    examples: dict[str, list[Example]] = defaultdict(list)
    unchanged: Counter[str] = Counter()
    for outcome in batch.outcomes:
        if isinstance(outcome, Revision):
            site = outcome.article.site or ""
            stored[site][outcome.change] += 1
            stripped[site].update(block.kind for block in outcome.article.removed)
            if len(examples[site]) < MAX_EXAMPLES and outcome.change is not Change.TAKEN_DOWN:
                examples[site].append(Example(change=outcome.change, url=outcome.article.url))
        elif isinstance(outcome, Unchanged):
            unchanged[outcome.site or ""] += 1
        else:
            rejected[outcome.site or ""][outcome.reason] += 1
    return tuple(
        Tally(
            site=site,
            stored=dict(stored[site]),
            unchanged=unchanged[site],
            rejected=dict(rejected[site]),
            stripped=dict(stripped[site]),
            examples=tuple(examples[site]),
        )
        for site in sorted({*stored, *rejected, *unchanged})
    )


def merge(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """One tally a site, in order of their names; within a tally the largest numbers first."""
    merged: dict[str, Tally] = {}
    for one in tallies:
        before = merged.get(one.site, Tally(site=one.site))
        merged[one.site] = Tally(
            site=one.site,
            stored=_added(before.stored, one.stored),
            unchanged=before.unchanged + one.unchanged,
            rejected=_added(before.rejected, one.rejected),
            stripped=_added(before.stripped, one.stripped),
            examples=(before.examples + one.examples)[:MAX_EXAMPLES],
        )
    return tuple(merged[site] for site in sorted(merged))


def _together(tallies: Iterable[Tally]) -> Tally:
    return next(iter(merge(replace(tally, site="") for tally in tallies)), Tally(site=""))


def _added(one: Mapping[K, int], other: Mapping[K, int]) -> dict[K, int]:
    counter = Counter(dict(one))
    counter.update(dict(other))
    return dict(counter.most_common())


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A segment that could not be normalized, and will not be tried again by itself."""

    segment: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalized:
    """What became of one segment."""

    segment: str
    seq: int | None
    """Number of its commit; None: nothing was committed (it was before, or it failed)."""
    tallies: tuple[Tally, ...] = ()
    unreadable: int = 0
    """Captures on which the reader broke: each is a Rejection, its pointer is in the log."""
    error: str | None = None
    """Why it is not committed."""
    quarantined: bool = False
    """The error will not pass: the segment waits for a person. Else the next run tries it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizeReport:
    """What reading a number of segments gave (flows `normalize` and `replay`)."""

    store: str
    started_at: datetime
    seconds: float
    segments: int
    """Segments taken up."""
    commits: tuple[int, ...]
    """Numbers of the commits made, in order."""
    head: int
    """Number of the last commit in the log, whoever made it."""
    tallies: tuple[Tally, ...]
    read_before: int = 0
    """Of the segments: today's reader had committed them already, and they were left as they are."""
    unreadable: int = 0
    failed: tuple[str, ...] = ()
    """What the next run tries again: `segment: error`, and why tables or documents are behind the log."""
    refused: tuple[str, ...] = ()
    """Files that an import did not take in, each with the reason and what to do: `file is not taken in: reason`."""
    quarantined: tuple[Quarantined, ...] = ()
    nothing: str | None = None
    """Why there was nothing to read, for a person."""

    @property
    def total(self) -> Tally:
        """All sites together."""
        return _together(self.tallies)

    @property
    def told(self) -> str:
        """How much was read, and why no more was, for a person."""
        read = f"{counted(len(self.commits), 'segment')} read"
        if not self.segments:
            return f"{read}: {self.nothing or 'no segment waits'}"
        if not self.read_before:
            return read
        left = (
            "was read before and is left as it is"
            if self.read_before == 1
            else "were read before and stay as they are"
        )
        return f"{read}; by reader {EXTRACTOR}, today's, {counted(self.read_before, 'segment')} {left}"


class Cause(StrEnum):
    """Why a site is silent."""

    BLOCKED = "blocked"
    """The host refuses us, or shows a bot wall."""
    ROBOTS = "robots"
    UNREACHABLE = "unreachable"
    CONSENT = "consent"
    """A consent page stands in place of the site's."""
    MOVED = "feed moved"
    """A feed or sitemap that named articles is gone, or something else stands there."""
    LAYOUT = "layout changed"
    """Pages come, and nothing in them looks like what they were."""
    QUIET = "quiet"
    """All is as before; the site published nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Why a site brought nothing where its seed expects articles."""

    site: str
    cause: Cause
    sentence: str
    """What was seen, for a person."""

    def __str__(self) -> str:
        return f"{self.site} is silent: {self.cause}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """One site in one crawl: what was found and fetched, and what became of it."""

    site: str
    done: SiteDone | None
    """What its crawl came to, in requests; None: the child died before it could tell."""
    tally: Tally
    """What became of its captures."""
    diagnosis: Diagnosis | None = None
    """Where it brought nothing although its seed expects something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What one run of the flow `crawl` did."""

    store: str
    started_at: datetime
    seconds: float
    sites: tuple[SiteReport, ...]
    normalized: NormalizeReport
    bytes: int = 0
    """Of the segments that its crawlers closed, compressed."""
    deaths: tuple[str, ...] = ()
    """Child processes that did not end by their own will, each as a sentence."""
    broken_seeds: tuple[str, ...] = ()
    """Seed files that could not be used, each as a sentence."""
    next_due: NextDue | None = None
    """Where no site was due: which is next, and when."""
    elsewhere: tuple[str, ...] = ()
    """Sites left to another run that visits them, each as a sentence."""

    @property
    def silent(self) -> tuple[Diagnosis, ...]:
        """Sites that brought nothing although their seeds expect something."""
        return tuple(row.diagnosis for row in self.sites if row.diagnosis is not None)

    @property
    def commits(self) -> tuple[int, ...]:
        """Numbers of the commits made."""
        return self.normalized.commits

    @property
    def head(self) -> int:
        """Number of the last commit in the log."""
        return self.normalized.head

    @property
    def total(self) -> Tally:
        """All sites together."""
        return _together(row.tally for row in self.sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintainReport:
    """What one run of the flow `maintain` did."""

    store: str
    started_at: datetime
    seconds: float
    recovered: tuple[str, ...]
    """Segments that a killed crawl had left on this machine and are now in the store."""
    swept: int
    """Temporary objects of killed writers that were removed."""
    followed: dict[str, int]
    """Follower (`tables`, `documents`) -> commits it was behind and has caught up with."""
    compacted: dict[str, str]
    """Table -> what compaction and vacuum did to it, for a person."""
    head: int
