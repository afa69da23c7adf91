"""What the watch tells of sites on which something breaks, and on which nothing does.

    python -m benchmarks.alerts [--sites 60] [--seed 1]

Histories of ten weeks are drawn by the hour: sites of 3 articles a week to 600 a day, nights, weekends, days that vary
more than by chance, a holiday now and then. At the end of each one fault begins, or none. The same histories are
judged by fixed rules as people write them first: no article for 24 hours, fewer than the seed's least on a day.
Printed: findings of the right kind, hours until they were told, false alarms by site and week.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from articles.model import Expect, Site
from flows.judging import DAY, HOUR, Trouble, judge
from storage.state.database import Database
from storage.state.volumes import HOURS, Hour

BEGAN = datetime(2026, 8, 3, tzinfo=UTC)
QUIET_WEEKS, FAULT_DAYS = 10, 10
FAULT_AT = BEGAN + timedelta(weeks=QUIET_WEEKS)
A_DAY = (3 / 7, 1.0, 4.0, 12.0, 40.0, 120.0, 600.0)
ZONES = ("UTC", "America/New_York", "Asia/Tokyo")


@dataclass(frozen=True)
class Paper:
    """What a made-up site is like."""

    site: Site
    a_day: float
    weekend: float
    night: float
    overdispersion: float
    """Standard deviation of the logarithm of a day's volume."""
    words: float
    undated: float
    unsigned: float


def paper(draw: random.Random, number: int) -> Paper:
    """One site, its seed's expectation as a person would set it."""
    a_day = A_DAY[number % len(A_DAY)] * draw.uniform(0.7, 1.4)
    site = Site(
        name=f"paper-{number}",
        home="https://paper.test/",
        timezone=draw.choice(ZONES),
        expect=Expect(min=int(a_day * 0.3), max=max(3, int(a_day * 2.5))) if draw.random() < 0.7 else None,
    )
    return Paper(
        site=site,
        a_day=a_day,
        weekend=draw.choice((0.1, 0.4, 0.8, 1.0)),
        night=draw.choice((0.02, 0.2, 0.6)),
        overdispersion=draw.uniform(0.05, 0.3),
        words=draw.uniform(250, 900),
        undated=draw.choice((0.0, 0.0, 0.05, 0.3)),
        unsigned=draw.choice((0.0, 0.05, 0.3, 0.9)),
    )


def poisson(draw: random.Random, mean: float) -> int:
    """A number drawn from a Poisson distribution (Knuth's method, by parts where the mean is large)."""
    total = 0
    while mean > 30:
        total += poisson(draw, 30)
        mean -= 30
    limit, product = math.exp(-mean), draw.random()
    while product > limit:
        total += 1
        product *= draw.random()
    return total


def hours_of(draw: random.Random, of: Paper, end: datetime) -> list[Hour]:
    """Its history, undisturbed: a row an hour, since it is polled each hour."""
    found, at, today, factor = [], BEGAN, None, 1.0
    zone = of.site.timezone
    while at < end:
        local = at.astimezone(ZoneInfo(zone))
        if local.date() != today:
            today = local.date()
            holiday = 0.35 if draw.random() < 1 / 45 else 1.0
            factor = holiday * math.exp(draw.gauss(0, of.overdispersion))
            factor *= of.weekend if local.weekday() >= 5 else 1.0
        shape = of.night if local.hour < 7 else 1.4
        found.append(an_hour(draw, of, at, poisson(draw, of.a_day / 24 * factor * shape)))
        at += HOUR
    return found


def last_weeks(
    of: Paper,
    now: datetime,
    *,
    weeks: int = 6,
    fault: Callable[[Hour, random.Random], Hour] | None = None,
    since: timedelta = DAY,
) -> list[Hour]:
    """Its history as if it ended with the hour before `now`; for so long something is broken."""
    began = now.replace(minute=0, second=0, microsecond=0) - timedelta(weeks=weeks)
    draw = random.Random(of.site.name)
    hours = [
        replace(hour, at=began + (hour.at - BEGAN))
        for hour in hours_of(draw, of, BEGAN + timedelta(weeks=weeks))
    ]
    return [fault(hour, draw) if fault and hour.at >= now - since else hour for hour in hours]


def write(database: Database, hours: Sequence[Hour]) -> None:
    """Put hours into a database that has none of them."""
    with database.transaction() as connection:
        connection.execute(insert(HOURS), [asdict(hour) for hour in hours])


def an_hour(draw: random.Random, of: Paper, at: datetime, new: int) -> Hour:
    """An hour with so many new articles of the site's kind."""
    words = sum(int(of.words * math.exp(draw.gauss(0, 0.6))) for _ in range(new))
    lagging = sum(draw.random() < 0.95 for _ in range(new))
    return Hour(
        site=of.site.name,
        at=at,
        captures=3 + 2 * new,
        unread=sum(draw.random() < 0.05 for _ in range(new)),
        edited=sum(draw.random() < 0.2 for _ in range(new)),
        new=new,
        undated=sum(draw.random() < of.undated for _ in range(new)),
        unsigned=sum(draw.random() < of.unsigned for _ in range(new)),
        words=words,
        stripped=sum(int(60 * math.exp(draw.gauss(0, 0.4))) for _ in range(new)),
        prompts=sum(poisson(draw, 1.2) for _ in range(new)),
        confidence=sum(min(1.0, draw.gauss(0.93, 0.04)) for _ in range(new)),
        lagging=lagging,
        lag_seconds=sum(900 * math.exp(draw.gauss(0, 0.8)) for _ in range(lagging)),
    )


def feed_moves(hour: Hour, draw: random.Random) -> Hour:  # noqa: ARG001
    """Nothing new is named any more; what is polled answers as ever."""
    return Hour(site=hour.site, at=hour.at, captures=3)


def half_vanishes(hour: Hour, draw: random.Random) -> Hour:
    """Half of the articles are not found any more."""
    left = sum(draw.random() < 0.5 for _ in range(hour.new))
    return _scaled(hour, left)


def _scaled(hour: Hour, new: int) -> Hour:
    share = new / hour.new if hour.new else 0.0
    return replace(
        hour,
        new=new,
        **{
            name: round(getattr(hour, name) * share)
            for name in ("undated", "unsigned", "words", "stripped", "prompts")
        },
        **{name: getattr(hour, name) * share for name in ("confidence", "lag_seconds")},
        lagging=round(hour.lagging * share),
    )


def consent_wall(hour: Hour, draw: random.Random) -> Hour:  # noqa: ARG001
    """A consent page stands in place of each article."""
    return Hour(site=hour.site, at=hour.at, captures=hour.captures, walls=hour.new)


def refused(hour: Hour, draw: random.Random) -> Hour:  # noqa: ARG001
    """403 for each page: the crawler asks three, and leaves the host alone for ever longer, two days at most."""
    held, due = 1, 0
    while FAULT_AT + due * HOUR < hour.at:
        due, held = due + held, min(2 * held, 48)
    asked = FAULT_AT + due * HOUR == hour.at
    return Hour(site=hour.site, at=hour.at, captures=3 * asked, refused=3 * asked)


def layout_breaks(hour: Hour, draw: random.Random) -> Hour:
    """After a relaunch two thirds of the pages read like no article, the rest lacks half of its text."""
    lost = sum(draw.random() < 0.67 for _ in range(hour.new))
    left = _scaled(hour, hour.new - lost)
    return replace(left, unread=hour.unread + lost, words=left.words // 2)


def dates_vanish(hour: Hour, draw: random.Random) -> Hour:  # noqa: ARG001
    """No article has a date that the reader finds."""
    return replace(hour, undated=hour.new, lagging=0, lag_seconds=0.0)


def authors_vanish(hour: Hour, draw: random.Random) -> Hour:
    """Nine in ten articles lose their authors."""
    return replace(hour, unsigned=max(hour.unsigned, sum(draw.random() < 0.9 for _ in range(hour.new))))


def teasers_only(hour: Hour, draw: random.Random) -> Hour:  # noqa: ARG001
    """A paywall leaves a third of each text."""
    return replace(hour, words=hour.words // 3)


def prompts_spread(hour: Hour, draw: random.Random) -> Hour:  # noqa: ARG001
    """Four more prompts in each article."""
    return replace(hour, prompts=hour.prompts + 4 * hour.new, stripped=hour.stripped + 80 * hour.new)


def flood(hour: Hour, draw: random.Random) -> Hour:
    """Its archive is published again as new: four times as many, and 40 a day more."""
    return (
        _scaled(hour, 4 * hour.new + poisson(draw, 40 / 24))
        if hour.new
        else replace(an_hour(draw, DULL, hour.at, poisson(draw, 40 / 24)), site=hour.site)
    )


DULL = Paper(Site(name="dull", home="https://dull.test/"), 1, 1, 1, 0, 500, 0.0, 0.0)


def crawl_lags(hour: Hour, draw: random.Random) -> Hour:  # noqa: ARG001
    """All is fetched nine hours later."""
    return replace(hour, lag_seconds=hour.lag_seconds + 9 * 3600 * hour.lagging)


@dataclass(frozen=True)
class Fault:
    """Something that breaks, and what it may rightly be called."""

    change: Callable[[Hour, random.Random], Hour]
    right: frozenset[Trouble]
    least_a_day: float = 0.0
    """Below so many articles a day ten days cannot show it."""


FAULTS = (
    Fault(feed_moves, frozenset({Trouble.SILENT, Trouble.FEWER})),
    Fault(half_vanishes, frozenset({Trouble.FEWER, Trouble.UNEXPECTED}), 8),
    Fault(consent_wall, frozenset({Trouble.BLOCKED, Trouble.SILENT, Trouble.FEWER}), 0.5),
    Fault(refused, frozenset({Trouble.BLOCKED, Trouble.SILENT, Trouble.FEWER})),
    Fault(layout_breaks, frozenset({Trouble.UNREAD, Trouble.LENGTH, Trouble.FEWER}), 0.5),
    Fault(dates_vanish, frozenset({Trouble.DATES}), 1.5),
    Fault(authors_vanish, frozenset({Trouble.AUTHORS}), 1.5),
    Fault(teasers_only, frozenset({Trouble.LENGTH, Trouble.STRIPPED}), 3),
    Fault(prompts_spread, frozenset({Trouble.PROMPTS, Trouble.STRIPPED}), 3),
    Fault(flood, frozenset({Trouble.FLOOD, Trouble.UNEXPECTED})),
    Fault(crawl_lags, frozenset({Trouble.LATE}), 3),
)


def fixed_rules(site: Site, hours: Sequence[Hour], now: datetime) -> set[Trouble]:
    """The peer: no article for 24 hours; fewer on a day than the seed's least, or more than its most."""
    today = sum(hour.new for hour in hours if hour.at >= now - DAY)
    found = set() if today else {Trouble.SILENT}
    if site.expect is not None and today < site.expect.min:
        found.add(Trouble.UNEXPECTED)
    if site.expect is not None and site.expect.max is not None and today > site.expect.max:
        found.add(Trouble.UNEXPECTED)
    return found


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sites", type=int, default=63)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--every", type=int, default=6, help="hours between two looks")
    chosen = asked.parse_args()
    papers = [paper(random.Random(f"{chosen.seed}-{n}"), n) for n in range(chosen.sites)]
    _quiet(papers, chosen.seed, chosen.every)
    print(f"\n{'fault':<16} {'told':>9} {'hours':>6}   {'fixed rules':>9} {'hours':>6}   named as")
    for fault in FAULTS:
        _faulty(papers, fault, chosen.seed, chosen.every)


def _quiet(papers: list[Paper], seed: int, every: int) -> None:
    """False alarms in weeks on which nothing is wrong, an alarm counted once for as long as it lasts."""
    ours: Counter[str] = Counter()
    fixed: Counter[str] = Counter()
    weeks = 0.0
    for of in papers:
        hours = hours_of(random.Random(f"{seed}-{of.site.name}"), of, FAULT_AT)
        open_ours: set[Trouble] = set()
        open_fixed: set[Trouble] = set()
        at = BEGAN + timedelta(days=2)
        while at < FAULT_AT:
            known = hours[: (at - BEGAN) // HOUR]
            found = {one.trouble for one in judge(of.site, known, {hour.at for hour in known}, at)}
            ours.update(found - open_ours)
            open_ours = found
            by_rule = fixed_rules(of.site, known[-30:], at)
            fixed.update(by_rule - open_fixed)
            open_fixed = by_rule
            at += every * HOUR
        weeks += (FAULT_AT - BEGAN - 2 * DAY) / timedelta(weeks=1)
    print(f"quiet: {len(papers)} sites, {weeks:.0f} weeks of sites")
    for name, counts in (("ours", ours), ("fixed rules", fixed)):
        told = ", ".join(f"{number} {trouble}" for trouble, number in counts.most_common())
        print(f"  {name:<12} {counts.total() / weeks:.4f} false alarms a site and week ({told or 'none'})")


def _faulty(papers: list[Paper], fault: Fault, seed: int, every: int) -> None:
    told: list[float] = []
    by_rule: list[float] = []
    names: Counter[str] = Counter()
    tried = 0
    for of in papers:
        if of.a_day < fault.least_a_day:
            continue
        tried += 1
        draw = random.Random(f"{seed}-{of.site.name}")
        end = FAULT_AT + FAULT_DAYS * DAY
        hours = hours_of(draw, of, end)
        hours = [fault.change(hour, draw) if hour.at >= FAULT_AT else hour for hour in hours]
        before = _named(of, hours, FAULT_AT)
        rules_before = fixed_rules(of.site, hours[: (FAULT_AT - BEGAN) // HOUR][-30:], FAULT_AT)
        at, done, done_rule = FAULT_AT + every * HOUR, False, False
        while at <= end and not (done and done_rule):
            if not done and (new := (_named(of, hours, at) - before) & fault.right):
                names.update(new)
                told.append((at - FAULT_AT) / HOUR)
                done = True
            known = hours[: (at - BEGAN) // HOUR][-30:]
            if not done_rule and (fixed_rules(of.site, known, at) - rules_before) & fault.right:
                by_rule.append((at - FAULT_AT) / HOUR)
                done_rule = True
            at += every * HOUR
    cells = [f"{len(one)}/{tried} {median(one) if one else math.nan:>6.0f}" for one in (told, by_rule)]
    called = ", ".join(f"{number} {name}" for name, number in names.most_common())
    print(
        f"{fault.change.__name__.replace('_', ' '):<16} {cells[0]:>16}   {cells[1]:>16}   {called}",
        flush=True,
    )


def _named(of: Paper, hours: list[Hour], now: datetime) -> set[Trouble]:
    known = hours[: (now - BEGAN) // HOUR]
    return {one.trouble for one in judge(of.site, known, {hour.at for hour in known}, now)}


if __name__ == "__main__":
    main()
