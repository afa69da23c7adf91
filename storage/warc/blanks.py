"""Blanking records: a note of exactly the same length in the place of what must go, or is damaged.

    metadata    Blanked-Capture | Blanked-Record: taken-down | lost
                WARC-Target-URI: taken-down:<article id>, or the URL of what was lost; no block

Every other record keeps its place, so every pointer into the segment and its index stays right, and the seal's
counts too. A blanked capture is still one capture: it reads as a Rejection that says what became of it. What is
left over of a member's length is a comment in its gzip header, which every reader passes over.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storage.warc.blocks import printable
from storage.warc.members import next_member
from storage.warc.reader import check_records
from storage.warc.records import (
    BLANKED_CAPTURE,
    BLANKED_RECORD,
    Blank,
    Record,
    TornSegment,
    new_id,
    read_records,
)

_KEPT = ("WARC-Record-ID", "WARC-Date", "Pressrun-Site")


class NoRoom(Exception):
    """A record is too short for the note; the message names it. No real record is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blanked:
    """One record that became a note."""

    offset: int
    length: int
    is_capture: bool


def blank_records(
    path: Path, name: str, choose: Callable[[Record], str | None], why: Blank
) -> tuple[Blanked, ...]:
    """Blank, in a local copy of a segment, each record for which `choose` gives the URL of its note.

    Notes are never chosen again. Raises TornSegment where the file breaks off: the records before it are blanked.
    """
    done: list[Blanked] = []
    with path.open("r+b", buffering=0) as file:
        for record in read_records(file, name):
            if record.blanked or (url := choose(record)) is None:
                continue
            done.append(blank(file, record, url, why))
    return tuple(done)


def blank_damaged(path: Path, name: str, captures: Mapping[int, str]) -> tuple[Blanked, ...]:
    """Blank, in a local copy of a segment of ours, each damaged record, so that all others can be read again.

    `captures`: byte -> URL of the captures that it held. Raises TornSegment where what is left does not add up to
    the seal: the damage took more than single records, or the seal itself.
    """
    done: list[Blanked] = []
    damaged = [offset for offset, _ in check_records(path)]
    with path.open("r+b", buffering=0) as file:
        for offset in damaged:
            end = next_member(file, offset + 1)
            if end is None:
                raise TornSegment(f"{name}: damaged at byte {offset}, and nothing is behind it")
            kind = "response" if offset in captures else "metadata"
            headers = (("Content-Type", "application/http"),) if offset in captures else ()
            record = Record(kind, headers, b"", offset, end - offset)
            done.append(blank(file, record, captures.get(offset, f"lost:{offset}"), Blank.LOST))
        for _ in read_records(file, name):
            pass
    return tuple(done)


def blank(file: BinaryIO, record: Record, url: str, why: Blank) -> Blanked:
    """Write the note over one record."""
    kind = BLANKED_CAPTURE if record.is_capture else BLANKED_RECORD
    kept = tuple((key, value) for key in _KEPT if (value := record.header(key)))
    kept = kept if record.header("WARC-Record-ID") else (("WARC-Record-ID", new_id()), *kept)
    for headers in (kept, ()):
        lines = [("WARC-Type", "metadata"), *headers, (kind, why.value), ("WARC-Target-URI", printable(url))]
        head = "".join(f"{key}: {value}\r\n" for key, value in (*lines, ("Content-Length", "0")))
        note = b"WARC/1.1\r\n" + head.encode("utf-8", "replace") + b"\r\n\r\n\r\n"
        member = _member(note, record.length)
        if member is not None:
            file.seek(record.offset)
            file.write(member)
            return Blanked(offset=record.offset, length=record.length, is_capture=record.is_capture)
    raise NoRoom(f"the record at byte {record.offset} has {record.length} bytes, too few for a note of it")


def _member(data: bytes, length: int) -> bytes | None:
    """A gzip member of exactly this length; None where the data does not fit."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflater.compress(data) + deflater.flush()
    trailer = struct.pack("<LL", zlib.crc32(data), len(data))
    spare = length - 10 - len(body) - len(trailer)
    if spare < 0:
        return None
    # RFC 1952: flag 0x10, a comment that ends with a zero byte, stands behind the ten bytes of the header
    head = b"\x1f\x8b\x08" + (b"\x10" if spare else b"\0") + b"\0\0\0\0\x02\xff"
    return head + (b" " * (spare - 1) + b"\0" if spare else b"") + body + trailer
