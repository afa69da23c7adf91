"""The flow `crawl`: find, fetch, read and store the sites that are due."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from prefect import flow, get_run_logger
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from articles.model import Site
from flows.artifacts import crawl_markdown, publish, summary
from flows.child import ChildEnded, Told, children
from flows.claims import claims
from flows.config import load_config
from flows.dealing import Dealer
from flows.diagnosis import diagnose_site
from flows.logs import REPORTED
from flows.parameters import Minutes, Processes, Sites, SitesAtOnce
from flows.progress import tell
from flows.report import CrawlReport, NormalizeReport, SiteReport, Tally, counted, few
from flows.steps import WORKERS, Desk, Log_
from flows.workshop import Workshop, close_workshop, named, open_workshop
from spiders.events import LogLine, Progress, SegmentClosed, SiteDone
from storage.objects import Creates, try_work_folder
from storage.segments import sweep
from storage.state.frontier.sites import NextDue, due_sites, next_due
from storage.state.segments import pending

SITES_AT_ONCE = 100
"""Sites that one crawler process visits at the same time, unless told otherwise: at a request in two seconds each,
reading what comes is a core's work."""
MAX_NAMED = 20
"""Sites in a line of the log."""
MAX_LOG_LINES = 5_000
"""Lines of one run that are passed on to Prefect, at 0.8 ms each; errors always are."""

LOST = (
    "this run could not keep its sites to itself (the machine slept, or the database was away): its crawlers were "
    "stopped, and what they had not fetched stays due"
)


class CrawlFailed(Exception):
    """A crawler process died; what it published, and what the others did, is stored all the same."""

    def __init__(self, report: CrawlReport) -> None:
        super().__init__("; ".join(report.deaths))
        self.report = report


def run_name(verb: str, sites: Sequence[str], more: str = "") -> str:
    """What a run does, for its name: `crawl latinpost, harbour, 22 Nov 12:00`."""
    return f"{verb} {few(sites) or 'what is due'}{more}, {datetime.now(UTC):%d %b %H:%M}"


def _run_name() -> str:
    return run_name("crawl", flow_run.parameters.get("sites") or ())


@flow(
    name="crawl",
    flow_run_name=_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=WORKERS),  # type: ignore[arg-type]
)
def crawl(
    sites: Sites = (),
    max_minutes: Minutes = 25.0,
    processes: Processes = None,
    sites_at_once: SitesAtOnce = SITES_AT_ONCE,
) -> CrawlReport:
    """Find, fetch, read and store the articles of the sites that are due, or of the sites named.

    A site that another run visits is left to it, also where it is named.

    Raises StoreError, DatabaseError, SeedError and UnknownSite before anything is fetched; CrawlFailed, with
    the report, when a crawler died.

    Args:
        sites: Look at these sites now, due or not. None picked: every site that is due.
        max_minutes: The crawlers end after so many minutes; what is left stays due.
        processes: Crawler processes at most. None: one for each core but one.
        sites_at_once: Sites that one crawler process visits at the same time at most; as visits end, it takes more of
            those that are due. Other runs, on this machine or others, take those that this one has not.
    """
    return crawl_sites(sites, max_minutes, processes, sites_at_once)


def crawl_sites(
    sites: Sequence[str],
    max_minutes: float,
    processes: int | None,
    sites_at_once: int = SITES_AT_ONCE,
    days: tuple[date, date] | None = None,
) -> CrawlReport:
    """What the flows `crawl` and `backfill` do. `days`: what was published from the one to the other, nothing else."""
    log, began, started_at = get_run_logger(), time.monotonic(), datetime.now(UTC)
    config = load_config()
    workshop = open_workshop(config)
    try:
        _warn(workshop, log)
        wanted = named(workshop, sites) if sites else _due(workshop)
        names = few([site.name for site in wanted], MAX_NAMED)
        of = counted(len(workshop.sites), "site")
        log.info("%s", f"{len(wanted)} of {of}: {names}" if wanted else f"no site is due, of {of}")
        try_work_folder(config.work)
        desk, heard = Desk(config, log), Heard()
        with claims(workshop.database, config.work, _who()) as held:
            dealer = Dealer(
                workshop,
                held,
                wanted,
                named=bool(sites),
                processes=processes,
                sites_at_once=sites_at_once,
                max_minutes=max_minutes,
                days=days,
            )
            desk.take_all(_left_behind(workshop))
            with children(dealer.deal(0), stop=held.lost, keep=[held.descriptor]) as crawlers:
                for event in crawlers:
                    _act(event, desk, heard, dealer, log)
                    if isinstance(event, SiteDone | ChildEnded) and not held.lost.is_set():
                        for job in dealer.deal(crawlers.alive):
                            crawlers.start(job)
            if held.lost.is_set():
                heard.deaths.append(LOST)
        for lease in dealer.elsewhere:
            log.warning("%s: left to that run", lease)
        if dealer.left:
            log.warning("left for the next run, though due: %s", counted(dealer.left, "site"))
        heard.looked_back = frozenset(site.name for site in dealer.chosen) if days else frozenset()
        desk.take_all(_pending(workshop))
        report = _report(workshop, dealer, heard, desk.finish(), started_at, time.monotonic() - began)
    finally:
        close_workshop(config)
    for diagnosis in report.silent:
        log.error("%s", diagnosis, extra={"site": diagnosis.site, **REPORTED})
    log.info("%s", summary(report))
    publish(
        "backfill" if days else "crawl",
        crawl_markdown(report, days),
        "What was found, fetched, stored and rejected",
    )
    if report.deaths:
        raise CrawlFailed(report)
    return report


@dataclass(slots=True)
class Heard:
    """What the children have told so far."""

    done: dict[str, SiteDone] = field(default_factory=dict)
    deaths: list[str] = field(default_factory=list)
    lines: int = 0
    bytes: int = 0
    """Of closed segments."""
    looked_back: frozenset[str] = frozenset()
    """Sites of a backfill."""


def _act(event: Told, desk: Desk, heard: Heard, dealer: Dealer, log: Log_) -> None:
    """Do what one event of a child asks for."""
    match event:
        case SegmentClosed():
            heard.bytes += event.bytes
            desk.take(event.key)
        case SiteDone():
            heard.done[event.site] = event
            dealer.visited(event.site)
            tell(event)
        case Progress():
            tell(event)
        case LogLine():
            _pass_on(event, heard, log)
        case ChildEnded():
            dealer.ended(event.job)
            if event.died:
                heard.deaths.append(event.story)
                log.error("%s", event.story)


def _pass_on(line: LogLine, heard: Heard, log: Log_) -> None:
    level = logging.getLevelNamesMapping().get(line.level, logging.WARNING)
    heard.lines += 1
    if heard.lines <= MAX_LOG_LINES or level >= logging.ERROR:
        known = {"origin": line.logger, "site": line.site}
        log.log(level, "[%s] %s", line.logger, line.message, extra=known)
    if heard.lines == MAX_LOG_LINES:
        log.warning("more than %d log lines: from here on only errors are passed on", MAX_LOG_LINES)


def _who() -> str:
    """This run, as other runs tell of it."""
    return f"{flow_run.name} (process {os.getpid()} on {socket.gethostname()})"


def _warn(workshop: Workshop, log: Log_) -> None:
    for error in workshop.broken_seeds:
        log.error("seed file left out: %s", error)
    if workshop.creates is not Creates.ATOMIC:
        log.info(
            "%s: creating an object is %s here, not atomic: it is written with this database alone",
            workshop.store.url,
            workshop.creates,
        )


def _due(workshop: Workshop) -> tuple[Site, ...]:
    with workshop.database.transaction() as connection:
        due = due_sites(connection, tuple(workshop.sites.values()), datetime.now(UTC))
    return tuple(workshop.sites[name] for name in due)


def _left_behind(workshop: Workshop) -> list[str]:
    """Segments of earlier runs that were killed: what they left on this machine is published first."""
    sweep(workshop.store, workshop.database, workshop.config.work)
    return _pending(workshop)


def _pending(workshop: Workshop) -> list[str]:
    with workshop.database.transaction() as connection:
        return [entry.key for entry in pending(connection)]


def _report(
    workshop: Workshop,
    dealer: Dealer,
    heard: Heard,
    normalized: NormalizeReport,
    started_at: datetime,
    seconds: float,
) -> CrawlReport:
    return CrawlReport(
        store=workshop.config.store,
        started_at=started_at,
        seconds=seconds,
        sites=tuple(_site_reports(workshop, dealer.chosen, heard, normalized)),
        next_due=None if dealer.chosen else _next_due(workshop),
        normalized=normalized,
        bytes=heard.bytes,
        deaths=tuple(heard.deaths),
        broken_seeds=tuple(str(error) for error in workshop.broken_seeds),
        elsewhere=tuple(map(str, dealer.elsewhere)),
    )


def _next_due(workshop: Workshop) -> NextDue | None:
    with workshop.database.transaction() as connection:
        return next_due(connection, tuple(workshop.sites.values()))


def _site_reports(
    workshop: Workshop, chosen: Sequence[Site], heard: Heard, normalized: NormalizeReport
) -> Iterator[SiteReport]:
    now = datetime.now(UTC)
    # a site whose past was asked for owes nothing new
    crawled = {site.name: site for site in chosen if site.name not in heard.looked_back}
    tallies = {tally.site: tally for tally in normalized.tallies}
    # segments left behind by an earlier run may bring captures of sites that are not crawled now
    for name in dict.fromkeys((*(site.name for site in chosen), *tallies)):
        done, tally, site = heard.done.get(name), tallies.get(name, Tally(site=name)), crawled.get(name)
        diagnosis = diagnose_site(workshop.database, site, done, tally, now=now) if site else None
        yield SiteReport(site=name, done=done, tally=tally, diagnosis=diagnosis)
