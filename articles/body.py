"""Which blocks of a page are the article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from articles.blocks import Blocks
from articles.features import Context, Hints, Lore, first_stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The answer: for each block how likely it is body, and whether it was taken."""

    chance: NDArray[np.float64]
    taken: NDArray[np.bool_]
    context: Context


def find_body(blocks: Blocks, hints: Hints) -> Body:
    """Judge each block of a page."""
    _, context = first_stage(blocks, hints, Lore(words={}, names={}))
    chance = np.zeros(len(blocks))
    prose = context.prose
    total = float(prose.sum())
    if total:
        prose_in = context.prose_in
        fits = prose_in >= 0.6 * total
        best = int(np.argmax(np.where(fits, context.depth * 100_000 - np.arange(len(context.depth)), -1)))
        low, high = int(context.start[best]), int(context.end[best])
        chance[low:high] = 0.6
        chance[context.link_share > 0.4] = 0.1
        chance[(context.words < 6) & (context.ends == 0)] = 0.2
    return Body(chance=chance, taken=chance >= 0.5, context=context)
