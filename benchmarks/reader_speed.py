"""CPU time a page of this reader, of bare parsing and of the peers that are installed, side by side.

    pip install '.[peers]'                        # what is not installed is named and left out
    python -m benchmarks.reader_speed [PAGES]     # pages of the corpus, evenly chosen; 100 where not said

Every reader gets the same bytes and reads text and metadata from them; they take turns page by page, so that a busy
machine is slow for all of them alike. Garbage of one is collected before the next is timed.
"""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from articles.decode import decode
from articles.language import language_of
from benchmarks.corpus import Page, corpus_folder, pages
from benchmarks.reader import extract

PAGES: Final = 100
WARM_UP: Final = 10
"""Pages read by all before the clock starts: models load and patterns compile once a process, not once a page."""

Reader = Callable[[bytes, str], object]


@dataclass(slots=True)
class Timing:
    """What one reader took."""

    name: str
    seconds: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def mean_ms(self) -> float:
        """CPU milliseconds a page."""
        return sum(self.seconds) / len(self.seconds) * 1e3

    def centile_ms(self, share: float) -> float:
        """CPU milliseconds that this share of all pages stayed below."""
        return sorted(self.seconds)[min(int(share * len(self.seconds)), len(self.seconds) - 1)] * 1e3


def main(count: int) -> None:
    """Time all readers on evenly chosen pages and print the table."""
    folder = corpus_folder()
    if folder is None:
        sys.exit("no corpus: set PRESSRUN_CORPUS to its folder")
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    readers, missing = _readers()
    everything = list(pages(folder))
    chosen = [everything[number * len(everything) // count] for number in range(count)]
    warm_up = [page for page in everything[:: len(everything) // WARM_UP] if page not in chosen]
    _timed(readers, warm_up[:WARM_UP])
    # Ours loads the model that tells languages apart (half a second) at the first page that needs it.
    language_of((), "these are enough words of some length " * 20)
    gc.freeze()
    _print(_timed(readers, chosen), missing)


def _timed(readers: dict[str, Reader], chosen: Sequence[Page]) -> list[Timing]:
    timings = {name: Timing(name) for name in readers}
    for page in chosen:
        body = page.body()
        for name, read in readers.items():
            gc.collect()
            began = time.process_time()
            try:
                read(body, page.url)
            except Exception:  # noqa: BLE001  a peer that breaks on a page has still spent its time on it
                timings[name].failures += 1
            timings[name].seconds.append(time.process_time() - began)
    return list(timings.values())


def _print(timings: list[Timing], missing: list[str]) -> None:
    times = {timing.name: timing.mean_ms for timing in timings}
    peer, parsing = times.get("trafilatura"), times[_PARSING]
    heads = f"{'CPU ms a page':>14}{'median':>9}{'90 %':>9}{'trafilatura = 1':>17}{'parsing = 1':>13}{'failed':>8}"
    print(f"{'':22}{heads}")
    for timing in sorted(timings, key=lambda timing: timing.mean_ms):
        share = f"{timing.mean_ms / peer:.2f}" if peer else "-"
        print(
            f"{timing.name:22}{timing.mean_ms:14.1f}{timing.centile_ms(0.5):9.1f}{timing.centile_ms(0.9):9.1f}"
            f"{share:>17}{timing.mean_ms / parsing:13.1f}{timing.failures:8}"
        )
    print(f"{len(timings[0].seconds)} pages")
    if peer:
        print(f"pages a second against trafilatura: {peer / times[_OURS]:.2f} times")
    for name in missing:
        print(f"not installed: {name}")


# --- The readers ----------------------------------------------------------------------------------

_OURS: Final = "pressrun"
_PARSING: Final = "bare parsing"


def _readers() -> tuple[dict[str, Reader], list[str]]:
    """All readers that can be had, and the names of those that cannot."""
    found: dict[str, Reader] = {_OURS: extract, _PARSING: lambda html, _: LexborHTMLParser(decode(html))}
    missing: list[str] = []
    for name, (module, make) in _PEERS.items():
        try:
            found[name] = make(importlib.import_module(module))
        except ImportError:
            missing.append(name)
    return found, missing


def _trafilatura(module: ModuleType) -> Reader:
    return lambda html, url: module.bare_extraction(html, url=url, with_metadata=True)


def _trafilatura_fast(module: ModuleType) -> Reader:
    return lambda html, url: module.bare_extraction(html, url=url, with_metadata=True, fast=True)


def _readability(module: ModuleType) -> Reader:
    def read(html: bytes, url: str) -> object:
        document = module.Document(decode(html), url=url)
        return document.summary(), document.title()

    return read


def _newspaper(module: ModuleType) -> Reader:
    def read(html: bytes, url: str) -> object:
        article = module.Article(url or "http://unknown.test/", fetch_images=False)
        article.download(input_html=decode(html))
        article.parse()
        return article.text

    return read


def _resiliparse(module: ModuleType) -> Reader:
    trees = importlib.import_module("resiliparse.parse.html")

    def read(html: bytes, url: str) -> object:  # noqa: ARG001
        return module.extract_plain_text(trees.HTMLTree.parse(decode(html)), main_content=True)

    return read


def _news_please(module: ModuleType) -> Reader:
    return lambda html, url: module.NewsPlease.from_html(decode(html), url=url, fetch_images=False)


_PEERS: Final[dict[str, tuple[str, Callable[[ModuleType], Reader]]]] = {
    "trafilatura": ("trafilatura", _trafilatura),
    "trafilatura fast": ("trafilatura", _trafilatura_fast),
    "readability-lxml": ("readability", _readability),
    "newspaper4k": ("newspaper", _newspaper),
    "resiliparse": ("resiliparse.extract.html2text", _resiliparse),
    "news-please": ("newsplease", _news_please),
}
"""Peer by name: the module to import, and what makes a reader of it."""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
