"""A page, parsed once: the tree that every other module of the reader looks into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from articles.nesting import may_be_absurd, shallow

MAX_CHARS: Final = 10_000_000
"""A longer page is cut here before it is parsed: no article is that long."""

MAX_TAGS: Final = 100_000
"""Of a page: five times as many as the largest of 2,139 real ones has."""

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
    stated: list[LexborNode]
    """The nodes by which it speaks of itself and its article, all found in one walk over the tree: see STATED."""
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
    """The page of decoded HTML; raises UnreadablePage where it is built to break parsers (`nesting`)."""
    html = html[:MAX_CHARS]
    _refuse_traps(html)
    tree = LexborHTMLParser(html)
    stated = tree.css(STATED)
    return Page(url=url, base=_base(stated, url), tree=tree, stated=stated, chars=len(html))


STATED: Final = ",".join(
    [
        "base[href]",
        "meta",
        "link[rel]",
        "title",
        "h1",
        "figure",
        "a[rel~=next]",
        "a[rel~=license]",
        "[class*=pagin i]",
        "script[type*='ld+json' i]",
    ]
)


# Parsing by the standard compares each attribute with all before it in its tag: 30,000 take 13 seconds. Real pages stay
# a hundred times below.
_LONG_TAG_CHARS: Final = 2_000
MAX_ATTRIBUTES: Final = 12_000
"""In one tag, or as the root of the sum of squares in several."""
_FEW_ATTRIBUTES: Final = 200
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,20})")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_SCRIPT: Final = re.compile(r"<(/?)(script|style)\b", re.IGNORECASE)


def _refuse_traps(html: str) -> None:
    if html.count("<") > MAX_TAGS:
        raise UnreadablePage(f"more than {MAX_TAGS:,} tags")
    if may_be_absurd(html) and len(shallow(html)) < len(html):
        raise UnreadablePage("elements that nest or multiply absurdly")
    if len(html) > _LONG_TAG_CHARS and _has_long_tags(html) and _has_long_tags(_without_scripts(html)):
        raise UnreadablePage("tags with thousands of attributes")


def _without_scripts(html: str) -> str:
    """Source without scripts and style sheets; linear in its length, closed or not."""
    kept: list[str] = []
    at, inside = 0, ""
    for match in _SCRIPT.finditer(html):
        closing, name = match.group(1), match.group(2).lower()
        if not inside and not closing:
            kept.append(html[at : match.start()])
            inside = name
        elif closing and name == inside:
            at, inside = match.end(), ""
    if not inside:
        kept.append(html[at:])
    return "".join(kept)


def _has_long_tags(html: str) -> bool:
    """Whether the attributes of long tags, each compared with all before it, would take too long."""
    return sum(_attributes(piece) ** 2 for piece in _long_pieces(html)) > MAX_ATTRIBUTES**2


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


_BETWEEN: Final = " \n\t\r\f/\"'"
"""What stands between two attributes: at least one of these."""


def _attributes(piece: str) -> int:
    """About how many attributes the tag at the end of a piece of source has; 0: too few to count."""
    at = piece.find("<")  # many times as fast as a pattern
    if at < 0:
        return 0
    opened = _TAG.search(piece, at)  # a script ends in `</script`: what is in it need not be counted
    if opened is None:
        return 0
    tag = piece[opened.start() :]
    if sum(map(tag.count, _BETWEEN)) < _FEW_ATTRIBUTES:
        return 0
    return len(_QUOTED.sub(" ", tag).replace("/", " ").split())


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


def _base(stated: list[LexborNode], url: str) -> str:
    bases = (node for node in stated if node.tag == "base" and "href" in node.attributes)
    node = next(bases, None)
    href = attribute(node, "href") if node is not None else ""
    try:
        return urljoin(url, href) if href else url
    except ValueError:
        return url
