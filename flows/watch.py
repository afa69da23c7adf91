"""The flow `watch`: what is wrong with which site, told once when it begins and once when it is over."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from prefect import flow, get_run_logger
from prefect.events import emit_event

from flows.artifacts import publish, watch_markdown
from flows.config import load_config
from flows.history import look, settle
from flows.notices import check_address, notify
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

    Each trouble is an event of Prefect when it begins and when it is over, and goes to whom `PRESSRUN_NOTIFY` names.
    Raises StoreError, DatabaseError, SeedError, and SetUpError for an address that is none.
    """
    log = get_run_logger()
    config = load_config()
    if config.notify:
        check_address(config.notify)
    workshop = open_workshop(config)
    try:
        seen = look(workshop.database, workshop.sites, datetime.now(UTC))
        settled = settle(workshop.database, seen)
    finally:
        close_workshop(config)
    for name, level, told in (
        (BEGAN, logging.ERROR, settled.begun),
        (OVER, logging.INFO, settled.over),
    ):
        for one in told:
            log.log(level, "%s", line(one, over=name == OVER))
            _emit(name, one)
    if config.notify and (settled.begun or settled.over):
        notify(config.notify, _title(settled), _body(settled))
    publish("watch", watch_markdown(seen, settled), "What is wrong with which site")
    return settled


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
