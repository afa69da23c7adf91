"""Near duplicates: a signature by which two texts can be told to be one story, told again.

MinHash (Broder 1997) over runs of three words: the share of equal places in two signatures estimates the share of
runs that the texts have in common. Bands of a signature are what an index is asked by: texts that share much have
a band in common, others almost never do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rensa import RMinHash

from articles.text import folded

PLACES = 96
"""Hashes in a signature: a likeness of 0.3 is estimated to within 0.05 (one standard deviation)."""
BANDS = 20
ROWS = 3
"""Of pairs that share half of their runs, `1 - (1 - 0.5**3)**20` = 0.93 have a band in common; of 0.02, 0.0002."""
COPIES = 3
COPY_ROWS = 5
"""Of pairs that share 0.95 of their runs 0.99 have one of the three in common, of 0.9 0.93, of 0.5 0.09."""
SAME = 0.3
"""Share of places in common from which on two texts are one story: `benchmarks/stories.py` measures it."""
SHORTEST = 40
"""Words that a text needs to be compared: shorter ones are alike by chance."""

_PRIME = 2**48 - 59
"""The largest below 2**48: what five places hold is folded into 48 bits by it."""
_RUN = 3
_SEED = 1
_UNSPACED = 12
"""Mean length of words above which a script puts no spaces between them: its characters are taken as words."""


def signature(paragraphs: Sequence[str]) -> bytes | None:
    """What a text is compared by, 2 bytes for each of `PLACES`; None: it is too short."""
    words = folded(" ".join(paragraphs))
    if words and sum(map(len, words)) > _UNSPACED * len(words):
        words = [character for word in words for character in word]
    if len(words) < SHORTEST:
        return None
    minhash = RMinHash(num_perm=PLACES, seed=_SEED)
    minhash.update(set(map(" ".join, zip(*(words[start:] for start in range(_RUN)), strict=False))))
    # b-bit minwise hashing (Li and König 2010): with 16 bits of each hash chance adds 1/65536 to the estimate.
    return np.array(minhash.digest(), dtype="<u4").astype("<u2").tobytes()


@lru_cache(maxsize=512)
def bands(signature: bytes) -> tuple[int, ...]:
    """Keys to look for others by, one a band, below 2**53: equal for equal bands only."""
    width = 2 * ROWS
    return tuple(
        int.from_bytes(signature[number * width : (number + 1) * width], "little") | (number << 8 * width)
        for number in range(BANDS)
    )


def copies(signature: bytes) -> tuple[int, ...]:
    """Keys to look for copies by, texts that share nearly all; below 2**53, and none of them is a band's."""
    width = 2 * COPY_ROWS
    return tuple(
        int.from_bytes(signature[number * width : (number + 1) * width], "little") % _PRIME
        | ((BANDS + number) << 48)
        for number in range(COPIES)
    )


def likeness(one: bytes, other: bytes) -> float:
    """0 to 1: the estimated share of runs of words that two texts have in common."""
    return float(np.mean(np.frombuffer(one, "<u2") == np.frombuffer(other, "<u2")))
