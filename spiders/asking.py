"""Requests of a visit: redirects followed, short waits waited, hosts that refuse or are silent left alone."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from spiders.desk import Ask, Leave, Reply, Visit
from spiders.events import Ended
from spiders.guard import redirect_target
from spiders.outcome import BLOCKING, FetchError, Outcome, of_status
from storage.state.frontier import hosts
from storage.state.frontier.hosts import Hold, origin_of
from storage.warc import Earlier

log = logging.getLogger(__name__)

MAX_REDIRECTS = 10
SHORT_WAIT_SECONDS = 30.0
"""A Retry-After up to this is waited for; a longer one ends the visit."""
STRIKES = 3
"""Refusals in a row (403, 429, 503) after which a host is left alone, twice as long each time."""
FIRST_HOLD = timedelta(minutes=15)
LONGEST_HOLD = timedelta(days=2)
DEAD_AFTER = 4
"""Requests in a row without any answer after which a host counts as unreachable."""
TRIES = 2
UNANSWERED = frozenset(
    {Outcome.DNS, Outcome.REFUSED, Outcome.TLS, Outcome.TIMEOUT, Outcome.DISCONNECTED, Outcome.PROTOCOL}
)


class StatusError(FetchError):
    """An answer whose status says no."""

    def __init__(self, outcome: Outcome, detail: str, status: int, wait_seconds: float | None) -> None:
        super().__init__(outcome, detail)
        self.status = status
        self.wait_seconds = wait_seconds


async def answer(visit: Visit, ask: Ask) -> Reply:
    """Ask, follow redirects, wait once where the host asks for a short while. Raises FetchError, Leave."""
    received = visit.desk.received(visit.site.name)
    if received >= visit.desk.max_bytes:
        raise Leave(Ended.BUDGET, f"{received} bytes came, {visit.desk.max_bytes} are enough for one run")
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
        if reply.status == 304 and not ask.headers:
            raise FetchError(Outcome.ODD_STATUS, "answered 304 to a request without conditions")
        location = reply.header("Location")
        if reply.status not in (301, 302, 303, 307, 308) or not location:
            return reply
        target = redirect_target(ask.url, location)
        if target in seen:
            raise FetchError(Outcome.BAD_REDIRECT, f"in a circle: {target} was asked before")
        if len(seen) > MAX_REDIRECTS:
            raise FetchError(Outcome.BAD_REDIRECT, f"more than {MAX_REDIRECTS} redirects from {ask.url}")
        seen.append(target)
        # validators belong to the address they came from
        ask = replace(ask, url=target, headers=())


async def _welcomed(visit: Visit) -> None:
    visit.answered += 1
    visit.refusals = visit.silences = 0
    if visit.held is not None:
        visit.held = None
        await visit.desk.books.run(hosts.hold, origin_of(visit.site.home), None)


async def after_failure(visit: Visit, error: FetchError) -> None:
    """Count refusals and silences in a row, and leave a host that does not want us or does not answer."""
    visit.refusals = visit.refusals + 1 if error.outcome in BLOCKING else 0
    visit.silences = visit.silences + 1 if error.outcome in UNANSWERED else 0
    if visit.silences >= DEAD_AFTER:
        raise Leave(Ended.UNREACHABLE, f"{DEAD_AFTER} requests in a row without an answer, the last: {error}")
    wait = getattr(error, "wait_seconds", None) or 0.0
    if visit.refusals < STRIKES and wait <= SHORT_WAIT_SECONDS:
        return
    if error.outcome not in BLOCKING:
        return
    strikes = (visit.held.strikes if visit.held else 0) + 1
    hold = min(max(FIRST_HOLD * 2 ** (strikes - 1), timedelta(seconds=min(wait, 1e6))), LONGEST_HOLD)
    held = Hold(until=datetime.now(UTC) + hold, strikes=strikes, detail=error.detail)
    await visit.desk.books.run(hosts.hold, origin_of(visit.site.home), held)
    raise Leave(Ended.BLOCKED, f"{error.detail}; left alone until {held.until:%Y-%m-%d %H:%M} UTC")


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


def earlier_capture(url: str, at: datetime | None, digest: str | None) -> Earlier | None:
    """What an answer may turn out to be a repeat of."""
    return Earlier(url=url, fetched_at=at, digest=digest) if at is not None else None
