"""How far a crawl is, for whoever started it by hand: bars on a terminal, plain lines otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows import progress
from flows.logs import in_json, say
from flows.report import counted
from spiders.events import Event, SiteDone
from spiders.events import Progress as SiteProgress

LINE_EVERY_SECONDS = 5.0
"""Between two lines of one site, where no terminal shows bars."""
MAX_SITES_WITH_LINES = 20
"""With more sites than this only their ends are told, or the lines would be a flood."""


@contextmanager
def crawl_shown() -> Iterator[None]:
    """Show on stderr how far each site is, for as long as this block runs."""
    console = Console(stderr=True)
    if in_json() or not console.is_terminal:
        with progress.watched_by(plain_lines()):
            yield
        return
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=console,
    )
    tasks: dict[str, TaskID] = {}

    def show(event: SiteProgress | SiteDone) -> None:
        if event.site not in tasks:
            tasks[event.site] = bars.add_task(event.site, total=None, note="")
        failed = event.failed if isinstance(event, SiteProgress) else sum(event.failed.values())
        looked_at = event.fetched + event.unchanged + failed
        waiting = event.queued if isinstance(event, SiteProgress) else 0
        note = f"{event.found} found, {event.fetched} fetched, {failed} failed"
        bars.update(tasks[event.site], completed=looked_at, total=looked_at + waiting, note=note)

    with bars, progress.watched_by(show):
        yield


def plain_lines(every_seconds: float = LINE_EVERY_SECONDS) -> Callable[[Event], None]:
    """A listener that writes lines to stderr: how far each site is now and then, and how it ended."""
    told: dict[str, float] = {}

    def show(event: Event) -> None:
        if isinstance(event, SiteProgress):
            now = time.monotonic()
            # the first line says at once that something is going on
            due = event.site not in told or now - told[event.site] >= every_seconds
            if due and (event.site in told or len(told) < MAX_SITES_WITH_LINES):
                told[event.site] = now
                say(f"{event.site}: {_so_far(event)}")
        elif isinstance(event, SiteDone):
            numbers = f"{event.found} found, {event.fetched} fetched, {counted(event.requests, 'request')}"
            why = f" ({event.detail})" if event.detail else ""
            say(f"{event.site}: {numbers}, {event.ended}{why}")

    return show


def _so_far(event: SiteProgress) -> str:
    if not (event.found or event.fetched or event.failed):
        return "looking for articles"
    return (
        f"{event.found} found, {event.fetched} fetched, {event.unchanged} unchanged, {event.failed} failed, "
        f"{event.queued} to go"
    )
