"""Servers that tests of several rooms need, each started once: Prefect, moto's S3, and Ceph's where installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.ceph import ceph, missing_programs
from tests.support.postgres import Postgres, postgres, programs
from tests.support.s3 import BUCKET, S3Server, moto, serving

QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,storage,seeds",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
}
START_SECONDS = 180.0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def prefect_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment in which Prefect's commands talk to a fresh server."""
    home = tmp_path_factory.mktemp("prefect")
    port = free_port()
    environment = {
        **os.environ,
        **QUIET,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        # half a minute of scheduler's round would be most of the test
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    }
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--no-ui", "--port", str(port)],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(environment["PREFECT_API_URL"], server, home / "server.log")
        yield environment
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{url}/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"no Prefect server after {START_SECONDS:.0f} s:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def moto_server() -> Iterator[S3Server]:
    with serving(moto()) as server:
        server.client().create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture(scope="session")
def ceph_server() -> Iterator[S3Server]:
    if missing := missing_programs():
        pytest.skip(
            f"no real S3 server here ({', '.join(missing)} missing): "
            "apt-get install --no-install-recommends ceph-mon ceph-osd radosgw"
        )
    folder = Path(tempfile.mkdtemp(prefix="ceph-"))  # sockets need a short path
    try:
        with ceph(folder) as server:
            server.client().create_bucket(Bucket=BUCKET)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A real Postgres, where one is installed."""
    folder = programs()
    if folder is None:
        pytest.skip("no Postgres server here: apt-get install --no-install-recommends postgresql")
    with postgres(folder) as server:
        yield server


ON_BOTH = ("test_commit", "test_database", "test_frontier", "test_leases", "test_recollect", "test_segments")
"""Modules whose tests of the database run on SQLite and on Postgres."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both databases, for the tests that are about what is kept there."""
    both = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH
    if "database_url" in metafunc.fixturenames:
        metafunc.parametrize("database_url", ["sqlite", "postgres"] if both else ["sqlite"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database: a file, or one on a real Postgres."""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres_server")
        return server.new_database()
    return f"sqlite:///{tmp_path / 'state.sqlite'}"
