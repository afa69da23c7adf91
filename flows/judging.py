"""What is wrong with a site, from what came of it hour by hour. Pure: history in, findings out.

A site is judged by what its seed expects and by its own last weeks, in its own hours and weekdays:

- *Time is measured in expected articles* (the time-rescaling theorem: Brown et al., Neural Computation 14, 2002), so a
  night, a Sunday and a weekly paper's six days are short. Silence is a gap that would come by chance once in
  `YEARS` years, and that is longer than any gap before.
- Volumes are compared on the scale on which counts have equal spread (Anscombe, Biometrika 35, 1948), each with the
  spread of the site's own days (median absolute deviation), and with the worst of them.
- Shares and means of the newest articles are compared with those of equally many before.

Hours in which nothing came of any site count for nothing: then it is we who were away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from articles.model import Site
from articles.zones import clock_of
from storage.state.frontier.polled import Met
from storage.state.volumes import Hour, together

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKS = 8
"""Of history that a site is judged by."""
YEARS = 10.0
"""One false alarm of silence in so many years and site."""
LONGER, WORSE = 1.5, 1.1
"""How far past the worst of its history a gap, or a volume, must be."""
TRAINING_DAYS, VOLUME_DAYS = 7, 21
"""Days of history without which silence, or volumes, are not judged by it."""
PRIOR_ARTICLES = 5.0
"""How strongly an hour of the day and a weekday are taken for average ones until they show otherwise."""
WINDOWS = {1: (6.0, 0.25), 2: (4.5, 0.55), 3: (4.5, 0.6), 7: (4.5, 0.65)}
"""Days over which a volume is judged -> standard deviations that are too many, share of the expected that is too
little. A holiday is a day of a third or so."""
MOST_DAYS, LOW = 0.8, 0.75
"""Of a low window so many days are low themselves: one bad day does not make a bad week."""
FLOOD, MIN_EXPECTED, MIN_SURPLUS = 2.5, 8.0, 15.0
SPREADS = 4.5
MIN_NEWEST, MIN_BLOCKS = 12, 5
"""New articles that make a mean; means before that make a spread."""
SHARE, CHANCE = 0.25, 1e-6
"""How far past the worst before a share must be, and how unlikely."""
STOCK = timedelta(hours=20)
"""A site that gave no article for so long after it was first looked at gives none: its feeds name those of before."""
BLOCKED, MIN_PAGES, NORMALLY = 0.5, 5, 0.3
LATE_SECONDS = 2 * 3600.0
MAD = 1.4826
"""Median absolute deviation -> standard deviation, of a normal distribution."""


Count = Callable[[Hour], int]


class Trouble(StrEnum):
    """What can be wrong with a site."""

    STOPPED = "stopped"
    """Nothing came of any site: it is the archive that is in trouble."""
    SILENT = "silent"
    FEWER = "fewer articles"
    FLOOD = "flood"
    BLOCKED = "blocked"
    """Refusals, bot walls or consent pages in place of pages."""
    UNREAD = "read as no article"
    """Its pages come and read like no article: a new layout, most often."""
    DATES = "dates missing"
    AUTHORS = "authors missing"
    LENGTH = "length changed"
    STRIPPED = "more is stripped"
    PROMPTS = "more prompts"
    UNSURE = "reader unsure"
    LATE = "stored late"
    UNEXPECTED = "not what the seed expects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something is wrong with a site."""

    site: str
    """Empty: with the archive."""
    trouble: Trouble
    sentence: str
    """What was seen and what was to be expected, for a person."""

    def __str__(self) -> str:
        return f"{self.site or 'the archive'}: {self.trouble}: {self.sentence}"


def judge(
    site: Site,
    hours: Sequence[Hour],
    watched: Collection[datetime],
    now: datetime,
    met: Met | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with a site at `now`.

    `hours`: its own, in order of time; `watched`: beginnings of the hours in which anything came of any site. Of both,
    what is older than `WEEKS` is left out. `met`: for how long it has been looked at, where it gave no article.
    """
    if met is not None and not any(hour.new for hour in hours):
        return _never(site, hours, met, now)
    if not hours:
        return ()
    # what a site had in stock when it was first met is no day's work
    began = max(hours[0].at + DAY, now - timedelta(weeks=WEEKS))
    known = _Known(site, [hour for hour in hours if began <= hour.at < now], began, watched, now)
    if not known.span:
        return ()
    found = [*_blocked(known), *_silence(known), *_expectation(known)]
    silent = any(finding.trouble is Trouble.SILENT for finding in found)
    if not silent:
        found += [*_volume(known), *_shares(known), *_means(known)]
    if any(finding.trouble is not Trouble.UNEXPECTED for finding in found):
        found = [finding for finding in found if finding.trouble is not Trouble.UNEXPECTED]
    return tuple(found)


def judge_archive(watched: Collection[datetime], now: datetime) -> tuple[Finding, ...]:
    """Whether anything comes at all: hours in which something of any site came, as in `judge`."""
    if not watched:
        return ()
    ordered = sorted(watched)
    quiet = now - (ordered[-1] + HOUR)
    pauses = sorted(later - at - HOUR for at, later in pairwise(ordered))
    # a machine that is switched off each night is in no trouble
    usual = pauses[int(0.99 * (len(pauses) - 1))] if pauses else HOUR
    if quiet < max(3 * HOUR, LONGER * usual):
        return ()
    sentence = f"nothing was fetched from any site for {_span(quiet)}: is the crawl running?"
    return (Finding(site="", trouble=Trouble.STOPPED, sentence=sentence),)


class _Known:
    """A site's history in the forms in which it is asked."""

    def __init__(
        self, site: Site, hours: list[Hour], began: datetime, watched: Collection[datetime], now: datetime
    ) -> None:
        self.site, self.hours, self.now = site, hours, now
        self.span = sorted(at for at in watched if began <= at < now)
        """The hours that count."""
        zone = clock_of(site)
        self._clock = {at: ((local := at.astimezone(zone)).hour, local.weekday()) for at in self.span}
        self.new = {hour.at: hour.new for hour in hours}

    def finding(self, trouble: Trouble, sentence: str) -> Finding:
        return Finding(site=self.site.name, trouble=trouble, sentence=sentence)

    def rates(self, until: datetime) -> Callable[[datetime], float] | None:
        """Articles to be expected in an hour, by what came before `until`; None: nothing came, or too little."""
        training = [at for at in self.span if at < until]
        total = sum(self.new.get(at, 0) for at in training)
        if len(training) < TRAINING_DAYS * 24 or total < MIN_NEWEST:
            return None
        mean = total / len(training)
        of_day = self._factors(training, mean, 0)
        of_week = self._factors(training, mean, 1)
        clock = self._clock
        shape = sum(of_day[clock[at][0]] * of_week[clock[at][1]] for at in training) / len(training)

        def rate(at: datetime) -> float:
            hour, weekday = clock[at]
            return mean * of_day.get(hour, 1.0) * of_week.get(weekday, 1.0) / shape

        return rate

    def _factors(self, training: Iterable[datetime], mean: float, part: int) -> dict[int, float]:
        """How much more or less than the mean comes in each hour of the day (part 0), or on each weekday (1)."""
        came: dict[int, float] = {}
        expected: dict[int, float] = {}
        for at in training:
            key = self._clock[at][part]
            came[key] = came.get(key, 0) + self.new.get(at, 0)
            expected[key] = expected.get(key, 0) + mean
        return {one: (came[one] + PRIOR_ARTICLES) / (expected[one] + PRIOR_ARTICLES) for one in came}

    def newest(self, at_least: int, count: Count) -> tuple[list[Hour], list[Hour]]:
        """The hours of the last day, or of up to seven until they have so many; and those older than seven days.

        What lies between is left out: a trouble that goes on must not be its own measure.
        """
        before = [hour for hour in self.hours if hour.at < self.now - 7 * DAY]
        for days in range(1, 8):
            recent = [hour for hour in self.hours if hour.at >= self.now - days * DAY]
            if sum(map(count, recent)) >= at_least:
                return recent, before
        return [], before

    def blocks(self, hours: Iterable[Hour], size: int, count: Count) -> list[Hour]:
        """Hours put together to blocks of at least so many."""
        blocks, run = [], []
        for hour in hours:
            run.append(hour)
            if sum(map(count, run)) >= size:
                blocks.append(together(run, site=self.site.name, at=run[0].at))
                run = []
        return blocks


def _silence(known: _Known) -> list[Finding]:
    came = [at for at in known.span if known.new.get(at)]
    last = came[-1] if came else known.span[0] - HOUR
    rate = known.rates(last + HOUR)
    if rate is None:
        return _never_expected(known, last)
    gaps, gap = [], 0.0
    for at in known.span:
        if at > last:
            break
        gap += rate(at)
        if known.new.get(at):
            gaps.append(gap)
            gap = 0.0
    quiet = [at for at in known.span if at > last]
    missed = sum(rate(at) * min(1.0, (known.now - at) / HOUR) for at in quiet)
    limit = max(_rare(known, rate), LONGER * max(gaps, default=0.0))
    if missed < limit:
        return []
    sentence = (
        f"no new article for {_span(known.now - last - HOUR)}, where {missed:.0f} were to be expected "
        f"(never more than {max(gaps):.1f} before); {_meanwhile(known, last)}"
    )
    return [known.finding(Trouble.SILENT, sentence)]


def _rare(known: _Known, rate: Callable[[datetime], float]) -> float:
    """Articles missed in a row that chance brings about once in `YEARS`."""
    week = known.span[-168:]
    return math.log(YEARS * 365 * max(24 * sum(map(rate, week)) / len(week), 0.1))


def _silences(known: _Known, rate: Callable[[datetime], float]) -> set[datetime]:
    """Hours of the last seven days in silences: they were told as such, and are no low volume too."""
    limit, run, found = _rare(known, rate), list[datetime](), set[datetime]()
    for at in [at for at in known.span if at >= known.now - 8 * DAY]:
        if not known.new.get(at):
            run.append(at)
            continue
        if sum(map(rate, run)) > limit:
            found.update(run)
        run = []
    return found


def _never_expected(known: _Known, last: datetime) -> list[Finding]:
    """Silence of a site with little history, by what its seed expects."""
    expect = known.site.expect
    if expect is None or not expect.min:
        return []
    quiet = sum(1 for at in known.span if at > last)
    missed = quiet * expect.min / 24
    # a seed's least is of a normal day: over a weekend it may be missed
    if missed < math.log(YEARS * 365 * expect.min) or quiet < 72:
        return []
    sentence = (
        f"no new article for {_span(known.now - last - HOUR)}, and its seed expects at least {expect.min} a day; "
        f"{_meanwhile(known, last)}"
    )
    return [known.finding(Trouble.SILENT, sentence)]


def _meanwhile(known: _Known, last: datetime) -> str:
    """What came instead of articles."""
    of = together((hour for hour in known.hours if hour.at > last), site=known.site.name, at=last)
    if not of.captures:
        return "nothing at all was fetched from it meanwhile"
    return _instead(of)


def _instead(of: Hour) -> str:
    parts = {
        "refused": of.refused,
        "bot walls or consent pages": of.walls,
        "pages that read like no article": of.unread,
    }
    told = ", ".join(f"{number} {what}" for what, number in parts.items() if number)
    return f"of {of.captures} answers meanwhile {told or 'none was a refusal: its feeds name nothing new'}"


def _never(site: Site, hours: Sequence[Hour], met: Met, now: datetime) -> tuple[Finding, ...]:
    """A site that gave no article from the first day on."""
    if met.last - met.first < STOCK or met.first < now - timedelta(weeks=WEEKS):
        return ()
    came = _instead(together(hours, site=site.name, at=met.first)) if hours else "nothing was fetched from it"
    sentence = (
        f"no article came of it since it was first looked at, {_span(now - met.first)} ago: {came}"
        f"{f'; {met.failing}' if met.failing else ''}. Check the addresses in its seed"
    )
    return (Finding(site=site.name, trouble=Trouble.SILENT, sentence=sentence),)


def _volume(known: _Known) -> list[Finding]:
    """More or fewer articles than the weekdays and hours before let expect, over one to seven days."""
    rate = known.rates(known.now - 7 * DAY)
    if rate is None or len(known.span) < VOLUME_DAYS * 24:
        return []
    days: dict[int, list[float]] = {}
    silent = _silences(known, rate)
    for at in known.span:
        if at in silent:
            continue
        day = days.setdefault((known.now - at - HOUR) // DAY, [0.0, 0.0, 0.0])
        day[0] += known.new.get(at, 0)
        day[1] += rate(at)
        day[2] += 1
    residuals = {n: _anscombe(came) - _anscombe(expected) for n, (came, expected, _) in days.items()}
    before = [residuals[n] for n in sorted(residuals) if n >= 7 and days[n][2] >= 12]
    if len(before) < VOLUME_DAYS - 7:
        return []
    spread = max(1.0, MAD * median(abs(one - median(before)) for one in before))
    for window, (limit, drop) in WINDOWS.items():
        if any(n not in days for n in range(window)):
            continue
        came, expected = (sum(days[n][part] for n in range(window)) for part in (0, 1))
        score = sum(residuals[n] for n in range(window)) / (spread * math.sqrt(window))
        past = [
            sum(before[n : n + window]) / (spread * math.sqrt(window))
            for n in range(len(before) - window + 1)
        ]
        told = f"{came:.0f} new articles in the last {_span(window * DAY)}, where {expected:.0f} were to be expected"
        low = sum(days[n][0] < LOW * days[n][1] for n in range(window)) >= MOST_DAYS * window
        if (
            low
            and score < -limit
            and came < drop * expected >= drop * MIN_EXPECTED
            and score < WORSE * min(past)
        ):
            return [known.finding(Trouble.FEWER, told)]
        many = came > FLOOD * expected and came - expected >= MIN_SURPLUS
        if window == 1 and score > limit and many and score > WORSE * max(past):
            return [known.finding(Trouble.FLOOD, told)]
    return []


def _expectation(known: _Known) -> list[Finding]:
    """The last seven days against the seed's own words."""
    expect = known.site.expect
    last = [at for at in known.span if at >= known.now - 7 * DAY]
    if expect is None or len(last) < 120:
        return []
    a_day = 24 * sum(known.new.get(at, 0) for at in last) / len(last)
    most = f"to {expect.max}" if expect.max is not None else "or more"
    if expect.min <= a_day <= (expect.max if expect.max is not None else math.inf):
        return []
    told = f"{a_day:.1f} new articles a day in the last week; its seed expects {expect.min} {most}"
    return [known.finding(Trouble.UNEXPECTED, told)]


def _blocked(known: _Known) -> list[Finding]:
    """Pages that are refused, walled off or read as no article."""
    found = []
    kinds: tuple[tuple[Trouble, str, Count], ...] = (
        (Trouble.BLOCKED, "were refused or walled off", lambda hour: hour.walls + hour.refused),
        (Trouble.UNREAD, "read like no article", lambda hour: hour.unread),
    )
    for trouble, what, bad in kinds:
        blocks = known.blocks(known.newest(1, _pages)[1], 20, _pages)
        if _worst([bad(block) / _pages(block) for block in blocks] or [0.0]) >= NORMALLY:
            continue
        usual = (sum(map(bad, blocks)) + 0.5) / (sum(map(_pages, blocks)) + 20)
        if recent := _mostly(known, bad, usual):
            told = f"{sum(map(bad, recent))} of {sum(map(_pages, recent))} pages {what}"
            sentence = f"{told} in the last {_age(known, recent)}; usually {usual:.0%}"
            found.append(known.finding(trouble, sentence))
    return found


def _mostly(known: _Known, bad: Count, usual: float) -> list[Hour]:
    """The newest hours, as few as show it and seven days at most, whose pages are mostly bad; or none.

    Few are enough: a host that refuses is asked three times, and then left alone for ever longer.
    """
    pages = wrong = 0
    for number, hour in enumerate(reversed(known.hours), 1):
        if hour.at < known.now - 7 * DAY:
            break
        pages += _pages(hour)
        wrong += bad(hour)
        if pages >= MIN_PAGES and wrong < BLOCKED * pages:
            break
        if wrong >= MIN_PAGES and _tail(wrong, pages, usual) < CHANCE:
            return known.hours[-number:]
    return []


def _pages(hour: Hour) -> int:
    return hour.walls + hour.refused + hour.unread + hour.new + hour.edited


def _shares(known: _Known) -> list[Finding]:
    """Fields that new articles lack more often than before."""
    recent, before = known.newest(MIN_NEWEST, _new)
    blocks = known.blocks(before, max(MIN_NEWEST, sum(map(_new, recent)) // 2), _new)
    if not recent or len(blocks) < MIN_BLOCKS:
        return []
    found = []
    lacks: tuple[tuple[Trouble, str, Count], ...] = (
        (Trouble.DATES, "no date", lambda hour: hour.undated),
        (Trouble.AUTHORS, "no author", lambda hour: hour.unsigned),
    )
    for trouble, what, lack in lacks:
        number, lacking = sum(map(_new, recent)), sum(map(lack, recent))
        usual = (sum(map(lack, blocks)) + 0.5) / (sum(map(_new, blocks)) + 1)
        worst = _worst([lack(block) / block.new for block in blocks])
        if lacking / number > max(usual, worst) + SHARE and _tail(lacking, number, usual) < CHANCE:
            sentence = (
                f"{lacking} of {number} new articles have {what}; usually {usual:.0%}, {worst:.0%} at most"
            )
            found.append(known.finding(trouble, sentence))
    return found


@dataclass(frozen=True, slots=True)
class _Mean:
    trouble: Trouble
    what: str
    value: Callable[[Hour], float]
    floor: float
    """Standard deviation that is taken for the least."""
    shown: Callable[[float], str]
    up: bool = True
    down: bool = False


_MEANS = (
    _Mean(Trouble.LENGTH, "words an article", lambda hour: math.log(hour.words / hour.new + 10), 0.12,
          lambda value: f"{math.exp(value) - 10:.0f}", down=True),
    _Mean(Trouble.STRIPPED, "of the words stripped", lambda hour: hour.stripped / (hour.words + hour.stripped + 1),
          0.04, lambda value: f"{value:.0%}"),
    _Mean(Trouble.PROMPTS, "prompts an article", lambda hour: hour.prompts / hour.new, 0.3,
          lambda value: f"{value:.1f}"),
    _Mean(Trouble.UNSURE, "confidence of the reader", lambda hour: hour.confidence / hour.new, 0.02,
          lambda value: f"{value:.2f}", up=False, down=True),
)  # fmt: skip


def _means(known: _Known) -> list[Finding]:
    """Means of new articles that left the range of what they were."""
    found = []
    recent, before = known.newest(MIN_NEWEST, _new)
    blocks = known.blocks(before, max(MIN_NEWEST, sum(map(_new, recent)) // 2), _new)
    for mean in _MEANS:
        found += _drift(known, mean, recent, blocks)
    recent, before = known.newest(MIN_NEWEST, _lagging)
    blocks = known.blocks(before, max(MIN_NEWEST, sum(map(_lagging, recent)) // 2), _lagging)
    late = _Mean(
        Trouble.LATE, "from publication to store", lambda hour: math.log(_lag(hour) + 600), 0.25, _as_span
    )
    if (
        recent
        and blocks
        and _lag(together(recent, site="", at=known.now)) > LATE_SECONDS + median(map(_lag, blocks))
    ):
        found += _drift(known, late, recent, blocks)
    return found


def _drift(known: _Known, mean: _Mean, recent: list[Hour], blocks: list[Hour]) -> list[Finding]:
    if not recent or len(blocks) < MIN_BLOCKS:
        return []
    value, values = (
        mean.value(together(recent, site="", at=known.now)),
        [mean.value(block) for block in blocks],
    )
    centre = median(values)
    spread = max(mean.floor, MAD * median(abs(one - centre) for one in values))
    off = (value - centre) / spread
    risen = mean.up and off > SPREADS and value > _worst(values) + spread / 2
    fallen = mean.down and off < -SPREADS and value < -_worst([-one for one in values]) - spread / 2
    if not risen and not fallen:
        return []
    sentence = (
        f"{mean.shown(value)} {mean.what} in the last {_age(known, recent)}; usually {mean.shown(centre)}"
    )
    return [known.finding(mean.trouble, sentence)]


def _worst(values: Sequence[float]) -> float:
    """The highest but for one in twenty."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


def _new(hour: Hour) -> int:
    return hour.new


def _lagging(hour: Hour) -> int:
    return hour.lagging


def _lag(hour: Hour) -> float:
    return hour.lag_seconds / hour.lagging if hour.lagging else 0.0


def _as_span(value: float) -> str:
    return _span(timedelta(seconds=math.exp(value) - 600))


def _anscombe(count: float) -> float:
    return 2 * math.sqrt(count + 0.375)


def _tail(successes: int, trials: int, share: float) -> float:
    """Probability of so many successes or more, of a binomial distribution."""
    share = min(max(share, 1e-9), 1 - 1e-9)
    if trials > 400:
        trials, successes = 400, round(successes / trials * 400)
    return sum(
        math.comb(trials, n) * share**n * (1 - share) ** (trials - n) for n in range(successes, trials + 1)
    )


def _age(known: _Known, hours: Sequence[Hour]) -> str:
    return _span(known.now - hours[0].at if hours else DAY)


def _span(span: timedelta) -> str:
    """`3 hours`, `2 days`."""
    hours = max(0, round(span / HOUR))
    number, unit = (hours, "hour") if hours < 48 else (round(hours / 24), "day")
    return f"{number} {unit}{'' if number == 1 else 's'}"
