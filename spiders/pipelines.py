"""The default item pipeline, for `scrapy crawl -O out.jsonl`: capture in, stripped article out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem, NotConfigured

from articles.model import Capture, Rejection
from articles.reading import read
from storage import records

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ArticlePipeline:
    """Reads captures. What is no article is dropped by name; items of other kinds pass."""

    def __init__(self, crawler: Crawler) -> None:
        if getattr(crawler.spider, "recorder", None) is not None:
            raise NotConfigured  # a job records segments; they are read elsewhere
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArticlePipeline:
        """As Scrapy builds its components."""
        return cls(crawler)

    def process_item(self, item: Any) -> Any:  # noqa: ANN401
        """The article of a capture, as a plain dict with `text` added. Raises DropItem."""
        if not isinstance(item, Capture):
            return item
        sites = getattr(self._crawler.spider, "sites", {})
        outcome = read(item, sites.get(item.site))
        if isinstance(outcome, Rejection):
            raise DropItem(f"{outcome.reason}: {outcome.detail}: {item.url}", log_level="INFO")
        return {
            "url": outcome.url,
            "title": outcome.title,
            "text": outcome.text,
            **records.to_builtins(outcome),
        }
