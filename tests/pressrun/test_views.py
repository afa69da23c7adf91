"""What the commands say of a run."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from rich.console import Console

from flows.report import CrawlReport, NormalizeReport, SiteReport, Tally, counted
from pressrun import views
from pressrun.reading import Step, Trace
from spiders.events import SiteDone

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("requests", "unchanged", "told"),
    [
        (0, 0, "was looked at before"),
        (5, 5, "is as it was at the last look"),
        (5, 0, "none of its sitemaps, archives and feeds names"),
    ],
)
def test_a_backfill_that_heard_nothing_new_does_not_say_that_nothing_is_there(
    requests: int, unchanged: int, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    done = SiteDone(site="harbour", found=0, new=0, fetched=0, unchanged=0, requests=requests)
    normalized = NormalizeReport(
        store="archive", started_at=MOMENT, seconds=1.0, segments=0, commits=(), head=0, tallies=()
    )
    report = CrawlReport(
        store="archive",
        started_at=MOMENT,
        seconds=1.0,
        sites=(SiteReport(site="harbour", done=done, tally=Tally(site="harbour", unchanged=unchanged)),),
        normalized=normalized,
        deaths=(),
        bytes=0,
    )
    views.looked_back(report, (date(2026, 11, 1), date(2026, 11, 22)))
    assert told in capfd.readouterr().out


def test_nothing_is_cut_from_a_table_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(views, "out", Console(file=shown, force_terminal=False, width=60))
    key = f"segments/2026/11/23/{'1' * 80}.warc.gz"
    step = Step(at=MOMENT, step="fetched", what=f"HTTP 200, {key}")
    views.traced(
        Trace(url="https://quay.example/", steps=(step,), crawl=None, polled=(), captures=()), json=False
    )
    assert key in "".join(shown.getvalue().split())


def test_one_thing_is_told_as_one_and_many_as_many():
    things = [(1, "segment"), (0, "site"), (2, "batch"), (1, "address"), (2_000, "address")]
    told = "1 segment, 0 sites, 2 batches, 1 address, 2,000 addresses"
    assert ", ".join(counted(number, noun) for number, noun in things) == told
