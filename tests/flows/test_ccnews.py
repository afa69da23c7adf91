"""WARC files of others are taken into the archive and read like our own."""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from articles.model import Fetch, Site
from flows.ccnews import import_ccnews
from flows.config import load_config
from flows.segment import normalize_segment
from flows.sources import CannotImport, check_sources, download
from flows.stored_segments import (
    EmptySpan,
    UnknownSegment,
    check_selection,
    named_segments,
    stored_segments,
    why_none,
)
from flows.workshop import UnknownSite, Workshop, close_workshop, open_workshop
from seeds.load import write_site
from storage.foreign import BadName, foreign_key, take_in
from storage.reader import Archive, open_archive
from storage.state.segments import SegmentChanged
from storage.takedown import find, take_down
from storage.verify import verify
from storage.warc import TornSegment
from tests.support.bytes import places_of
from tests.support.ccnews import cc_news, record
from tests.support.segments import page

NAME = "CC-NEWS-20261001080500-00042.warc.gz"
KEY = f"segments/cc-news/2026/10/{NAME}"
PAGES = {
    "https://www.harbour.test/news/1": page(1),
    "https://unknown.example/2": page(2),
    "http://news.harbour.test/3": page(3),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    write_site(
        tmp_path / "seeds", Site(name="harbour", home="https://harbour.test/", timezone="Europe/Berlin")
    )
    config = load_config({}, store=str(tmp_path / "archive"), seeds=tmp_path / "seeds")
    yield open_workshop(config)
    close_workshop(config)


def taken_in(shop: Workshop, tmp_path: Path, data: bytes, name: str = NAME) -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return take_in(shop.store, shop.database, path, foreign_key(name)).key


def test_pages_are_of_the_site_whose_home_is_on_their_domain_and_else_of_none(
    shop: Workshop, tmp_path: Path
) -> None:
    key = taken_in(shop, tmp_path, cc_news(PAGES))
    done = normalize_segment(shop.store, shop.database, shop.sites, key)
    assert (key, done.error, done.seq) == (KEY, None, 1)
    found = {article.fetched_url: article.site for article in Archive(shop.store).articles()}
    assert found == {
        "https://www.harbour.test/news/1": "harbour",
        "https://unknown.example/2": None,
        "http://news.harbour.test/3": "harbour",
    }
    assert list(verify(shop.store, shop.database, lambda step, number: None)) == []


def test_a_file_taken_in_twice_is_one_segment_and_other_bytes_under_its_name_are_refused(
    shop: Workshop, tmp_path: Path
) -> None:
    assert taken_in(shop, tmp_path, cc_news(PAGES)) == taken_in(shop, tmp_path, cc_news(PAGES))
    with pytest.raises(SegmentChanged, match=NAME):
        taken_in(shop, tmp_path, cc_news({"https://unknown.example/9": page(9)}))
    assert [key for key, _ in shop.store.list("segments/") if key.endswith(".warc.gz")] == [KEY]


def test_what_is_no_warc_file_is_refused_and_leaves_nothing(shop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(BadName, match=r"must end with \.warc\.gz"):
        foreign_key("page.html")
    with pytest.raises(TornSegment, match="not one whole record"):
        taken_in(shop, tmp_path, b"no gzip at all")
    with pytest.raises(TornSegment):
        taken_in(shop, tmp_path, cc_news(PAGES)[:-40])
    assert list(shop.store.list("segments/")) == []


def test_a_record_that_is_damaged_costs_that_record_alone(shop: Workshop, tmp_path: Path) -> None:
    broken = bytearray(record("response", b"x" * 900, url="https://unknown.example/broken"))
    broken[60] ^= 0xFF
    key = taken_in(
        shop, tmp_path, cc_news(PAGES) + bytes(broken) + cc_news({"https://unknown.example/7": page(7)})
    )
    assert normalize_segment(shop.store, shop.database, shop.sites, key).error is None
    assert len(list(Archive(shop.store).articles())) == 4


def test_a_replay_takes_imported_segments_by_day_site_and_reader(shop: Workshop, tmp_path: Path) -> None:
    key = taken_in(shop, tmp_path, cc_news(PAGES))
    other = taken_in(
        shop, tmp_path, cc_news({"https://unknown.example/7": page(7)}), NAME.replace("1001", "1002")
    )
    for one in (key, other):
        normalize_segment(shop.store, shop.database, shop.sites, one)

    def chosen(**wanted: object) -> list[str]:
        return stored_segments(shop, extractor="next", **wanted)  # type: ignore[arg-type]

    assert chosen() == [key, other]
    assert chosen(since=datetime(2026, 10, 2, tzinfo=UTC)) == [other]
    assert chosen(until=datetime(2026, 10, 2, tzinfo=UTC)) == [key]
    assert chosen(sites=frozenset({"harbour"})) == [key]
    assert chosen(last_read_by=frozenset({"0"})) == []
    assert stored_segments(shop) == []  # today's reader has read them all
    take_down(shop.store, shop.database, find(shop.store, shop.database, "https://unknown.example/7"))
    assert chosen() == [key, other]
    assert places_of(tmp_path / "archive" / "segments", b"of story 7") == []
    with pytest.raises(UnknownSegment, match="pressrun status"):
        named_segments(shop, ["segments/none.warc.gz"])


def test_a_replay_that_finds_nothing_says_why(shop: Workshop, tmp_path: Path) -> None:
    assert "pressrun normalize" in why_none(shop)
    normalize_segment(shop.store, shop.database, shop.sites, taken_in(shop, tmp_path, cc_news(PAGES)))
    assert "has read all of them already (1)" in why_none(shop)
    assert "they are of 2026-10-01 to 2026-10-01" in why_none(shop, since=datetime(2026, 10, 2, tzinfo=UTC))
    for day, later in ((2, 1), (1, 1)):
        with pytest.raises(EmptySpan, match=f"until 2026-10-0{later} 00:00 is no time"):
            check_selection(
                shop, [], datetime(2026, 10, day, tzinfo=UTC), datetime(2026, 10, later, tzinfo=UTC)
            )
    with pytest.raises(UnknownSite, match="habour"):
        check_selection(shop, ["harbour", "habour"], None, None)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("2026-13", "2026-13 is no month"),
        ("2026-1", "2026-1 is no month"),
        ("no-such-file.warc.gz", "there is no file no-such-file.warc.gz"),
        ("ftp://example.org/a.warc.gz", "no http address"),
        ("https://example.org/page.html", r"must end with \.warc\.gz"),
    ],
)
def test_what_cannot_be_imported_is_refused_before_anything_is_downloaded(source: str, told: str) -> None:
    check_sources(["2026-10", KEY, f"https://example.org/{NAME}"])
    with pytest.raises(CannotImport, match=told):
        check_sources(["2026-10", source])


LOOPBACK = ("127.0.0.1",)
HARBOUR = Site(name="harbour", home="https://harbour.test/", fetch=Fetch(allow_private_hosts=LOOPBACK))


class _Server(BaseHTTPRequestHandler):
    """Files by path; one path breaks off in the middle the first time it is asked for."""

    files: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.asked.append((self.path, wanted))
        data = self.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", data.decode())
            self.end_headers()
            return
        begin = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        cut = "cut" in self.path and not wanted
        self.wfile.write(data[begin : len(data) // 2] if cut else data[begin:])

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[str]:
    _Server.files, _Server.asked = {}, []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_download_goes_on_where_it_broke_off(web: str, tmp_path: Path) -> None:
    _Server.files["/cut"] = bytes(range(256)) * 40
    download(f"{web}/cut", tmp_path / "file", LOOPBACK, wait_seconds=0)
    assert (tmp_path / "file").read_bytes() == _Server.files["/cut"]
    assert _Server.asked == [("/cut", None), ("/cut", "bytes=5120-")]
    with pytest.raises(CannotImport, match="no http address"):
        download("ftp://x.test/a", tmp_path / "other")
    with pytest.raises(CannotImport, match="answers 404"):
        download(f"{web}/none", tmp_path / "other", LOOPBACK)


def test_a_download_connects_to_no_private_address_that_no_seed_names_after_redirects_too(
    web: str, tmp_path: Path
) -> None:
    elsewhere = web.replace("127.0.0.1", "localhost")
    _Server.files["/a"] = b"of another place"
    _Server.files["/moved"] = f"{elsewhere}/a".encode()
    for address in (f"{web}/a", f"{elsewhere}/a", "http://[::ffff:169.254.169.254]/a"):
        with pytest.raises(CannotImport, match="is not connected to"):
            download(address, tmp_path / "file")
    assert _Server.asked == []
    with pytest.raises(CannotImport, match="localhost is not connected to"):
        download(f"{web}/moved", tmp_path / "file", LOOPBACK)
    assert [path for path, _ in _Server.asked] == ["/moved"]
    download(f"{web}/moved", tmp_path / "file", (*LOOPBACK, "localhost"))
    assert (tmp_path / "file").read_bytes() == _Server.files["/a"]


def test_a_file_that_cannot_be_taken_in_stops_no_other_and_what_a_kill_left_is_removed(
    prefect_server: str, web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "archive"))
    monkeypatch.setenv("PRESSRUN_SEEDS", str(tmp_path / "seeds"))
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    write_site(tmp_path / "seeds", HARBOUR)
    left, new = (tmp_path / "archive" / "work" / f"import-{name}" for name in ("left", "new"))
    for folder in (left, new):
        folder.mkdir(parents=True)
        (folder / "segment").write_bytes(b"half of it")
    os.utime(left, (0, 0))
    torn, whole = (NAME.replace("00042", f"0004{n}") for n in range(2))
    _Server.files[f"/{torn}"] = cc_news(PAGES)[:-40]
    _Server.files[f"/{whole}"] = cc_news(PAGES)

    report = import_ccnews(sources=[f"{web}/{torn}", f"{web}/none.warc.gz", f"{web}/{whole}"])

    assert (report.segments, report.commits) == (1, (1,))
    assert [line.partition(" is not taken in: ")[0] for line in report.refused] == [
        f"{web}/{torn}",
        f"{web}/none.warc.gz",
    ]
    assert (left.exists(), new.exists()) == (False, True)
    with pytest.raises(CannotImport, match=f"{torn} is not taken in: .* Get the whole of it again"):
        import_ccnews(sources=[f"{web}/{torn}"])
    none = tmp_path / "none.warc.gz"
    none.write_bytes(b"no member of gzip")
    with pytest.raises(CannotImport, match=r"is not taken in: .* Give a .warc.gz as crawlers write it"):
        import_ccnews(sources=[str(none)])
    other = tmp_path / whole
    other.write_bytes(cc_news({"https://www.harbour.test/other": page(9)}))
    with pytest.raises(CannotImport, match="another file of this name: rename this one"):
        import_ccnews(sources=[str(other)])


def test_a_month_is_downloaded_read_and_not_downloaded_again(
    prefect_server: str, web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "archive"))
    monkeypatch.setenv("PRESSRUN_SEEDS", str(tmp_path / "seeds"))
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    write_site(tmp_path / "seeds", HARBOUR)
    paths = [f"crawl-data/CC-NEWS/2026/10/{NAME.replace('00042', f'0004{n}')}" for n in range(3)]
    _Server.files["/crawl-data/CC-NEWS/2026/10/warc.paths.gz"] = gzip.compress("\n".join(paths).encode())
    for number, path in enumerate(paths):
        _Server.files[f"/{path}"] = cc_news({f"https://www.harbour.test/{number}": page(number + 1)})

    report = import_ccnews(sources=["2026-10"], limit=2, base=web)
    assert (report.segments, report.commits, report.total.captures) == (2, (1, 2), 2)
    again = import_ccnews(
        sources=["2026-10", f"segments/cc-news/2026/10/{paths[0].rpartition('/')[2]}"], base=web
    )
    assert again.commits == (3,)
    assert len([path for path, _ in _Server.asked if path.endswith("00.warc.gz") or "0004" in path]) == 3
    assert len(list(open_archive(str(tmp_path / "archive")).articles(site="harbour"))) == 3
