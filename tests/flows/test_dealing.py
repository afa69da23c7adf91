"""Runs share the sites that are due: each takes as many as it can bear, and more as its visits end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from articles.model import Site
from flows.claims import claims
from flows.config import Config, load_config
from flows.crawl import crawl
from flows.dealing import Dealer
from flows.workshop import Workshop, close_workshop, open_workshop
from seeds.load import write_site
from storage.state.frontier import polled
from storage.state.frontier.polled import Kind, Look
from storage.state.leases import claim, release

NAMES = [f"paper-{number:02d}" for number in range(12)]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    for name in NAMES:
        write_site(tmp_path / "seeds", Site(name=name, home=f"https://{name}.test/"))
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "archive"))
    monkeypatch.setenv("PRESSRUN_SEEDS", str(tmp_path / "seeds"))
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    return load_config()


@pytest.fixture
def workshop(config: Config) -> Iterator[Workshop]:
    yield open_workshop(config)
    close_workshop(config)


class Table:
    """Runs that begin at the same moment, all seeing the same sites due."""

    def __init__(self, workshop: Workshop, stack: ExitStack) -> None:
        self._workshop, self._stack = workshop, stack

    def dealer(self, *, named: bool = False, at_once: int = 4, processes: int = 1) -> Dealer:
        held = self._stack.enter_context(claims(self._workshop.database, self._workshop.config.work, "a run"))
        return Dealer(
            self._workshop,
            held,
            list(self._workshop.sites.values()),
            named=named,
            processes=processes,
            sites_at_once=at_once,
            max_minutes=5,
        )


@pytest.fixture
def table(workshop: Workshop) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(workshop, stack)


def look(workshop: Workshop, name: str) -> None:
    """The site was looked at just now, and is not due for an hour."""
    home, now = f"https://{name}.test/", datetime.now(UTC)
    with workshop.database.transaction() as connection:
        polled.add_pages(connection, name, [(home, Kind.HOME, None, None)], now=now, interval_seconds=3600)
        seen = Look(site=name, url=home, at=now, outcome="fetched", changed=False)
        polled.looked(connection, seen, floor_seconds=3600, ceiling_seconds=3600)


def test_two_runs_that_begin_together_visit_every_site_once(table: Table) -> None:
    runs, jobs = [table.dealer(), table.dealer()], []
    going = True
    while going:
        going = False
        for run in runs:
            for job in run.deal(0):
                assert len(job.sites) == 4
                jobs.append(job)
                for site in job.sites:
                    run.visited(site)
                going = True
    assert sorted(site for job in jobs for site in job.sites) == NAMES
    assert {len(run.chosen) for run in runs} == {4, 8}


def test_a_run_takes_no_more_than_it_can_bear_until_visits_end(table: Table) -> None:
    run = table.dealer(at_once=5)
    (first,) = run.deal(0)
    assert len(first.sites) == 5
    assert run.deal(1) == []
    for site in first.sites:
        run.visited(site)
    (second,) = run.deal(1)
    assert len(second.sites) == 5
    assert not set(first.sites) & set(second.sites)


def test_a_site_stays_claimed_until_what_was_fetched_of_it_is_published(table: Table) -> None:
    run, other = table.dealer(at_once=12), table.dealer(at_once=12)
    (job,) = run.deal(0)
    for site in job.sites:
        run.visited(site)
    assert other.deal(0) == []
    assert len(other.elsewhere) == 12
    run.ended(job)
    (theirs,) = table.dealer(at_once=12).deal(0)
    assert sorted(theirs.sites) == NAMES


def test_a_site_that_another_run_has_visited_meanwhile_is_passed_over(
    table: Table, workshop: Workshop
) -> None:
    run = table.dealer(at_once=12)
    look(workshop, NAMES[3])
    (job,) = run.deal(0)
    assert sorted(job.sites) == NAMES[:3] + NAMES[4:]
    assert NAMES[3] not in {site.name for site in run.chosen}


def test_a_site_that_another_run_lets_go_meanwhile_is_visited_when_all_others_are_done(
    table: Table, workshop: Workshop
) -> None:
    with workshop.database.transaction() as connection:
        claim(connection, NAMES[:2], owner="other", shown="a run that is killed")
    run = table.dealer(at_once=12)
    (job,) = run.deal(0)
    assert sorted(job.sites) == NAMES[2:]
    with workshop.database.transaction() as connection:
        release(connection, "other", NAMES[:1])
    assert run.deal(1) == []
    run.ended(job)
    (late,) = run.deal(0)
    assert late.sites == (NAMES[0],)
    assert [lease.site for lease in run.elsewhere] == [NAMES[1]]
    run.ended(late)
    assert run.deal(0) == []


def test_a_site_that_is_named_is_visited_due_or_not(table: Table, workshop: Workshop) -> None:
    look(workshop, NAMES[3])
    (job,) = table.dealer(named=True, at_once=12).deal(0)
    assert NAMES[3] in job.sites
    assert job.force


def test_sites_are_dealt_to_as_many_processes_as_are_wanted(table: Table) -> None:
    run = table.dealer(at_once=6, processes=2)
    assert [len(job.sites) for job in run.deal(0)] == [12]  # so few share one


def test_a_crawl_of_a_site_that_another_run_visits_leaves_it_alone_and_says_who_has_it(
    prefect_server: str, workshop: Workshop
) -> None:
    with workshop.database.transaction() as connection:
        claim(connection, NAMES[:1], owner="other", shown="crawl what is due (process 812 on nyx)")
    report = crawl(sites=NAMES[:1])
    (sentence,) = report.elsewhere
    assert sentence.startswith(
        f"{NAMES[0]} is being crawled by crawl what is due (process 812 on nyx) since "
    )
    assert report.sites == ()
