"""Symmetric boosted trees, evaluated for all rows and all trees at once.

Every level of a symmetric tree asks one question of all its nodes, so a tree of depth d is d comparisons, and the
answers, read as a binary number, are the index of the leaf. A fitted forest is five arrays:

    feature  int16   (questions)         column that a question looks at
    border   float32 (questions)         the answer is `value > border`
    splits   int16   (trees, depth)      questions of each tree, lowest bit first
    leaves   float32 (trees, 2 ** depth) what each leaf adds
    bias     float                       what every row starts with
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROWS_AT_ONCE = 256
"""Keeps the table of answers within the processor's cache, and memory bounded on huge pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """A fitted forest; see the module for its arrays."""

    feature: NDArray[np.int16]
    border: NDArray[np.float32]
    splits: NDArray[np.int16]
    leaves: NDArray[np.float32]
    bias: float

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The sum of leaves for each row: log odds for a classifier."""
        total = np.full(len(rows), self.bias)
        trees, depth = self.splits.shape
        leaves = self.leaves.ravel().astype(np.float64)
        # The smallest numbers that can count all leaves: adding wide ones takes as long as all the rest.
        narrow = np.min_scalar_type(leaves.size - 1)
        first_leaf = (np.arange(trees) << depth).astype(narrow)[:, None]
        for low in range(0, len(rows), _ROWS_AT_ONCE):
            columns = np.ascontiguousarray(rows[low : low + _ROWS_AT_ONCE].T)
            answers = (columns.take(self.feature, axis=0, mode="clip") > self.border[:, None]).view(np.uint8)
            # Indexes made here are within bounds; `clip` spares the copy that looking after them costs.
            leaf = answers.take(self.splits[:, depth - 1], axis=0, mode="clip")
            for level in range(depth - 2, -1, -1):
                leaf += leaf
                leaf += answers.take(self.splits[:, level], axis=0, mode="clip")
            added = leaves.take(leaf + first_leaf, mode="clip")
            total[low : low + _ROWS_AT_ONCE] += added.sum(axis=0)
        return total

    def chances(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The logistic of the scores."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.scores(rows), -40, 40))))
