"""WARC files of others as a person names them: files, addresses, months of Common Crawl's news. Without Prefect."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from storage.foreign import BadName, foreign_key
from storage.redaction import redacted
from storage.segments import SEGMENTS

COMMON_CRAWL = "https://data.commoncrawl.org/"
LIST = "crawl-data/CC-NEWS/{year}/{month}/warc.paths.gz"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_LIKE_A_MONTH = re.compile(r"\d{4}-\d{1,2}")
ATTEMPTS = 5
TIMEOUT = httpx.Timeout(60.0)
MAX_LIST_BYTES = 50_000_000


class CannotImport(Exception):
    """A file, address or month cannot be imported; the message names it and the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(redacted(message))


def check_sources(sources: Iterable[str]) -> None:
    """Refuse what cannot be imported, before anything is downloaded. Raises CannotImport.

    So are addresses with a password or a signature in them: Prefect keeps the parameters of every run.
    """
    for source in sources:
        if redacted(source) != source:
            raise CannotImport(
                f"{source} carries a secret, which would be kept with the run; download it and give the file"
            )
        if _MONTH.fullmatch(source) or source.startswith(SEGMENTS):
            continue
        if _LIKE_A_MONTH.fullmatch(source):
            raise CannotImport(f"{source} is no month; one looks like 2026-10")
        if "://" not in source and not Path(source).is_file():
            raise CannotImport(
                f"there is no file {source}; give a file, an http address, a key or a month (2026-10)"
            )
        if "://" in source and not source.startswith(("http://", "https://")):
            raise CannotImport(f"{source!r} is no http address; download it and give the file")
        try:
            foreign_key(source)
        except BadName as error:
            raise CannotImport(str(error)) from error


def files_of(sources: Iterable[str], base: str) -> Iterator[str]:
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
