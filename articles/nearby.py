"""The short texts around a headline, where pages that mark nothing up show who wrote it and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborNode

from articles.blocks import Blocks
from articles.page import Page
from articles.text import Remembered

MAX_HEADINGS: Final = 80
"""Headings of a page among which its headline is looked for."""
BEFORE: Final = 12
AFTER: Final = 45
"""How many texts on either side count as near."""

MAX_TEXT_CHARS: Final = 1_000
"""As much of one text as is kept: whatever is looked for stands in a short one."""
MAX_NODES: Final = 400
"""Nodes of one element of which a short text is made."""
MAX_WALK: Final = 4_000
"""Nodes that are walked on either side of the headline."""
BELOW: Final = 10
ABOVE: Final = 8
"""How many blocks below and above the body may sign and date it."""
MAX_EDGE_CHARS: Final = 200
_HEADINGS: Final = "h1,h2,h3,h4,[itemprop=headline],[class*=title i],[class*=headline i],strong"

_WORD: Final = re.compile(r"\w+")
_HIDDEN: Final = frozenset(["script", "style", "noscript", "template", "option", "textarea"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One text node near the headline."""

    text: str
    node: LexborNode
    before: bool = False
    """Stands before the headline."""

    @property
    def href(self) -> str:
        """Target of the link it stands in; empty outside of one."""
        return _href(self.node)


def near_headline(
    page: Page, title: str, heading: LexborNode | None, *, after: int = AFTER, before: int = BEFORE
) -> tuple[Snippet, ...]:
    """Texts after the headline and then those before it, at most so many, each in order of distance.

    The headline is the `<h1>` given or, without one, the heading that resembles `title` most; where none does,
    the texts from the page's top count.
    """
    body = page.tree.body
    if body is None:
        return ()
    anchor = heading or _resembling(page, title) or body
    following = _texts(_forward(anchor), after, before=False) if after else ()
    if anchor is body or not before:
        return following
    return (*following, *_texts(_backward(anchor), before, before=True))


def _texts(nodes: Iterator[LexborNode], wanted: int, *, before: bool) -> tuple[Snippet, ...]:
    found: list[Snippet] = []
    for node in nodes:
        content = node.text_content
        if content and not content.isspace():
            text = " ".join(content[:MAX_TEXT_CHARS].split())
            found.append(Snippet(text=text, node=node, before=before))
            if len(found) >= wanted:
                break
    return tuple(found)


def _forward(start: LexborNode) -> Iterator[LexborNode]:
    """The text nodes of a node and of all that follows it, in document order."""
    node: LexborNode | None = start
    for _ in range(MAX_WALK):
        if node is None:
            return
        tag = node.tag
        if tag == "-text":
            yield node
        inner = node.first_child if tag not in _HIDDEN else None
        while inner is None:
            inner = node.next
            if inner is None:
                node = node.parent
                if node is None or node.tag == "body":
                    return
        node = inner


def _backward(start: LexborNode) -> Iterator[LexborNode]:
    """The text nodes before a node, the nearest first."""
    node = start
    for _ in range(MAX_WALK):
        earlier = node.prev
        if earlier is None:
            above = node.parent
            if above is None or above.tag == "body":
                return
            node = above
            continue
        node = earlier
        while node.tag not in _HIDDEN and (last := node.last_child) is not None:
            node = last
        if node.tag == "-text":
            yield node


def _resembling(page: Page, title: str) -> LexborNode | None:
    """The heading, or what is called one, whose words are most like the title's."""
    wanted = frozenset(_WORD.findall(title.casefold()))
    best, best_likeness = None, 0.5
    for node in page.tree.css(_HEADINGS)[:MAX_HEADINGS] if wanted else ():
        own = frozenset(_WORD.findall(short_text(node, 3 * len(title) + 20).casefold()))
        likeness = 2 * len(own & wanted) / (len(own) + len(wanted))
        if likeness > best_likeness:
            best, best_likeness = node, likeness
            if likeness > 0.99:
                break
    return best


def around_body(blocks: Blocks, kept: Sequence[int]) -> tuple[str, ...]:
    """The short texts right below a body and right above it, the nearest first: where texts are signed and dated."""
    if not kept:
        return ()
    first, last, size = kept[0], kept[-1], len(blocks)
    places = [
        *range(last + 1, min(size, last + 1 + BELOW)),
        *range(first - 1, max(-1, first - 1 - ABOVE), -1),
    ]
    return tuple(
        text
        for place in places
        if len(text := blocks.text[place]) <= MAX_EDGE_CHARS and not _in_other_block(blocks, place)
    )


_NEIGHBOUR: Final = re.compile(r"comment|related|recommend|teaser|sidebar|latest|popular", re.IGNORECASE)
_IS_NEIGHBOUR: Final = Remembered(lambda key: _NEIGHBOUR.search(key) is not None, limit=16_384)


def _in_other_block(blocks: Blocks, place: int) -> bool:
    """Whether a block belongs to comments, related articles, a menu or the frame of the page."""
    elements, at = blocks.elements, blocks.element[place]
    for _ in range(6):
        if at < 0 or elements.tag[at] in ("article", "main", "body"):
            return False
        if elements.tag[at] in ("nav", "footer", "aside") or _IS_NEIGHBOUR[elements.key[at]]:
            return True
        at = elements.parent[at]
    return False


_OTHER_MATTER: Final = re.compile(r"comment|related", re.IGNORECASE)


def in_other_matter(node: LexborNode, around_headings: frozenset[int]) -> bool:
    """Whether a text near the headline belongs to a comment, a related article or a menu."""
    parent = node.parent
    for _ in range(6):
        if parent is None or parent.mem_id in around_headings or parent.tag == "body":
            return False
        if parent.tag == "nav" or _OTHER_MATTER.search(parent.attributes.get("class") or ""):
            return True
        parent = parent.parent
    return False


def joined(snippet: Snippet, max_chars: int) -> str:
    """The text of the smallest element that says more than a snippet, if that is short; else its own."""
    around = snippet.node.parent
    for _ in range(3):
        if around is None:
            break
        text = short_text(around, max_chars)
        if not text:
            break
        if len(text) > len(snippet.text) + 1:
            return text
        around = around.parent
    return snippet.text


def short_text(node: LexborNode, max_chars: int) -> str:
    """The text of a node, a space wherever an element begins or ends; empty where it is longer than that.

    Never looks at more than a few hundred nodes, so that a page cannot make its every wrapper cost.
    """
    parts: list[str] = []
    length = 0
    hidden: int | None = None
    for count, child in enumerate(node.traverse(include_text=True)):
        if count > MAX_NODES:
            return ""
        if child.tag != "-text":
            if child.tag in _HIDDEN:
                hidden = child.mem_id
            continue
        content = child.text_content
        if not content or content.isspace():
            continue
        if hidden is not None and (parent := child.parent) is not None and parent.mem_id == hidden:
            continue
        words = content.split()
        length += sum(map(len, words)) + len(words)
        if length > max_chars + 1:
            return ""
        parts += words
    return " ".join(parts).replace("\u200b", "").replace("\ufeff", "")


def _href(node: LexborNode) -> str:
    parent = node.parent
    for _ in range(3):
        if parent is None:
            return ""
        if parent.tag == "a":
            return parent.attributes.get("href") or ""
        parent = parent.parent
    return ""
