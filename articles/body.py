"""Which blocks of a page are the article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from articles.blocks import Blocks
from articles.choice import choose
from articles.features import Context, Hints
from articles.fitted import body_model


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
    return body_of(model.second.chances(context.second_stage(rows, first)), context)


def body_of(chance: NDArray[np.float64], context: Context) -> Body:
    """The choice that follows from the chances of all blocks."""
    words = context.words * np.maximum(chance, 0.05)
    total = float(words.sum())
    confidence = float((np.abs(chance - 0.5) * 2 * words).sum()) / total if total else 0.0
    return Body(
        chance=chance,
        taken=choose(chance, context),
        context=context,
        confidence=round(min(confidence, 1.0), 3),
    )
