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
from collections import Counter, OrderedDict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from protego import Protego
from scrapy import Request
from scrapy.exceptions import NotConfigured

from articles.urls import canonical_url
from spiders.guard import redirect_target
from spiders.outcome import FetchError, Outcome
from spiders.terms import Location, Notice, read_locations, read_notice, terms_of
from spiders.wire import CONDITIONS, conditional
from storage.state.frontier import hosts
from storage.state.frontier.hosts import Robots, origin_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.books import Books

T = TypeVar("T")

AGENT = "Pressrun"
MAX_BYTES = 500 * 1024
MAX_REDIRECTS = 5
KEPT = timedelta(days=1)
TRY_AGAIN = timedelta(minutes=10)
BROKEN = (Outcome.TRUNCATED, Outcome.BAD_CODING)
"""What may be wrong with a robots.txt so that its rules are not known."""
TOO_LONG = "truncated: length"
"""The handler's flag of a body that we cut ourselves, as RFC 9309 allows."""
MAX_PATIENCE_SECONDS = 300.0
"""An origin whose robots.txt asks for longer pauses is not crawled."""
MAX_ORIGINS = 100
"""Of one site, whose robots.txt is asked for in one run."""
MAX_KNOWN_CHARS = 4_000_000
"""Of the documents whose rules are held in memory, which takes fifty times as much; the database has the others."""
KNOWN_CHARS = 1_000
"""What an origin counts at least."""
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
    delay = max(parsed.crawl_delay(agent) or 0.0, 0.0)
    if delay > MAX_PATIENCE_SECONDS:
        detail = (
            f"{robots.origin}/robots.txt asks for {delay:g} s between requests; "
            f"above {MAX_PATIENCE_SECONDS:g} s nothing is fetched"
        )
        return Rules(parsed=None, agent=agent, detail=detail, crawl_delay_seconds=delay)
    return Rules(
        parsed=parsed,
        agent=agent,
        detail=f"{robots.origin}/robots.txt disallows it",
        sitemaps=tuple(filter(None, (canonical_url(url, robots.origin) for url in parsed.sitemaps))),
        crawl_delay_seconds=delay or None,
        notice=read_notice(said),
    )


class _Known(Generic[T]):
    """What was read of each origin, until when it holds; what was asked for longest ago is forgotten first."""

    def __init__(self, most_chars: int) -> None:
        self._most_chars = most_chars
        self._of: OrderedDict[str, tuple[datetime, T, int]] = OrderedDict()
        self._chars = 0

    def get(self, origin: str, now: datetime) -> T | None:
        """What holds now; None: nothing is known."""
        known = self._of.get(origin)
        if known is None or known[0] <= now:
            return None
        self._of.move_to_end(origin)
        return known[1]

    def put(self, origin: str, value: T, *, until: datetime, text: str = "") -> None:
        """Remember what was read from a text."""
        self._forget(origin)
        self._of[origin] = (until, value, len(text) + KNOWN_CHARS)
        self._chars += len(text) + KNOWN_CHARS
        while self._chars > self._most_chars and len(self._of) > 1:
            self._forget(next(iter(self._of)))

    def _forget(self, origin: str) -> None:
        known = self._of.pop(origin, None)
        self._chars -= known[2] if known is not None else 0


class RobotsMiddleware:
    """Downloader middleware: asks for each origin's robots.txt once, and judges every request by it."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self._crawler = crawler
        self._rules: _Known[Rules] = _Known(MAX_KNOWN_CHARS)
        self._locations: _Known[tuple[Location, ...]] = _Known(MAX_KNOWN_CHARS)
        self._asking: dict[str, asyncio.Future[Rules]] = {}
        self._origins: Counter[str] = Counter()

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
        known = self._rules.get(origin, datetime.now(UTC))
        if known is not None:
            return known
        asking = self._asking.get(origin)
        if asking is None:
            asking = asyncio.ensure_future(self._ask(origin, request))
            self._asking[origin] = asking
            asking.add_done_callback(lambda _: self._asking.pop(origin, None))
        return await asyncio.shield(asking)

    async def _ask(self, origin: str, request: Request) -> Rules:
        try:
            robots = await self._document(request, "/robots.txt")
        except FetchError as error:
            rules = Rules(parsed=None, agent=AGENT, detail=str(error), failure=error)
            self._rules.put(origin, rules, until=datetime.now(UTC) + TRY_AGAIN)
            return rules
        rules = read_rules(robots)
        self._rules.put(origin, rules, until=robots.until, text=robots.text)
        return rules

    async def _tdmrep(self, request: Request, rules: Rules) -> tuple[Location, ...]:
        """The tdmrep.json of a request's origin, asked for once a day; nothing where it cannot be had."""
        origin, now = origin_of(request.url), datetime.now(UTC)
        known = self._locations.get(origin, now)
        if known is not None:
            return known
        if not rules.allows(origin + TDMREP):
            return ()
        # whoever asks meanwhile does without: an article does not wait for another's question
        self._locations.put(origin, (), until=now + TRY_AGAIN)
        patience = min(float(request.meta.get("download_timeout", 30.0)), TDMREP_TIMEOUT_SECONDS)
        asked = request.replace(meta={**request.meta, "download_timeout": patience})
        try:
            kept = await self._document(asked, TDMREP)
        except FetchError:
            return ()
        locations = read_locations(kept.text)
        self._locations.put(origin, locations, until=kept.until, text=kept.text)
        return locations

    async def _document(self, request: Request, path: str) -> Robots:
        """robots.txt or tdmrep.json of a request's origin: as it is remembered, else asked for. Raises FetchError."""
        origin, now = origin_of(request.url), datetime.now(UTC)
        key = origin + path.removeprefix("/robots.txt")
        books: Books | None = getattr(self._crawler.spider, "books", None)
        kept = await books.run(hosts.robots_of, key) if books else None
        if kept is not None and kept.until > now:
            return kept
        if path == "/robots.txt":
            self._count_origin(request)
        fetched = replace(await self._fetch(origin + path, request, kept, now), origin=key)
        if path == TDMREP and not fetched.text.lstrip().startswith("["):
            fetched = replace(fetched, text="")
        if books:
            await books.run(hosts.keep_robots, fetched)
        return fetched

    def _count_origin(self, request: Request) -> None:
        """A name has hosts without end: so many of a site are asked for their robots.txt in one run."""
        site = str(request.meta.get("site", ""))
        self._origins[site] += 1
        if self._origins[site] > MAX_ORIGINS:
            raise FetchError(
                Outcome.ROBOTS, f"not asked for: {MAX_ORIGINS} hosts of the site were, in this run"
            )

    async def _fetch(self, url: str, request: Request, kept: Robots | None, now: datetime) -> Robots:
        """Ask for a document. Raises FetchError where what it says is not known."""
        answered = await self._follow(url, request, kept)
        if answered is None:
            return Robots(origin=url, status=404, text="", until=now + KEPT)
        asked, response = answered
        problem: FetchError | None = asked.meta.get("problem")
        if problem is not None and problem.outcome in BROKEN and TOO_LONG not in response.flags:
            raise problem  # what is missing may forbid what the rest allows
        if response.status == 304 and kept is not None and any(name in asked.headers for name in CONDITIONS):
            return replace(kept, until=now + KEPT)
        if response.status in (206, 304):
            raise FetchError(Outcome.ODD_STATUS, f"answered {response.status}, which nobody asked for")
        return Robots(
            origin=url,
            status=response.status,
            text=_text(response.body) if 200 <= response.status < 300 else "",
            until=now + (TRY_AGAIN if response.status >= 500 else KEPT),
            etag=_header(response.headers.get("ETag")),
            last_modified=_header(response.headers.get("Last-Modified")),
        )

    async def _follow(
        self, url: str, request: Request, kept: Robots | None
    ) -> tuple[Request, Response] | None:
        """The last request and its answer, redirects followed. None: after more than five, or one to no web address,
        it is as if there were none (RFC 9309, 2.3.1.2)."""
        conditions = _conditional(kept)
        for _ in range(MAX_REDIRECTS + 1):
            try:
                asked = _request(url, request, conditions)
            except ValueError:  # a host that Scrapy cannot take
                return None
            response = await self._crawler.engine.download_async(asked)
            location = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                return asked, response
            try:
                url = redirect_target(url, location.decode("latin-1"))
            except FetchError:
                return None
            conditions = {}
        return None


def _request(url: str, request: Request, headers: dict[str, str]) -> Request:
    """One for a document that rules another request. Raises ValueError."""
    carried = ("site", "allow_private_hosts", "delay_seconds", "download_timeout")
    meta = {name: request.meta[name] for name in carried if name in request.meta}
    meta |= {"robots_txt": True, "dont_redirect": True, "download_maxsize": MAX_BYTES, "prefix": True}
    return Request(url, headers=headers, dont_filter=True, meta=meta)


def _conditional(kept: Robots | None) -> dict[str, str]:
    if kept is None or kept.status >= 500:
        return {}
    return dict(conditional(kept.etag, kept.last_modified))


def _text(body: bytes) -> str:
    if len(body) >= MAX_BYTES:  # the last line may be cut, and half a rule is another rule
        body = body[: max(body.rfind(b"\n", 0, MAX_BYTES), body.rfind(b"\r", 0, MAX_BYTES), 0)]
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.decode("utf-16" if wide else "utf-8-sig", "replace").replace("\x00", "")


def _header(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None
