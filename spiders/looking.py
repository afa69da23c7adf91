"""The pages of a site that name articles: which are looked at now, and what is learnt from each look."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from articles.model import Found, Site
from articles.urls import article_id
from articles.zones import clock_of
from spiders.asking import after_failure, answer, earlier_capture
from spiders.desk import Ask, Leave, Reply, Visit, tell
from spiders.discover import MAX_BYTES, Discovered, Named, NamedPage, next_of_listing, read_listing, read_page
from spiders.events import Ended
from spiders.outcome import FetchError, Outcome
from spiders.periods import span_in
from spiders.scope import scope_of
from spiders.traps import MAX_SECTIONS, MAX_SECTIONS_OF_A_SHAPE, room_for, shape_of
from spiders.wire import conditional
from storage.state.database import Connection
from storage.state.frontier import hosts, known, polled
from storage.state.frontier.hosts import origin_of
from storage.state.frontier.known import Find, Tally
from storage.state.frontier.polled import Kind, Look, Page

log = logging.getLogger(__name__)

MAX_LOOKS = 300
"""Pages that name articles looked at in one visit; what is left is due next time."""
MAX_NEW_URLS = 250_000
"""Addresses never seen before that one visit stores, some 200 MB; the rest is named again at the next."""
MAX_COUNTED = 500_000
"""Addresses that a visit tells apart for its report: each takes a hundred bytes until it ends."""
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
    Kind.ARCHIVE: 24 * 3600.0,
}
"""The longest a page that never changes waits; a seed's own `every` may be longer."""
RARE_SECONDS = 3 * 3600.0
"""Least wait between looks at sections of the menu, where feeds and sitemaps name nearly everything."""
PARSE_IN_THREAD_BYTES = 200_000
LARGE_BYTES = 4_000_000
"""Documents from here on are read one at a time: reading takes several times their size in memory."""


async def look_around(visit: Visit) -> None:
    """Look at every page of the site that may name articles and is due. Raises Leave."""
    await arrive(visit)
    site, books = visit.site, visit.desk.books
    looked: set[str] = set()
    known = await books.run(polled.pages, site.name)
    for page in known:
        if page.kind is Kind.HOME:
            await look(visit, page, looked)
    for kinds in ((Kind.FEED,), (Kind.SITEMAP,), (Kind.SECTION,)):
        await _look_at_all(visit, kinds, looked)
        if kinds == (Kind.SITEMAP,) and not await _has_listing(visit):
            await guess_sitemap(visit)
            await _look_at_all(visit, kinds, looked)
    await _look_at_all(visit, (Kind.FEED,), looked)  # those that section pages declare


async def arrive(visit: Visit) -> None:
    """What comes before any look: patience where it was asked for, the seed's pages, robots.txt. Raises Leave."""
    site, books, now = visit.site, visit.desk.books, datetime.now(UTC)
    visit.held = await books.run(hosts.hold_of, origin_of(site.home))
    if visit.held is not None and visit.held.until > now:
        raise Leave(
            Ended.BLOCKED, f"left alone until {visit.held.until:%Y-%m-%d %H:%M} UTC: {visit.held.detail}"
        )
    await books.run(_declare, site, now)
    await _robots(visit)


def _declare(connection: Connection, site: Site, now: datetime) -> None:
    """Make what the seed names, and home, known; forget what it no longer names."""
    declared = [
        (site.home, Kind.HOME),
        *((url, Kind.FEED) for url in site.feeds),
        *((url, Kind.SITEMAP) for url in site.sitemaps),
        *((url, Kind.SECTION) for url in site.sections),
    ]
    named = {url for url, _ in declared}
    for page in polled.pages(connection, site.name):
        if page.via == "seed" and page.url not in named:
            polled.drop_page(connection, site.name, page.url)
    polled.add_pages(
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
    if rules.crawl_delay_seconds is not None and rules.parsed is None:
        raise Leave(Ended.ROBOTS, rules.detail)
    if site.sitemaps:
        return
    await visit.desk.books.run(
        polled.add_pages,
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
        known = await visit.desk.books.run(polled.pages, site.name)
        by_url = {page.url: page for page in known}
        visit.listed = _names_articles(known)
        forced = _forced(visit, known)
        waiting = [
            page
            for page in known
            if page.kind in kinds
            and page.url not in looked
            and (page.url in forced or page.next_at is None or page.next_at <= now)
            and depth_of(page, by_url) <= MAX_DEPTH
        ]
        waiting.sort(key=lambda page: (page.announced_at is None, -_seconds(page.announced_at)))
        for page in waiting:
            if looked_enough(visit, looked, MAX_LOOKS):
                return
            await look(visit, page, looked)
        if not waiting or Kind.SITEMAP not in kinds:
            return


def looked_enough(visit: Visit, looked: set[str], most: int) -> bool:
    """Whether no further page is looked at in this visit: half of its time and of what may come is for articles."""
    desk, name = visit.desk, visit.site.name
    received, late = desk.received(name), asyncio.get_running_loop().time() >= desk.look_until
    if late or received >= desk.max_bytes // 2:
        used = "half of its time" if late else f"{received} bytes"
        log.warning(
            "%s: other pages are looked at by the next run: %s went into those of this one", name, used
        )
        return True
    return len(looked) >= most


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


def depth_of(page: Page, by_url: dict[str, Page], kind: Kind = Kind.SITEMAP) -> int:
    """How many sitemaps (pages of `kind`) stand above a page; a circle counts as too deep."""
    depth = 0
    seen: set[str] = set()
    while page.via in by_url and by_url[page.via].kind is kind:
        if page.url in seen:
            return len(by_url) + MAX_DEPTH + 1
        seen.add(page.url)
        page = by_url[page.via]
        depth += 1
    return depth


def _names_articles(known: list[Page]) -> bool:
    return any(page.kind in (Kind.FEED, Kind.SITEMAP) and page.entries for page in known)


async def _has_listing(visit: Visit) -> bool:
    known = await visit.desk.books.run(polled.pages, visit.site.name)
    return _names_articles(known) or any(page.kind is Kind.SITEMAP for page in known)


async def guess_sitemap(visit: Visit) -> None:
    """Where a site declares nothing, its sitemap is often at the usual place."""
    usual = urljoin(visit.site.home, "/sitemap.xml")
    await visit.desk.books.run(
        polled.add_pages,
        visit.site.name,
        [(usual, Kind.SITEMAP, "usual place", None)],
        now=datetime.now(UTC),
        interval_seconds=visit.site.every_seconds,
    )


async def look(visit: Visit, page: Page, looked: set[str], *, now_or_never: bool = False) -> None:
    """Look at one page, store what it names and when to look again; `now_or_never`: due or not."""
    tell(visit)
    site, books = visit.site, visit.desk.books
    now = datetime.now(UTC)
    due = page.next_at is None or page.next_at <= now
    if page.url in looked or not (due or now_or_never or _all_now(visit)):
        return
    looked.add(page.url)
    try:
        reply = await answer(visit, _asked(page, site, now))
    except FetchError as error:
        visit.failed[error.outcome] += 1
        failed = Look(
            site=site.name, url=page.url, at=now, outcome=error.outcome, changed=False, detail=error.detail
        )
        await books.run(polled.looked, failed, **_waits(visit, page))
        await after_failure(visit, error)
        return
    if reply.status == 304 or reply.digest == page.digest:
        same = Look(
            site=site.name,
            url=page.url,
            at=reply.at,
            outcome=Outcome.NOT_MODIFIED,
            changed=False,
            status=reply.status,
        )
        await books.run(polled.looked, same, **_waits(visit, page))
        return
    await _take_in(visit, page, reply)
    tell(visit)


def _asked(page: Page, site: Site, now: datetime) -> Ask:
    """The request for a page that names articles: of a feed or sitemap the beginning is of use too."""
    listing = page.kind in (Kind.FEED, Kind.SITEMAP)
    return Ask(
        url=page.url,
        site=site,
        headers=conditional(page.etag, page.last_modified),
        max_bytes=MAX_BYTES if listing else site.fetch.max_bytes,
        prefix=listing,
        found=Found(via=page.via or "seed", found_at=now, listing=True),
        earlier=earlier_capture(page.url, page.checked_at, page.digest),
    )


def _waits(visit: Visit, page: Page) -> dict[str, float]:
    """The shortest and the longest wait for the next look at a page."""
    floor = float(visit.site.every_seconds)
    if page.kind is Kind.SECTION and page.via != "seed" and visit.listed:
        floor = max(6 * floor, RARE_SECONDS)
    return {"floor_seconds": floor, "ceiling_seconds": max(CEILING_SECONDS[page.kind], floor)}


async def _take_in(visit: Visit, page: Page, reply: Reply) -> None:
    """Read a page and store what it names."""
    named = await _read(visit, page, reply)
    if named.problem:
        log.warning("%s: %s: %s", visit.site.name, page.url, named.problem)
    finds = [_find(visit, article, page) for article in named.articles]
    if len(visit.found) < MAX_COUNTED:
        visit.found.update(article_id(find.url) for find in finds if find.skip is None)
    tally = await visit.desk.books.run(
        _store,
        visit.site,
        page,
        reply,
        named,
        finds,
        visit.shapes,
        room=max(MAX_NEW_URLS - visit.stored, 0),
        **_waits(visit, page),
    )
    visit.new += tally.new
    visit.stored += tally.stored
    if tally.left:
        log.warning("%s: %s: %s", visit.site.name, page.url, _left(tally))


def _store(
    connection: Connection,
    site: Site,
    page: Page,
    reply: Reply,
    named: Discovered,
    finds: list[Find],
    shapes: Counter[str],
    *,
    room: int,
    floor_seconds: float,
    ceiling_seconds: float,
) -> Tally:
    """In one transaction: what a page named, and the validators that would hide it from the next look."""
    tally = known.add_finds(connection, site.name, finds, now=reply.at, shapes=shapes, room=room)
    pages = [
        other
        for other in named.pages
        if other.url != page.url and len(other.url) <= 2000 and scope_of(site).holds(other.url)
    ]
    taken = {other.url for other in pages}
    if any(other.kind is Kind.SECTION for other in pages):
        taken = _bounded(pages, polled.pages(connection, site.name))
    left = [
        Find(url=other.url, found=Found(via=page.url, found_at=reply.at), skip=Outcome.TRAP)
        for other in pages
        if other.url not in taken
    ]
    known.add_finds(connection, site.name, left, now=reply.at)
    polled.add_pages(
        connection,
        site.name,
        [(other.url, other.kind, page.url, other.modified_at) for other in pages if other.url in taken],
        now=reply.at,
        interval_seconds=site.every_seconds,
    )
    problem = f"{named.problem}; {_left(tally)}" if named.problem and tally.left else named.problem
    problem = problem or (_left(tally) if tally.left else None)
    # a document that was cut or broken, or not all of whose addresses were taken, is read in full next time
    whole = problem is None
    look = Look(
        site=site.name,
        url=page.url,
        at=reply.at,
        outcome=Outcome.FETCHED,
        changed=tally.new + tally.again > 0,
        status=reply.status,
        detail=problem,
        etag=reply.header("ETag") if whole else None,
        last_modified=reply.header("Last-Modified") if whole else None,
        digest=reply.digest if whole else None,
        entries=len(named.articles) + (len(named.pages) if page.kind in (Kind.FEED, Kind.SITEMAP) else 0),
    )
    polled.looked(connection, look, floor_seconds=floor_seconds, ceiling_seconds=ceiling_seconds)
    return tally


def _left(tally: Tally) -> str:
    return f"{tally.left} addresses are left for the next visit: one takes {MAX_NEW_URLS} new ones"


def _bounded(named: list[NamedPage], known: list[Page]) -> set[str]:
    """Which of the pages named are polled: of sections no more than a paper has, and few of one shape."""
    taken = {page.url for page in known}
    sections = [page.url for page in known if page.kind is Kind.SECTION]
    shapes = Counter(filter(None, map(shape_of, sections)))
    number = len(sections)
    for page in named:
        if page.url in taken:
            continue
        if page.kind is Kind.SECTION:
            shape = shape_of(page.url)
            if number >= MAX_SECTIONS or (shape and shapes[shape] >= MAX_SECTIONS_OF_A_SHAPE):
                continue
            number += 1
            if shape:
                shapes[shape] += 1
        taken.add(page.url)
    return taken


async def _read(visit: Visit, page: Page, reply: Reply) -> Discovered:
    content_type = reply.header("Content-Type")
    zone = clock_of(visit.site)

    def read() -> Discovered:
        if page.kind in (Kind.FEED, Kind.SITEMAP):
            named = read_listing(reply.body, reply.url, at=reply.at, content_type=content_type, zone=zone)
            if reply.problem is None or named.problem:
                return named
            return Discovered(
                format=named.format, articles=named.articles, pages=named.pages, problem=reply.problem.detail
            )
        named = read_page(reply.body, reply.url, at=reply.at, content_type=content_type)
        if page.kind is not Kind.ARCHIVE:
            return named
        # the menu of an archive page is the home page's; all that it adds is its own next page
        further = next_of_listing(reply.body, reply.url, content_type)
        same_days = further is not None and span_in(further, zone) == span_in(reply.url, zone)
        pages = (NamedPage(url=further, kind=Kind.ARCHIVE),) if further and same_days else ()
        return Discovered(format=named.format, articles=named.articles, pages=pages, problem=named.problem)

    packed = reply.body.startswith(b"\x1f\x8b")  # may be two hundred times as long
    if len(reply.body) < PARSE_IN_THREAD_BYTES and not packed:
        return read()
    if len(reply.body) < LARGE_BYTES and not packed:
        return await asyncio.to_thread(read)
    async with visit.desk.large:
        return await asyncio.to_thread(read)


def _find(visit: Visit, article: Named, page: Page) -> Find:
    listing = page.kind in (Kind.FEED, Kind.SITEMAP)
    skip = visit.scope.skip(article.url, listing=listing)
    shape = None if listing or page.kind is Kind.ARCHIVE else shape_of(article.url)
    room = room_for(shape) if shape else 0
    dated_at = article.found.published_at or _dated(visit, article, page)
    return Find(url=article.url, found=article.found, skip=skip, dated_at=dated_at, shape=shape, room=room)


def _dated(visit: Visit, article: Named, page: Page) -> datetime | None:
    """When an article was published, where nobody says: by its address, its archive page, its last change."""
    zone = clock_of(visit.site)
    named = span_in(article.url, zone) or (span_in(page.url, zone) if page.kind is Kind.ARCHIVE else None)
    if named is not None and named.until - named.since < timedelta(days=40):
        return min(named.since, article.found.found_at)
    return article.found.modified_at
