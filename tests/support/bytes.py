"""Every byte of a folder, packed or not: what a scan for a text must look through."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as parquet
import zstandard


def places_of(folder: Path, *needles: bytes) -> list[str]:
    """Files below `folder` that hold any of the needles, as they are or unpacked."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(needle in data for data in _readings(path) for needle in needles)
    )


def _readings(path: Path) -> Iterator[bytes]:
    raw = path.read_bytes()
    yield raw
    yield str(path).encode()
    if raw[:2] == b"\x1f\x8b":
        yield from _members(raw)
    if raw[:4] == b"\x28\xb5\x2f\xfd":
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw), read_across_frames=True) as stream:
            yield stream.read()
    if raw[:4] == b"PAR1":
        yield repr(parquet.ParquetFile(io.BytesIO(raw)).read().to_pylist()).encode()


def _members(raw: bytes) -> Iterator[bytes]:
    """Each gzip member, and the body inside it where that is packed too."""
    while raw:
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        data = inflater.decompress(raw)
        yield data
        inner = data.find(b"\r\n\r\n\x1f\x8b")
        if inner >= 0:
            yield gzip.decompress(data[inner + 4 :].rstrip(b"\r\n"))
        raw = inflater.unused_data
