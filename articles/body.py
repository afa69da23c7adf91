"""Which blocks of a page are the article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from articles.blocks import Blocks
from articles.features import Context, Hints
from articles.fitted import body_model

WITHIN_CUT = 0.35
"""Chance from which a block counts as body where body text stands right before and right after it."""
REACH = 4
"""How many blocks off that text may stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The answer: for each block how likely it is body, and whether it was taken."""

    chance: NDArray[np.float64]
    taken: NDArray[np.bool_]
    context: Context
    confidence: float
    """0 to 1: how clear-cut the choice was, weighed by words."""


def find_body(blocks: Blocks, hints: Hints) -> Body:
    """Judge each block of a page."""
    model = body_model()
    context = Context(blocks, hints, model.lore)
    rows = context.matrix()
    if not len(rows):
        nothing = np.zeros(0)
        return Body(chance=nothing, taken=nothing > 0, context=context, confidence=0.0)
    first = model.first.chances(rows)
    second = model.second.chances(context.second_stage(rows, first))
    # On sites that neither has seen their mean keeps more wanted and fewer unwanted blocks than each alone.
    chance = (first + second) / 2
    return body_of(chance, context, model.cut)


def body_of(chance: NDArray[np.float64], context: Context, cut: float) -> Body:
    """The choice that follows from the chances of all blocks."""
    taken = chance >= cut
    taken |= _enclosed(taken, chance, context)
    words = context.words * np.maximum(chance, 0.05)
    total = float(words.sum())
    confidence = float((np.abs(chance - cut) * 2 * words).sum()) / total if total else 0.0
    return Body(chance=chance, taken=taken, context=context, confidence=round(min(confidence, 1.0), 3))


def _enclosed(taken: NDArray[np.bool_], chance: NDArray[np.float64], context: Context) -> NDArray[np.bool_]:
    """Blocks between two of the body, not far from either, that the classifier was of two minds about."""
    position = np.arange(len(taken))
    sure = np.flatnonzero(taken & (context.words >= 8))
    if len(sure) < 2:
        return np.zeros(len(taken), bool)
    after = np.searchsorted(sure, position)
    inside = (after > 0) & (after < len(sure))
    following = sure[np.minimum(after, len(sure) - 1)]
    preceding = sure[np.maximum(after - 1, 0)]
    near = (following - position <= REACH) & (position - preceding <= REACH)
    return np.asarray(inside & near & (chance >= WITHIN_CUT) & (context.link_share < 0.5))
