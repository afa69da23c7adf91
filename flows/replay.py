"""The flow `replay`: read stored segments again with today's reader. The web is not touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from articles.model import EXTRACTOR
from flows.artifacts import normalize_markdown, publish
from flows.config import load_config
from flows.parameters import Moment, ReaderVersions, Sites
from flows.report import NormalizeReport
from flows.runner import desk, task_runner
from flows.stored_segments import named_segments, stored_segments
from flows.workshop import close_workshop, named, open_workshop


def _run_name() -> str:
    asked = flow_run.parameters
    if segments := asked.get("segments"):
        return f"replay {len(segments)} segments by key, reader {EXTRACTOR}"
    sites: Sequence[str] = asked.get("sites") or ()
    parts = [", ".join(sites[:3]) + (f" and {len(sites) - 3} more" if len(sites) > 3 else "") or "all sites"]
    parts += [
        f"{word} {str(asked[key])[:10]}"
        for word, key in (("from", "since"), ("to", "until"))
        if asked.get(key)
    ]
    return f"replay {' '.join(parts)}, reader {EXTRACTOR}"


@flow(
    name="replay",
    flow_run_name=_run_name,
    task_runner=task_runner(),
)
def replay(
    sites: Sites = (),
    since: Moment = None,
    until: Moment = None,
    extractors: ReaderVersions = (),
    segments: Sequence[str] = (),
) -> NormalizeReport:
    """Read stored segments again with today's reader; those it has committed before are left as they are.

    Args:
        sites: Only segments with captures of these sites. None picked: of any.
        since: Only segments begun on this day or later (UTC).
        until: Only segments begun before this day.
        extractors: Only segments that were read last by one of these versions of the reader. None picked: by any but
            today's.
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
