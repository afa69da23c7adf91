"""Small boxes of a page, which are what the surest of their lines is: they end in a call to act, stand under the label
of an advertisement, are named as prompts' boxes are, or hold no body at all."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from itertools import accumulate
from typing import Final

from articles.blocks import Elements
from articles.draft import Draft, signs_up
from articles.features import GROUP_BIT, groups
from articles.furniture import TELLS
from articles.lexicon import Says, says
from articles.model import Kind
from articles.prompts import Verdict

_CALL_WORDS: Final = 8
"""Words of the longest call, `Advertisement` or `Jetzt kostenlos anmelden`."""
_BOX_WORDS: Final = 60
_BOX_BLOCKS: Final = 7
_AD_BLOCKS: Final = 3
_BESIDE: Final = 60
"""Blocks before and after the body that are still told of."""
_OUTSIDE: Final = frozenset({"nav", "footer", "header"})


def ending_in_calls(draft: Draft) -> dict[int, Verdict]:
    """Blocks of small boxes that end in a call to act: a field to fill in, or a link to a sign-up."""
    blocks, elements = draft.blocks, draft.blocks.elements
    words = draft.body.context.words.tolist()
    found: dict[int, Verdict] = {}
    sums = [0.0, *accumulate(words)]
    for i, text in enumerate(blocks.text):
        if words[i] > _CALL_WORDS or i in found:
            continue
        at = blocks.element[i]
        if words[i] <= 2 and says(text.casefold().strip(" .:-—")) & Says.ADVERTISEMENT:
            label = f"stands in a small box under the label {text!r}"
            box = _box_around(elements, sums, at, levels=3, most=_AD_BLOCKS)
            found |= dict.fromkeys(box, Verdict(Kind.ADVERTISEMENT, 0.8, label))
            continue
        linked = blocks.link_chars[i] > 0.8 * len(text) and signs_up(blocks.href[i])
        if not linked and not (elements.tag[at] == "button" and _is_call(draft, i)):
            continue
        box = _box_around(elements, sums, at, levels=4, most=_BOX_BLOCKS)
        if len(box) < 2 or (not linked and not _offers(draft, box)):
            continue
        verdicts = [verdict for k in box if (verdict := draft.asks_in_any_words(k))]
        unsaid = Kind.NEWSLETTER if "letter" in blocks.href[i] else Kind.SUBSCRIBE
        kind = max(verdicts, key=lambda verdict: verdict.score).kind if verdicts else unsaid
        reason = f"one of {len(box)} lines in a box that ends in {text!r}"
        found |= dict.fromkeys(box, Verdict(kind, 0.85, reason))
    return found


def _box_around(elements: Elements, sums: Sequence[float], at: int, *, levels: int, most: int) -> range:
    """The blocks of the largest element around one, so many levels up at most, that is a small box; empty: none is.

    `sums`: the words of all blocks before each. `most`: blocks of a small box.
    """
    box = range(0)
    for _ in range(levels):
        start, end = elements.start[at], elements.end[at]
        if (
            at <= 0
            or elements.tag[at] == "body"
            or end - start > most
            or sums[end] - sums[start] > _BOX_WORDS
        ):
            break
        box, at = range(start, end), elements.parent[at]
    return box


_CALLS: Final = Says.SUBSCRIBE | Says.FOLLOW | Says.GO


def _is_call(draft: Draft, i: int) -> bool:
    """Whether a button's text is an order to subscribe, join or get: a question that opens its answer is none."""
    asks = draft.blocks.text[i].rstrip().endswith("?")
    return not asks and bool(int(draft.body.context.meanings[i]) & _CALLS)


def _offers(draft: Draft, box: range) -> bool:
    """Whether a box with a button speaks of sign-ups or to the reader; a gallery's or a code sample's does not."""
    told = Says.SUBSCRIBE | Says.NEWSLETTER | Says.APP | Says.FOLLOW | Says.SUBSCRIPTION
    return any(int(draft.body.context.meanings[k]) & told for k in box)


_ASKING: Final = frozenset({Kind.NEWSLETTER, Kind.SUBSCRIBE, Kind.APP, Kind.FOLLOW, Kind.SHARE})
_COMPANY: Final = 0.15
"""What a prompt beside it adds to a prompt."""


def companions(draft: Draft, kept: Sequence[int], verdicts: Mapping[int, Verdict]) -> dict[int, Verdict]:
    """Body blocks that go with a prompt: headings of one, lines beside it that nearly are one themselves, and what
    shares a box so named with it."""
    held = set(kept)
    found: dict[int, Verdict] = {}
    for i in kept:
        if draft.is_heading(i) and _announces(draft, i) and i + 1 not in held:
            below = verdicts.get(i + 1) or draft.asks(i + 1)
            if below is not None and below.kind in _ASKING and below.score >= 0.55:
                found[i] = Verdict(below.kind, below.score, f"heads text that {TELLS[below.kind]}")
    for i, verdict in verdicts.items():
        if verdict.kind in _ASKING:
            found |= _beside(draft, i, held)
            told = Verdict(verdict.kind, 0.8, f"stands in one box with text that {TELLS[verdict.kind]}")
            found |= dict.fromkeys(held.intersection(_box_of_prompts(draft, i)), told)
    return found


def _beside(draft: Draft, i: int, held: Container[int]) -> dict[int, Verdict]:
    """The lines right above and below a prompt, in the same element, that are one if it speaks for them."""
    parent, element = draft.blocks.elements.parent, draft.blocks.element
    found: dict[int, Verdict] = {}
    for k in (i - 1, i + 1):
        verdict = draft.asks(k) if k in held and parent[element[k]] == parent[element[i]] else None
        if verdict is not None and verdict.kind in _ASKING:
            score = verdict.score + _COMPANY
            if score >= draft.needed(verdict.kind, k):
                found[k] = Verdict(
                    verdict.kind, min(score, 1.0), f"{verdict.reason}; stands beside another prompt"
                )
    return found


def _box_of_prompts(draft: Draft, i: int) -> range:
    """The blocks of the small box around a block that is named as those of prompts are; empty: there is none."""
    elements, words = draft.blocks.elements, draft.body.context.words
    at = draft.blocks.element[i]
    for _ in range(3):
        start, end = elements.start[at], elements.end[at]
        if at <= 0 or end - start > _BOX_BLOCKS or words[start:end].sum() > _BOX_WORDS:
            break
        if groups(elements.key[at]) & GROUP_BIT["promo"]:
            return range(start, end)
        at = elements.parent[at]
    return range(0)


_SHORT_HEADING: Final = 5
_OFFERED: Final = (
    Says.NEWSLETTER | Says.SUBSCRIBE | Says.SUBSCRIPTION | Says.APP | Says.FOLLOW | Says.SHARE | Says.GO
)


def _announces(draft: Draft, i: int) -> bool:
    """Whether a heading of a few words names what prompts offer: `Newsletter`."""
    context = draft.body.context
    return context.words[i] <= _SHORT_HEADING and bool(int(context.meanings[i]) & _OFFERED)


def region(draft: Draft, kept: Sequence[int]) -> tuple[int, int]:
    """Blocks within and beside the body: from the element around all of it, one level up."""
    blocks, elements = draft.blocks, draft.blocks.elements
    at = blocks.element[kept[0]]
    while at > 0 and not (elements.start[at] <= kept[0] and elements.end[at] > kept[-1]):
        at = elements.parent[at]
    if elements.parent[at] > 0:
        at = elements.parent[at]
    low, high = (
        max(elements.start[at], kept[0] - _BESIDE),
        min(elements.end[at], kept[-1] + _BESIDE),
    )
    return min(low, kept[0]), max(high, kept[-1] + 1)


def without_body(draft: Draft, kept: Sequence[int], start: int, end: int) -> dict[int, int]:
    """For each block of a stretch outside the body the largest element around it that holds no body text."""
    blocks, elements = draft.blocks, draft.blocks.elements
    counts = [0] * (len(blocks.text) + 1)
    held = set(kept)
    for i in range(len(blocks.text)):
        counts[i + 1] = counts[i] + (i in held)
    boxes: dict[int, int] = {}
    for i in range(start, end):
        if i in held:
            continue
        at = blocks.element[i]
        box = -1 if counts[elements.end[at]] - counts[elements.start[at]] else at
        while box >= 0:
            parent = elements.parent[box]
            if parent < 0 or counts[elements.end[parent]] - counts[elements.start[parent]]:
                break
            box = parent
        if not (kept[0] < i < kept[-1]) and box >= 0 and elements.tag[box] in _OUTSIDE:
            continue
        boxes[i] = box
    return boxes


def asked_by(
    draft: Draft, boxes: Mapping[int, int], verdicts: dict[int, Verdict], last: int
) -> dict[int, Verdict]:
    """What the surest line of each small box asks for; the lines' own verdicts are added to `verdicts`."""
    asked: dict[int, Verdict] = {}
    elements, words = draft.blocks.elements, draft.body.context.words
    for i, box in boxes.items():
        verdict = verdicts.get(i) or draft.asks(i, edge=i > last)
        if verdict is None or verdict.score < _TOLD:
            continue
        verdicts.setdefault(i, verdict)
        if box < 0 or verdict.kind not in _SPREADING or (box in asked and asked[box].score >= verdict.score):
            continue
        start, end = elements.start[box], elements.end[box]
        if verdict.kind is Kind.RELATED or (end - start <= _ASKED_BLOCKS and words[start:end].sum() <= 120):
            asked[box] = verdict
    return asked


_SPREADING: Final = _ASKING | {Kind.RELATED, Kind.ADVERTISEMENT, Kind.PAYWALL, Kind.CONSENT, Kind.COMMENT}
"""Kinds that a whole box is of where one line of it is."""
_TOLD: Final = 0.45
"""Score from which a line outside the body is said to ask for something."""
_ASKED_BLOCKS: Final = 14
