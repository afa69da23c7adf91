"""Gzip members: each record of a segment is one, so that it is read, and can be damaged, on its own."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

MAX_MEMBER_BYTES = 64 * 1024 * 1024
"""The largest record kept in memory; of a larger one only the beginning is."""

_CHUNK_BYTES = 64 * 1024
_PIECE_BYTES = 1024 * 1024
_GZIP = zlib.MAX_WBITS | 16
_MAGIC = b"\x1f\x8b\x08"
_HEAD_BYTES = 1024
"""Enough of a member to see what it holds."""


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member, inflated."""

    offset: int
    length: int
    data: bytes
    size: int
    """Bytes inflated; more than `len(data)` where not all were kept."""
    damage: str | None = None
    cut: bool = False
    """The file ends within it."""


def pack(pieces: tuple[bytes, ...], level: int) -> bytes:
    """One gzip member that holds the pieces joined."""
    deflater = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return b"".join([*(deflater.compress(piece) for piece in pieces), deflater.flush()])


def read_member(file: BinaryIO, offset: int) -> Member | None:
    """The gzip member at an offset, whole or with its `damage`; None at the end of the file."""
    file.seek(offset)
    inflater = zlib.decompressobj(_GZIP)
    pieces: list[bytes] = []
    taken = size = 0
    while not inflater.eof:
        chunk = file.read(_CHUNK_BYTES)
        if not chunk:
            return Member(offset, taken, b"".join(pieces), size, "cut short", cut=True) if taken else None
        taken += len(chunk)
        while chunk and not inflater.eof:
            try:
                piece = inflater.decompress(chunk, _PIECE_BYTES)
            except zlib.error as error:
                beginning = _beginning(file, offset)
                return Member(offset, taken, beginning, len(beginning), f"broken gzip member ({error})")
            chunk = inflater.unconsumed_tail
            size += len(piece)
            if size <= MAX_MEMBER_BYTES:
                pieces.append(piece)
    return Member(offset, taken - len(inflater.unused_data), b"".join(pieces), size)


def next_member(file: BinaryIO, start: int) -> int | None:
    """Where, from `start` on, the next gzip member begins that holds a WARC record."""
    while True:
        file.seek(start)
        window = file.read(_PIECE_BYTES)
        place = window.find(_MAGIC)
        while place >= 0:
            if _holds_record(file, start + place):
                return start + place
            place = window.find(_MAGIC, place + 1)
        if len(window) < len(_MAGIC):
            return None
        start += len(window) - len(_MAGIC) + 1


def _holds_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    with suppress(zlib.error):
        return zlib.decompressobj(_GZIP).decompress(file.read(_HEAD_BYTES), 5) == b"WARC/"
    return False


def _beginning(file: BinaryIO, offset: int) -> bytes:
    """What a broken member gives before it breaks: enough for the record's own header."""
    file.seek(offset)
    inflater = zlib.decompressobj(_GZIP)
    kept = b""
    with suppress(zlib.error):
        # A byte at a time: the call that meets the damage gives nothing.
        for byte in file.read(_CHUNK_BYTES):
            kept += inflater.decompress(bytes([byte]))
            if len(kept) > _CHUNK_BYTES:
                break
    return kept
