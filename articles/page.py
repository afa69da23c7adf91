"""A page, parsed once: the tree that every other module of the reader looks into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_CHARS: Final = 10_000_000
"""A longer page is cut here before it is parsed: no article is that long."""

_SPACE = re.compile(r"[\s\u200b\ufeff]+")


class UnreadablePage(ValueError):
    """The text makes no tree that could be built in bounded time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One parsed page. The tree is never changed after parsing."""

    url: str
    """Where the page was fetched from."""
    base: str
    """What its relative links are relative to: `<base href>` where it names one, else `url`."""
    tree: LexborHTMLParser
    chars: int
    """Length of the source."""

    def first(self, selector: str) -> LexborNode | None:
        """The first node that matches a CSS selector."""
        return self.tree.css_first(selector)

    def link(self, href: str | None) -> str | None:
        """A link of this page made absolute; None where it cannot be."""
        if not href:
            return None
        try:
            return urljoin(self.base, href.strip())
        except ValueError:
            return None


def parse(html: str, url: str) -> Page:
    """The page of decoded HTML; raises UnreadablePage where it is built to break parsers."""
    html = html[:MAX_CHARS]
    _refuse_traps(html)
    tree = LexborHTMLParser(html)
    return Page(url=url, base=_base(tree, url), tree=tree, chars=len(html))


# Parsing by the standard compares each new tag with all that are open, and each attribute with all before it in
# its tag: 100,000 nested elements take 20 seconds, 30,000 attributes 13. Real pages stay a hundred times below.
_FEW_TAGS: Final = 6_000
MAX_DEPTH: Final = 2_500
_LONG_TAG_CHARS: Final = 8_000
MAX_ATTRIBUTES: Final = 2_000
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,20})")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_SCRIPT: Final = re.compile(r"<(script|style)\b.*?</\1", re.IGNORECASE | re.DOTALL)
_CLOSES_ITSELF: Final = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "optgroup",
        "br",
        "img",
        "input",
        "hr",
        "meta",
        "link",
        "wbr",
        "source",
        "area",
        "base",
        "col",
        "embed",
        "param",
        "track",
        "rp",
        "rt",
        "html",
        "head",
        "body",
        "a",
        "path",
        "circle",
        "rect",
        "line",
        "polygon",
        "use",
    ]
)


def _refuse_traps(html: str) -> None:
    if html.count("<") > _FEW_TAGS:
        depth = deepest = 0
        for closing, name in _TAG.findall(html):
            if name.lower() in _CLOSES_ITSELF:
                continue
            if not closing:
                depth += 1
                deepest = max(deepest, depth)
            elif depth:
                depth -= 1
        if deepest > MAX_DEPTH:
            raise UnreadablePage(f"elements nested {deepest} deep")
    if len(html) > _LONG_TAG_CHARS and _has_long_tag(html) and _has_long_tag(_SCRIPT.sub("", html)):
        raise UnreadablePage(f"a tag with more than {MAX_ATTRIBUTES} attributes")


def _has_long_tag(html: str) -> bool:
    return any(_has_many_attributes(piece) for piece in _long_pieces(html))


def _long_pieces(html: str) -> Iterator[str]:
    """What stands between one `>` and the next, where that is long; short pieces are leapt over many at a time."""
    at = 0
    while len(html) - at > _LONG_TAG_CHARS:
        last = html.rfind(">", at, at + _LONG_TAG_CHARS + 1)
        if last < 0:
            last = html.find(">", at)
            last = len(html) if last < 0 else last
            yield html[at:last]
        at = last + 1


_ASCII_SPACES: Final = " \n\t\r\f/"
"""What stands between two attributes."""


def _has_many_attributes(piece: str) -> bool:
    if sum(map(piece.count, _ASCII_SPACES)) < MAX_ATTRIBUTES:
        return False
    opened = _TAG.search(piece)
    if opened is None:
        return False
    return len(_QUOTED.sub("", piece[opened.start() :]).replace("/", " ").split()) > MAX_ATTRIBUTES


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value, stripped; empty where it is absent or has none."""
    value = node.attributes.get(name)
    return value.strip() if value else ""


def squeezed(text: str) -> str:
    """Text with each run of white space as one space, none at the ends."""
    return _SPACE.sub(" ", text).strip()


def text_of(node: LexborNode) -> str:
    """The text of a node and all below it, white space squeezed; script and style left out."""
    parts: list[str] = []
    skipped: LexborNode | None = None
    for child in node.traverse(include_text=True):
        tag = child.tag
        if tag == "-text":
            if skipped is None or child.parent != skipped:
                parts.append(child.text_content or "")
        elif tag in ("script", "style", "noscript", "template"):
            skipped = child
        elif tag in ("br", "p", "div", "li"):
            parts.append(" ")
    return squeezed("".join(parts))


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    href = attribute(node, "href") if node is not None else ""
    try:
        return urljoin(url, href) if href else url
    except ValueError:
        return url
