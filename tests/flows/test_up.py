"""`pressrun up`, the real thing: killed in the middle of a crawl, started a day later, and its worker killed."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import lifeline
from flows.config import SetUpError, load_config
from flows.supervision import LONGEST_WAIT_SECONDS, MAX_RESTARTS, WITHIN_SECONDS, seconds_to_wait
from flows.up import hear_signals, up
from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import SampleServer, serve
from storage.batches import Change
from storage.reader import open_archive
from storage.state import segments
from storage.state.database import open_database
from storage.state.segments import State
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240.0
"""For each thing waited for: a busy machine is slow."""
OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass(slots=True)
class Up:
    """A `pressrun up` on a folder, and what its server and the newspaper tell."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    began: str = ""
    """When it was started last."""

    @property
    def lock(self) -> Path:
        return self.folder / "archive" / "work" / "prefect" / "up.lock"

    @property
    def output(self) -> str:
        return (self.folder / "up.log").read_text()

    def start(self) -> None:
        """Begin, and wait until the server answers."""
        self.began = datetime.now(UTC).isoformat()
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PRESSRUN"))
        }
        with (self.folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "pressrun.cli",
                    "up",
                    "--port",
                    str(self.port),
                    "--store",
                    "archive",
                    "--seeds",
                    "seeds",
                ],
                cwd=self.folder,
                env={**inherited, "PYTHONPATH": str(ROOT), "PREFECT_WORKER_QUERY_SECONDS": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait("server", lambda: self.healthy())

    def healthy(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{self.port}/api/health", timeout=5).is_success
        return False

    def post(self, path: str, **body: object) -> Any:
        return self.ask("POST", path, json=body).json()

    def runs(self, *deployments: str) -> list[dict[str, Any]]:
        """Runs that began or ended, in the order in which they were to."""
        found = self.post(
            "flow_runs/filter",
            deployments={"name": {"any_": deployments or ["crawl"]}},
            sort="EXPECTED_START_TIME_ASC",
        )
        return [run for run in found if run["state_type"] != "SCHEDULED"]

    def state(self, run: str) -> str:
        """The type of a run's state."""
        return str(self.ask("GET", f"flow_runs/{run}").json()["state_type"])

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The server's answer. While its SQLite file is locked it says 503, and is asked again, as Prefect's client does."""

        def answer() -> httpx.Response | None:
            found = httpx.request(method, f"http://127.0.0.1:{self.port}/api/{path}", timeout=60, **more)
            return None if found.status_code == httpx.codes.SERVICE_UNAVAILABLE else found

        found = self.wait(f"an answer to {path}", answer)
        assert isinstance(found, httpx.Response)
        return found.raise_for_status()

    def pids(self, word: str) -> list[int]:
        """Processes of the family with this word in their command."""
        found = []
        for pid in lifeline.family(self.lock):
            with suppress(OSError):
                if word in Path(f"/proc/{pid}/cmdline").read_text():
                    found.append(pid)
        return found

    def fetching(self, paper: SampleServer, more: int = 15) -> None:
        """Wait until a newspaper was asked so many times more."""
        before = len(paper.requests)
        self.wait("requests", lambda: len(paper.requests) >= before + more)

    def wait(self, what: str, look: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            # a server on SQLite that begins many runs at once answers late on a busy machine, or with 503
            with suppress(httpx.TimeoutException, httpx.HTTPStatusError):
                if found := look():
                    return found
            time.sleep(0.1)
        pytest.fail(f"no {what} within {SECONDS:.0f} s\n{self.output[-4000:]}")

    def begin(self, deployment: str) -> str:
        """Have a deployment run now; the run's id."""
        (found,) = self.post("deployments/filter", deployments={"name": {"any_": [deployment]}})
        return str(self.post(f"deployments/{found['id']}/create_flow_run")["id"])

    def no_schedule(self) -> None:
        """From now on crawls begin only where a test has one begin."""
        (found,) = self.post("deployments/filter", deployments={"name": {"any_": ["crawl"]}})
        self.ask("POST", f"deployments/{found['id']}/pause_deployment")
        self.wait("quiet", lambda: not any(run["state_type"] not in OVER for run in self.runs()))

    def captures(self) -> int:
        """Responses that are published."""
        database = open_database(f"sqlite:///{self.folder / 'archive' / 'state.sqlite'}")
        with database.transaction() as connection:
            found = [info for state in State for info in segments.in_state(connection, state)]
        database.close()
        return sum(info.captures for info in found)


def write_seed(folder: Path, paper: SampleServer, name: str, delay_seconds: float) -> None:
    site = sample_site(paper.port)
    slow = replace(site.fetch, delay_seconds=delay_seconds)
    write_site(folder / "seeds", replace(site, name=name, fetch=slow))


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """`pressrun up` after it was killed in the middle of its first crawl, a day ago."""
    with serve(port=free_port()) as paper:
        one = Up(folder=tmp_path_factory.mktemp("up"), port=free_port())
        write_seed(one.folder, paper, "sample", 0.1)
        try:
            one.start()
            one.fetching(paper)
            assert one.process is not None
            one.process.kill()
            one.process.wait()
            one.wait("end of what it started", lambda: not lifeline.family(one.lock))
            a_day_passes(one.lock.parent / "prefect.db")
            one.start()
            yield one
            # Ctrl-C in the middle of whatever it does
            one.process.send_signal(signal.SIGINT)
            assert one.process.wait(SECONDS) == 0, one.output
            assert not lifeline.family(one.lock)
            assert not list(one.folder.rglob("*.open"))
        finally:
            if one.process is not None:
                one.process.kill()
                one.process.wait()
            lifeline.kill(one.lock)


def a_day_passes(database: Path) -> None:
    """Everything that is to come was to come yesterday."""
    with sqlite3.connect(database) as connection:
        changed = connection.execute(
            "UPDATE flow_run SET expected_start_time = datetime(expected_start_time, '-1 day'), "
            "next_scheduled_start_time = datetime(next_scheduled_start_time, '-1 day') "
            "WHERE state_type = 'SCHEDULED'"
        ).rowcount
        moment = "json_extract(state_details, '$.scheduled_time')"
        connection.execute(
            "UPDATE flow_run_state SET state_details = json_set(state_details, '$.scheduled_time', "
            f"strftime('%Y-%m-%dT%H:%M:%SZ', {moment}, '-1 day')) WHERE type = 'SCHEDULED' AND {moment} IS NOT NULL"
        )
    connection.close()
    assert changed > 10


def by_the_clock(run: dict[str, Any], began: str) -> bool:
    """Whether a run's time came after the last start."""
    return bool(run["auto_scheduled"]) and run["expected_start_time"] > began


def test_after_a_day_down_the_run_that_was_killed_blocks_nobody_and_one_run_catches_up(again: Up) -> None:
    cut_off = again.runs()[0]

    again.wait("crawl that ended", lambda: [run for run in again.runs() if run["state_type"] == "COMPLETED"])

    assert again.state(cut_off["id"]) == "CRASHED"
    late = [run for run in again.runs() if run["id"] != cut_off["id"] and not by_the_clock(run, again.began)]
    # the others were taken away before a worker could begin them all at once; one that fell due meanwhile is dropped
    assert sorted(run["state_type"] for run in late) in (["COMPLETED"], ["CANCELLED", "COMPLETED"]), late
    assert "cut off" in again.output
    # what the killed run had fetched is stored, and nothing twice
    archive = open_archive(str(again.folder / "archive"))
    articles = list(archive.articles())
    assert len(articles) > 40
    assert len(articles) == sum(change.change is Change.NEW for change in archive.changes())


def test_cancelling_a_run_stops_its_crawler_within_seconds_and_keeps_what_it_fetched(again: Up) -> None:
    again.no_schedule()
    before = again.captures()
    with serve(port=free_port()) as paper:
        write_seed(again.folder, paper, "cancelled", 0.2)
        run = again.begin("crawl-now")
        again.fetching(paper)
        (crawler,) = again.pids("spiders.run")

        again.post(f"flow_runs/{run}/set_state", state={"type": "CANCELLING"})
        asked = time.monotonic()
        again.wait("end of the crawler", lambda: crawler not in again.pids("spiders.run"))
        seconds = time.monotonic() - asked
        fetched = len(paper.requests)
        again.wait("end of the run", lambda: again.state(run) in OVER)

    assert again.state(run) == "CANCELLED"
    assert seconds < 20, "it would have taken as long undisturbed"
    assert again.captures() - before >= fetched - 1


def test_a_worker_that_is_killed_comes_back_and_the_crawl_goes_on(again: Up) -> None:
    again.no_schedule()
    with serve(port=free_port()) as paper:
        write_seed(again.folder, paper, "orphaned", 0.2)
        run = again.begin("crawl-now")
        again.fetching(paper)
        (worker,) = again.pids("worker")
        crawlers = again.pids("spiders.run")

        os.kill(worker, signal.SIGKILL)
        again.wait("end of the crawler", lambda: not set(crawlers) & set(again.pids("spiders.run")))
        again.wait("end of the run", lambda: again.state(run) in OVER)
        again.fetching(paper)

        assert again.state(run) == "CRASHED"
        assert "the worker was killed by signal 9; it is started again in" in again.output
        again.no_schedule()


# --- What is told before anything is started ---------------------------------------------------------


@pytest.fixture
def signals() -> Iterator[None]:
    """Signals are heard as before when the test is over."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.fixture
def alone(tmp_path: Path, signals: None) -> Iterator[Callable[..., str]]:
    """`up` on a folder, without a server that is set up: what it refuses with."""

    def refused(port: int | None = None, **environment: str) -> str:
        config = load_config({"PRESSRUN_STORE": str(tmp_path / "archive"), **environment})
        with pytest.raises(SetUpError) as refusal:
            up(config, port=port, say=lambda _: None)
        return str(refusal.value)

    with temporary_settings({PREFECT_API_URL: None}):
        yield refused


def test_a_port_that_was_asked_for_and_is_taken_is_told(alone: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert alone(port=port) == f"port {port} is in use: give another one with --port"


def test_a_server_that_lets_nobody_in_is_told_with_what_to_check(
    alone: Callable[..., str], tmp_path: Path
) -> None:
    class Closed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path.endswith("/health") else 401)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Closed) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{server.server_port}/api"}):
            told = alone()
        server.shutdown()

    assert "401" in told
    assert "PREFECT_API_AUTH_STRING" in told
    assert not lifeline.family(tmp_path / "archive" / "work" / "prefect" / "up.lock")


@pytest.mark.parametrize(("before", "ends"), [(signal.SIG_DFL, True), (signal.SIG_IGN, False)])
def test_a_terminal_that_is_closed_ends_it_unless_it_was_started_with_nohup(
    before: signal.Handlers, ends: bool, signals: None
) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGHUP, before)
    hear_signals(stop)
    signal.raise_signal(signal.SIGHUP)
    assert stop.is_set() is ends


def test_a_database_is_the_same_one_in_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url, meant in (
        ("sqlite:///state.sqlite", f"sqlite:///{tmp_path}/state.sqlite"),
        ("sqlite:////srv/state.sqlite", "sqlite:////srv/state.sqlite"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://paper@db/press", "postgresql://paper@db/press"),
    ):
        assert load_config({"PRESSRUN_DATABASE": url}).database == meant


def test_a_second_one_on_the_same_archive_is_refused(alone: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "archive" / "work" / "prefect"
    folder.mkdir(parents=True)
    held = lifeline.hold(folder / "up.lock")
    assert held is not None

    told = alone()
    os.close(held)

    assert told.startswith(f"another `pressrun up` works on this archive (process {os.getpid()})")


def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(
    alone: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    told = alone(PRESSRUN_WORK=str(tmp_path / "file"))

    assert told.startswith(f"{tmp_path}/file/prefect cannot be written (Not a directory)")
    assert "PRESSRUN_WORK" in told


# --- Supervision -------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 10_000), min_size=1).map(sorted))
def test_a_part_is_started_again_ever_later_and_given_up_where_it_ends_too_often(ended: list[float]) -> None:
    wait = seconds_to_wait(ended)

    lately = [moment for moment in ended if ended[-1] - moment <= WITHIN_SECONDS]
    assert (wait is None) == (len(lately) > MAX_RESTARTS)
    if wait is not None:
        assert 1 <= wait <= LONGEST_WAIT_SECONDS
        following = seconds_to_wait([*ended, ended[-1]])
        assert following is None or following >= wait


def test_a_flow_ends_as_by_sigterm_when_its_lock_is_let_go(tmp_path: Path) -> None:
    held = lifeline.hold(tmp_path / "up.lock")
    assert held is not None
    flow = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import flows, threading; print('runs', flush=True); threading.Event().wait()",
        ],
        env={**os.environ, lifeline.LIFELINE: str(tmp_path / "up.lock"), "PREFECT__FLOW_RUN_ID": "one"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    with flow:
        assert flow.stdout is not None
        assert flow.stdout.readline() == b"runs\n"
        assert lifeline.family(tmp_path / "up.lock") == {flow.pid}
        assert flow.poll() is None
        os.close(held)
        assert flow.wait(SECONDS) == -signal.SIGTERM
