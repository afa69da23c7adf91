"""What the watch says of a site's history. Histories are drawn by the hour from fixed seeds (`benchmarks.alerts`)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.model import Expect
from benchmarks import alerts
from benchmarks.alerts import BEGAN, FAULT_AT, Paper, an_hour, hours_of, paper
from flows.judging import DAY, HOUR, Finding, Trouble, judge, judge_archive
from storage.state.volumes import Hour


def a_paper(a_day: float, *, weekend: float = 0.4, night: float = 0.2) -> Paper:
    of = paper(random.Random("steady"), 0)
    site = replace(of.site, name="harbour", expect=None)
    return replace(
        of, site=site, a_day=a_day, weekend=weekend, night=night, overdispersion=0.1, unsigned=0.05
    )


def judged(of: Paper, hours: list[Hour], days: float) -> dict[Trouble, Finding]:
    """Findings so many days after the fault began."""
    now = FAULT_AT + days * DAY
    known = [hour for hour in hours if hour.at < now]
    return {one.trouble: one for one in judge(of.site, known, {hour.at for hour in known}, now)}


def broken(of: Paper, change: Callable[[Hour, random.Random], Hour]) -> list[Hour]:
    draw = random.Random("history")
    hours = hours_of(draw, of, FAULT_AT + 10 * DAY)
    return [change(hour, draw) if hour.at >= FAULT_AT else hour for hour in hours]


@pytest.mark.parametrize(
    ("change", "trouble", "days"),
    [
        (alerts.feed_moves, Trouble.SILENT, 1),
        (alerts.half_vanishes, Trouble.FEWER, 5),
        (alerts.consent_wall, Trouble.BLOCKED, 1),
        (alerts.layout_breaks, Trouble.UNREAD, 1),
        (alerts.dates_vanish, Trouble.DATES, 2),
        (alerts.authors_vanish, Trouble.AUTHORS, 2),
        (alerts.teasers_only, Trouble.LENGTH, 2),
        (alerts.prompts_spread, Trouble.PROMPTS, 2),
        (alerts.flood, Trouble.FLOOD, 1),
        (alerts.crawl_lags, Trouble.LATE, 2),
    ],
)
def test_a_fault_is_found_and_called_by_its_name(
    change: Callable[[Hour, random.Random], Hour], trouble: Trouble, days: float
) -> None:
    of = a_paper(60)
    hours = broken(of, change)
    assert judged(of, hours, 0) == {}
    assert trouble in judged(of, hours, days)


def test_a_finding_tells_what_was_seen_and_what_was_to_be_expected() -> None:
    of = a_paper(60)
    silent = judged(of, broken(of, alerts.feed_moves), 1.5)[Trouble.SILENT]
    assert "no new article for" in str(silent)
    assert "were to be expected" in silent.sentence
    assert "its feeds name nothing new" in silent.sentence
    walled = judged(of, broken(of, alerts.consent_wall), 1)
    assert set(walled) >= {Trouble.BLOCKED}


def test_a_weekly_paper_is_not_silent_for_six_days_and_is_after_a_month() -> None:
    of = a_paper(1.0)

    def weekly(hour: Hour) -> Hour:
        on_press_day = hour.at.weekday() == 2 and hour.at.hour == 9
        return (
            an_hour(random.Random(1), of, hour.at, 7)
            if on_press_day
            else an_hour(random.Random(1), of, hour.at, 0)
        )

    hours = [weekly(hour) for hour in hours_of(random.Random(3), of, FAULT_AT + timedelta(days=40))]
    assert all(Trouble.SILENT not in judged(of, hours, day / 2) for day in range(14))
    stopped = [hour if hour.at < FAULT_AT else replace(hour, new=0) for hour in hours]
    assert Trouble.SILENT in judged(of, stopped, 35)


def test_a_site_that_has_just_been_added_is_not_judged_by_its_first_harvest() -> None:
    of = a_paper(30)
    harvest = an_hour(random.Random(1), of, FAULT_AT, 400)
    after = [an_hour(random.Random(n), of, FAULT_AT + n * HOUR, 1) for n in range(1, 60)]
    assert judged(of, [harvest, *after], 2.5) == {}


def test_hours_in_which_nothing_came_of_any_site_are_not_held_against_one() -> None:
    of = a_paper(60)
    hours = hours_of(random.Random(5), of, FAULT_AT)
    now = FAULT_AT + 2 * DAY
    assert judge(of.site, hours, {hour.at for hour in hours}, now) == ()
    watched = {BEGAN + n * HOUR for n in range((now - BEGAN) // HOUR)}
    assert {one.trouble for one in judge(of.site, hours, watched, now)} == {Trouble.SILENT}


def test_an_archive_that_stands_still_is_told_of_once_for_all_sites() -> None:
    watched = {BEGAN + n * HOUR for n in range(500)}
    end = BEGAN + 500 * HOUR
    assert judge_archive(watched, end + HOUR) == ()
    (finding,) = judge_archive(watched, end + 6 * HOUR)
    assert (finding.site, finding.trouble) == ("", Trouble.STOPPED)
    assert "6 hours" in str(finding)


def test_a_seed_that_expects_more_than_comes_is_told_where_nothing_else_is_wrong() -> None:
    of = a_paper(4)
    of = replace(of, site=replace(of.site, expect=Expect(min=20, max=80)))
    hours = hours_of(random.Random(6), of, FAULT_AT)
    told = judged(of, hours, 0)
    assert set(told) == {Trouble.UNEXPECTED}
    assert "20 to 80" in told[Trouble.UNEXPECTED].sentence


counts = st.integers(0, 50)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2000), counts, counts, counts), max_size=60), st.integers(0, 2100))
def test_whatever_came_is_judged_without_an_error(rows: list[tuple[int, int, int, int]], at: int) -> None:
    of = a_paper(3)
    by_hour = {
        n: Hour(
            site="harbour",
            at=BEGAN + n * HOUR,
            captures=a + b + c,
            new=a,
            undated=a,
            words=b,
            refused=c,
            lagging=a,
        )
        for n, a, b, c in rows
    }
    hours = [by_hour[n] for n in sorted(by_hour)]
    found = judge(of.site, hours, {hour.at for hour in hours}, BEGAN + at * HOUR)
    assert all(str(finding) for finding in found)
