"""How far the crawl in this process is, for whoever runs it by hand and wants to watch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from spiders.events import Progress, SiteDone

Listener = Callable[[Progress | SiteDone], None]

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def watched_by(listener: Listener) -> Iterator[None]:
    """Within this block a crawl that this thread runs tells `listener` of each site's progress and end."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def tell(event: Progress | SiteDone) -> None:
    """Pass an event on, where anyone listens."""
    if listener := _LISTENER.get():
        listener(event)
