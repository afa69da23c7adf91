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
from articles.text import Remembered, clean

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
    body = page.tree.body
    root = body if body is not None else page.tree.root
    blocks = Blocks()
    if root is not None:
        _walk(root, blocks)
    return blocks


# What the walk does at a tag. Those below _LINK hold no text, those from _BUTTON on are block-level.
(
    _TEXT,
    _SKIP,
    _BREAK,
    _IMAGE,
    _RULE,
    _EMBED,
    _NOTHING,
    _INPUT,
    _LINK,
    _BOLD,
    _ITALIC,
    _SPAN,
    _BUTTON,
    _BLOCK,
) = range(14)
_DUTIES: Final = (
    dict.fromkeys(INLINE, _SPAN)
    | dict.fromkeys(SKIPPED, _SKIP)
    | {
        "a": _LINK,
        "b": _BOLD,
        "strong": _BOLD,
        "i": _ITALIC,
        "em": _ITALIC,
        "br": _BREAK,
        "hr": _RULE,
        "wbr": _NOTHING,
    }
    | {"img": _IMAGE, "picture": _IMAGE, "iframe": _EMBED, "video": _EMBED}
    | {"input": _INPUT, "textarea": _INPUT, "select": _INPUT, "button": _BUTTON, "-text": _TEXT}
)


def _duty(tag: str) -> int:
    return _DUTIES.get(tag, _BLOCK) if tag and (tag[0] != "-" or tag == "-text") else _SKIP


_DUTY_OF: Final = Remembered(_duty, limit=4_096)


def _walk(root: LexborNode, blocks: Blocks) -> None:
    """Walk the tree below `root` in document order and fill `blocks`.

    One long function on local names: it looks at every node of the page, and calls would take as long as the work.
    """
    e = blocks.elements
    texts, tags, parents, starts, ends = blocks.text, e.tag, e.parent, e.start, e.end
    duty_of = _DUTY_OF.__getitem__
    parts: list[str] = []
    stack: list[tuple[LexborNode, int]] = []
    current = -1
    link_chars = links = strong_chars = slanted_chars = 0
    inline_key = href = ""
    images = inputs = embeds = rules = 0
    in_link = in_strong = in_slanted = breaks = 0

    def flush() -> None:
        """End the text that was being gathered, as one block."""
        nonlocal link_chars, links, strong_chars, slanted_chars, inline_key, href
        text = clean("".join(parts)[:MAX_BLOCK_CHARS])
        parts.clear()
        if text:
            size = len(text)
            texts.append(text)
            blocks.element.append(current)
            blocks.link_chars.append(link_chars if link_chars < size else size)
            blocks.links.append(links)
            blocks.strong_chars.append(strong_chars if strong_chars < size else size)
            blocks.slanted_chars.append(slanted_chars if slanted_chars < size else size)
            blocks.images.append(images)
            blocks.rules.append(rules)
            blocks.inline_key.append(inline_key)
            blocks.href.append(href)
        link_chars = links = strong_chars = slanted_chars = 0
        inline_key = href = ""

    def enter(node: LexborNode, tag: str) -> None:
        """Enter a block-level element."""
        nonlocal current
        key, hidden = _name_of(node)
        e.depth.append(e.depth[current] + 1 if current >= 0 else 0)
        e.hidden.append(hidden or (current >= 0 and e.hidden[current]))
        parents.append(current)
        current = len(tags)
        tags.append(tag)
        e.key.append(key)
        starts.append(len(texts))
        ends.append(-1)
        e.images.append(-images)
        e.inputs.append(-inputs)
        e.embeds.append(-embeds)

    enter(root, root.tag or "body")
    node = root.first_child
    while True:
        if node is None:  # all of an element has been seen: leave it
            if not stack:
                break
            closed, duty = stack.pop()
            if duty >= _BUTTON:
                if parts:
                    flush()
                ends[current] = len(texts)
                e.images[current] += images
                e.inputs[current] += inputs
                e.embeds[current] += embeds
                current = parents[current]
                breaks = 0
            elif duty == _LINK:
                in_link -= 1
            elif duty == _BOLD:
                in_strong -= 1
            elif duty == _ITALIC:
                in_slanted -= 1
            node = closed.next
            continue
        tag = node.tag or ""
        duty = duty_of(tag)
        if duty == _TEXT:
            text = node.text_content or ""
            if text and not text.isspace():
                breaks = 0
                if in_link:
                    link_chars += len(text)
                if in_strong:
                    strong_chars += len(text)
                if in_slanted:
                    slanted_chars += len(text)
                parts.append(text)
            elif parts:
                parts.append(" ")
        elif duty < _LINK:
            if duty == _BREAK:
                breaks += 1
                if breaks >= 2 and parts:
                    flush()
                elif parts:
                    parts.append("\n")
            elif duty == _IMAGE:
                images += 1
            elif duty == _EMBED:
                embeds += 1
            elif duty == _INPUT:
                inputs += 1
            elif duty == _RULE:
                if parts:
                    flush()
                rules += 1
        else:
            if duty == _BLOCK:
                if parts:
                    flush()
                if in_link:
                    links = 1
                else:
                    links, href = 0, ""
                inline_key = ""
                breaks = 0
                enter(node, tag)
                if len(texts) >= MAX_BLOCKS or len(tags) >= MAX_ELEMENTS:
                    break
            elif duty == _BUTTON:
                inputs += 1
                if parts:
                    flush()
                enter(node, tag)
            else:
                if duty == _LINK:
                    in_link += 1
                    links += 1
                    if not href:
                        attributes = node.attributes
                        href = attributes.get("href") or ""
                        if not inline_key and not parts:
                            inline_key = attributes.get("class") or ""
                elif duty == _BOLD:
                    in_strong += 1
                elif duty == _ITALIC:
                    in_slanted += 1
                if not inline_key and not parts:
                    inline_key = node.attributes.get("class") or ""
            stack.append((node, duty))
            node = node.first_child
            continue
        node = node.next
    if parts:
        flush()
    last = len(texts)
    for index, end in enumerate(ends):
        if end < 0:
            ends[index] = last


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
