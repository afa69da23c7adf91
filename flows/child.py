"""Scrapy child processes: start them, hear what they tell, and end them whatever happens to us.

A child is `python -m spiders.run`: a reactor does not restart, and a process can be killed, timed and
counted. It reads one `Job` from stdin and writes events as JSON lines to stdout; its stderr is log text. It
ends on SIGTERM within seconds, its segments sealed and published, and by itself when we die
(PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import IO

from spiders.events import BadEvent, Event, Job, LogLine, decode, encode_job

CRAWLER = (sys.executable, "-m", "spiders.run")

STOP_SECONDS = 20.0
"""From SIGTERM to SIGKILL. Prefect's process worker gives a flow 30 s from its own SIGTERM."""
OVERTIME_SECONDS = 60.0
"""How long past its own deadline a child may go on before it is stopped from outside."""
MAX_LINE_BYTES = 1024 * 1024
TAIL_LINES = 20
"""Last lines of stderr that are kept to explain a death."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildEnded:
    """A child is gone. Sent once for each, after everything it told."""

    job: Job
    code: int
    """Exit code; negative: the signal that killed it."""
    tail: str
    """The last lines it wrote to stderr."""

    @property
    def died(self) -> bool:
        """It did not end by its own will."""
        return self.code != 0

    @property
    def story(self) -> str:
        """What happened, for a person."""
        how = f"was killed by signal {-self.code}" if self.code < 0 else f"exited with code {self.code}"
        last = f"; its last words: {self.tail}" if self.tail and self.died else ""
        return f"the crawler of {', '.join(self.job.sites[:5])} {how}{last}"


Told = Event | ChildEnded


@dataclass(frozen=True, slots=True)
class _Child:
    job: Job
    process: subprocess.Popen[bytes]
    stop_at: float
    """On the monotonic clock."""


@contextmanager
def children(
    jobs: Sequence[Job], *, command: Sequence[str] = CRAWLER, stop_seconds: float = STOP_SECONDS
) -> Iterator[Iterator[Told]]:
    """Run one child per job and hear them all; leaving the block, by whatever way, ends those still alive.

    The iterator ends when every child has ended. Must be entered on the main thread: to Linux a child's
    parent is the *thread* that started it, and the child ends with it.
    """
    told: SimpleQueue[Told] = SimpleQueue()
    started: list[_Child] = []
    try:
        for job in jobs:
            started.append(_start(job, command, told))
        yield _hear(started, told, stop_seconds)
    finally:
        _end([child.process for child in started], stop_seconds)


def _start(job: Job, command: Sequence[str], told: SimpleQueue[Told]) -> _Child:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Ctrl-C in a terminal reaches the whole process group: the child must hear of it from us, once
        start_new_session=True,
    )
    child = _Child(job, process, time.monotonic() + job.deadline_seconds + OVERTIME_SECONDS)
    threading.Thread(target=_listen, args=(child, told), name="child", daemon=True).start()
    # a child that died at once leaves a broken pipe; _listen tells of its end
    with suppress(BrokenPipeError), _pipe(process.stdin) as stdin:
        stdin.write(encode_job(job))
    return child


def _listen(child: _Child, told: SimpleQueue[Told]) -> None:
    """Put everything the child tells into the queue, and at last that it ended."""
    process, tail = child.process, []

    def hear_errors(stream: IO[bytes]) -> None:
        for line in _lines(stream):
            tail.append(line)
            del tail[:-TAIL_LINES]
            told.put(LogLine(level="WARNING", logger="stderr", message=line))

    errors = threading.Thread(
        target=hear_errors, args=(_pipe(process.stderr),), name="child-stderr", daemon=True
    )
    errors.start()
    with _pipe(process.stdout) as stream:
        while line := stream.readline(MAX_LINE_BYTES):
            try:
                told.put(decode(line))
            except BadEvent as error:
                told.put(LogLine(level="WARNING", logger="stdout", message=str(error)))
    code = process.wait()
    # a grandchild that outlives the child may hold its stderr open: do not wait for that one
    errors.join(timeout=2)
    told.put(ChildEnded(job=child.job, code=code, tail=" | ".join(tail)))


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the child was started without pipes")
    return stream


def _lines(stream: IO[bytes]) -> Iterator[str]:
    with stream:
        while line := stream.readline(MAX_LINE_BYTES):
            if text := line.decode("utf-8", "replace").rstrip():
                yield text


def _hear(started: Sequence[_Child], told: SimpleQueue[Told], stop_seconds: float) -> Iterator[Told]:
    alive = len(started)
    overdue = {id(child): child for child in started}
    while alive:
        try:
            event = told.get(timeout=1.0)
        except Empty:
            event = None
        if event is not None:
            alive -= isinstance(event, ChildEnded)
            yield event
        now = time.monotonic()
        for key, child in list(overdue.items()):
            if child.process.poll() is not None:
                del overdue[key]
            elif now > child.stop_at:
                del overdue[key]
                names = ", ".join(child.job.sites[:5])
                message = f"the crawler of {names} is past its deadline and is stopped"
                yield LogLine(level="ERROR", logger=__name__, message=message)
                _end([child.process], stop_seconds)


def _end(processes: Sequence[subprocess.Popen[bytes]], stop_seconds: float) -> None:
    """SIGTERM to all, then SIGKILL to those that are still there after `stop_seconds` or a second Ctrl-C."""
    alive = [process for process in processes if process.poll() is None]
    try:
        for process in alive:
            process.terminate()
        give_up_at = time.monotonic() + stop_seconds
        for process in alive:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, give_up_at - time.monotonic()))
    finally:
        for process in alive:
            if process.poll() is None:
                process.kill()
                process.wait()
