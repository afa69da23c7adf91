"""One request at a time for each host, with the pause the host may expect between them.

Scrapy's own slots let a burst through where no delay is set (2.14 to 2.19: `_process_queue` counts a request
as under way only once its coroutine has begun), so turns are taken here, right before the socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MAX_HOSTS = 20_000
MOST_DELAYS = 10


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: float = float("-inf")
    """Loop time at which the last answer was complete."""
    took: float = 0.0
    """Seconds the last answer took."""
    waiting: int = 0


class Pace:
    """Who may go when. One for a process, shared by all its sites."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay_seconds: float) -> AsyncIterator[None]:
        """Wait for the host to be free and for `delay_seconds` since its last answer; hold it meanwhile.

        A host that answers slowly is given more time: as long as its last answer took, up to ten delays.
        """
        entry = self._hosts.get(host)
        if entry is None:
            self._forget_idle()
            entry = self._hosts[host] = _Host()
        entry.waiting += 1
        loop = asyncio.get_running_loop()
        try:
            async with entry.lock:
                delay = max(delay_seconds, min(entry.took, MOST_DELAYS * delay_seconds))
                pause = entry.last + delay - loop.time()
                if pause > 0:
                    await asyncio.sleep(pause)
                began = loop.time()
                try:
                    yield
                finally:
                    entry.last = loop.time()
                    entry.took = entry.last - began
        finally:
            entry.waiting -= 1

    def _forget_idle(self) -> None:
        if len(self._hosts) >= MAX_HOSTS:
            idle = sorted((host.last, name) for name, host in self._hosts.items() if not host.waiting)
            for _, name in idle[: MAX_HOSTS // 2]:
                del self._hosts[name]
