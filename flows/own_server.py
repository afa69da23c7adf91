"""A Prefect server of our own for flows that are run by hand where none is set up.

Prefect would start one by itself, and first import the whole server into the process that runs the flow,
which costs 4 s and 90 MB. Here the server starts at once, in a process that ends with us whatever happens,
and with its log in a file instead of on the terminal.
"""

from __future__ import annotations

import atexit
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    get_current_settings,
    temporary_settings,
)

from flows.config import SetUpError, subprocess_environment

START_SECONDS = 120.0
"""On a small busy machine it takes a minute."""
STOP_SECONDS = 5.0

SERVER = """
import ctypes, signal, sys, uvicorn
ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: end with the parent
uvicorn.run("prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=int(sys.argv[1]),
            log_level="error", lifespan="on")
"""


def prefect_server() -> str:
    """URL of the API that flows of this process report to from here on.

    It is the one Prefect is set up with, else a server of our own that lives as long as this process. Raises
    SetUpError.
    """
    configured: str | None = PREFECT_API_URL.value()
    if configured:
        return configured
    rest = ExitStack()
    # Prefect sends the last lines of a run's log before atexit: the server must be there until then
    atexit.register(rest.close)
    log = Path(rest.enter_context(tempfile.TemporaryDirectory(prefix="pressrun-prefect-"))) / "server.log"
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    process = _start(port, log)
    rest.callback(_stop, process)
    _wait_until_healthy(url, process, log)
    # nobody watches for this server's runs to fall silent, and ending the heartbeat takes a second
    settings = {PREFECT_API_URL: url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    rest.enter_context(temporary_settings(settings))
    return url


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _start(port: int, log: Path) -> subprocess.Popen[bytes]:
    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    environment = subprocess_environment(settings, PREFECT_UI_ENABLED="0", PREFECT__SERVER_EPHEMERAL="1")
    with log.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, "-c", SERVER, str(port)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            # Ctrl-C in a terminal is for the flow, which still has its end to report
            start_new_session=True,
        )


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=START_SECONDS) as client:
        while process.poll() is None and time.monotonic() < give_up_at:
            try:
                if client.get(f"{url}/health").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    raise SetUpError(
        f"no Prefect server came up at {url}; start one with `prefect server start` and set PREFECT_API_URL. "
        f"Its log ends: {log.read_text(errors='replace')[-1500:]}"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
