"""Prompts told by groups of words that only meet in them: the shape that `offers`, `embeds` and others fill.

A form asks for one word of each of its groups in a single short block. A word alone tells nothing; that `click`,
`share` and a network stand in twelve words does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from articles.lexicon import Says, says
from articles.model import Kind
from articles.text import word_set

Words = frozenset[str]

_MARKS: Final = re.compile(r"[\"“”„«»]")
_TITLE: Final = re.compile(
    r"(?<=.)[\"“„«»]\s?(?![a-zà-ž])(?:[^\s\"“”„«»]+\s){0,4}[^\s\"“”„«»]*\w\s?[\"”“»«](?!\s?,\s[a-zà-ž])"
)
"""A few words between quotation marks that begin with a capital and end without a stop, within a sentence."""
FILLERS: Final = word_set(
    "please bitte por favor dann then so and und also in the just it on to now jetzt hier here ahora agora"
)
"""What may stand before the word that opens a prompt."""


def is_spoken(text: str) -> bool:
    """Whether somebody's words stand in a text, which ask nothing: titles in quotation marks are nobody's."""
    return _MARKS.search(text) is not None and _MARKS.search(_TITLE.sub(" ", text)) is not None


@dataclass(frozen=True, slots=True)
class Form:
    """A prompt: its kind, how surely it is one (0 to 1), its most words, and the groups of which it has a word each.

    The first group is that of the rarest words: most blocks are turned down by it.
    """

    kind: Kind
    score: float
    most: int
    groups: tuple[Words, ...]
    to_reader: bool = False
    """Speaks to the reader besides."""
    opens: Words = frozenset()
    """Opens with one of these, after fillers at most."""
    own: bool = False
    """Speaks of the paper besides: `our`, `us`."""


class Forms:
    """Some forms, asked together.

    `keys` are the words of all first groups: a block without any of them, or of more than `longest` words, has no form.
    """

    def __init__(self, *forms: Form) -> None:
        by_key: dict[str, list[Form]] = {}
        for form in forms:
            for word in form.groups[0]:
                by_key.setdefault(word, []).append(form)
        self._by_key = by_key
        self.keys = frozenset(by_key)
        self.longest = max(form.most for form in forms)

    def told(self, tokens: list[str]) -> tuple[Kind, float] | None:
        """Kind and score (0 to 1) of the surest form that a block of these folded words has; None: it has none."""
        best: Form | None = None
        if self.keys.isdisjoint(tokens):
            return None
        words = set(tokens)
        for word in self.keys.intersection(words):
            for form in self._by_key[word]:
                if (best is None or form.score > best.score) and _has(form, tokens, words):
                    best = form
        return (best.kind, best.score) if best is not None else None


def _has(form: Form, tokens: list[str], words: set[str]) -> bool:
    if len(tokens) > form.most or any(words.isdisjoint(group) for group in form.groups[1:]):
        return False
    if form.opens and next((word for word in tokens[:4] if word not in FILLERS), "") not in form.opens:
        return False
    if form.to_reader and not any(says(word) & Says.READER for word in words):
        return False
    return not form.own or any(says(word) & Says.HOUSE for word in words)
