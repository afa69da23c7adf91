"""Processes that end with `pressrun up`, however it ends. Needs no Prefect.

`pressrun up` holds a lock on a file while it lives, and names that file in the environment of all it starts
(`PRESSRUN_UP`). Its own children get SIGTERM from the kernel when it is gone; a flow, whose parent is the worker, waits
for the lock in a thread, and when it gets it ends as by SIGTERM: its crawlers seal and publish what they have. So does
letting go of the lock. By the name in their environment all of them are found, whoever their parent is by now.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from multiprocessing import parent_process
from pathlib import Path

LIFELINE = "PRESSRUN_UP"
TRIES, TRY_SECONDS = 20, 0.1
"""How often a lock is tried that a flow may hold for the moment in which it learns that it must end."""

_LAUNCH = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: kept by exec
if os.getppid() != int(sys.argv[1]):
    sys.exit("the parent has gone")
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


def python(*arguments: str) -> list[str]:
    """A command that runs Python with these arguments and gets SIGTERM when the process that starts it is gone.

    Start it on the main thread: to Linux a child's parent is the thread.
    """
    return [sys.executable, "-c", _LAUNCH, str(os.getpid()), *arguments]


def hold(path: Path) -> int | None:
    """The descriptor that holds the lock, or None where another process holds it. Raises OSError."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    for _ in range(TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            return descriptor
        time.sleep(TRY_SECONDS)
    os.close(descriptor)
    return None


def is_held(path: Path) -> bool:
    """Whether a process, this one included, holds the lock of a file that is there. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def follow(environment: Mapping[str, str]) -> None:
    """In a flow run below `pressrun up`, end as by SIGTERM as soon as nobody holds its lock."""
    path = environment.get(LIFELINE)
    # the processes that read pages end with the flow that started them
    if path and environment.get("PREFECT__FLOW_RUN_ID") and parent_process() is None:
        threading.Thread(target=_follow, args=(Path(path),), name="lifeline", daemon=True).start()


def _follow(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    os.close(descriptor)
    main = threading.main_thread().ident
    if main is not None:
        # to the main thread: it may wait in a call that only a signal of its own interrupts
        signal.pthread_kill(main, signal.SIGTERM)


def family(path: Path) -> frozenset[int]:
    """Every process but this one that was started, at whatever distance, under this lock. Empty without /proc."""
    mark = f"{LIFELINE}={path}".encode()
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
    return frozenset(found - {os.getpid()})


def wait_gone(path: Path, seconds: float, but: Collection[int] = ()) -> bool:
    """Wait until nobody of the family is left but these; False when the time is over."""
    last = time.monotonic() + seconds
    while family(path) - frozenset(but):
        if time.monotonic() > last:
            return False
        time.sleep(TRY_SECONDS)
    return True


def end(path: Path, seconds: float, but: Collection[int] = ()) -> None:
    """End the family but these: by SIGTERM, and after so many seconds by SIGKILL.

    SIGTERM goes to those whose parents are not of the family: they end what they have started, in their own order.
    """
    pids = family(path)
    _send(signal.SIGTERM, (pid for pid in pids - frozenset(but) if _parent(pid) not in pids))
    if not wait_gone(path, seconds, but):
        kill(path, but)


def kill(path: Path, but: Collection[int] = ()) -> None:
    """End the family but these at once."""
    _send(signal.SIGKILL, family(path) - frozenset(but))
    wait_gone(path, TRIES * TRY_SECONDS, but)


def _send(what: signal.Signals, pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def _parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
