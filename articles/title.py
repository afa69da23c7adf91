"""The headline of a page: what claims to be it is gathered here, `headline` weighs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from articles.headline import (
    MAX_HEADLINE_CHARS,
    Claims,
    Headline,
    headline_of,
    name_beside,
    names_of_site,
    piece_of,
)
from articles.metadata import Metadata
from articles.model import Origin, Site
from articles.nearby import short_text
from articles.page import Page, attribute, text_of

MAX_LOWER: Final = 60
"""Headings of lower levels that are looked at where no `<h1>` will do."""
SUBTITLE: Final = 0.4
"""Share of a heading that its first element has at least, where what follows it is a subtitle."""
_LOWER: Final = "h2,h3,h4,[itemprop=headline],[class*=title i],[class*=headline i]"
_KICKER: Final = re.compile(
    r"kicker|overline|(?:top|roof|over)[-_]?line|dachzeile|spitzmarke|eyebrow|(?:super|pre|top)[-_]?title|rubri[ck]"
    r"|(?:^|[-_ ])(?:date|label|category|descriptor)",
    re.IGNORECASE,
)
_NOT_PLAIN: Final = re.compile(r"[\W_]+")


_RUN_TOGETHER: Final = re.compile(r"[^\W\d_A-Z][a-zß-ÿ][A-ZÀ-Þ][a-zß-ÿ]|[?!.:][A-ZÀ-Þ][a-zß-ÿ]")
"""Where one part of a heading ends and the next begins, with no space between them in the source."""

Named = tuple[Headline | None, tuple[str, ...]]
"""A headline, and the runs of letters that name its site."""


def headline_on(page: Page, metadata: Metadata, site: Site | None = None) -> Named:
    """The headline of a page, and the runs of letters that name its site (`names_of_site`)."""
    thing = metadata.article
    stated = (thing.headline or thing.name) if thing else None
    graph = metadata.first("og:title", "twitter:title", "dc.title", "sailthru.title", "parsely-title")
    host = host_of(page.url)
    names = _site_names(metadata, site)
    named = {name.casefold() for name in names if name}
    stated, graph = (None if one and one.casefold() in named else one for one in (stated, graph))
    nodes = metadata.headings[:8]
    shown = [short_text(node, 100) for node in nodes]
    beside = [name_beside(metadata.title, one, shown) for one in (stated, graph) if one and metadata.title]
    homes = [text_of(node)[:100] for node in nodes if _leads_home(node, host)]
    runs = names_of_site((*names, *beside, *homes), host)
    others = [plain(text) for text in (stated, graph, metadata.title) if text]
    claims = Claims(
        headings=tuple(_heading_text(node, others) for node in nodes),
        json_ld=stated,
        graph=graph,
        title=metadata.title,
    )
    headline = headline_of(claims, runs)
    own = plain(headline.text) if headline else ""
    if headline is None or (
        headline.origin is not Origin.JSON_LD and not any(own in plain(text) for text in claims.headings)
    ):
        lower = _lower_heading(page, [one for one in (graph, metadata.title) if one], runs)
        if lower is not None and (headline is None or plain(lower.text) != own):
            headline = lower
    return headline, runs


def host_of(url: str) -> str:
    """Host of a URL; empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def plain(text: str) -> str:
    """A text as its letters and digits alone, without case: what two claims are compared by."""
    return _NOT_PLAIN.sub("", text.casefold())


def heading_that_shows(metadata: Metadata, title: str) -> LexborNode | None:
    """The `<h1>` that shows the headline, whole or with a kicker; the only one where there is but one."""
    wanted = plain(title)
    for node in metadata.headings:
        if wanted and wanted in plain(short_text(node, MAX_HEADLINE_CHARS)):
            return node
    return metadata.headings[0] if len(metadata.headings) == 1 else None


def _site_names(metadata: Metadata, site: Site | None) -> tuple[str | None, ...]:
    """What the site is called, by itself and by its seed."""
    thing = metadata.article
    publisher = thing.publisher.name if thing and thing.publisher else None
    sites = [one.name for one in metadata.things if "website" in one.types]
    return (
        *metadata.meta.get("og:site_name", ()),
        *metadata.meta.get("application-name", ()),
        *metadata.meta.get("apple-mobile-web-app-title", ()),
        *metadata.meta.get("al:ios:app_name", ()),
        publisher,
        *sites,
        site.name if site else None,
    )


def _leads_home(node: LexborNode, host: str) -> bool:
    """Whether all of a heading is a link to the home page: the site's name."""
    link = node.css_first("a[href]")
    if link is None and (parent := node.parent) is not None and parent.tag == "a":
        link = parent
    if link is None:
        return False
    href = attribute(link, "href").rstrip("/")
    if href in ("", "."):
        return bool(attribute(link, "href"))
    return "://" in href and href.partition("://")[2].lower() in (
        host,
        f"www.{host}",
        host.removeprefix("www."),
    )


def _heading_text(node: LexborNode, others: Sequence[str]) -> str:
    """The text of a heading without a kicker, a date, a label or a subtitle in it that no other claim has."""
    spaced = short_text(node, MAX_HEADLINE_CHARS)
    whole = text_of(node) if spaced else ""
    if _RUN_TOGETHER.search(whole) and not _RUN_TOGETHER.search(spaced):
        whole = spaced
    if whole and node.css_first("rt") is not None:
        for reading in sorted((text_of(one) for one in node.css("rt,rp")), key=len, reverse=True):
            whole = whole.replace(reading, "", 1) if reading else whole  # how a word is read aloud
    if "&" in whole:
        whole = unescape(whole)
    own = plain(whole)
    if not whole or any(other.startswith(own) for other in others):
        return whole
    for child in node.iter():
        named = bool(_KICKER.search(child.attributes.get("class") or "")) or child.tag == "time"
        part = text_of(child)
        if not part or part == whole or not whole.startswith(part):
            continue
        rest = whole[len(part) :].lstrip(" :|–—-·")
        if named or _stated(rest, others):
            whole = rest
        elif len(part) >= SUBTITLE * len(whole) and not part.endswith(":") and _stated(part, others):
            return part
    return whole


def _stated(part: str, others: Sequence[str]) -> bool:
    """Whether one of the other claims, as letters alone, begins with a part of a heading."""
    own = plain(part)
    return len(own) > 8 and any(other.startswith(own) for other in others)


def _lower_heading(page: Page, claims: Sequence[str], runs: tuple[str, ...]) -> Headline | None:
    """A heading of a lower level that one of the claims has for a part: the headline where `<h1>` is the site's."""
    if not claims:
        return None
    for node in page.tree.css(_LOWER)[:MAX_LOWER]:
        text = short_text(node, 300)
        cut = text.partition(" | ")[0].rstrip()
        for part in (cut, text) if text in claims else (text, cut):
            if part and any(piece_of(part, claim, runs) for claim in claims):
                return Headline(text=part, origin=Origin.DOM, raw=text)
    return None
