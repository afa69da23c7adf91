"""Shares of a segment, read one by one, are the segment."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.foreign import take_in
from storage.objects import ObjectStore, open_store
from storage.segments import SegmentDamaged, captures_of, index_key
from storage.shares import Share, captures_in, shares_of
from storage.state.database import open_database
from storage.state.segments import SegmentInfo
from tests.support.ccnews import cc_news, record
from tests.support.segments import Answer, page, publish_segment

KEY = "segments/cc-news/2026/10/CC-NEWS-20261001080500-00042.warc.gz"
DAMAGED = (2, 5, 9)
"""Places of pages behind which a record is damaged; the last is the end of the file."""

CUT = (3, 6)
"""Places of pages behind which a record breaks off, and a share may begin with the next."""
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>short"
KIND = "application/http; msgtype=response"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ObjectStore, SegmentInfo]]:
    """A file of Common Crawl's with damage in it, and stretches that hold no record."""
    folder = tmp_path_factory.mktemp("shares")
    store, database = open_store(str(folder / "archive")), open_database(f"sqlite:///{folder}/state.sqlite")
    data = b""
    for number in range(10):
        data += cc_news({f"https://unknown.example/{number}": page(number)})
        if number in DAMAGED:
            broken = bytearray(record("response", b"x" * 900, url=f"https://unknown.example/broken-{number}"))
            broken[60] ^= 0xFF
            data += bytes(broken) + b"no record" * number
        if number in CUT:
            cut, sound = (
                record("response", HTTP, url=f"https://unknown.example/{number}-{name}", Content_Type=KIND)
                for name in ("cut", "sound")
            )
            data += cut[:-4] + sound
    (folder / "file").write_bytes(data)
    yield store, take_in(store, database, folder / "file", KEY)
    database.close()


@given(each=st.integers(1, 14))
def test_shares_of_any_size_give_every_capture_once_and_in_order(
    archive: tuple[ObjectStore, SegmentInfo], each: int
) -> None:
    store, info = archive
    shares = shares_of(store, info, each)
    read = [list(captures_in(store, share)) for share in shares]
    assert [capture for captures in read for capture in captures] == list(captures_of(store, KEY))
    assert [len(captures) for captures in read] == [share.captures for share in shares]
    assert max(len(captures) for captures in read) <= each


def test_the_first_share_notices_other_bytes_anywhere_in_the_segment(
    archive: tuple[ObjectStore, SegmentInfo],
) -> None:
    store, info = archive
    first, *rest = shares_of(store, replace(info, sha256="0" * 64), 3)
    assert all(share.sha256 is None for share in rest)
    with pytest.raises(SegmentDamaged, match="sha256"):
        next(captures_in(store, first))


def test_a_segment_of_ours_or_without_a_sound_index_is_one_share(
    archive: tuple[ObjectStore, SegmentInfo], tmp_path: Path
) -> None:
    store, info = archive
    database = open_database(f"sqlite:///{tmp_path}/state.sqlite")
    key = publish_segment(store, database, tmp_path, [Answer(url="https://harbour.test/1", body=page(1))] * 5)
    database.close()
    ours = replace(info, key=key, captures=5)
    assert shares_of(store, ours, 2) == [Share(segment=key, captures=5, sha256=info.sha256)]
    index = store.get(index_key(KEY))
    for wrong in (b"no gzip", gzip.compress(b"com,example)/ 2026 {}\n"), gzip.compress(b"")):
        store.put(index_key(KEY), wrong)
        assert shares_of(store, info, 2) == [Share(segment=KEY, captures=info.captures, sha256=info.sha256)]
    store.put(index_key(KEY), index)
