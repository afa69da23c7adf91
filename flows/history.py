"""The watch without Prefect: every site judged, and what is new of that put down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from articles.model import Site
from flows.judging import DAY, WEEKS, Finding, judge, judge_archive
from storage.state import findings, volumes
from storage.state.database import Database, in_chunks
from storage.state.findings import Settled
from storage.state.frontier import polled
from storage.state.volumes import Hour

SHOWN_DAYS = 14
KEPT = timedelta(weeks=WEEKS + 2)
SITES_AT_ONCE = 20
"""Read in one transaction, of a second or two: SQLite has one writer, and whoever commits must not wait for a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLook:
    """One site as a look saw it."""

    site: str
    days: tuple[int, ...]
    """New articles in each of the last `SHOWN_DAYS` times 24 hours, the oldest first."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Every site as it was at one moment."""

    at: datetime
    archive: tuple[Finding, ...]
    """Of no site in particular."""
    sites: tuple[SiteLook, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them."""
        return (*self.archive, *(finding for site in self.sites for finding in site.findings))


def look(database: Database, sites: Mapping[str, Site], now: datetime) -> Look:
    """Judge every site by what came of it. Raises DatabaseError."""
    with database.transaction() as connection:
        watched = volumes.watched(connection, now - KEPT)
    looks: list[SiteLook] = []
    for names in in_chunks(sorted(sites), SITES_AT_ONCE):
        of: dict[str, list[Hour]] = {name: [] for name in names}
        with database.transaction() as connection:
            for hour in volumes.hours(connection, now - KEPT, names):
                of[hour.site].append(hour)
            met = polled.met(connection, [name for name in names if not any(hour.new for hour in of[name])])
        looks += [
            SiteLook(
                site=name,
                days=_days(of[name], now),
                findings=judge(sites[name], of[name], watched, now, met.get(name)),
            )
            for name in names
        ]
    return Look(at=now, archive=judge_archive(watched, now), sites=tuple(looks))


def settle(database: Database, seen: Look) -> Settled:
    """Put down what a look found; what began, goes on and is over. Raises DatabaseError."""
    found = {(one.site, one.trouble.value): one.sentence for one in seen.findings}
    with database.transaction() as connection:
        volumes.forget(connection, seen.at - KEPT)
        return findings.settle(connection, found, seen.at)


def mark_told(database: Database, settled: Settled) -> None:
    """Put down that what began and what is over was told: else the next look says it again. Raises DatabaseError."""
    with database.transaction() as connection:
        findings.mark_told(connection, settled)


def _days(hours: list[Hour], now: datetime) -> tuple[int, ...]:
    days = [0] * SHOWN_DAYS
    for hour in hours:
        ago = (now - hour.at) // DAY
        if 0 <= ago < SHOWN_DAYS:
            days[-1 - ago] += hour.new
    return tuple(days)
