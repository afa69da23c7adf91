"""The flow `backfill`: what sites published between two days."""

from __future__ import annotations

from datetime import UTC, date, datetime

from prefect import flow
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from flows.crawl import crawl_sites, run_name
from flows.parameters import Minutes, NamedSites, Processes
from flows.report import CrawlReport
from flows.steps import WORKERS


def _run_name() -> str:
    asked = flow_run.parameters
    until = asked.get("until") or datetime.now(UTC).date()
    return run_name("backfill", asked["sites"], f" from {asked['since']} to {until}")


@flow(
    name="backfill",
    flow_run_name=_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=WORKERS),  # type: ignore[arg-type]
)
def backfill(
    sites: NamedSites,
    since: date,
    until: date | None = None,
    max_minutes: Minutes = 120.0,
    processes: Processes = None,
) -> CrawlReport:
    """Fetch, read and store what sites published between two days. Run it again until nothing of the range is left.

    A site that another run visits is left to it. Raises ValueError for days that end before they begin, and what
    `crawl` raises.

    Args:
        sites: The sites whose past is wanted.
        since: The first day.
        until: The last day. None: today.
        max_minutes: The crawlers end after so many minutes; the next run goes on.
        processes: Crawler processes at most. None: one for each core but one.
    """
    last = until or datetime.now(UTC).date()
    if since > last:
        raise ValueError(f"a backfill from {since} to {last} ends before it begins: swap the days")
    return crawl_sites(sites, max_minutes, processes, days=(since, last))
