"""Shares of a segment: what one process reads of it, small enough to be lost and read again.

Segments of ours are one share: they are small, and only whole do they have a seal. A file of Common Crawl's, a
gigabyte with tens of thousands of captures, is cut where captures begin, by the index beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from articles.model import Capture
from storage import cdxj
from storage.objects import NotFound, ObjectStore
from storage.segments import begun_at, captures_of, index_key
from storage.state.segments import SegmentInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The captures of a segment that begin at `begin` or behind it, and before `end`."""

    segment: str
    captures: int
    """How many there are, or a few less: some (what was taken down) are not in the index."""
    begin: int = 0
    end: int | None = None
    """None: the end of the segment."""
    sha256: str | None = None
    """Of the whole segment, to be checked by whoever reads this share; None: another share's reader does."""


def shares_of(store: ObjectStore, info: SegmentInfo, captures_each: int) -> list[Share]:
    """The shares of a segment, in its order, of so many captures at most; one of ours, or without index, is one."""
    whole = Share(segment=info.key, captures=info.captures, sha256=info.sha256)
    if info.captures <= captures_each or begun_at(info.key) is not None:
        return [whole]
    try:
        places = cdxj.offsets(store.get(index_key(info.key)))
    except (NotFound, ValueError):
        return [whole]  # slower, and as right
    size = store.size(info.key)
    if not places or size is None:
        return [whole]
    number = -(-len(places) // captures_each)
    each = -(-len(places) // number)
    cuts = [0, *places[each::each], size]
    return [
        Share(
            segment=info.key,
            captures=min(each, len(places) - each * at),
            begin=begin,
            end=end,
            sha256=None if at else info.sha256,
        )
        for at, (begin, end) in enumerate(pairwise(cuts))
    ]


def captures_in(store: ObjectStore, share: Share) -> Iterator[Capture]:
    """The captures of a share. Raises SegmentDamaged and TornSegment as `captures_of` does."""
    return captures_of(store, share.segment, share.sha256, begin=share.begin, end=share.end)
