"""A crawl of newspapers that lie, through the real child process: each test is one misbehaviour."""

from __future__ import annotations

import asyncio
import gzip
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import brotli
import pytest
import zstandard

from articles.model import Capture
from spiders.events import Ended, SiteDone
from storage.state.frontier import History
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import (
    GOOD,
    HOSTILE,
    Asked,
    Case,
    Connection,
    Pages,
    Web,
    article,
    drip,
    page,
    redirect,
)

CAP = 300_000
ZEROS = 30_000_000
XML = "application/rss+xml"


# --- Responders -----------------------------------------------------------------------------------


def coded(coding: str, body: bytes) -> bytes:
    return page(body, Content_Encoding=coding)


def deflated(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


async def endless_body(connection: Connection) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        await connection.send(b"x" * 65_536)


async def endless_chunks(connection: Connection) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await connection.send(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


async def endless_headers(connection: Connection) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await connection.send(b"X-Filler: " + b"y" * 1000 + b"\r\n")


async def endless_continues(connection: Connection) -> None:
    while True:
        await connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0)


async def slow_body(connection: Connection) -> None:
    await drip(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x")


async def slow_headers(connection: Connection) -> None:
    await drip(connection, b"HTTP/1.1 200 OK\r\nX-Slow: ", b"z")


async def silence(connection: Connection) -> None:
    await asyncio.sleep(3600)


async def hang_up(connection: Connection) -> None:
    connection.writer.close()


async def reset(connection: Connection) -> None:
    import socket

    sock = connection.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.writer.transport.abort()


async def endless_redirects(connection: Connection) -> None:
    number = int(connection.path.rpartition("=")[2]) if "=" in connection.path else 0
    await connection.send(redirect(f"{HOSTILE}?n={number + 1}"))


async def to_another_port(connection: Connection) -> None:
    await connection.send(redirect(connection.urls["bystander"] + "/secret"))


async def smuggle(connection: Connection) -> None:
    await connection.send(page(article()) + page("smuggled", "200 OK"))


def same_port(host: str) -> object:
    """A redirect to the bystander under another name of its address."""

    async def answer(connection: Connection) -> None:
        port = connection.urls["bystander"].rpartition(":")[2]
        await connection.send(redirect(f"http://{host}:{port}/secret"))

    return answer


def once_then(first: bytes, then: bytes) -> object:
    async def answer(connection: Connection) -> None:
        await connection.send(first if connection.counts[connection.path] == 1 else then)

    return answer


def hostile(answer: object, **fetch: object) -> Case:
    return Case({HOSTILE: answer}, fetch=fetch)  # type: ignore[dict-item]


def feed_is(body: bytes | str, kind: str = XML, **headers: str) -> Case:
    return Case({"/feed": page(body, kind=kind, **headers)})


def rss(items: str, head: str = "") -> str:
    return f"{head}<rss version='2.0'><channel>{items}</channel></rss>"


def item(path: str, title: str = "A title") -> str:
    return f"<item><title>{title}</title><link>{path}</link></item>"


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
XXE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % y SYSTEM "/outside.dtd"> %y;]>'
NEST = "<div>" * 50_000


def sitemap_index(*paths: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{path}</loc></sitemap>" for path in paths)
    return page(f"<sitemapindex>{entries}</sitemapindex>", kind="application/xml")


def robots(text: str | bytes, status: str = "200 OK", **headers: str) -> bytes:
    return page(text, status, kind="text/plain", **headers)


def with_sitemap(pages: Pages) -> Case:
    return Case({"/": page("Home"), "/robots.txt": robots("Sitemap: /sm.xml"), **pages})


async def robots_naming_sitemap(connection: Connection) -> None:
    await connection.send(robots(f"Sitemap: {connection.url}/sm.xml\n"))


def mapped(pages: Pages) -> Case:
    return Case({"/": page("Home"), "/robots.txt": robots_naming_sitemap, **pages})


async def robots_hops(connection: Connection, most: int) -> None:
    number = int(connection.path.rpartition("=")[2]) if "=" in connection.path else 0
    if number < most:
        await connection.send(redirect(f"/robots.txt?hop={number + 1}"))
    else:
        await connection.send(robots("User-agent: *\nDisallow: /2026/"))


def hops(most: int) -> Pages:
    async def answer(connection: Connection) -> None:
        await robots_hops(connection, most)

    names = ["/robots.txt", *(f"/robots.txt?hop={number}" for number in range(1, most + 1))]
    return dict.fromkeys(names, answer)


async def cookie(connection: Connection) -> None:
    await connection.send(page(article(), Set_Cookie="id=1; Path=/"))


CASES: dict[str, Case] = {
    "bystander": Case({}),
    # bodies
    "gzip-bomb": hostile(coded("gzip", gzip.compress(bytes(ZEROS)))),
    "gzip-in-gzip": hostile(coded("gzip, gzip", gzip.compress(gzip.compress(bytes(ZEROS))))),
    "deflate-bomb": hostile(coded("deflate", deflated(ZEROS))),
    "brotli-bomb": hostile(coded("br", brotli.compress(bytes(ZEROS), quality=5))),
    "zstd-bomb": hostile(coded("zstd", zstandard.compress(bytes(ZEROS)))),
    "announced-too-long": hostile(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
    "endless-body": hostile(endless_body),
    "endless-chunks": hostile(endless_chunks),
    "short-of-content-length": hostile(
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\nConnection: close\r\n\r\n" + article().encode()
    ),
    "chunk-cut": hostile(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n400\r\nabc"
    ),
    "gzip-cut": hostile(coded("gzip", gzip.compress(article().encode())[:-9])),
    "not-gzip": hostile(coded("gzip", b"this is no gzip at all")),
    "unknown-coding": hostile(coded("rot13", b"uryyb")),
    "two-lengths": hostile(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nabcdefg"),
    "negative-length": hostile(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
    "bad-chunk": hostile(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\nabc\r\n"),
    "long-chunk-line": hostile(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"e" * 9000 + b"\r\nabcde\r\n0\r\n\r\n"
    ),
    "trailing-garbage": hostile(coded("gzip", gzip.compress(article().encode()) + b"garbage")),
    "empty": hostile(page("")),
    # time
    "slow-body": hostile(slow_body, timeout_seconds=1.5),
    "slow-headers": hostile(slow_headers, timeout_seconds=1.5),
    "silence": hostile(silence, timeout_seconds=1.5),
    # heads
    "endless-headers": hostile(endless_headers),
    "thousand-headers": hostile(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n"),
    "long-header": hostile(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 200_000 + b"\r\n\r\n"),
    "endless-continues": hostile(endless_continues),
    "no-http": hostile(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "hang-up": hostile(hang_up),
    "reset": hostile(reset),
    "status-999": hostile(b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"),
    "switching": hostile(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    "uncalled-304": hostile(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "bare-line-feeds": hostile(page(article()).replace(b"\r\n", b"\n")),
    "http-10": hostile(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + article().encode()),
    "odd-header-lines": hostile(
        page(article()).replace(b"\r\n\r\n", b"\r\nno colon\r\nX-A: b\r\n\tfold\r\n\r\n", 1)
    ),
    "smuggled": hostile(smuggle),
    "cookie": Case({GOOD: cookie}),
    "gone": hostile(page("", "410 Gone")),
    "not-found": hostile(page("", "404 Not Found")),
    "forbidden": hostile(page("", "403 Forbidden")),
    "server-error": hostile(page("", "500 Oops")),
    # redirects
    "to-another-port": hostile(to_another_port),
    "to-decimal-host": hostile(same_port("2130706433")),
    "to-octal-host": hostile(same_port("0177.0.0.1")),
    "to-short-host": hostile(same_port("127.1")),
    "to-mapped-host": hostile(same_port("[::ffff:127.0.0.1]")),
    "to-named-host": hostile(same_port("localhost")),
    "to-zero-host": hostile(same_port("0.0.0.0")),
    "to-metadata": hostile(redirect("http://169.254.169.254/latest/meta-data/")),
    "to-lan": hostile(redirect("http://10.0.0.1/")),
    "to-file": hostile(redirect("file:///etc/passwd")),
    "to-nowhere": hostile(redirect("http://")),
    "to-itself": hostile(redirect(HOSTILE)),
    "in-a-circle": Case({HOSTILE: redirect("/x"), "/x": redirect(HOSTILE)}),
    "endless-redirects": Case(
        {HOSTILE: endless_redirects} | {f"{HOSTILE}?n={n}": endless_redirects for n in range(40)}  # type: ignore[dict-item]
    ),
    "to-home": hostile(redirect("/")),
    # robots.txt
    "robots-500": Case({"/robots.txt": robots("", "500 Oops")}),
    "robots-silent": Case({"/robots.txt": silence}, fetch={"timeout_seconds": 1.0}),
    "robots-403": Case({"/robots.txt": robots("User-agent: *\nDisallow: /", "403 Forbidden")}),
    "robots-disallows": Case({"/robots.txt": robots("User-agent: *\nDisallow: /2026/11/22/a-story")}),
    "robots-five-hops": Case(hops(5)),
    "robots-six-hops": Case(hops(6)),
    "robots-huge": Case({"/robots.txt": robots("User-agent: *\nDisallow: /2026/\n" + "# x\n" * 600_000)}),
    "robots-bomb": Case(
        {
            "/robots.txt": robots(
                gzip.compress(b"User-agent: *\nDisallow: /2026/\n" + bytes(ZEROS)), Content_Encoding="gzip"
            )
        }
    ),
    "robots-garbage": Case({"/robots.txt": robots(bytes(range(256)) * 50)}),
    "robots-prefix": Case({"/robots.txt": robots("User-agent: press\nDisallow: /\n")}),
    "robots-own-group": Case(
        {"/robots.txt": robots("User-agent: *\nDisallow: /\n\nUser-agent: PressRun/2\nAllow: /\n")}
    ),
    "robots-elsewhere": Case({"/robots.txt": to_another_port}),
    # feeds and sitemaps
    "billion-laughs": feed_is(rss(item(GOOD, "&j;"), LAUGHS)),
    "xxe": feed_is(rss(item(GOOD, "&x;"), XXE)),
    "huge-feed": Case(
        {"/feed": page(rss("".join(item(f"/2026/11/22/story-{n}") for n in range(100_000))), kind=XML)},
        fetch={"max_pages": 2},
    ),
    "broken-feed": feed_is(rss(item("/2026/a-b-c-d?x=1&y=2", "A & B") + "<item><title>x</b>" + item(GOOD))),
    "feed-cut": feed_is(rss(item(GOOD) + item(HOSTILE))[:-40]),
    "feed-is-html": feed_is("<!doctype html><html><body>Moved", kind="text/html"),
    "feed-of-odd-schemes": feed_is(
        rss(
            "".join(map(item, ("javascript:alert(1)", "file:///etc/passwd", "mailto:a@b", "ftp://h/x", GOOD)))
        )
    ),
    "feed-of-private-hosts": feed_is(
        rss("".join(map(item, ("http://169.254.169.254/a-b-c-d", "http://[::1]/a-b-c-d", GOOD))))
    ),
    "deep-feed": feed_is("<rss><channel>" + "<a>" * 300_000),
    "deep-json": feed_is("[" * 500_000, kind="application/feed+json"),
    "gzip-bomb-feed": feed_is(gzip.compress(bytes(80_000_000)), Content_Encoding="gzip"),
    "utf-16-feed": feed_is(
        rss(item(GOOD, "Café"), '<?xml version="1.0" encoding="utf-16"?>').encode("utf-16")
    ),
    "sitemap-circle": mapped({"/sm.xml": sitemap_index("/b.xml"), "/b.xml": sitemap_index("/sm.xml")}),
    "sitemap-of-itself": mapped({"/sm.xml": sitemap_index("/sm.xml")}),
    "sitemap-too-deep": mapped(
        {"/sm.xml": sitemap_index("/1.xml")}
        | {f"/{n}.xml": sitemap_index(f"/{n + 1}.xml") for n in range(20)}
    ),
    "sitemap-bomb": mapped({"/sm.xml": page(gzip.compress(bytes(80_000_000)), kind="application/gzip")}),
    # pages
    "deep-home": Case({"/": page(NEST + "Home")}),
    "calendar": Case(
        {
            "/": page(
                "<nav><a href=/events/2026/12>more</a></nav>"
                + "".join(f"<a href=/calendar/{n}>day {n}</a>" for n in range(3000))
            )
        }
    ),
    # the host as a whole
    "always-403": Case({path: page("", "403 Forbidden") for path in ("/", "/feed", GOOD, HOSTILE)}),
    "busy-once": Case(
        {GOOD: once_then(page("", "429 Slow", Retry_After="1"), page(article()))}  # type: ignore[dict-item]
    ),
    "busy-for-long": Case({GOOD: page("", "503 Later", Retry_After="7200")}),
    "flaky": hostile(
        once_then(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n<p>", page(article()))
    ),
}


@dataclass
class Crawled:
    web: Web
    crawl: Crawl
    captures: list[Capture]

    def done(self, site: str) -> SiteDone:
        return self.crawl.done(site)

    def history(self, site: str, path: str = HOSTILE) -> History:
        history = self.crawl.history(self.web.urls[site] + path)
        assert history is not None, f"{path} of {site} was never found"
        return history

    def outcome(self, site: str, path: str = HOSTILE) -> str | None:
        return self.history(site, path).outcome

    def capture(self, site: str, path: str = HOSTILE) -> Capture:
        wanted = self.web.urls[site] + path
        return next(capture for capture in self.captures if capture.url == wanted)

    def asked(self, site: str) -> list[Asked]:
        return self.web.of(site)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("hostile")
    with Web({name: case.pages for name, case in CASES.items()}) as web:
        sites = [
            local_site(name, web.urls[name], fetch={"max_bytes": CAP, **case.fetch}, **case.seed)
            for name, case in CASES.items()
            if name != "bystander"
        ]
        result = crawl(make_job(folder, sites))
        yield Crawled(web, result, result.captures())


def refused(name: str, outcome: str) -> object:
    def test(crawled: Crawled) -> None:
        assert crawled.outcome(name) == outcome
        assert crawled.outcome(name, GOOD) == "fetched"

    return test


test_a_gzip_bomb_is_too_large = refused("gzip-bomb", "too_large")
test_a_bomb_in_two_layers_of_gzip_is_too_large = refused("gzip-in-gzip", "too_large")
test_a_deflate_bomb_is_too_large = refused("deflate-bomb", "too_large")
test_a_brotli_bomb_that_nobody_asked_for_is_too_large = refused("brotli-bomb", "too_large")
test_a_zstd_bomb_that_nobody_asked_for_is_too_large = refused("zstd-bomb", "too_large")
test_a_body_announced_as_too_long_is_not_read = refused("announced-too-long", "too_large")
test_a_body_without_end_is_cut_off = refused("endless-body", "too_large")
test_chunks_without_end_are_cut_off = refused("endless-chunks", "too_large")
test_a_body_that_drips_ends_at_the_deadline = refused("slow-body", "timeout")
test_headers_that_drip_end_at_the_deadline = refused("slow-headers", "timeout")
test_a_server_that_says_nothing_ends_at_the_deadline = refused("silence", "timeout")
test_headers_without_end_are_cut_off = refused("endless-headers", "headers_too_large")
test_a_thousand_headers_are_too_many = refused("thousand-headers", "headers_too_large")
test_one_header_of_200_kb_is_too_large = refused("long-header", "headers_too_large")
test_interim_answers_without_end_are_cut_off = refused("endless-continues", "protocol")
test_what_is_no_http_is_refused = refused("no-http", "protocol")
test_two_content_lengths_that_differ_are_refused = refused("two-lengths", "protocol")
test_a_negative_content_length_is_refused = refused("negative-length", "protocol")
test_a_chunk_without_a_size_is_refused = refused("bad-chunk", "protocol")
test_an_endless_chunk_extension_is_refused = refused("long-chunk-line", "protocol")
test_a_connection_closed_at_once_is_named = refused("hang-up", "disconnected")
test_a_connection_reset_is_named = refused("reset", "disconnected")
test_a_status_of_999_is_refused = refused("status-999", "odd_status")
test_an_unasked_change_of_protocol_is_refused = refused("switching", "odd_status")
test_a_304_to_a_request_without_conditions_is_no_article = refused("uncalled-304", "odd_status")
test_a_404_is_named = refused("not-found", "not_found")
test_a_410_is_named = refused("gone", "gone")
test_a_403_is_named = refused("forbidden", "forbidden")
test_a_500_is_named = refused("server-error", "server_error")
test_a_redirect_to_another_port_of_loopback_is_refused = refused("to-another-port", "private_address")
test_a_redirect_to_a_decimal_address_is_refused = refused("to-decimal-host", "private_address")
test_a_redirect_to_an_octal_address_is_refused = refused("to-octal-host", "private_address")
test_a_redirect_to_a_shortened_address_is_refused = refused("to-short-host", "private_address")
test_a_redirect_to_a_mapped_address_is_refused = refused("to-mapped-host", "private_address")
test_a_redirect_to_a_name_of_loopback_is_refused = refused("to-named-host", "private_address")
test_a_redirect_to_the_zero_address_is_refused = refused("to-zero-host", "private_address")
test_a_redirect_to_a_metadata_service_is_refused = refused("to-metadata", "private_address")
test_a_redirect_into_the_local_network_is_refused = refused("to-lan", "private_address")
test_a_redirect_to_a_file_is_refused = refused("to-file", "bad_redirect")
test_a_redirect_to_nowhere_is_refused = refused("to-nowhere", "bad_redirect")
test_a_redirect_to_itself_ends = refused("to-itself", "bad_redirect")
test_redirects_in_a_circle_end = refused("in-a-circle", "bad_redirect")
test_an_unknown_content_coding_is_named = refused("unknown-coding", "bad_coding")
test_a_body_that_is_not_gzip_as_it_says_is_named = refused("not-gzip", "bad_coding")


def test_no_private_address_was_connected_to(crawled: Crawled) -> None:
    assert crawled.web.connections["bystander"] == 0


def test_the_crawl_ends_in_order_and_every_site_is_accounted_for(crawled: Crawled) -> None:
    assert crawled.crawl.code == 0, crawled.crawl.stderr
    told = {event.site for event in crawled.crawl.events if isinstance(event, SiteDone)}
    assert told == set(CASES) - {"bystander"}


def test_memory_stays_below_600_mb(crawled: Crawled) -> None:
    assert 100_000 < crawled.crawl.peak_kib < 600_000


@pytest.mark.parametrize("name", ["short-of-content-length", "chunk-cut", "gzip-cut"])
def test_a_body_cut_short_is_kept_and_marked_and_stays_due(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "truncated"
    assert crawled.capture(name).truncated == "disconnect"
    assert crawled.history(name).next_at is not None


@pytest.mark.parametrize(
    "name", ["bare-line-feeds", "http-10", "odd-header-lines", "trailing-garbage", "empty"]
)
def test_answers_that_are_only_untidy_are_taken(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "fetched"


def test_a_connection_with_bytes_nobody_asked_for_is_not_used_again(crawled: Crawled) -> None:
    assert crawled.outcome("smuggled") == "fetched"
    assert b"smuggled" not in b"".join(c.body for c in crawled.captures if c.site == "smuggled")


def test_cookies_are_never_sent_back(crawled: Crawled) -> None:
    assert not any("cookie" in asked.headers for asked in crawled.asked("cookie"))


def test_ten_redirects_are_followed_and_no_more(crawled: Crawled) -> None:
    assert crawled.outcome("endless-redirects") == "bad_redirect"
    assert sum(path.startswith(HOSTILE) for path in crawled.web.paths("endless-redirects")) == 11


def test_an_article_that_leads_to_the_home_page_is_gone(crawled: Crawled) -> None:
    assert crawled.outcome("to-home") == "gone"


def test_a_robots_txt_that_answers_500_forbids_everything(crawled: Crawled) -> None:
    assert crawled.done("robots-500").ended is Ended.ROBOTS
    assert set(crawled.web.paths("robots-500")) == {"/robots.txt"}


def test_without_an_answer_for_robots_txt_nothing_is_asked(crawled: Crawled) -> None:
    assert crawled.done("robots-silent").ended is Ended.UNREACHABLE
    assert set(crawled.web.paths("robots-silent")) <= {"/robots.txt"}


@pytest.mark.parametrize("name", ["robots-403", "robots-garbage", "robots-prefix", "robots-own-group"])
def test_a_robots_txt_without_rules_for_us_allows(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "fetched"


def test_what_robots_txt_disallows_is_never_asked_for(crawled: Crawled) -> None:
    assert crawled.outcome("robots-disallows") == "robots"
    assert HOSTILE not in crawled.web.paths("robots-disallows")
    assert GOOD in crawled.web.paths("robots-disallows")


def test_five_redirects_of_robots_txt_are_followed(crawled: Crawled) -> None:
    assert crawled.outcome("robots-five-hops") == "robots"


def test_after_six_redirects_there_is_no_robots_txt(crawled: Crawled) -> None:
    assert crawled.outcome("robots-six-hops") == "fetched"


@pytest.mark.parametrize("name", ["robots-huge", "robots-bomb"])
def test_only_the_beginning_of_a_huge_robots_txt_is_read(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name) == "robots"


def test_a_robots_txt_on_a_private_host_is_not_followed(crawled: Crawled) -> None:
    assert crawled.web.paths("robots-elsewhere") == ["/robots.txt"]


@pytest.mark.parametrize("name", ["billion-laughs", "xxe", "broken-feed", "feed-cut", "feed-of-odd-schemes"])
def test_a_hostile_feed_gives_its_good_entries(crawled: Crawled, name: str) -> None:
    assert crawled.outcome(name, GOOD) == "fetched"


def test_an_entity_of_a_feed_reads_no_file_and_asks_nobody(crawled: Crawled) -> None:
    titles = [found.title or "" for found in crawled.history("xxe", GOOD).mentions]
    assert not any("root:" in title for title in titles)
    assert "/outside.dtd" not in crawled.web.paths("xxe")


def test_of_a_feed_of_100000_entries_the_first_5000_are_taken(crawled: Crawled) -> None:
    assert crawled.done("huge-feed").found == 5_000
    assert crawled.done("huge-feed").ended is Ended.BUDGET


def test_links_to_other_schemes_are_never_stored(crawled: Crawled) -> None:
    assert crawled.done("feed-of-odd-schemes").found == 1


def test_links_of_a_feed_to_private_hosts_are_not_followed(crawled: Crawled) -> None:
    assert crawled.outcome("feed-of-private-hosts", GOOD) == "fetched"
    assert crawled.done("feed-of-private-hosts").fetched == 1


@pytest.mark.parametrize("name", ["deep-feed", "deep-json", "gzip-bomb-feed", "feed-is-html", "sitemap-bomb"])
def test_a_feed_that_is_none_costs_only_itself(crawled: Crawled, name: str) -> None:
    done = crawled.done(name)
    assert (done.ended, done.found) == (Ended.DONE, 0)


def test_a_feed_in_utf_16_is_read(crawled: Crawled) -> None:
    assert crawled.history("utf-16-feed", GOOD).mentions[0].title == "Café"


def test_sitemaps_in_a_circle_are_each_asked_once(crawled: Crawled) -> None:
    assert sorted(crawled.web.paths("sitemap-circle")) == ["/", "/b.xml", "/robots.txt", "/sm.xml"]
    assert crawled.web.paths("sitemap-of-itself").count("/sm.xml") == 1


def test_sitemap_indexes_are_followed_to_a_depth_of_three(crawled: Crawled) -> None:
    maps = [path for path in crawled.web.paths("sitemap-too-deep") if path.endswith(".xml")]
    assert maps == ["/sm.xml", "/1.xml", "/2.xml", "/3.xml"]


def test_a_page_nested_fifty_thousand_deep_is_read_quickly(crawled: Crawled) -> None:
    assert crawled.done("deep-home").ended is Ended.DONE


def test_a_calendar_without_end_is_no_source_of_articles(crawled: Crawled) -> None:
    assert crawled.done("calendar").requests < 10


def test_a_host_that_forbids_everything_is_left_alone_and_shown_as_blocked(crawled: Crawled) -> None:
    done = crawled.done("always-403")
    assert done.ended is Ended.BLOCKED
    assert done.requests <= 4


def test_a_short_retry_after_is_waited_for(crawled: Crawled) -> None:
    assert crawled.outcome("busy-once", GOOD) == "fetched"
    first, second = [asked for asked in crawled.asked("busy-once") if asked.path == GOOD]
    assert second.began - first.ended >= 1.0


def test_a_long_retry_after_ends_the_visit(crawled: Crawled) -> None:
    assert crawled.done("busy-for-long").ended is Ended.BLOCKED


def test_a_body_cut_once_is_asked_for_once_more(crawled: Crawled) -> None:
    assert crawled.outcome("flaky") == "fetched"


def test_one_request_at_a_time_went_to_every_host(crawled: Crawled) -> None:
    slow = {"slow-body", "slow-headers", "silence", "robots-silent", "endless-body", "endless-chunks"}
    slow |= {"endless-headers", "endless-continues"}
    worst = {asked.site: asked.at_once for asked in crawled.web.asked if asked.site not in slow}
    assert max(worst.values()) == 1


def test_the_crawler_says_who_it_is_and_asks_for_codings_it_undoes(crawled: Crawled) -> None:
    for asked in crawled.web.asked:
        assert asked.headers["user-agent"].startswith("Pressrun/")
        assert asked.headers["accept-encoding"] == "gzip, deflate"


def test_failed_requests_are_told_apart_in_the_report(crawled: Crawled) -> None:
    assert json.dumps(crawled.done("gzip-bomb").failed) == '{"too_large": 1}'
