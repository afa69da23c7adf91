"""The short texts around a headline, where pages that mark nothing up show who wrote it and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborNode

from articles.page import Page

MAX_TEXTS: Final = 3_000
"""Texts of a page among which its headline is looked for."""
BEFORE: Final = 12
AFTER: Final = 45
"""How many texts on either side count as near."""

MAX_TEXT_CHARS: Final = 1_000
"""As much of one text as is kept: whatever is looked for stands in a short one."""
MAX_NODES: Final = 400
"""Nodes of one element of which a short text is made."""
MAX_WALK: Final = 60_000
"""Nodes of a page that are walked to find its headline."""

_WORD: Final = re.compile(r"\w+")
_HIDDEN: Final = frozenset(["script", "style", "noscript", "template", "option", "textarea"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One text node near the headline."""

    text: str
    href: str
    """Target of the link it stands in; empty outside of one."""
    node: LexborNode
    before: bool = False
    """Stands before the headline."""


def near_headline(page: Page, title: str, heading: LexborNode | None) -> tuple[Snippet, ...]:
    """Texts after the headline and then those before it, each in order of distance.

    The headline is the `<h1>` given or, without one, the text that resembles `title` most; where neither
    stands on the page, the texts from its top count.
    """
    body = page.tree.body
    if body is None:
        return ()
    wanted = heading.mem_id if heading is not None else None
    words = frozenset(_WORD.findall(title.casefold())) if wanted is None else frozenset()
    texts: list[tuple[str, LexborNode]] = []
    anchor, likeness = 0, 0.5
    found = wanted is None and not words
    for count, node in enumerate(body.traverse(include_text=True)):
        if count > MAX_WALK:
            break
        if node.tag != "-text":
            if wanted is not None and node.mem_id == wanted:
                anchor, found = len(texts), True
            continue
        content = node.text_content
        if not content or content.isspace():
            continue
        parent = node.parent
        if parent is not None and parent.tag in _HIDDEN:
            continue
        text = " ".join(content[:MAX_TEXT_CHARS].split())
        if words and 0.4 < len(text) / len(title) < 2.5:
            own = frozenset(_WORD.findall(text.casefold()))
            like = 2 * len(own & words) / (len(own) + len(words))
            if like > likeness:
                anchor, likeness = len(texts), like
                found = like > 0.99
        texts.append((text, node))
        if len(texts) >= MAX_TEXTS or (found and len(texts) > anchor + AFTER):
            break
    after = texts[anchor : anchor + AFTER]
    before = texts[max(0, anchor - BEFORE) : anchor][::-1]
    return (
        *(Snippet(text=text, href=_href(node), node=node) for text, node in after),
        *(Snippet(text=text, href=_href(node), node=node, before=True) for text, node in before),
    )


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
