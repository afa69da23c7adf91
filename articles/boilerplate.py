"""Text within and beside the body that is no part of it: what it is, how sure, and why.

`prompts` says what a line asks of its reader. Here it is weighed against the classifier's opinion: the surer that is
that a block is body, the more must speak for the prompt. Small boxes go whole: with a call to act at their end, named
as prompts' boxes are and holding one, or labelled as advertising. What the classifier left out is told by what it is,
else by what its box is called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from articles.blocks import Blocks, path_of
from articles.body import Body
from articles.features import GROUP_BIT, Hints, groups
from articles.furniture import TELLS, called, furniture
from articles.lexicon import Says, says
from articles.model import Kind, Removed
from articles.prompts import Setting, Verdict, may_be_prompt, prompt
from articles.signatures import signs
from articles.text import folded

# --- The strip ------------------------------------------------------------------------------------

_BYLINE: Final = re.compile(
    r"(?:[Bb]y|BY|(?:Words|Text|Story|Photographs|Photos) by|Written by|[Vv]on|VON|[Pp]or|POR|[Pp]ar|PAR|[Dd]oor|[Aa]v"
    r"|[Pp]rzez|[Tt]e(?:xt|ksto?|xto):)\s+[A-Z\u00c0-\u017d][\w.'’-]+\s+[A-Z\u00c0-\u017d]"
)
_BY: Final = re.compile(r"(?:By|BY|Von|VON|Por|POR|Par|PAR|Door|Av) [A-Z\u00c0-\u017d][^.!?]*$")
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_STORES: Final = ("apps.apple.", "itunes.apple.", "play.google.", "list-manage", "patreon.com", "paypal.com")
_SIGN_UP: Final = re.compile(
    r"s(?:ubscri(?:be|ption)|ign-?up|uscri)|n(?:ewsletter|ieuwsbrief|yhetsbrev)|boletin|/abo\b|prenumer|mailing-?list"
    r"|email-?alert|a(?:bonn|(?<![a-z]a)(?:ssine|ssinatura|nmeld))|i(?<![a-z]i)(?:nscri|scriz|scriv)"
    r"|d(?<![a-z]d)(?:onat|onar|oar|onner)|m(?<![a-z]m)embership|r(?<![a-z]r)(?:egister|egistr)|j(?<![a-z]j)oin-us"
)
"""In the path of a link: a subscription, a newsletter, an account, a gift. Each alternative begins with its letter, by
which most places are turned down at a glance."""
_NETWORK_LINK: Final = re.compile(
    r"(?:https?:)?//(?:[a-z]+\.)?(?:facebook|fb|twitter|x|instagram|threads|tiktok|youtube|linkedin|pinterest|whatsapp|"
    r"t|telegram|bsky|snapchat|reddit|flipboard)\.(?:com|net|me|app)\b"
)
_BOX_WORDS: Final = 60
_BOX_BLOCKS: Final = 7
_AD_BLOCKS: Final = 3
_BESIDE: Final = 60
"""Blocks before and after the body that are still told of."""
_OUTSIDE: Final = frozenset({"nav", "footer", "header"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What stays of the body, and what does not."""

    kept: tuple[int, ...]
    """Indexes of body blocks, in page order."""
    removed: tuple[Removed, ...]
    """In page order."""


def strip(blocks: Blocks, body: Body, hints: Hints, house: str) -> Strip:
    """Take prompts out of the chosen blocks, and say of everything within and beside them what it is."""
    taken = [int(i) for i in body.taken.nonzero()[0] if blocks.text[i].strip(_UNSEEN)]
    if not taken:
        return Strip(kept=(), removed=())
    verdicts: dict[int, Verdict] = {}
    counted = [i for i in taken if blocks.text[i].isdigit()]
    if counted == taken[:1] and len(taken) > 1 and len(blocks.text[counted[0]]) <= _COUNT_DIGITS:
        verdicts[counted[0]] = Verdict(Kind.SHARE, 0.6, "a number above the text and no other in it")
        del taken[0]
    title = folded(hints.title)
    authors = frozenset(" ".join(folded(name)) for name in hints.authors if name)
    last_prose = max((i for i in taken if body.context.words[i] >= 15), default=taken[-1])
    kept: list[int] = []
    calls = _calls(blocks, body, house)
    longest = float(body.context.words[taken].max())
    opening = next(i for i in taken if body.context.words[i] >= min(longest / 2, _OPENING))
    for i in taken:
        verdict = _judged(
            blocks,
            i,
            body,
            title,
            authors,
            house,
            edge=i > last_prose,
            first=i < opening or not kept,
            in_box=calls,
        )
        if verdict is not None:
            verdicts[i] = verdict
        else:
            kept.append(i)
    above = _above_headline(blocks, body, kept, verdicts)
    if above:
        verdicts |= dict.fromkeys(above, Verdict(Kind.NAVIGATION, 0.7, "stands above the headline"))
        kept = [i for i in kept if i not in above]
    companions = _companions(blocks, kept, body, house, verdicts)
    if companions:
        verdicts |= companions
        kept = [i for i in kept if i not in companions]
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
    asked = _asked_by_boxes(blocks, body, boxes, verdicts, house, kept[-1])
    for i in range(region[0], region[1]):
        if i in held:
            place += 1
            continue
        if i not in boxes and i not in verdicts:
            continue
        verdict = verdicts.get(i) or _furniture(
            blocks, i, boxes[i], asked.get(boxes[i]), body, title, authors
        )
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


_OPENING: Final = 30
"""Words of a block that surely is text and no standfirst; where no block has twice as many, half the longest counts."""
_COUNT_DIGITS: Final = 3
"""Digits of a count of shares or comments; a year has more."""
_UNSEEN: Final = "\u00ad\u200b\u200c\u200d\u2060\ufe0f\ufeff "
"""What editors leave in paragraphs that look empty."""
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


_KICKER: Final = 6
"""Words of the longest line above a headline that only says what the story is about."""


def _above_headline(
    blocks: Blocks, body: Body, kept: Sequence[int], verdicts: Mapping[int, Verdict]
) -> list[int]:
    """The few words that stand above a headline which the body begins with: a section, a kicker, a place."""
    heads = [
        i for i, verdict in verdicts.items() if verdict.kind is Kind.REPEATED and _is_headline(blocks, i)
    ]
    above = [i for i in kept if heads and i < heads[0]]
    return above if all(body.context.words[i] <= _KICKER for i in above) else []


def _is_headline(blocks: Blocks, i: int) -> bool:
    return blocks.elements.tag[blocks.element[i]] == "h1"


def _calls(blocks: Blocks, body: Body, house: str) -> dict[int, Verdict]:
    """Blocks of small boxes that end in a call to act: a field to fill in, or a link to a sign-up."""
    elements, words = blocks.elements, body.context.words.tolist()
    found: dict[int, Verdict] = {}
    sums = [0.0, *accumulate(words)]
    for i, text in enumerate(blocks.text):
        if words[i] > 8 or i in found:
            continue
        at = blocks.element[i]
        if words[i] <= 2 and says(text.casefold().strip(" .:-—")) & Says.ADVERTISEMENT:
            found |= _under_label(blocks, i, sums)
            continue
        linked = blocks.link_chars[i] > 0.8 * len(text) and _signs_up(blocks.href[i])
        called = elements.tag[at] == "button" and _is_call(text, body, i)
        if not linked and not called:
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
            verdict = _prompt_of(blocks, k, body, house, edge=False)
            if verdict and (best is None or verdict.score > best.score):
                best = verdict
        kind = best.kind if best else Kind.NEWSLETTER if "letter" in blocks.href[i] else Kind.SUBSCRIBE
        for k in range(start, end):
            found[k] = Verdict(kind, 0.85, f"one of {end - start} lines in a box that ends in {text!r}")
    return found


def _under_label(blocks: Blocks, i: int, sums: list[float]) -> dict[int, Verdict]:
    """The blocks of the small box that a line like `Advertisement` labels."""
    elements = blocks.elements
    at, box = blocks.element[i], -1
    for _ in range(3):
        start, end = elements.start[at], elements.end[at]
        if end - start > _AD_BLOCKS or sums[end] - sums[start] > _BOX_WORDS or at <= 0:
            break
        box, at = at, elements.parent[at]
    if box < 0:
        return {}
    told = Verdict(Kind.ADVERTISEMENT, 0.8, f"stands in a small box under the label {blocks.text[i]!r}")
    return dict.fromkeys(range(elements.start[box], elements.end[box]), told)


def _signs_up(href: str) -> bool:
    """Whether a link leads to a subscription, a newsletter, an account or an app store."""
    if not href:
        return False
    href = href.lower()
    host = href.find("//")
    path = href.find("/", host + 2) if host >= 0 else 0
    for store in _STORES:  # asked of most links of a page: a generator costs twice as much
        if store in href:
            return True
    return path >= 0 and _SIGN_UP.search(href, path) is not None


def _to_network(href: str) -> bool:
    """Whether a link leads to a social network or a messenger."""
    return bool(href) and _NETWORK_LINK.match(href.lower()) is not None


_CALLS: Final = Says.SUBSCRIBE | Says.FOLLOW | Says.GO


def _is_call(text: str, body: Body, i: int) -> bool:
    """Whether a button's text is an order to subscribe, join or get: a question that opens its answer is none."""
    return not text.rstrip().endswith("?") and bool(int(body.context.meanings[i]) & _CALLS)


def _offers(body: Body, start: int, end: int) -> bool:
    """Whether a box with a button speaks of sign-ups or to the reader; a gallery's or a code sample's does not."""
    told = Says.SUBSCRIBE | Says.NEWSLETTER | Says.APP | Says.FOLLOW | Says.SUBSCRIPTION
    return any(int(body.context.meanings[k]) & told for k in range(start, end))


def _judged(
    blocks: Blocks,
    i: int,
    body: Body,
    title: list[str],
    authors: frozenset[str],
    house: str,
    *,
    edge: bool,
    first: bool,
    in_box: dict[int, Verdict],
) -> Verdict | None:
    """Why a block that was taken for body is none after all; None: it is."""
    text, tokens = blocks.text[i], body.context.tokens(i)
    if not tokens:
        return None
    if first and _is_headline(blocks, i):
        return Verdict(Kind.REPEATED, 0.9, "the heading above the text")
    if first and title and len(tokens) <= len(title) + 2 and tokens[: len(title)] == title:
        return Verdict(Kind.REPEATED, 0.95, "the headline once more")
    if i in in_box:
        return in_box[i]
    heading = blocks.elements.tag[blocks.element[i]] in _HEADINGS
    if first and not heading and (" ".join(tokens) in authors or signs(text, authors)):
        return Verdict(Kind.BYLINE, 0.8, "says who wrote it, or when, and nothing else")
    if first and len(tokens) <= 4 and _BY.match(text):
        return Verdict(Kind.BYLINE, 0.8, "names the author")
    if first and len(tokens) <= 16 and _BYLINE.match(text) and not text.endswith(("!", "?")):
        return Verdict(Kind.BYLINE, 0.8, "names the author")
    if edge and len(tokens) > 1 and tokens == [str(page) for page in range(1, len(tokens) + 1)]:
        return Verdict(Kind.NAVIGATION, 0.8, "counts the pages")
    if len(tokens) <= 60 and blocks.elements.tag[blocks.element[i]] != "p" and _with_picture(blocks, i, body):
        return Verdict(Kind.CAPTION, 0.8, "stands in one box with a picture")
    if body.chance[i] < 0.75 and len(tokens) <= 12:
        named = called(blocks, i, -1)
        if named is not None and (
            named[0] is Kind.COMMENT or (named[0] is Kind.CAPTION and body.chance[i] < 0.5)
        ):
            return Verdict(named[0], 0.7, f"its box is called {named[1][:60]!r}")
    verdict = _prompt_at(blocks, i, body, house, edge=edge)
    if verdict is None:
        return None
    label = verdict.kind is Kind.RELATED and len(tokens) <= 10 and blocks.link_chars[i] < 0.35 * len(text)
    if (
        label
        and not _NAMES_STORY.search(text)
        and not edge
        and _is_prose(blocks, body, i + 1)
        and not (house and house in "".join(tokens))
    ):
        # `Recommended:` announces other stories only where links follow, or nothing does.
        return None
    return verdict if verdict.score >= _needed(verdict.kind, float(body.chance[i])) else None


_NAMES_STORY: Final = re.compile(r"[:|>»]\s+\S+\s+\S")
"""A label and what it announces: `Lea también: El alcalde renuncia`."""


def _with_picture(blocks: Blocks, i: int, body: Body) -> bool:
    """Whether a block stands in a small box with a picture that is called so."""
    if body.context.picture_blocks[i] > 2:
        return False
    elements, at = blocks.elements, blocks.element[i]
    names = groups(elements.key[at]) | groups(elements.key[max(elements.parent[at], 0)])
    return bool(names & GROUP_BIT["figure"])


def _needed(kind: Kind, chance: float) -> float:
    """The score from which a prompt is taken out of the body: the surer the classifier is, the more must speak for it.

    Whether `Read more: ...` is part of a text differs from paper to paper, so there its word counts for more.
    """
    return (0.5 if kind is Kind.RELATED else 0.4) + 0.4 * max(0.0, chance - 0.35)


def _is_prose(blocks: Blocks, body: Body, i: int) -> bool:
    """Whether this block is body that is no link."""
    return i < len(blocks.text) and bool(body.taken[i]) and blocks.link_chars[i] <= 0.6 * len(blocks.text[i])


_ASKING: Final = frozenset({Kind.NEWSLETTER, Kind.SUBSCRIBE, Kind.APP, Kind.FOLLOW, Kind.SHARE})
_COMPANY: Final = 0.15
"""What a prompt beside it adds to a prompt."""


def _companions(
    blocks: Blocks, kept: list[int], body: Body, house: str, verdicts: Mapping[int, Verdict]
) -> dict[int, Verdict]:
    """Body blocks beside a prompt that nearly are one themselves, and those that share a box so named with it."""
    elements, held = blocks.elements, set(kept)
    found: dict[int, Verdict] = {}
    for i in kept:
        if elements.tag[blocks.element[i]] in _HEADINGS and _announces(body, i) and i + 1 not in held:
            below = verdicts.get(i + 1) or _prompt_at(blocks, i + 1, body, house, edge=False)
            if below is not None and below.kind in _ASKING and below.score >= 0.55:
                found[i] = Verdict(below.kind, below.score, f"heads text that {TELLS[below.kind]}")
    for i, verdict in verdicts.items():
        if verdict.kind not in _ASKING:
            continue
        at = blocks.element[i]
        for k in (i - 1, i + 1):
            if k in held and elements.parent[blocks.element[k]] == elements.parent[at]:
                beside = _prompt_at(blocks, k, body, house, edge=False)
                if beside is not None and beside.kind in _ASKING:
                    score = beside.score + _COMPANY
                    if score >= _needed(beside.kind, float(body.chance[k])):
                        reason = f"{beside.reason}; stands beside another prompt"
                        found[k] = Verdict(beside.kind, min(score, 1.0), reason)
        for _ in range(3):
            start, end = elements.start[at], elements.end[at]
            if at <= 0 or end - start > _BOX_BLOCKS or body.context.words[start:end].sum() > _BOX_WORDS:
                break
            if groups(elements.key[at]) & GROUP_BIT["promo"]:
                for k in range(start, end):
                    if k in held:
                        found[k] = Verdict(
                            verdict.kind, 0.8, f"stands in one box with text that {TELLS[verdict.kind]}"
                        )
                break
            at = elements.parent[at]
    return found


_SHORT_HEADING: Final = 5
_OFFERED: Final = (
    Says.NEWSLETTER | Says.SUBSCRIBE | Says.SUBSCRIPTION | Says.APP | Says.FOLLOW | Says.SHARE | Says.GO
)


def _announces(body: Body, i: int) -> bool:
    """Whether a heading of a few words names what prompts offer: `Newsletter`."""
    return body.context.words[i] <= _SHORT_HEADING and bool(int(body.context.meanings[i]) & _OFFERED)


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
    tokens = body.context.tokens(i)
    if not tokens or not may_be_prompt(blocks.text[i], tokens, int(body.context.meanings[i])):
        return None
    return _prompt_of(blocks, i, body, house, edge=edge)


def _prompt_of(blocks: Blocks, i: int, body: Body, house: str, *, edge: bool) -> Verdict | None:
    """`prompt` for a block of a page, whatever its words."""
    return prompt(blocks.text[i], setting_of(blocks, i, house, edge=edge), body.context.tokens(i))


def _asked_by_boxes(
    blocks: Blocks,
    body: Body,
    boxes: dict[int, int],
    verdicts: dict[int, Verdict],
    house: str,
    last: int,
) -> dict[int, Verdict]:
    """What the surest line of each small box asks for; the lines' own verdicts are added to `verdicts`."""
    asked: dict[int, Verdict] = {}
    elements, words = blocks.elements, body.context.words
    for i, box in boxes.items():
        verdict = verdicts.get(i) or _prompt_at(blocks, i, body, house, edge=i > last)
        if verdict is None or verdict.score < _TOLD:
            continue
        verdicts.setdefault(i, verdict)
        if box < 0 or (box in asked and asked[box].score >= verdict.score):
            continue
        start, end = elements.start[box], elements.end[box]
        if verdict.kind is Kind.RELATED or (end - start <= _ASKED_BLOCKS and words[start:end].sum() <= 120):
            asked[box] = verdict
    return asked


_TOLD: Final = 0.45
"""Score from which a line outside the body is said to ask for something."""
_ASKED_BLOCKS: Final = 14


def _furniture(
    blocks: Blocks,
    i: int,
    box: int,
    asked: Verdict | None,
    body: Body,
    title: list[str],
    authors: frozenset[str],
) -> Verdict | None:
    """What a block is that asks for nothing itself: a caption, a credit, a byline, links."""
    tokens = body.context.tokens(i)
    unlike = max(0.0, 1.0 - float(body.chance[i]))
    if not tokens:
        return None
    if title and tokens == title:
        headline = blocks.elements.tag[blocks.element[i]] == "h1"
        return None if headline else Verdict(Kind.REPEATED, unlike, "the headline once more")
    pictured = _with_picture(blocks, i, body)
    verdict = furniture(blocks, i, tokens, box, asked, unlike, authors=authors, pictured=pictured)
    if verdict is not None:
        return verdict
    if body.context.repeats[i] and len(tokens) > 1:
        return Verdict(Kind.REPEATED, unlike, "stands twice on the page")
    return Verdict(Kind.NAVIGATION, unlike, "reads and stands unlike the body")


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
        to_network=_to_network(blocks.href[index]),
        edge=edge,
        tag=tag,
        house=house,
    )
