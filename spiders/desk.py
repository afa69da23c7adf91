"""What a visit works with, and where it stands."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from articles.model import Capture, Found, Site, Terms
from spiders.books import Books
from spiders.events import Ended, Event, Progress, SiteDone
from spiders.outcome import FetchError
from spiders.robots import Rules
from spiders.scope import Scope
from storage.state.frontier.fetching import Fetched
from storage.state.frontier.hosts import Hold
from storage.warc import Earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: where, with what to compare, how much at most."""

    url: str
    site: Site
    headers: tuple[tuple[str, str], ...] = ()
    max_bytes: int = 0
    prefix: bool = False
    found: Found | None = None
    earlier: Earlier | None = None
    article: bool = False
    """Note what the origin says of uses of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, its body decoded. `problem` says why the body is not to be used."""

    url: str
    at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    digest: str
    """Of the body as sent."""
    problem: FetchError | None = None
    terms: Terms | None = None

    def header(self, name: str) -> str | None:
        """First value of a header, its name in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Fetcher(Protocol):
    """How requests are made."""

    async def __call__(self, ask: Ask) -> Reply:
        """One request, no redirect followed. Raises FetchError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a visit works with."""

    fetch: Fetcher
    rules: Callable[[Site, str], Awaitable[Rules]]
    """robots.txt of a URL's origin."""
    books: Books
    promise: Callable[[Fetched], Awaitable[None]]
    """Record a fetch once its capture is safe."""
    deliver: Callable[[tuple[Capture, ...]], Awaitable[None]] | None
    """Where the pages of an article go when nobody records segments."""
    together: Callable[[], AbstractContextManager[None]]
    """What is captured within goes into one segment with what was captured last."""
    emit: Callable[[Event], None]
    requests: Callable[[str], tuple[int, int]]
    """Requests sent for a site so far, and how many of them conditional."""
    received: Callable[[str], int]
    """Bytes of bodies that came for a site so far, as sent."""
    max_bytes: int
    """Of them, after which its visit ends."""
    deadline: float
    """Loop time at which every visit ends."""
    look_until: float
    """Loop time from which on no visit looks at further pages that name articles."""
    force: bool = False
    span: tuple[date, date] | None = None
    """First and last day of a backfill, in each site's zone; None: what is new."""
    large: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a document is read that takes much memory."""


@dataclass(slots=True)
class Visit:
    """Where a visit stands."""

    site: Site
    desk: Desk
    scope: Scope
    found: set[str] = field(default_factory=set)
    new: int = 0
    fetched: int = 0
    unchanged: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    """New addresses of each shape that links named in this visit."""
    stored: int = 0
    """Addresses never seen before that were stored in this visit, to be fetched or not."""
    queued: int = 0
    listed: bool = False
    """Feeds or sitemaps of the site name articles."""
    answered: int = 0
    """Requests that came to something."""
    refusals: int = 0
    silences: int = 0
    held: Hold | None = None
    ended: Ended = Ended.STOPPED
    detail: str | None = None
    told: float = 0.0

    def done(self) -> SiteDone:
        """What it came to."""
        requests, conditional = self.desk.requests(self.site.name)
        return SiteDone(
            site=self.site.name,
            found=len(self.found),
            new=self.new,
            fetched=self.fetched,
            unchanged=self.unchanged,
            failed=dict(self.failed),
            requests=requests,
            conditional=conditional,
            ended=self.ended,
            detail=self.detail,
        )


class Leave(Exception):
    """The visit ends here."""

    def __init__(self, ended: Ended, detail: str) -> None:
        super().__init__(detail)
        self.ended = ended
        self.detail = detail


def tell(visit: Visit, *, last: bool = False) -> None:
    """Say how far it is, at most once a second."""
    now = asyncio.get_running_loop().time()
    if now - visit.told < 1.0 and not last:
        return
    visit.told = now
    visit.desk.emit(
        Progress(
            site=visit.site.name,
            found=len(visit.found),
            queued=visit.queued,
            fetched=visit.fetched,
            failed=visit.failed.total(),
            unchanged=visit.unchanged,
        )
    )
