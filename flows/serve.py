"""Every deployment of `prefect.yaml` served from one process: schedules for one machine, without a worker."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval, Schedule
from prefect.settings import PREFECT_API_URL

from flows.backfill import backfill
from flows.ccnews import import_ccnews
from flows.config import SetUpError
from flows.crawl import crawl
from flows.maintain import maintain
from flows.normalize import normalize
from flows.replay import replay

DECLARED = Path(__file__).resolve().parent.parent / "prefect.yaml"

FLOWS: dict[str, Flow[..., Any]] = {
    "flows/crawl.py:crawl": crawl,
    "flows/backfill.py:backfill": backfill,
    "flows/normalize.py:normalize": normalize,
    "flows/replay.py:replay": replay,
    "flows/ccnews.py:import_ccnews": import_ccnews,
    "flows/maintain.py:maintain": maintain,
}
"""By entrypoint, as `prefect.yaml` names them."""


def serve_all(declared: Path = DECLARED) -> None:
    """Run the schedules of every deployment until Ctrl-C; each run is a process of its own.

    Raises SetUpError where no Prefect server is set up, or `prefect.yaml` is not there or not understood.
    """
    if not PREFECT_API_URL.value():
        raise SetUpError(
            "schedules need a Prefect server that stays: run `prefect server start -b`, then "
            "`export PREFECT_API_URL=http://127.0.0.1:4200/api`"
        )
    try:
        httpx.get(f"{PREFECT_API_URL.value()}/health", timeout=10).raise_for_status()
    except httpx.HTTPError as error:
        raise SetUpError(
            f"no Prefect server answers at {PREFECT_API_URL.value()} ({error}): start it with "
            "`prefect server start -b`, or correct PREFECT_API_URL"
        ) from error
    serve(*deployments(declared))


def deployments(declared: Path = DECLARED) -> tuple[RunnerDeployment, ...]:
    """The deployments that `prefect.yaml` declares, for serving. Raises SetUpError."""
    try:
        entries = yaml.safe_load(declared.read_text(encoding="utf-8"))["deployments"]
        return tuple(_deployment(entry) for entry in entries)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise SetUpError(
            f"{declared}: {error!r}; run this from a checkout of Pressrun with its prefect.yaml unbroken"
        ) from error


def _deployment(entry: dict[str, Any]) -> RunnerDeployment:
    return FLOWS[entry["entrypoint"]].to_deployment(  # type: ignore[return-value]
        name=entry["name"],
        description=entry["description"],
        tags=entry["tags"],
        schedules=[_schedule(schedule) for schedule in entry["schedules"]],
        concurrency_limit=ConcurrencyLimitConfig(**entry["concurrency_limit"]),
    )


def _schedule(entry: dict[str, Any]) -> Schedule:
    if "interval" in entry:
        return Interval(timedelta(seconds=entry["interval"]), slug=entry["slug"])
    return Cron(entry["cron"], timezone=entry["timezone"], slug=entry["slug"])
