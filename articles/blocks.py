"""A page as a row of text blocks: one walk over the tree, no recursion, nothing thrown away but scripts.

A block is the text between two block-level boundaries (`<p>`, `<div>`, `<li>`, two `<br>` ...). Blocks stand
in page order; `Blocks.elements` holds the block-level elements around them, each with the range of blocks it
spans, so that what a container holds is a difference of two running sums.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from articles.page import Page
from articles.text import clean

MAX_BLOCKS: Final = 4_000
"""Blocks after this many are not read: no article stands behind them."""
MAX_ELEMENTS: Final = 20_000
MAX_BLOCK_CHARS: Final = 100_000
"""What a single block holds beyond this is cut off."""

SKIPPED: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "canvas",
        "object",
        "embed",
        "param",
        "map",
        "area",
        "datalist",
        "dialog",
        "audio",
        "frame",
        "frameset",
        "colgroup",
        "col",
        "track",
        "source",
    ]
)
INLINE: Final = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "rb",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "label",
        "center-dot",
    ]
)
_VOID: Final = frozenset(
    ["br", "img", "input", "hr", "wbr", "iframe", "video", "picture", "textarea", "select", "button"]
)
_STRONG: Final = frozenset(["b", "strong"])
_SLANTED: Final = frozenset(["i", "em"])


@dataclass(slots=True)
class Elements:
    """The block-level elements of a page in document order, column by column."""

    tag: list[str] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    """Class, id, role and the like, as they stand: what the site calls this element."""
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    """Blocks `start` to `end` (excluded) stand inside."""
    images: list[int] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    embeds: list[int] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Blocks:
    """The text blocks of a page in document order, column by column."""

    text: list[str] = field(default_factory=list)
    element: list[int] = field(default_factory=list)
    """Index of the innermost block-level element around it."""
    link_chars: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    strong_chars: list[int] = field(default_factory=list)
    slanted_chars: list[int] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    """Images seen before it, from the top of the page."""
    rules: list[int] = field(default_factory=list)
    """`<hr>` seen before it."""
    inline_key: list[str] = field(default_factory=list)
    """Class of the inline element that the block begins with."""
    href: list[str] = field(default_factory=list)
    """Where its first link leads."""
    elements: Elements = field(default_factory=Elements)

    def __len__(self) -> int:
        return len(self.text)


def path_of(blocks: Blocks, index: int, levels: int = 6) -> str:
    """Where a block stands, for a person: `article > div.story > p`."""
    elements, steps = blocks.elements, list[str]()
    at = blocks.element[index]
    while at >= 0 and len(steps) < levels:
        name = elements.key[at].split(" ", 1)[0]
        steps.append(f"{elements.tag[at]}.{name}" if name else elements.tag[at])
        at = elements.parent[at]
    return " > ".join(reversed(steps))


def blocks_of(page: Page) -> Blocks:
    """All text blocks of a page; at most MAX_BLOCKS of them."""
    walk = _Walk()
    body = page.tree.body
    root = body if body is not None else page.tree.root
    if root is not None:
        walk.run(root)
    return walk.blocks


class _Walk:
    """The state of one pass over the tree."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.parts: list[str] = []
        self.current = -1
        self.link_chars = self.links = self.strong_chars = self.slanted_chars = 0
        self.inline_key = self.href = ""
        self.images = self.inputs = self.embeds = self.rules = 0

    def run(self, root: LexborNode) -> None:
        """Walk the tree below `root` in document order."""
        self.open(root, root.tag or "body")
        parts = self.parts
        # (node, was it a block-level element, its part of: link, strong, slanted)
        stack: list[tuple[LexborNode, str]] = []
        in_link = in_strong = in_slanted = 0
        breaks = 0
        blocks, elements = self.blocks, self.blocks.elements
        node = root.first_child
        while True:
            if node is None:
                if not stack:
                    break
                closed, tag = stack.pop()
                if tag == "a":
                    in_link -= 1
                elif tag in _STRONG:
                    in_strong -= 1
                elif tag in _SLANTED:
                    in_slanted -= 1
                elif tag not in INLINE:
                    if parts:
                        self.flush()
                    self.close()
                    breaks = 0
                node = closed.next
                continue
            tag = node.tag or ""
            if tag == "-text":
                text = node.text_content or ""
                if not text.isspace() and text:
                    breaks = 0
                    size = len(text)
                    if in_link:
                        self.link_chars += size
                    if in_strong:
                        self.strong_chars += size
                    if in_slanted:
                        self.slanted_chars += size
                    parts.append(text)
                elif parts:
                    parts.append(" ")
                node = node.next
                continue
            if not tag or tag in SKIPPED or tag[0] == "-":
                node = node.next
                continue
            if tag in _VOID:
                if tag == "br":
                    breaks += 1
                    if breaks >= 2 and parts:
                        self.flush()
                    elif parts:
                        parts.append("\n")
                elif tag == "img" or tag == "picture":
                    self.images += 1
                elif tag == "hr":
                    if parts:
                        self.flush()
                    self.rules += 1
                elif tag == "iframe" or tag == "video":
                    self.embeds += 1
                elif tag != "wbr":
                    self.inputs += 1
                    if tag == "button":
                        if parts:
                            self.flush()
                        self.open(node, tag)
                        stack.append((node, tag))
                        node = node.first_child
                        continue
                node = node.next
                continue
            if tag in INLINE:
                if tag == "a":
                    in_link += 1
                    self.links += 1
                    if not self.href:
                        self.href = node.attributes.get("href") or ""
                elif tag in _STRONG:
                    in_strong += 1
                elif tag in _SLANTED:
                    in_slanted += 1
                if not parts and not self.inline_key:
                    self.inline_key = node.attributes.get("class") or ""
            else:
                if parts:
                    self.flush()
                self.links = 1 if in_link else 0
                self.href = self.href if in_link else ""
                self.inline_key = ""
                breaks = 0
                self.open(node, tag)
                if len(blocks.text) >= MAX_BLOCKS or len(elements.tag) >= MAX_ELEMENTS:
                    break
            stack.append((node, tag))
            node = node.first_child
        if parts:
            self.flush()
        last = len(blocks.text)
        for index, end in enumerate(elements.end):
            if end < 0:
                elements.end[index] = last

    def open(self, node: LexborNode, tag: str) -> None:
        """Enter a block-level element."""
        key, hidden = _name_of(node)
        e = self.blocks.elements
        parent = self.current
        self.current = len(e.tag)
        e.tag.append(tag)
        e.parent.append(parent)
        e.key.append(key)
        e.start.append(len(self.blocks.text))
        e.end.append(-1)
        e.images.append(-self.images)
        e.inputs.append(-self.inputs)
        e.embeds.append(-self.embeds)
        e.hidden.append(hidden or (parent >= 0 and e.hidden[parent]))
        e.depth.append(e.depth[parent] + 1 if parent >= 0 else 0)

    def close(self) -> None:
        """Leave the innermost block-level element."""
        e, at = self.blocks.elements, self.current
        e.end[at] = len(self.blocks.text)
        e.images[at] += self.images
        e.inputs[at] += self.inputs
        e.embeds[at] += self.embeds
        self.current = e.parent[at]

    def flush(self) -> None:
        """End the text that was being gathered, as one block."""
        text = clean("".join(self.parts)[:MAX_BLOCK_CHARS])
        self.parts.clear()
        if text:
            b = self.blocks
            b.text.append(text)
            b.element.append(self.current)
            b.link_chars.append(min(self.link_chars, len(text)))
            b.links.append(self.links)
            b.strong_chars.append(min(self.strong_chars, len(text)))
            b.slanted_chars.append(min(self.slanted_chars, len(text)))
            b.images.append(self.images)
            b.rules.append(self.rules)
            b.inline_key.append(self.inline_key)
            b.href.append(self.href)
        self.link_chars = self.links = self.strong_chars = self.slanted_chars = 0
        self.inline_key = self.href = ""


_NAMES: Final = ("class", "id", "itemprop", "role")
_MORE_NAMES: Final = ("data-component", "data-testid", "data-type", "data-role", "aria-label")


def _name_of(node: LexborNode) -> tuple[str, bool]:
    """What the site calls an element, and whether it hides it."""
    attributes = node.attributes
    if not attributes:
        return "", False
    name = attributes.get("class")
    if name and len(attributes) == 1:  # as most elements have it
        return name, False
    name = " ".join([value for key in _NAMES if (value := attributes.get(key))])
    more = [value for key in _MORE_NAMES if (value := attributes.get(key))]
    style = attributes.get("style")
    hidden = (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(style and "display:none" in style.replace(" ", "").lower())
    )
    return " ".join([name, *more]) if more else name, hidden
