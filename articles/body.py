"""Which blocks of a page are the article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from articles.blocks import Blocks
from articles.features import Context, Hints
from articles.fitted import body_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The answer: for each block how likely it is body, and whether it was taken."""

    chance: NDArray[np.float64]
    taken: NDArray[np.bool_]
    context: Context


def find_body(blocks: Blocks, hints: Hints) -> Body:
    """Judge each block of a page."""
    model = body_model()
    context = Context(blocks, hints, model.lore)
    rows = context.matrix()
    if not len(rows):
        nothing = np.zeros(0)
        return Body(chance=nothing, taken=nothing > 0, context=context)
    first = model.first.chances(rows)
    chance = model.second.chances(context.second_stage(rows, first))
    return Body(chance=chance, taken=chance >= model.cut, context=context)
