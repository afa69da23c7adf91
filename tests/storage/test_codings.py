"""Content codings: what a server may send, undone whole or refused by name, within a cap of memory."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from storage.codings import (
    MAX_CODINGS,
    BrokenCoding,
    CutShort,
    TooLarge,
    UnknownCoding,
    beginning,
    compress,
    decompress,
    undo,
)

MEBIBYTE = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


def streamed_zstd(data: bytes) -> bytes:
    """As a server streams it: the frame does not state its size."""
    encoder = zstandard.ZstdCompressor().compressobj()
    return encoder.compress(data) + encoder.flush()


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate in zlib's wrapping": ("deflate", zlib.compress),
    "bare deflate": ("deflate", raw_deflate),
    "br": ("br", lambda data: brotli.compress(data, quality=4)),
    "zstd": ("zstd", streamed_zstd),
}
each_coding = pytest.mark.parametrize(("coding", "encode"), ENCODERS.values(), ids=ENCODERS)


@given(data=st.binary(max_size=5000), names=st.lists(st.sampled_from(list(ENCODERS)), max_size=MAX_CODINGS))
def test_codings_in_a_row_are_undone_last_first(data: bytes, names: list[str]) -> None:
    coded = data
    for name in names:
        coded = ENCODERS[name][1](coded)
    assert undo(coded, ", ".join(ENCODERS[name][0] for name in names)) == data


@each_coding
def test_a_large_body_comes_back_whole(coding: str, encode: Callable[[bytes], bytes]) -> None:
    data = bytes(range(256)) * 4000 + b"x" * 5 * MEBIBYTE
    assert undo(encode(data), coding) == data


@each_coding
def test_a_body_cut_at_any_byte_is_never_taken_as_whole(
    coding: str, encode: Callable[[bytes], bytes]
) -> None:
    coded = encode(b"All the news that fits. " * 40)
    for end in range(1, len(coded)):
        with pytest.raises(BrokenCoding):
            undo(coded[:end], coding)


def test_a_gzip_body_without_its_trailer_is_cut_short() -> None:
    coded = gzip.compress(b"news")
    for missing in range(1, 9):
        with pytest.raises(CutShort):
            undo(coded[:-missing], "gzip")


def test_gzip_of_several_members_is_one_body_and_is_cut_short_inside_each() -> None:
    first, second = gzip.compress(b"first "), gzip.compress(b"second")
    assert undo(first + second, "gzip") == b"first second"
    for end in range(len(first) + 1, len(first) + len(second)):
        with pytest.raises(CutShort):
            undo((first + second)[:end], "gzip")


def test_padding_behind_gzip_is_left_out() -> None:
    assert undo(gzip.compress(b"news") + b"\0\0\0", "gzip") == b"news"
    assert undo(gzip.compress(b"news") + b"<!-- cached -->", "gzip") == b"news"


def test_a_wrong_checksum_is_broken() -> None:
    coded = bytearray(gzip.compress(b"news"))
    coded[-8] ^= 1
    with pytest.raises(BrokenCoding):
        undo(bytes(coded), "gzip")


@each_coding
def test_a_page_that_is_not_coded_as_it_says_is_broken(coding: str, encode: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BrokenCoding):
        undo(b"<html><p>plain</p></html>", coding)


@pytest.mark.parametrize("value", [None, "", "identity", " Identity ,", ","])
def test_no_coding_leaves_the_body_as_it_is(value: str | None) -> None:
    assert undo(b"news", value) == b"news"


@each_coding
def test_an_empty_body_stays_empty(coding: str, encode: Callable[[bytes], bytes]) -> None:
    assert undo(b"", coding) == b""


@pytest.mark.parametrize("value", ["sdch", "gzip, dcb", "utf-8", "aws-chunked,gzip"])
def test_an_unknown_coding_is_named(value: str) -> None:
    with pytest.raises(UnknownCoding, match=value.split(",")[0] if "gzip," not in value else "dcb"):
        undo(b"news", value)


def test_more_codings_than_any_server_sends_are_refused() -> None:
    with pytest.raises(UnknownCoding, match="6 codings"):
        undo(b"news", ",".join(["gzip"] * 6))


@each_coding
def test_a_bomb_is_refused_in_bounded_memory(coding: str, encode: Callable[[bytes], bytes]) -> None:
    bomb = encode(bytes(100 * MEBIBYTE))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge, match=str(4 * MEBIBYTE)):
            undo(bomb, coding, max_bytes=4 * MEBIBYTE)
        assert tracemalloc.get_traced_memory()[1] < 20 * MEBIBYTE
    finally:
        tracemalloc.stop()


def test_a_bomb_within_a_bomb_is_refused() -> None:
    bomb = gzip.compress(gzip.compress(bytes(100 * MEBIBYTE)))
    with pytest.raises(TooLarge):
        undo(bomb, "gzip, gzip", max_bytes=MEBIBYTE)


@each_coding
def test_a_body_exactly_as_large_as_the_cap_passes(coding: str, encode: Callable[[bytes], bytes]) -> None:
    data = b"n" * 300_000
    assert undo(encode(data), coding, max_bytes=300_000) == data
    with pytest.raises(TooLarge):
        undo(encode(data), coding, max_bytes=299_999)


@given(data=st.binary())
def test_our_own_objects_come_back(data: bytes) -> None:
    assert decompress(compress(data)) == data


def test_our_own_objects_are_never_read_short_or_changed() -> None:
    data = b"one batch of articles " * 50
    packed = compress(data)
    for end in range(len(packed)):
        with pytest.raises(BrokenCoding):
            decompress(packed[:end])
    for place in range(len(packed)):
        changed = bytearray(packed)
        changed[place] ^= 0x10
        with suppress(BrokenCoding, TooLarge):  # one bit of the frame's header means nothing
            assert decompress(bytes(changed), max_bytes=MEBIBYTE) == data
    with pytest.raises(TooLarge):
        decompress(packed, max_bytes=1000)


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_members_without_end_that_hold_nothing_cost_a_bounded_time(name: str) -> None:
    empty = gzip.compress(b"", mtime=0) if name == "gzip" else zstandard.compress(b"")
    text = gzip.compress(b"text", mtime=0) if name == "gzip" else zstandard.compress(b"text")
    many = text + empty * 300_000
    began = time.process_time()
    with pytest.raises(BrokenCoding, match="more than 10000"):
        undo(many, name)
    assert beginning(many, name) == b"text"
    assert time.process_time() - began < 5
    assert undo(text + empty * 5_000 + text, name) == b"texttext"
