"""The misbehaviours of the hostile newspaper: each a site, by name, with what it does wrong."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from pathlib import Path

import brotli
import zstandard

from articles.model import Site
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import (
    GOOD,
    HOSTILE,
    Case,
    Connection,
    Pages,
    Responder,
    Web,
    article,
    drip,
    feed,
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
    sock = connection.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.writer.transport.abort()


async def endless_trailers(connection: Connection) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    while True:
        await connection.send(b"X-Trailer: " + b"z" * 500 + b"\r\n")


async def dripping_chunks(connection: Connection) -> None:
    await drip(connection, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")


async def reset_in_body(connection: Connection) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + article().encode())
    await asyncio.sleep(0.05)
    await reset(connection)


async def reset_without_length(connection: Connection) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + article().encode())
    await asyncio.sleep(0.05)
    await reset(connection)


async def with_credentials(connection: Connection) -> None:
    await connection.send(redirect(connection.url.replace("http://", "http://user:secret@") + "/after"))


async def feed_of_credentials(connection: Connection) -> None:
    await connection.send(feed(GOOD, base=connection.url.replace("http://", "http://user:secret@")))


async def wide_digits(connection: Connection) -> None:
    port = connection.urls["bystander"].rpartition(":")[2]
    location = f"http://\uff11\uff12\uff17.0.0.1:{port}/secret".encode()
    await connection.send(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n")


async def endless_redirects(connection: Connection) -> None:
    number = int(connection.path.rpartition("=")[2]) if "=" in connection.path else 0
    await connection.send(redirect(f"{HOSTILE}?n={number + 1}"))


async def to_another_port(connection: Connection) -> None:
    await connection.send(redirect(connection.urls["bystander"] + "/secret"))


async def smuggle(connection: Connection) -> None:
    await connection.send(page(article()) + page("smuggled", "200 OK"))


def same_port(host: str) -> Responder:
    """A redirect to the bystander under another name of its address."""

    async def answer(connection: Connection) -> None:
        port = connection.urls["bystander"].rpartition(":")[2]
        await connection.send(redirect(f"http://{host}:{port}/secret"))

    return answer


def once_then(first: bytes, then: bytes) -> Responder:
    async def answer(connection: Connection) -> None:
        await connection.send(first if connection.counts[connection.path] == 1 else then)

    return answer


def hostile(answer: Responder, **fetch: object) -> Case:
    return Case({HOSTILE: answer}, fetch=fetch)


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
        {HOSTILE: endless_redirects} | {f"{HOSTILE}?n={n}": endless_redirects for n in range(40)}
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
    "robots-own-group-crlf": Case(
        {
            "/robots.txt": robots(
                "User-agent: *\r\nAllow: /\r\n\r\nUser-agent: Pressrun\r\nDisallow: /2026/11/22/a-story\r\n"
            )
        }
    ),
    "robots-utf-16": Case(
        {"/robots.txt": robots("User-agent: *\nDisallow: /2026/11/22/a-story\n".encode("utf-16"))}
    ),
    "robots-elsewhere": Case({"/robots.txt": to_another_port}),
    # feeds and sitemaps
    "billion-laughs": feed_is(rss(item(GOOD, "&j;"), LAUGHS)),
    "xxe": feed_is(rss(item(GOOD, "&x;"), XXE)),
    "feed-of-doctypes": feed_is(f"<?xml version='1.0'?>{rss(item(GOOD))}" + "<!DOCTYPE a[" * 250_000),
    "feed-of-elements": feed_is(
        gzip.compress(rss(item(GOOD) + "<x/>" * 10_000_000).encode()), Content_Encoding="gzip"
    ),
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
    "formatting-bomb": Case(
        {"/": page("<p>" + "".join(f"<font x={n}>" for n in range(300)) + "</p><p>x" * 25_000)}
    ),
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
    "busy-once": Case({GOOD: once_then(page("", "429 Slow", Retry_After="1"), page(article()))}),
    "busy-for-long": Case({GOOD: page("", "503 Later", Retry_After="7200")}),
    "flaky": hostile(
        once_then(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n<p>", page(article()))
    ),
    # --- bodies, again
    "gzip-of-many-members": hostile(
        coded("gzip", gzip.compress(b"") * 40_000 + gzip.compress(article().encode()))
    ),
    "twenty-codings": hostile(coded(", ".join(["gzip"] * 20), b"x")),
    "zstd-huge-window": hostile(
        coded("zstd", zstandard.compress(b"")[:4] + bytes.fromhex("00f8") + bytes(20))
    ),
    "length-and-chunks": hostile(
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    ),
    "odd-transfer-coding": hostile(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc"),
    "chunk-of-2-to-the-64": hostile(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n"
    ),
    "negative-chunk": hostile(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n"),
    "endless-trailers": hostile(endless_trailers),
    "dripping-chunks": hostile(dripping_chunks, timeout_seconds=1.5),
    "reset-in-body": hostile(reset_in_body),
    "reset-without-length": hostile(reset_without_length),
    "length-not-a-number": hostile(b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n0123456789"),
    "length-of-30-digits": hostile(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n"),
    # --- heads, again
    "status-000": hostile(b"HTTP/1.1 000 Nothing\r\n\r\n"),
    "status-line-only": hostile(b"HTTP/1.1 200 OK\r\n"),
    "http2-frames": hostile(bytes.fromhex("00001204000000000000030000006400040000ffff") + b"\r\n\r\n"),
    "nul-in-headers": hostile(page(article(), X_Nul="a\0b")),
    "latin-headers": hostile(page(article()).replace(b"\r\n\r\n", b"\r\nX-Caf\xe9: \xff\xfe\r\n\r\n", 1)),
    "long-etag": hostile(page(article(), ETag='"' + "e" * 30_000 + '"')),
    "two-hundred-cookies": hostile(
        b"HTTP/1.1 200 OK\r\n"
        + b"".join(b"Set-Cookie: c%d=1\r\n" % n for n in range(200))
        + b"Content-Length: %d\r\n\r\n" % len(article())
        + article().encode()
    ),
    # --- redirects, again
    "to-hex-host": hostile(same_port("0x7f000001")),
    "to-ipv6-loopback": hostile(same_port("[::1]")),
    "to-ipv4-in-ipv6": hostile(same_port("[::127.0.0.1]")),
    "to-6to4": hostile(redirect("http://[2002:7f00:1::]/")),
    "to-nat64": hostile(redirect("http://[64:ff9b::7f00:1]/")),
    "to-unique-local": hostile(redirect("http://[fd00:ec2::254]/")),
    "to-link-local": hostile(redirect("http://[fe80::1]/")),
    "to-multicast": hostile(redirect("http://224.0.0.1/")),
    "to-broadcast": hostile(redirect("http://255.255.255.255/")),
    "to-shared-space": hostile(redirect("http://100.100.100.200/")),
    "to-wide-digits": hostile(wide_digits),
    "to-dotted-localhost": hostile(same_port("localhost.")),
    "to-rebound-name": hostile(same_port("rebound.example")),
    "to-ftp": hostile(redirect("ftp://127.0.0.1/x")),
    "to-data": hostile(redirect("data:text/html,<p>hello")),
    "to-script": hostile(redirect("javascript:alert(1)")),
    "to-port-0": hostile(redirect("http://93.184.216.34:0/")),
    "to-port-99999": hostile(redirect("http://93.184.216.34:99999/")),
    "to-broken-ipv6": hostile(redirect("http://[::1/")),
    "to-long-url": hostile(redirect("/" + "x" * 50_000)),
    "no-location": hostile(page("", "302 Found")),
    "empty-location": hostile(page("", "302 Found", Location="")),
    "with-credentials": Case({HOSTILE: with_credentials, "/after": page(article())}),
    # --- robots.txt, again
    "robots-in-a-circle": Case({"/robots.txt": redirect("/robots.txt")}),
    "robots-to-odd-port": Case({"/robots.txt": redirect("http://93.184.216.34:99999/robots.txt")}),
    "robots-to-nowhere": Case({"/robots.txt": redirect("http://[::1/")}),
    "robots-to-odd-brackets": Case({"/robots.txt": redirect("http://[::1]]/")}),
    "robots-304": Case({"/robots.txt": b"HTTP/1.1 304 Not Modified\r\n\r\n"}),
    "robots-206": Case({"/robots.txt": robots("User-agent: *\n", "206 Partial Content")}),
    "robots-not-gzip": Case({"/robots.txt": robots("User-agent: *\nAllow: /", Content_Encoding="gzip")}),
    "robots-is-html": Case({"/robots.txt": page("<html><body>Disallow: /", kind="text/html")}),
    "robots-odd-delays": Case(
        {"/robots.txt": robots("User-agent: *\nCrawl-delay: nan\nCrawl-delay: -5\nCrawl-delay: 1e400\n")}
    ),
    "robots-cut": Case(
        {
            "/robots.txt": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\nConnection: close\r\n\r\nUser-agent: *\nDisal"
        }
    ),
    "robots-drips": Case({"/robots.txt": slow_body}, fetch={"timeout_seconds": 1.0}),
    "robots-one-line": Case({"/robots.txt": robots("Disallow: /" + "x" * 2_000_000)}),
    "robots-many-stars": Case({"/robots.txt": robots("User-agent: *\nDisallow: /" + "*a" * 2_000 + "$\n")}),
    # --- feeds and sitemaps, again
    "feed-of-credentials": Case({"/feed": feed_of_credentials}),
    "feed-of-odd-addresses": feed_is(
        rss(
            "".join(
                map(item, ("http://a:99999/b-c-d-e", "http://[::1/a-b-c", "http://", "//", "http:///x", GOOD))
            )
        )
    ),
    "feed-long-title": feed_is(rss(item(GOOD, "t" * 2_000_000))),
    "feed-long-url": feed_is(rss(item("/" + "x" * 1_000_000) + item(GOOD))),
    "feed-odd-dates": feed_is(
        rss(
            "".join(
                f"<item><link>{GOOD}?p={n}</link><pubDate>{date}</pubDate></item>"
                for n, date in enumerate(
                    ("9999-12-31", "0000-00-00", "32 Foo 20x6", "1e99", "-1", "2026-02-30T25:61")
                )
            )
            + item(GOOD)
        )
    ),
    "feed-controls": feed_is(rss(item(GOOD, "a\0b\x01\x0b\ufffe"))),
    "feed-never-closed": feed_is("<rss><channel><item><title><![CDATA[" + "x" * 500_000),
    "feed-of-attributes": feed_is("<rss " + " ".join(f"a{n}='x'" for n in range(100_000)) + ">" + item(GOOD)),
    "json-feed-odd-types": feed_is(
        '{"version": "https://jsonfeed.org/version/1.1", "items": [1, null, {"url": 5}, {"url": ["x"]}, '
        + f'{{"url": "{GOOD}"}}]}}',
        kind="application/feed+json",
    ),
    "feed-304": Case({"/feed": b"HTTP/1.1 304 Not Modified\r\n\r\n"}),
    "feed-drips": Case({"/feed": slow_body}, fetch={"timeout_seconds": 1.0}),
    "sitemap-fan-out": mapped({"/sm.xml": sitemap_index(*(f"/s{n}.xml" for n in range(20_000)))}),
    "sitemap-on-private-host": mapped({"/sm.xml": sitemap_index("http://169.254.169.254/sm.xml")}),
    # --- pages, again
    "half-a-million-tags": hostile(page("<b>" * 90_000)),
    "one-long-attribute": hostile(page("<p title='" + "x" * 250_000 + "'>" + article())),
    "wrong-charset": hostile(page(article("Caf\u00e9"), kind="text/html; charset=x-no-such-charset")),
    "binary-as-html": hostile(page(bytes(range(256)) * 500)),
    "204": hostile(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "206": hostile(page(article()[:300], "206 Partial Content", Content_Range="bytes 0-299/9000")),
    # --- the host as a whole, again
    "odd-retry-after": Case({GOOD: page("", "429 Slow", Retry_After="9" * 400)}),
    "retry-after-in-words": Case({GOOD: page("", "503 Later", Retry_After="soon")}),
}


def hostile_sites(web: Web) -> list[Site]:
    """A site for every case."""
    return [
        local_site(name, web.urls[name], fetch={"max_bytes": CAP, **case.fetch}, **case.seed)
        for name, case in CASES.items()
        if name != "bystander"
    ]


def write_hosts(folder: Path) -> Path:
    """A hosts file that answers as DNS would for a name that was public when a redirect was written."""
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 rebound.example\n")
    return hosts


def crawl_all(web: Web, folder: Path) -> Crawl:
    """One crawl of every case by the real child process."""
    return crawl(make_job(folder, hostile_sites(web), hosts=str(write_hosts(folder))))
