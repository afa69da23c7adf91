"""The steps that flows share, as Prefect tasks: a segment is the smallest thing that is one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime
from logging import Logger, LoggerAdapter
from typing import Protocol

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture, wait

from flows.config import Config
from flows.report import Normalized, NormalizeReport, Quarantined, counted, merge
from flows.segment import POOLED_CAPTURES, normalize_segment
from flows.workshop import open_workshop
from storage.delta import follow_tables
from storage.documents import BadCursor, follow_documents
from storage.log import DamagedLog, Log
from storage.objects import ObjectStore, open_store
from storage.state import segments

WORKERS = 2
"""Segments under way at once beside a flow: one waits for the store while the other is read."""
PACK_CAPTURES = 1_000
"""Small segments are normalized by one task until there are so many captures: a task costs Prefect 0.034 s of CPU."""
FOLLOW_SECONDS = 60.0
"""How often the followers catch up while a crawl goes on."""

Log_ = Logger | LoggerAdapter[Logger]


class Pack:
    """Segments that one task normalizes, and what became of them, kept from one attempt to the next.

    No dataclass, which Prefect would copy: the task and the flow look at the same one.
    """

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.captures = 0
        self.done: dict[str, Normalized] = {}
        self.failures: dict[str, Exception] = {}

    @property
    def told(self) -> str:
        """What it is, for the name of its task's run."""
        if len(self.keys) == 1:
            return self.keys[0]
        return f"{counted(len(self.keys), 'segment')}, {counted(self.captures, 'capture')}"


@task(
    name="normalize",
    task_run_name="normalize {told}",
    description="Read every capture of one segment, or of some small ones, and commit what they gave.",
    retries=2,
    retry_delay_seconds=[2, 20],
    cache_policy=NO_CACHE,
)
def normalize_pack(told: str, pack: Pack, config: Config) -> None:  # noqa: ARG001
    """Normalize segments. What passes (a store that is away) is retried; what lasts is in `pack.done`."""
    shop = open_workshop(config)
    pack.failures.clear()
    for key in pack.keys:
        if key in pack.done:
            continue
        try:
            pack.done[key] = normalize_segment(
                shop.store,
                shop.database,
                shop.sites,
                key,
                pool=shop.readers.pool,
                pooled=pack.captures >= POOLED_CAPTURES,
                learning=config.profiles,
            )
        except Exception as error:  # noqa: BLE001 - raised when the others are read
            pack.failures[key] = error
            if isinstance(error, BrokenExecutor):
                shop.readers.close()  # a process of the pool died, and the pool with it: who comes next gets a new one
    for failure in pack.failures.values():
        raise failure


FOLLOWERS: Mapping[str, Callable[[ObjectStore], int]] = {
    "tables": follow_tables,
    "documents": follow_documents,
}
"""Who follows the log, each with its own cursor: one that fails keeps no other back."""


LASTING = (BadCursor, DamagedLog)
"""Failures of followers that no second attempt mends."""


def _may_pass(_task: object, _run: object, state: State[int]) -> bool:
    """Whether to try again after a failure."""
    return not isinstance(state.result(raise_on_failure=False), LASTING)


@task(
    name="follow the log",
    task_run_name="follow the log: {follower}",
    description="Bring the Delta tables or the JSON documents up to the last commit.",
    retries=2,
    retry_delay_seconds=[2, 20],
    retry_condition_fn=_may_pass,
    cache_policy=NO_CACHE,
)
def follow_log(follower: str, store_url: str) -> int:
    """Let one of `FOLLOWERS` catch up; commits it has taken in."""
    return FOLLOWERS[follower](open_store(store_url))


def follow_all(store_url: str) -> dict[str, int]:
    """Let every follower catch up, whatever becomes of the others; commits each has taken in.

    Raises what the first of those raised that failed, when all have had their turn.
    """
    following = {name: follow_log.submit(name, store_url) for name in FOLLOWERS}
    wait(list(following.values()))
    return {name: future.result() for name, future in following.items()}


class Hands(Protocol):
    """Who reads the segments of a desk, and commits what they gave."""

    def take(self, key: str) -> None:
        """Have this segment normalized, alone or with others that are taken soon."""

    def go(self) -> None:
        """Nothing more is taken soon: begin with what was."""

    def results(self) -> Iterator[Normalized]:
        """What became of each segment taken; waits for them."""


class BesideFlow:
    """Reads and commits segments in threads beside the flow; where there is much to read, processes read it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._pack = Pack()
        self._futures: list[tuple[Pack, PrefectFuture[None]]] = []

    def take(self, key: str) -> None:
        """Normalize this segment when a thread is free."""
        with open_workshop(self._config).database.transaction() as connection:
            info = segments.get(connection, key)
        self._pack.keys.append(key)
        self._pack.captures += info.captures if info else 0
        if self._pack.captures >= PACK_CAPTURES:
            self.go()

    def go(self) -> None:
        """Begin with what was taken."""
        pack, self._pack = self._pack, Pack()
        if pack.keys:
            self._futures.append((pack, normalize_pack.submit(pack.told, pack, self._config)))

    def results(self) -> Iterator[Normalized]:
        """What became of each segment, in the order taken."""
        self.go()
        for pack, future in self._futures:
            future.wait()
            for key in pack.keys:
                yield pack.done.get(key) or Normalized(
                    segment=key, seq=None, error=_failure(pack, key, future)
                )


def _failure(pack: Pack, key: str, future: PrefectFuture[None]) -> str:
    if (error := pack.failures.get(key)) is not None:
        return f"{type(error).__name__}: {error}"
    return future.state.message or "the task did not complete"


class Desk:
    """Takes segments as they come, has them normalized, and lets the followers of the log catch up meanwhile."""

    def __init__(self, config: Config, log: Log_, hands: Hands | None = None) -> None:
        self._config = config
        self._log = log
        self._hands = hands or BesideFlow(config)
        self._store = open_workshop(config).store
        self._began = time.monotonic()
        self._started_at = datetime.now(UTC)
        self._taken: set[str] = set()
        self._followed_at = self._began
        self._following: dict[str, PrefectFuture[int]] = {}

    def take(self, key: str) -> None:
        """Normalize this segment now or when a hand is free; once, however often it is handed in."""
        self.take_all([key])

    def take_all(self, keys: Iterable[str]) -> None:
        """Normalize these segments; small ones together."""
        for key in keys:
            if key not in self._taken:
                self._taken.add(key)
                self._hands.take(key)
            self._follow_now_and_then()
        self._hands.go()

    def finish(self) -> NormalizeReport:
        """Wait for every segment, let the followers catch up once more, and tell what came of it."""
        results = list(self._results())
        self._wait_for_followers()
        self._follow()
        behind = self._wait_for_followers()
        return NormalizeReport(
            store=self._config.store,
            started_at=self._started_at,
            seconds=time.monotonic() - self._began,
            segments=len(results),
            commits=tuple(sorted(result.seq for result in results if result.seq is not None)),
            head=Log(self._store).head(),
            tallies=merge(tally for result in results for tally in result.tallies),
            read_before=sum(1 for result in results if result.seq is None and result.error is None),
            unreadable=sum(result.unreadable for result in results),
            failed=(
                *(
                    f"{result.segment}: {result.error}"
                    for result in results
                    if result.error and not result.quarantined
                ),
                *behind,
            ),
            quarantined=tuple(
                Quarantined(segment=result.segment, reason=result.error or "")
                for result in results
                if result.quarantined
            ),
        )

    def _results(self) -> Iterator[Normalized]:
        for result in self._hands.results():
            about = {"segment": result.segment}
            if result.quarantined:
                self._log.error("%s is in quarantine: %s", result.segment, result.error, extra=about)
            elif result.error:
                self._log.error(
                    "%s is not normalized and stays pending: %s", result.segment, result.error, extra=about
                )
            yield result
            self._follow_now_and_then()

    def _follow_now_and_then(self) -> None:
        now = time.monotonic()
        idle = all(future.state.is_final() for future in self._following.values())
        if idle and now - self._followed_at > FOLLOW_SECONDS:
            self._followed_at = now
            self._follow()

    def _follow(self) -> None:
        self._following = {name: follow_log.submit(name, self._store.url) for name in FOLLOWERS}

    def _wait_for_followers(self) -> tuple[str, ...]:
        """What went wrong; it loses nothing: followers go on from their cursors, next time or in `maintain`."""
        failures = []
        for name, future in self._following.items():
            future.wait()
            if not future.state.is_completed():
                failures.append(f"the {name} could not follow the log: {future.state.message}")
                self._log.error("%s", failures[-1])
        return tuple(failures)
