"""robots.txt as RFC 9309 says: every request is judged, none before the rules are there.

4xx: there are no rules, all is allowed. 5xx, no answer, or a refused address: nothing is allowed, until a
later try (after ten minutes). Five redirects are followed; past that there are no rules. 500 KiB are read.
Rules are kept for a day, in the operational database where there is one. The group for the crawler's name
counts, exactly its name, else the group for `*`.

What robots.txt says to AI agents, and an origin's tdmrep.json, are noted with each article (`spiders.terms`).
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from protego import Protego
from scrapy import Request
from scrapy.exceptions import NotConfigured

from articles.urls import canonical_url
from spiders.guard import redirect_target
from spiders.outcome import FetchError, Outcome
from spiders.terms import Location, Notice, read_locations, read_notice, terms_of
from storage.state.frontier import hosts
from storage.state.frontier.hosts import Robots, origin_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from spiders.books import Books

AGENT = "Pressrun"
MAX_BYTES = 500 * 1024
MAX_REDIRECTS = 5
KEPT = timedelta(days=1)
TRY_AGAIN = timedelta(minutes=10)
BROKEN = (Outcome.TRUNCATED, Outcome.BAD_CODING)
"""What may be wrong with a robots.txt so that its rules are not known."""
TOO_LONG = "truncated: length"
"""The handler's flag of a body that we cut ourselves, as RFC 9309 allows."""
MAX_CRAWL_DELAY_SECONDS = 86_400.0
TDMREP = "/.well-known/tdmrep.json"
TDMREP_TIMEOUT_SECONDS = 10.0

_GROUP = re.compile(r"(?im)^([ \t]*user-agent[ \t]*:[ \t]*)([a-z_-]+)[^\n]*$")
_LINE_END = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin's robots.txt says to us."""

    parsed: Protego | None
    """None: nothing is allowed."""
    agent: str
    detail: str
    failure: FetchError | None = None
    """Why robots.txt could not be asked for: the same holds for every page of the origin."""
    sitemaps: tuple[str, ...] = ()
    crawl_delay_seconds: float | None = None
    notice: Notice = field(default_factory=Notice)
    """What it says of uses other than our crawl."""

    def allows(self, url: str) -> bool:
        """Whether we may fetch a URL of this origin."""
        return self.parsed is not None and bool(self.parsed.can_fetch(url, self.agent))


def read_rules(robots: Robots) -> Rules:
    """The rules of a robots.txt as it was answered."""
    status = robots.status
    if status >= 500 or status < 200:
        detail = f"{robots.origin}/robots.txt answered {status}: nothing is allowed now (RFC 9309, 2.3.1.4)"
        return Rules(parsed=None, agent=AGENT, detail=detail)
    # lines may end as on any system (RFC 9309, 2.2); `$` knows one of these ends
    said = _LINE_END.sub("\n", robots.text) if 200 <= status < 300 else ""
    text = _GROUP.sub(r"\1\2", said)
    ours = any(match.group(2).lower() == AGENT.lower() for match in _GROUP.finditer(text))
    # a name no group can have: without a group of our own only that for `*` may match, not one for `press`
    agent = AGENT if ours else "\x00"
    parsed = Protego.parse(text)
    delay = parsed.crawl_delay(agent)
    return Rules(
        parsed=parsed,
        agent=agent,
        detail=f"{robots.origin}/robots.txt disallows it",
        sitemaps=tuple(filter(None, (canonical_url(url, robots.origin) for url in parsed.sitemaps))),
        crawl_delay_seconds=min(max(delay, 0.0), MAX_CRAWL_DELAY_SECONDS) if delay else None,
        notice=read_notice(said),
    )


class RobotsMiddleware:
    """Downloader middleware: asks for each origin's robots.txt once, and judges every request by it."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self._crawler = crawler
        self._rules: dict[str, tuple[datetime, Rules]] = {}
        self._asking: dict[str, asyncio.Future[Rules]] = {}
        self._locations: dict[str, tuple[datetime, tuple[Location, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """As Scrapy builds its components."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request go on, or raise FetchError ROBOTS. Sets the pace the origin asks for."""
        if request.meta.get("robots_txt"):
            return
        rules = await self.rules(request)
        if rules.failure is not None:
            raise FetchError(rules.failure.outcome, f"robots.txt: {rules.failure.detail}")
        if not rules.allows(request.url):
            raise FetchError(Outcome.ROBOTS, rules.detail)
        if rules.crawl_delay_seconds is not None:
            asked = max(float(request.meta.get("delay_seconds", 0.0)), rules.crawl_delay_seconds)
            request.meta["delay_seconds"] = asked
        if request.meta.get("article"):
            locations = await self._tdmrep(request, rules)
            request.meta["terms"] = terms_of(request.url, rules.notice, locations)

    async def rules(self, request: Request) -> Rules:
        """The rules for a request; whoever asks while they are being fetched waits for the same answer."""
        origin = origin_of(request.url)
        known = self._rules.get(origin)
        if known is not None and known[0] > datetime.now(UTC):
            return known[1]
        asking = self._asking.get(origin)
        if asking is None:
            asking = asyncio.ensure_future(self._ask(origin, request))
            self._asking[origin] = asking
            asking.add_done_callback(lambda _: self._asking.pop(origin, None))
        return await asyncio.shield(asking)

    async def _ask(self, origin: str, request: Request) -> Rules:
        books: Books | None = getattr(self._crawler.spider, "books", None)
        now = datetime.now(UTC)
        kept = await books.run(hosts.robots_of, origin) if books else None
        if kept is None or kept.until <= now:
            try:
                kept = await self._fetch(origin, request, kept, now)
            except FetchError as error:
                rules = Rules(parsed=None, agent=AGENT, detail=str(error), failure=error)
                self._rules[origin] = (now + TRY_AGAIN, rules)
                return rules
            if books:
                await books.run(hosts.keep_robots, kept)
        rules = read_rules(kept)
        self._rules[origin] = (kept.until, rules)
        return rules

    async def _tdmrep(self, request: Request, rules: Rules) -> tuple[Location, ...]:
        """The tdmrep.json of a request's origin, asked for once a day; nothing where it cannot be had."""
        origin, now = origin_of(request.url), datetime.now(UTC)
        known = self._locations.get(origin)
        if known is not None and known[0] > now:
            return known[1]
        if not rules.allows(origin + TDMREP):
            return ()
        # whoever asks meanwhile does without: an article does not wait for another's question
        self._locations[origin] = (now + TRY_AGAIN, ())
        books: Books | None = getattr(self._crawler.spider, "books", None)
        kept = await books.run(hosts.robots_of, origin + TDMREP) if books else None
        if kept is None or kept.until <= now:
            patience = min(float(request.meta.get("download_timeout", 30.0)), TDMREP_TIMEOUT_SECONDS)
            asked = request.replace(meta={**request.meta, "download_timeout": patience})
            try:
                kept = await self._fetch(origin, asked, kept, now, path=TDMREP)
            except FetchError:
                return ()
            text = kept.text if kept.text.lstrip().startswith("[") else ""
            kept = replace(kept, origin=origin + TDMREP, text=text)
            if books:
                await books.run(hosts.keep_robots, kept)
        locations = read_locations(kept.text)
        self._locations[origin] = (kept.until, locations)
        return locations

    async def _fetch(
        self, origin: str, request: Request, kept: Robots | None, now: datetime, *, path: str = "/robots.txt"
    ) -> Robots:
        url = f"{origin}{path}"
        carried = ("site", "allow_private_hosts", "delay_seconds", "download_timeout")
        meta = {name: request.meta[name] for name in carried if name in request.meta}
        headers = _conditional(kept)
        for _ in range(MAX_REDIRECTS + 1):
            robots_request = Request(
                url,
                headers=headers,
                dont_filter=True,
                meta={
                    **meta,
                    "robots_txt": True,
                    "dont_redirect": True,
                    "download_maxsize": MAX_BYTES,
                    "prefix": True,
                },
            )
            response = await self._crawler.engine.download_async(robots_request)
            location = response.headers.get("Location")
            if response.status in (301, 302, 303, 307, 308) and location:
                try:
                    url = redirect_target(url, location.decode("latin-1"))
                except FetchError:
                    break
                headers = {}
                continue
            problem: FetchError | None = robots_request.meta.get("problem")
            if problem is not None and problem.outcome in BROKEN and TOO_LONG not in response.flags:
                raise problem  # what is missing may forbid what the rest allows
            if response.status == 304 and kept is not None:
                return Robots(
                    origin=origin,
                    status=kept.status,
                    text=kept.text,
                    until=now + KEPT,
                    etag=kept.etag,
                    last_modified=kept.last_modified,
                )
            return Robots(
                origin=origin,
                status=response.status,
                text=_text(response.body) if 200 <= response.status < 300 else "",
                until=now + (TRY_AGAIN if response.status >= 500 else KEPT),
                etag=_header(response.headers.get("ETag")),
                last_modified=_header(response.headers.get("Last-Modified")),
            )
        # more redirects than five, or one to no web address: as if there were none (RFC 9309, 2.3.1.2)
        return Robots(origin=origin, status=404, text="", until=now + KEPT)


def _conditional(kept: Robots | None) -> dict[str, str]:
    if kept is None or kept.status >= 500:
        return {}
    headers = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in headers.items() if value}


def _text(body: bytes) -> str:
    if len(body) >= MAX_BYTES:  # the last line may be cut, and half a rule is another rule
        body = body[: max(body.rfind(b"\n", 0, MAX_BYTES), body.rfind(b"\r", 0, MAX_BYTES), 0)]
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.decode("utf-16" if wide else "utf-8-sig", "replace").replace("\x00", "")


def _header(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None
