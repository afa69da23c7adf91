"""The next pages of an article, fetched right after the first: parts of it, and never articles of their own."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime

from articles.model import Found
from articles.paging import next_page_in
from articles.urls import article_id, url_key
from spiders.asking import after_failure, answer
from spiders.desk import Ask, Reply, Visit
from spiders.outcome import SECOND_TRY, TRANSIENT, FetchError, Outcome
from spiders.wire import conditional
from storage.state.frontier import known
from storage.state.frontier.fetching import Fetched
from storage.state.frontier.known import Find

log = logging.getLogger(__name__)

MAX_PAGES = 30
"""Of one article, the first included."""
PARSE_IN_THREAD_BYTES = 200_000


@dataclass(slots=True)
class Further:
    """What came of the further pages of an article."""

    replies: list[Reply] = field(default_factory=list)
    whole: bool = False
    """No page is missing that another day may bring."""


async def further_pages(visit: Visit, first: Reply, done: set[str], further: Further) -> None:
    """Fetch page after page as long as each names the next, into `further`; their ids are added to `done`.

    All of them go into one segment with the first page, so that they can be joined when it is read. One that
    fails ends it. Raises Leave where the host has had enough of us.
    """
    seen = {url_key(first.url)}
    target = await _next(first)
    if target is None:
        further.whole = True
        return
    with visit.desk.together():
        while target is not None and url_key(target) not in seen and len(seen) < MAX_PAGES:
            if not visit.scope.holds(target):
                break
            seen.add(url_key(target))
            found = Found(via=first.url, found_at=datetime.now(UTC), part_of=first.url)
            find = Find(url=target, found=found, skip=Outcome.PART)
            await visit.desk.books.run(known.add_part, visit.site.name, find)
            done.add(article_id(target))
            reply, lasting = await _fetch(visit, target, found, number=len(seen))
            if reply is None:
                further.whole = lasting
                return
            seen.add(url_key(reply.url))
            further.replies.append(reply)
            target = await _next(reply)
    further.whole = True


async def has_changed(visit: Visit, url: str) -> bool:
    """Whether a later page of an article, whose first page is at `url` and as it was, is another than it was.

    Asked for conditionally, one after the other, up to the first that is. Raises Leave.
    """
    for part in await visit.desk.books.run(known.parts_of, url):
        found = Found(via=url, found_at=datetime.now(UTC), part_of=url)
        ask = Ask(
            url=part.url,
            site=visit.site,
            headers=conditional(part.etag, part.last_modified),
            max_bytes=visit.site.fetch.max_bytes,
            found=found,
            article=True,
        )
        try:
            reply = await answer(visit, ask)
        except FetchError as error:
            visit.failed[error.outcome] += 1
            await after_failure(visit, error)
            return False
        if reply.status != 304 and reply.digest != part.digest:
            log.info("%s: %s is as it was, and its page %s is not", visit.site.name, url, part.url)
            return True
    return False


async def _fetch(visit: Visit, url: str, found: Found, *, number: int) -> tuple[Reply | None, bool]:
    """A further page; or None, and whether it will be missing another day too."""
    site, what = visit.site, f"page {number} of {found.part_of}"
    ask = Ask(url=url, site=site, max_bytes=site.fetch.max_bytes, found=found, article=True)
    try:
        try:
            reply = await answer(visit, ask)
        except FetchError as error:
            if error.outcome not in SECOND_TRY:
                raise
            reply = await answer(visit, ask)
    except FetchError as error:
        log.info("%s: %s cannot be had, and the article ends before it: %s", site.name, what, error)
        visit.failed[error.outcome] += 1
        await _record(visit, url, error.outcome, getattr(error, "status", None), f"{what}: {error.detail}")
        await after_failure(visit, error)
        return None, error.outcome not in TRANSIENT or error.outcome is Outcome.ROBOTS
    await _record(visit, url, Outcome.PART, reply.status, what, reply)
    return reply, True


async def _record(
    visit: Visit, url: str, outcome: Outcome, status: int | None, detail: str, reply: Reply | None = None
) -> None:
    await visit.desk.promise(
        Fetched(
            url_id=article_id(url),
            url=url,
            at=datetime.now(UTC),
            outcome=outcome,
            status=status,
            detail=detail,
            etag=reply.header("ETag") if reply else None,
            last_modified=reply.header("Last-Modified") if reply else None,
            digest=reply.digest if reply else None,
            part=True,
        )
    )


async def _next(reply: Reply) -> str | None:
    if not 200 <= reply.status < 300:
        return None
    content_type = reply.header("Content-Type")
    if len(reply.body) < PARSE_IN_THREAD_BYTES:
        return next_page_in(reply.body, reply.url, content_type)
    return await asyncio.to_thread(next_page_in, reply.body, reply.url, content_type)
