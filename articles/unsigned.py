"""Who wrote a page whose byline is marked as nothing: names beside portraits, links to one author, scripts' data.

Weaker than any byline, so asked last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from articles.bare_names import at_ends, beside_dates, in_boxes, of_the_site
from articles.metadata import Metadata
from articles.model import Origin
from articles.names import looks_like_person
from articles.nearby import Snippet, in_other_matter, short_text
from articles.page import Page
from articles.scripts import authors_in_scripts
from articles.title import host_of

Claim = tuple[str, Origin]
"""A text that names who wrote the page, and where it stood."""

MAX_LINKS: Final = 400
PORTRAIT_ABOVE: Final = 4
"""How many elements above a name its portrait may hang."""

RIGHT_AFTER: Final = 8
"""Texts after the headline among which a name with its picture is the author's; further on it may be anyone's."""
_PORTRAIT: Final = re.compile(
    r"avatar|author|profile|portrait|headshot|gravatar|autor|writer|person|bio(?![a-z])", re.IGNORECASE
)
_AUTHOR_LINKS: Final = (
    "a[href*='/author/'],a[href*='/authors/'],a[href*='/autor/'],a[href*='/autoren/'],a[href*='/auteur/']"
    ",a[href*='/contributor/'],a[href*='/contributors/'],a[href*='/redaktion/'],a[href*='/writers/']"
    ",a[href*='?author=']"
)
_ALL_BY: Final = re.compile(
    r"^(?:(?:view |see |read |show )?(?:all|more|other)?\s*(?:posts?|articles?|stories|about|news)?\s*(?:by|from|about)"
    r"|alle (?:artikel|beiträge|posts) (?:von|anzeigen von)|alles von|mehr (?:von|über)|über"
    r"|tous les articles de|voir tous les articles de|ver todas las entradas de|todos os posts de)\s+",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(
    r"(?:^|[\s|•·,.(])(?:author|autor(?:in)?|auteur|autore|authored by|written by|written|words|text|texte|texto"
    r"|by|von|par)\s*:\s*(?P<names>[^:|•·]{4,80}?)(?=\s+[\w-]+\s*:|\s*[|•·]|\s*$)",
    re.IGNORECASE,
)
_DAY_BY: Final = re.compile(
    r"^\D{0,20}\d{1,2}[./ ].{3,30}\d[\s|,·•–-]+(?:von|by|par|por|di|door|av|przez)\s+(?P<name>[^\d|:·•]{4,40}?)"
    r"(?:\s+in\b.*)?$",
    re.IGNORECASE,
)
"""`Freitag | 14. Juni 2019 | 15:49 von Ann Lee`."""
_ELSEWHERE: Final = re.compile(
    r"comment|related|teaser|sidebar|recommend|promo(?!ted)|recent|latest|trending|popular|carousel|(?:^|[\s_-])(?:nav|menu|card|next|prev)",
    re.IGNORECASE,
)


def claims(
    page: Page,
    metadata: Metadata,
    nearby: Sequence[Snippet],
    paragraphs: Sequence[str],
    around: Sequence[str],
    *,
    signed_by_house: bool,
) -> Iterator[Claim]:
    """Texts that may name the author, the likeliest first; every one is to be read as a byline.

    With `signed_by_house` the page is signed by an organisation, and only what stands in a byline's place is asked.
    """
    yield from ((name, Origin.TEXT) for name in _after_labels((*around, *(one.text for one in nearby))))
    yield from beside_dates(nearby, paragraphs, metadata)
    if not signed_by_house:
        yield from _beside_portraits(nearby, metadata)
        yield from _linked(page)
        yield from (("; ".join(names), Origin.DOM) for names in authors_in_scripts(page))
        yield from ((name, Origin.TEXT) for name in at_ends(paragraphs))
        yield from ((name, Origin.DOM) for name in in_boxes(page, metadata))
        yield from ((name, Origin.DOM) for name in of_the_site(page, metadata, host_of(page.url)))


def _after_labels(texts: Sequence[str]) -> Iterator[str]:
    """Names after a label within a short line: `Datum: 19.11.2021 Autor: Fritz Imhof Quelle: Livenet`."""
    for text in texts:
        if len(text) <= 160 and ":" in text and (match := _LABELLED.search(text)):
            yield match.group("names")
        elif len(text) <= 80 and (match := _DAY_BY.search(text)):
            yield match.group("name")


def _beside_portraits(nearby: Sequence[Snippet], metadata: Metadata) -> Iterator[Claim]:
    """Bare names near the headline with a picture beside them that is called the same."""
    for place, snippet in enumerate(nearby):
        text = snippet.text
        if len(text) > 40 or not looks_like_person(text):
            continue
        if in_other_matter(snippet.node, metadata.around_headings):
            continue
        wanted, parent = text.casefold(), snippet.node.parent
        headed = parent is not None and parent.tag in ("h1", "h2", "h3", "h4")
        for _ in range(PORTRAIT_ABOVE):
            if parent is None or parent.tag in ("figure", "figcaption", "article", "main", "body"):
                break
            images = parent.css("img[alt]")[:3]
            if any(
                wanted in _called(one) and (_is_portrait(one) or (place < RIGHT_AFTER and not headed))
                for one in images
            ):
                yield text, Origin.DOM
                break
            parent = parent.parent


def _is_portrait(image: LexborNode) -> bool:
    attributes = image.attributes
    above = image.parent.attributes.get("class") if image.parent is not None else ""
    return bool(
        _PORTRAIT.search(f"{attributes.get('class') or ''} {attributes.get('src') or ''} {above or ''}"[:600])
    )


def _called(image: LexborNode) -> str:
    return (image.attributes.get("alt") or "").casefold()


def _linked(page: Page) -> Iterator[Claim]:
    """The author that all of a page's links to authors lead to, where they lead to one."""
    names: dict[str, str] = {}
    for link in page.tree.css(_AUTHOR_LINKS)[:MAX_LINKS]:
        href = (link.attributes.get("href") or "").partition("#")[0].rstrip("/").lower()
        if _is_elsewhere(link):
            continue
        text = (
            short_text(link, 100) or link.attributes.get("title") or link.attributes.get("aria-label") or ""
        )
        name = _ALL_BY.sub("", text.strip())
        if name or href not in names:
            names[href] = name if looks_like_person(name) else names.get(href, "")
    if len(names) == 1:
        yield from ((name, Origin.DOM) for name in names.values() if name)


def _is_elsewhere(node: LexborNode) -> bool:
    parent = node.parent
    for _ in range(8):
        if parent is None or parent.tag in ("body", "main", "article"):
            return False
        names = f"{parent.attributes.get('class') or ''} {parent.attributes.get('id') or ''}"
        if parent.tag == "nav" or _ELSEWHERE.search(names):
            return True
        parent = parent.parent
    return False
