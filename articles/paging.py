"""Articles that stand on several pages: which page is the next one of the same article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Final

from selectolax.lexbor import LexborNode

from articles.decode import decode
from articles.metadata import Metadata
from articles.page import Page, UnreadablePage, attribute, parse
from articles.urls import canonical_url, url_key

PAGERS: Final = "a[rel~=next],[class*=pagin i]"
"""What leads from page to page, as `articles.metadata` collects it."""

_HREF: Final = re.compile(rb"""href\s*=\s*["']?([^"'\s>]{1,2000})""")
_PAGE_PART: Final = re.compile(
    r"(?:[?&](?:page|p|pg|seite|pagina|paged|start)=\d+|/(?:page|seite|pagina|p)[/-]?\d+/?$|[-_,](?:page"
    r"|seite|p|s)?-?\d{1,2}(?=(?:\.\w+)?$)"
    r"|/\d{1,2}/?$)",
    re.IGNORECASE,
)
_PAGE_NUMBER: Final = re.compile(r"(\d+)\D*$")


def next_page_of(page: Page, metadata: Metadata, own: str) -> str | None:
    """The next page of the same article, where it has several."""
    return _next(page.base, metadata.links.get("next", ())[:3], metadata.pagers, own)


def next_page_in(body: bytes, url: str, content_type: str | None) -> str | None:
    """The same for a page that was fetched and not read: for the crawler, which asks it of every article."""
    if not _may_name_next(body, url):
        return None
    try:
        page = parse(decode(body, content_type), url)
    except UnreadablePage:
        return None
    links = [attribute(node, "href") for node in page.tree.css("link[rel~=next]")[:3]]
    return _next(page.base, links, page.tree.css(PAGERS)[:10], url)


def page_number(url: str) -> int:
    """Which page of an article an address seems to name: 1 where it names none."""
    part = _PAGE_PART.search(url)
    return _number(part.group()) if part else 1


def _next(base: str, links: Sequence[str], pagers: Sequence[LexborNode], own: str) -> str | None:
    hrefs = list(links)
    for node in pagers:
        found = [node] if node.tag == "a" else node.css("a")[:20]
        hrefs += [attribute(link, "href") for link in found]
    return next((url for href in hrefs if href and (url := _follows(href, base, own))), None)


def _follows(href: str, base: str, own: str) -> str | None:
    """The address of a link that leads to the page after `own`; None: it leads elsewhere."""
    url, own_url = canonical_url(href, base), canonical_url(own)
    part = _PAGE_PART.search(url) if url else None
    if url is None or own_url is None or part is None:
        return None
    follows = _number(part.group()) == page_number(own_url) + 1
    return url if follows and _stem(url) in (_stem(own_url), url_key(own_url)) else None


def _may_name_next(body: bytes, url: str) -> bool:
    """Whether a page is worth parsing for its next one: nearly none is, and this takes a tenth of the time."""
    head = body[:20_000]
    if b"<base" in head or b"<BASE" in head or b"HREF=" in head or b"\0" in head[:100]:
        return True  # what its links mean, only parsing tells
    following = page_number(canonical_url(url) or url) + 1
    wanted = str(following).encode()
    for match in _HREF.finditer(body):
        if wanted not in match[1][-40:]:
            continue
        href = unescape(match[1].decode("utf-8", "replace"))
        part = _PAGE_PART.search(href)
        if part and _number(part.group()) == following and _follows(href, url, url):
            return True
    return False


def _stem(url: str) -> str:
    return url_key(_PAGE_PART.sub("", url, count=1))


def _number(part: str) -> int:
    match = _PAGE_NUMBER.search(part)
    return int(match.group(1)[:6]) if match else 1
