"""The flow `replay`: read stored segments again with today's reader. The web is not touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from articles.model import EXTRACTOR
from flows.artifacts import normalize_markdown, publish
from flows.config import load_config
from flows.parameters import Moment, ReaderVersions, Sites
from flows.report import NormalizeReport, counted, few
from flows.runner import desk, task_runner
from flows.stored_segments import check_selection, named_segments, stored_segments, why_none
from flows.workshop import close_workshop, open_workshop


def _run_name() -> str:
    asked = flow_run.parameters
    if segments := asked.get("segments"):
        return f"replay {counted(len(segments), 'segment')} by key, reader {EXTRACTOR}"
    sites: Sequence[str] = asked.get("sites") or ()
    parts = [few(sites) or "all sites"]
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
    since, until = _utc(since), _utc(until)
    try:
        check_selection(workshop, sites, since, until)
        wanted, readers = frozenset(sites) or None, frozenset(extractors) or None
        if segments:
            keys = named_segments(workshop, segments)
        else:
            keys = stored_segments(workshop, sites=wanted, since=since, until=until, last_read_by=readers)
        log.info("to be read again with reader %s: %s", EXTRACTOR, counted(len(keys), "segment"))
        work = desk(config, log)
        work.take_all(keys)
        report = work.finish()
        if not keys:
            why = why_none(workshop, sites=wanted, since=since, until=until, last_read_by=readers)
            log.warning("nothing to read: %s", why)
            report = replace(report, nothing=why)
    finally:
        close_workshop(config)
    publish("replay", normalize_markdown(report, f"Replay with reader {EXTRACTOR}"), "What changed")
    return report


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
