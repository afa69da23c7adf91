"""The index beside a segment: a line a capture, sorted, as cdxj-indexer writes it and pywb reads it.

com,example)/news/1 20261122165912 {"url": "https://example.com/news/1", "mime": "text/html", ...}
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable
from urllib.parse import quote, unquote_to_bytes, urlsplit

from storage.warc import Entry

TAKEN_DOWN = "taken-down:"
"""How the URL of a blanked record begins."""


def to_cdxj(entries: Iterable[Entry], filename: str) -> bytes:
    """The gzipped index of a segment; equal entries give equal bytes. What was taken down is not in it."""
    lines = sorted(_line(entry, filename) for entry in entries if not entry.url.startswith(TAKEN_DOWN))
    return gzip.compress("".join(lines).encode(), mtime=0)


def offsets(index: bytes) -> list[int]:
    """Where each capture of an index begins, in the order of the segment. Raises ValueError for what is no index."""
    try:
        lines = gzip.decompress(index).decode().splitlines()
        return sorted(int(json.loads(line.split(" ", 2)[2])["offset"]) for line in lines)
    except (OSError, EOFError, zlib.error, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"no index of a segment: {error}") from error


def _line(entry: Entry, filename: str) -> str:
    fields = {
        "url": entry.url,
        "mime": entry.mime,
        "status": str(entry.status),
        "digest": entry.digest,
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": filename,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    return f"{surt(entry.url)} {entry.fetched_at:%Y%m%d%H%M%S} {json.dumps(fields)}\n"


def surt(url: str) -> str:
    """The sort key of a URL in web archive indexes: `com,example)/path?a=1&b=2`.

    Host reversed and without `www.`, port kept unless it is the scheme's own, everything in lower case, query
    sorted, slashes doubled or at the end of the path gone; compared with PyPI's `surt`, which pywb uses.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        return url.lower()
    host = ",".join(reversed(re.sub(r"^www\d*\.", "", host).split(".")))
    if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme):
        host = f"{host}:{port}"
    path = quote(unquote_to_bytes(parts.path), safe="/:;&=,)(!~*'@+$-._")
    path = re.sub("/+", "/", path).rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&")))
    return f"{host}){path}{'?' + query if query else ''}".lower()
