"""Quality and CPU time of this reader and of the peers that are installed, side by side on the same pages.

    pip install '.[peers]'                        # what is not installed is named and left out
    python -m benchmarks.reader_speed [PAGES]     # pages of the corpus, evenly chosen; 100 where not said

Every reader gets the same bytes and reads text and metadata from them; they take turns page by page, so that a busy
machine is slow for all of them alike. Garbage of one is collected before the next is timed. What they answered is
judged by the corpus's own `score.py`, where there is one: F1 of all text and of each data set, pages with exactly the
right words, promotional blocks that leaked into the text (`body`: those between its paragraphs), sentences lost for
speaking of newsletters and the like (`strip`), and pages with the right title, authors and day.
"""

from __future__ import annotations

import gc
import gzip
import importlib
import importlib.util
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

from articles.decode import decode
from articles.language import language_of
from benchmarks.corpus import Page, corpus_folder, pages
from benchmarks.reader import extract

PAGES: Final = 100
WARM_UP: Final = 10
"""Pages read by all before the clock starts: models load and patterns compile once a process, not once a page."""

Reader = Callable[[bytes, str], Any]
Answer = Callable[[Any], Mapping[str, object]]
"""What a reader returned as text, title, authors and publication time."""


@dataclass(slots=True)
class Timing:
    """What one reader took."""

    name: str
    seconds: list[float] = field(default_factory=list)
    failures: int = 0
    judged: list[dict[str, Any]] = field(default_factory=list)
    """What `score.py` says of each page."""

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
    readers, missing = readers_installed()
    everything = list(pages(folder))
    chosen = [everything[number * len(everything) // count] for number in range(count)]
    warm_up = [page for page in everything[:: len(everything) // WARM_UP] if page not in chosen]
    _timed(readers, warm_up[:WARM_UP], None)
    # Ours loads the model that tells languages apart (half a second) at the first page that needs it.
    language_of((), "these are enough words of some length " * 20)
    score = _score(folder)
    gc.freeze()
    _print(_timed(readers, chosen, score), score, missing)


@dataclass(frozen=True, slots=True)
class Score:
    """The corpus's way to judge an answer."""

    module: Any
    rows: Mapping[str, Any]

    def judged(self, page: Page, answer: Mapping[str, object]) -> dict[str, Any]:
        """What it says of an answer on a page."""
        self.module.given = lambda *_: answer
        judged: dict[str, Any] = self.module.judge((self.rows[page.id], b"", "given"))
        return judged


def _score(folder: Path) -> Score | None:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None or not (folder / "score.py").is_file():
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with gzip.open(folder / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        return Score(module, {row["id"]: row for row in map(json.loads, lines)})


def _timed(
    readers: Mapping[str, tuple[Reader, Answer | None]], chosen: Sequence[Page], score: Score | None
) -> list[Timing]:
    timings = {name: Timing(name) for name in readers}
    for page in chosen:
        body = page.body()
        for name, (read, answer) in readers.items():
            gc.collect()
            timing, found = timings[name], None
            began = time.process_time()
            try:
                found = read(body, page.url)
            except Exception:  # noqa: BLE001  a peer that breaks on a page has still spent its time on it
                timing.failures += 1
            timing.seconds.append(time.process_time() - began)
            if score is not None and answer is not None:
                timing.judged.append(score.judged(page, answer(found) if found is not None else {}))
    return list(timings.values())


_FIGURES: Final = {
    "F1": "f1", "exact": "exact", "incl": "include", "excl": "exclude", "leak": "promo_leak",
    "body": "promo_leak_inbody", "strip": "false_strip", "title": "title", "authors": "authors", "day": "date",
}  # fmt: skip
"""Heads of the columns, and what `score.py` calls the figures."""


def _print(timings: list[Timing], score: Score | None, missing: list[str]) -> None:
    times = {timing.name: timing.mean_ms for timing in timings}
    peer, parsing = times.get("trafilatura"), times[_PARSING]
    datasets = sorted({row["dataset"] for timing in timings for row in timing.judged if "p" in row})
    heads = ["CPU ms", "median", "90 %", "/traf.", "/parse", *_FIGURES, *datasets, "failed"]
    print(f"{'':26}" + "".join(f"{head[:8]:>9}" for head in heads))
    for timing in sorted(timings, key=lambda timing: timing.mean_ms):
        cells = [timing.mean_ms, timing.centile_ms(0.5), timing.centile_ms(0.9)]
        shown = [f"{cell:.1f}" for cell in cells]
        shown.append(f"{timing.mean_ms / peer:.2f}" if peer else "-")
        shown.append(f"{timing.mean_ms / parsing:.1f}")
        shown += _figures(timing, score, datasets)
        print(f"{timing.name:26}" + "".join(f"{cell:>9}" for cell in (*shown, str(timing.failures))))
    print(
        f"{len(timings[0].seconds)} pages; /traf., /parse: time as a multiple of trafilatura's and of {_PARSING}'s"
    )
    if peer:
        print(f"pages a second against trafilatura: {peer / times[_OURS]:.2f} times")
    for name in missing:
        print(f"not installed: {name}")


def _figures(timing: Timing, score: Score | None, datasets: Sequence[str]) -> list[str]:
    if score is None or not timing.judged:
        return ["-"] * (len(_FIGURES) + len(datasets))
    total = score.module.summary(timing.judged)
    found = [total.get(key) for key in _FIGURES.values()]
    for name in datasets:
        found.append(score.module.summary([row for row in timing.judged if row["dataset"] == name]).get("f1"))
    return ["-" if one is None else f"{one:.3f}" for one in found]


# --- The readers ----------------------------------------------------------------------------------

_OURS: Final = "pressrun"
_PARSING: Final = "parsing alone, lexbor"


def readers_installed() -> tuple[dict[str, tuple[Reader, Answer | None]], list[str]]:
    """All readers that can be had, and the names of those that cannot."""
    found: dict[str, tuple[Reader, Answer | None]] = {
        _OURS: (extract, dict),
        _PARSING: (lambda html, _: LexborHTMLParser(decode(html)), None),
        "parsing alone, bs4+lxml": (lambda html, _: BeautifulSoup(html, "lxml"), None),
    }
    missing: list[str] = []
    for name, (module, make, answer) in _PEERS.items():
        try:
            found[name] = make(importlib.import_module(module)), answer
        except ImportError:
            missing.append(name)
    return found, missing


def _lxml(module: ModuleType) -> Reader:
    return lambda html, _: module.document_fromstring(decode(html).encode())


def _trafilatura(module: ModuleType) -> Reader:
    return lambda html, url: module.bare_extraction(html, url=url, with_metadata=True, include_comments=False)


def _trafilatura_fast(module: ModuleType) -> Reader:
    return lambda html, url: module.bare_extraction(
        html, url=url, with_metadata=True, include_comments=False, fast=True
    )


def _of_trafilatura(document: Any) -> Mapping[str, object]:  # noqa: ANN401
    authors = [author for author in (document.author or "").split("; ") if author]
    return {"text": document.text, "title": document.title, "authors": authors, "published": document.date}


def _readability(module: ModuleType) -> Reader:
    def read(html: bytes, url: str) -> object:
        document = module.Document(decode(html), url=url)
        return document.summary(), document.title()

    return read


def _of_readability(found: Any) -> Mapping[str, object]:  # noqa: ANN401
    summary, title = found
    lines = [block.strip() for block in LexborHTMLParser(summary).text(separator=" ").split("\n")]
    return {"text": "\n".join(filter(None, lines)), "title": title}


def _newspaper(module: ModuleType) -> Reader:
    def read(html: bytes, url: str) -> object:
        article = module.Article(url or "http://unknown.test/", fetch_images=False)
        article.download(input_html=decode(html))
        article.parse()
        return article

    return read


def _of_newspaper(article: Any) -> Mapping[str, object]:  # noqa: ANN401
    at = article.publish_date or None
    return {"text": article.text, "title": article.title, "authors": article.authors, "published": at}


def _resiliparse(module: ModuleType) -> Reader:
    trees = importlib.import_module("resiliparse.parse.html")

    def read(html: bytes, url: str) -> object:  # noqa: ARG001
        tree = trees.HTMLTree.parse(decode(html))
        return module.extract_plain_text(tree, main_content=True), tree.title

    return read


def _of_resiliparse(found: Any) -> Mapping[str, object]:  # noqa: ANN401
    return {"text": found[0], "title": found[1]}


def _news_please(module: ModuleType) -> Reader:
    return lambda html, url: module.NewsPlease.from_html(decode(html), url=url, fetch_images=False)


def _of_news_please(article: Any) -> Mapping[str, object]:  # noqa: ANN401
    return {
        "text": article.maintext,
        "title": article.title,
        "authors": article.authors,
        "published": article.date_publish,
    }


_PEERS: Final[dict[str, tuple[str, Callable[[ModuleType], Reader], Answer | None]]] = {
    "parsing alone, lxml.html": ("lxml.html", _lxml, None),
    "trafilatura": ("trafilatura", _trafilatura, _of_trafilatura),
    "trafilatura fast": ("trafilatura", _trafilatura_fast, _of_trafilatura),
    "readability-lxml": ("readability", _readability, _of_readability),
    "newspaper4k": ("newspaper", _newspaper, _of_newspaper),
    "resiliparse": ("resiliparse.extract.html2text", _resiliparse, _of_resiliparse),
    "news-please": ("newsplease", _news_please, _of_news_please),
}
"""Peer by name: the module to import, what makes a reader of it, and how its answer is read; None: it has none."""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
