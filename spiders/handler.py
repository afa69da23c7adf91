"""Scrapy's download handler for http and https: guarded, paced, bounded, and with the bodies as sent.

It reads these keys of `request.meta`, all optional: `site`, `delay_seconds`, `allow_private_hosts`,
`download_timeout`, `download_maxsize`, `prefix` (a longer body is cut instead of refused), `render` (an HTML page
is run in a browser), `part` (it belongs to a page being rendered: no pause before it). It leaves there `answer`
(the exchange as it happened), `problem` (why the body is not to be used, though an answer came), `at` (when the
answer was complete) and `rendered` (the document that the browser made of it, which is then the body).
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from spiders.guard import Guard, read_hosts
from spiders.outcome import FetchError, Outcome
from spiders.pace import Pace
from spiders.render import NoBrowser, Renderer
from spiders.wire import CONDITIONS, Answer, Wire
from storage import codings

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

log = logging.getLogger(__name__)

IDLE_HEADERS = ("connection", "content-length", "transfer-encoding", "host", "cookie", "authorization")
"""Of a request: set by the wire itself, or never sent."""


class GuardedHandler:
    """The only way out to the web: every connection of every request goes through here."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        hosts = settings.get("PRESSRUN_HOSTS")
        self._guard = Guard(read_hosts(hosts) if hosts else None)
        self._allowed = tuple(settings.getlist("ALLOW_PRIVATE_HOSTS"))
        self._timeout_seconds = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._max_bytes = settings.getint("DOWNLOAD_MAXSIZE")
        self._pace = Pace()
        self._wire: Wire | None = None
        self._stats = crawler.stats
        sites = getattr(crawler.spider, "sites", {}).values()
        self._renderer: Renderer | None = None
        self._no_browser = ""
        if any(site.fetch.render for site in sites):
            try:
                self._renderer = Renderer(crawler)
            except NoBrowser as error:  # the other sites go on
                self._no_browser = str(error)
                log.error("%s", error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardedHandler:
        """As Scrapy builds its components."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Take a turn at the host and fetch. Raises FetchError."""
        meta: dict[str, Any] = request.meta
        parts = urlsplit(request.url)
        delay = 0.0 if meta.get("part") else float(meta.get("delay_seconds", 0.0))
        async with self._pace.turn(parts.netloc.rpartition("@")[2].lower(), delay):
            answer = await self._exchange(request)
        self._count(request, "bytes", len(answer.body))
        meta["answer"] = answer
        meta["at"] = datetime.now(UTC)
        meta["problem"] = None
        coding = _content_encoding(answer)
        body = b""
        try:
            body = codings.undo(answer.body, coding, self._size(meta))
        except codings.TooLarge as error:
            if not meta.get("prefix"):
                raise FetchError(Outcome.TOO_LARGE, str(error)) from error
            meta["problem"] = FetchError(Outcome.TOO_LARGE, str(error))
        except codings.CutShort as error:
            meta["problem"] = FetchError(Outcome.TRUNCATED, str(error))
        except codings.CodingError as error:
            meta["problem"] = FetchError(Outcome.BAD_CODING, str(error))
        if answer.truncated == "disconnect":
            meta["problem"] = FetchError(Outcome.TRUNCATED, f"ended after {len(answer.body)} bytes")
        if meta["problem"] is not None and meta.get("prefix"):
            body = codings.beginning(answer.body, coding, self._size(meta))
        response = _response(request.url, answer, body)
        if meta.get("render") and _is_page(response, meta):
            return await self._rendered(request, response)
        return response

    async def _rendered(self, request: Request, response: Response) -> Response:
        """The response with the document that a browser makes of it, or with the problem that it has."""
        meta = request.meta
        seconds = float(meta.get("download_timeout") or self._timeout_seconds)
        try:
            if self._renderer is None:
                raise FetchError(Outcome.NOT_RENDERED, self._no_browser)
            meta["rendered"] = await self._renderer.render(request, response, self._size(meta), seconds)
        except FetchError as error:
            meta["problem"] = error
            return response
        headers = response.headers.copy()
        headers["Content-Type"] = "text/html; charset=utf-8"
        return response.replace(body=meta["rendered"], headers=headers)

    async def _exchange(self, request: Request) -> Answer:
        meta = request.meta
        seconds = float(meta.get("download_timeout") or self._timeout_seconds)
        allowed = tuple(meta.get("allow_private_hosts", self._allowed))
        # a page that is made by scripts may change while its own bytes do not
        unsent = (*IDLE_HEADERS, *map(str.lower, CONDITIONS)) if meta.get("render") else IDLE_HEADERS
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in request.headers.items()
            if name.decode("latin-1").lower() not in unsent
            for value in values
        )
        if request.method != "GET":
            raise FetchError(Outcome.BAD_URL, f"{request.method} is not sent: the crawler only reads")
        try:
            async with asyncio.timeout(seconds):
                host, port, addresses = await self._guard.addresses(request.url, allowed)
                parts = urlsplit(request.url)
                self._count(request, "requests")
                if not meta.get("render") and any(name in request.headers for name in CONDITIONS):
                    self._count(request, "conditional")
                if self._wire is None:
                    self._wire = Wire()
                return await self._wire.get(
                    scheme=parts.scheme,
                    host=host,
                    port=port,
                    addresses=addresses,
                    target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
                    headers=headers,
                    max_bytes=self._size(meta),
                    prefix=bool(meta.get("prefix")),
                )
        except TimeoutError as error:
            raise FetchError(Outcome.TIMEOUT, f"not complete after {seconds:g} s") from error

    def _count(self, request: Request, what: str, number: int = 1) -> None:
        if self._stats is not None and (site := request.meta.get("site")):
            self._stats.inc_value(f"pressrun/{site}/{what}", number)

    def _size(self, meta: dict[str, Any]) -> int:
        return int(meta.get("download_maxsize") or self._max_bytes)

    async def close(self) -> None:
        """End every connection."""
        if self._renderer is not None:
            await self._renderer.close()
        if self._wire is not None:
            self._wire.close()
        self._guard.close()


def _is_page(response: Response, meta: dict[str, Any]) -> bool:
    kind = (response.headers.get("Content-Type") or b"text/html").lower()
    return response.status == 200 and meta["problem"] is None and b"html" in kind


def _content_encoding(answer: Answer) -> str | None:
    return ", ".join(value for name, value in answer.headers if name.lower() == "content-encoding") or None


def _response(url: str, answer: Answer, body: bytes) -> Response:
    headers = Headers(
        [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers
            if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
        ]
    )
    kind: type[Response] = responsetypes.from_args(headers=headers, url=url, body=body)
    return kind(
        url=url,
        status=answer.status,
        headers=headers,
        body=body,
        flags=[f"truncated: {answer.truncated}"] if answer.truncated else None,
        ip_address=ip_address(answer.ip),
        protocol=answer.version,
    )
