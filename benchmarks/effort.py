"""Seconds of wall and CPU that a stretch of work took, over a process and everything below it."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import tree

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Effort:
    """What it took, in seconds."""

    wall: float = 0.0
    cpu: float = 0.0
    """Of this process and all below it, those that ended too."""
    own: float = 0.0
    """CPU of this process alone."""


@contextmanager
def measured(left_out: Collection[int] = ()) -> Iterator[Effort]:
    """Filled when the block ends; processes `left_out`, and those below them, are not counted."""
    effort = Effort()
    wall, cpu, own = time.perf_counter(), cpu_below(os.getpid(), left_out), time.process_time()
    yield effort
    effort.wall = time.perf_counter() - wall
    effort.cpu = cpu_below(os.getpid(), left_out) - cpu
    effort.own = time.process_time() - own


def cpu_below(root: int, left_out: Collection[int] = ()) -> float:
    """CPU seconds of a process and its descendants up to now, of those that ended and were waited for too."""
    return sum(map(_cpu, tree(root, left_out)))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS
