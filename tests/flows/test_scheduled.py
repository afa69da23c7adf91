"""The whole as an operator sets it up: Prefect server, worker, `prefect deploy --all`; then only waiting."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import serve
from storage.reader import open_archive
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 180.0
"""For each thing waited for: a busy machine is slow, and no test of ours is a race."""


def wait_for(what: str, look: Callable[[], Any], evidence: Callable[[], str]) -> Any:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    pytest.fail(f"no {what} within {SECONDS:.0f} s\n{evidence()}")


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "worker", "start", "--pool", "local", "--type", "process"],
            env=environment,
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_a_scheduled_run_stores_articles_and_tells_what_it_did(
    prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    port, store, seeds = free_port(), tmp_path / "archive", tmp_path / "seeds"
    write_site(seeds, sample_site(port))
    environment = {
        **prefect_environment,
        "PRESSRUN_STORE": str(store),
        "PRESSRUN_SEEDS": str(seeds),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS"):
        environment.pop(name, None)
    declared = tmp_path / "prefect.yaml"
    often = (ROOT / "prefect.yaml").read_text().replace("interval: 300", "interval: 15")
    assert "interval: 15" in often
    declared.write_text(often)
    api = httpx.Client(base_url=environment["PREFECT_API_URL"] + "/", timeout=60)
    worker_log = tmp_path / "worker.log"

    def post(path: str, **body: object) -> list[dict[str, Any]]:
        answer = api.post(path, json=body)
        answer.raise_for_status()
        return list(answer.json())

    def finished() -> dict[str, Any] | None:
        runs = post("flow_runs/filter", deployments={"name": {"any_": ["crawl"]}}, sort="START_TIME_ASC")
        over = [run for run in runs if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")]
        return next((run for run in over if run["start_time"]), None)

    with serve(port=port), worker(environment, worker_log):
        wait_for("work pool", lambda: api.get("work_pools/local").is_success, worker_log.read_text)
        deployed = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", declared],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        run = wait_for("finished crawl", finished, worker_log.read_text)

    assert run["state_type"] == "COMPLETED", (run["state"], worker_log.read_text())
    assert run["auto_scheduled"]
    assert run["name"].startswith("crawl what is due")
    # what it stored
    archive = open_archive(str(store))
    stored = list(archive.articles(site="sample"))
    assert len(stored) > 40
    # Scrapy's own lines, in the run's log
    messages = [line["message"] for line in post("logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}})]
    assert any(message.startswith("[scrapy.core.engine] Spider opened") for message in messages), messages
    # what a person finds in the UI
    (artifact,) = post("artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
    assert f"{len(stored)} new stored" in artifact["data"]
    assert "| sample |" in artifact["data"]
