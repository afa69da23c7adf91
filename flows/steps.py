"""The steps that flows share, as Prefect tasks: a segment is the smallest thing that is one."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime
from logging import Logger, LoggerAdapter

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

WORKERS = 2
"""Segments under way at once in one flow: one waits for the store while the other is read."""
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
def follow_log(config: Config) -> dict[str, int]:
    """Let every follower catch up; commits each has taken in."""
    store = open_workshop(config).store
    return {"tables": follow_tables(store), "documents": follow_documents(store)}


class Desk:
    """Takes segments as they come and normalizes them in threads beside the flow."""

    def __init__(self, config: Config, log: Log_) -> None:
        self._config = config
        self._log = log
        self._began = time.monotonic()
        self._started_at = datetime.now(UTC)
        self._futures: dict[str, PrefectFuture[Normalized]] = {}
        self._followed_at = self._began
        self._following: PrefectFuture[dict[str, int]] | None = None

    def take(self, key: str) -> None:
        """Normalize this segment now or when a thread is free; once, however often it is handed in."""
        if key not in self._futures:
            self._futures[key] = normalize_key.submit(key, self._config)
        self._follow_now_and_then()

    def take_all(self, keys: Iterable[str]) -> None:
        """Normalize these segments."""
        for key in keys:
            self.take(key)

    def finish(self) -> NormalizeReport:
        """Wait for every segment, let the followers catch up once more, and tell what came of it."""
        results = [self._result(key, future) for key, future in self._futures.items()]
        self._wait_for_followers()
        self._following = follow_log.submit(self._config)
        behind = self._wait_for_followers()
        return NormalizeReport(
            store=self._config.store,
            started_at=self._started_at,
            seconds=time.monotonic() - self._began,
            segments=len(results),
            commits=tuple(sorted(result.seq for result in results if result.seq is not None)),
            head=Log(open_workshop(self._config).store).head(),
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

    def _result(self, key: str, future: PrefectFuture[Normalized]) -> Normalized:
        future.wait()
        if not future.state.is_completed():
            error = future.state.message or "the task did not complete"
            self._log.error("%s is not normalized and stays pending: %s", key, error)
            return Normalized(segment=key, seq=None, error=error)
        result = future.result()
        if result.quarantined:
            self._log.error("%s is in quarantine: %s", key, result.error)
        return result

    def _follow_now_and_then(self) -> None:
        now = time.monotonic()
        idle = self._following is None or self._following.state.is_final()
        if idle and now - self._followed_at > FOLLOW_SECONDS:
            self._followed_at = now
            self._following = follow_log.submit(self._config)

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
