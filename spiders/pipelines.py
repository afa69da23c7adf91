"""The default item pipeline, for `scrapy crawl -O out.jsonl`: the pages of an article in, stripped article out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem, NotConfigured

from articles.model import Capture, Rejection
from articles.parts import read_pages
from storage import records

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the spider yields: the captures of one article, nearly always one."""

    captures: tuple[Capture, ...]


class ArticlePipeline:
    """Reads what was fetched. What is no article is dropped by name; items of other kinds pass."""

    def __init__(self, crawler: Crawler) -> None:
        if getattr(crawler.spider, "recorder", None) is not None:
            raise NotConfigured  # a job records segments; they are read elsewhere
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArticlePipeline:
        """As Scrapy builds its components."""
        return cls(crawler)

    def process_item(self, item: Any) -> Any:  # noqa: ANN401
        """The article of its pages, as a plain dict with `text` added. Raises DropItem."""
        if not isinstance(item, Pages):
            return item
        sites = getattr(self._crawler.spider, "sites", {})
        outcome = read_pages(item.captures, sites.get(item.captures[0].site))
        if isinstance(outcome, Rejection):
            raise DropItem(f"{outcome.reason}: {outcome.detail}: {outcome.url}", log_level="INFO")
        return {
            "url": outcome.url,
            "title": outcome.title,
            "text": outcome.text,
            **records.to_builtins(outcome),
        }
