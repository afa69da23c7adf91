"""Captures in, readings out: here, or in processes of their own. Light to import, because each of those must.

Imports neither tables nor SQL: a reading process holds what `articles/` needs and little more.
"""

from __future__ import annotations

import os
import time
import traceback
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from threading import Thread

from articles.model import EXTRACTOR, Article, Capture, Reason, Rejection, Site
from articles.near import signature
from articles.reading import read_lines
from articles.repeated import Line
from articles.urls import article_id, canonical_url
from spiders.scope import domain_of
from storage.batches import Unchanged

Reading = Article | Rejection | Unchanged

CHUNK = 32
"""Captures handed to a process at once: about 7 MB of pages."""
CHUNKS_AHEAD = 8
"""Chunks under way at once, so that a segment is never in memory whole."""


def end_with_parent() -> None:
    """Have this process end when the one that started it is gone, however it went: else it waits for work for ever.

    Not by PR_SET_PDEATHSIG, which goes by the thread that started it, and Prefect's threads come and go.
    """
    Thread(target=_outlive, args=(parent_process(),), daemon=True).start()


def _outlive(parent: BaseProcess | None) -> None:
    if parent is not None:
        parent.join()
        os._exit(1)


@dataclass(frozen=True, slots=True)
class Result:
    """One capture's reading."""

    reading: Reading
    broke: str | None = None
    """The traceback, where the reader raised."""
    part_of: str | None = None
    """First page of the article that the capture is a further page of."""
    lines: tuple[Line, ...] = ()
    """What is to know of an article's paragraphs once other pages of the site are known."""
    signature: bytes | None = None
    """What the text is compared by with others; None: it is too short, or no article's."""
    seconds: float = field(default=0.0, compare=False)
    """What it took."""


def read_all(
    captures: Iterable[Capture], sites: Mapping[str, Site], pool: Executor | None = None
) -> Iterator[Result]:
    """The reading of each capture, in order; read in `pool` where one is given.

    A capture that names no site (Common Crawl's) is of the one site whose home is on its domain, if there is one.
    """
    domains = _domains(sites)
    captures = (_of_site(capture, domains) for capture in captures)
    if pool is None:
        for capture in captures:
            yield read_one(capture, sites.get(capture.site or ""))
        return
    waiting: deque[Future[list[Result]]] = deque()
    rest = iter(captures)
    try:
        while True:
            while len(waiting) < CHUNKS_AHEAD and (chunk := list(islice(rest, CHUNK))):
                names = {capture.site or "" for capture in chunk}
                named = {name: sites[name] for name in names if name in sites}
                waiting.append(pool.submit(_read_chunk, chunk, named))
            if not waiting:
                return
            yield from waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _domains(sites: Mapping[str, Site]) -> dict[str, str]:
    """Domain of a home -> name of its site, where that is one site's alone."""
    homes = [(domain_of(site.home), site.name) for site in sites.values()]
    shared = {domain for domain, number in Counter(domain for domain, _ in homes).items() if number > 1}
    return {domain: name for domain, name in homes if domain and domain not in shared}


def _of_site(capture: Capture, domains: Mapping[str, str]) -> Capture:
    if capture.site is not None or not domains:
        return capture
    name = domains.get(domain_of(capture.url) or "")
    return replace(capture, site=name) if name else capture


def _read_chunk(chunk: list[Capture], sites: Mapping[str, Site]) -> list[Result]:
    return [read_one(capture, sites.get(capture.site or "")) for capture in chunk]


def read_one(capture: Capture, site: Site | None) -> Result:
    """Read one capture, whatever is in it."""
    if capture.unchanged:
        return Result(_unchanged(capture))
    began = time.perf_counter()
    try:
        page = read_lines(capture, site)
        part_of = capture.found.part_of if capture.found else None
        sign = signature(page.outcome.paragraphs) if isinstance(page.outcome, Article) else None
        seconds = time.perf_counter() - began
        return Result(page.outcome, part_of=part_of, lines=page.lines, signature=sign, seconds=seconds)
    except Exception as error:  # noqa: BLE001 - the tree's only one: no page may stop the others
        return Result(_unreadable(capture, error), traceback.format_exc())


def _unchanged(capture: Capture) -> Unchanged:
    canonical = canonical_url(capture.url)
    return Unchanged(
        url=capture.url,
        site=capture.site,
        article_id=article_id(canonical) if canonical else None,
        revision_id=None,
        fetched_at=capture.fetched_at,
        status=capture.status,
        pointer=capture.pointer,
        detail="HTTP 304" if capture.status == 304 else "same bytes as before",
    )


def _unreadable(capture: Capture, error: Exception) -> Rejection:
    return Rejection(
        reason=Reason.UNREADABLE,
        detail=f"the reader broke: {type(error).__name__}: {error}"[:500],
        url=capture.url,
        fetched_at=capture.fetched_at,
        status=capture.status,
        site=capture.site,
        extractor=EXTRACTOR,
        pointer=capture.pointer,
    )
