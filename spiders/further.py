"""The next pages of an article, fetched right after the first: parts of it, and never articles of their own."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from articles.model import Found
from articles.paging import next_page_in
from articles.urls import article_id, url_key
from spiders.asking import after_failure, answer
from spiders.desk import Ask, Reply, Visit
from spiders.outcome import FetchError, Outcome
from storage.state.frontier import known
from storage.state.frontier.fetching import Fetched
from storage.state.frontier.known import Find

log = logging.getLogger(__name__)

MAX_PAGES = 30
"""Of one article, the first included."""
PARSE_IN_THREAD_BYTES = 200_000


async def further_pages(visit: Visit, first: Reply, done: set[str]) -> list[Reply]:
    """Fetch page after page as long as each names the next; those that came. Their ids are added to `done`.

    All of them go into one segment with the first page, so that they can be joined when it is read. One that
    fails ends it. Raises Leave where the host has had enough of us.
    """
    replies: list[Reply] = []
    seen = {url_key(first.url)}
    target = await _next(first)
    if target is None:
        return replies
    with visit.desk.together():
        while target is not None and url_key(target) not in seen and len(seen) < MAX_PAGES:
            if not visit.scope.holds(target):
                break
            seen.add(url_key(target))
            found = Found(via=first.url, found_at=datetime.now(UTC), part_of=first.url)
            await visit.desk.books.run(
                known.add_finds,
                visit.site.name,
                [Find(url=target, found=found, skip=Outcome.PART)],
                now=found.found_at,
            )
            reply = await _fetch(visit, target, found, number=len(seen))
            done.add(article_id(target))
            if reply is None:
                break
            seen.add(url_key(reply.url))
            replies.append(reply)
            target = await _next(reply)
    return replies


async def _fetch(visit: Visit, url: str, found: Found, *, number: int) -> Reply | None:
    site, what = visit.site, f"page {number} of {found.part_of}"
    ask = Ask(url=url, site=site, max_bytes=site.fetch.max_bytes, found=found, article=True)
    try:
        reply = await answer(visit, ask)
    except FetchError as error:
        log.info("%s: %s cannot be had, and the article ends before it: %s", site.name, what, error)
        visit.failed[error.outcome] += 1
        await _record(visit, url, error.outcome, getattr(error, "status", None), f"{what}: {error.detail}")
        await after_failure(visit, error)
        return None
    await _record(visit, url, Outcome.PART, reply.status, what)
    return reply


async def _record(visit: Visit, url: str, outcome: Outcome, status: int | None, detail: str) -> None:
    await visit.desk.promise(
        Fetched(
            url_id=article_id(url),
            url=url,
            at=datetime.now(UTC),
            outcome=outcome,
            status=status,
            detail=detail,
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
