"""Content codings of HTTP undone within a cap of memory, and the zstd that packs our own objects."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Generator, Iterator

import brotli
import zstandard

MAX_DECODED_BYTES = 32 * 1024 * 1024
"""Default cap of one decoded body: three times the largest body that a site may send."""

MAX_CODINGS = 5
"""Codings one after the other that are undone: servers send one, rarely two; each costs up to the cap."""

MAX_MEMBERS = 10_000
"""Members of gzip, or frames of zstd, that are undone: each costs 30 microseconds though it may hold nothing, and a
megabyte has room for 50,000."""

LEVEL = 6
"""zstd level of our own objects."""

_SLICE_BYTES = 64 * 1024
_PIECE_BYTES = 256 * 1024
_ZSTD_SLICE_BYTES = 256
# A zstd block of four bytes can stand for 128 KiB, and the decoder gives all of its output at once:
# 256 bytes at a time are 8 MiB at the most.
_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
# RFC 9659, section 3: a window for the web is 8 MiB at most.


class CodingError(Exception):
    """A body cannot be decoded; the classes below say why."""


class UnknownCoding(CodingError):
    """Content-Encoding names a coding that we do not undo."""


class TooLarge(CodingError):
    """The decoded body is larger than the cap."""


class BrokenCoding(CodingError):
    """The bytes are not what Content-Encoding says."""


class CutShort(BrokenCoding):
    """The bytes end before the coding does: the transfer was cut."""


def undo(body: bytes, content_encoding: str | None, max_bytes: int = MAX_DECODED_BYTES) -> bytes:
    """The body without its codings, given the value (or joined values) of Content-Encoding.

    Knows gzip (of several members too), deflate (in zlib's wrapping or raw), br and zstd, several in a row,
    last applied undone first. What follows the end of gzip or deflate data is left out, as browsers do. An
    empty body stays empty. Memory stays within twice `max_bytes` and a few MiB.
    Raises UnknownCoding, TooLarge, CutShort or BrokenCoding.
    """
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise UnknownCoding(f"{len(names)} codings one after the other; at most {MAX_CODINGS} are undone")
    for name in names:
        if name not in _DECODERS:
            raise UnknownCoding(f"content coding {name[:40]!r}; known are {', '.join(_DECODERS)}")
    for name in reversed(names):
        if body:
            body = _gather(_DECODERS[name](body), name, max_bytes)
    return body


def beginning(body: bytes, content_encoding: str | None, max_bytes: int = MAX_DECODED_BYTES) -> bytes:
    """As much of the decoded body as can be had, at most `max_bytes`; never raises.

    For documents that are of use in part, such as a feed whose transfer was cut.
    """
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > MAX_CODINGS or not set(names) <= set(_DECODERS):
        return b""
    for name in reversed(names):
        kept = bytearray()
        try:
            for piece in _DECODERS[name](body):
                kept += piece
                if len(kept) >= max_bytes:
                    break
        except (CodingError, zlib.error, brotli.error, zstandard.ZstdError):
            pass
        body = bytes(kept[:max_bytes])
    return body[:max_bytes]


def compress(data: bytes) -> bytes:
    """One zstd frame with its checksum and size."""
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(data)


def decompress(data: bytes, max_bytes: int | None = None) -> bytes:
    """What `compress` was given. Raises CutShort, BrokenCoding, or TooLarge past `max_bytes`."""
    if not data:
        raise CutShort("zstd data is empty")
    if max_bytes is not None:
        return _gather(_zstd(data), "zstd", max_bytes)
    try:
        # at once, and half as fast again: the frame states its size
        return _decompressor().decompress(data, read_across_frames=False, allow_extra_data=False)
    except zstandard.ZstdError:
        return _gather(_zstd(data), "zstd", 1 << 62)


_OF_THREAD = threading.local()


def _decompressor() -> zstandard.ZstdDecompressor:
    """One for each thread, which is what the library allows: a new one costs half as much as unpacking a batch."""
    if not hasattr(_OF_THREAD, "decompressor"):
        _OF_THREAD.decompressor = zstandard.ZstdDecompressor()
    return _OF_THREAD.decompressor  # type: ignore[no-any-return]


def _gather(pieces: Iterator[bytes], name: str, max_bytes: int) -> bytes:
    kept: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > max_bytes:
                raise TooLarge(f"body decoded from {name} is larger than {max_bytes} bytes")
            kept.append(piece)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise BrokenCoding(f"body is not {name}: {error}") from error
    return b"".join(kept)


# --- Decoders: each yields pieces of bounded size, and raises CutShort where the input ends too early ------


def _gzip(body: bytes) -> Iterator[bytes]:
    start = 0
    for _ in range(MAX_MEMBERS):
        start = yield from _inflate(zlib.decompressobj(zlib.MAX_WBITS | 16), body, start, "gzip")
        # Another member follows, or the first byte of one; anything else is padding, and left out.
        if start >= len(body) or not b"\x1f\x8b".startswith(body[start : start + 2]):
            return
    raise BrokenCoding(f"more than {MAX_MEMBERS} gzip members one after the other")


def _deflate(body: bytes) -> Iterator[bytes]:
    # The standard says zlib's wrapping; many servers send it bare, and browsers take both.
    wrapped = len(body) >= 2 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    inflater = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
    yield from _inflate(inflater, body, 0, "deflate")


def _inflate(inflater: zlib._Decompress, data: bytes, start: int, name: str) -> Generator[bytes, None, int]:
    """Yield what one stream holds; return where in `data` it ended."""
    for at in range(start, len(data), _SLICE_BYTES):
        piece = data[at : at + _SLICE_BYTES]
        end = at + len(piece)
        while piece and not inflater.eof:
            yield inflater.decompress(piece, _PIECE_BYTES)
            piece = inflater.unconsumed_tail
        if inflater.eof:
            return end - len(inflater.unused_data)
    while out := inflater.decompress(b"", _PIECE_BYTES):  # output that the last input still owed
        yield out
    if not inflater.eof:
        raise CutShort(f"{name} data ends before its trailer, after {len(data)} bytes")
    return len(data)


def _brotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    for at in range(0, len(body), _SLICE_BYTES):
        yield decoder.process(body[at : at + _SLICE_BYTES], output_buffer_limit=_PIECE_BYTES)
        while not decoder.can_accept_more_data():
            yield decoder.process(b"", output_buffer_limit=_PIECE_BYTES)
    while not decoder.is_finished():  # output that the last input still owed
        out = decoder.process(b"", output_buffer_limit=_PIECE_BYTES)
        if not out and not decoder.is_finished():
            raise CutShort(f"br data ends before its last block, after {len(body)} bytes")
        yield out


def _zstd(body: bytes) -> Iterator[bytes]:
    library = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    decoder, members = library.decompressobj(), 1
    for at in range(0, len(body), _ZSTD_SLICE_BYTES):
        piece = body[at : at + _ZSTD_SLICE_BYTES]
        while piece:
            if decoder.eof:
                members += 1
                if members > MAX_MEMBERS:
                    raise BrokenCoding(f"more than {MAX_MEMBERS} zstd frames one after the other")
                decoder = library.decompressobj()
            yield decoder.decompress(piece)
            piece = decoder.unused_data
    if not decoder.eof:
        raise CutShort(f"zstd data ends before its frame does, after {len(body)} bytes")


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
