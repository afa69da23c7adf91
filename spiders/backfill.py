"""What a site published between two days: its sitemaps and dated archive pages of that span, newest first.

Sitemaps are taken by the date in their address, else by the date their index gives them; archive pages are those
that the seed's `archives` patterns make. Each is looked at once: what a run has no time for is looked at by the
next. Articles come into the frontier like all others; a run fetches those of the span, the rest stays due.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from articles.zones import clock_of
from spiders.desk import Visit
from spiders.looking import MAX_DEPTH, arrive, depth_of, guess_sitemap, look, looked_enough
from spiders.periods import Span, addresses, span_in
from storage.state.frontier import polled
from storage.state.frontier.polled import Kind, Page

MAX_LOOKS = 2_000
"""Sitemaps and archive pages in one run."""
MAX_ADDED = 20
"""Further pages of one archive page, each named by the one before."""

_DONE = frozenset({"fetched", "not_modified", "not_found", "gone"})


async def look_back(visit: Visit, span: Span) -> int:
    """Look at every sitemap and archive page of the span that was not yet; how many are left. Raises Leave."""
    site, books, zone = visit.site, visit.desk.books, clock_of(visit.site)
    await arrive(visit)
    declared = [(url, Kind.ARCHIVE, one, None) for one in site.archives for url in addresses(one, span, zone)]
    now = datetime.now(UTC)
    await books.run(polled.add_pages, site.name, declared, now=now, interval_seconds=site.every_seconds)
    if not any(page.kind is Kind.SITEMAP for page in await books.run(polled.pages, site.name)):
        await guess_sitemap(visit)
    looked: set[str] = set()
    while waiting := _waiting(await books.run(polled.pages, site.name), span, zone, looked):
        for page in waiting:
            if looked_enough(visit, looked, MAX_LOOKS):
                return sum(page.url not in looked for page in waiting)
            await look(visit, page, looked, now_or_never=True)
    return 0


def _waiting(known: list[Page], span: Span, zone: ZoneInfo, looked: set[str]) -> list[Page]:
    """Pages of the span that are to be looked at, the newest first."""
    by_url = {page.url: page for page in known}
    now = datetime.now(UTC)
    waiting = []
    for page in known:
        if page.url in looked or page.kind not in (Kind.SITEMAP, Kind.ARCHIVE):
            continue
        if page.outcome in _DONE and (page.kind is Kind.ARCHIVE or (page.next_at and page.next_at > now)):
            continue
        if page.checked_at and page.outcome not in _DONE and page.next_at and page.next_at > now:
            continue  # it failed, and is left alone for a while
        deepest = MAX_ADDED if page.kind is Kind.ARCHIVE else MAX_DEPTH
        if _may_hold(page, span, zone) and depth_of(page, by_url, page.kind) <= deepest:
            waiting.append(page)
    waiting.sort(key=lambda page: _newest(page, zone), reverse=True)
    return waiting


def _may_hold(page: Page, span: Span, zone: ZoneInfo) -> bool:
    named = span_in(page.url, zone)
    if named is not None:
        return named.meets(span)
    # whatever a sitemap names was published before the sitemap last changed
    return page.announced_at is None or page.announced_at >= span.since


def _newest(page: Page, zone: ZoneInfo) -> float:
    named = span_in(page.url, zone)
    moment = named.until if named else page.announced_at
    return moment.timestamp() if moment else float("inf")  # an index comes before what it may name
