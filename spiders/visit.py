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
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from articles.model import Capture, Found, Site
from articles.paging import page_number
from articles.urls import article_id
from articles.zones import clock_of
from spiders.asking import UNANSWERED, after_failure, answer, earlier_capture
from spiders.backfill import look_back
from spiders.desk import Ask, Desk, Leave, Reply, Visit, tell
from spiders.events import Ended
from spiders.further import Further, further_pages, has_changed
from spiders.links import is_listing
from spiders.looking import look_around
from spiders.outcome import BLOCKING, SECOND_TRY, TRANSIENT, FetchError, Outcome
from spiders.periods import Span, span_of_days
from spiders.scope import scope_of
from spiders.wire import conditional
from storage.state.frontier import fetching, polled
from storage.state.frontier.fetching import Due, Fetched
from storage.state.frontier.polled import Page

log = logging.getLogger(__name__)

AT_HAND = 50
"""Articles whose particulars are read from the database at a time."""


def _why_nothing(outcomes: set[str]) -> Ended:
    """What a visit came to in which no request came to anything."""
    if outcomes & BLOCKING:
        return Ended.BLOCKED
    if Outcome.ROBOTS in outcomes:
        return Ended.ROBOTS
    return Ended.UNREACHABLE if outcomes & (UNANSWERED | {Outcome.PRIVATE_ADDRESS}) else Ended.DONE


def begin(site: Site, desk: Desk) -> Visit:
    """A visit that has not begun."""
    return Visit(site=site, desk=desk, scope=scope_of(site))


async def carry_out(visit: Visit) -> None:
    """Look and fetch until all that is due is done, or something ends the visit."""
    try:
        async with asyncio.timeout_at(visit.desk.deadline):
            span = visit.desk.span and span_of_days(*visit.desk.span, clock_of(visit.site))
            left = 0
            if span is None:
                await look_around(visit)
            else:
                left = await look_back(visit, span)
            visit.ended = await _fetch_due(visit, span)
            if left:
                visit.ended, visit.detail = (
                    Ended.BUDGET,
                    f"{left} sitemaps and archive pages are left: run it again",
                )
    except TimeoutError:
        visit.ended, visit.detail = Ended.DEADLINE, "the time of the job was over; what is left stays due"
    except Leave as leave:
        visit.ended, visit.detail = leave.ended, leave.detail
    if visit.ended is Ended.DONE and not visit.answered:
        visit.ended = _why_nothing(set(visit.failed))
    tell(visit, last=True)


async def explore(visit: Visit) -> list[Page]:
    """Look at home, feeds, sitemaps and sections and fetch no article: every page that names articles.

    Raises FetchError where the site as a whole cannot be looked at.
    """
    visit.desk = replace(visit.desk, look_until=visit.desk.deadline)  # no time is to be left for articles
    try:
        async with asyncio.timeout_at(visit.desk.deadline):
            await look_around(visit)
    except TimeoutError:
        log.warning("%s: not all of it was looked at in time", visit.site.name)
    except Leave as leave:
        raise FetchError(Outcome.FORBIDDEN, leave.detail) from leave
    return await visit.desk.books.run(polled.pages, visit.site.name)


async def fetch_one(visit: Visit, url: str, found: Found | None = None) -> tuple[Capture, ...]:
    """Fetch one article with its further pages, due or not. Raises FetchError."""
    ask = Ask(url=url, site=visit.site, max_bytes=visit.site.fetch.max_bytes, found=found, article=True)
    first = await answer(visit, ask)
    further = Further()
    with suppress(Leave):  # the article ends before the page that was refused
        await further_pages(visit, first, set(), further)
    return tuple(_capture(page, visit.site, found) for page in (first, *further.replies))


# --- Articles -------------------------------------------------------------------------------------


async def _fetch_due(visit: Visit, span: Span | None = None) -> Ended:
    site = visit.site
    most = site.fetch.max_pages
    keys = await visit.desk.books.run(
        fetching.due_keys,
        site.name,
        now=datetime.now(UTC),
        limit=most,
        since=span.since if span else None,
        until=span.until if span else None,
    )
    # first pages fetch those that follow them: what looks like a later page may be one of these
    keys.sort(key=lambda key: page_number(key[1]) > 1)
    # of what waits only the ids are held: hundreds of sites may have thousands of articles each
    due = [url_id for url_id, _ in keys]
    del keys
    done: set[str] = set()
    again: list[Due] = []
    visit.queued = len(due)
    for start in range(0, len(due), AT_HAND):
        for one in await visit.desk.books.run(fetching.due_of, due[start : start + AT_HAND]):
            visit.queued -= 1
            if one.url_id not in done and not await _article(visit, one, done, last_try=False):
                again.append(one)
            tell(visit)
    for one in again:
        await _article(visit, one, done, last_try=True)
    if len(due) < most:
        return Ended.DONE
    if span is not None:
        visit.detail = (
            f"{most} articles fetched, as many as one run may; run it again for the others of the range"
        )
    return Ended.BUDGET


async def _article(visit: Visit, due: Due, done: set[str], *, last_try: bool) -> bool:
    """Fetch one article; False: it failed in a way that a second try, later in this visit, may mend."""
    site = visit.site
    now = datetime.now(UTC)
    ask = Ask(
        url=due.url,
        site=site,
        headers=conditional(due.etag, due.last_modified),
        max_bytes=site.fetch.max_bytes,
        found=due.found,
        earlier=earlier_capture(due.url, due.fetched_at, due.digest),
        article=True,
    )
    try:
        reply = await answer(visit, ask)
        _refuse_redirect_away(due, reply)
        same = reply.status == 304 or (due.digest is not None and reply.digest == due.digest)
        if same and await has_changed(visit, reply.url):
            # all of it again, so that one segment holds it whole
            reply, same = await answer(visit, replace(ask, headers=(), earlier=None)), False
    except FetchError as error:
        if error.outcome in SECOND_TRY and not last_try:
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
            final=error.outcome not in TRANSIENT and not _to_be_confirmed(due, error),
            gone=error.outcome in (Outcome.NOT_FOUND, Outcome.GONE),
        )
        await visit.desk.promise(failed)
        await after_failure(visit, error)
        return True
    done.add(due.url_id)
    visit.unchanged += same
    visit.fetched += not same
    further = Further()
    with visit.desk.together():
        try:
            if not same:
                await further_pages(visit, reply, done, further)
        finally:
            await _promise(visit, due, reply, done, same=same, incomplete=not same and not further.whole)
    if visit.desk.deliver is not None and not same:
        await visit.desk.deliver(tuple(_capture(page, site, due.found) for page in (reply, *further.replies)))
    return True


async def _promise(
    visit: Visit, due: Due, reply: Reply, done: set[str], *, same: bool, incomplete: bool
) -> None:
    """Have an article recorded as fetched; an incomplete one is asked for again soon, with all of its pages."""
    for url_id in dict.fromkeys((due.url_id, article_id(reply.url))):
        done.add(url_id)
        await visit.desk.promise(
            Fetched(
                url_id=url_id,
                url=reply.url,
                at=reply.at,
                outcome=Outcome.NOT_MODIFIED if same else Outcome.FETCHED,
                status=reply.status,
                detail="a further page could not be had" if incomplete else None,
                etag=None if incomplete else reply.header("ETag"),
                last_modified=None if incomplete else reply.header("Last-Modified"),
                digest=None if incomplete or reply.status == 304 else reply.digest,
                incomplete=incomplete,
            )
        )


def _capture(reply: Reply, site: Site, found: Found | None) -> Capture:
    return Capture(
        url=reply.url,
        fetched_at=reply.at,
        status=reply.status,
        headers=reply.headers,
        body=reply.body,
        site=site.name,
        found=found,
        terms=reply.terms,
    )


def _to_be_confirmed(due: Due, error: FetchError) -> bool:
    """Whether it may be a hiccup: a 404, or an article of ours that suddenly leads to a listing."""
    away = error.outcome is Outcome.GONE and getattr(error, "status", None) is None
    return error.outcome is Outcome.NOT_FOUND or (away and due.fetched_at is not None)


def _refuse_redirect_away(due: Due, reply: Reply) -> None:
    """An article that now leads to the home page or a listing is gone, whatever the status says."""
    if reply.url != due.url and is_listing(reply.url) and not is_listing(due.url):
        raise FetchError(Outcome.GONE, f"redirects to {reply.url}, which is no article")
