"""Segments read on a Dask cluster by shares, committed by the flow.

    flow: segment -> shares ──> workers: share -> readings ──> flow: readings of a whole segment -> commit

Workers see the store and nothing else; the flow alone has the database. So SQLite serves a cluster too, a worker that
is killed costs its share's seconds, and a batch is committed once whatever was read twice (docs/decisions/009).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from articles.model import EXTRACTOR, Site
from flows.config import Config
from flows.reading import Result
from flows.report import Normalized, counted
from flows.segment import normalize_segment
from flows.shares import ShareRead, read_shares
from flows.workshop import open_workshop
from storage.shares import Share, shares_of
from storage.state import index, segments
from storage.state.segments import State

TASK_CAPTURES = 2_000
"""Captures read by one task: some 40 s. What Prefect and Dask add to a task is 0.12 s."""
TASKS_AHEAD = 100
"""Tasks under way at most, so that readings do not heap up where commits are slower than reading."""


class ReadingLost(Exception):
    """A task that read shares did not end as it should; the message says how. The segment stays pending."""


@task(
    name="read",
    task_run_name="read {what}",
    description="Read the captures of some segments, or of a share of a large one.",
    retries=2,
    retry_delay_seconds=[2, 20],
    cache_policy=NO_CACHE,
)
def read(what: str, store_url: str, sites: _Sites, shares: tuple[Share, ...]) -> tuple[ShareRead, ...]:  # noqa: ARG001
    """Read shares of segments. What passes (a store that is away) is retried; damage is in the result."""
    return read_shares(store_url, sites.by_name, shares)


class _Sites:
    """Sites on their way to a worker. No dataclass, which Prefect would search for futures, field by field."""

    def __init__(self, by_name: Mapping[str, Site]) -> None:
        self.by_name = by_name


@dataclass(slots=True)
class _Pack:
    """Shares that one task reads."""

    shares: list[Share] = field(default_factory=list)
    captures: int = 0
    future: PrefectFuture[tuple[ShareRead, ...]] | None = None
    reads: tuple[ShareRead, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    """A segment whose shares are read: each in a pack, at a place there."""

    key: str
    shares: tuple[tuple[_Pack, int], ...]


class OnCluster:
    """Has shares of segments read by the flow's task runner; commits each segment here, in the order taken."""

    def __init__(self, config: Config) -> None:
        self._shop = open_workshop(config)
        self._sites = _Sites(self._shop.sites)
        self._taken: deque[_Taken] = deque()
        self._results: list[Normalized] = []
        self._pack = _Pack()
        self._submitted: deque[_Pack] = deque()

    def take(self, key: str) -> None:
        """Have this segment read; waits while too much is read and not committed."""
        self._taken.append(_Taken(key, tuple(map(self._place, self._shares(key)))))
        while len(self._submitted) > TASKS_AHEAD:
            self._results.append(self._commit())

    def go(self) -> None:
        """Hand out what waits for a fuller task."""
        pack, self._pack = self._pack, _Pack()
        if pack.shares:
            pack.future = read.submit(_told(pack), self._shop.store.url, self._sites, tuple(pack.shares))
            self._submitted.append(pack)

    def results(self) -> Iterator[Normalized]:
        """What became of each segment, in the order taken."""
        self.go()
        yield from self._results
        self._results = []
        while self._taken:
            yield self._commit()

    def _shares(self, key: str) -> list[Share]:
        """None for a segment that need not, or cannot, be read: its commit tells which."""
        with self._shop.database.transaction() as connection:
            committed = index.committed(connection, key, EXTRACTOR)
            info = segments.get(connection, key)
        if committed or info is None or info.state is State.QUARANTINED:
            return []
        return shares_of(self._shop.store, info, TASK_CAPTURES)

    def _place(self, share: Share) -> tuple[_Pack, int]:
        pack = self._pack
        pack.shares.append(share)
        pack.captures += share.captures
        place = pack, len(pack.shares) - 1
        if pack.captures >= TASK_CAPTURES:
            self.go()
        return place

    def _commit(self) -> Normalized:
        taken = self._taken.popleft()
        if any(pack is self._pack for pack, _ in taken.shares):
            self.go()
        shop = self._shop
        try:
            return normalize_segment(
                shop.store,
                shop.database,
                shop.sites,
                taken.key,
                read=lambda: _results(taken),
                learning=shop.config.profiles,
            )
        except Exception as error:  # noqa: BLE001 - told as this segment's own, as beside a flow: the others go on
            return Normalized(segment=taken.key, seq=None, error=f"{type(error).__name__}: {error}")
        finally:
            self._let_go()

    def _let_go(self) -> None:
        """Forget packs, and their readings, that no segment waits for."""
        wanted = next((taken.shares[0][0] for taken in self._taken if taken.shares), None)
        while self._submitted and self._submitted[0] is not wanted:
            self._submitted.popleft()


def _results(taken: _Taken) -> Iterator[Result]:
    for pack, place in taken.shares:
        one = _reads(pack)[place]
        if one.damage is not None:
            raise one.damage
        yield from one.results


def _reads(pack: _Pack) -> tuple[ShareRead, ...]:
    if pack.reads is None:
        if pack.future is None:
            raise RuntimeError("shares are awaited that were not handed out")
        try:
            pack.reads = pack.future.result()
        except Exception as error:
            raise ReadingLost(f"{type(error).__name__}: {error}"[:1000]) from error
        pack.future = None  # the cluster need not keep it
    return pack.reads


def _told(pack: _Pack) -> str:
    names = {share.segment for share in pack.shares}
    first = pack.shares[0]
    if len(names) > 1:
        return f"{counted(len(names), 'segment')}, {counted(pack.captures, 'capture')}"
    part = "" if first.end is None else f" from byte {first.begin}"
    return f"{first.segment.rpartition('/')[2]}{part}"
