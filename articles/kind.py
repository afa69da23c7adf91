"""What a page is: an article, a live blog, or one of the many things that are neither."""

from __future__ import annotations

import re
from typing import Final

from articles.blocks import Blocks
from articles.body import Body
from articles.metadata import Metadata
from articles.model import Capture, Form, Reason
from articles.page import Page

MAX_BYTES: Final = 10_000_000

_MARKUP: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|div|p|article|meta|title|table|span|h1|a|script|section|main)\b",
    re.I,
)
_FEED: Final = re.compile(rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:rdf)\b", re.I | re.S)
_SITEMAP: Final = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?.*?\?>\s*)*<(?:urlset|sitemapindex)\b", re.I | re.S
)
_TEXTUAL: Final = ("html", "xml", "text/plain")


def not_a_page(capture: Capture) -> tuple[Reason, str] | None:
    """Why a capture cannot hold an article, as far as it shows without parsing."""
    status = capture.status
    if capture.unchanged or status == 304:
        return Reason.EMPTY, "unchanged since an earlier capture, no body here"
    if capture.problem is not None and status < 300:
        return capture.problem.reason, capture.problem.detail
    if status in (403, 429, 503) and capture.header("cf-mitigated") == "challenge":
        return Reason.CHALLENGE, f"HTTP {status}, a bot wall"
    if 300 <= status < 400:
        return Reason.REDIRECT, f"HTTP {status} to {capture.header('location') or 'nowhere'}"
    if status >= 400 or not 200 <= status < 300:
        return Reason.STATUS, f"HTTP {status}"
    body = capture.body
    path = capture.url.split("?", 1)[0].split("#", 1)[0]
    if path.endswith("/robots.txt"):
        return Reason.ROBOTS_TXT, "robots.txt"
    if not body.strip(b" \t\r\n\0"):
        return Reason.EMPTY, f"{len(body)} bytes, none of them text"
    if len(body) > MAX_BYTES:
        return Reason.TOO_LARGE, f"{len(body)} bytes"
    head = body[:4096]
    if _FEED.match(head):
        return Reason.FEED, "an RSS or Atom document"
    if _SITEMAP.match(head):
        return Reason.SITEMAP, "a sitemap"
    kind = (capture.header("content-type") or "").split(";", 1)[0].strip().lower()
    if kind and not any(name in kind for name in _TEXTUAL):
        return Reason.NOT_HTML, kind
    if head.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"{", b"[")
    ):
        return Reason.NOT_HTML, f"begins with {head[:4]!r}"
    wide = head.replace(b"\0", b"")
    if not _MARKUP.search(wide) and not _MARKUP.search(body[:200_000].replace(b"\0", b"")):
        return Reason.NOT_HTML, "no markup"
    if capture.truncated:
        return Reason.TRUNCATED, f"cut short by {capture.truncated}"
    return None


def page_kind(
    page: Page, metadata: Metadata, blocks: Blocks, body: Body, paragraphs: tuple[str, ...], capture: Capture
) -> Form | tuple[Reason, str]:
    """The form of the article that a page is, or why it is none."""
    del page, metadata, capture
    words = sum(len(p.split()) for p in paragraphs)
    if words < 25:
        return Reason.SHORT, f"{words} words of text in {len(blocks)} blocks"
    del body
    return Form.ARTICLE
