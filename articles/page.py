"""A page, parsed once: the tree that every other module of the reader looks into."""

from __future__ import annotations

import re
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
    tree = LexborHTMLParser(html)
    return Page(url=url, base=_base(tree, url), tree=tree, chars=len(html))


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
