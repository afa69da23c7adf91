"""Writing a segment while its responses come in."""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from articles.model import Found, Terms
from storage.warc.blocks import (
    Headers,
    evidence_fields,
    make_fields,
    make_head,
    make_moment,
    printable,
    terms_fields,
)
from storage.warc.records import LEVEL, LEVEL_CODED, make_record, make_seal, new_id, payload_digest

OPEN = ".open"
"""What the name of a segment ends with while it is being written."""

SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The capture that a response may be a repeat of."""

    url: str
    fetched_at: datetime
    digest: str | None = None
    """Of the body as sent (`payload_digest`); needed to tell a repeat that is no 304."""


class SegmentWriter:
    """Appends records to one segment. A process killed at any point loses at most the record being written.

    `count` is the number of captures, `bytes` the length of the file so far.
    """

    def __init__(self, path: Path, *, segment_id: str, software: str) -> None:
        """Begin `<path>.open`; `seal` renames it to `path`. Raises FileExistsError where either exists."""
        self.path = path
        self.count = 0
        self.bytes = 0
        self._records = 0
        self._open_path = path.with_name(path.name + OPEN)
        if path.exists() or self._open_path.exists():
            raise FileExistsError(f"segment {path} exists; a segment id is used once")
        path.parent.mkdir(parents=True, exist_ok=True)
        # Locked before it has its name: a sweep never meets an open segment that only seems abandoned.
        beginning = path.with_name(f".{path.name}.{os.getpid()}")
        self._file = beginning.open("wb", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        beginning.rename(self._open_path)
        fields = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        }
        headers = [("Pressrun-Segment", segment_id), ("WARC-Filename", path.name)]
        self._append(make_record("warcinfo", datetime.now(UTC), headers, make_fields(fields)))

    def response(
        self,
        *,
        url: str,
        site: str | None,
        fetched_at: datetime,
        request_headers: Headers,
        status: int,
        headers: Headers,
        body_as_sent: bytes,
        reason: str = "",
        method: str = "GET",
        truncated: str | None = None,
        found: Found | None = None,
        terms: Terms | None = None,
        ip: str | None = None,
        earlier: Earlier | None = None,
        rendered: bytes | None = None,
    ) -> str:
        """Record a response with its request and evidence; return the digest of the body as sent.

        `body_as_sent` has its content codings, and no chunks. A 304, and a whole body whose digest `earlier`
        names, become a revisit without the body. `rendered`, the document that a browser made of the response
        in UTF-8, becomes a conversion record. `truncated` is `length`, `time` or `disconnect`. Raises OSError
        where the disk refuses; the segment stays as it was and can still be sealed.
        """
        headers = list(headers)
        digest = payload_digest(body_as_sent)
        about = _about(url, site)
        revisit = _revisit(status, digest, earlier) if truncated is None else None
        own = about + (revisit or [("WARC-Payload-Digest", digest)])
        if ip:
            own.append(("WARC-IP-Address", ip))
        if truncated:
            own.append(("WARC-Truncated", truncated))
        record_id = new_id()
        self._append(
            make_record(
                "revisit" if revisit else "response",
                fetched_at,
                own,
                make_head(f"HTTP/1.1 {status} {reason}", headers) + (b"" if revisit else body_as_sent),
                record_id=record_id,
                level=LEVEL_CODED if _is_coded(headers) else LEVEL,
            ),
            *_concurrent(record_id, about, fetched_at, _request(method, url, request_headers), found, terms),
            *([] if rendered is None else [_conversion(record_id, about, rendered)]),
        )
        self.count += 1
        return digest

    def failure(
        self,
        *,
        url: str,
        site: str | None,
        at: datetime,
        outcome: str,
        detail: str,
        found: Found | None = None,
    ) -> None:
        """Record a request that got no response. It is no capture."""
        fields = {"outcome": outcome, "detail": detail, **(evidence_fields(found) if found else {})}
        self._append(make_record("metadata", at, _about(url, site), make_fields(fields)))

    def seal(self) -> None:
        """State the counts, flush to the disk, give the file its final name and close it."""
        self._append(make_seal(self._records, self.count))
        os.fsync(self._file.fileno())
        self._open_path.rename(self.path)
        flush_folder(self.path.parent)
        self._file.close()

    def close(self) -> None:
        """Leave the segment unsealed, as a killed process does: for `recover`."""
        self._file.close()

    def _append(self, *members: bytes) -> None:
        rest = memoryview(b"".join(members))
        end = self.bytes + len(rest)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(self.bytes)
                self._file.seek(self.bytes)
            raise
        self.bytes = end
        self._records += len(members)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder last through a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _about(url: str, site: str | None) -> list[tuple[str, str]]:
    headers = [("WARC-Target-URI", printable(url))]
    return [*headers, ("Pressrun-Site", site)] if site is not None else headers


def _revisit(status: int, digest: str, earlier: Earlier | None) -> list[tuple[str, str]] | None:
    if status == 304:
        headers = [("WARC-Profile", NOT_MODIFIED)]
    elif earlier is not None and earlier.digest == digest:
        headers = [("WARC-Profile", SAME_PAYLOAD)]
    else:
        return None
    if earlier is not None:
        headers.append(("WARC-Refers-To-Target-URI", printable(earlier.url)))
        headers.append(("WARC-Refers-To-Date", make_moment(earlier.fetched_at)))
        if earlier.digest is not None:
            headers.append(("WARC-Payload-Digest", earlier.digest))
    return headers


def _is_coded(headers: Headers) -> bool:
    codings = (value.strip().lower() for name, value in headers if name.lower() == b"content-encoding")
    return any(coding not in (b"", b"identity") for coding in codings)


def _request(method: str, url: str, headers: Headers) -> bytes:
    # No urlsplit: it raises on some URLs, and a record is owed to all of them.
    target = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", "", printable(url)).partition("#")[0]
    target = target if target.startswith("/") else "/" + target
    return make_head(f"{method} {target} HTTP/1.1", headers)


def _conversion(record_id: str, about: list[tuple[str, str]], rendered: bytes) -> bytes:
    headers = [*about, ("WARC-Refers-To", record_id), ("Pressrun-Rendered", "dom")]
    return make_record("conversion", datetime.now(UTC), headers, rendered)


def _concurrent(
    record_id: str,
    about: list[tuple[str, str]],
    at: datetime,
    request: bytes,
    found: Found | None,
    terms: Terms | None,
) -> list[bytes]:
    headers = [*about, ("WARC-Concurrent-To", record_id)]
    members = [make_record("request", at, headers, request)]
    fields = {**(evidence_fields(found) if found else {}), **(terms_fields(terms) if terms else {})}
    if fields:
        members.append(make_record("metadata", at, headers, make_fields(fields)))
    return members
