"""Text within and beside the body that is no part of it: what it is, how sure, and why.

Prompts are told by what they are. A *sentence* asks when it opens with a verb that newsletters, subscriptions, networks,
apps or further reading are offered with, or speaks to the reader of the paper's own offers; a *block* is a prompt when
asking is all it does and something besides its wording agrees: it speaks of the house (`our`, the paper's name), it is
a link, it stands in a form or in a box so named, or at the edge of the body. Wording alone never removes a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from articles.blocks import Blocks
from articles.features import GROUP_BIT, groups
from articles.lexicon import Says, says
from articles.model import Kind
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
    if opens & (Says.GO | Says.APP) and masks[0] and every & Says.APP and (own or to_reader or every & Says.NETWORK):
        return Kind.APP, own
    if first & Says.GO and every & Says.NETWORK and (own or to_reader) and count <= 25:
        return Kind.FOLLOW, own
    if first & Says.SHARE and count <= 8 and (every & Says.NETWORK or every & _RELATED_OR_ARTICLE or count <= 2):
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
