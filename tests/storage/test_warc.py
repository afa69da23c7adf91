"""Segments: what goes in comes out, and nothing less than whole is ever read as whole."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import itertools
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from articles.model import Capture, Found, Problem, Reason, Rejection
from articles.reading import read
from storage.objects import open_store
from storage.warc import (
    OPEN,
    Earlier,
    SegmentWriter,
    TornSegment,
    payload_digest,
    read_capture,
    read_captures,
    read_index,
    recover,
)
from storage.warc import members as members_module

AT = datetime(2026, 11, 22, 16, 59, 12, 123456, tzinfo=UTC)
KEY = "segments/2026/11/22/one.warc.gz"
HTML = ((b"Content-Type", b"text/html; charset=utf-8"),)
FOUND = Found(
    via="https://example.com/rss",
    found_at=AT,
    title="Größte Überraschung: “yes”",
    published_at=AT - timedelta(hours=2),
    modified_at=AT - timedelta(hours=1),
    language="de",
    listing=True,
)


@dataclass(frozen=True)
class Response:
    """What a test hands to the writer."""

    url: str = "https://example.com/news/1"
    site: str | None = "example"
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = HTML
    body: bytes = b"<p>News.</p>"
    found: Found | None = None
    reason: str = "OK"
    truncated: str | None = None
    ip: str | None = "192.0.2.1"
    earlier: Earlier | None = None
    at: datetime = field(default=AT)


def record(writer: SegmentWriter, response: Response) -> str:
    return writer.response(
        url=response.url,
        site=response.site,
        fetched_at=response.at,
        request_headers=[(b"Host", b"example.com"), (b"User-Agent", b"pressrun/0.1")],
        status=response.status,
        reason=response.reason,
        headers=response.headers,
        body_as_sent=response.body,
        truncated=response.truncated,
        found=response.found,
        ip=response.ip,
        earlier=response.earlier,
    )


def begin(path: Path) -> SegmentWriter:
    return SegmentWriter(path, segment_id="20261122T165912123456Z-00000000", software="pressrun/0.1")


def write(path: Path, *responses: Response) -> Path:
    writer = begin(path)
    for response in responses:
        record(writer, response)
    writer.seal()
    return path


def captures(source: Path | bytes) -> list[Capture]:
    return list(read_captures(io.BytesIO(source) if isinstance(source, bytes) else source, KEY))


def written_and_read(*responses: Response) -> list[Capture]:
    with tempfile.TemporaryDirectory() as folder:
        return captures(write(Path(folder) / "one.warc.gz", *responses))


def whole_captures(data: bytes) -> tuple[list[Capture], bool]:
    """What was yielded, and whether the segment was read to its end without complaint."""
    seen: list[Capture] = []
    try:
        for capture in read_captures(io.BytesIO(data), KEY):
            seen.append(capture)
    except TornSegment:
        return seen, False
    return seen, True


SOME = (
    Response(found=FOUND),
    Response(url="https://example.com/robots.txt", headers=((b"Content-Type", b"text/plain"),), body=b""),
    Response(url="https://example.com/gone", status=404, reason="Not Found", body=b"gone"),
    Response(
        url="https://example.com/coded",
        headers=(*HTML, (b"Content-Encoding", b"gzip")),
        body=gzip.compress(b"<p>Coded news.</p>" * 20, mtime=0),
        found=FOUND,
    ),
    Response(url="https://example.com/304", status=304, reason="Not Modified", body=b""),
)


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    return write(tmp_path / "one.warc.gz", *SOME)


# --- What goes in comes out -----------------------------------------------------------------------


def test_a_capture_has_all_that_was_recorded(tmp_path: Path) -> None:
    headers = (*HTML, (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"), (b"Content-Encoding", b"gzip"))
    body = "<p>Größer</p>".encode()
    path = write(tmp_path / "one.warc.gz", Response(headers=headers, body=gzip.compress(body), found=FOUND))
    (capture,) = captures(path)
    assert capture.pointer is not None
    assert capture == Capture(
        url="https://example.com/news/1",
        fetched_at=AT,
        status=200,
        headers=(
            ("Content-Type", "text/html; charset=utf-8"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("Content-Encoding", "gzip"),
        ),
        body=body,
        site="example",
        found=FOUND,
        pointer=capture.pointer,
    )


header_names = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1)
header_values = st.binary(max_size=60)
moments = st.integers(631152000_000000, 4102444800_000000).map(
    lambda microseconds: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
)
founds = st.builds(
    Found,
    via=st.just("https://example.com/feed"),
    found_at=moments,
    title=st.none() | st.text(min_size=1),
    published_at=st.none() | moments,
)
responses = st.builds(
    Response,
    url=st.text().map(lambda path: f"https://example.com/{path}"),
    site=st.none() | st.just("example"),
    status=st.integers(100, 599).filter(lambda status: status != 304),
    headers=st.lists(
        st.tuples(header_names.map(str.encode), header_values).filter(
            lambda header: header[0].lower() not in (b"content-encoding", b"x-crawler-content-encoding")
        ),
        max_size=6,
    ).map(tuple),
    body=st.binary(max_size=3000),
    found=st.none() | founds,
    reason=st.text(max_size=20),
    truncated=st.none() | st.sampled_from(["length", "time", "disconnect"]),
    at=moments,
)


def as_header_text(value: bytes) -> str:
    """CR, LF and NUL are spaces, outer white space is none; UTF-8 where a line is, else Latin-1."""
    line = b"n: " + value.translate(bytes.maketrans(b"\r\n\0", b"   ")).strip(b" \t")
    try:
        return line.decode()[3:].strip(" \t")
    except UnicodeDecodeError:
        return line.decode("latin-1")[3:].strip(" \t")


@given(given_responses=st.lists(responses, max_size=5))
@settings(deadline=None)
def test_captures_in_are_captures_out(given_responses: list[Response]) -> None:
    seen = written_and_read(*given_responses)
    assert len(seen) == len(given_responses)
    for capture, response in zip(seen, given_responses, strict=True):
        assert capture.url.isascii()
        assert " " not in capture.url
        assert (capture.status, capture.body, capture.site) == (response.status, response.body, response.site)
        assert (capture.fetched_at, capture.truncated) == (response.at, response.truncated)
        assert capture.problem is None
        assert [name for name, _ in capture.headers] == [shown(name) for name, _ in response.headers]
        assert [value for _, value in capture.headers] == [as_header_text(v) for _, v in response.headers]
        assert (capture.found is None) == (response.found is None)
        if capture.found and response.found:
            assert capture.found.found_at == response.found.found_at
            assert capture.found.published_at == response.found.published_at


def shown(name: bytes) -> str:
    text = name.decode()
    return text[10:] if text.lower() in ("x-crawler-content-length", "x-crawler-transfer-encoding") else text


@given(url=st.from_regex(r"https?://[a-z]{1,9}\.example/[!-;=?-~]{0,40}", fullmatch=True))
@settings(deadline=None)
def test_a_url_in_printable_ascii_comes_back_as_it_is(url: str) -> None:
    (capture,) = written_and_read(Response(url=url))
    assert capture.url == url


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.com/Größe", "https://example.com/Gr%C3%B6%C3%9Fe"),
        (
            "https://example.com/a b\r\nWARC-Type: response",
            "https://example.com/a%20b%0D%0AWARC-Type:%20response",
        ),
        ("<https://example.com/>", "%3Chttps://example.com/%3E"),
        ("https://example.com/\ud800", "https://example.com/%ED%A0%80"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_an_odd_url_is_percent_encoded(url: str, kept: str, tmp_path: Path) -> None:
    (capture,) = captures(write(tmp_path / "one.warc.gz", Response(url=url)))
    assert capture.url == kept


def test_no_header_begins_a_line_or_a_record_of_its_own(tmp_path: Path) -> None:
    hostile = (
        (b"X-One", b"a\r\nX-Injected: yes"),
        (b"X-Two", b"a\r\n\r\n<p>body from a header</p>"),
        (b"X-Three\r\nX-Injected", b"yes"),
        (b"X-Nul", b"a\0b"),
        (b"X-Latin", b"caf\xe9"),
        (b"X-Utf8", "café".encode()),
        (b"", b"no name"),
        (b" folded", b"1"),
    )
    first = Response(
        headers=hostile, site="a\r\nPressrun-Seal: 1", reason="OK\r\nX-Injected: yes", found=FOUND
    )
    path = write(tmp_path / "one.warc.gz", first, Response(url="https://example.com/2"))
    capture, second = captures(path)
    assert capture.headers == (
        ("X-One", "a  X-Injected: yes"),
        ("X-Two", "a    <p>body from a header</p>"),
        ("X-Three--X-Injected", "yes"),
        ("X-Nul", "a b"),
        ("X-Latin", "café"),
        ("X-Utf8", "café"),
        ("-", "no name"),
        ("-folded", "1"),
    )
    assert (capture.body, capture.site) == (b"<p>News.</p>", "a  Pressrun-Seal: 1")
    assert second.url == "https://example.com/2"


def test_evidence_stays_on_its_lines(tmp_path: Path) -> None:
    found = Found(
        via="https://example.com/\nfound-at: never", found_at=AT, title="one\r\nvia: two\u2028three\x85"
    )
    (capture,) = captures(write(tmp_path / "one.warc.gz", Response(found=found)))
    assert capture.found == Found(
        via="https://example.com/%0Afound-at:%20never", found_at=AT, title="one  via: two\u2028three\x85"
    )


def test_chunks_are_hidden_from_other_readers_and_shown_in_captures(tmp_path: Path) -> None:
    path = write(
        tmp_path / "one.warc.gz", Response(headers=((b"Transfer-Encoding", b"chunked"),), body=b"5\r\nab")
    )
    (capture,) = captures(path)
    assert capture.headers == (("Transfer-Encoding", "chunked"),)
    with path.open("rb") as file:
        bodies = [r.content_stream().read() for r in ArchiveIterator(file) if r.rec_type == "response"]
    assert bodies == [b"5\r\nab"]


# --- Repeats --------------------------------------------------------------------------------------


def test_a_304_and_an_equal_body_are_revisits_without_a_body(tmp_path: Path) -> None:
    body = gzip.compress(b"<p>News.</p>", mtime=0)
    headers = (*HTML, (b"Content-Encoding", b"gzip"))
    earlier = Earlier(url="https://example.com/a", fetched_at=AT, digest=payload_digest(body))
    path = write(
        tmp_path / "one.warc.gz",
        Response(headers=headers, body=body),
        Response(headers=headers, body=body, earlier=earlier),
        Response(status=304, body=b"", earlier=Earlier(url="https://example.com/a", fetched_at=AT)),
        Response(headers=headers, body=body + b"!", earlier=earlier),
        Response(headers=headers, body=body, earlier=earlier, truncated="length"),
    )
    assert [(c.status, c.unchanged) for c in captures(path)] == [
        (200, False),
        (200, True),
        (304, True),
        (200, False),
        (200, False),
    ]
    assert [c.body for c in captures(path)][1:3] == [b"", b""]
    with path.open("rb") as file:
        revisits = [dict(r.rec_headers.headers) for r in ArchiveIterator(file) if r.rec_type == "revisit"]
    assert [r["WARC-Profile"].rsplit("/")[-1] for r in revisits] == [
        "identical-payload-digest",
        "server-not-modified",
    ]
    assert revisits[0]["WARC-Payload-Digest"] == payload_digest(body)
    assert {r["WARC-Refers-To-Target-URI"] for r in revisits} == {"https://example.com/a"}
    assert {r["WARC-Refers-To-Date"] for r in revisits} == {"2026-11-22T16:59:12.123456Z"}


def test_a_failed_request_is_kept_and_is_no_capture(tmp_path: Path) -> None:
    writer = begin(tmp_path / "one.warc.gz")
    record(writer, Response())
    writer.failure(
        url="https://nowhere.example/",
        site="example",
        at=AT,
        outcome="dns",
        detail="no\nsuch host",
        found=FOUND,
    )
    writer.seal()
    assert len(captures(writer.path)) == writer.count == 1
    with writer.path.open("rb") as file:
        kept = [r.raw_stream.read() for r in ArchiveIterator(file) if r.rec_type == "metadata"]
    assert kept[0].startswith(b"outcome: dns\r\ndetail: no such host\r\nvia: https://example.com/rss\r\n")


# --- Read by others -------------------------------------------------------------------------------


def test_warcio_reads_every_record_and_finds_every_digest_right(segment: Path) -> None:
    kinds = []
    with segment.open("rb") as file:
        for r in ArchiveIterator(file, check_digests="raise"):
            assert r.rec_headers.protocol == "WARC/1.1"
            body = r.content_stream().read()
            kinds.append(r.rec_type)
            if r.rec_headers.get_header("WARC-Target-URI") == "https://example.com/coded":
                assert r.rec_type != "response" or body == b"<p>Coded news.</p>" * 20
            if r.rec_type == "request":
                assert r.http_headers.get_header("User-Agent") == "pressrun/0.1"
    assert kinds == [
        "warcinfo",
        *("response", "request", "metadata"),
        *("response", "request"),
        *("response", "request"),
        *("response", "request", "metadata"),
        *("revisit", "request"),
        "metadata",
    ]


def test_fastwarc_reads_every_response_and_finds_every_digest_right(segment: Path) -> None:
    for r in FastIterator(str(segment), parse_http=False):
        assert r.verify_block_digest()
    bodies = {}
    for r in FastIterator(str(segment), record_types=WarcRecordType.response):
        assert r.verify_payload_digest()
        bodies[r.headers["WARC-Target-URI"]] = r.reader.read()
    assert bodies == {response.url: response.body for response in SOME if response.status != 304}


def test_digests_are_those_of_the_bytes_as_sent(segment: Path) -> None:
    entries = {entry.url: entry.digest for entry in read_index(segment, KEY)}
    body = SOME[3].body
    assert (
        entries["https://example.com/coded"]
        == "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()
    )


def test_each_pointer_is_a_gzip_member_of_its_own(segment: Path) -> None:
    store = open_store(str(segment.parent / "store"))
    store.put_file(KEY, segment)
    for capture in captures(segment):
        assert capture.pointer is not None
        data = segment.read_bytes()[capture.pointer.offset :][: capture.pointer.length]
        assert gzip.decompress(data).startswith(b"WARC/1.1\r\n")
        again = read_capture(store, capture.pointer)
        assert (again.url, again.body, again.pointer) == (capture.url, capture.body, capture.pointer)


def test_a_pointer_to_no_capture_is_refused(segment: Path) -> None:
    store = open_store(str(segment.parent / "store"))
    store.put_file(KEY, segment)
    pointer = captures(segment)[0].pointer
    assert pointer is not None
    for offset, length in [(0, pointer.offset), (pointer.offset, pointer.length - 1), (10**9, 10)]:
        with pytest.raises(TornSegment, match="no capture"):
            read_capture(store, type(pointer)(segment=KEY, offset=offset, length=length))


# --- Torn -----------------------------------------------------------------------------------------


def test_a_segment_cut_at_any_byte_is_never_read_as_whole_nor_as_more(segment: Path) -> None:
    data, whole = segment.read_bytes(), captures(segment)
    ends = [record_end(data, capture) for capture in whole]
    for end in range(len(data)):
        seen, complete = whole_captures(data[:end])
        assert not complete
        count = sum(place <= end for place in ends)
        assert len(seen) == count
        assert [(c.url, c.body, c.problem) for c in seen] == [(c.url, c.body, None) for c in whole[:count]]
        with pytest.raises(TornSegment):
            list(read_index(io.BytesIO(data[:end]), KEY))


def record_end(data: bytes, capture: Capture) -> int:
    assert capture.pointer is not None
    return capture.pointer.offset + capture.pointer.length


def test_a_cut_segment_is_recovered_to_its_whole_records(segment: Path, tmp_path: Path) -> None:
    data, whole = segment.read_bytes(), captures(segment)
    starts = member_starts(data)
    torn = tmp_path / f"torn.warc.gz{OPEN}"
    sealed = tmp_path / "torn.warc.gz"
    edges = [*starts, len(data)]
    near_edges = {edge + step for edge in edges for step in (-1, 0, 1)} & set(range(len(data) + 1))
    for end in sorted(near_edges | set(range(0, len(data), 23))):
        torn.write_bytes(data[:end])
        if end < starts[1]:
            with pytest.raises(TornSegment):
                recover(torn)
            assert torn.read_bytes() == data[:end]
            continue
        count = sum(record_end(data, capture) <= end for capture in whole)
        assert recover(torn) == count
        recovered = sealed.read_bytes()
        kept = max(edge for edge in edges if edge <= end)
        assert recovered[:kept] == data[:kept]
        assert [c.url for c in captures(sealed)] == [c.url for c in whole[:count]]
        assert recover(sealed) == count
        assert sealed.read_bytes() == recovered


def member_starts(data: bytes) -> list[int]:
    starts, at = [], 0
    while (member := members_module.read_member(io.BytesIO(data), at)) is not None:
        starts.append(at)
        at += member.length
    return starts


def test_a_large_segment_cut_anywhere_is_torn(tmp_path: Path) -> None:
    noise = random.Random(7)
    pages = [
        Response(url=f"https://example.com/{n}", body=noise.randbytes(70_000), found=FOUND) for n in range(6)
    ]
    data = write(tmp_path / "one.warc.gz", *pages).read_bytes()
    for end in [*noise.sample(range(len(data)), 40), *range(len(data) - 40, len(data))]:
        seen, complete = whole_captures(data[:end])
        assert not complete
        assert [c.body for c in seen] == [page.body for page in pages[: len(seen)]]


def test_a_changed_byte_is_never_read_as_whole(segment: Path) -> None:
    data, whole = segment.read_bytes(), captures(segment)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 0x40
        seen, complete = whole_captures(bytes(changed))
        if complete:  # some bytes of a gzip header (its time, its system) mean nothing
            assert seen == whole
        assert [(c.url, c.body) for c in seen] == [(c.url, c.body) for c in whole[: len(seen)]]


def test_missing_doubled_and_added_members_are_noticed(segment: Path) -> None:
    data = segment.read_bytes()
    starts = [*member_starts(data), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(starts)]
    for at in range(len(pieces)):
        assert not whole_captures(b"".join(pieces[:at] + pieces[at + 1 :]))[1]
        assert not whole_captures(b"".join([*pieces[:at], pieces[at], *pieces[at:]]))[1]
    assert not whole_captures(data + data)[1]
    assert not whole_captures(data + b"\0")[1]


def test_members_that_lie_inside_a_body_are_never_records(tmp_path: Path) -> None:
    """A page may be a segment itself, stored as it came: damage must not bring it to the surface."""
    inner = write(tmp_path / "inner.warc.gz", Response(url="https://evil.example/")).read_bytes()
    headers = ((b"Content-Encoding", b"gzip"),)
    path = write(tmp_path / "one.warc.gz", Response(headers=headers, body=inner, found=FOUND))
    data = path.read_bytes()
    assert inner in data
    for place in range(0, len(data), 3):
        changed = bytearray(data)
        changed[place] ^= 0x40
        assert "https://evil.example/" not in [c.url for c in whole_captures(bytes(changed))[0]]


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 500, b"<html>", gzip.compress(b"no warc"), b"WARC/1.1\r\n\r\n"]
)
def test_what_is_no_segment_is_torn(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(TornSegment, match="not one whole record"):
        captures(data)
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(TornSegment, match="nothing to recover"):
        recover(tmp_path / "x")


def test_an_open_segment_is_torn_until_it_is_sealed(tmp_path: Path) -> None:
    writer = begin(tmp_path / "one.warc.gz")
    record(writer, Response())
    assert not writer.path.exists()
    open_path = tmp_path / f"one.warc.gz{OPEN}"
    assert open_path.stat().st_size == writer.bytes
    with pytest.raises(TornSegment, match="without its seal"):
        captures(open_path)
    writer.seal()
    assert not open_path.exists()
    assert writer.path.stat().st_size == writer.bytes
    assert len(captures(writer.path)) == 1


def test_a_writer_killed_at_any_point_loses_at_most_the_record_being_written(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from datetime import UTC, datetime
        from storage.warc import SegmentWriter
        writer = SegmentWriter(Path(sys.argv[1]), segment_id="x", software="pressrun")
        for n in range(100_000):
            writer.response(url=f"https://example.com/{n}", site=None, fetched_at=datetime.now(UTC),
                            request_headers=[], status=200, headers=[], body_as_sent=b"news" * 5000)
            print(n, flush=True)
        """
    )
    for kill_after in (0, 1, 7):
        path = tmp_path / f"{kill_after}.warc.gz"
        child = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        told = 0
        while told <= kill_after:
            told = int(child.stdout.readline()) + 1
        child.send_signal(signal.SIGKILL)
        told += len(child.stdout.read().split())
        child.wait()
        kept = recover(path.with_name(path.name + OPEN))
        assert told <= kept <= told + 1
        assert [c.url for c in captures(path)] == [f"https://example.com/{n}" for n in range(kept)]


def test_a_full_disk_leaves_a_segment_that_can_be_sealed(tmp_path: Path) -> None:
    writer = begin(tmp_path / "one.warc.gz")
    record(writer, Response())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (writer.bytes + 2000, limits[1]))
    try:
        with pytest.raises(OSError, match="large"):
            record(writer, Response(url="https://example.com/2", body=os.urandom(5000)))
        writer.seal()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert [c.url for c in captures(writer.path)] == ["https://example.com/news/1"]


def test_a_segment_id_is_used_once(segment: Path) -> None:
    with pytest.raises(FileExistsError, match=r"one\.warc\.gz"):
        begin(segment)


# --- Bodies that cannot be had --------------------------------------------------------------------


def test_a_body_that_cannot_be_decoded_is_a_capture_with_a_problem_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    def coded(coding: bytes, body: bytes) -> Response:
        return Response(headers=(*HTML, (b"Content-Encoding", coding)), body=body)

    path = write(
        tmp_path / "one.warc.gz",
        coded(b"gzip", gzip.compress(bytes(200_000_000), 1)),
        coded(b"zz", b"?"),
        coded(b"gzip", gzip.compress(b"news")[:-3]),
        coded(b"br", b"<p>not coded at all</p>"),
        Response(body=b"x" * 50_000_000),
        Response(body=b"news"),
    )
    seen = captures(path)
    assert [c.problem and c.problem.reason for c in seen] == [
        Reason.TOO_LARGE,
        Reason.UNREADABLE,
        Reason.TRUNCATED,
        Reason.UNREADABLE,
        Reason.TOO_LARGE,
        None,
    ]
    assert [c.body for c in seen] == [b"", b"", b"", b"", b"", b"news"]
    assert seen[1].problem is not None
    assert "'zz'" in seen[1].problem.detail


def test_a_problem_is_the_reason_of_its_rejection(tmp_path: Path) -> None:
    headers = (*HTML, (b"Content-Encoding", b"zz"))
    path = write(tmp_path / "one.warc.gz", Response(headers=headers), Response(headers=headers, status=404))
    first, second = map(read, captures(path))
    assert isinstance(first, Rejection)
    assert isinstance(second, Rejection)
    assert (first.reason, second.reason) == (Reason.UNREADABLE, Reason.STATUS)


def test_a_record_larger_than_memory_allows_is_a_capture_with_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "one.warc.gz", Response(body=b"x" * 9_000_000), Response(body=b"news"))
    monkeypatch.setattr(members_module, "MAX_MEMBER_BYTES", 4_000_000)
    first, second = captures(path)
    assert first.problem is not None
    assert (first.problem.reason, first.body, first.url) == (Reason.TOO_LARGE, b"", SOME[0].url)
    assert second.body == b"news"


# --- Segments of others ---------------------------------------------------------------------------


def foreign(kind: str, block: bytes, url: str = "https://example.org/", **headers: str) -> bytes:
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{random.getrandbits(128):032x}>",
        "WARC-Date": "2024-03-01T08:05:00Z",
        "WARC-Target-URI": url,
        "Content-Type": f"application/http; msgtype={'request' if kind == 'request' else 'response'}",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def page(text: str) -> bytes:
    """As CC-NEWS stores it: decoded, the names that no longer hold hidden."""
    return (
        "HTTP/1.1 200 OK\r\nDate: Fri, 01 Mar 2024 08:05:00 GMT\r\nContent-Type: text/html\r\n"
        "X-Crawler-Content-Encoding: gzip\r\nX-Crawler-Transfer-Encoding: chunked\r\n"
        f"X-Crawler-Content-Length: 77\r\nContent-Length: {len(text)}\r\n\r\n{text}"
    ).encode()


def cc_news() -> list[bytes]:
    info = b"robots: classic\r\nsoftware: StormCrawler\r\n"
    return [
        foreign("warcinfo", info, Content_Type="application/warc-fields"),
        foreign("request", b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"),
        foreign("response", page("<p>one</p>"), url="https://example.org/1"),
        foreign("request", b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"),
        foreign("response", page("<p>two</p>"), url="https://example.org/2", WARC_Truncated="length"),
        foreign("revisit", b"HTTP/1.1 304 Not Modified\r\n\r\n", url="https://example.org/3"),
        foreign("revisit", b"", url="https://example.org/4"),
        foreign("response", b"20240301 1.2.3.4", url="dns:example.org", Content_Type="text/dns"),
        foreign("metadata", b"fetchTimeMs: 3\r\n", Content_Type="application/warc-fields"),
        foreign("response", page("<p>last</p>"), url="https://example.org/5"),
    ]


def test_cc_news_is_read_by_the_same_function() -> None:
    seen = captures(b"".join(cc_news()))
    assert [(c.url[-1], c.status, c.body, c.unchanged, c.truncated, c.problem) for c in seen] == [
        ("1", 200, b"<p>one</p>", False, None, None),
        ("2", 200, b"<p>two</p>", False, "length", None),
        ("3", 304, b"", True, None, None),
        ("4", 200, b"", True, None, None),
        ("5", 200, b"<p>last</p>", False, None, None),
    ]
    assert seen[0].fetched_at == datetime(2024, 3, 1, 8, 5, tzinfo=UTC)
    assert seen[0].header("Content-Encoding") == "gzip"
    assert seen[0].site is None


def test_a_damaged_record_of_others_costs_that_record_alone() -> None:
    parts = cc_news()
    for at in range(len(parts)):
        for place in range(0, len(parts[at]), 5):
            damaged = bytearray(parts[at])
            damaged[place] ^= 0x40
            seen, _ = whole_captures(b"".join([*parts[:at], bytes(damaged), *parts[at + 1 :]]))
            good = [c for c in seen if c.problem is None]
            whole = captures(b"".join(parts))
            assert len(good) >= len(whole) - (at in (2, 4, 5, 6, 9))
            assert all(c.body == b"" for c in seen if c.problem)
            assert {(c.url, c.body) for c in good} <= {(c.url, c.body) for c in whole}


def test_a_damaged_response_of_others_is_a_capture_with_a_problem() -> None:
    parts = cc_news()
    damaged = parts[2][:-8] + b"\0" * 4 + parts[2][-4:]  # its checksum
    seen = captures(b"".join([*parts[:2], damaged, *parts[3:]]))
    assert [c.url[-1] for c in seen] == ["1", "2", "3", "4", "5"]
    assert seen[0].problem is not None
    assert seen[0].problem.reason is Reason.UNREADABLE
    assert "broken gzip member" in seen[0].problem.detail
    assert seen[0].pointer is not None
    assert (seen[0].pointer.offset, seen[0].pointer.length) == (len(parts[0] + parts[1]), len(damaged))


@pytest.mark.parametrize(
    "gap", [0, 1, 2**20 - 1030, 2**20 - 1024, 2**20 - 2, 2**20 - 1, 2**20, 2**20 + 1, 2**21]
)
def test_the_next_record_is_found_however_far_the_damage_goes(gap: int) -> None:
    magic_of_no_record = b"\x1f\x8b\x08" * 2
    noise = (b"\x01" * gap + magic_of_no_record)[-gap:] if gap else b""
    found = members_module.next_member(io.BytesIO(b"?" + noise + cc_news()[2] + b"\0" * 3000), 1)
    assert found == 1 + gap


def test_a_file_of_others_cut_within_a_record_is_torn_after_its_whole_records() -> None:
    parts = cc_news()
    data = b"".join(parts)
    whole = captures(data)
    start = len(data) - len(parts[-1])
    for end in range(start + 1, len(data)):
        seen, complete = whole_captures(data[:end])
        assert not complete
        assert seen == whole[:-1]


@pytest.mark.parametrize(
    ("record_bytes", "detail"),
    [
        (foreign("response", page("x"), Content_Length="9999"), "shorter than it says"),
        (foreign("response", page("xyz" * 9), Content_Length="20"), "goes on after its record"),
        (foreign("response", page("x"), Content_Length="many"), "goes on after its record"),
        (foreign("response", page("x"), WARC_Date="yesterday"), "WARC-Date"),
        (foreign("response", b"SSH-2.0-OpenSSH\r\n"), "no HTTP status line"),
        (foreign("response", b""), "no HTTP status line"),
    ],
)
def test_a_record_that_is_not_what_it_says_is_a_capture_with_a_problem(
    record_bytes: bytes, detail: str
) -> None:
    good = foreign("response", page("<p>good</p>"))
    first, second = captures(record_bytes + good)
    assert isinstance(first.problem, Problem)
    assert first.problem.reason is Reason.UNREADABLE
    assert detail in first.problem.detail
    assert first.body == b""
    assert second.body == b"<p>good</p>"


@given(data=st.binary(max_size=300), at=st.integers(0, 9))
@settings(max_examples=200)
def test_any_bytes_between_records_never_crash_reading(data: bytes, at: int) -> None:
    parts = cc_news()
    for noise in (data, gzip.compress(data), foreign("response", data)):
        seen, _ = whole_captures(b"".join([*parts[:at], noise, *parts[at:]]))
        assert len([c for c in seen if c.problem is None]) >= 5


def test_a_file_that_warcio_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.gz"
    with path.open("wb") as file:
        other = WARCWriter(file, gzip=True)
        other.write_record(other.create_warcinfo_record("other.warc.gz", {"software": "warcio"}))
        for n in range(3):
            body = io.BytesIO(gzip.compress(b"<p>%d</p>" % n))
            coded = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
            head = StatusAndHeaders("200 OK", coded, protocol="HTTP/1.1")
            url = f"https://example.org/{n}"
            other.write_record(other.create_warc_record(url, "response", payload=body, http_headers=head))
    assert [(c.url[-1], c.status, c.body) for c in captures(path)] == [
        ("0", 200, b"<p>0</p>"),
        ("1", 200, b"<p>1</p>"),
        ("2", 200, b"<p>2</p>"),
    ]


def test_a_rendered_page_is_read_with_what_the_browser_made_of_it(tmp_path: Path) -> None:
    path = tmp_path / "rendered.warc.gz"
    writer = SegmentWriter(path, segment_id="x", software="tests")
    for url, rendered in (("http://a.test/1", "<p>Café</p>".encode()), ("http://a.test/2", None)):
        writer.response(
            url=url,
            site="a",
            fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
            request_headers=[],
            status=200,
            headers=[(b"Content-Type", b"text/html; charset=iso-8859-1"), (b"Content-Encoding", b"gzip")],
            body_as_sent=gzip.compress(b"<script>"),
            rendered=rendered,
        )
    writer.seal()
    first, second = read_captures(path, "rendered")
    assert (first.body, first.header("Content-Type")) == ("<p>Café</p>".encode(), "text/html; charset=utf-8")
    assert (second.body, second.header("Content-Type")) == (b"<script>", "text/html; charset=iso-8859-1")
