"""A Prefect server of our own: for a flow that is run by hand where none is set up, and for `pressrun up`.

For a flow Prefect would start one by itself, and first import the whole server into the process that runs the flow,
which costs 4 s and 90 MB. Here the server starts at once, in a process that ends with us whatever happens, and with
its log in a file instead of on the terminal.
"""

from __future__ import annotations

import atexit
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    get_current_settings,
    temporary_settings,
)

from flows import lifeline
from flows.config import SetUpError, subprocess_environment
from flows.logs import leave_ends_to_us
from flows.supervision import Kept, Part, last_words

START_SECONDS = 120.0
"""On a small busy machine it takes a minute."""
ASK_SECONDS = 2.0
REACH_SECONDS = 10.0
"""What a server that somebody else runs is given to answer."""
STOP_SECONDS = 5.0
HOST = "127.0.0.1"
FOLDER, LOCK = "pressrun-prefect-", "owner.lock"

SERVER = """
import sys, uvicorn
uvicorn.run("prefect.server.api.server:create_app", factory=True, host=sys.argv[1], port=int(sys.argv[2]),
            log_level="error", lifespan="on")
"""


def prefect_server() -> str:
    """URL of the API that flows of this process report to from here on.

    It is the one Prefect is set up with, else a server of our own that lives as long as this process. Raises
    SetUpError.
    """
    configured: str | None = PREFECT_API_URL.value()
    if configured:
        check_answers(configured)
    url = configured or _own_server()
    import prefect.main  # noqa: F401 - sets the terminal's handler up, whoever imports it first

    leave_ends_to_us(pages=configured is not None)  # a server of our own has no UI
    return url


def check_answers(url: str) -> None:
    """Raise SetUpError where no Prefect server answers at the URL of its API."""
    try:
        httpx.get(f"{url}/health", timeout=REACH_SECONDS).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SetUpError(
            f"no Prefect server answers at {url} ({error}): start it, correct PREFECT_API_URL, or unset it for a "
            "server of our own"
        ) from error


def _own_server() -> str:
    rest = ExitStack()
    # Prefect sends the last lines of a run's log before atexit: the server must be there until then
    atexit.register(rest.close)
    remove_left(Path(tempfile.gettempdir()))
    folder = Path(rest.enter_context(tempfile.TemporaryDirectory(prefix=FOLDER)))
    lifeline.hold(folder / LOCK)  # until this process is gone
    port = free_port()
    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    alone = subprocess_environment(settings, PREFECT_UI_ENABLED="0", PREFECT__SERVER_EPHEMERAL="1")
    part = server_part(port, folder, alone)
    server = Kept(part, lambda _: None)
    rest.callback(server.stop, STOP_SECONDS)
    wait_until_healthy(server, port)
    url = api_url(port)
    # nobody watches for this server's runs to fall silent, and ending the heartbeat takes a second
    rest.enter_context(temporary_settings({PREFECT_API_URL: url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}))
    return url


def remove_left(parent: Path) -> None:
    """Remove the folders of servers whose processes were killed."""
    for lock in parent.glob(f"{FOLDER}*/{LOCK}"):
        with suppress(OSError):  # another user's, or another process removes it too
            if not lifeline.is_held(lock):
                shutil.rmtree(lock.parent, ignore_errors=True)


def api_url(port: int) -> str:
    """Where a server of ours at this port is asked."""
    return f"http://{HOST}:{port}/api"


def free_port(first: int = 0, last: int = 0) -> int:
    """The first free port of these on the loopback address; without any given, some free port.

    Raises SetUpError where all are taken.
    """
    for port in range(first, last + 1):
        with socket.socket() as asked:
            # as the server will: a port that has just been left is free
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                asked.bind((HOST, port))
            except OSError:
                continue
            return int(asked.getsockname()[1])
    ports = f"port {first} is" if first == last else f"ports {first} to {last} are"
    raise SetUpError(f"{ports} in use: give another one with --port")


def server_part(port: int, folder: Path, environment: Mapping[str, str]) -> Part:
    """A Prefect server at this port, with its log in this folder."""
    return Part(
        name="the Prefect server",
        arguments=("-c", SERVER, HOST, str(port)),
        environment=environment,
        folder=folder,
        log=folder / "server.log",
    )


def wait_until_healthy(server: Kept, port: int, go_on: Callable[[], bool] = lambda: True) -> None:
    """Wait until a server that was started answers, or `go_on` is false. Raises SetUpError where it does not."""
    url, give_up_at = f"{api_url(port)}/health", time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=ASK_SECONDS) as client:
        while server.alive and go_on() and time.monotonic() < give_up_at:
            try:
                if client.get(url).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    if go_on():
        raise SetUpError(
            f"no Prefect server came up at {api_url(port)}; start one with `prefect server start` and set "
            f"PREFECT_API_URL{last_words(server.part)}"
        )
