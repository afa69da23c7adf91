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
from articles.ends import STANDFIRST, Ends, Known, above_headline, count_above, is_standfirst
from articles.features import Hints
from articles.furniture import called, furniture
from articles.model import Kind, Removed
from articles.prompts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What stays of the body, and what does not."""

    kept: tuple[int, ...]
    """Indexes of body blocks, in page order."""
    removed: tuple[Removed, ...]
    """In page order."""


def strip(blocks: Blocks, body: Body, hints: Hints, house: str) -> Strip:
    """Take prompts out of the chosen blocks, and say of everything within and beside them what it is."""
    draft = Draft(blocks, body, house)
    known = Known.of(hints)
    taken = [int(i) for i in body.taken.nonzero()[0] if blocks.text[i].strip(_UNSEEN)]
    verdicts = count_above(draft, taken)
    verdicts |= _judgments(draft, [i for i in taken if i not in verdicts], known)
    kept = [i for i in taken if i not in verdicts]
    verdicts |= above_headline(draft, kept, verdicts)
    verdicts |= boxes.companions(draft, [i for i in kept if i not in verdicts], verdicts)
    kept = [i for i in kept if i not in verdicts]
    if not kept:
        return Strip(kept=tuple(taken), removed=())
    if len(kept) > 2 and is_standfirst(draft, kept, known):
        verdicts[kept.pop(0)] = Verdict(Kind.REPEATED, 0.8, STANDFIRST)
    return Strip(kept=tuple(kept), removed=tuple(_removals(draft, kept, verdicts, known)))


def _judgments(draft: Draft, taken: Sequence[int], known: Known) -> dict[int, Verdict]:
    """Those of the chosen blocks that are none of the body, each seen alone."""
    found: dict[int, Verdict] = {}
    if not taken:
        return found
    ends, calls = Ends(draft, taken, known), boxes.ending_in_calls(draft)
    for n, i in enumerate(taken):
        verdict = _judged(draft, i, ends, calls, first=len(found) == n)
        if verdict is not None:
            found[i] = verdict
    return found


def _removals(
    draft: Draft, kept: Sequence[int], verdicts: dict[int, Verdict], known: Known
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


_DIVIDER: Final = re.compile(r"[-_=*#~+.…•·\s–—∼◇|]+")
_CELLS: Final = frozenset({"td", "th"})
"""What a dash in them says is text."""
_UNSEEN: Final = "\u00ad\u200b\u200c\u200d\u2060\ufe0f\ufeff "
"""What editors leave in paragraphs that look empty."""


def _judged(draft: Draft, i: int, ends: Ends, calls: Mapping[int, Verdict], *, first: bool) -> Verdict | None:
    """Why a block that was taken for body is none after all; None: it is."""
    tokens, body = draft.body.context.tokens(i), draft.body
    if _DIVIDER.fullmatch(draft.blocks.text[i]) and draft.tag(i) not in _CELLS:
        return Verdict(Kind.NAVIGATION, 0.9, "divides the text")
    if not tokens:
        return None
    told = ends.verdict(i, first=first)
    if told is not None:
        return told
    if i in calls:
        return calls[i]
    if len(tokens) <= 60 and draft.tag(i) != "p" and draft.with_picture(i):
        return Verdict(Kind.CAPTION, 0.8, "stands in one box with a picture")
    if body.chance[i] < 0.75 and len(tokens) <= 12:
        named = called(draft.blocks, i, -1)
        if named is not None and (
            named[0] is Kind.COMMENT or (named[0] is Kind.CAPTION and body.chance[i] < 0.5)
        ):
            return Verdict(named[0], 0.7, f"its box is called {named[1][:60]!r}")
    edge = ends.is_below(i)
    verdict = draft.asks(i, edge=edge)
    if verdict is None or (not edge and _announces_nothing(draft, i, tokens, verdict)):
        return None
    return verdict if verdict.score >= draft.needed(verdict.kind, i) else None


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


def _furniture(draft: Draft, i: int, box: int, asked: Verdict | None, known: Known) -> Verdict | None:
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
