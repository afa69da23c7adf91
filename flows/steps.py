"""The steps that flows share, as Prefect tasks: a segment is the smallest thing that is one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime
from logging import Logger, LoggerAdapter
from typing import Protocol

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from flows.config import Config
from flows.report import Normalized, NormalizeReport, Quarantined, merge
from flows.segment import normalize_segment
from flows.workshop import open_workshop
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.log import Log
from storage.objects import open_store

WORKERS = 2
"""Segments under way at once beside a flow: one waits for the store while the other is read."""
FOLLOW_SECONDS = 60.0
"""How often the followers catch up while a crawl goes on."""

Log_ = Logger | LoggerAdapter[Logger]


@task(
    name="normalize",
    task_run_name="normalize {key}",
    description="Read every capture of one segment and commit what they gave.",
    retries=2,
    retry_delay_seconds=[2, 20],
    cache_policy=NO_CACHE,
)
def normalize_key(key: str, config: Config) -> Normalized:
    """Normalize one segment. What passes (a store that is away) is retried; what lasts is in the result."""
    shop = open_workshop(config)
    try:
        return normalize_segment(
            shop.store, shop.database, shop.sites, key, pool=shop.readers.pool, learning=config.profiles
        )
    except BrokenExecutor:
        shop.readers.close()  # a process of the pool died, and the pool with it: the next attempt gets a new one
        raise


@task(
    name="follow the log",
    description="Bring the Delta tables and the JSON documents up to the last commit.",
    retries=2,
    retry_delay_seconds=[2, 20],
    cache_policy=NO_CACHE,
)
def follow_log(store_url: str) -> dict[str, int]:
    """Let every follower catch up; commits each has taken in."""
    store = open_store(store_url)
    return {"tables": follow_tables(store), "documents": follow_documents(store)}


class Hands(Protocol):
    """Who reads the segments of a desk, and commits what they gave."""

    def take(self, key: str) -> None:
        """Have this segment normalized; not before a hand is free."""

    def results(self) -> Iterator[Normalized]:
        """What became of each segment taken; waits for them."""


class BesideFlow:
    """Reads and commits each segment in a thread beside the flow, large ones with processes of this machine."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._futures: dict[str, PrefectFuture[Normalized]] = {}

    def take(self, key: str) -> None:
        """Normalize this segment when a thread is free."""
        self._futures[key] = normalize_key.submit(key, self._config)

    def results(self) -> Iterator[Normalized]:
        """What became of each segment, in the order taken."""
        for key, future in self._futures.items():
            future.wait()
            if future.state.is_completed():
                yield future.result()
            else:
                error = future.state.message or "the task did not complete"
                yield Normalized(segment=key, seq=None, error=error)


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
        self._following: PrefectFuture[dict[str, int]] | None = None

    def take(self, key: str) -> None:
        """Normalize this segment now or when a hand is free; once, however often it is handed in."""
        if key not in self._taken:
            self._taken.add(key)
            self._hands.take(key)
        self._follow_now_and_then()

    def take_all(self, keys: Iterable[str]) -> None:
        """Normalize these segments."""
        for key in keys:
            self.take(key)

    def finish(self) -> NormalizeReport:
        """Wait for every segment, let the followers catch up once more, and tell what came of it."""
        results = list(self._results())
        self._wait_for_followers()
        self._following = follow_log.submit(self._store.url)
        behind = self._wait_for_followers()
        return NormalizeReport(
            store=self._config.store,
            started_at=self._started_at,
            seconds=time.monotonic() - self._began,
            segments=len(results),
            commits=tuple(sorted(result.seq for result in results if result.seq is not None)),
            head=Log(self._store).head(),
            tallies=merge(tally for result in results for tally in result.tallies),
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
            if result.quarantined:
                self._log.error("%s is in quarantine: %s", result.segment, result.error)
            elif result.error:
                self._log.error("%s is not normalized and stays pending: %s", result.segment, result.error)
            yield result
            self._follow_now_and_then()

    def _follow_now_and_then(self) -> None:
        now = time.monotonic()
        idle = self._following is None or self._following.state.is_final()
        if idle and now - self._followed_at > FOLLOW_SECONDS:
            self._followed_at = now
            self._following = follow_log.submit(self._store.url)

    def _wait_for_followers(self) -> tuple[str, ...]:
        """What went wrong; it loses nothing: followers go on from their cursors, next time or in `maintain`."""
        if self._following is None:
            return ()
        self._following.wait()
        if self._following.state.is_completed():
            return ()
        failure = f"the tables or documents could not follow the log: {self._following.state.message}"
        self._log.error("%s", failure)
        return (failure,)
