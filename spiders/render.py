"""Pages of a site that declares `render = true`, run in a browser that has no network of its own.

The page is fetched as any other first, and recorded. Then Chromium, driven by scrapy-playwright, is given that
answer; the scripts and data that it asks for go through Scrapy's engine, and so through robots.txt, guard, pace
and caps, and are recorded. Nothing else leaves the browser: pictures, frames, forms, sockets and pings are refused
where they are asked for, and what would get past that finds a proxy that is not there. No cookie is kept or
sent. What a page may cost: MAX_PARTS requests, the site's `max_bytes` for all of them and again for the document
that comes of it, the site's `timeout_seconds` for everything.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request

from articles.model import Found
from spiders.guard import redirect_target
from spiders.outcome import FetchError, Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

log = logging.getLogger(__name__)

MAX_PARTS = 100
"""Requests of one page, its redirects included."""
MAX_REDIRECTS = 5
PAGES_AT_ONCE = 2
SETTLE_SECONDS = 5.0
"""How long a page that has loaded may go on asking for data before it is taken as it is."""
KEPT_BYTES = 50_000_000
"""Scripts and styles kept in memory for the other pages of the crawl."""
PARTS = frozenset({"script", "xhr", "fetch"})
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # every request is answered here; one that is not goes nowhere, by name, address or datagram
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=256",
)
_DROPPED = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie", "refresh"}
    | {"strict-transport-security", "access-control-allow-origin", "content-security-policy"}
)
"""Of the headers a browser is given: those of the transfer, and those that make it do more."""


class NoBrowser(Exception):
    """A site is to be rendered, and this machine cannot; the message says what to install."""


@dataclass(frozen=True, slots=True)
class _Part:
    status: int
    headers: dict[str, str]
    body: bytes


def browser_path(named: str | None) -> str:
    """The browser to run: the one named, else the first installed. Raises NoBrowser."""
    for name in (named,) if named else BROWSERS:
        if found := shutil.which(name):
            return found
    raise NoBrowser(
        f"no browser {named!r}: check PRESSRUN_BROWSER"
        if named
        else "a site is to be rendered (fetch.render), and there is no Chromium: install one "
        "(Debian: apt-get install chromium) or name its program in PRESSRUN_BROWSER"
    )


class Renderer:
    """One browser for a process; it starts with the first page."""

    def __init__(self, crawler: Crawler) -> None:
        """Raises NoBrowser where the extra or a browser is missing."""
        try:
            from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
        except ImportError as error:
            raise NoBrowser(
                "a site is to be rendered (fetch.render): pip install 'pressrun[render]'"
            ) from error
        options = {
            "executable_path": browser_path(crawler.settings.get("PRESSRUN_BROWSER")),
            "args": list(ARGUMENTS),
            # Ctrl-C and SIGTERM are ours to answer
            **dict.fromkeys(("handle_sigint", "handle_sigterm", "handle_sighup"), False),
        }
        logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)
        self._crawler = crawler
        self._browser = ScrapyPlaywrightDownloadHandler.from_crawler(crawler)
        self._browser.config.launch_options = options
        self._turns = asyncio.Semaphore(PAGES_AT_ONCE)
        self._kept: OrderedDict[str, _Part] = OrderedDict()
        self._count = 0

    async def render(self, request: Request, response: Response, max_bytes: int, seconds: float) -> bytes:
        """The document as it stands when the page's scripts are done, in UTF-8. Raises FetchError.

        `response` is the answer to `request`, which the browser is given instead of asking.
        """
        from playwright.async_api import Error

        page = _Page(self, request, response, max_bytes)
        async with self._turns:
            self._count += 1
            name = f"page-{self._count}"
            asked = Request(request.url, dont_filter=True, meta=page.meta(name))
            try:
                async with asyncio.timeout(seconds):
                    rendered = await self._browser.download_request(asked)
            except TimeoutError as error:
                raise FetchError(Outcome.TIMEOUT, f"not rendered after {seconds:g} s") from error
            except Error as error:
                first = str(error).partition("\n")[0]
                raise FetchError(Outcome.NOT_RENDERED, first[:300]) from error
            finally:
                # a cancelled page is left open by scrapy-playwright; and nothing passes from page to page
                if (context := self._browser.context_wrappers.get(name)) is not None:
                    with suppress(Error, TimeoutError):
                        await asyncio.wait_for(context.context.close(), 10)
        body: bytes = rendered.text.encode("utf-8", "replace")
        if len(body) > max_bytes:
            raise FetchError(Outcome.TOO_LARGE, f"rendered to {len(body)} bytes, {max_bytes} allowed")
        return body

    async def part(self, url: str, page: Request, max_bytes: int, seconds: float) -> _Part:
        """One answer for the browser, from memory where another page had it. Raises FetchError."""
        kept = self._kept.get(url)
        if kept is not None:
            self._kept.move_to_end(url)
            return kept
        carried = ("site", "allow_private_hosts")
        request = Request(
            url,
            headers={"Accept": "*/*"},
            dont_filter=True,
            meta={
                **{name: page.meta[name] for name in carried if name in page.meta},
                "part": True,
                "dont_redirect": True,
                "download_maxsize": max_bytes,
                "download_timeout": seconds,
                "found": Found(via=page.url, found_at=datetime.now(UTC)),
            },
        )
        answer = await self._crawler.engine.download_async(request)
        if (problem := request.meta.get("problem")) is not None:
            raise problem
        headers = {
            name.decode("latin-1"): values[0].decode("latin-1") for name, values in answer.headers.items()
        }
        return _Part(answer.status, headers, answer.body)

    def keep(self, url: str, part: _Part) -> None:
        """Remember a script or style for other pages."""
        self._kept[url] = part
        while sum(len(one.body) for one in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)

    async def close(self) -> None:
        """End the browser."""
        await self._browser.close()


class _Page:
    """One page in the browser, and what it may still ask for."""

    def __init__(self, renderer: Renderer, request: Request, response: Response, max_bytes: int) -> None:
        self._renderer, self._request, self._max_bytes = renderer, request, max_bytes
        headers = {
            name.decode("latin-1"): values[0].decode("latin-1") for name, values in response.headers.items()
        }
        self._document: _Part | None = _Part(response.status, headers, response.body)
        self._seconds = float(request.meta.get("download_timeout") or 30.0)
        self._requests, self._bytes = 0, 0
        self._data = asyncio.Lock()

    def meta(self, name: str) -> dict[str, Any]:
        """What tells scrapy-playwright how to open the page."""
        from scrapy_playwright.page import PageMethod

        return {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context": name,
            "playwright_context_kwargs": {
                "accept_downloads": False,
                "service_workers": "block",
                "user_agent": (self._request.headers.get("User-Agent") or b"").decode("latin-1"),
            },
            "playwright_page_init_callback": self._open,
            "playwright_page_goto_kwargs": {"wait_until": "load", "timeout": self._seconds * 1000},
            "playwright_page_methods": [PageMethod(self._settle)],
        }

    async def _open(self, page: Any, _request: Request) -> None:  # noqa: ANN401
        await page.route("**/*", self._answer)  # asked before scrapy-playwright's own, which goes to the net
        await page.route_web_socket("**/*", _refuse)
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
        page.on("popup", lambda popup: asyncio.ensure_future(popup.close()))

    async def _settle(self, page: Any) -> None:  # noqa: ANN401
        from playwright.async_api import TimeoutError as NotSettled

        with suppress(NotSettled):
            await page.wait_for_load_state("networkidle", timeout=SETTLE_SECONDS * 1000)
        length = await page.evaluate("document.documentElement.outerHTML.length")
        if length > self._max_bytes:
            raise FetchError(Outcome.TOO_LARGE, f"rendered to {length} characters, {self._max_bytes} allowed")

    async def _answer(self, route: Any, request: Any) -> None:  # noqa: ANN401
        """Answer one request of the browser; what is refused fails there as a blocked request does."""
        from playwright.async_api import Error

        with suppress(Error):  # the page may be gone by now
            part = await self._part(request)
            if part is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(status=part.status, headers=_shown(part.headers), body=part.body)

    async def _part(self, request: Any) -> _Part | None:  # noqa: ANN401
        if request.is_navigation_request():
            document, self._document = self._document, None
            return document  # of the page itself, once; no frame, and nowhere else
        if request.method != "GET" or request.resource_type not in PARTS:
            return None
        try:
            return await self._fetched(request.url, keep=request.resource_type == "script")
        except FetchError as error:
            log.debug("%s: %s: %s", self._request.url, request.url, error)
            return None

    async def _fetched(self, url: str, *, keep: bool) -> _Part:
        first = url.partition("#")[0]
        url = first
        for _ in range(MAX_REDIRECTS + 1):
            if self._requests >= MAX_PARTS:
                raise FetchError(Outcome.TOO_LARGE, f"more than {MAX_PARTS} requests of one page")
            self._requests += 1
            async with self._data:  # one after the other: what is left of the bytes is known
                left = self._max_bytes - self._bytes
                if left <= 0:
                    raise FetchError(Outcome.TOO_LARGE, f"more than {self._max_bytes} bytes for one page")
                part = await self._renderer.part(url, self._request, left, self._seconds)
                self._bytes += len(part.body)
            location = part.headers.get("Location")
            if part.status not in (301, 302, 303, 307, 308) or not location:
                if keep and part.status == 200:
                    self._renderer.keep(first, part)
                return part
            url = redirect_target(url, location)
        raise FetchError(Outcome.BAD_REDIRECT, f"more than {MAX_REDIRECTS} redirects from {first}")


async def _refuse(socket: Any) -> None:  # noqa: ANN401
    await socket.close()


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers for the browser; any origin may read, since no request carries anyone's credentials."""
    kept = {name: value for name, value in headers.items() if name.lower() not in _DROPPED}
    return {**kept, "Access-Control-Allow-Origin": "*"}
