"""What a crawling child process is told, and what it tells: one `Job` line in, one event a line out.

The parent writes one `Job` as JSON to the child's stdin and reads events from its stdout, one JSON object a
line, each with its name under `event`:

    {"event": "progress", "site": "latinpost", "found": 40, "queued": 12, "fetched": 8, ...}
    {"event": "segment-closed", "key": "segments/2026/11/22/....warc.gz", "captures": 61, "bytes": 918273}
    {"event": "site-done", "site": "latinpost", "found": 40, "new": 12, ...}
    {"event": "log-line", "level": "WARNING", "logger": "spiders.robots", "message": "..."}

Nothing here imports Scrapy, so that flows can.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from storage import records

MEBIBYTE = 1024 * 1024

VISITED: ContextVar[str | None] = ContextVar("visited", default=None)
"""Site whose visit is under way in this context: what is logged there is about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One child process's work: crawl these sites once and publish what they answered."""

    sites: tuple[str, ...]
    """Names of sites in the seeds folder."""
    seeds: str
    """Folder of seed files."""
    store: str
    """URL or folder of the object store."""
    database: str
    """SQLAlchemy URL of the operational state."""
    work: str
    """Local folder for open segments; each job makes a folder of its own in it."""
    contact: str | None = None
    """Mail address or URL put into the user agent."""
    hosts: str | None = None
    """A file in the form of /etc/hosts that answers before DNS does. The guard judges its answers too."""
    browser: str | None = None
    """The program that renders pages of sites that say so; None: the first Chromium that is installed."""
    deadline_seconds: float = 1500.0
    """The whole job ends by itself after this long; what is not fetched stays due."""
    max_site_bytes: int = 2_000 * MEBIBYTE
    """What one site may send in this job, bodies as sent; what is left after that stays due."""
    max_segment_bytes: int = 256 * MEBIBYTE
    max_segment_seconds: float = 300.0
    """A segment is closed and published when it is this large or this old, whichever is first."""
    force: bool = False
    """Look at every feed, sitemap and section now, due or not (`pressrun crawl SITE` by hand)."""
    since: date | None = None
    until: date | None = None
    """Both: fetch what was published from the one day to the end of the other, and nothing else (backfill)."""


class Ended(StrEnum):
    """Why the crawl of one site came to its end."""

    DONE = "done"
    """Everything due was looked at."""
    BUDGET = "budget"
    """`max_pages` of the seed or the job's `max_site_bytes` was reached; the rest is due next time."""
    DEADLINE = "deadline"
    STOPPED = "stopped"
    """The process was asked to stop."""
    ROBOTS = "robots"
    """robots.txt forbids all of it, or could not be had."""
    BLOCKED = "blocked"
    """The host refuses us (401, 403, 429, 503 ...) and is left alone for a while."""
    UNREACHABLE = "unreachable"
    """No connection, no name, no TLS: nothing answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a site is; sent at most once a second and site. Numbers count from the start of the job."""

    site: str
    found: int
    """Distinct article URLs named by feeds, sitemaps and pages."""
    queued: int
    """Article requests not yet answered."""
    fetched: int
    """Articles that came with a body."""
    failed: int
    unchanged: int
    """Articles looked at again and answered 304 or with the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentClosed:
    """A segment is in the store and registered as pending: it can be normalized now."""

    key: str
    captures: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDone:
    """What the crawl of one site came to. One for each site of the job, also for those that failed."""

    site: str
    found: int
    new: int
    """Of `found`, those never seen before this job."""
    fetched: int
    unchanged: int
    failed: dict[str, int] = field(default_factory=dict)
    """Outcome (`dns`, `timeout`, `not_found` ...) -> number of requests."""
    requests: int = 0
    """Every request sent, robots.txt and feeds included."""
    conditional: int = 0
    """Of `requests`, those that carried If-None-Match or If-Modified-Since."""
    ended: Ended = Ended.DONE
    detail: str | None = None
    """For a person, where the crawl was not simply done: what the host answered, which rule forbade it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line of the child's log."""

    level: str
    """`INFO`, `WARNING`, `ERROR` or `CRITICAL`."""
    logger: str
    message: str
    site: str | None = None
    """The site that it is about, where it is about one."""


Event = Progress | SegmentClosed | SiteDone | LogLine

_NAMES: dict[type[Event], str] = {
    Progress: "progress",
    SegmentClosed: "segment-closed",
    SiteDone: "site-done",
    LogLine: "log-line",
}
_TYPES = {name: kind for kind, name in _NAMES.items()}


class BadEvent(Exception):
    """A line is no event of ours; the message shows its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tag:
    event: str


def encode(event: Event) -> bytes:
    """One line, newline included."""
    return records.to_json({"event": _NAMES[type(event)], **records.to_builtins(event)}) + b"\n"


def decode(line: bytes) -> Event:
    """The event of one line. Raises BadEvent for anything else, such as a stray print."""
    try:
        name = records.from_json(line, _Tag).event
        kind = _TYPES[name]
        return records.from_json(line, kind)
    except (records.BadRecord, KeyError) as error:
        raise BadEvent(f"no event of a crawl: {line[:120]!r} ({error})") from error


def encode_job(job: Job) -> bytes:
    """One line, newline included."""
    return records.to_json(job) + b"\n"


def decode_job(line: bytes) -> Job:
    """The job of one line. Raises records.BadRecord naming what is wrong."""
    return records.from_json(line, Job)
