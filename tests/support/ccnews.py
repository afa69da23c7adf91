"""WARC files in the shape of Common Crawl's CC-NEWS: WARC/1.0, gzip a record, bodies decoded, no seal."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Mapping


def record(kind: str, block: bytes, *, url: str | None = None, **headers: str) -> bytes:
    """One record in its gzip member."""
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind}{url}{block!r}')}>",
        "WARC-Date": "2026-10-01T08:05:00Z",
        **({"WARC-Target-URI": url} if url else {}),
        **{name.replace("_", "-"): value for name, value in headers.items()},
        "Content-Length": str(len(block)),
    }
    head = "WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def cc_news(pages: Mapping[str, bytes]) -> bytes:
    """A file with these pages: warcinfo, then request, response and metadata of each."""
    members = [
        record(
            "warcinfo",
            b"robots: classic\r\nsoftware: StormCrawler\r\n",
            Content_Type="application/warc-fields",
        )
    ]
    for url, body in pages.items():
        host = url.split("/")[2]
        request = f"GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: CCBot/2.0\r\n\r\n".encode()
        response = (
            "HTTP/1.1 200 OK\r\nDate: Thu, 01 Oct 2026 08:05:00 GMT\r\nContent-Type: text/html; charset=UTF-8\r\n"
            "X-Crawler-Content-Encoding: gzip\r\nX-Crawler-Transfer-Encoding: chunked\r\n"
            f"X-Crawler-Content-Length: 77\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        members += [
            record("request", request, url=url, Content_Type="application/http; msgtype=request"),
            record(
                "response",
                response,
                url=url,
                WARC_Identified_Payload_Type="text/html",
                Content_Type="application/http; msgtype=response",
            ),
            record("metadata", b"fetchTimeMs: 3\r\n", url=url, Content_Type="application/warc-fields"),
        ]
    return b"".join(members)
