"""A flow that is run by hand brings its Prefect along, and leaves nothing running."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from flows import lifeline
from flows.own_server import LOCK, remove_left

ROOT = Path(__file__).resolve().parents[2]
BY_HAND = """
from flows.config import choose
choose()
from flows.own_server import prefect_server
print("server", prefect_server())
from flows.maintain import maintain
import sys
print("head", maintain().head, "prefect.server.api.server" in sys.modules)
"""


def test_a_flow_run_by_hand_finds_a_server_that_ends_with_it(
    prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    environment = {**prefect_environment, "PRESSRUN_STORE": str(tmp_path / "archive")}
    del environment["PREFECT_API_URL"]

    done = subprocess.run(
        [sys.executable, "-c", BY_HAND],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = re.search(r"server (http://127\.0\.0\.1:\d+/api)", done.stdout)
    assert found, done.stdout
    assert "head 0 False" in done.stdout
    assert "Traceback" not in done.stderr
    assert "Error logging" not in done.stderr
    assert "Beginning flow run" in done.stderr
    assert "View at" not in done.stderr  # the server has no UI
    try:
        answer = httpx.get(found[1] + "/health", timeout=5)
    except httpx.TransportError:
        return
    raise AssertionError(f"the server still answers: {answer}")


def test_what_the_server_of_a_killed_process_left_is_removed_and_that_of_a_living_one_stays(
    tmp_path: Path,
) -> None:
    dead, living, other = (tmp_path / f"pressrun-prefect-{name}" for name in ("dead", "living", "other"))
    for folder in (dead, living, other):
        folder.mkdir()
    hold = (
        "import sys; from pathlib import Path; from flows import lifeline; lifeline.hold(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", hold, dead / LOCK], cwd=ROOT, check=True)
    held = lifeline.hold(living / LOCK)
    assert held is not None
    remove_left(tmp_path)
    assert (dead.exists(), living.exists(), other.exists()) == (False, True, True)
    os.close(held)


FAILS = """
from flows.config import choose
choose()
from flows.own_server import prefect_server
prefect_server()
from prefect import flow, get_run_logger

@flow(name="fails")
def fails():
    get_run_logger().error("the store is away")
    raise LookupError("nothing is there")

try:
    fails()
except LookupError as error:
    print("told by whoever runs it:", error)
"""


def test_how_a_flow_run_by_hand_failed_is_told_by_who_runs_it_and_by_the_runs_own_log(
    prefect_environment: dict[str, str],
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILS],
        env=prefect_environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )

    assert done.stdout == "told by whoever runs it: nothing is there\n"
    assert "the store is away" in done.stderr
    assert "Traceback" not in done.stderr
    api = prefect_environment["PREFECT_API_URL"]
    asked = {"flows": {"name": {"any_": ["fails"]}}}
    (run,) = httpx.post(f"{api}/flow_runs/filter", json=asked, timeout=30).json()
    wanted = {"logs": {"flow_run_id": {"any_": [run["id"]]}}}
    kept = httpx.post(f"{api}/logs/filter", json=wanted, timeout=30).json()
    assert any(line["message"].startswith("Encountered exception") for line in kept)


def test_a_server_that_is_set_up_is_the_one_used(prefect_server: str) -> None:
    from flows import own_server

    assert own_server.prefect_server() == prefect_server
