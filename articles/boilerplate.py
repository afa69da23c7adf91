"""Text within and beside the body that is no part of it: what it is, how sure, and why.

`prompts` says what a line asks of its reader. Here it is weighed against the classifier's opinion: the surer that is
that a block is body, the more must speak for the prompt. Small boxes go whole (`boxes`). What the classifier left out
is told by what it is, else by what its box is called (`furniture`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from articles import boxes
from articles.blocks import Blocks, path_of
from articles.body import Body
from articles.draft import Draft
from articles.features import Hints
from articles.furniture import called, furniture
from articles.model import Kind, Removed
from articles.prompts import Verdict
from articles.signatures import signs
from articles.text import folded

_BYLINE: Final = re.compile(
    r"(?:[Bb]y|BY|(?:Words|Text|Story|Photographs|Photos) by|Written by|[Vv]on|VON|[Pp]or|POR|[Pp]ar|PAR|[Dd]oor|[Aa]v"
    r"|[Pp]rzez|[Tt]e(?:xt|ksto?|xto):)\s+[A-Z\u00c0-\u017d][\w.'’-]+\s+[A-Z\u00c0-\u017d]"
)
_BY: Final = re.compile(r"(?:By|BY|Von|VON|Por|POR|Par|PAR|Door|Av) [A-Z\u00c0-\u017d][^.!?]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What stays of the body, and what does not."""

    kept: tuple[int, ...]
    """Indexes of body blocks, in page order."""
    removed: tuple[Removed, ...]
    """In page order."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a page's article before its body is."""

    title: list[str]
    """Its words, folded."""
    description: list[str]
    authors: frozenset[str]
    """Their names, folded."""


def strip(blocks: Blocks, body: Body, hints: Hints, house: str) -> Strip:
    """Take prompts out of the chosen blocks, and say of everything within and beside them what it is."""
    draft = Draft(blocks, body, house)
    known = _Known(
        title=folded(hints.title),
        description=folded(hints.description),
        authors=frozenset(" ".join(folded(name)) for name in hints.authors if name),
    )
    taken = [int(i) for i in body.taken.nonzero()[0] if blocks.text[i].strip(_UNSEEN)]
    verdicts = _count_above(draft, taken)
    verdicts |= _judgments(draft, [i for i in taken if i not in verdicts], known)
    kept = [i for i in taken if i not in verdicts]
    verdicts |= _above_headline(draft, kept, verdicts)
    verdicts |= boxes.companions(draft, [i for i in kept if i not in verdicts], verdicts)
    kept = [i for i in kept if i not in verdicts]
    if not kept:
        return Strip(kept=tuple(taken), removed=())
    if len(kept) > 2 and _is_standfirst(draft, kept, known):
        verdicts[kept.pop(0)] = Verdict(Kind.REPEATED, 0.8, STANDFIRST)
    return Strip(kept=tuple(kept), removed=tuple(_removals(draft, kept, verdicts, known)))


def _count_above(draft: Draft, taken: Sequence[int]) -> dict[int, Verdict]:
    """A number that the body begins with, where it holds no other: how often it was shared."""
    texts = [draft.blocks.text[i] for i in taken]
    if len(taken) < 2 or not texts[0].isdigit() or len(texts[0]) > _COUNT_DIGITS:
        return {}
    if any(text.isdigit() for text in texts[1:]):
        return {}
    return {taken[0]: Verdict(Kind.SHARE, 0.6, "a number above the text and no other in it")}


def _judgments(draft: Draft, taken: Sequence[int], known: _Known) -> dict[int, Verdict]:
    """Those of the chosen blocks that are none of the body, each seen alone."""
    found: dict[int, Verdict] = {}
    if not taken:
        return found
    words = draft.body.context.words
    last_prose = max((i for i in taken if words[i] >= _PROSE), default=taken[-1])
    longest = max(float(words[i]) for i in taken)
    least = _OPENING if longest >= _OPENING else longest / 2
    opening = next(i for i in taken if words[i] >= least)
    calls = boxes.ending_in_calls(draft)
    for n, i in enumerate(taken):
        first = i < opening or len(found) == n
        verdict = _judged(draft, i, known, calls, first=first, edge=i > last_prose)
        if verdict is not None:
            found[i] = verdict
    return found


def _removals(
    draft: Draft, kept: Sequence[int], verdicts: dict[int, Verdict], known: _Known
) -> Iterator[Removed]:
    """All that stands within and beside the body and is none, in page order."""
    start, end = boxes.region(draft, kept)
    start, end = min([start, *verdicts]), max([end, *(i + 1 for i in verdicts)])
    box_of = boxes.without_body(draft, kept, start, end)
    held = set(kept)
    place = 0
    asked = boxes.asked_by(draft, box_of, verdicts, kept[-1])
    for i in range(start, end):
        if i in held:
            place += 1
            continue
        if i not in box_of and i not in verdicts:
            continue
        verdict = verdicts.get(i) or _furniture(draft, i, box_of[i], asked.get(box_of[i]), known)
        if verdict is not None:
            yield Removed(
                kind=verdict.kind,
                text=draft.blocks.text[i],
                place=place,
                score=round(verdict.score, 2),
                reason=verdict.reason,
                path=path_of(draft.blocks, i),
            )


_PROSE: Final = 15
"""Words from which a block is no line that signs a text or asks something of its reader."""
_OPENING: Final = 30
"""Words of a block that surely is text and no standfirst; where none has as many, half of the longest counts."""
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


def _is_standfirst(draft: Draft, kept: Sequence[int], known: _Known) -> bool:
    """Whether the first block of the body stands with the headline, above byline or picture, and not with the text."""
    i, following = kept[0], kept[1]
    blocks, elements = draft.blocks, draft.blocks.elements
    at = blocks.element[i]
    above = max(elements.parent[at], 0)
    tokens, stated = folded(blocks.text[i]), known.description
    if not 1 <= len(tokens) <= 60:
        return False
    same = bool(stated) and tokens[: len(stated)] == stated and len(tokens) <= len(stated) + 3
    named = bool(_LEAD.search(elements.key[at]))
    heads = [j for j in range(max(0, i - 12), i) if draft.is_headline(j)]
    with_head = bool(heads) and above == elements.parent[blocks.element[heads[-1]]]
    apart = any(_DATED.search(blocks.text[j]) for j in range(i + 1, following))
    with_text = above == elements.parent[blocks.element[following]]
    if same:
        return not with_text and (named or with_head or apart)
    return not with_text and with_head and (named or elements.tag[at] == "h2")


_KICKER: Final = 6
"""Words of the longest line above a headline that only says what the story is about."""


def _above_headline(draft: Draft, kept: Sequence[int], verdicts: Mapping[int, Verdict]) -> dict[int, Verdict]:
    """The few words that stand above a headline which the body begins with: a section, a kicker, a place."""
    heads = [i for i, verdict in verdicts.items() if verdict.kind is Kind.REPEATED and draft.is_headline(i)]
    above = [i for i in kept if heads and i < heads[0]]
    if any(draft.body.context.words[i] > _KICKER for i in above):
        return {}
    return dict.fromkeys(above, Verdict(Kind.NAVIGATION, 0.7, "stands above the headline"))


def _judged(
    draft: Draft, i: int, known: _Known, calls: Mapping[int, Verdict], *, first: bool, edge: bool
) -> Verdict | None:
    """Why a block that was taken for body is none after all; None: it is."""
    tokens, body = draft.body.context.tokens(i), draft.body
    if not tokens:
        return None
    if first and draft.is_headline(i):
        return Verdict(Kind.REPEATED, 0.9, "the heading above the text")
    if (
        first
        and known.title
        and len(tokens) <= len(known.title) + 2
        and tokens[: len(known.title)] == known.title
    ):
        return Verdict(Kind.REPEATED, 0.95, "the headline once more")
    if i in calls:
        return calls[i]
    if first and (signed := _signed(draft, i, tokens, known)):
        return signed
    if edge and len(tokens) > 1 and tokens == [str(page) for page in range(1, len(tokens) + 1)]:
        return Verdict(Kind.NAVIGATION, 0.8, "counts the pages")
    if len(tokens) <= 60 and draft.tag(i) != "p" and draft.with_picture(i):
        return Verdict(Kind.CAPTION, 0.8, "stands in one box with a picture")
    if body.chance[i] < 0.75 and len(tokens) <= 12:
        named = called(draft.blocks, i, -1)
        if named is not None and (
            named[0] is Kind.COMMENT or (named[0] is Kind.CAPTION and body.chance[i] < 0.5)
        ):
            return Verdict(named[0], 0.7, f"its box is called {named[1][:60]!r}")
    verdict = draft.asks(i, edge=edge)
    if verdict is None or (not edge and _announces_nothing(draft, i, tokens, verdict)):
        return None
    return verdict if verdict.score >= draft.needed(verdict.kind, i) else None


def _signed(draft: Draft, i: int, tokens: Sequence[str], known: _Known) -> Verdict | None:
    """Whether a line above the text says who wrote it, or when."""
    text = draft.blocks.text[i]
    if not draft.is_heading(i) and (" ".join(tokens) in known.authors or signs(text, known.authors)):
        return Verdict(Kind.BYLINE, 0.8, "says who wrote it, or when, and nothing else")
    if len(tokens) <= 4 and _BY.match(text):
        return Verdict(Kind.BYLINE, 0.8, "names the author")
    if len(tokens) <= 16 and _BYLINE.match(text) and not text.endswith(("!", "?")):
        return Verdict(Kind.BYLINE, 0.8, "names the author")
    return None


def _announces_nothing(draft: Draft, i: int, tokens: Sequence[str], verdict: Verdict) -> bool:
    """Whether a label of other stories stands before text: `Recommended:` announces them only where links follow."""
    if verdict.kind is not Kind.RELATED or len(tokens) > 10:
        return False
    text = draft.blocks.text[i]
    if draft.blocks.link_chars[i] >= 0.35 * len(text) or _NAMES_STORY.search(text):
        return False
    return draft.is_prose(i + 1) and not (draft.house and draft.house in "".join(tokens))


_NAMES_STORY: Final = re.compile(r"[:|>»]\s+\S+\s+\S")
"""A label and what it announces: `Lea también: El alcalde renuncia`."""


def _furniture(draft: Draft, i: int, box: int, asked: Verdict | None, known: _Known) -> Verdict | None:
    """What a block is that asks for nothing itself: a caption, a credit, a byline, links."""
    tokens = draft.body.context.tokens(i)
    unlike = max(0.0, 1.0 - float(draft.body.chance[i]))
    if not tokens:
        return None
    if known.title and tokens == known.title:
        return None if draft.is_headline(i) else Verdict(Kind.REPEATED, unlike, "the headline once more")
    pictured = draft.with_picture(i)
    verdict = furniture(draft.blocks, i, tokens, box, asked, unlike, authors=known.authors, pictured=pictured)
    if verdict is not None:
        return verdict
    if draft.body.context.repeats[i] and len(tokens) > 1:
        return Verdict(Kind.REPEATED, unlike, "stands twice on the page")
    return Verdict(Kind.NAVIGATION, unlike, "reads and stands unlike the body")
