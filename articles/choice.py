"""From the chance of each block to the choice of the body: one page, judged as a whole.

Three steps, each of which needs the page, not the block: where to cut (`page_cut`), the best chain of runs of body and
of the rest in page order (`best_chain`), and a second look at what was chosen (`without_hidden`,
`without_second_article`, `without_doubles`).
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from articles.blocks import Elements
from articles.features import Context

Chances = NDArray[np.float64]
Taken = NDArray[np.bool_]

LEAST_CUT: Final = 0.3
MOST_WORDS: Final = 60.0
"""Words of a block that count for the chain: one long block must not pay for a dozen wrong ones."""
EDGE: Final = 0.1
"""What beginning or ending a run of body costs, in words, where one element ends and another begins."""
SPLIT: Final = 0.4
"""The same between two blocks of one element: siblings are mostly all body or all not."""
LONG: Final = 12
"""Words from which a block equal to the one before is a copy."""
COPIED: Final = 0.25
"""Share of the chosen words in runs of copies from which the page holds its whole text twice."""
COPIED_WORDS: Final = 100
"""The same in words: notices that two boxes have in common are less."""
_LISTS: Final = frozenset(["ul", "ol", "dl"])
LISTED: Final = 3
"""Blocks of a list from which it is judged as one."""
LIST_WORDS: Final = 150
"""Words of the longest list that is: longer ones may hold a whole page."""
LISTED_LINKS: Final = 0.5
"""Share of its words in links up to which it is."""
ITEM_WORDS: Final = 20
"""Words of an item that count for its list."""
OPENING: Final = 60
"""Words of body that must stand before a second article can begin."""
SECOND: Final = 40
"""Words of body that a second article must hold."""


def page_cut(chance: Chances, words: Chances) -> float:
    """The chance from which taking a block raises the page's expected F1: half the best F1 that can be expected.

    Lipton, Elkan, Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure" (2014).
    """
    mass = chance * words
    total = float(mass.sum())
    if not total:
        return 0.5
    order = np.argsort(-chance, kind="stable")
    best = float((2 * np.cumsum(mass[order]) / (np.cumsum(words[order]) + total)).max())
    return max(LEAST_CUT, best / 2)


def choose(chance: Chances, context: Context) -> Taken:
    """The blocks that are the body."""
    taken = best_chain(_lists_whole(chance, context), context)
    taken = without_hidden(taken, context)
    taken = without_second_article(taken, context)
    return without_doubles(taken, context)


def _lists_whole(chance: Chances, context: Context) -> Chances:
    """The same chances, but all blocks of a short list share their mean: one item is text where the others are.

    A list of links is left as it is: it is mostly a menu, and each item that is none stands for itself.
    """
    e = context.blocks.elements
    shared = chance
    for at, tag in enumerate(e.tag):
        if tag not in _LISTS or e.end[at] - e.start[at] < LISTED:
            continue
        items = slice(e.start[at], e.end[at])
        words = context.words[items]
        linked = float(context.linked_words[items].sum())
        if LISTED_LINKS * float(words.sum()) >= linked and float(words.sum()) <= LIST_WORDS:
            if shared is chance:
                shared = chance.copy()
            weight = np.minimum(words, ITEM_WORDS) + 0.5
            shared[items] = float((shared[items] * weight).sum() / weight.sum())
    return shared


def best_chain(chance: Chances, context: Context) -> Taken:
    """The choice that gains most words of body over words of other text, when every change between the two costs."""
    n = len(chance)
    if not n:
        return np.zeros(0, bool)
    gain = (chance - page_cut(chance, context.words)) * np.minimum(context.words, MOST_WORDS)
    parent = context.ancestors[1]
    cost = np.full(n, EDGE)
    cost[1:][parent[1:] == parent[:-1]] = SPLIT
    outside, inside = 0.0, -1e9
    came_from_inside, came_from_outside = [False] * n, [False] * n
    for i, (worth, change) in enumerate(zip(gain.tolist(), cost.tolist(), strict=True)):
        leave, enter = inside - change, outside - change
        if leave > outside:
            outside, came_from_inside[i] = leave, True
        if enter >= inside:
            inside, came_from_outside[i] = enter, True
        inside += worth
    taken = np.zeros(n, bool)
    within = inside > outside
    for i in range(n - 1, -1, -1):
        taken[i] = within
        within = not came_from_outside[i] if within else came_from_inside[i]
    return taken


_HIDDEN: Final = frozenset(
    ["hidden", "d-none", "is-hidden", "visually-hidden", "visuallyhidden", "sr-only", "screen-reader-text", "u-hidden",
     "u-hide", "display-none", "invisible", "hidden-content"]
)  # fmt: skip
"""Classes by which sites keep an element out of sight: of the 14,000 words under them in the corpus 4 are wanted."""
_SHOWN: Final = re.compile(r":|\bd-\w+-\w|-(?:sm|md|lg|xl)\b")
"""What in the same attribute shows it again on some screens: `hidden md:block`, `d-none d-md-block`."""
MOST_HIDDEN: Final = 0.5
"""Share of the chosen words out of sight from which they are believed to come into sight: by a script, or a login."""


def without_hidden(taken: Taken, context: Context) -> Taken:
    """The same choice without what stands in elements that are called hidden: pleas and other readers' layouts."""
    e = context.blocks.elements
    hidden: dict[int, bool] = {-1: False}
    out = [int(i) for i in np.flatnonzero(taken) if _is_hidden(context.blocks.element[i], e, hidden)]
    if not out or float(context.words[out].sum()) >= MOST_HIDDEN * float(context.words[taken].sum()):
        return taken
    taken = taken.copy()
    taken[out] = False
    return taken


def _is_hidden(at: int, elements: Elements, known: dict[int, bool]) -> bool:
    """Whether an element or one around it is called hidden; `known` are those that were looked at."""
    path: list[int] = []
    while at not in known:
        path.append(at)
        at = elements.parent[at]
    answer = known[at]
    for one in reversed(path):
        key = elements.key[one].lower()
        answer = answer or (not _HIDDEN.isdisjoint(key.split()) and not _SHOWN.search(key))
        known[one] = answer
    return answer


def without_doubles(taken: Taken, context: Context) -> Taken:
    """The same choice without copies: pages carry a text twice for two layouts, or a summary as caption once more.

    A refrain is none: it comes back alone, not with what stands around it.
    """
    chosen = np.flatnonzero(taken & (context.words >= 4))
    roots = [-1, *context.first_alike[chosen].tolist(), -1]
    first: dict[int, int] = {}
    dropped: list[int] = []
    in_runs: list[int] = []
    for at, i in enumerate(chosen.tolist(), start=1):
        known = first.setdefault(roots[at], at)
        if known == at:
            continue
        if context.words[i] >= LONG and at - known == 1:
            dropped.append(i)
        if roots[at - 1] == roots[known - 1] or roots[at + 1] == roots[known + 1]:
            in_runs.append(i)
    copied = float(context.words[in_runs].sum()) if in_runs else 0.0
    if copied >= max(COPIED * float(context.words[chosen].sum()), COPIED_WORDS):
        dropped += in_runs
    if not dropped:
        return taken
    taken = taken.copy()
    taken[dropped] = False
    return taken


def without_second_article(taken: Taken, context: Context) -> Taken:
    """The same choice up to the next `<article>` with an `<h1>` of its own, where the first stands in one too."""
    e = context.blocks.elements
    chosen = np.flatnonzero(taken)
    if len(chosen) < 2 or e.tag.count("article") < 2 or e.tag.count("h1") < 2:
        return taken
    before = np.cumsum(context.words * taken)
    for i, at in enumerate(context.blocks.element):
        if e.tag[at] != "h1" or i <= chosen[0] or before[i - 1] < OPENING:
            continue
        preceding = chosen[chosen < i]
        own, other = _article(e, at), _article(e, context.blocks.element[preceding[len(preceding) // 2]])
        if own <= 0 or other <= 0 or e.start[own] <= preceding[-1]:
            continue
        if e.start[own] >= e.start[other] and e.end[own] <= e.end[other]:
            continue
        start, end = e.start[own], e.end[own]
        if float((context.words[start:end] * taken[start:end]).sum()) >= SECOND:
            return np.asarray(taken & (np.arange(len(taken)) < start))
    return taken


def _article(elements: Elements, at: int) -> int:
    """The `<article>` around an element; 0 or less where there is none."""
    while at > 0 and elements.tag[at] != "article":
        at = elements.parent[at]
    return at
