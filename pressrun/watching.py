"""How far a crawl is, for whoever started it by hand: bars on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows import progress
from spiders.events import Progress as SiteProgress
from spiders.events import SiteDone


@contextmanager
def crawl_shown() -> Iterator[None]:
    """Show on stderr how far each site is, for as long as this block runs."""
    console = Console(stderr=True)
    if not console.is_terminal:
        with progress.watched_by(_tell_end):
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


def _tell_end(event: SiteProgress | SiteDone) -> None:
    if isinstance(event, SiteDone):
        numbers = f"{event.found} found, {event.fetched} fetched, {event.requests} requests"
        why = f" ({event.detail})" if event.detail else ""
        print(f"{event.site}: {numbers}, {event.ended}{why}", file=sys.stderr)
