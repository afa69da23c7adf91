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


class Children:
    """Crawler processes under way: start one more at any time, and iterate to hear them all.

    The iteration ends when every child has ended. Start them on the main thread: to Linux a child's parent is
    the *thread* that started it, and the child ends with it.
    """

    def __init__(
        self, command: Sequence[str], stop_seconds: float, stop: threading.Event | None, keep: Sequence[int]
    ) -> None:
        self._command = command
        self._stop_seconds = stop_seconds
        self._stop = stop
        self._keep = tuple(keep)
        self._told: SimpleQueue[Told] = SimpleQueue()
        self._started: list[_Child] = []
        self.alive = 0
        """Children whose end was not heard yet."""

    def start(self, job: Job) -> None:
        """Start a child on a job."""
        self._started.append(_start(job, self._command, self._told, self._keep))
        self.alive += 1

    def __iter__(self) -> Iterator[Told]:
        """What they tell, until all have ended."""
        while self.alive:
            try:
                event = self._told.get(timeout=1.0)
            except Empty:
                event = None
            if event is not None:
                self.alive -= isinstance(event, ChildEnded)
                yield event
            if self._stop is not None and self._stop.is_set():
                self.end()
            else:
                yield from self._stop_overdue()

    def _stop_overdue(self) -> Iterator[Told]:
        now = time.monotonic()
        running = [child for child in self._started if child.process.poll() is None]
        self._started = running
        for child in [child for child in running if now > child.stop_at]:
            self._started.remove(child)
            names = ", ".join(child.job.sites[:5])
            message = f"the crawler of {names} is past its deadline and is stopped"
            yield LogLine(level="ERROR", logger=__name__, message=message)
            _end([child.process], self._stop_seconds)

    def end(self) -> None:
        """End all that are alive: each seals and publishes what it has."""
        _end([child.process for child in self._started], self._stop_seconds)


@contextmanager
def children(
    jobs: Sequence[Job] = (),
    *,
    command: Sequence[str] = CRAWLER,
    stop_seconds: float = STOP_SECONDS,
    stop: threading.Event | None = None,
    keep: Sequence[int] = (),
) -> Iterator[Children]:
    """Run one child per job; leaving the block, by whatever way, ends those still alive.

    `stop`: end all of them as soon as it is set. `keep`: open file descriptors that they inherit.
    """
    crew = Children(command, stop_seconds, stop, keep)
    try:
        for job in jobs:
            crew.start(job)
        yield crew
    finally:
        crew.end()


def _start(job: Job, command: Sequence[str], told: SimpleQueue[Told], keep: Sequence[int]) -> _Child:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Ctrl-C in a terminal reaches the whole process group: the child must hear of it from us, once
        start_new_session=True,
        pass_fds=keep,
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
