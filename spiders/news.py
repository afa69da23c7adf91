"""One Scrapy spider for all news sites.

    scrapy crawl news -a site=latinpost[,other] [-a seeds=DIR] -O articles.jsonl

crawls the named sites of a folder of seed files (the bundled one by default) and yields their articles,
stripped, through the item pipeline. It remembers nothing afterwards. `spiders.run` gives the same spider a
database and a recorder, and then it yields nothing: what it fetches goes into segments.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider

from articles.model import Capture, Site
from seeds.load import BUNDLED, SeedError, load_sites
from spiders import visit
from spiders.books import Books
from spiders.desk import Ask, Desk, Reply, Visit
from spiders.events import VISITED, Ended, Event
from spiders.outcome import FetchError, Outcome
from spiders.pipelines import Pages
from spiders.recorder import Recorder
from spiders.robots import RobotsMiddleware, Rules
from storage.objects import sentence
from storage.state.database import DatabaseError, open_database
from storage.state.frontier.fetching import Fetched, record_fetches
from storage.warc import payload_digest

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 3600.0
MAX_SITE_BYTES = 2_000_000_000
"""Of a crawl from the command line."""
HOUSEKEEPING_SECONDS = 2.0


class NewsSpider(Spider):
    """Visits each of its sites, all at the same time, each at its own pace."""

    name = "news"

    def __init__(
        self,
        site: str | None = None,
        seeds: str | None = None,
        *,
        sites: tuple[Site, ...] | None = None,
        books: Books | None = None,
        recorder: Recorder | None = None,
        emit: Callable[[Event], None] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
        max_site_bytes: int = MAX_SITE_BYTES,
        force: bool = True,
        span: tuple[date, date] | None = None,
        **kwargs: str,
    ) -> None:
        super().__init__(**kwargs)
        # `scrapy shell` builds the spider without arguments, and starts nothing
        chosen = sites if sites is not None else _asked(site, seeds) if site else ()
        self.sites: dict[str, Site] = {one.name: one for one in chosen}
        self.recorder = recorder
        self.visits: list[Visit] = []
        self._emit = emit
        self._deadline_seconds = deadline_seconds
        self._max_site_bytes = max_site_bytes
        self._force = force
        self._span = span
        self._captures: asyncio.Queue[tuple[Capture, ...]] = asyncio.Queue(maxsize=8)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._reported: set[str] = set()
        self.broken: list[str] = []
        """Sites whose visit ended in an error of ours."""
        self.books: Books | None = books

    async def start(self) -> AsyncIterator[Any]:
        """Visit all sites; yield the pages of each article where nobody records them."""
        desk = self._desk()
        self.visits = [visit.begin(site, desk) for site in self.sites.values()]
        tasks = [asyncio.ensure_future(self._visit(one)) for one in self.visits]
        housekeeping = asyncio.ensure_future(self._keep_house())
        everything = asyncio.ensure_future(asyncio.wait(tasks)) if tasks else None
        try:
            while everything is not None and not (everything.done() and self._captures.empty()):
                pages = asyncio.ensure_future(self._captures.get())
                await asyncio.wait({pages, everything}, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(0)
                if pages.done():
                    yield Pages(captures=pages.result())
                else:
                    pages.cancel()
        finally:
            for task in (*tasks, housekeeping, *([everything] if everything else ())):
                task.cancel()
            for one in self.visits:
                self._report(one)

    async def _visit(self, one: Visit) -> None:
        VISITED.set(one.site.name)
        try:
            await visit.carry_out(one)
        except asyncio.CancelledError:
            one.ended, one.detail = Ended.STOPPED, "the process was asked to stop"
            raise
        except (DatabaseError, OSError) as error:
            # of this machine, such as a full disk: told in one line, and what was not recorded stays due
            told = (
                f"{sentence(error)}; what was not stored stays due"
                if isinstance(error, OSError)
                else str(error)
            )
            one.ended, one.detail = Ended.STOPPED, told
            self.broken.append(one.site.name)
            log.error("%s: %s", one.site.name, told)
        except Exception:
            one.ended = Ended.STOPPED
            if not self._crawler.engine.running:  # Scrapy's complaint that a request came while it stops
                one.detail = "the process was asked to stop"
                return
            one.detail = "an error of the crawler: see the log"
            self.broken.append(one.site.name)
            log.exception("%s: the visit ended in an error", one.site.name)
        finally:
            self._report(one)

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(HOUSEKEEPING_SECONDS)
            if self.recorder is None:
                continue
            try:
                self.recorder.roll_if_due()
            except OSError as error:
                log.error("the next segment cannot be begun: %s", sentence(error))

    def _report(self, one: Visit) -> None:
        """Say what a visit came to, once."""
        if one.site.name in self._reported:
            return
        self._reported.add(one.site.name)
        done = one.done()
        failed = ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.failed.items()))
        log.info(
            "%s: %s; %d found (%d new), %d fetched, %d unchanged, failed: %s; %d requests (%d conditional)%s",
            *(done.site, done.ended, done.found, done.new, done.fetched, done.unchanged, failed or "none"),
            *(done.requests, done.conditional, f"; {done.detail}" if done.detail else ""),
        )
        if self._emit is not None:
            self._emit(done)

    # --- What visits work with ---------------------------------------------------------------------

    def _desk(self) -> Desk:
        if self.books is None:
            self._folder = tempfile.TemporaryDirectory(prefix="pressrun-")
            self.books = Books(open_database(f"sqlite:///{self._folder.name}/state.sqlite"))
        now = asyncio.get_running_loop().time()
        return Desk(
            fetch=self._fetch,
            rules=self._rules,
            books=self.books,
            promise=self._promise,
            deliver=self._deliver if self.recorder is None else None,
            together=self.recorder.together if self.recorder is not None else nullcontext,
            emit=self._emit or _silently,
            requests=lambda site: (self._counted(site, "requests"), self._counted(site, "conditional")),
            received=lambda site: self._counted(site, "bytes"),
            max_bytes=self._max_site_bytes,
            deadline=now + self._deadline_seconds,
            look_until=now + self._deadline_seconds / 2,
            force=self._force,
            span=self._span,
        )

    def _request(self, url: str, site: Site, meta: dict[str, Any], headers: dict[str, str]) -> Request:
        if site.language:
            headers = {"Accept-Language": f"{site.language}, *;q=0.5", **headers}
        try:
            return Request(
                url,
                headers=headers,
                dont_filter=True,
                meta={
                    "site": site.name,
                    "delay_seconds": site.fetch.delay_seconds,
                    "download_timeout": site.fetch.timeout_seconds,
                    "allow_private_hosts": site.fetch.allow_private_hosts,
                    "dont_redirect": True,
                    **meta,
                },
            )
        except ValueError as error:  # a port or host that Scrapy cannot take
            raise FetchError(Outcome.BAD_URL, f"{url[:200]!r}: {error}") from error

    async def _fetch(self, ask: Ask) -> Reply:
        meta: dict[str, Any] = {
            "download_maxsize": ask.max_bytes or ask.site.fetch.max_bytes,
            "prefix": ask.prefix,
            "render": ask.site.fetch.render and not ask.prefix,
            "found": ask.found,
            "earlier": ask.earlier,
            "article": ask.article,
        }
        request = self._request(ask.url, ask.site, meta, dict(ask.headers))
        response = await self._crawler.engine.download_async(request)
        answer = request.meta.pop("answer", None)
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        return Reply(
            url=response.url,
            at=request.meta.get("at") or datetime.now(UTC),
            status=response.status,
            headers=headers,
            body=response.body,
            digest=request.meta.get("digest") or payload_digest(answer.body if answer else response.body),
            problem=request.meta.get("problem"),
            terms=request.meta.get("terms"),
        )

    @property
    def _crawler(self) -> Any:  # noqa: ANN401
        crawler: Crawler = self.crawler
        return crawler

    async def _rules(self, site: Site, url: str) -> Rules:
        middleware = self._crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is None:
            return Rules(parsed=None, agent="", detail="robots.txt is not asked for: ROBOTSTXT_OBEY is off")
        rules: Rules = await middleware.rules(self._request(url, site, {}, {}))
        return rules

    async def _promise(self, fetched: Fetched) -> None:
        if self.recorder is not None:
            self.recorder.promise(fetched)
        elif self.books is not None:
            await self.books.run(record_fetches, [fetched])

    async def _deliver(self, captures: tuple[Capture, ...]) -> None:
        await self._captures.put(captures)

    def _counted(self, site: str, what: str) -> int:
        number: int = self._crawler.stats.get_value(f"pressrun/{site}/{what}", 0)
        return number

    def closed(self, _reason: str) -> None:
        """Throw away what a crawl from the command line remembered."""
        if self._folder is not None:
            if self.books is not None:
                self.books.close()
            self._folder.cleanup()


def _silently(_event: Event) -> None:
    return None


def _asked(names: str, folder: str | None) -> tuple[Site, ...]:
    """The sites that the command line names; where it names what there is not, it is told so and ends with code 2."""
    try:
        return _named(names, folder)
    except (ValueError, SeedError) as error:
        log.error("%s", error)
        # an exception of any other kind Scrapy shows with its traceback, and ends with code 1
        raise SystemExit(2) from error


def _named(names: str, folder: str | None) -> tuple[Site, ...]:
    """The sites of a folder by name. Raises ValueError naming those that are not there."""
    loaded = load_sites(Path(folder) if folder else BUNDLED)
    by_name = {site.name: site for site in loaded.sites}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    missing = [name for name in wanted if name not in by_name]
    if missing:
        errors = "".join(f"\n{error}" for error in loaded.errors)
        raise ValueError(
            f"no site {', '.join(missing)!r} in {folder or BUNDLED}; "
            f"there are {', '.join(sorted(by_name)) or 'none'}{errors}"
        )
    return tuple(by_name[name] for name in dict.fromkeys(wanted))
