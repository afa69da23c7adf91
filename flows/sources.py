"""WARC files of others as a person names them: files, addresses, months of Common Crawl's news. Without Prefect."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import getproxies, proxy_bypass

import httpx

from spiders.guard import host_and_port, judged, lookup, plainly
from spiders.outcome import FetchError, Outcome
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


def files_of(sources: Iterable[str], base: str, allowed: Sequence[str] = ()) -> Iterator[str]:
    """The sources, each month replaced by the addresses of its files; `allowed` as for `download`."""
    for source in sources:
        month = _MONTH.fullmatch(source)
        if month is None:
            yield source
            continue
        address = base.rstrip("/") + "/" + LIST.format(year=month[1], month=month[2])
        with TemporaryDirectory(prefix="pressrun-list-") as folder:
            path = Path(folder) / "list"
            download(address, path, allowed)
            with gzip.open(path) as file:
                try:
                    lines = file.read(MAX_LIST_BYTES).decode().split()
                except (OSError, EOFError, UnicodeDecodeError) as error:
                    raise CannotImport(f"{address} is no list of files: {error}") from error
        yield from (base.rstrip("/") + "/" + line for line in lines)


def download(
    address: str,
    path: Path,
    allowed: Sequence[str] = (),
    *,
    attempts: int = ATTEMPTS,
    wait_seconds: float = 2.0,
) -> None:
    """Get a file over http, going on where a connection broke. Raises CannotImport.

    A server that does not know ranges is asked for the whole again. Nothing but the public web is connected to, after
    redirects too, unless `allowed` names it: what seeds list in `fetch.allow_private_hosts`.
    """
    for attempt in range(attempts):
        try:
            _get(address, path, allowed)
        except FetchError as error:
            if error.outcome is Outcome.BAD_URL:
                raise CannotImport(f"{address!r} is no http address: {error.detail}") from error
            raise CannotImport(f"{address}: {error.detail}") from error
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


class _PublicWeb(httpx.HTTPTransport):
    """Connects to the very address that was judged, so that a name cannot lead elsewhere the second time.

    Through a proxy, which looks names up by itself, those are refused that are private here.
    """

    def __init__(self, allowed: Sequence[str], proxy: str | None = None) -> None:
        super().__init__(proxy=proxy)
        self._allowed, self._proxied = allowed, proxy is not None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises FetchError PRIVATE_ADDRESS or BAD_URL, and ConnectError for a host without address."""
        host, port = host_and_port(str(request.url))
        try:
            found = lookup(host, port)
        except (OSError, UnicodeError) as error:
            if self._proxied:
                return super().handle_request(request)
            raise httpx.ConnectError(f"{host}: {plainly(error)}") from error
        address = judged(host, port, found, self._allowed)[0]
        if self._proxied:
            return super().handle_request(request)
        direct = httpx.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,  # with the name as Host
            stream=request.stream,
            extensions=request.extensions | {"sni_hostname": host},
        )
        return super().handle_request(direct)


def _client(address: str, allowed: Sequence[str]) -> httpx.Client:
    proxies = {} if proxy_bypass(httpx.URL(address).host) else getproxies()
    through = {
        f"{scheme}://": _PublicWeb(allowed, proxies[scheme])
        for scheme in ("http", "https")
        if scheme in proxies
    }
    return httpx.Client(transport=_PublicWeb(allowed), mounts=through, timeout=TIMEOUT, follow_redirects=True)


def _get(address: str, path: Path, allowed: Sequence[str]) -> None:
    have = path.stat().st_size if path.exists() else 0
    headers = (
        {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
        if have
        else {"Accept-Encoding": "identity"}
    )
    with _client(address, allowed) as client, client.stream("GET", address, headers=headers) as answer:
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
