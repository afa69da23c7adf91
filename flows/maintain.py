"""The flow `maintain`: what keeps an archive healthy when nobody looks."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.artifacts import maintain_markdown, publish
from flows.config import Config, load_config
from flows.report import MaintainReport
from flows.steps import follow_all
from flows.workshop import close_workshop, open_workshop
from storage.delta import maintain_tables
from storage.log import Log
from storage.segments import sweep
from storage.takedown import resume, unfinished


def _run_name() -> str:
    return f"maintain, {datetime.now(UTC):%d %b %H:%M}"


@task(
    name="compact tables",
    description="Join the small files of the Delta tables and remove those no longer named.",
    retries=1,
    retry_delay_seconds=20,
    cache_policy=NO_CACHE,
)
def compact(config: Config) -> dict[str, str]:
    """Compact and vacuum each table; what was done to it."""
    return maintain_tables(open_workshop(config).store)


@flow(name="maintain", flow_run_name=_run_name)
def maintain() -> MaintainReport:
    """Recover what killed runs left, bring tables and documents up to the log, compact and vacuum."""
    log, began, started_at = get_run_logger(), time.monotonic(), datetime.now(UTC)
    config = load_config()
    workshop = open_workshop(config)
    try:
        swept = sweep(workshop.store, workshop.database, config.work)
        for path, reason in swept.failed:
            log.error("%s stays where it is: %s", path, reason)
        leftovers = workshop.store.sweep()
        for seq in unfinished(workshop.store, workshop.database):
            log.warning("the takedown of commit %d was not done to its end: it is now", seq)
            resume(workshop.store, workshop.database, seq)
        followed = follow_all(workshop.store.url)
        report = MaintainReport(
            store=config.store,
            started_at=started_at,
            seconds=time.monotonic() - began,
            recovered=tuple(info.key for info in swept.published),
            swept=leftovers,
            followed=followed,
            compacted=compact(config),
            head=Log(workshop.store).head(),
        )
    finally:
        close_workshop(config)
    publish("maintain", maintain_markdown(report), "Upkeep")
    return report
