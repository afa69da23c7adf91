"""WARC records: made, and read one after the other up to the seal. The one file that knows warcio."""

from __future__ import annotations

import base64
import hashlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecordLoader

from storage.warc.blocks import make_fields, make_moment, one_line, read_fields
from storage.warc.members import Member, next_member, pack, read_member

LEVEL = 6
"""gzip level. On pages of 225 kB: 4.0 ms and 41.7 kB a record; level 9 takes 6.3 ms for 41.4 kB."""

LEVEL_CODED = 0
"""For bodies that came compressed: 0.15 ms in place of 0.8, for records 0.7 percent larger."""

_CONTENT_TYPES = {
    "response": "application/http;msgtype=response",
    "revisit": "application/http;msgtype=response",
    "request": "application/http;msgtype=request",
    "conversion": "text/html; charset=utf-8",
}
_LOADER = ArcWarcRecordLoader()

BLANKED_CAPTURE, BLANKED_RECORD = "Blanked-Capture", "Blanked-Record"


class Blank(StrEnum):
    """Why a note stands in the place of a record."""

    TAKEN_DOWN = "taken-down"
    LOST = "lost"
    """It was damaged in the store."""


class TornSegment(Exception):
    """A segment is not whole; the message says where it breaks off."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read."""

    kind: str
    """WARC-Type; empty where the record's own header cannot be read."""
    headers: tuple[tuple[str, str], ...]
    block: bytes
    offset: int
    length: int
    damage: str | None = None
    too_large: bool = False
    """The block was not kept whole."""

    def header(self, name: str) -> str | None:
        """First value of a header of the record, its name in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def is_capture(self) -> bool:
        """Whether it holds a response, or stands for one."""
        if self.header(BLANKED_CAPTURE) is not None:
            return True
        is_http = (self.header("Content-Type") or "").lower().startswith("application/http")
        return self.kind == "revisit" or (self.kind == "response" and is_http)

    @property
    def blanked(self) -> Blank | None:
        """Why it is only a note of what stood here; None: it is a record."""
        why = self.header(BLANKED_CAPTURE) or self.header(BLANKED_RECORD)
        return Blank(why) if why in tuple(Blank) else None

    @property
    def is_ours(self) -> bool:
        """Whether Pressrun wrote it: its segment must have a seal."""
        return any(name.startswith("Pressrun-") for name, _ in self.headers)

    @property
    def seal(self) -> tuple[int, int] | None:
        """Where this is a seal: the records and captures that stand before it."""
        if self.header("Pressrun-Seal") is None:
            return None
        fields = read_fields(self.block)
        try:
            return int(fields["records"]), int(fields["captures"])
        except (KeyError, ValueError):
            return -1, -1


def payload_digest(body: bytes) -> str:
    """`sha1:` and base 32, the form in which web archives compare bodies as sent."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def new_id() -> str:
    """A WARC-Record-ID."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def make_record(
    kind: str,
    at: datetime,
    headers: list[tuple[str, str]],
    block: bytes,
    *,
    record_id: str | None = None,
    level: int = LEVEL,
) -> bytes:
    """One record in its gzip member."""
    lines = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id or new_id()),
        ("WARC-Date", make_moment(at)),
        *headers,
        ("WARC-Block-Digest", payload_digest(block)),
        ("Content-Type", _CONTENT_TYPES.get(kind, "application/warc-fields")),
        ("Content-Length", str(len(block))),
    ]
    head = "".join(f"{name}: {one_line(value)}\r\n" for name, value in lines)
    return pack((b"WARC/1.1\r\n", head.encode("utf-8", "replace"), b"\r\n", block, b"\r\n\r\n"), level)


def make_seal(records: int, captures: int) -> bytes:
    """The record that ends a segment."""
    fields = make_fields({"records": str(records), "captures": str(captures)})
    return make_record("metadata", datetime.now(UTC), [("Pressrun-Seal", "1")], fields)


def read_records(file: BinaryIO, name: str, begin: int = 0, end: int | None = None) -> Iterator[Record]:
    """Every record but the seal; a damaged one, in segments of others, where its own header can be read.

    With `begin` and `end`, both the place of a record: those between, and no seal is asked for. Raises TornSegment
    where the file is not whole; `name` is what its message calls the file.
    """
    offset, count, captures = begin, 0, 0
    ours = False
    while (end is None or offset < end) and (member := read_member(file, offset)) is not None:
        record = parse(member)
        ours = ours or record.is_ours
        if record.damage:
            # A body may hold gzip members of its own: in a segment of ours the next is never guessed.
            following = None if ours else next_member(file, offset + 1)
            if ours or (member.cut and following is None):
                raise TornSegment(f"{name}: {record.damage} at byte {offset}, with {count} whole before it")
            offset = following or offset + member.length
            if record.kind:
                yield replace(record, length=offset - record.offset)
            continue
        offset += member.length
        if record.seal is not None:
            if end is not None:
                return
            _check_seal(record.seal, (count, captures), name)
            if file.seek(0, os.SEEK_END) != offset:
                raise TornSegment(f"{name}: goes on after its seal, at byte {offset}")
            return
        count += 1
        captures += record.is_capture
        yield record
    if end is not None:
        return
    if ours:
        raise TornSegment(f"{name}: ends after {count} records without its seal")
    if not count:
        raise TornSegment(f"{name}: not one whole record; no WARC file with a gzip member a record")


def parse(member: Member) -> Record:
    """The record in a member; with its `damage` where it is not exactly one whole record."""
    stream = BytesIO(member.data)
    try:
        parsed = _LOADER.parse_record_stream(stream, known_format="warc", no_record_parse=True)
    except (ArchiveLoadFailed, EOFError) as error:
        damage = member.damage or f"no WARC record ({error})"
        return Record("", (), b"", member.offset, member.length, damage)
    block = parsed.raw_stream.read()
    too_large = member.size > len(member.data)
    return Record(
        kind=parsed.rec_type or "",
        headers=tuple(parsed.rec_headers.headers),
        block=block,
        offset=member.offset,
        length=member.length,
        damage=member.damage or (None if too_large else _damage(parsed.length, parsed.raw_stream, stream)),
        too_large=too_large,
    )


def _damage(length: int | None, block: LimitReader, rest: BytesIO) -> str | None:
    # warcio ends a short record quietly, even with digests checked; see tests/storage/test_warc.py
    if length is None:
        return "a record without Content-Length"
    if block.limit:
        return f"a record {block.limit} bytes shorter than it says"
    return "a gzip member that goes on after its record" if rest.read().strip() else None


def _check_seal(stated: tuple[int, int], seen: tuple[int, int], name: str) -> None:
    if stated != seen:
        raise TornSegment(
            f"{name}: sealed with {stated[0]} records and {stated[1]} captures, holds {seen[0]} and {seen[1]}"
        )
