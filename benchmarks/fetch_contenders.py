"""How each peer of benchmarks/fetch_speed.py fetches a list of URLs; run by the interpreter that has the peer.

    python fetch_contenders.py NAME URLS FOLDER     # imports nothing of Pressrun

Prints one JSON object: pages fetched, CPU seconds of this process and its children, wall seconds, and the most
memory it had. Imports are made before the clock starts.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

THREADS = 50
Work = Callable[[], int]
"""Fetches everything; the number of pages that came."""


def main(name: str, urls_file: str, folder: str) -> None:
    """Run one contender and print what it took."""
    urls = Path(urls_file).read_text().split()
    work = CONTENDERS[name](urls, Path(folder))
    print(json.dumps(measured(work)))


def measured(work: Work) -> dict[str, float]:
    """Pages, `cpu` and `wall` seconds, and `peak_mb`, of one piece of work."""
    cpu, began = cpu_seconds(), time.perf_counter()
    pages = work()
    return {
        "pages": pages,
        "cpu": cpu_seconds() - cpu,
        "wall": time.perf_counter() - began,
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    # not ru_maxrss: that begins with what the parent had when it was forked
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _by_host(urls: list[str]) -> dict[str, list[str]]:
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(urlsplit(url).netloc, []).append(url)
    return hosts


def aiohttp_loop(urls: list[str], _folder: Path) -> Work:
    """One task a host, bodies read and thrown away: what asyncio in Python can do."""
    import aiohttp

    async def crawl() -> int:
        async with aiohttp.ClientSession() as session:

            async def take(mine: list[str]) -> int:
                got = 0
                for url in mine:
                    async with session.get(url) as response:
                        got += len(await response.read()) > 0
                return got

            return sum(await asyncio.gather(*(take(mine) for mine in _by_host(urls).values())))

    return lambda: asyncio.run(crawl())


def _scrapy(urls: list[str], settings: dict[str, Any]) -> Work:
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    got: list[int] = []

    class Spider(scrapy.Spider):
        name = "nothing"
        start_urls = urls

        def parse(self, response: Any) -> None:  # noqa: ANN401
            got.append(len(response.body))

    def work() -> int:
        process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "REMOTE_CONTROL_ENABLED": False, **settings})
        process.crawl(Spider)
        process.start()
        return len(got)

    return work


def scrapy_stock(urls: list[str], _folder: Path) -> Work:
    """Scrapy with its own defaults; the callback keeps the length of the body."""
    return _scrapy(urls, {})


def scrapy_tuned(urls: list[str], _folder: Path) -> Work:
    """Scrapy with what costs most and a crawl can do without switched off."""
    off = ("COOKIES_ENABLED", "TELNETCONSOLE_ENABLED", "METAREFRESH_ENABLED", "REFERER_ENABLED")
    return _scrapy(urls, {"CONCURRENT_ITEMS": 1, "CONCURRENT_REQUESTS": 50, **dict.fromkeys(off, False)})


def scrapy_warcio(urls: list[str], folder: Path) -> Work:
    """Stock Scrapy that keeps every response, as sent, in a WARC file written by warcio with its defaults."""
    from io import BytesIO

    from scrapy import signals
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    class Keeps:
        def __init__(self) -> None:
            self._file = (folder / "scrapy.warc.gz").open("wb")
            self._writer = WARCWriter(self._file, gzip=True)

        @classmethod
        def from_crawler(cls, crawler: Any) -> Keeps:  # noqa: ANN401
            one = cls()
            crawler.signals.connect(one.keep, signals.response_downloaded)
            return one

        def keep(self, response: Any, request: Any) -> None:  # noqa: ANN401, ARG002
            pairs = [(n.decode(), v.decode("latin-1")) for n, vs in response.headers.items() for v in vs]
            head = StatusAndHeaders(f"{response.status} OK", pairs, protocol="HTTP/1.1")
            record = self._writer.create_warc_record(
                response.url, "response", payload=BytesIO(response.body), http_headers=head
            )
            self._writer.write_record(record)

    return _scrapy(urls, {"EXTENSIONS": {Keeps: 0}})


def news_please(urls: list[str], _folder: Path) -> Work:
    """news-please's SimpleCrawler, fifty URLs at a time (it starts a thread for each)."""
    from newsplease.crawler.simple_crawler import SimpleCrawler

    logging.disable(logging.CRITICAL)

    def work() -> int:
        rest, got = iter(urls), 0
        while batch := list(islice(rest, THREADS)):
            got += sum(bool(html) for html in SimpleCrawler.fetch_urls(batch).values())
        return got

    return work


def trafilatura(urls: list[str], _folder: Path) -> Work:
    """trafilatura's buffered downloads."""
    from trafilatura.downloads import buffered_downloads

    return lambda: sum(bool(html) for _, html in buffered_downloads(urls, download_threads=THREADS))


def fundus(urls: list[str], _folder: Path) -> Work:
    """Fundus' WebSource, a thread for each publisher, as its crawler does it."""
    from types import SimpleNamespace

    from fundus.scraping.html import WebSource

    publisher: Any = SimpleNamespace(name="Paper", request_header={"user-agent": "Fundus"}, impersonate=None)

    def take(mine: list[str]) -> int:
        source = WebSource(mine, publisher, ignore_robots=True)
        return sum(1 for html in source.fetch(lambda _: False) if html is not None)

    def work() -> int:
        with ThreadPoolExecutor(THREADS) as threads:
            return sum(threads.map(take, _by_host(urls).values()))

    return work


def wget_warc(urls: list[str], folder: Path) -> Work:
    """wget with --warc-file: one request after the other, the archivists' plain tool."""
    (folder / "urls").write_text("\n".join(urls))
    options = ("--quiet", "--delete-after", "--warc-file", str(folder / "wget"), "--compression=none")

    def work() -> int:
        subprocess.run(["wget", *options, "--input-file", str(folder / "urls")], cwd=folder, check=True)
        return len(urls)

    return work


CONTENDERS: dict[str, Callable[[list[str], Path], Work]] = {
    "aiohttp": aiohttp_loop,
    "scrapy": scrapy_stock,
    "scrapy-tuned": scrapy_tuned,
    "scrapy-warcio": scrapy_warcio,
    "news-please": news_please,
    "trafilatura": trafilatura,
    "fundus": fundus,
    "wget-warc": wget_warc,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
