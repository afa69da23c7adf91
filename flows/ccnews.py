"""The flow `import-ccnews`: take WARC files of others, Common Crawl's news above all, into the archive; read them."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from flows.artifacts import normalize_markdown, publish
from flows.config import load_config
from flows.logs import safe
from flows.parameters import Limit, Sources
from flows.report import NormalizeReport
from flows.runner import desk, task_runner
from flows.stored_segments import named_segments
from flows.workshop import Workshop, close_workshop, open_workshop
from storage.foreign import foreign_key, is_known, take_in
from storage.redaction import redacted
from storage.segments import SEGMENTS

COMMON_CRAWL = "https://data.commoncrawl.org/"
LIST = "crawl-data/CC-NEWS/{year}/{month}/warc.paths.gz"
_MONTH = re.compile(r"(\d{4})-(\d\d)")
ATTEMPTS = 5
TIMEOUT = httpx.Timeout(60.0)
MAX_LIST_BYTES = 50_000_000


class CannotImport(Exception):
    """A file, address or month cannot be imported; the message names it and the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(redacted(message))


def _run_name() -> str:
    sources: Sequence[str] = flow_run.parameters["sources"]
    names = ", ".join(safe(source)[-60:] for source in sources[:2])
    return f"import {names}{f' and {len(sources) - 2} more' if len(sources) > 2 else ''}"


def check_sources(sources: Iterable[str]) -> None:
    """Refuse addresses with a password or a signature in them: Prefect keeps the parameters of every run."""
    for source in sources:
        if redacted(source) != source:
            raise CannotImport(
                f"{source} carries a secret, which would be kept with the run; download it and give the file"
            )


@flow(
    name="import-ccnews",
    flow_run_name=_run_name,
    task_runner=task_runner(),
)
def import_ccnews(sources: Sources, limit: Limit = None, base: str = COMMON_CRAWL) -> NormalizeReport:
    """Take WARC files into the archive and read them as if they had been crawled; those it has are left as they are.

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
        for number, source in enumerate(_files(sources, base)):
            if limit is not None and number >= limit:
                break
            key = _taken_in(workshop, source, config.work)
            log.info("%s is %s", source, key)
            work.take(key)
        report = work.finish()
    finally:
        close_workshop(config)
    publish("import-ccnews", normalize_markdown(report, "Import"), "What the imported segments gave")
    return report


def _files(sources: Iterable[str], base: str) -> Iterator[str]:
    """The sources, each month replaced by the addresses of its files."""
    for source in sources:
        month = _MONTH.fullmatch(source)
        if month is None:
            yield source
            continue
        address = base.rstrip("/") + "/" + LIST.format(year=month[1], month=month[2])
        with TemporaryDirectory(prefix="pressrun-list-") as folder:
            path = Path(folder) / "list"
            download(address, path)
            with gzip.open(path) as file:
                try:
                    lines = file.read(MAX_LIST_BYTES).decode().split()
                except (OSError, EOFError, UnicodeDecodeError) as error:
                    raise CannotImport(f"{address} is no list of files: {error}") from error
        yield from (base.rstrip("/") + "/" + line for line in lines)


def _taken_in(workshop: Workshop, source: str, work: Path) -> str:
    """The key of a source's segment, which is in the store and registered."""
    if source.startswith(SEGMENTS):
        return named_segments(workshop, [source])[0]
    key = foreign_key(source)
    if "://" not in source:
        path = Path(source)
        if not path.is_file():
            raise CannotImport(f"there is no file {source}; give a file, an http address, a key or a month")
        return take_in(workshop.store, workshop.database, path, key).key
    if is_known(workshop.database, key):
        return key
    with TemporaryDirectory(prefix="import-", dir=work) as folder:
        path = Path(folder) / "segment"
        download(source, path)
        return take_in(workshop.store, workshop.database, path, key).key


def download(address: str, path: Path, *, attempts: int = ATTEMPTS, wait_seconds: float = 2.0) -> None:
    """Get a file over http, going on where a connection broke. Raises CannotImport.

    A server that does not know ranges is asked for the whole again.
    """
    for attempt in range(attempts):
        try:
            _get(address, path)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise CannotImport(f"{address!r} is no http address: {error}") from error
        except (httpx.TransportError, _CutShort) as error:
            cause: object = error
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            if status < 500 and status != 429:
                raise CannotImport(f"{address} answers {status}; check the address or the month") from error
            cause = f"HTTP {status}"
        else:
            return
        if attempt < attempts - 1:
            time.sleep(wait_seconds * 2**attempt)
    raise CannotImport(f"{address} cannot be downloaded: {cause}; is there a way to it from here?")


class _CutShort(Exception):
    pass


def _get(address: str, path: Path) -> None:
    have = path.stat().st_size if path.exists() else 0
    headers = (
        {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
        if have
        else {"Accept-Encoding": "identity"}
    )
    with httpx.stream("GET", address, headers=headers, timeout=TIMEOUT, follow_redirects=True) as answer:
        if answer.status_code == 416:
            return
        answer.raise_for_status()
        stated = answer.headers.get("Content-Length")
        got = 0
        with path.open("ab" if answer.status_code == 206 else "wb") as file:
            for chunk in answer.iter_raw():
                file.write(chunk)
                got += len(chunk)
    if stated is not None and got != int(stated):
        raise _CutShort(f"{got} of {stated} bytes came")
