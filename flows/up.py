"""Everything that one machine needs to run by itself, kept alive from one terminal: `pressrun up`.

    pressrun up
      Prefect server     its database and log in <work>/prefect; unless PREFECT_API_URL names one that is there
      process worker     starts a process for each run that is due
        flow             crawlers and readers below it

The database of the server is kept with the archive it is about and not in Prefect's home, where other projects'
deployments and another version's tables may be. It holds the history of runs and nothing else: it may be lost.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings

from flows import deploying, lifeline
from flows.config import Config, SetUpError, subprocess_environment
from flows.own_server import api_url, check_answers, free_port, server_part, wait_until_healthy
from flows.supervision import Kept, Part

FIRST_PORT, LAST_PORT = 4200, 4299
FLOW_SECONDS = 40.0
"""How long flows may take to end: their crawlers have 20 s to seal and publish what they have."""
PART_SECONDS = 15.0
LOOK_SECONDS = 0.5
MIN_FREE_BYTES = 200_000_000
FOLDER, LOCK = "prefect", "up.lock"
DEFAULTS = {
    # else the slots of runs that go on while the server is killed are never given back
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_WORKER_QUERY_SECONDS": "5",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
}
"""Settings of Prefect where the user has made none."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `up` will do."""

    folder: Path
    """Of Prefect's files."""
    url: str
    """Of the API."""
    port: int | None
    """Of a server of our own; None: the server is there."""

    @property
    def ui(self) -> str:
        """Address of the UI."""
        return self.url.removesuffix("/api")


def up(config: Config, *, port: int | None = None, say: Say) -> None:
    """Run server, worker and schedules until SIGINT, SIGTERM or SIGHUP; then end them in their order.

    `port`: of the server; none: 4200 or the next that is free. What is killed of it is started again. To be called on
    the main thread. Raises SetUpError before anything is started, GivenUp where a part ends again and again, and
    KeyboardInterrupt at the second signal, everything killed.
    """
    folder = _folder(config)
    lock = folder / LOCK
    held = _only_one(lock)
    kept: list[Kept] = []
    try:
        if lifeline.family(lock):
            say("what a `pressrun up` that was killed left is ended first: its crawlers seal what they have")
            lifeline.end(lock, FLOW_SECONDS)
        plan = _plan(folder, port, say)
        environment = _environment(config, plan)
        stop = threading.Event()
        hear_signals(stop)
        with temporary_settings({PREFECT_API_URL: plan.url}):
            _start(plan, environment, kept, stop, say)
            while not stop.wait(LOOK_SECONDS):
                for part in kept:
                    if part.look():
                        say(f"{part.part.name} was started again")
    finally:
        _end(lock, held, kept, say)


def _start(
    plan: Plan, environment: dict[str, str], kept: list[Kept], stop: threading.Event, say: Say
) -> None:
    def go_on() -> bool:
        return not stop.is_set()

    def clear() -> None:
        """Nobody hears the flows of a worker that died: they end, and what they left undone is begun anew."""
        lifeline.end(plan.folder / LOCK, FLOW_SECONDS, but=[part.process.pid for part in kept])
        if plan.port is not None:
            # where the server is away as well, the automation does the one and the schedule the other
            with suppress(SetUpError):
                deploying.crash_dead_runs("its worker was killed")
                deploying.crawl_if_idle()

    if plan.port is not None:
        say("starting the Prefect server")
        server = Kept(server_part(plan.port, plan.folder, environment | {"PREFECT__SERVER_FINAL": "1"}), say)
        kept.append(server)
        wait_until_healthy(server, plan.port, go_on)
        if go_on() and (dead := deploying.crash_dead_runs("`pressrun up` ended while this run was going on")):
            say(
                f"{dead} run{'s' if dead > 1 else ''} cut off when this ended last: the next take up what was left"
            )
    if go_on():
        try:
            # before there is a worker: runs that begin while it deploys were seen to lock the server's SQLite file
            deploying.install(environment, go_on=go_on)
        except SetUpError:
            if go_on():
                raise
    if go_on():
        if plan.port is not None:
            deploying.drop_missed_runs()
        kept.append(Kept(_worker(environment), say, clear))
    if go_on():
        if plan.port is not None:
            deploying.crawl_if_idle()
        say(f"up: {plan.ui} is the UI, {plan.folder} has Prefect's files; Ctrl-C ends everything")


def _end(lock: Path, held: int, kept: list[Kept], say: Say) -> None:
    """Flows first, while worker and server still hear how they end; then worker, then server."""
    try:
        parts = {part.process.pid for part in kept if part.alive}
        if lifeline.family(lock) - parts:
            say("ending: crawlers seal and publish what they have; Ctrl-C again kills them")
        os.close(held)
        lifeline.wait_gone(lock, FLOW_SECONDS, but=parts)
        for part in reversed(kept):
            part.stop(PART_SECONDS)
    finally:
        lifeline.kill(lock)


def hear_signals(stop: threading.Event) -> None:
    """Set `stop` at the first signal that asks for an end; the second raises KeyboardInterrupt.

    Where SIGHUP is ignored it stays so: `nohup pressrun up` outlives its terminal.
    """

    def hear(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if one is not signal.SIGHUP or signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, hear)


def _folder(config: Config) -> Path:
    """The folder of Prefect's files, made and tried. Raises SetUpError."""
    folder = config.work.absolute() / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        (folder / LOCK).touch()
    except OSError as error:
        raise SetUpError(
            f"{folder} cannot be written ({error.strerror}): name another folder with PRESSRUN_WORK"
        ) from error
    if free < MIN_FREE_BYTES:
        raise SetUpError(
            f"{folder}: {free / 1e6:.0f} MB are free on this disk, and {MIN_FREE_BYTES / 1e6:.0f} MB are the least to "
            "begin with: free some, or name a folder elsewhere with PRESSRUN_WORK"
        )
    return folder


def _only_one(lock: Path) -> int:
    held = lifeline.hold(lock)
    if held is None:
        raise SetUpError(
            f"another `pressrun up` works on this archive (process {lock.read_text()}): end that one first"
        )
    return held


def _plan(folder: Path, port: int | None, say: Say) -> Plan:
    """Where the server is or will be. Raises SetUpError."""
    deploying.check()
    configured: str | None = PREFECT_API_URL.value()
    if configured:
        if port is not None:
            raise SetUpError(
                f"--port {port} is for a server of our own, but PREFECT_API_URL names {configured}: leave one out"
            )
        check_answers(configured)
        return Plan(folder=folder, url=configured, port=None)
    chosen = free_port(port or FIRST_PORT, port or LAST_PORT)
    if port is None and chosen != FIRST_PORT:
        say(f"port {FIRST_PORT} is in use: the server is at {chosen}")
    return Plan(folder=folder, url=api_url(chosen), port=chosen)


def _environment(config: Config, plan: Plan) -> dict[str, str]:
    """What server, worker and flows are told; what the user set for Prefect wins where it may."""
    ours = {
        "PWD": str(deploying.ROOT),
        "PRESSRUN_STORE": config.store if "://" in config.store else str(Path(config.store).absolute()),
        "PRESSRUN_SEEDS": str(config.seeds.absolute()),
        "PRESSRUN_DATABASE": config.database,
        "PRESSRUN_WORK": str(config.work.absolute()),
        lifeline.LIFELINE: str(plan.folder / LOCK),
    }
    if config.hosts:
        ours["PRESSRUN_HOSTS"] = str(config.hosts.absolute())
    if plan.port is not None:
        ours |= {"PREFECT_HOME": str(plan.folder), "PREFECT_SERVER_API_PORT": str(plan.port)}
    theirs = get_current_settings().to_environment_variables(exclude_unset=True)
    return subprocess_environment(DEFAULTS | theirs, **ours, PREFECT_API_URL=plan.url)


def _worker(environment: dict[str, str]) -> Part:
    return Part(
        name="the worker",
        arguments=("-m", "prefect", "worker", "start", "--pool", deploying.POOL, "--type", "process"),
        environment=environment,
        folder=deploying.ROOT,
    )
