"""One errand to one site, for a person at the command line: explore it, or fetch a page. Stores nothing.

The same guard, robots.txt, pace and caps as in a crawl, because it is the same spider with another start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from scrapy.crawler import AsyncCrawlerProcess

from articles.model import Site
from spiders import visit
from spiders.desk import Visit
from spiders.events import Event
from spiders.guard import read_hosts
from spiders.news import NewsSpider
from spiders.outcome import FetchError
from spiders.run import project_settings

T = TypeVar("T")
Errand = Callable[[Visit], Awaitable[T]]

DEADLINE_SECONDS = 120.0


class ErrandFailed(Exception):
    """The errand ended in an error of ours, not of the site."""


def run_errand(
    site: Site,
    errand: Errand[T],
    *,
    contact: str | None = None,
    hosts: Path | None = None,
    emit: Callable[[Event], None] | None = None,
) -> T:
    """Run `errand` on a visit to the site and return what it gives. Once in a process: a reactor starts once.

    `emit` is told how far it is. Raises FetchError where the web says no, HostsFileError and ErrandFailed.
    """
    if hosts:
        read_hosts(hosts)  # what is wrong with it is told before anything starts
    process = AsyncCrawlerProcess(project_settings(contact=contact, hosts=str(hosts) if hosts else None))
    crawler = process.create_crawler(OnceSpider)
    process.crawl(crawler, sites=(site,), errand=errand, emit=emit, deadline_seconds=DEADLINE_SECONDS)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, OnceSpider):
        raise ErrandFailed(f"{site.home}: the spider did not start")
    answer: T = spider.answer()
    return answer


class OnceSpider(NewsSpider, Generic[T]):
    """The news spider, sent on one errand."""

    name = "once"

    def __init__(self, *, errand: Errand[T], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._errand = errand
        self._answers: list[T] = []
        self._refusal: FetchError | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Carry out the errand; there are no items."""
        for item in list[Any]():
            yield item
        desk = self._desk()
        (site,) = self.sites.values()
        try:
            self._answers.append(await self._errand(visit.begin(site, desk)))
        except FetchError as error:
            self._refusal = error

    def answer(self) -> T:
        """What the errand gave. Raises the FetchError that ended it."""
        if self._refusal is not None:
            raise self._refusal
        if not self._answers:
            raise ErrandFailed(f"{', '.join(self.sites)}: the errand gave nothing")
        return self._answers[0]
