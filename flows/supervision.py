"""Processes that are kept alive: started again when they end, ever later, and not for ever. Needs no Prefect."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.lifeline import python

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 30.0
MAX_RESTARTS, WITHIN_SECONDS = 6, 600.0
"""A part that ends more often than so within so many seconds is given up."""
MAX_LOG_BYTES = 5_000_000
"""A log that is longer when its part starts becomes `<name>.1`."""


class GivenUp(Exception):
    """A part ends again and again; the message names it, how it ended, and the last lines of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process to keep alive."""

    name: str
    """For a person: `the Prefect server`."""
    arguments: tuple[str, ...]
    """Of Python."""
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    """Where it runs."""
    log: Path | None = None
    """Where its output goes; None: where ours goes."""


class Kept:
    """A part and the process that is it at present."""

    def __init__(
        self, part: Part, say: Callable[[str], None], clear: Callable[[], None] = lambda: None
    ) -> None:
        """`clear` is called before each start but the first."""
        self.part = part
        self._say = say
        self._clear = clear
        self._ended: list[float] = []
        self._start_at = 0.0
        self.process = _start(part)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def look(self) -> bool:
        """Start it again where that is due; whether it was. Raises GivenUp."""
        if self.alive:
            return False
        now = time.monotonic()
        if not self._start_at:
            wait = self._ended_at(now)
            self._start_at = now + wait
            self._say(
                f"{self.part.name} {_how(self.process.returncode)}; it is started again in {wait:.0f} s"
            )
        if now < self._start_at:
            return False
        self._clear()
        self._start_at = 0.0
        self.process = _start(self.part)
        return True

    def stop(self, seconds: float) -> None:
        """End it: by SIGTERM, and after so many seconds by SIGKILL."""
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _ended_at(self, now: float) -> float:
        """Take note of an end; seconds to wait before the next start."""
        self._ended.append(now)
        wait = seconds_to_wait(self._ended)
        if wait is None:
            raise GivenUp(
                f"{self.part.name} ended more than {MAX_RESTARTS} times within {WITHIN_SECONDS / 60:.0f} minutes, at "
                f"last it {_how(self.process.returncode)}{last_words(self.part)}"
            )
        return wait


def seconds_to_wait(ended: Sequence[float]) -> float | None:
    """How long to wait before a part is started again, by when it ended; None: it is given up."""
    lately = [moment for moment in ended if ended[-1] - moment <= WITHIN_SECONDS]
    if len(lately) > MAX_RESTARTS:
        return None
    wait: float = FIRST_WAIT_SECONDS * 2.0 ** (len(lately) - 1)
    return min(wait, LONGEST_WAIT_SECONDS)


def last_words(part: Part) -> str:
    """What a part's log ends with, as the rest of a sentence."""
    if part.log is None or not part.log.exists():
        return ""
    return f"; its log {part.log} ends: {part.log.read_text(errors='replace')[-1500:].strip()}"


def _how(code: int | None) -> str:
    return f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"


def _start(part: Part) -> subprocess.Popen[bytes]:
    log = None
    if part.log is not None:
        if part.log.exists() and part.log.stat().st_size > MAX_LOG_BYTES:
            part.log.replace(part.log.with_name(part.log.name + ".1"))
        log = part.log.open("ab")
    try:
        return subprocess.Popen(
            python(*part.arguments),
            env=dict(part.environment),
            cwd=part.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT if log else None,
            # Ctrl-C in a terminal is for us, who end the parts in their order
            start_new_session=True,
        )
    finally:
        if log is not None:
            log.close()
