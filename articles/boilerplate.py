"""Text within and beside the body that is no part of it: what it is, how sure, and why.

Prompts are told by what they are. A *sentence* asks when it opens with a verb that newsletters, subscriptions, networks,
apps or further reading are offered with, or speaks to the reader of the paper's own offers; a *block* is a prompt when
asking is all it does and something besides its wording agrees: it speaks of the house (`our`, the paper's name), it is
a link, it stands in a form or in a box so named, or at the edge of the body. Wording alone never removes a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from articles.blocks import Blocks, path_of
from articles.body import Body
from articles.features import GROUP_BIT, Hints, groups
from articles.lexicon import Says, says
from articles.model import Kind, Removed
from articles.profile import MAX_WORDS, Profile, Repeats, line_key, repeats
from articles.text import folded

_SENTENCE: Final = re.compile(r"(?<=[.!?…:])\s+|\s+[|•·–—]\s+")
_MAX_WORDS: Final = 75
"""No prompt is longer; a longer block is text, whatever it speaks of."""

_ASKS: Final = Says.SUBSCRIBE | Says.FOLLOW | Says.GO | Says.APP
_OWN: Final = Says.HOUSE | Says.READER


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a block is taken for."""

    kind: Kind
    score: float
    """0 to 1."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a block stands, as far as it tells a prompt from a paragraph."""

    names: int = 0
    """Groups of the names of its element and those around it."""
    link_share: float = 0.0
    in_form: bool = False
    edge: bool = False
    """No body text follows it."""
    tag: str = "p"
    house: str = ""
    """The paper's name, folded to one word: `latinpost`."""


def prompt(text: str, setting: Setting) -> Verdict | None:
    """What a block asks of the reader, where asking is all it does; None for text."""
    tokens = folded(text)
    if not tokens or len(tokens) > _MAX_WORDS:
        return None
    asking, total = 0, 0
    kinds: dict[Kind, int] = {}
    own = False
    for sentence in _SENTENCE.split(text):
        found = folded(sentence)
        if not found:
            continue
        total += len(found)
        kind, of_house = _asks(found, sentence, setting)
        own = own or of_house
        if kind is not None:
            asking += len(found)
            kinds[kind] = kinds.get(kind, 0) + len(found)
    if not kinds:
        return None
    kind = max(kinds, key=lambda k: kinds[k])
    share = asking / total
    reasons = [_SAYING[kind]]
    score = 0.3 * share
    if share >= 0.99:
        score += 0.1
        reasons.append("nothing else is said beside it")
    if own:
        score += 0.25
        reasons.append("speaks of the paper's own offer")
    if setting.link_share > 0.6:
        score += 0.25
        reasons.append("it is a link")
    elif setting.link_share > 0.15 and len(tokens) < 40:
        score += 0.1
        reasons.append("it links")
    if setting.in_form:
        score += 0.3
        reasons.append("stands in a form")
    named = _named(setting.names)
    if named is not None:
        score += 0.25
        reasons.append(f"its box is called {named}")
    if setting.edge and len(tokens) < 40:
        score += 0.15
        reasons.append("stands at the end of the text")
    if len(tokens) <= 12:
        score += 0.1
    if kind is Kind.RELATED and tokens and text.rstrip().endswith(":"):
        score += 0.1
    return Verdict(kind=kind, score=min(score, 1.0), reason="; ".join(reasons))


_SAYING: Final = {
    Kind.NEWSLETTER: "asks the reader to take a newsletter",
    Kind.SUBSCRIBE: "asks the reader to subscribe or sign up",
    Kind.FOLLOW: "asks the reader to follow the paper elsewhere",
    Kind.SHARE: "asks the reader to share",
    Kind.APP: "offers an app",
    Kind.RELATED: "points to another story",
    Kind.PAYWALL: "asks for payment or a login to read on",
    Kind.ADVERTISEMENT: "labels an advertisement",
    Kind.COMMENT: "asks for comments",
    Kind.CONSENT: "asks for consent",
}


def _named(names: int) -> str | None:
    for group in ("promo", "related", "share", "ad", "overlay", "comment"):
        if names & GROUP_BIT[group]:
            return group
    return None


def _asks(tokens: list[str], sentence: str, setting: Setting) -> tuple[Kind | None, bool]:
    """What a sentence asks for, if it asks; and whether it speaks of the paper's own offers."""
    masks = [says(token) for token in tokens[:40]]
    every = 0
    for mask in masks:
        every |= mask
    first = masks[0]
    opens = first | (masks[1] if len(masks) > 1 and len(tokens[0]) <= 6 else 0)
    house = bool(setting.house) and len(setting.house) > 3 and setting.house in "".join(tokens)
    own = bool(every & Says.HOUSE) or house
    count = len(tokens)
    to_reader = bool(every & Says.READER)
    imperative = bool(first & _ASKS)
    if every & Says.NEWSLETTER and (
        (imperative and (own or to_reader or every & Says.SUBSCRIBE))
        or (every & Says.SUBSCRIBE and (own or to_reader))
        or (own and every & Says.OFFER and to_reader)
    ):
        return Kind.NEWSLETTER, own
    if first & Says.SUBSCRIBE and (own or to_reader or every & Says.OFFER or count <= 6):
        return (Kind.PAYWALL if every & Says.PAYWALL and to_reader else Kind.SUBSCRIBE), own
    if every & Says.SUBSCRIBE and every & Says.PAYWALL and to_reader and imperative:
        return Kind.PAYWALL, own
    if first & Says.FOLLOW and (every & Says.NETWORK or own) and count <= 30:
        return Kind.FOLLOW, own
    if (
        opens & (Says.GO | Says.APP)
        and masks[0]
        and every & Says.APP
        and (own or to_reader or every & Says.NETWORK)
    ):
        return Kind.APP, own
    if first & Says.GO and every & Says.NETWORK and (own or to_reader) and count <= 25:
        return Kind.FOLLOW, own
    if (
        first & Says.SHARE
        and count <= 8
        and (every & Says.NETWORK or every & _RELATED_OR_ARTICLE or count <= 2)
    ):
        return Kind.SHARE, own
    if _points_elsewhere(tokens, masks, sentence, setting):
        return Kind.RELATED, own
    if every & Says.ADVERTISEMENT and count <= 4:
        return Kind.ADVERTISEMENT, own
    if every & Says.COMMENT and count <= 8 and (imperative or first & (Says.COMMENT | Says.SHARE)):
        return Kind.COMMENT, own
    if every & Says.CONSENT and to_reader and imperative and own:
        return Kind.CONSENT, own
    if imperative and own and every & Says.OFFER and count <= 25 and sentence.rstrip().endswith("!"):
        return Kind.SUBSCRIBE, own
    return None, own


_RELATED_OR_ARTICLE: Final = Says.RELATED | Says.HOUSE


def _points_elsewhere(tokens: list[str], masks: list[int], sentence: str, setting: Setting) -> bool:
    """`Read more:`, `Lesen Sie auch`, `You might also like`: further reading announced, or linked to outright."""
    related = sum(1 for mask in masks[:6] if mask & Says.RELATED)
    short = len(tokens) <= 6
    colon = ":" in sentence[: 40 if short else 30]
    if masks[0] & Says.RELATED or (masks[0] & Says.READER and related >= 1 and short):
        if related >= 2 and (short or colon or setting.link_share > 0.4):
            return True
        if colon and (short or setting.link_share > 0.4):
            return True
        return setting.link_share > 0.8 and related >= 1 and len(tokens) <= 4
    return False


# --- The strip ------------------------------------------------------------------------------------

_BYLINE: Final = re.compile(
    r"(?:[Bb]y|BY|[Vv]on|VON|[Pp]or|POR|[Pp]ar|PAR|[Dd]i|[Dd]oor|[Aa]v|[Pp]rzez|[Tt]ext:)\s+[A-Z\u00c0-\u017d]"
)
_BESIDE: Final = 60
"""Blocks before and after the body that are still told of."""
_SURE: Final = 0.6
"""A verdict from which a block that the classifier took for body is removed all the same."""
_OUTSIDE: Final = frozenset({"nav", "footer", "header"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What stays of the body, and what does not."""

    kept: tuple[int, ...]
    """Indexes of body blocks, in page order."""
    removed: tuple[Removed, ...]
    """In page order."""


def strip(blocks: Blocks, body: Body, hints: Hints, house: str, profile: Profile | None = None) -> Strip:
    """Take prompts and repetitions out of the chosen blocks, and say of everything within and beside them what it is.

    `profile` knows which lines stand on many pages of the site.
    """
    known = repeats(profile) if profile is not None else {}
    taken = [int(i) for i in body.taken.nonzero()[0]]
    if not taken:
        return Strip(kept=(), removed=())
    verdicts: dict[int, Verdict] = {}
    title = folded(hints.title)
    last_prose = max((i for i in taken if body.context.words[i] >= 15), default=taken[-1])
    kept: list[int] = []
    for i in taken:
        verdict = _judged(blocks, i, body, title, house, known, edge=i > last_prose, first=not kept)
        if verdict is not None:
            verdicts[i] = verdict
        else:
            kept.append(i)
    if not kept:
        return Strip(kept=tuple(taken), removed=())
    region = _region(blocks, kept)
    boxes = _boxes(blocks, kept, region)
    held = set(kept)
    removed = []
    place = 0
    kinds = _box_kinds(blocks, boxes, verdicts, house, kept[-1])
    for i in range(region[0], region[1]):
        if i in held:
            place += 1
            continue
        if i not in boxes and i not in verdicts:
            continue
        verdict = verdicts.get(i) or _furniture(blocks, i, kinds.get(boxes[i]), body, title)
        if verdict is not None:
            removed.append(
                Removed(
                    kind=verdict.kind,
                    text=blocks.text[i],
                    place=place,
                    score=round(verdict.score, 2),
                    reason=verdict.reason,
                    path=path_of(blocks, i),
                )
            )
    return Strip(kept=tuple(kept), removed=tuple(removed))


def _judged(
    blocks: Blocks,
    i: int,
    body: Body,
    title: list[str],
    house: str,
    known: Mapping[str, Repeats],
    *,
    edge: bool,
    first: bool,
) -> Verdict | None:
    """Why a block that was taken for body is none after all; None: it is."""
    text = blocks.text[i]
    tokens = folded(text)
    if not tokens:
        return None
    if first and title and len(tokens) <= len(title) + 2 and tokens[: len(title)] == title:
        return Verdict(Kind.REPEATED, 0.95, "the headline once more")
    if first and len(tokens) <= 10 and _BYLINE.match(text) and not text.endswith((".", "!", "?")):
        return Verdict(Kind.BYLINE, 0.8, "names the author")
    if known and len(tokens) <= MAX_WORDS and (seen := known.get(line_key(text))):
        # A column's standing introduction repeats too: many pages, or a doubt of the classifier's, must agree.
        chance = float(body.chance[i])
        if (seen.share >= 0.5 and chance < 0.97) or (seen.pages >= 3 and chance < 0.8):
            return Verdict(
                Kind.REPEATED,
                0.9,
                f"stands on {seen.pages} pages of this site, {seen.share:.0%} of those known",
            )
    verdict = prompt(text, setting_of(blocks, i, house, edge=edge))
    if verdict is None:
        return None
    # The surer the classifier is of a block, the more must speak against it.
    needed = _SURE - 0.15 * (1.0 - float(body.chance[i])) * 2
    return verdict if verdict.score >= needed else None


def _region(blocks: Blocks, kept: list[int]) -> tuple[int, int]:
    """Blocks within and beside the body: from the element around all of it, one level up."""
    elements = blocks.elements
    at = blocks.element[kept[0]]
    while at > 0 and not (elements.start[at] <= kept[0] and elements.end[at] > kept[-1]):
        at = elements.parent[at]
    if elements.parent[at] > 0:
        at = elements.parent[at]
    low, high = max(elements.start[at], kept[0] - _BESIDE), min(elements.end[at], kept[-1] + _BESIDE)
    return min(low, kept[0]), max(high, kept[-1] + 1)


def _boxes(blocks: Blocks, kept: list[int], region: tuple[int, int]) -> dict[int, int]:
    """For each block of the region outside the body the largest element around it that holds no body text."""
    elements = blocks.elements
    counts = [0] * (len(blocks.text) + 1)
    held = set(kept)
    for i in range(len(blocks.text)):
        counts[i + 1] = counts[i] + (i in held)
    boxes: dict[int, int] = {}
    for i in range(region[0], region[1]):
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


def _box_kinds(
    blocks: Blocks, boxes: dict[int, int], verdicts: dict[int, Verdict], house: str, last: int
) -> dict[int, Verdict]:
    """What the boxes are: what the surest of their blocks is, else what they are called."""
    kinds: dict[int, Verdict] = {}
    for i, box in boxes.items():
        verdict = verdicts.get(i) or prompt(blocks.text[i], setting_of(blocks, i, house, edge=i > last))
        if verdict is None:
            continue
        verdicts.setdefault(i, verdict)
        if box >= 0 and (box not in kinds or kinds[box].score < verdict.score):
            kinds[box] = verdict
    for i, box in boxes.items():
        if box < 0 or box in kinds:
            continue
        names = groups(blocks.elements.key[box]) | groups(blocks.elements.key[blocks.element[i]])
        for group, kind in _GROUP_KINDS:
            if names & GROUP_BIT[group]:
                kinds[box] = Verdict(kind, 0.7, f"its box is called {group}")
                break
    return kinds


_GROUP_KINDS: Final = (
    ("promo", Kind.NEWSLETTER),
    ("share", Kind.SHARE),
    ("comment", Kind.COMMENT),
    ("ad", Kind.ADVERTISEMENT),
    ("figure", Kind.CAPTION),
    ("related", Kind.RELATED),
    ("byline", Kind.BYLINE),
    ("overlay", Kind.PAYWALL),
    ("nav", Kind.NAVIGATION),
    ("tag", Kind.NAVIGATION),
    ("card", Kind.RELATED),
)


def _furniture(blocks: Blocks, i: int, box: Verdict | None, body: Body, title: list[str]) -> Verdict | None:
    """What a block is that asks for nothing: a caption, a credit, a byline, links."""
    at = blocks.element[i]
    tag = blocks.elements.tag[at]
    text = blocks.text[i]
    tokens = folded(text)
    unlike = max(0.0, 1.0 - float(body.chance[i]))
    if not tokens:
        return None
    if title and tokens == title:
        return None if tag == "h1" else Verdict(Kind.REPEATED, unlike, "the headline once more")
    names = groups(blocks.elements.key[at]) | (groups(blocks.inline_key[i]) if blocks.inline_key[i] else 0)
    first = says(tokens[0]) | (says(tokens[1]) if len(tokens) > 1 else 0)
    figure = tag in ("figcaption", "figure") or names & GROUP_BIT["figure"]
    if figure or (box is not None and box.kind is Kind.CAPTION):
        if first & Says.CREDIT and len(tokens) <= 12:
            return Verdict(Kind.CREDIT, unlike, "names who made a picture")
        return Verdict(Kind.CAPTION, unlike, "stands with a picture")
    if names & GROUP_BIT["byline"] or (len(tokens) <= 12 and first & Says.MINUTES):
        return Verdict(Kind.BYLINE, unlike, "says who wrote it, or when")
    if box is not None:
        return Verdict(box.kind, max(unlike, 0.5), f"stands in one box with text that {_TELLS[box.kind]}")
    if first & Says.CREDIT and len(tokens) <= 12:
        return Verdict(Kind.CREDIT, unlike, "names who made a picture")
    linked = blocks.link_chars[i] / max(len(text), 1)
    if linked > 0.5:
        kind = Kind.RELATED if len(tokens) >= 4 else Kind.NAVIGATION
        return Verdict(kind, unlike, "is nothing but a link")
    if body.context.repeats[i]:
        return Verdict(Kind.REPEATED, unlike, "stands twice on the page")
    return Verdict(Kind.NAVIGATION, unlike, "reads and stands unlike the body")


_TELLS: Final = {
    Kind.NEWSLETTER: "offers a newsletter",
    Kind.SUBSCRIBE: "asks to subscribe",
    Kind.FOLLOW: "asks to follow",
    Kind.SHARE: "asks to share",
    Kind.APP: "offers an app",
    Kind.RELATED: "points to other stories",
    Kind.ADVERTISEMENT: "labels an advertisement",
    Kind.CAPTION: "stands with a picture",
    Kind.CREDIT: "names who made a picture",
    Kind.BYLINE: "says who wrote it",
    Kind.PAYWALL: "asks for payment or a login",
    Kind.CONSENT: "asks for consent",
    Kind.COMMENT: "asks for comments",
    Kind.REPEATED: "repeats",
    Kind.NAVIGATION: "leads through the site",
}


def setting_of(blocks: Blocks, index: int, house: str, *, edge: bool) -> Setting:
    """Where a block of a page stands."""
    elements = blocks.elements
    at = blocks.element[index]
    names = groups(blocks.inline_key[index]) if blocks.inline_key[index] else 0
    in_form = False
    tag = elements.tag[at]
    for _ in range(3):
        # A container with much text of its own says nothing about one block of it.
        if at < 0 or elements.end[at] - elements.start[at] > 12:
            break
        names |= groups(elements.key[at]) if elements.key[at] else 0
        in_form = in_form or elements.tag[at] == "form" or elements.inputs[at] > 0
        at = elements.parent[at]
    chars = max(len(blocks.text[index]), 1)
    return Setting(
        names=names,
        link_share=blocks.link_chars[index] / chars,
        in_form=in_form,
        edge=edge,
        tag=tag,
        house=house,
    )
