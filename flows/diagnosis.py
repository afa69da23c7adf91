"""Why a site yields nothing where its seed expects something. Needs no Prefect.

A site is silent when nothing new was named for a day (or ever), or when what was fetched reads like no
article. That is a failure, and never just a row of zeros: it has one of a few causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from articles.model import Reason, Site
from flows.report import Cause, Diagnosis, Tally, counted
from spiders.events import Ended, SiteDone
from spiders.outcome import BLOCKING
from storage.state.database import Database
from storage.state.frontier import polled
from storage.state.frontier.polled import Kind, Page

SILENT_AFTER = timedelta(days=1)
"""`expect` counts articles a day."""
MIN_FETCHED = 3
"""So many pages fetched as articles, of which none is one, are no accident."""

_OF_NO_ARTICLE = frozenset(
    {
        Reason.ROBOTS_TXT,
        Reason.FEED,
        Reason.SITEMAP,
        Reason.REDIRECT,
        Reason.NOT_HTML,
        Reason.PART,
        Reason.STATUS,
    }
)
"""Reasons that tell nothing of how the articles of a site read."""
_LISTINGS = (Kind.FEED, Kind.SITEMAP)


def diagnose_site(
    database: Database, site: Site, done: SiteDone | None, tally: Tally, *, now: datetime
) -> Diagnosis | None:
    """Diagnose one site after its crawl. Raises DatabaseError."""
    if done is None or site.expect is None or site.expect.min < 1:
        return None
    with database.transaction() as connection:
        pages = polled.pages(connection, site.name)
    return diagnose(done, tally, pages, now=now)


def diagnose(done: SiteDone, tally: Tally, pages: Sequence[Page], *, now: datetime) -> Diagnosis | None:
    """Why a site that should have brought articles brought none; None: it did, or may yet.

    `pages` are those the crawl polls for links, as they were left by this visit.
    """
    named_at = max((page.changed_at for page in pages if page.changed_at), default=None)
    unread = done.fetched >= MIN_FETCHED and not tally.stored and _read_like_none(tally) >= done.fetched
    silent = done.new == 0 and (named_at is None or now - named_at >= SILENT_AFTER)
    if not silent and not unread:
        return None
    since = f"nothing new since {named_at:%Y-%m-%d %H:%M} UTC" if named_at else "nothing was ever found"
    cause, what = _cause(done, tally, pages, named_at, unread=unread)
    return Diagnosis(site=done.site, cause=cause, sentence=f"{what} ({since})" if silent else what)


def _read_like_none(tally: Tally) -> int:
    return sum(number for reason, number in tally.rejected.items() if reason not in _OF_NO_ARTICLE)


def _cause(
    done: SiteDone, tally: Tally, pages: Sequence[Page], named_at: datetime | None, *, unread: bool
) -> tuple[Cause, str]:
    refused = sum(done.failed.get(outcome, 0) for outcome in BLOCKING)
    if done.ended is Ended.BLOCKED or (refused and refused >= sum(done.failed.values()) and not done.fetched):
        said = next(
            (page.detail for page in pages if page.outcome in BLOCKING), f"{refused} refused requests"
        )
        return Cause.BLOCKED, f"the host refuses us: {done.detail or said}"
    if done.ended is Ended.ROBOTS:
        return Cause.ROBOTS, f"robots.txt forbids it: {done.detail or 'the home page, or all of the site'}"
    if done.ended is Ended.UNREACHABLE:
        return Cause.UNREACHABLE, f"nothing answers: {done.detail or _told(done.failed)}"
    if walls := tally.rejected.get(Reason.CHALLENGE, 0):
        return Cause.BLOCKED, f"a bot wall stands in place of {_pages(walls)}"
    if asked := tally.rejected.get(Reason.CONSENT, 0):
        return Cause.CONSENT, f"a consent page stands in place of {_pages(asked)}"
    if unread:
        reasons = _told(
            {str(reason): n for reason, n in tally.rejected.items() if reason not in _OF_NO_ARTICLE}
        )
        return (
            Cause.LAYOUT,
            f"of {counted(done.fetched, 'page')} fetched none reads like an article: {reasons}",
        )
    return _of_pages(pages, named_at)


def _of_pages(pages: Sequence[Page], named_at: datetime | None) -> tuple[Cause, str]:
    """The cause as it shows in the pages that should name articles."""
    for page in pages:
        if page.kind in _LISTINGS and page.via == "seed" and not _answers(page):
            return (
                Cause.MOVED,
                f"the {page.kind} {page.url} is not there any more: {page.detail or page.outcome}",
            )
    looked = [page for page in pages if page.kind not in _LISTINGS and page.outcome == "fetched"]
    if not named_at:
        missing = "no feed, no sitemap, and no link that looks like an article's"
        return Cause.LAYOUT, f"the pages that answered name no article: {missing}"
    # a listing of today that answers is believed; without one the links of the pages are all there is
    listings = [page for page in pages if page.kind in _LISTINGS and _answers(page) and page.entries]
    if not listings and looked and not any(page.entries for page in looked):
        return Cause.LAYOUT, f"{looked[0].url} answers, and no link on it looks like an article's any more"
    broken = next((page for page in pages if page.kind in _LISTINGS and not _answers(page)), None)
    if not listings and broken is not None:
        return (
            Cause.MOVED,
            f"the {broken.kind} {broken.url} is not there any more: {broken.detail or broken.outcome}",
        )
    return Cause.QUIET, "everything answers as before, and names nothing new"


def _answers(page: Page) -> bool:
    """Whether a feed or sitemap is what it was: also where an HTML page came in its place it is not."""
    return page.outcome == "not_modified" or (
        page.outcome == "fetched" and not (page.entries == 0 and page.detail is not None)
    )


def _pages(number: int) -> str:
    return "a page" if number == 1 else f"{number} pages"


def _told(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(numbers.items(), key=lambda one: -one[1]))
