"""Which sites have something to look at now, and which is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cronsim import CronSim
from sqlalchemy import (
    Connection,
    func,
    select,
)

from articles.model import Site
from articles.zones import clock_of
from storage.state.database import in_chunks
from storage.state.frontier.hosts import hold_of, hosts, origin_of
from storage.state.frontier.known import urls
from storage.state.frontier.polled import Kind, polled


def due_sites(connection: Connection, sites: Sequence[Site], now: datetime) -> list[str]:
    """Names of the sites that have something to look at now, in the order given.

    A site never looked at is due. One with a cron `schedule` is due when the schedule came round since the
    last look at its pages; any other when a page or an article is. A site whose host asked to be left alone is
    not due before that is over.
    """
    names = [site.name for site in sites]
    held = {
        row.origin
        for chunk in in_chunks(origin_of(site.home) for site in sites)
        for row in connection.execute(
            select(hosts.c.origin).where(hosts.c.origin.in_(chunk), hosts.c.held_until > now)
        )
    }
    last: dict[str, datetime] = {}
    with_work: set[str] = set()
    for chunk in in_chunks(names):
        for name, looked_at, page_at in connection.execute(
            select(polled.c.site, func.max(polled.c.checked_at), func.min(polled.c.next_at))
            .where(polled.c.site.in_(chunk), polled.c.kind != Kind.ARCHIVE)
            .group_by(polled.c.site)
        ):
            if looked_at is not None:
                last[name] = looked_at
            if page_at <= now:
                with_work.add(name)
        for name in set(chunk) - with_work:
            if connection.execute(
                select(urls.c.url_id).where(urls.c.site == name, urls.c.next_at <= now).limit(1)
            ).first():
                with_work.add(name)
    due = []
    for site in sites:
        looked_at = last.get(site.name)
        if origin_of(site.home) in held:
            continue
        if looked_at is None:
            due.append(site.name)
        elif site.schedule is not None:
            zone = clock_of(site)
            if next(CronSim(site.schedule, looked_at.astimezone(zone))) <= now:
                due.append(site.name)
        elif site.name in with_work:
            due.append(site.name)
    return due


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDue:
    """The site that is due next."""

    site: str
    at: datetime


def next_due(connection: Connection, sites: Sequence[Site]) -> NextDue | None:
    """Which of some sites is due next, and when; None: there are no sites, or none was ever looked at."""
    found = []
    for site in sites:
        looked_at, page_at = connection.execute(
            select(func.max(polled.c.checked_at), func.min(polled.c.next_at)).where(
                polled.c.site == site.name, polled.c.kind != Kind.ARCHIVE
            )
        ).one()
        if looked_at is None:
            continue
        url_at = connection.execute(
            select(func.min(urls.c.next_at)).where(urls.c.site == site.name, urls.c.next_at.is_not(None))
        ).scalar_one()
        if site.schedule is not None:
            zone = clock_of(site)
            at = next(CronSim(site.schedule, looked_at.astimezone(zone)))
        else:
            at = min(moment for moment in (page_at, url_at) if moment is not None)
        held = hold_of(connection, origin_of(site.home))
        found.append(NextDue(site=site.name, at=max(at, held.until) if held else at))
    return min(found, key=lambda one: one.at, default=None)
