"""What a Prefect server must know of Pressrun: the work pool, the deployments of `prefect.yaml`, the automation.

All of it may be installed again at any time, by several at once.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.exceptions import ObjectAlreadyExists, PrefectException
from prefect.settings import PREFECT_API_URL
from prefect.states import Cancelled, Crashed

from flows.config import SetUpError
from flows.lifeline import python

ROOT = Path(__file__).resolve().parent.parent
"""Where `prefect.yaml` is, and where flows are run."""
DECLARED = ROOT / "prefect.yaml"
POOL = "local"
TAG = "pressrun"
"""Every deployment of ours has it; runs of others on the same server are none of our business."""

SILENT_SECONDS = 120
"""A run that has told nothing for so long is dead: its process and its worker were killed, or the machine was.
It tells that it lives as often as `prefect.yaml` says."""
SILENT = "pressrun: a run that fell silent has crashed"
DEPLOY_SECONDS = 300.0
LOOK_SECONDS = 0.2
CRAWL = "crawl/crawl"
AT_ONCE = 200
"""Runs in one answer of the server."""
GOING_ON = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)


def install(
    environment: Mapping[str, str], declared: Path = DECLARED, go_on: Callable[[], bool] = lambda: True
) -> None:
    """Install everything on the server that Prefect's settings name; `environment` is for Prefect's own command.

    Where `go_on` becomes false the command is ended in the middle: what is missing is installed the next time.
    Raises SetUpError.
    """
    check(declared)
    _make_pool()
    make_automation(_silent_runs_crash())
    if go_on():
        deploy(environment, declared, go_on)


def check(declared: Path = DECLARED) -> None:
    """Raise SetUpError where there is nothing to install."""
    if not declared.is_file():
        raise SetUpError(f"{declared} is not there: run this from a checkout of Pressrun")


@contextmanager
def _server() -> Iterator[SyncPrefectClient]:
    """The server that Prefect's settings name. Raises SetUpError where it refuses what is asked, or is gone."""
    try:
        with get_client(sync_client=True) as client:
            yield client
    except (httpx.HTTPError, PrefectException) as error:
        raise SetUpError(
            f"the Prefect server at {PREFECT_API_URL.value()} does not do what it is asked ({error}): check that it "
            "is of this Prefect's version, and PREFECT_API_URL and PREFECT_API_AUTH_STRING or PREFECT_API_KEY"
        ) from error


def make_automation(automation: AutomationCore) -> None:
    """Create an automation, or bring the one of its name up to date. Raises SetUpError."""
    with _server() as client:
        known = client.read_automations_by_name(automation.name)
        if known:
            client.update_automation(known[0].id, automation)
        else:
            client.create_automation(automation)


def _silent_runs_crash() -> AutomationCore:
    """A run whose process was killed together with its worker goes on `Running` for ever without this.

    It crashes, and is not started again: its concurrency slot comes free, and the next run by schedule takes up what
    it left. So nothing that kills its process can go round for ever.
    """
    state = "prefect.flow-run."
    return AutomationCore(
        name=SILENT,
        description="Frees the place of a run whose process was killed; the next run takes up what it left.",
        trigger=EventTrigger(
            match={"prefect.resource.id": f"{state}*"},
            match_related={"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"},
            for_each={"prefect.resource.id"},
            after={
                f"{state}{name}" for name in ("Pending", "Running", "Retrying", "Cancelling", "heartbeat")
            },
            expect={f"{state}*"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=SILENT_SECONDS),
        ),
        actions=[
            ChangeFlowRunState(
                name=None,
                force=False,
                state=StateType.CRASHED,
                message=f"nothing was heard of this run for {SILENT_SECONDS} s: its process was killed",
            )
        ],
    )


def _make_pool() -> None:
    with _server() as client, suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))


def deploy(environment: Mapping[str, str], declared: Path, go_on: Callable[[], bool]) -> None:
    """Deploy what is declared by Prefect's own command; where `go_on` becomes false it is killed. Raises SetUpError."""
    arguments = python("-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(declared))
    give_up_at = time.monotonic() + DEPLOY_SECONDS
    with subprocess.Popen(
        arguments,
        env=dict(environment),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as command:
        told = None
        while told is None and go_on() and time.monotonic() < give_up_at:
            with suppress(subprocess.TimeoutExpired):
                told, _ = command.communicate(timeout=LOOK_SECONDS)
        if told is None:
            command.kill()
    if told is None and go_on():
        raise SetUpError(f"`prefect deploy --all` did not end within {DEPLOY_SECONDS:.0f} s")
    if told is not None and command.returncode:
        raise SetUpError(f"`prefect deploy --all` failed on {declared}: {told.strip()[-1500:]}")


def crash_dead_runs(why: str) -> int:
    """End every run of ours that the server takes to be going on, where none can be; how many. Raises SetUpError."""
    with _server() as client:
        runs = client.read_flow_runs(
            flow_run_filter=FlowRunFilter.model_validate(
                {"tags": {"all_": [TAG]}, "state": {"type": {"any_": [one.value for one in GOING_ON]}}}
            )
        )
        for run in runs:
            state = Cancelled if run.state and run.state.type is StateType.CANCELLING else Crashed
            client.set_flow_run_state(run.id, state(message=why), force=True)
    return len(runs)


def drop_missed_runs() -> int:
    """Of the runs by schedule that were missed, leave the last of each deployment; how many went. Raises SetUpError.

    To be called before a worker starts. It would begin all of them at once, for the server to drop one by one, which
    after a day was seen to lock the server's SQLite file for two minutes.
    """
    gone = 0
    with _server() as client:
        missed = FlowRunFilter.model_validate(
            {
                "tags": {"all_": [TAG]},
                "state": {"type": {"any_": [StateType.SCHEDULED.value]}},
                "expected_start_time": {"before_": datetime.now(UTC)},
            }
        )
        while True:
            left: set[UUID | None] = set()
            runs = client.read_flow_runs(
                flow_run_filter=missed, sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=AT_ONCE
            )
            before = gone
            for run in runs:
                if run.auto_scheduled and run.deployment_id in left:
                    client.delete_flow_run(run.id)
                    gone += 1
                elif run.auto_scheduled:
                    left.add(run.deployment_id)
            if len(runs) < AT_ONCE or gone == before:
                return gone


def crawl_if_idle() -> bool:
    """Have the sites that are due looked at now, unless a run does that already or is about to; whether it had to.

    Raises SetUpError.
    """
    with _server() as client:
        deployment = client.read_deployment_by_name(CRAWL).id
        of_it = {"deployment_id": {"any_": [deployment]}}
        going_on = {"state": {"type": {"any_": [one.value for one in GOING_ON]}}}
        late = {
            "state": {"type": {"any_": [StateType.SCHEDULED.value]}},
            "expected_start_time": {"before_": datetime.now(UTC)},
        }
        for what in (going_on, late):
            if client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(of_it | what), limit=1):
                return False
        client.create_flow_run_from_deployment(deployment)
    return True
