"""What a crawl leaves in its segments: what went over the wire, as other people's tools read it."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from spiders.events import SegmentClosed, SiteDone
from storage.cdxj import surt
from storage.objects import ObjectStore, open_store
from storage.segments import index_key
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import GOOD, HOSTILE, Connection, Pages, Web, article, feed, redirect

CODED = gzip.compress(article("A story that came compressed").encode())
STORIES = [f"/2026/11/22/story-number-{n}-of-many" for n in range(8)]
ODD_HEADERS = (
    b"HTTP/1.1 200 Fine By Me\r\nX-Second: b\r\nx-FIRST: A\r\nSet-Cookie: one=1\r\nSet-Cookie: two=2\r\n"
    b"Content-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(CODED)
)


async def chunked(connection: Connection) -> None:
    await connection.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-T: 1\r\n\r\n"
    )


SITES: dict[str, Pages] = {
    "wire": {
        GOOD: ODD_HEADERS + CODED,
        HOSTILE: chunked,
        "/feed": feed(
            GOOD, HOSTILE, "/2026/11/22/caf%C3%A9-and-more-stories?b=2&a=%20x", "/2026/11/22/moved-away-now"
        ),
        "/2026/11/22/moved-away-now": redirect("/2026/11/22/moved-to-this-place"),
    },
    "slow": {"/feed": feed(*STORIES)},
}


@dataclass
class Kept:
    web: Web
    crawl: Crawl
    store: ObjectStore

    def records(self, site: str) -> Iterator[tuple[Any, bytes]]:
        """Every record of a site as warcio reads it."""
        for closed in self.crawl.segments:
            for record in ArchiveIterator(BytesIO(self.store.get(closed.key)), no_record_parse=True):
                if record.rec_headers.get_header("Pressrun-Site") == site:
                    yield record, record.content_stream().read()

    def blocks(self, kind: str, url: str) -> list[bytes]:
        return [
            block
            for record, block in self.records("wire")
            if record.rec_type == kind and record.rec_headers.get_header("WARC-Target-URI") == url
        ]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with Web(SITES) as web:
        slow = local_site("slow", web.urls["slow"], fetch={"delay_seconds": 0.15})
        job = make_job(
            tmp_path_factory.mktemp("faithful"),
            [replace(local_site("wire", web.urls["wire"]), language="pt"), slow],
            max_segment_seconds=0.4,
        )
        result = crawl(job)
        assert result.code == 0, result.stderr
        yield Kept(web, result, open_store(job.store))


def test_every_request_is_recorded_byte_for_byte_as_the_server_got_it(kept: Kept) -> None:
    recorded = [
        block.decode("latin-1") for record, block in kept.records("wire") if record.rec_type == "request"
    ]
    assert recorded == [asked.head for asked in kept.web.of("wire")]
    assert any("Accept-Language: pt, *;q=0.5\r\n" in head for head in recorded)


def test_a_response_keeps_its_headers_in_their_order_and_case_and_its_body_as_sent(kept: Kept) -> None:
    assert kept.blocks("response", kept.web.urls["wire"] + GOOD) == [ODD_HEADERS + CODED]


def test_chunks_are_undone_and_the_header_that_announced_them_is_renamed(kept: Kept) -> None:
    (block,) = kept.blocks("response", kept.web.urls["wire"] + HOSTILE)
    assert block == b"HTTP/1.1 200 OK\r\nX-Crawler-Transfer-Encoding: chunked\r\n\r\nhello world"


def test_robots_txt_feeds_errors_and_redirects_are_all_there(kept: Kept) -> None:
    responses = [record for record, _ in kept.records("wire") if record.rec_type in ("response", "revisit")]
    assert [r.rec_headers.get_header("WARC-Target-URI") for r in responses] == [
        kept.web.urls["wire"] + path for path in kept.web.paths("wire")
    ]


def test_fastwarc_finds_every_digest_right(kept: Kept) -> None:
    checked = 0
    for closed in kept.crawl.segments:
        for record in FastIterator(BytesIO(kept.store.get(closed.key)), parse_http=False):
            assert record.verify_block_digest(), record.headers["WARC-Target-URI"]
            checked += 1
    assert checked > 40


def test_a_capture_is_found_through_the_index_alone_as_pywb_does(kept: Kept) -> None:
    url = kept.web.urls["wire"] + GOOD
    found = []
    for closed in kept.crawl.segments:
        for line in gzip.decompress(kept.store.get(index_key(closed.key))).decode().splitlines():
            key, stamp, fields = line.split(" ", 2)
            if key == surt(url):
                found.append((closed.key, stamp, json.loads(fields)))
    ((segment, stamp, fields),) = found
    assert (fields["url"], fields["status"], len(stamp)) == (url, "200", 14)
    assert segment.endswith(fields["filename"])
    member = kept.store.get_range(segment, int(fields["offset"]), int(fields["length"]))
    assert zlib.decompress(member, zlib.MAX_WBITS | 16).endswith(CODED + b"\r\n\r\n")


def test_segments_are_published_by_age_while_the_crawl_goes_on(kept: Kept) -> None:
    events = kept.crawl.events
    done = next(
        place for place, event in enumerate(events) if isinstance(event, SiteDone) and event.site == "slow"
    )
    assert sum(isinstance(event, SegmentClosed) for event in events[:done]) >= 2


def test_every_segment_ends_with_the_count_of_what_it_holds(kept: Kept) -> None:
    for closed in kept.crawl.segments:
        records = [
            (record, record.content_stream().read())
            for record in ArchiveIterator(BytesIO(kept.store.get(closed.key)), no_record_parse=True)
        ]
        seal, block = records[-1]
        assert seal.rec_headers.get_header("Pressrun-Seal") == "1"
        captures = sum(record.rec_type in ("response", "revisit") for record, _ in records)
        assert block == f"records: {len(records) - 1}\r\ncaptures: {captures}\r\n".encode()
        assert captures == closed.captures


def test_what_was_recorded_is_read_back_with_its_evidence(kept: Kept) -> None:
    captures = {capture.url: capture for capture in kept.crawl.captures()}
    capture = captures[kept.web.urls["wire"] + GOOD]
    assert capture.body == article("A story that came compressed").encode()
    assert capture.found is not None
    assert capture.found.via.endswith("/feed")
