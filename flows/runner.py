"""Where the tasks of a replay or an import run: threads and processes beside the flow, or a Dask cluster."""

from __future__ import annotations

import logging
import os
from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.cluster import OnCluster
from flows.config import BESIDE, DASK, Config, SetUpError, load_config
from flows.steps import WORKERS, Desk, Log_


def task_runner() -> TaskRunner[Any]:
    """The task runner that `PRESSRUN_RUNNER` names. Raises SetUpError where it is not installed."""
    runner = load_config().runner
    if runner == BESIDE:
        return ThreadPoolTaskRunner(max_workers=WORKERS)
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise SetUpError(
            f"PRESSRUN_RUNNER={runner}: Dask is not installed here; `pip install 'pressrun[scale]'`"
        ) from error
    logging.getLogger("distributed").setLevel(logging.WARNING)  # it tells of every connection
    if runner == DASK:
        return DaskTaskRunner(cluster_kwargs=_local_cluster())
    return DaskTaskRunner(address="tcp://" + runner.removeprefix(f"{DASK}://"))


def desk(config: Config, log: Log_) -> Desk:
    """A desk whose segments are read where the flow's tasks run."""
    return Desk(config, log, None if config.runner == BESIDE else OnCluster(config))


def _local_cluster() -> dict[str, object]:
    """A process a core on this machine, spoken to on loopback."""
    return {"n_workers": os.cpu_count() or 1, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
