"""Which sites a crawl run visits next: it claims as many as its crawlers can bear, and more as those are done.

So runs on several machines share what is due: each takes what the others have not. Needs no Prefect.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, date, datetime

from articles.model import Site
from flows.claims import Claims
from flows.config import Config
from flows.workshop import Workshop
from spiders.events import Job
from storage.state.frontier.sites import due_sites
from storage.state.leases import Lease

SITES_A_CHILD = 25
"""A child costs about a second of CPU to start; so many sites share one before there is a second, and so many
must be done before one is started for those that wait."""
CHILDREN_A_PROCESS = 3
"""So many children for each process wanted may be alive: most of a child's sites are done long before its last."""
SEGMENT_BYTES = 64 * 1024 * 1024
SEGMENT_SECONDS = 120.0
"""A segment is closed and read when it is this large or this old: so long may an article wait to be stored, and
so much is left to read when the crawlers have ended."""


class Dealer:
    """Deals the sites of one run to crawler processes."""

    def __init__(
        self,
        workshop: Workshop,
        claims: Claims,
        sites: Sequence[Site],
        *,
        named: bool,
        processes: int | None,
        sites_at_once: int,
        max_minutes: float,
        days: tuple[date, date] | None = None,
    ) -> None:
        """`named`: visit the sites due or not; else only those that are still due when they are claimed."""
        self._workshop, self._claims, self._named, self._days = workshop, claims, named, days
        self._waiting = deque(sites)
        self._processes = processes or max(1, (os.cpu_count() or 1) - 1)
        self._room = max(1, sites_at_once) * self._processes
        self._ends_at = time.monotonic() + max_minutes * 60
        self._visiting: set[str] = set()
        self._again: list[Site] = []
        """Sites that another run visited when their turn came: asked for once more when all others are done."""
        self._asked_again = named
        self.chosen: list[Site] = []
        """The sites claimed so far, in the order in which they were."""
        self.elsewhere: list[Lease] = []
        """Sites that another run visits."""

    def deal(self, alive: int) -> list[Job]:
        """Jobs to start now, while so many children are alive; their sites are claimed. Raises DatabaseError."""
        room = self._room - len(self._visiting)
        seconds = self._ends_at - time.monotonic()
        if self._again and self.chosen and not (alive or self._waiting or self._asked_again) and seconds > 0:
            self._ask_again()
        if not self._waiting or (seconds <= 0 and self.chosen):
            return []
        crowded = alive >= CHILDREN_A_PROCESS * self._processes
        if alive and (crowded or room < min(SITES_A_CHILD, self._room)):
            return []
        sites = self._take(room)
        self.chosen += sites
        self._visiting.update(site.name for site in sites)
        # dealt like cards: sites that stand together in the folder are often of one country and one host
        number = min(-(-len(sites) // SITES_A_CHILD), max(1, self._processes - alive))
        return [self._job(sites[start::number], seconds) for start in range(number if sites else 0)]

    def visited(self, site: str) -> None:
        """A visit is over; its claim holds until what was fetched is published, when the child ends."""
        self._visiting.discard(site)

    def ended(self, job: Job) -> None:
        """A child is gone: its sites are free for other runs."""
        self._visiting.difference_update(job.sites)
        self._claims.release(job.sites)

    @property
    def left(self) -> int:
        """Sites that were due and that nobody has visited: there was no time."""
        return len(self._waiting)

    def _ask_again(self) -> None:
        """Let the sites of other runs have their turn now: while this one worked those may have ended, or died."""
        self._asked_again = True
        self._waiting.extend(self._again)
        self.elsewhere.clear()

    def _take(self, most: int) -> list[Site]:
        """Claim up to so many of the sites that wait; what others visit is passed over."""
        taken: list[Site] = []
        while self._waiting and len(taken) < most:
            some = [self._waiting.popleft() for _ in range(min(most - len(taken), len(self._waiting)))]
            own, others = self._claims.claim(site.name for site in some)
            self.elsewhere += others
            held = {lease.site for lease in others}
            self._again += [site for site in some if site.name in held]
            # another run may have visited it since this one looked what was due
            wanted = own if self._named else own & _still_due(self._workshop, some)
            if done := own - wanted:
                self._claims.release(done)
            taken += [site for site in some if site.name in wanted]
        return taken

    def _job(self, sites: Sequence[Site], seconds: float) -> Job:
        config: Config = self._workshop.config
        since, until = self._days or (None, None)
        return Job(
            sites=tuple(site.name for site in sites),
            seeds=str(config.seeds),
            store=config.store,
            database=config.database,
            work=str(config.work),
            contact=config.contact,
            hosts=str(config.hosts) if config.hosts else None,
            browser=config.browser,
            deadline_seconds=max(1.0, seconds),
            max_segment_bytes=SEGMENT_BYTES,
            max_segment_seconds=SEGMENT_SECONDS,
            force=self._named,
            since=since,
            until=until,
        )


def _still_due(workshop: Workshop, sites: Sequence[Site]) -> frozenset[str]:
    with workshop.database.transaction() as connection:
        return frozenset(due_sites(connection, sites, datetime.now(UTC)))
