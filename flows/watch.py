"""The flow `watch`: what is wrong with which site, told once when it begins and once when it is over."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from prefect import flow, get_run_logger
from prefect.events import emit_event

from flows.artifacts import publish, watch_markdown
from flows.config import load_config
from flows.history import look, mark_told, settle
from flows.notices import check_address, notify
from flows.steps import Log_
from flows.workshop import close_workshop, open_workshop
from storage.redaction import redacted
from storage.state.findings import Settled, Told

BEGAN, OVER = "pressrun.trouble.began", "pressrun.trouble.over"
"""Names of the events; their resource is `pressrun.site.<name>`, or `pressrun.archive`."""


def _run_name() -> str:
    return f"watch, {datetime.now(UTC):%d %b %H:%M}"


@flow(name="watch", flow_run_name=_run_name)
def watch() -> Settled:
    """Judge every site by its own weeks before and by what its seed expects, and tell what is wrong.

    Each trouble is an event of Prefect when it begins and when it is over, and goes to whom `PRESSRUN_NOTIFY` names;
    what did not arrive there is told once more by the next look. Raises StoreError, DatabaseError,
    SeedError, SetUpError for an address that is none, and NotTold.
    """
    log = get_run_logger()
    config = load_config()
    if config.notify:
        check_address(config.notify)
    workshop = open_workshop(config)
    try:
        seen = look(workshop.database, workshop.sites, datetime.now(UTC))
        settled = settle(workshop.database, seen)
        _tell(settled, log)
        publish("watch", watch_markdown(seen, settled), "What is wrong with which site")
        if config.notify and (settled.begun or settled.over):
            notify(config.notify, _title(settled), _body(settled))
        mark_told(workshop.database, settled)
    finally:
        close_workshop(config)
    return settled


def _tell(settled: Settled, log: Log_) -> None:
    """Tell whoever watches Prefect: by its events, and in the run's log."""
    for name, level, ones in (
        (BEGAN, logging.ERROR, settled.begun),
        (OVER, logging.INFO, settled.over),
    ):
        for one in ones:
            log.log(level, "%s", line(one, over=name == OVER))
            _emit(name, one)


def line(told: Told, *, over: bool = False) -> str:
    """A trouble in one line."""
    who = told.site or "the archive"
    return (
        f"{who}: {told.trouble}: over, or usual by now" if over else f"{who}: {told.trouble}: {told.sentence}"
    )


def _emit(name: str, told: Told) -> None:
    emit_event(
        event=name,
        resource={
            "prefect.resource.id": f"pressrun.site.{told.site}" if told.site else "pressrun.archive",
            "prefect.resource.name": told.site or "the archive",
        },
        payload={
            "trouble": told.trouble,
            "since": told.since.isoformat(),
            "message": redacted(line(told, over=name == OVER)),
        },
    )


def _title(settled: Settled) -> str:
    parts = []
    if settled.begun:
        parts.append(f"{len({one.site for one in settled.begun})} in trouble")
    if settled.over:
        parts.append(f"{len(settled.over)} over")
    return f"Pressrun: {', '.join(parts)}"


def _body(settled: Settled) -> str:
    lines = [*map(line, settled.begun), *(line(one, over=True) for one in settled.over)]
    return redacted("\n".join(lines))
