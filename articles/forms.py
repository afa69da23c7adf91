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

QUOTED: Final = re.compile(r"[\"“”„«»]")
"""Somebody's words: they ask nothing."""
FILLERS: Final = word_set(
    "please bitte por favor dann then so and und also in the just it on to now jetzt hier here ahora agora"
)
"""What may stand before the word that opens a prompt."""


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

    `keys` are the words of all first groups: a block without any of them has no form.
    """

    def __init__(self, *forms: Form) -> None:
        self._forms = forms
        self.keys = frozenset[str]().union(*(form.groups[0] for form in forms))
        self._most = max(form.most for form in forms)

    def told(self, tokens: list[str]) -> tuple[Kind, float] | None:
        """Kind and score (0 to 1) of the first form that a block of these folded words has; None: it has none."""
        if len(tokens) > self._most or self.keys.isdisjoint(tokens):
            return None
        words, meanings = set(tokens), 0
        for word in words:
            meanings |= says(word)
        opening = next((word for word in tokens[:4] if word not in FILLERS), "")
        for form in self._forms:
            if len(tokens) > form.most or any(words.isdisjoint(group) for group in form.groups):
                continue
            if form.opens and opening not in form.opens:
                continue
            if form.to_reader and not meanings & Says.READER:
                continue
            if not form.own or meanings & Says.HOUSE:
                return form.kind, form.score
        return None
