"""Memory of a process and all its descendants, from /proc."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

SAMPLE_SECONDS = 0.2


@contextmanager
def watched(
    root: int, left_out: Collection[int | None] = (), parts: dict[str, int] | None = None
) -> Iterator[list[int]]:
    """While the block lasts, sample the resident KiB of `root` and its descendants; the list has the most.

    `parts` is filled with what each process had at that moment, by pid and the last words of its command.
    """
    peak = [0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(SAMPLE_SECONDS):
            each = {pid: _resident(pid) for pid in tree(root, left_out)}
            if sum(each.values()) > peak[0]:
                peak[0] = sum(each.values())
                if parts is not None:
                    parts.clear()
                    parts.update({f"{pid} {_command(pid)}": size for pid, size in each.items()})

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def tree(root: int, left_out: Collection[int | None]) -> list[int]:
    """A process and its descendants, without those left out and what is below them."""
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children[int(stat.read_text().rpartition(")")[2].split()[1])].append(int(stat.parent.name))
        except OSError:
            continue
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        if pid not in left_out:
            found.append(pid)
            queue.extend(children[pid])
    return found


def _command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return ""
    return " ".join(words)[-60:].strip()


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    match = re.search(r"VmRSS:\s+(\d+)", status)
    return int(match.group(1)) if match else 0
