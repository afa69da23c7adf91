"""A file in the shape of Common Crawl's news, of real pages where they are on this machine, else of sample ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from benchmarks.corpus import corpus_folder, pages
from tests.support.ccnews import cc_news
from tests.support.segments import page

NAME = "CC-NEWS-20261001080500-00042.warc.gz"
CHUNK = 500
HOSTS = 700
"""Newspapers that the pages are dealt to."""


def write_file(path: Path, captures: int) -> str:
    """Write a file of so many captures, every page under an address of its own; what its pages are."""
    folder = corpus_folder()
    texts = [one.body() for one in pages(folder)] if folder else [page(number) for number in range(200)]
    named = _named(texts, captures)
    with path.open("wb") as file:
        while chunk := dict(islice(named, CHUNK)):
            file.write(cc_news(chunk))
    kind = "real pages" if folder else "sample pages"
    each = path.stat().st_size / captures / 1e3
    return f"{captures:,} captures from {len(texts):,} {kind}, {each:.1f} kB each in the file"


def _named(texts: list[bytes], captures: int) -> Iterator[tuple[str, bytes]]:
    for number, body in enumerate(islice(cycle(texts), captures)):
        # a page that comes again is another story: else near duplicates would be most of the work
        told = body.replace(b"</p>", b" (%d)</p>" % number) if number >= len(texts) else body
        yield f"https://paper-{number % HOSTS}.example/2026/10/01/story-{number}", told
