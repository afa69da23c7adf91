"""`prefect.yaml` is what Prefect, its UI and `pressrun up` run by."""

import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.utilities.callables import parameter_schema
from prefect.utilities.importtools import import_object

from flows.config import SetUpError
from flows.deploying import DECLARED, POOL, SILENT_SECONDS, TAG, deploy, install

DEPLOYMENTS: dict[str, dict[str, Any]] = {
    one["name"]: one for one in yaml.safe_load(DECLARED.read_text())["deployments"]
}

BY_HAND = {"backfill", "crawl-now", "import-ccnews", "replay"}


def test_what_is_scheduled_never_queues_up_and_what_is_run_by_hand_is_never_dropped() -> None:
    assert DEPLOYMENTS.keys() >= BY_HAND | {"crawl", "maintain", "normalize"}
    for name, one in DEPLOYMENTS.items():
        assert one["concurrency_limit"] == {
            "limit": 1,
            "collision_strategy": "ENQUEUE" if name in BY_HAND else "CANCEL_NEW",
        }, name
        assert bool(one["schedules"]) == (name not in BY_HAND), name


def test_every_run_is_watched_for_falling_silent() -> None:
    for one in DEPLOYMENTS.values():
        assert TAG in one["tags"]
        assert one["work_pool"]["name"] == POOL
        told = one["work_pool"]["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]
        assert 2 * int(told) < SILENT_SECONDS


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_parameter_tells_a_person_what_it_does(name: str) -> None:
    path, _, function = DEPLOYMENTS[name]["entrypoint"].partition(":")
    flow = import_object(f"{path.removesuffix('.py').replace('/', '.')}.{function}")

    assert isinstance(flow, Flow)
    assert flow.description
    for parameter, described in parameter_schema(flow).properties.items():
        assert described.get("description"), parameter


def test_outside_of_a_checkout_nothing_is_installed(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="checkout"):
        install({}, tmp_path / "nowhere.yaml")


def test_a_stop_is_heard_while_a_server_is_deployed_to_that_never_answers() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        environment = os.environ | {"PREFECT_API_URL": f"http://127.0.0.1:{mute.getsockname()[1]}/api"}

        def ask_and_stop() -> None:
            mute.accept()
            stop.set()

        asked = threading.Thread(target=ask_and_stop, daemon=True)
        asked.start()
        deploy(environment, DECLARED, lambda: not stop.is_set())
        asked.join()
    assert stop.is_set()
