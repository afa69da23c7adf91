"""One visit to one site: look at the pages that name articles, then fetch the articles that are due.

The order is the politest that finds everything: home (it declares feeds), the sitemaps of robots.txt, feeds,
sitemaps and the indexes' children, and section pages, which are looked at more rarely where the seed does not
name them and the site has feeds or sitemaps. All requests of a visit go one after the other, each conditional
where there is something to compare with. Known articles are fetched again only when a page says that they
changed, or when their re-check by age is due.

Nothing here knows Scrapy: `Desk.fetch` is how requests are made, `Desk.books` where things are remembered.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from articles.model import Capture, Found, Site
from articles.urls import article_id
from spiders.books import Books
from spiders.discover import MAX_BYTES, Discovered, Named, read_listing, read_page
from spiders.events import Ended, Event, Progress, SiteDone
from spiders.links import is_listing
from spiders.outcome import BLOCKING, TRANSIENT, FetchError, Outcome, of_status
from spiders.robots import Rules
from spiders.scope import Scope, scope_of
from storage.state import frontier
from storage.state.database import Connection
from storage.state.frontier import Due, Fetched, Find, Hold, Kind, Look, Page, Tally, origin_of
from storage.warc import Earlier

log = logging.getLogger(__name__)

MAX_LOOKS = 300
"""Pages that name articles looked at in one visit; what is left is due next time."""
MAX_FORCED_CHILDREN = 50
"""Children of sitemap indexes looked at in a forced visit though nothing says they changed."""
MAX_DEPTH = 3
"""Sitemap indexes within each other."""
MAX_SITEMAPS_OF_ROBOTS = 50
CEILING_SECONDS = {
    Kind.HOME: 6 * 3600.0,
    Kind.FEED: 3 * 3600.0,
    Kind.SITEMAP: 24 * 3600.0,
    Kind.SECTION: 24 * 3600.0,
}
"""The longest a page that never changes waits; a seed's own `every` may be longer."""
RARE_SECONDS = 3 * 3600.0
"""Least wait between looks at sections of the menu, where feeds and sitemaps name nearly everything."""
MAX_REDIRECTS = 10
MAX_PATIENCE_SECONDS = 300.0
"""A site whose robots.txt asks for longer pauses is not crawled."""
SHORT_WAIT_SECONDS = 30.0
"""A Retry-After up to this is waited for; a longer one ends the visit."""
STRIKES = 3
"""Refusals in a row (403, 429, 503) after which a host is left alone, twice as long each time."""
FIRST_HOLD = timedelta(minutes=15)
LONGEST_HOLD = timedelta(days=2)
DEAD_AFTER = 4
"""Requests in a row without any answer after which a host counts as unreachable."""
TRIES = 2
PARSE_IN_THREAD_BYTES = 200_000

_UNANSWERED = frozenset(
    {Outcome.DNS, Outcome.REFUSED, Outcome.TLS, Outcome.TIMEOUT, Outcome.DISCONNECTED, Outcome.PROTOCOL}
)
_SECOND_TRY = frozenset(
    {Outcome.DISCONNECTED, Outcome.TRUNCATED, Outcome.TIMEOUT, Outcome.SERVER_ERROR, Outcome.REFUSED}
)


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
    deliver: Callable[[Site, Capture], Awaitable[None]] | None
    """Where captures go when nobody records segments."""
    emit: Callable[[Event], None]
    requests: Callable[[str], tuple[int, int]]
    """Requests sent for a site so far, and how many of them conditional."""
    deadline: float
    """Loop time at which every visit ends."""
    force: bool = False


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


class _Leave(Exception):
    """The visit ends here."""

    def __init__(self, ended: Ended, detail: str) -> None:
        super().__init__(detail)
        self.ended = ended
        self.detail = detail


def _why_nothing(outcomes: set[str]) -> Ended:
    """What a visit came to in which no request came to anything."""
    if outcomes & BLOCKING:
        return Ended.BLOCKED
    if Outcome.ROBOTS in outcomes:
        return Ended.ROBOTS
    return Ended.UNREACHABLE if outcomes & (_UNANSWERED | {Outcome.PRIVATE_ADDRESS}) else Ended.DONE


def begin(site: Site, desk: Desk) -> Visit:
    """A visit that has not begun."""
    return Visit(site=site, desk=desk, scope=scope_of(site))


async def carry_out(visit: Visit) -> None:
    """Look and fetch until all that is due is done, or something ends the visit."""
    try:
        async with asyncio.timeout_at(visit.desk.deadline):
            await _look_around(visit)
            visit.ended = await _fetch_due(visit)
    except TimeoutError:
        visit.ended, visit.detail = Ended.DEADLINE, "the time of the job was over; what is left stays due"
    except _Leave as leave:
        visit.ended, visit.detail = leave.ended, leave.detail
    if visit.ended is Ended.DONE and not visit.answered:
        visit.ended = _why_nothing(set(visit.failed))
    _tell(visit, last=True)


async def explore(visit: Visit) -> list[Page]:
    """Look at home, feeds, sitemaps and sections and fetch no article: every page that names articles.

    Raises FetchError where the site as a whole cannot be looked at.
    """
    try:
        async with asyncio.timeout_at(visit.desk.deadline):
            await _look_around(visit)
    except TimeoutError:
        log.warning("%s: not all of it was looked at in time", visit.site.name)
    except _Leave as leave:
        raise FetchError(Outcome.FORBIDDEN, leave.detail) from leave
    return await visit.desk.books.run(frontier.pages, visit.site.name)


async def fetch_one(visit: Visit, url: str, found: Found | None = None) -> Capture:
    """Fetch one page, due or not. Raises FetchError."""
    ask = Ask(url=url, site=visit.site, max_bytes=visit.site.fetch.max_bytes, found=found)
    return _capture(await _answer(visit, ask), visit.site, found)


# --- Pages that name articles ---------------------------------------------------------------------


async def _look_around(visit: Visit) -> None:
    site, books, now = visit.site, visit.desk.books, datetime.now(UTC)
    visit.held = await books.run(frontier.hold_of, origin_of(site.home))
    if visit.held is not None and visit.held.until > now:
        raise _Leave(
            Ended.BLOCKED, f"left alone until {visit.held.until:%Y-%m-%d %H:%M} UTC: {visit.held.detail}"
        )
    await books.run(_declare, site, now)
    await _robots(visit)
    looked: set[str] = set()
    known = await books.run(frontier.pages, site.name)
    for page in known:
        if page.kind is Kind.HOME:
            await _look(visit, page, looked)
    for kinds in ((Kind.FEED,), (Kind.SITEMAP,), (Kind.SECTION,)):
        await _look_at_all(visit, kinds, looked)
        if kinds == (Kind.SITEMAP,) and not await _has_listing(visit):
            await _guess_sitemap(visit)
            await _look_at_all(visit, kinds, looked)


def _declare(connection: Connection, site: Site, now: datetime) -> None:
    """Make what the seed names, and home, known; forget what it no longer names."""
    declared = [
        (site.home, Kind.HOME),
        *((url, Kind.FEED) for url in site.feeds),
        *((url, Kind.SITEMAP) for url in site.sitemaps),
        *((url, Kind.SECTION) for url in site.sections),
    ]
    named = {url for url, _ in declared}
    for page in frontier.pages(connection, site.name):
        if page.via == "seed" and page.url not in named:
            frontier.drop_page(connection, site.name, page.url)
    frontier.add_pages(
        connection,
        site.name,
        [(url, kind, "seed", None) for url, kind in declared],
        now=now,
        interval_seconds=site.every_seconds,
    )


async def _robots(visit: Visit) -> None:
    """Heed what robots.txt of the home page says of pace and sitemaps."""
    site = visit.site
    rules = await visit.desk.rules(site, site.home)
    delay = rules.crawl_delay_seconds
    if delay is not None and delay > MAX_PATIENCE_SECONDS:
        raise _Leave(
            Ended.ROBOTS,
            f"{origin_of(site.home)}/robots.txt asks for {delay:g} s between requests; "
            f"above {MAX_PATIENCE_SECONDS:g} s nothing is fetched",
        )
    if site.sitemaps:
        return
    await visit.desk.books.run(
        frontier.add_pages,
        site.name,
        [
            (url, Kind.SITEMAP, f"{origin_of(site.home)}/robots.txt", None)
            for url in rules.sitemaps[:MAX_SITEMAPS_OF_ROBOTS]
            if len(url) <= 2000
        ],
        now=datetime.now(UTC),
        interval_seconds=site.every_seconds,
    )


async def _look_at_all(visit: Visit, kinds: tuple[Kind, ...], looked: set[str]) -> None:
    """Look at every page of these kinds that is due, and at those they name, to MAX_DEPTH."""
    site = visit.site
    for _ in range(MAX_DEPTH + 1):
        now = datetime.now(UTC)
        known = await visit.desk.books.run(frontier.pages, site.name)
        by_url = {page.url: page for page in known}
        visit.listed = _names_articles(known)
        forced = _forced(visit, known)
        waiting = [
            page
            for page in known
            if page.kind in kinds
            and page.url not in looked
            and (page.url in forced or page.next_at is None or page.next_at <= now)
            and _depth(page, by_url) <= MAX_DEPTH
        ]
        waiting.sort(key=lambda page: (page.announced_at is None, -_seconds(page.announced_at)))
        for page in waiting:
            if len(looked) >= MAX_LOOKS:
                return
            await _look(visit, page, looked)
        if not waiting or Kind.SITEMAP not in kinds:
            return


def _forced(visit: Visit, known: list[Page]) -> set[str]:
    """Pages looked at in a forced visit though they are not due: all that may have changed unannounced."""
    if not _all_now(visit):
        return set()
    sitemaps = {page.url for page in known if page.kind is Kind.SITEMAP}
    forced: set[str] = set()
    children = 0
    for page in known:
        if page.via not in sitemaps:
            rare = page.kind is Kind.SECTION and page.via != "seed" and visit.listed
        else:  # an index that states when its sitemaps changed is believed
            children += 1
            rare = page.announced_at is not None or children > MAX_FORCED_CHILDREN
        if not rare:
            forced.add(page.url)
    return forced


def _all_now(visit: Visit) -> bool:
    """Whether pages are looked at though they are not due: a person or a cron schedule says when."""
    return visit.desk.force or visit.site.schedule is not None


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _depth(page: Page, by_url: dict[str, Page]) -> int:
    """How many sitemaps stand above a page; a circle counts as too deep."""
    depth = 0
    seen: set[str] = set()
    while page.via in by_url and by_url[page.via].kind is Kind.SITEMAP:
        if page.url in seen:
            return MAX_DEPTH + 1
        seen.add(page.url)
        page = by_url[page.via]
        depth += 1
    return depth


def _names_articles(known: list[Page]) -> bool:
    return any(page.kind in (Kind.FEED, Kind.SITEMAP) and page.entries for page in known)


async def _has_listing(visit: Visit) -> bool:
    known = await visit.desk.books.run(frontier.pages, visit.site.name)
    return _names_articles(known) or any(page.kind is Kind.SITEMAP for page in known)


async def _guess_sitemap(visit: Visit) -> None:
    """Where a site declares nothing, its sitemap is often at the usual place."""
    usual = urljoin(visit.site.home, "/sitemap.xml")
    await visit.desk.books.run(
        frontier.add_pages,
        visit.site.name,
        [(usual, Kind.SITEMAP, "usual place", None)],
        now=datetime.now(UTC),
        interval_seconds=visit.site.every_seconds,
    )


async def _look(visit: Visit, page: Page, looked: set[str]) -> None:
    """Look at one page, store what it names and when to look again."""
    site, books = visit.site, visit.desk.books
    now = datetime.now(UTC)
    due = page.next_at is None or page.next_at <= now
    if page.url in looked or not (due or _all_now(visit)):
        return
    looked.add(page.url)
    listing = page.kind in (Kind.FEED, Kind.SITEMAP)
    ask = Ask(
        url=page.url,
        site=site,
        headers=_conditional(page.etag, page.last_modified),
        max_bytes=MAX_BYTES if listing else site.fetch.max_bytes,
        prefix=listing,
        earlier=_earlier(page.url, page.checked_at, page.digest),
    )
    floor = float(site.every_seconds)
    if page.kind is Kind.SECTION and page.via != "seed" and visit.listed:
        floor = max(6 * floor, RARE_SECONDS)
    ceiling = max(CEILING_SECONDS[page.kind], floor)
    try:
        reply = await _answer(visit, ask)
    except FetchError as error:
        visit.failed[error.outcome] += 1
        failed = Look(
            site=site.name, url=page.url, at=now, outcome=error.outcome, changed=False, detail=error.detail
        )
        await books.run(frontier.looked, failed, floor_seconds=floor, ceiling_seconds=ceiling)
        await _after_failure(visit, error)
        return
    if reply.status == 304 or reply.digest == page.digest:
        look = Look(
            site=site.name,
            url=page.url,
            at=reply.at,
            outcome=Outcome.NOT_MODIFIED,
            changed=False,
            status=reply.status,
        )
        await books.run(frontier.looked, look, floor_seconds=floor, ceiling_seconds=ceiling)
        return
    named = await _read(visit, page, reply)
    if named.problem:
        log.warning("%s: %s: %s", site.name, page.url, named.problem)
    finds = [_find(visit, article, listing) for article in named.articles]
    visit.found.update(article_id(find.url) for find in finds if find.skip is None)
    tally = await books.run(
        _store, site, page, reply, named, finds, floor_seconds=floor, ceiling_seconds=ceiling
    )
    visit.new += tally.new
    _tell(visit)


def _store(
    connection: Connection,
    site: Site,
    page: Page,
    reply: Reply,
    named: Discovered,
    finds: list[Find],
    *,
    floor_seconds: float,
    ceiling_seconds: float,
) -> Tally:
    """In one transaction: what a page named, and the validators that would hide it from the next look."""
    tally = frontier.add_finds(connection, site.name, finds, now=reply.at)
    frontier.add_pages(
        connection,
        site.name,
        [
            (other.url, other.kind, page.url, other.modified_at)
            for other in named.pages
            if other.url != page.url and len(other.url) <= 2000 and scope_of(site).holds(other.url)
        ],
        now=reply.at,
        interval_seconds=site.every_seconds,
    )
    # a document that was cut or broken is read in full next time
    whole = named.problem is None
    look = Look(
        site=site.name,
        url=page.url,
        at=reply.at,
        outcome=Outcome.FETCHED,
        changed=tally.new + tally.again > 0,
        status=reply.status,
        detail=named.problem,
        etag=reply.header("ETag") if whole else None,
        last_modified=reply.header("Last-Modified") if whole else None,
        digest=reply.digest if whole else None,
        entries=len(named.articles) + len(named.pages),
    )
    frontier.looked(connection, look, floor_seconds=floor_seconds, ceiling_seconds=ceiling_seconds)
    return tally


async def _read(visit: Visit, page: Page, reply: Reply) -> Discovered:
    content_type = reply.header("Content-Type")
    zone = ZoneInfo(visit.site.timezone)

    def read() -> Discovered:
        if page.kind in (Kind.FEED, Kind.SITEMAP):
            named = read_listing(reply.body, reply.url, at=reply.at, content_type=content_type, zone=zone)
            if reply.problem is None or named.problem:
                return named
            return Discovered(
                format=named.format, articles=named.articles, pages=named.pages, problem=reply.problem.detail
            )
        return read_page(reply.body, reply.url, at=reply.at, content_type=content_type)

    if len(reply.body) < PARSE_IN_THREAD_BYTES:
        return read()
    return await asyncio.to_thread(read)


def _find(visit: Visit, article: Named, listing: bool) -> Find:
    return Find(url=article.url, found=article.found, skip=visit.scope.skip(article.url, listing=listing))


# --- Articles -------------------------------------------------------------------------------------


async def _fetch_due(visit: Visit) -> Ended:
    site = visit.site
    most = site.fetch.max_pages
    due = await visit.desk.books.run(frontier.due_urls, site.name, now=datetime.now(UTC), limit=most)
    done: set[str] = set()
    again: list[Due] = []
    visit.queued = len(due)
    for one in due:
        visit.queued -= 1
        if one.url_id not in done and not await _article(visit, one, done, last_try=False):
            again.append(one)
        _tell(visit)
    for one in again:
        await _article(visit, one, done, last_try=True)
    return Ended.BUDGET if len(due) >= most else Ended.DONE


async def _article(visit: Visit, due: Due, done: set[str], *, last_try: bool) -> bool:
    """Fetch one article; False: it failed in a way that a second try, later in this visit, may mend."""
    site = visit.site
    now = datetime.now(UTC)
    ask = Ask(
        url=due.url,
        site=site,
        headers=_conditional(due.etag, due.last_modified),
        max_bytes=site.fetch.max_bytes,
        found=due.found,
        earlier=_earlier(due.url, due.fetched_at, due.digest),
    )
    try:
        reply = await _answer(visit, ask)
        _refuse_redirect_away(due, reply)
        if reply.status == 304 and due.fetched_at is None:
            raise FetchError(Outcome.ODD_STATUS, "answered 304 to a request without conditions")
    except FetchError as error:
        if error.outcome in _SECOND_TRY and not last_try:
            return False
        done.add(due.url_id)
        visit.failed[error.outcome] += 1
        failed = Fetched(
            url_id=due.url_id,
            url=due.url,
            at=now,
            outcome=error.outcome,
            detail=error.detail,
            status=getattr(error, "status", None),
            final=error.outcome not in TRANSIENT and error.outcome is not Outcome.NOT_FOUND,
            gone=error.outcome in (Outcome.NOT_FOUND, Outcome.GONE),
        )
        await visit.desk.promise(failed)
        await _after_failure(visit, error)
        return True
    done.add(due.url_id)
    same = reply.status == 304 or (due.digest is not None and reply.digest == due.digest)
    visit.unchanged += same
    visit.fetched += not same
    for url_id in dict.fromkeys((due.url_id, article_id(reply.url))):
        done.add(url_id)
        await visit.desk.promise(
            Fetched(
                url_id=url_id,
                url=reply.url,
                at=reply.at,
                outcome=Outcome.NOT_MODIFIED if same else Outcome.FETCHED,
                status=reply.status,
                etag=reply.header("ETag"),
                last_modified=reply.header("Last-Modified"),
                digest=reply.digest if reply.status != 304 else None,
            )
        )
    if visit.desk.deliver is not None and not same:
        await visit.desk.deliver(site, _capture(reply, site, due.found))
    return True


def _capture(reply: Reply, site: Site, found: Found | None) -> Capture:
    return Capture(
        url=reply.url,
        fetched_at=reply.at,
        status=reply.status,
        headers=reply.headers,
        body=reply.body,
        site=site.name,
        found=found,
    )


def _refuse_redirect_away(due: Due, reply: Reply) -> None:
    """An article that now leads to the home page or a listing is gone, whatever the status says."""
    if reply.url != due.url and is_listing(reply.url) and not is_listing(due.url):
        raise FetchError(Outcome.GONE, f"redirects to {reply.url}, which is no article")


# --- Requests -------------------------------------------------------------------------------------


class StatusError(FetchError):
    """An answer whose status says no."""

    def __init__(self, outcome: Outcome, detail: str, status: int, wait_seconds: float | None) -> None:
        super().__init__(outcome, detail)
        self.status = status
        self.wait_seconds = wait_seconds


async def _answer(visit: Visit, ask: Ask) -> Reply:
    """Ask, follow redirects, wait once where the host asks for a short while. Raises FetchError."""
    for tries in range(1, TRIES + 1):
        reply = await _follow(visit, ask)
        outcome = of_status(reply.status)
        if outcome in (Outcome.FETCHED, Outcome.NOT_MODIFIED):
            await _welcomed(visit)
            if reply.problem is not None and not ask.prefix:
                raise reply.problem
            return reply
        wait = _retry_after(reply)
        if outcome in BLOCKING and wait is not None and wait <= SHORT_WAIT_SECONDS and tries < TRIES:
            log.info("%s: %s asks to wait %g s (%d)", visit.site.name, reply.url, wait, reply.status)
            await asyncio.sleep(wait)
            continue
        break
    raise StatusError(outcome, f"{reply.url} answered {reply.status}", reply.status, wait)


async def _follow(visit: Visit, ask: Ask) -> Reply:
    seen = [ask.url]
    while True:
        reply = await visit.desk.fetch(ask)
        location = reply.header("Location")
        if reply.status not in (301, 302, 303, 307, 308) or not location:
            return reply
        try:
            target = urljoin(ask.url, location.strip()).partition("#")[0]
        except ValueError as error:
            raise FetchError(Outcome.BAD_REDIRECT, f"to {location[:200]!r}: {error}") from error
        if not re.match(r"https?://[^/]", target, re.IGNORECASE):
            raise FetchError(Outcome.BAD_REDIRECT, f"to {location[:200]!r}, which is no web address")
        if target in seen:
            raise FetchError(Outcome.BAD_REDIRECT, f"in a circle: {target} was asked before")
        if len(seen) > MAX_REDIRECTS:
            raise FetchError(Outcome.BAD_REDIRECT, f"more than {MAX_REDIRECTS} redirects from {ask.url}")
        seen.append(target)
        # validators belong to the address they came from
        ask = Ask(
            url=target,
            site=ask.site,
            max_bytes=ask.max_bytes,
            prefix=ask.prefix,
            found=ask.found,
            earlier=ask.earlier,
        )


async def _welcomed(visit: Visit) -> None:
    visit.answered += 1
    visit.refusals = visit.silences = 0
    if visit.held is not None:
        visit.held = None
        await visit.desk.books.run(frontier.hold, origin_of(visit.site.home), None)


async def _after_failure(visit: Visit, error: FetchError) -> None:
    """Count refusals and silences in a row, and leave a host that does not want us or does not answer."""
    visit.refusals = visit.refusals + 1 if error.outcome in BLOCKING else 0
    visit.silences = visit.silences + 1 if error.outcome in _UNANSWERED else 0
    if visit.silences >= DEAD_AFTER:
        raise _Leave(
            Ended.UNREACHABLE, f"{DEAD_AFTER} requests in a row without an answer, the last: {error}"
        )
    wait = getattr(error, "wait_seconds", None) or 0.0
    if visit.refusals < STRIKES and wait <= SHORT_WAIT_SECONDS:
        return
    if error.outcome not in BLOCKING:
        return
    strikes = (visit.held.strikes if visit.held else 0) + 1
    hold = min(max(FIRST_HOLD * 2 ** (strikes - 1), timedelta(seconds=min(wait, 1e6))), LONGEST_HOLD)
    held = Hold(until=datetime.now(UTC) + hold, strikes=strikes, detail=error.detail)
    await visit.desk.books.run(frontier.hold, origin_of(visit.site.home), held)
    raise _Leave(Ended.BLOCKED, f"{error.detail}; left alone until {held.until:%Y-%m-%d %H:%M} UTC")


def _retry_after(reply: Reply) -> float | None:
    """Seconds of a Retry-After, in either of its forms."""
    value = (reply.header("Retry-After") or "").strip()
    if value.isdecimal():
        return float(min(int(value[:9]), 10**6))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _conditional(etag: str | None, last_modified: str | None) -> tuple[tuple[str, str], ...]:
    pairs = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
    return tuple((name, value) for name, value in pairs if value)


def _earlier(url: str, at: datetime | None, digest: str | None) -> Earlier | None:
    return Earlier(url=url, fetched_at=at, digest=digest) if at is not None else None


def _tell(visit: Visit, *, last: bool = False) -> None:
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
