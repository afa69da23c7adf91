"""The flow `normalize`: read the segments that were fetched and are not committed."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow, get_run_logger

from flows.artifacts import normalize_markdown, publish
from flows.config import load_config
from flows.parameters import Limit
from flows.report import NormalizeReport, counted
from flows.runner import desk, task_runner
from flows.workshop import close_workshop, open_workshop
from storage.segments import sweep
from storage.state.segments import State, in_state, pending, release


def _run_name() -> str:
    return f"normalize pending segments, {datetime.now(UTC):%d %b %H:%M}"


@flow(
    name="normalize",
    flow_run_name=_run_name,
    task_runner=task_runner(),
)
def normalize(limit: Limit = None, quarantined: bool = False) -> NormalizeReport:
    """Read every pending segment and commit what it gave; what killed crawls left behind comes first.

    Args:
        limit: Segments taken up at most, the oldest first. None: all.
        quarantined: Try those in quarantine again too, after what was wrong with them or the reader is mended.
    """
    log = get_run_logger()
    config = load_config()
    workshop = open_workshop(config)
    try:
        sweep(workshop.store, workshop.database, config.work)
        with workshop.database.transaction() as connection:
            if quarantined:
                for entry in in_state(connection, State.QUARANTINED):
                    release(connection, entry.key)
            keys = [entry.key for entry in pending(connection, limit)]
        log.info("to be read: %s", counted(len(keys), "segment"))
        work = desk(config, log)
        work.take_all(keys)
        report = work.finish()
    finally:
        close_workshop(config)
    publish("normalize", normalize_markdown(report, "Pending segments read"), "What the segments gave")
    return report
