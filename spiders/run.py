"""One crawling child process: `python -m spiders.run`, a job on stdin, events on stdout.

A reactor does not start twice and a process can be timed, counted and killed, so each group of sites is
crawled in a process of its own. SIGTERM ends it in order: requests under way are dropped, the open segment is
sealed and published, exit code 0. It also ends when its parent does. Exit codes: 0 done (each site says how),
1 something of ours failed (a segment that could not be published stays for the next sweep), 2 the job is
wrong.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from articles.model import Site
from seeds.load import load_sites
from spiders import settings as project
from spiders.books import Books
from spiders.events import VISITED, Event, Job, LogLine, decode_job, encode
from spiders.guard import HostsFileError, read_hosts
from spiders.news import NewsSpider
from spiders.recorder import Recorder
from storage import segments
from storage.objects import StoreError, open_store, sentence
from storage.records import BadRecord
from storage.state.database import DatabaseError, open_database

log = logging.getLogger(__name__)

SOFTWARE = "Pressrun/0.1"
PR_SET_PDEATHSIG = 1
_CHATTY = frozenset(
    {"scrapy.utils.log", "scrapy.addons", "scrapy.middleware", "scrapy.crawler", "scrapy.extensions.logstats"}
)


class BadJob(Exception):
    """The job cannot be done; the message names what is wrong in it."""


class _Out:
    """Events to the parent, from any thread; silent once nobody listens."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream: BinaryIO | None = stream
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            if self._stream is None:
                return
            try:
                self._stream.write(encode(event))
                self._stream.flush()
            except (BrokenPipeError, ValueError):
                self._stream = None


class _ToParent(logging.Handler):
    """Log records as events."""

    def __init__(self, out: _Out) -> None:
        super().__init__(logging.INFO)
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line; of what Scrapy says of itself at the start, only warnings."""
        if record.levelno < logging.WARNING and record.name in _CHATTY:
            return
        message = self.format(record)
        line = LogLine(level=record.levelname, logger=record.name, message=message, site=VISITED.get())
        self._out(line)


def main() -> int:
    """Read a job, do it, and return the exit code."""
    _end_with_parent()
    out = _Out(os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # stray prints are no events
    handler = _ToParent(out)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    try:
        return run(decode_job(sys.stdin.buffer.readline()), out)
    except (BadJob, BadRecord, DatabaseError, HostsFileError, StoreError) as error:
        log.error("%s", error)
    except OSError as error:
        log.error("the crawler cannot work: %s", sentence(error))
    return 2


def run(job: Job, out: Callable[[Event], None]) -> int:
    """Crawl the sites of a job. Raises BadJob, DatabaseError, HostsFileError, StoreError, OSError before it begins."""
    sites = _sites(job)
    if job.hosts is not None:
        read_hosts(Path(job.hosts))
    database = open_database(job.database, keep_open=True)
    store = open_store(job.store)
    folder = Path(job.work) / "segments"
    folder.mkdir(parents=True, exist_ok=True)
    for info in segments.sweep(store, database, folder).published:
        log.info("published %s, left by an earlier process", info.key)
    recorder = Recorder(
        folder=folder,
        store=store,
        database=database,
        software=SOFTWARE,
        max_bytes=job.max_segment_bytes,
        max_seconds=job.max_segment_seconds,
        emit=out,
    )
    books = Books(database)
    process = AsyncCrawlerProcess(project_settings(contact=job.contact, hosts=job.hosts, browser=job.browser))
    crawler = process.create_crawler(NewsSpider)
    process.crawl(
        crawler,
        sites=sites,
        books=books,
        recorder=recorder,
        emit=out,
        deadline_seconds=job.deadline_seconds,
        max_site_bytes=job.max_site_bytes,
        force=job.force,
        span=(job.since, job.until) if job.since and job.until else None,
    )
    process.start()
    books.close()
    recorder.close()
    database.close()
    spider = crawler.spider
    broken = getattr(spider, "broken", ["the spider did not start"])
    return 1 if recorder.failures or broken or process.bootstrap_failed else 0


def _sites(job: Job) -> tuple[Site, ...]:
    by_name = {site.name: site for site in load_sites(Path(job.seeds)).sites}
    missing = [name for name in job.sites if name not in by_name]
    if missing or not job.sites:
        raise BadJob(f"sites {missing or '(none)'} are not in {job.seeds}; there are {sorted(by_name)}")
    return tuple(by_name[name] for name in dict.fromkeys(job.sites))


def project_settings(
    *, contact: str | None = None, hosts: str | None = None, browser: str | None = None
) -> Settings:
    """The project's settings without pipeline and log, for a crawl not started by `scrapy crawl`."""
    settings = Settings()
    settings.setmodule(project, priority="project")
    settings.set("ITEM_PIPELINES", {}, priority="cmdline")
    settings.set("STATS_DUMP", False, priority="cmdline")
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    settings.set("REDIRECT_ENABLED", False, priority="cmdline")  # a visit follows redirects itself
    if contact:
        settings.set("USER_AGENT", user_agent(contact), priority="cmdline")
    if browser:
        settings.set("PRESSRUN_BROWSER", browser, priority="cmdline")
    if hosts:
        settings.set("PRESSRUN_HOSTS", Path(hosts), priority="cmdline")
    return settings


def user_agent(contact: str) -> str:
    """Who we are, with the address at which to complain."""
    plain = "".join(character for character in contact if character.isprintable() and character.isascii())
    return f"{SOFTWARE} (+{plain[:200]})"


def _end_with_parent() -> None:
    """Have the kernel send SIGTERM when the parent is gone (Linux; elsewhere stdin and patience must do)."""
    parent = os.getppid()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
