"""What a reading process does, on this machine or another: shares of segments in, their readings out.

It needs the store and what the task brings along: no database, no seeds, no settings of its own. Without Prefect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from articles.model import Site
from flows.reading import Result, read_all
from storage.objects import ObjectStore, StoreError, open_store
from storage.segments import SegmentDamaged
from storage.shares import Share, captures_in
from storage.warc import TornSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRead:
    """What reading a share gave."""

    results: tuple[Result, ...] = ()
    damage: SegmentDamaged | TornSegment | None = None
    """What is wrong with the segment and stays so."""


def read_shares(store_url: str, sites: Mapping[str, Site], shares: Iterable[Share]) -> tuple[ShareRead, ...]:
    """The readings of each share, in order; a damaged segment stops no other.

    Raises StoreError, also where the store as this process sees it lacks a segment: it may be another store.
    """
    store = _store(store_url)
    return tuple(_read(store, sites, share) for share in shares)


def _read(store: ObjectStore, sites: Mapping[str, Site], share: Share) -> ShareRead:
    if store.size(share.segment) is None:
        raise StoreError(
            f"{store.url} as seen from a reading process has no segment {share.segment}; every machine must see "
            "the same store: a bucket, or a folder that all of them share"
        )
    try:
        return ShareRead(results=tuple(read_all(captures_in(store, share), sites)))
    except (SegmentDamaged, TornSegment) as error:
        return ShareRead(damage=error)


@cache
def _store(url: str) -> ObjectStore:
    return open_store(url)
