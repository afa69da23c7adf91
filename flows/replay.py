"""The flow `replay`: read stored segments again with today's reader. The web is not touched."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from articles.model import EXTRACTOR
from flows.artifacts import normalize_markdown, publish
from flows.config import load_config
from flows.report import NormalizeReport
from flows.runner import desk, task_runner
from flows.stored_segments import named_segments, stored_segments
from flows.workshop import close_workshop, named, open_workshop


def _run_name() -> str:
    sites: list[str] | None = flow_run.parameters.get("sites")
    since, until = flow_run.parameters.get("since"), flow_run.parameters.get("until")
    parts = [", ".join(sites[:3]) if sites else "all sites"]
    parts += [f"{word} {str(moment)[:10]}" for word, moment in (("from", since), ("to", until)) if moment]
    return f"replay {' '.join(parts)}, reader {EXTRACTOR}"


@flow(
    name="replay",
    flow_run_name=_run_name,
    task_runner=task_runner(),
)
def replay(
    sites: list[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    extractors: list[str] | None = None,
    segments: list[str] | None = None,
) -> NormalizeReport:
    """Read stored segments again with today's reader; those it has committed before are left as they are.

    Args:
        sites: Only segments with captures of these sites. None: of any.
        since: Only segments begun at this moment or later; UTC where it names no zone.
        until: Only segments begun before this moment.
        extractors: Only segments that were read last by one of these versions of the reader.
        segments: These segments by key, whatever else is asked, out of quarantine too.
    """
    log = get_run_logger()
    config = load_config()
    workshop = open_workshop(config)
    try:
        if segments:
            keys = named_segments(workshop, segments)
        else:
            wanted = frozenset(site.name for site in named(workshop, sites)) if sites else None
            keys = stored_segments(
                workshop,
                sites=wanted,
                since=_utc(since),
                until=_utc(until),
                last_read_by=frozenset(extractors) if extractors else None,
            )
        log.info("%d segments are read again with reader %s", len(keys), EXTRACTOR)
        work = desk(config, log)
        work.take_all(keys)
        report = work.finish()
    finally:
        close_workshop(config)
    publish("replay", normalize_markdown(report, f"Replay with reader {EXTRACTOR}"), "What changed")
    return report


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
