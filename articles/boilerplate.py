"""Text within and beside the body that is no part of it: what it is, how sure, and why.

Prompts are told by what they are. A *sentence* asks when it opens with a verb that newsletters, subscriptions,
networks, apps or further reading are offered with, or speaks to the reader of the paper's own offers; a *block* is a
prompt when asking is all it does and something besides its wording agrees: it speaks of the house (`our`, the paper's
name), it is a link, it stands in a form or in a box so named, or at the edge of the body. Wording alone never removes
a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from articles.blocks import Blocks, path_of
from articles.body import Body
from articles.features import GROUP_BIT, Hints, groups
from articles.lexicon import Says, says
from articles.model import Kind, Removed
from articles.profile import MAX_WORDS, Profile, Repeats, line_key, repeats
from articles.text import folded

_SENTENCE: Final = re.compile(r"(?<=[.!?…:])\s+|(?<=[a-z][.!?])(?=[A-Z])|\s+[|•·–—]\s+")
_SIGN_UP: Final = re.compile(
    r"subscri|newsletter|sign-?up|abonn|/abo\b|suscri|assin|inscri|iscri|prenumer|mailing|email-?alert|apps\.apple|"
    r"play\.google|donat|membership|list-manage"
)
_MAX_WORDS: Final = 75
"""No prompt is longer; a longer block is text, whatever it speaks of."""


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
    slanted: float = 0.0
    """Share of it in italics or bold."""
    in_form: bool = False
    signs_up: bool = False
    """Its link leads to a subscription, a newsletter, an account or an app store."""
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
    asking = foreign = 0
    kinds: dict[Kind, int] = {}
    own = to_reader = offers = False
    for sentence in _SENTENCE.split(text):
        found = folded(sentence)
        if not found:
            continue
        masks = [says(token) for token in found[:40]]
        every = 0
        for mask in masks:
            every |= mask
        house = _speaks_of(setting.house, found, masks)
        kind = _asks(found, masks, every, sentence, setting, house=house)
        if kind is not None:
            asking += len(found)
            kinds[kind] = kinds.get(kind, 0) + len(found)
            own = own or house or bool(every & Says.HOUSE)
            to_reader = to_reader or bool(every & Says.READER)
            offers = offers or bool(every & Says.OFFER)
        elif not _leads_up(found, every, sentence):
            foreign += len(found)
    if not kinds:
        return None
    kind = max(kinds, key=lambda k: kinds[k])
    if kind is Kind.RELATED and len(tokens) <= 40 and (setting.link_share > 0.3 or len(tokens) <= 25):
        # What follows `Read more:` is the other story's headline, not text.
        foreign = 0
    if setting.slanted > 0.9 or setting.signs_up or setting.in_form:
        foreign //= 4
    elif len(tokens) <= 25 and foreign <= 6:
        foreign = 0
    share = asking / (asking + foreign)
    reasons = [_SAYING[kind]]
    score = 0.35 * share
    if share >= 0.99:
        score += 0.1
        reasons.append("nothing else is said beside it")
    if own:
        score += 0.2
        reasons.append("speaks of the paper's own offer")
    elif to_reader or offers:
        score += 0.1
    if setting.link_share > 0.6:
        score += 0.25
        reasons.append("it is a link")
    elif setting.link_share > 0.1:
        score += 0.15
        reasons.append("it links")
    if setting.slanted > 0.9:
        score += 0.1
        reasons.append("set apart in italics or bold")
    if setting.signs_up:
        score += 0.3
        reasons.append("its link leads to a sign-up")
    if setting.in_form:
        score += 0.3
        reasons.append("stands in a form")
    named = _named(setting.names)
    if named is not None:
        score += 0.25
        reasons.append(f"its box is called {named}")
    if setting.edge:
        score += 0.1
        reasons.append("stands at the end of the text")
    if len(tokens) <= 25:
        score += 0.1
    if kind in (Kind.NEWSLETTER, Kind.SUBSCRIBE, Kind.APP) and len(kinds) + (asking > 12) > 1:
        score += 0.05
    if kind is Kind.RELATED and share > 0.99 and (text.rstrip().endswith(":") or ":" in text[:30]):
        score += 0.2
    return Verdict(
        kind=kind,
        score=min(score * min(1.0, 0.25 + share), 1.0),
        reason="; ".join(reasons),
    )


def _speaks_of(house: str, tokens: list[str], masks: list[int]) -> bool:
    """Whether the paper is named, in full or by the first or last word of its name."""
    if len(house) <= 3:
        return False
    if house in "".join(tokens):
        return True
    return any(
        len(token) >= 5 and not mask and (house.endswith(token) or house.startswith(token))
        for token, mask in zip(tokens, masks, strict=False)
    )


def _leads_up(tokens: list[str], every: int, sentence: str) -> bool:
    """Whether a sentence is of the kind that a prompt begins or ends with: `Enjoying this story?`, `No spam, ever.`"""
    if len(tokens) > 16 or '"' in sentence or "“" in sentence:
        return False
    if sentence.rstrip().endswith("?"):
        return len(tokens) <= 9
    if sentence.rstrip().endswith(":"):
        return len(tokens) <= 6
    if every & (Says.NEWSLETTER | Says.APP | Says.SUBSCRIPTION):
        return True
    told = Says.READER | Says.HOUSE | Says.OFFER | Says.GO | Says.SUBSCRIBE
    return len(tokens) <= 12 and (bool(every & told) or len(tokens) <= 3)


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


_CLAUSE: Final = re.compile(
    r"[,;:–—(]\s*|\s+(?:and|or|und|oder|y|o|e|et|ou|en|of|i|och|eller|to)\s+",
    re.IGNORECASE,
)
_QUOTES: Final = re.compile(r"[\"“”„«»]")
_DEMANDS: Final = Says.SUBSCRIBE | Says.FOLLOW | Says.GO


def _asks(
    tokens: list[str],
    masks: list[int],
    every: int,
    sentence: str,
    setting: Setting,
    *,
    house: bool,
) -> Kind | None:
    """What a sentence asks for, if it asks."""
    if not every & _ANY and "@" not in sentence:
        return None
    first = masks[0]
    own = house or bool(every & Says.HOUSE)
    count = len(tokens)
    to_reader = bool(every & Says.READER)
    # Words that someone is quoted with ask nothing of the reader.
    spoken = bool(_QUOTES.search(sentence)) and count > 6
    demand = 0 if spoken else first & _DEMANDS
    if tokens[0] in _BECOME:
        demand = Says.GO
    if not spoken and not demand and every & _DEMANDS:
        for clause in _CLAUSE.split(sentence)[1:]:
            opening = _FIRST_WORD.search(clause)
            if opening:
                demand |= says(opening.group().casefold()) & (Says.SUBSCRIBE | Says.GO)
    offered = bool(every & Says.OFFER)
    if every & Says.NEWSLETTER and not spoken:
        signs_up = bool(every & Says.SUBSCRIBE)
        if demand and (own or to_reader or signs_up or offered):
            return Kind.NEWSLETTER
        if signs_up and (own or to_reader or offered):
            return Kind.NEWSLETTER
        if own and offered and to_reader:
            return Kind.NEWSLETTER
        if first & Says.NEWSLETTER and count <= 4:
            return Kind.NEWSLETTER
    if demand & Says.GO and every & Says.SUBSCRIPTION and count <= 12:
        return Kind.SUBSCRIBE
    if demand & Says.SUBSCRIBE and (
        own or to_reader or offered or every & Says.PAYWALL or count <= 6 or setting.signs_up
    ):
        return Kind.PAYWALL if every & Says.PAYWALL and to_reader and not offered else Kind.SUBSCRIBE
    if every & (Says.SUBSCRIBE | Says.SUBSCRIPTION) and demand and (own or offered) and count <= 25:
        return Kind.SUBSCRIBE
    if (
        first & Says.FOLLOW
        and (every & Says.NETWORK or own or "@" in sentence)
        and count <= 30
        and not spoken
    ):
        return Kind.FOLLOW
    if every & Says.FOLLOW and own and every & Says.NETWORK and count <= 25 and not spoken:
        return Kind.FOLLOW
    if every & Says.NETWORK and demand & Says.GO and (own or to_reader) and count <= 25:
        return Kind.FOLLOW
    if (
        every & Says.APP
        and (demand or first & Says.APP)
        and (own or to_reader or house)
        and not spoken
        and count <= 35
    ):
        return Kind.APP
    if first & Says.SHARE and sum(1 for m in masks if m & (Says.NETWORK | Says.SHARE)) >= max(3, count - 2):
        return Kind.SHARE
    if (
        first & Says.SHARE
        and count <= 8
        and (every & Says.NETWORK or every & (Says.RELATED | Says.HOUSE) or count <= 2)
    ):
        return Kind.SHARE
    if "@" in sentence and every & Says.HOUSE and count <= 14 and not spoken:
        return Kind.FOLLOW
    if _points_elsewhere(tokens, masks, sentence, setting):
        return Kind.RELATED
    if (
        first & Says.ADVERTISEMENT
        and count <= 3
        and not every & ~(Says.ADVERTISEMENT | Says.RELATED | Says.HOUSE)
    ):
        return Kind.ADVERTISEMENT
    if every & Says.COMMENT and count <= 8 and (demand or first & (Says.COMMENT | Says.SHARE)):
        return Kind.COMMENT
    if every & Says.CONSENT and to_reader and demand and own:
        return Kind.CONSENT
    if demand and own and offered and count <= 25 and sentence.rstrip().endswith("!"):
        return Kind.SUBSCRIBE
    return None


_BECOME: Final = frozenset(
    [
        "become",
        "werde",
        "werden",
        "conviértete",
        "hazte",
        "torne",
        "deviens",
        "devenez",
        "diventa",
        "word",
        "zostań",
        "bli",
    ]
)
_FIRST_WORD: Final = re.compile(r"\w+")
_ANY: Final = (
    Says.SUBSCRIBE | Says.SUBSCRIPTION | Says.NEWSLETTER | Says.FOLLOW | Says.SHARE | Says.APP | Says.RELATED
    | Says.ADVERTISEMENT
    | Says.COMMENT | Says.CONSENT | Says.NETWORK
)  # fmt: skip


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
    r"(?:[Bb]y|BY|(?:Words|Text|Story|Photographs|Photos) by|Written by|[Vv]on|VON|[Pp]or|POR|[Pp]ar|PAR|[Dd]oor|[Aa]v"
    r"|[Pp]rzez|[Tt]e(?:xt|ksto?|xto):)\s+[A-Z\u00c0-\u017d][\w.'’-]+\s+[A-Z\u00c0-\u017d]"
)
_BY: Final = re.compile(r"(?:By|BY|Von|VON|Por|POR|Par|PAR|Door|Av) [A-Z\u00c0-\u017d][^.!?]*$")
_BOX_WORDS: Final = 60
_BOX_BLOCKS: Final = 7
_BESIDE: Final = 60
"""Blocks before and after the body that are still told of."""
_SURE: Final = 0.5
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
    calls = _calls(blocks, body, house)
    opening = next((i for i in taken if body.context.words[i] >= 30), taken[0])
    for i in taken:
        verdict = _judged(
            blocks,
            i,
            body,
            title,
            house,
            known,
            edge=i > last_prose,
            first=i < opening or not kept,
            in_box=calls,
        )
        if verdict is not None:
            verdicts[i] = verdict
        else:
            kept.append(i)
    if not kept:
        return Strip(kept=tuple(taken), removed=())
    removed: list[Removed] = []
    if len(kept) > 2 and _is_standfirst(blocks, kept, hints):
        verdicts[kept[0]] = Verdict(Kind.REPEATED, 0.8, STANDFIRST)
        del kept[0]
    region = _region(blocks, kept)
    region = (min(region[0], *verdicts), max(region[1], *(i + 1 for i in verdicts))) if verdicts else region
    boxes = _boxes(blocks, kept, region)
    held = set(kept)
    place = 0
    kinds = _box_kinds(blocks, body, boxes, verdicts, house, kept[-1])
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


STANDFIRST: Final = "the standfirst, kept as the article's dek"
_LEAD: Final = re.compile(
    r"dek|standfirst|subtitle|sub-?head|\bsub\b|deck|summary|excerpt|lead|intro|description|vorspann|chapo|bajada|strapline",
    re.IGNORECASE,
)
_DATED: Final = re.compile(r"^(?:by|von|por|par|di|door|av)\b|\d{4}|\bago\b|min read", re.IGNORECASE)


def _is_standfirst(blocks: Blocks, kept: list[int], hints: Hints) -> bool:
    """Whether the first block of the body stands with the headline, above byline or picture, and not with the text."""
    i, following = kept[0], kept[1]
    elements = blocks.elements
    at = blocks.element[i]
    above = max(elements.parent[at], 0)
    tokens, stated = folded(blocks.text[i]), folded(hints.description)
    if not 1 <= len(tokens) <= 60:
        return False
    same = bool(stated) and tokens[: len(stated)] == stated and len(tokens) <= len(stated) + 3
    named = bool(_LEAD.search(elements.key[at]))
    heads = [j for j in range(max(0, i - 12), i) if elements.tag[blocks.element[j]] == "h1"]
    with_head = bool(heads) and above == elements.parent[blocks.element[heads[-1]]]
    apart = any(_DATED.search(blocks.text[j]) for j in range(i + 1, following))
    with_text = above == elements.parent[blocks.element[following]]
    if same:
        return not with_text and (named or with_head or apart)
    return not with_text and with_head and (named or elements.tag[at] == "h2")


def _calls(blocks: Blocks, body: Body, house: str) -> dict[int, Verdict]:
    """Blocks of small boxes that end in a call to act: a field to fill in, or a link to a sign-up."""
    elements, words = blocks.elements, body.context.words.tolist()
    found: dict[int, Verdict] = {}
    sums = [0.0, *accumulate(words)]
    for i, text in enumerate(blocks.text):
        if words[i] > 8 or i in found:
            continue
        at = blocks.element[i]
        linked = blocks.link_chars[i] > 0.8 * len(text) and _signs_up(blocks.href[i])
        if not linked and elements.tag[at] != "button":
            continue
        box = -1
        for _ in range(4):
            start, end = elements.start[at], elements.end[at]
            if (
                end - start > _BOX_BLOCKS
                or sums[end] - sums[start] > _BOX_WORDS
                or elements.tag[at] == "body"
            ):
                break
            box = at
            at = elements.parent[at]
        if box < 0:
            continue
        start, end = elements.start[box], elements.end[box]
        if end - start < 2 or (not linked and not _offers(body, start, end)):
            continue
        best: Verdict | None = None
        for k in range(start, end):
            verdict = prompt(blocks.text[k], setting_of(blocks, k, house, edge=False))
            if verdict and (best is None or verdict.score > best.score):
                best = verdict
        kind = best.kind if best else Kind.NEWSLETTER if "letter" in blocks.href[i] else Kind.SUBSCRIBE
        for k in range(start, end):
            found[k] = Verdict(kind, 0.85, f"one of {end - start} lines in a box that ends in {text!r}")
    return found


def _signs_up(href: str) -> bool:
    """Whether a link leads to a subscription, a newsletter, an account or an app store."""
    return bool(href) and _SIGN_UP.search(href.lower()) is not None


def _offers(body: Body, start: int, end: int) -> bool:
    """Whether a box with a button speaks of sign-ups or to the reader; a gallery's or a code sample's does not."""
    told = Says.SUBSCRIBE | Says.NEWSLETTER | Says.APP | Says.FOLLOW | Says.SUBSCRIPTION
    return any(int(body.context.meanings[k]) & told for k in range(start, end))


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
    in_box: dict[int, Verdict],
) -> Verdict | None:
    """Why a block that was taken for body is none after all; None: it is."""
    text = blocks.text[i]
    tokens = folded(text)
    if not tokens:
        return None
    if first and blocks.elements.tag[blocks.element[i]] == "h1":
        return Verdict(Kind.REPEATED, 0.9, "the heading above the text")
    if first and title and len(tokens) <= len(title) + 2 and tokens[: len(title)] == title:
        return Verdict(Kind.REPEATED, 0.95, "the headline once more")
    if i in in_box:
        return in_box[i]
    if first and len(tokens) <= 4 and _BY.match(text):
        return Verdict(Kind.BYLINE, 0.8, "names the author")
    if first and len(tokens) <= 16 and _BYLINE.match(text) and not text.endswith(("!", "?")):
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
    at = blocks.element[i]
    if body.context.picture_blocks[i] <= 2 and len(tokens) <= 60:
        names = groups(blocks.elements.key[at]) | groups(
            blocks.elements.key[max(blocks.elements.parent[at], 0)]
        )
        if names & GROUP_BIT["figure"] and blocks.elements.tag[at] != "p":
            return Verdict(Kind.CAPTION, 0.8, "stands in one box with a picture")
    verdict = _prompt_at(blocks, i, body, house, edge=edge)
    if verdict is None:
        return None
    # The surer the classifier is of a block, the more must speak against it; and whether `Read more: ...` is
    # part of a text differs from paper to paper, so there its word counts for more.
    chance = float(body.chance[i])
    if verdict.kind in (Kind.RELATED, Kind.COMMENT, Kind.ADVERTISEMENT) and chance > 0.7:
        return None
    return verdict if verdict.score >= _SURE - 0.3 * (1.0 - chance) else None


def _region(blocks: Blocks, kept: list[int]) -> tuple[int, int]:
    """Blocks within and beside the body: from the element around all of it, one level up."""
    elements = blocks.elements
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


def _prompt_at(blocks: Blocks, i: int, body: Body, house: str, *, edge: bool) -> Verdict | None:
    """`prompt` for a block of a page; most have no word that any prompt has."""
    text = blocks.text[i]
    if not int(body.context.meanings[i]) & _ANY and "@" not in text:
        return None
    return prompt(text, setting_of(blocks, i, house, edge=edge))


def _box_kinds(
    blocks: Blocks,
    body: Body,
    boxes: dict[int, int],
    verdicts: dict[int, Verdict],
    house: str,
    last: int,
) -> dict[int, Verdict]:
    """What the boxes are: what the surest of their blocks is, else what they are called."""
    kinds: dict[int, Verdict] = {}
    for i, box in boxes.items():
        verdict = verdicts.get(i) or _prompt_at(blocks, i, body, house, edge=i > last)
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
        return Verdict(
            box.kind,
            max(unlike, 0.5),
            f"stands in one box with text that {_TELLS[box.kind]}",
        )
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
        slanted=max(blocks.slanted_chars[index], blocks.strong_chars[index]) / chars,
        in_form=in_form,
        signs_up=_signs_up(blocks.href[index]),
        edge=edge,
        tag=tag,
        house=house,
    )
