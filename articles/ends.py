"""The two ends of a body: headline, standfirst and signatures above its text, lines on the author and thanks below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from articles.draft import Draft
from articles.features import Hints
from articles.furniture import HELPED
from articles.given_names import is_given_name
from articles.model import Kind
from articles.names import looks_like_person
from articles.prompts import Verdict
from articles.signatures import signs
from articles.text import folded

_BYLINE: Final = re.compile(
    r"(?:[Bb]y|BY|[Ii]nterview:|(?:Words|Text|Story|Interview|Photographs|Photos) by|Written by|[Vv]on|VON|[Pp]or|POR"
    r"|[Pp]ar|PAR|[Dd]oor|[Aa]v"
    r"|[Pp]rzez|[Tt]e(?:xt|ksto?|xto):)\s+[A-Z\u00c0-\u017d][\w.'’-]+\s+[A-Z\u00c0-\u017d]"
)
_BY: Final = re.compile(r"(?:By|BY|Von|VON|Por|POR|Par|PAR|Door|Av|di) [A-Z\u00c0-\u017d][^.!?]*$")
_PROSE: Final = 15
"""Words from which a block is no mere line; where none has twice as many, half of the longest counts."""
_OPENING: Final = 30
"""Words of a block that is longer than standfirsts are."""
_WORD_CHARS: Final = 8
"""Characters that count for a word where a language puts no space between words; more than a word has elsewhere."""
_COUNT_DIGITS: Final = 3
"""Digits of a count of shares or comments; a year has more."""
_LAST: Final = 2
"""Blocks at the end of a text among which lines on its author stand."""
_BYLINE_WORDS: Final = 16
"""Words of the longest byline: several names, and what those people are."""
_NAME_WORDS: Final = 4
"""Words of `By` and a name."""
_BIO_WORDS: Final = 60
_HELP_WORDS: Final = 25
"""Words of the longest line that thanks for help with a report."""
_REACHED: Final = re.compile(
    r"\b(?:reach|contact|e-?mail|follow|tweet|write to)\s+(?:him|her|them|me|the (?:author|reporter|writer))\b"
    r".{0,60}@\w",
    re.IGNORECASE,
)
"""What the lines on an author end with: `Ann Lee covers schools. Reach her at lee@post.example`."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a page's article before its body is."""

    headline: str
    title: list[str]
    """The headline's words, folded."""
    description: list[str]
    authors: frozenset[str]
    """Their names, folded."""

    @classmethod
    def of(cls, hints: Hints) -> Known:
        """The same, out of what the page states."""
        return cls(
            headline=hints.title,
            title=folded(hints.title),
            description=folded(hints.description),
            authors=frozenset(" ".join(folded(name)) for name in hints.authors if name),
        )


class Ends:
    """Where the text of a body begins and ends, and what each block outside of it is."""

    def __init__(self, draft: Draft, taken: Sequence[int], known: Known) -> None:
        words = draft.body.context.words
        self._draft, self._known = draft, known
        self._opening, self._second = _first_prose(draft, taken)
        self._last_prose = max((i for i in taken if words[i] >= _PROSE), default=taken[-1])
        self._last = frozenset(taken[-_LAST:])

    def is_below(self, i: int) -> bool:
        """Whether no more text follows a block."""
        return i > self._last_prose

    def verdict(self, i: int, *, first: bool) -> Verdict | None:
        """What a block is that stands at one of the ends; None: it is text, or asks something. `first`: nothing
        before it was text."""
        first = first or i < self._opening
        tokens = self._draft.body.context.tokens(i)
        told = self._repeats(i, tokens) if first else None
        # a standfirst may be the first block of text, and what signs it follows
        if told is None and (first or i < self._second):
            told = self._signed(i, tokens, first=first)
        if told is None and i in self._last:
            told = self._on_author(i, tokens)
        if told is None and self.is_below(i) and len(tokens) > 1:
            counts = tokens == [str(page) for page in range(1, len(tokens) + 1)]
            told = Verdict(Kind.NAVIGATION, 0.8, "counts the pages") if counts else None
        return told

    def _repeats(self, i: int, tokens: list[str]) -> Verdict | None:
        """The headline, once more."""
        title = self._known.title
        if self._draft.is_headline(i):
            return Verdict(Kind.REPEATED, 0.9, "the heading above the text")
        if title and len(tokens) <= len(title) + 2 and tokens[: len(title)] == title:
            return Verdict(Kind.REPEATED, 0.95, "the headline once more")
        if self._is_head(self._draft.blocks.text[i]):
            return Verdict(Kind.REPEATED, 0.9, "the headline, who wrote it and when")
        return None

    def _is_head(self, text: str) -> bool:
        """Whether a line is the headline and a signature, with nothing but line breaks between them in the source."""
        headline = self._known.headline
        if not headline or not text.startswith(headline):
            return False
        rest = text[len(headline) :].strip()
        return signs(rest) or (len(rest.split()) <= _NAME_WORDS and _BYLINE.match(rest) is not None)

    def _signed(self, i: int, tokens: list[str], *, first: bool) -> Verdict | None:
        """Who wrote it, or when."""
        text, authors = self._draft.blocks.text[i], self._known.authors
        named = " ".join(tokens) in authors or (first and _is_name(text))
        if not self._draft.is_heading(i) and (named or signs(text, authors)):
            return Verdict(Kind.BYLINE, 0.8, "says who wrote it, or when, and nothing else")
        if len(tokens) <= _NAME_WORDS and _BY.match(text):
            return Verdict(Kind.BYLINE, 0.8, "names the author")
        most = _BYLINE_WORDS if first else _BYLINE_WORDS // 2
        if len(tokens) <= most and _BYLINE.match(text) and not text.endswith(("!", "?")):
            return Verdict(Kind.BYLINE, 0.8, "names the author")
        return None

    def _on_author(self, i: int, tokens: list[str]) -> Verdict | None:
        """Lines on the author, and thanks to others."""
        text = self._draft.blocks.text[i]
        if len(tokens) <= _BIO_WORDS and _REACHED.search(text):
            return Verdict(Kind.BYLINE, 0.8, "says how the author can be reached")
        if len(tokens) <= _HELP_WORDS and HELPED.search(text):
            return Verdict(Kind.BYLINE, 0.8, "says who else wrote it")
        return None


def count_above(draft: Draft, taken: Sequence[int]) -> dict[int, Verdict]:
    """A number that the body begins with, where it holds no other: how often it was shared."""
    texts = [draft.blocks.text[i] for i in taken]
    if len(taken) < 2 or not texts[0].isdigit() or len(texts[0]) > _COUNT_DIGITS:
        return {}
    if any(text.isdigit() for text in texts[1:]):
        return {}
    return {taken[0]: Verdict(Kind.SHARE, 0.6, "a number above the text and no other in it")}


def _first_prose(draft: Draft, taken: Sequence[int]) -> tuple[int, int]:
    """The block that the text surely begins with, and the next one of text; where there is none, the same.

    It is one that is longer than standfirsts are, or the second that is no mere line, since the first may be one.
    """

    def length(i: int) -> float:
        return max(float(draft.body.context.words[i]), len(draft.blocks.text[i]) / _WORD_CHARS)

    lines = [i for i in taken if not draft.is_heading(i) and not draft.is_headline(i)] or taken
    least = min(_PROSE, max(map(length, lines)) / 2)
    prose = [i for i in lines if length(i) >= least and not _BYLINE.match(draft.blocks.text[i])] or lines
    opening = next((n for n, i in enumerate(prose) if n == 1 or length(i) >= _OPENING), 0)
    return prose[opening], prose[min(opening + 1, len(prose) - 1)]


def _is_name(text: str) -> bool:
    """Whether a line is a person's name and nothing else."""
    words = text.split()
    return 2 <= len(words) <= 3 and looks_like_person(text) and is_given_name(words[0])


STANDFIRST: Final = "the standfirst, kept as the article's dek"
_LEAD: Final = re.compile(
    r"dek|standfirst|subtitle|sub-?head|\bsub\b|deck|summary|excerpt|lead|intro|description|vorspann|chapo|bajada|strapline",
    re.IGNORECASE,
)
_DATED: Final = re.compile(r"^(?:by|von|por|par|di|door|av)\b|\d{4}|\bago\b|min read", re.IGNORECASE)


def is_standfirst(draft: Draft, kept: Sequence[int], known: Known) -> bool:
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


def above_headline(draft: Draft, kept: Sequence[int], verdicts: Mapping[int, Verdict]) -> dict[int, Verdict]:
    """The few words that stand above a headline which the body begins with: a section, a kicker, a place."""
    heads = [i for i, verdict in verdicts.items() if verdict.kind is Kind.REPEATED and draft.is_headline(i)]
    above = [i for i in kept if heads and i < heads[0]]
    if any(draft.body.context.words[i] > _KICKER for i in above):
        return {}
    return dict.fromkeys(above, Verdict(Kind.NAVIGATION, 0.7, "stands above the headline"))
