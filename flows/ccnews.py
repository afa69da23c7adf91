"""The flow `import-ccnews`: take WARC files of others, Common Crawl's news above all, into the archive; read them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from flows.artifacts import normalize_markdown, publish
from flows.config import load_config
from flows.logs import REPORTED, safe
from flows.parameters import Limit, Sources
from flows.report import NormalizeReport, few
from flows.runner import desk, task_runner
from flows.sources import COMMON_CRAWL, CannotImport, check_sources, download, files_of
from flows.stored_segments import UnknownSegment, named_segments
from flows.workshop import Workshop, close_workshop, open_workshop
from storage.foreign import BadName, foreign_key, is_known, take_in
from storage.segments import SEGMENTS
from storage.state.segments import SegmentChanged
from storage.warc import TornSegment

DOWNLOADS = "import-"
"""How the folders of downloads begin, in the work folder."""
OLD_SECONDS = 86_400.0
REFUSALS = (CannotImport, BadName, SegmentChanged, TornSegment, UnknownSegment)
"""What can be wrong with one file and not with others."""


def _run_name() -> str:
    sources: Sequence[str] = flow_run.parameters["sources"]
    return f"import {few([safe(source)[-60:] for source in sources], 2)}"


@flow(
    name="import-ccnews",
    flow_run_name=_run_name,
    task_runner=task_runner(),
)
def import_ccnews(sources: Sources, limit: Limit = None, base: str = COMMON_CRAWL) -> NormalizeReport:
    """Take WARC files into the archive and read them as if they had been crawled; those it has are left as they are.

    A file that cannot be taken in stops no other and is told in the report. Raises CannotImport, also where no file
    at all could be taken in.

    Args:
        sources: Files, their http addresses, keys of segments that lie in the store, or months of CC-NEWS (`2026-10`).
        limit: So many files at most, in the order of the list. None: all.
        base: Where Common Crawl's files are.
    """
    log = get_run_logger()
    check_sources(sources)
    config = load_config()
    workshop = open_workshop(config)
    try:
        work = desk(config, log)
        config.work.mkdir(parents=True, exist_ok=True)
        _sweep(config.work)
        refused: list[tuple[str, Exception]] = []
        allowed = [host for site in workshop.sites.values() for host in site.fetch.allow_private_hosts]
        for source in islice(files_of(sources, base, allowed), limit):
            try:
                key = _taken_in(workshop, source, config.work, allowed)
            except REFUSALS as error:
                told = f"{source} is not taken in: {error}{_remedy(error)}"
                log.error("%s", told, extra=REPORTED)
                refused.append((told, error))
                continue
            log.info("%s is %s", source, key)
            work.take(key)
        report = work.finish()
        if refused and not report.segments:
            raise CannotImport(refused[0][0]) from refused[0][1]
        report = replace(report, refused=tuple(told for told, _ in refused))
    finally:
        close_workshop(config)
    publish("import-ccnews", normalize_markdown(report, "Import"), "What the imported segments gave")
    return report


def _remedy(error: Exception) -> str:
    if isinstance(error, SegmentChanged):
        return ". The archive has another file of this name: rename this one"
    if isinstance(error, TornSegment) and "cut short" in str(error):
        return ". Get the whole of it again"
    if isinstance(error, TornSegment):
        return ". Give a .warc.gz as crawlers write it, or compress each of its records by itself"
    return ""


def _sweep(work: Path) -> None:
    """Remove downloads that imports left when they were killed: a gigabyte each. A day is more than one takes."""
    for folder in work.glob(f"{DOWNLOADS}*"):
        if time.time() - folder.stat().st_mtime > OLD_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _taken_in(workshop: Workshop, source: str, work: Path, allowed: Sequence[str]) -> str:
    """The key of a source's segment, which is in the store and registered."""
    if source.startswith(SEGMENTS):
        return named_segments(workshop, [source])[0]
    key = foreign_key(source)
    if "://" not in source:
        return take_in(workshop.store, workshop.database, Path(source), key).key
    if is_known(workshop.database, key):
        return key
    with TemporaryDirectory(prefix=DOWNLOADS, dir=work) as folder:
        path = Path(folder) / "segment"
        download(source, path, allowed)
        return take_in(workshop.store, workshop.database, path, key).key
