"""Segments: WARC/1.1 files, a gzip member a record, written as responses come in and read back as captures.

    warcinfo             Pressrun-Segment: <segment id>; software, format
    response | revisit   Pressrun-Site: <site>; status line, headers and body as sent, content codings kept
    request              concurrent to it; the headers we sent
    metadata             concurrent to it; application/warc-fields: via, found-at, found-title,
                         found-published, found-modified, found-language
    ...
    metadata             a request that got no response; application/warc-fields: outcome, detail, via ...
    metadata             Pressrun-Seal: 1; application/warc-fields: records, captures. Always the last record

A revisit is a 304, or a response whose body equals an earlier one that the caller named. The seal states how
many records and captures stand before it: a file cut anywhere lacks it, and is never read as whole. While
it is being written a segment is `<name>.warc.gz.open`, locked by its writer; sealing renames it.

Names that say how the body lies here are hidden as Common Crawl hides them (`X-Crawler-Transfer-Encoding`,
because the chunks are undone) and shown as received in captures. CR, LF and NUL within a header became spaces
(RFC 9110, section 5.5); URLs are percent-encoded to printable ASCII.

Segments of others (CC-NEWS and any WARC with a gzip member a record) are read by the same function. They have
no seal; a damaged record in one costs that record alone, as far as the next can be found. Damage in a segment
of ours is a TornSegment.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader

from articles.model import Capture, Found, Pointer, Problem, Reason
from storage.codings import MAX_DECODED_BYTES, CodingError, CutShort, TooLarge, undo
from storage.objects import ObjectStore

Headers = Iterable[tuple[bytes, bytes]]
"""Names and values as on the wire, in order."""

MAX_RECORD_BYTES = 64 * 1024 * 1024
"""The largest record kept in memory; of a larger one only the beginning is looked at."""

LEVEL = 6
OPEN = ".open"
"""What the name of a segment ends with while it is being written."""

_CHUNK_BYTES = 64 * 1024
_PIECE_BYTES = 1024 * 1024
_HIDDEN = ("content-encoding", "content-length", "transfer-encoding")
_HIDING = "X-Crawler-"
_SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_EPOCH = datetime.fromtimestamp(0, UTC)


class TornSegment(Exception):
    """A segment is not whole; the message says where it breaks off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The capture that a response may be a repeat of."""

    url: str
    fetched_at: datetime
    digest: str | None = None
    """Of the body as sent, as `payload_digest` gives it; needed to tell a repeat that is no 304."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One capture's line in the index of a segment."""

    url: str
    fetched_at: datetime
    mime: str
    status: int
    digest: str | None
    offset: int
    length: int


def payload_digest(body_as_sent: bytes) -> str:
    """`sha1:` and base 32, the form in which web archives compare bodies."""
    return _digest(hashlib.sha1(body_as_sent, usedforsecurity=False))


# --- Writing --------------------------------------------------------------------------------------


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
            raise FileExistsError(f"segment {path} exists; segment ids are used once")
        path.parent.mkdir(parents=True, exist_ok=True)
        # Locked before it has its name: a sweep never meets an open segment that only seems abandoned.
        beginning = path.with_name(f".{path.name}.{os.getpid()}")
        self._file = beginning.open("xb", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        beginning.rename(self._open_path)
        fields = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        }
        headers = [("Pressrun-Segment", segment_id), ("WARC-Filename", path.name)]
        self._append(_record("warcinfo", _new_id(), datetime.now(UTC), headers, _fields(fields)))

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
        ip: str | None = None,
        earlier: Earlier | None = None,
    ) -> str:
        """Record a response with its request and evidence; return the digest of the body as sent.

        `body_as_sent` has its content codings, and no chunks. A 304, and a body whose digest `earlier` names,
        become a revisit without the body. Raises OSError where the disk refuses; the segment stays as it was.
        """
        url = printable(url)
        digest = payload_digest(body_as_sent)
        revisit = _revisit(status, digest, earlier) if truncated is None else None
        record_id = _new_id()
        about = [("WARC-Target-URI", url)]
        if site is not None:
            about.append(("Pressrun-Site", site))
        own = [*about, ("WARC-Payload-Digest", digest)] if revisit is None else [*about, *revisit]
        if ip:
            own.append(("WARC-IP-Address", ip))
        if truncated:
            own.append(("WARC-Truncated", truncated))
        head = _http_head(f"HTTP/1.1 {status} {reason}", headers)
        kind, block = ("response", head + body_as_sent) if revisit is None else ("revisit", head)
        concurrent = [*about, ("WARC-Concurrent-To", record_id)]
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = _http_head(f"{method} {target} HTTP/1.1", request_headers)
        members = [
            _record(kind, record_id, fetched_at, own, block),
            _record("request", _new_id(), fetched_at, concurrent, request),
        ]
        if found is not None:
            evidence = _fields(_evidence(found))
            members.append(_record("metadata", _new_id(), fetched_at, concurrent, evidence))
        self._append(*members)
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
        headers = [("WARC-Target-URI", printable(url))]
        if site is not None:
            headers.append(("Pressrun-Site", site))
        fields = {"outcome": outcome, "detail": detail, **(_evidence(found) if found else {})}
        self._append(_record("metadata", _new_id(), at, headers, _fields(fields)))

    def seal(self) -> None:
        """State the counts, flush to the disk, give the file its final name and close it."""
        self._append(_seal(self._records, self.count))
        os.fsync(self._file.fileno())
        self._open_path.rename(self.path)
        _flush_folder(self.path.parent)
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
            # A full disk: what is there stays whole, and can still be sealed.
            with suppress(OSError):
                self._file.truncate(self.bytes)
                self._file.seek(self.bytes)
            raise
        self.bytes = end
        self._records += len(members)


def printable(url: str) -> str:
    """The URL with everything but printable ASCII percent-encoded; one that is so already stays as it is."""
    return quote(url, safe="!\"#$%&'()*+,-./:;=?@[\\]^_`{|}~", encoding="utf-8", errors="surrogatepass")


def _revisit(status: int, digest: str, earlier: Earlier | None) -> list[tuple[str, str]] | None:
    if status == 304:
        profile = _NOT_MODIFIED
    elif earlier is not None and earlier.digest == digest:
        profile = _SAME_PAYLOAD
    else:
        return None
    headers = [("WARC-Profile", profile)]
    if earlier is not None:
        headers.append(("WARC-Refers-To-Target-URI", printable(earlier.url)))
        headers.append(("WARC-Refers-To-Date", _moment(earlier.fetched_at)))
        if earlier.digest is not None:
            headers.append(("WARC-Payload-Digest", earlier.digest))
    return headers


def _seal(records: int, captures: int) -> bytes:
    fields = _fields({"records": str(records), "captures": str(captures)})
    return _record("metadata", _new_id(), datetime.now(UTC), [("Pressrun-Seal", "1")], fields)


def _record(kind: str, record_id: str, at: datetime, headers: list[tuple[str, str]], block: bytes) -> bytes:
    lines = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", _moment(at)),
        *headers,
        ("WARC-Block-Digest", payload_digest(block)),
        ("Content-Type", _content_type(kind)),
        ("Content-Length", str(len(block))),
    ]
    head = "WARC/1.1\r\n" + "".join(f"{name}: {_one_line(value)}\r\n" for name, value in lines) + "\r\n"
    deflater = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    pieces = (head.encode("utf-8", "replace"), block, b"\r\n\r\n")
    return b"".join([*(deflater.compress(piece) for piece in pieces), deflater.flush()])


def _content_type(kind: str) -> str:
    if kind in ("response", "revisit"):
        return "application/http;msgtype=response"
    return "application/http;msgtype=request" if kind == "request" else "application/warc-fields"


def _http_head(first_line: str, headers: Headers) -> bytes:
    lines = [_one_line(first_line).encode("utf-8", "replace")]
    for name, value in headers:
        name = re.sub(rb"[\x00-\x20:\x7f]", b"-", name) or b"-"
        if name.lower() == b"transfer-encoding":
            name = _HIDING.encode() + name
        lines.append(name + b": " + re.sub(rb"[\r\n\0]", b" ", value).strip(b" \t"))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _fields(fields: dict[str, str]) -> bytes:
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields.items()).encode(
        "utf-8", "replace"
    )


def _evidence(found: Found) -> dict[str, str]:
    fields = {
        "via": printable(found.via),
        "found-at": found.found_at.isoformat(),
        "found-title": found.title,
        "found-published": found.published_at and found.published_at.isoformat(),
        "found-modified": found.modified_at and found.modified_at.isoformat(),
        "found-language": found.language,
    }
    return {name: value for name, value in fields.items() if value}


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n\0]", " ", text).strip(" \t")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _digest(hasher: hashlib._Hash) -> str:
    return "sha1:" + base64.b32encode(hasher.digest()).decode()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- Reading --------------------------------------------------------------------------------------


def read_captures(
    source: Path | BinaryIO, segment_key: str, *, max_body_bytes: int = MAX_DECODED_BYTES
) -> Iterator[Capture]:
    """Every capture of a segment, in file order, bodies decoded, with its pointer and the evidence for it.

    A body that cannot be decoded, and a damaged record whose own header can still be read, give a capture
    with a `problem`; the others go on. `source` is a path or a seekable stream. Raises TornSegment where the
    file breaks off, after the captures before it: what was yielded until then is no whole segment.
    """
    held: Capture | None = None
    held_id: str | None = None
    with _opened(source) as file:
        try:
            for record in _records(file, segment_key):
                if held is not None and held_id and record.header("WARC-Concurrent-To") == held_id:
                    if record.kind == "metadata":
                        held = replace(held, found=_found(record) or held.found)
                    continue
                if held is not None:
                    yield held
                    held = None
                if record.is_capture:
                    held = _capture(record, segment_key, max_body_bytes)
                    held_id = record.header("WARC-Record-ID")
        except TornSegment:
            if held is not None:
                yield held
            raise
        if held is not None:
            yield held


def read_capture(store: ObjectStore, pointer: Pointer, *, max_body_bytes: int = MAX_DECODED_BYTES) -> Capture:
    """The one capture at a pointer, without the evidence (a record of its own). Raises TornSegment."""
    data = store.get_range(pointer.segment, pointer.offset, pointer.length)
    member = _member(BytesIO(data), 0)
    record = _parse(member) if member else None
    if record is None or record.damage or not record.is_capture or record.length != pointer.length:
        damage = record.damage if record and record.damage else "no capture"
        raise TornSegment(f"{pointer.segment}: {damage} at byte {pointer.offset}, length {pointer.length}")
    return replace(_capture(record, pointer.segment, max_body_bytes), pointer=pointer)


def read_index(source: Path | BinaryIO, segment_key: str) -> Iterator[Entry]:
    """What an index says of each capture; bodies stay coded. Raises TornSegment as `read_captures` does."""
    with _opened(source) as file:
        for record in _records(file, segment_key):
            if record.is_capture:
                head = _http(record)
                mime = next((value for name, value in head.headers if name.lower() == "content-type"), "")
                yield Entry(
                    url=record.header("WARC-Target-URI") or "",
                    fetched_at=record.date or _EPOCH,
                    mime="warc/revisit" if record.kind == "revisit" else _media_type(mime),
                    status=head.status,
                    digest=record.header("WARC-Payload-Digest"),
                    offset=record.offset,
                    length=record.length,
                )


def recover(path: Path) -> int:
    """Cut a torn segment of ours behind its last whole record and seal it; return the captures kept.

    `<name>.open` gets its final name. Safe to repeat. Raises TornSegment where not even the first record is
    whole and ours: there is nothing to keep.
    """
    records = captures = end = 0
    sealed = False
    with path.open("r+b") as file:
        while not sealed and (member := _member(file, end)) is not None:
            record = _parse(member)
            if record.damage:
                break
            if not records and not record.is_ours:
                raise TornSegment(f"{path}: its first record is not of a Pressrun segment")
            sealed = record.seal == (records, captures)
            records += 1
            captures += record.is_capture
            end += member.length
        if not records:
            raise TornSegment(f"{path}: not one whole record; nothing to recover")
        file.truncate(end)
        if not sealed:
            file.seek(end)
            file.write(_seal(records, captures))
        file.flush()
        os.fsync(file.fileno())
    if path.name.endswith(OPEN):
        path.rename(path.with_name(path.name.removesuffix(OPEN)))
    _flush_folder(path.parent)
    return captures


@dataclass(frozen=True, slots=True)
class _Member:
    """One gzip member, inflated."""

    offset: int
    length: int
    data: bytes
    size: int
    """Bytes inflated; more than `len(data)` where not all were kept."""
    damage: str | None = None
    cut: bool = False
    """The file ends within it."""


@dataclass(frozen=True, slots=True)
class _Record:
    kind: str
    """WARC-Type, `` where the record's own header cannot be read."""
    headers: tuple[tuple[str, str], ...]
    block: bytes
    offset: int
    length: int
    damage: str | None = None
    too_large: bool = False

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def is_capture(self) -> bool:
        is_http = (self.header("Content-Type") or "").lower().startswith("application/http")
        return self.kind == "revisit" or (self.kind == "response" and is_http)

    @property
    def is_ours(self) -> bool:
        return any(name.startswith("Pressrun-") for name, _ in self.headers)

    @property
    def seal(self) -> tuple[int, int] | None:
        """Records and captures that stand before it, where this is a seal."""
        if self.header("Pressrun-Seal") is None:
            return None
        fields = _read_fields(self.block)
        try:
            return int(fields["records"]), int(fields["captures"])
        except (KeyError, ValueError):
            return -1, -1

    @property
    def date(self) -> datetime | None:
        return _read_moment(self.header("WARC-Date"))


def _records(file: BinaryIO, name: str) -> Iterator[_Record]:
    """Every record but the seal. Raises TornSegment where the file is not whole."""
    offset = count = captures = 0
    ours = False
    while (member := _member(file, offset)) is not None:
        record = _parse(member)
        ours = ours or record.is_ours
        where = f"{name}: {record.damage} at byte {offset}, after {count} records"
        if record.damage:
            if ours:
                raise TornSegment(where)
            following = _next_member(file, offset + 1)
            if following is None and member.cut:
                raise TornSegment(where)
            if record.kind:
                yield replace(record, length=(following or offset + member.length) - offset)
            if following is None:
                break
            offset = following
            continue
        offset += member.length
        if record.seal is not None:
            if record.seal != (count, captures):
                stated = "{} records and {} captures".format(*record.seal)
                raise TornSegment(f"{name}: sealed with {stated}, but holds {count} and {captures}")
            if file.seek(0, os.SEEK_END) != offset:
                raise TornSegment(f"{name}: goes on after its seal, at byte {offset}")
            return
        count += 1
        captures += record.is_capture
        yield record
    if ours:
        raise TornSegment(f"{name}: ends after {count} records without its seal")
    if not count:
        raise TornSegment(f"{name}: not one whole record; no WARC file with a gzip member a record")


def _member(file: BinaryIO, offset: int) -> _Member | None:
    """The gzip member at an offset; None at the end of the file."""
    file.seek(offset)
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    pieces: list[bytes] = []
    taken = size = 0
    damage = None
    cut = False
    while not inflater.eof and not damage:
        chunk = file.read(_CHUNK_BYTES)
        if not chunk:
            if not taken:
                return None
            damage, cut = "cut short", True
            break
        taken += len(chunk)
        try:
            while chunk and not inflater.eof:
                piece = inflater.decompress(chunk, _PIECE_BYTES)
                chunk = inflater.unconsumed_tail
                size += len(piece)
                if size <= MAX_RECORD_BYTES:
                    pieces.append(piece)
        except zlib.error as error:
            damage = f"broken gzip member ({error})"
            pieces = [_salvage(file, offset)]
    return _Member(offset, taken - len(inflater.unused_data), b"".join(pieces), size, damage, cut)


def _salvage(file: BinaryIO, offset: int) -> bytes:
    """What a broken member gives before it breaks, up to a chunk: enough for the record's own header."""
    file.seek(offset)
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    kept = b""
    with suppress(zlib.error):
        for byte in file.read(_CHUNK_BYTES):
            kept += inflater.decompress(bytes([byte]), _CHUNK_BYTES)
            if len(kept) >= _CHUNK_BYTES or inflater.eof:
                break
    return kept


def _next_member(file: BinaryIO, start: int) -> int | None:
    """Where, from `start` on, the next gzip member begins that holds a WARC record."""
    magic = b"\x1f\x8b\x08"
    file.seek(start)
    window = b""
    at = start  # of the window's first byte
    while True:
        chunk = file.read(_PIECE_BYTES)
        window += chunk
        place = window.find(magic)
        while place >= 0 and (place + _HEAD_BYTES <= len(window) or not chunk):
            with suppress(zlib.error):
                head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(
                    window[place : place + _HEAD_BYTES], 5
                )
                if head == b"WARC/":
                    return at + place
            place = window.find(magic, place + 1)
        if not chunk:
            return None
        keep = place if place >= 0 else max(0, len(window) - len(magic))
        at, window = at + keep, window[keep:]


_HEAD_BYTES = 1024
_LOADER = ArcWarcRecordLoader()


def _parse(member: _Member) -> _Record:
    stream = BytesIO(member.data)
    try:
        parsed = _LOADER.parse_record_stream(stream, known_format="warc", no_record_parse=True)
    except (ArchiveLoadFailed, EOFError) as error:
        fault = member.damage or f"no WARC record ({error})"
        return _Record("", (), b"", member.offset, member.length, fault)
    headers = tuple((str(name), str(value)) for name, value in parsed.rec_headers.headers)
    block = parsed.raw_stream.read()
    damage, too_large = member.damage, member.size > len(member.data)
    if not damage and not too_large:
        # warcio ends a short record quietly, even with digests checked; see tests/storage/test_warc.py
        if parsed.length is None:
            damage = "a record without Content-Length"
        elif parsed.raw_stream.limit:
            damage = f"a record {parsed.raw_stream.limit} bytes shorter than it says"
        elif stream.read().strip():
            damage = "a gzip member that goes on after its record"
    kind = str(parsed.rec_type or "")
    return _Record(kind, headers, block, member.offset, member.length, damage, too_large)


@dataclass(frozen=True, slots=True)
class _Http:
    status: int
    headers: tuple[tuple[str, str], ...]
    coding: str
    """Content codings that the body still has."""
    body: bytes


def _capture(record: _Record, segment_key: str, max_body_bytes: int) -> Capture:
    http = _http(record)
    unchanged = record.kind == "revisit"
    problem = _problem(record, http)
    body = b""
    if problem is None and not unchanged:
        try:
            body = undo(http.body, http.coding, max_body_bytes)
            if len(body) > max_body_bytes:
                raise TooLarge(f"body is {len(body)} bytes, more than {max_body_bytes}")
        except TooLarge as error:
            problem, body = Problem(reason=Reason.TOO_LARGE, detail=str(error)), b""
        except CutShort as error:
            problem = Problem(reason=Reason.TRUNCATED, detail=str(error))
        except CodingError as error:
            problem = Problem(reason=Reason.UNREADABLE, detail=str(error))
    return Capture(
        url=record.header("WARC-Target-URI") or "",
        fetched_at=record.date or _EPOCH,
        status=http.status,
        headers=http.headers,
        body=body,
        site=record.header("Pressrun-Site"),
        pointer=Pointer(segment=segment_key, offset=record.offset, length=record.length),
        truncated=record.header("WARC-Truncated"),
        unchanged=unchanged,
        problem=problem,
    )


def _problem(record: _Record, http: _Http) -> Problem | None:
    if record.damage:
        return Problem(reason=Reason.UNREADABLE, detail=f"damaged record: {record.damage}")
    if record.too_large:
        return Problem(reason=Reason.TOO_LARGE, detail=f"record is larger than {MAX_RECORD_BYTES} bytes")
    if record.date is None:
        return Problem(reason=Reason.UNREADABLE, detail=f"WARC-Date {record.header('WARC-Date')!r}")
    if not http.status:
        return Problem(reason=Reason.UNREADABLE, detail=f"no HTTP status line: {record.block[:40]!r}")
    return None


def _http(record: _Record) -> _Http:
    """Status 0 where the block has no status line, unless it is a revisit without any headers."""
    head = re.search(rb"\r?\n\r?\n", record.block)
    lines = re.split(rb"\r?\n", record.block[: head.start()] if head else record.block)
    status_line = re.match(rb"HTTP/\d+(?:\.\d+)?[ \t]+(\d{3})", lines[0])
    status = int(status_line[1]) if status_line else 0
    if not record.block and record.kind == "revisit":
        status = 304 if record.header("WARC-Profile") == _NOT_MODIFIED else 200
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        text = _text(line)
        if line[:1] in (b" ", b"\t") and headers:  # folded, as long ago
            headers[-1] = (headers[-1][0], headers[-1][1] + " " + text.strip(" \t"))
            continue
        name, colon, value = text.partition(":")
        if colon:
            headers.append((name.strip(" \t"), value.strip(" \t")))
    return _Http(
        status=status,
        headers=tuple((_shown(name), value) for name, value in headers),
        coding=", ".join(value for name, value in headers if name.lower() == "content-encoding"),
        body=record.block[head.end() :] if head else b"",
    )


def _text(value: bytes) -> str:
    """A header line as text: UTF-8 where it is, else Latin-1, which every byte is."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _shown(name: str) -> str:
    bare = name[len(_HIDING) :]
    return bare if name.lower().startswith(_HIDING.lower()) and bare.lower() in _HIDDEN else name


def _found(record: _Record) -> Found | None:
    fields = _read_fields(record.block)
    via, found_at = fields.get("via"), _read_moment(fields.get("found-at"))
    if via is None or found_at is None:
        return None
    return Found(
        via=via,
        found_at=found_at,
        title=fields.get("found-title"),
        published_at=_read_moment(fields.get("found-published")),
        modified_at=_read_moment(fields.get("found-modified")),
        language=fields.get("found-language"),
    )


def _read_fields(block: bytes) -> dict[str, str]:
    lines = (line.partition(": ") for line in block.decode("utf-8", "replace").split("\r\n"))
    return {name: value for name, colon, value in lines if colon}


def _read_moment(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower() or "unk"


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb", buffering=0) as file:
            yield file
    else:
        yield source
