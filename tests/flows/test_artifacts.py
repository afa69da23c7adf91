"""What a person finds after a run: whole numbers, and nothing that outsiders wrote into it."""

from __future__ import annotations

import logging
import re
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from articles.model import Reason
from flows.artifacts import crawl_markdown, normalize_markdown, publish, summary, watch_markdown
from flows.history import Look, SiteLook
from flows.own_server import free_port
from flows.plots import bars
from flows.report import CrawlReport, Example, NormalizeReport, SiteReport, Tally
from spiders.events import SiteDone
from storage.batches import Change
from storage.state.findings import Settled, Told

HOSTILE = "see https://tracker.test/ www.tracker.test me@tracker.test ](javascript:alert(1)) ![x](http://tracker.test/x.png) <img src=x> | `rm` \n# Heading"


def report_of(*tallies: Tally, detail: str = "", deaths: tuple[str, ...] = ()) -> CrawlReport:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    normalized = NormalizeReport(
        store="archive", started_at=moment, seconds=2.0, segments=1, commits=(1,), head=1, tallies=tallies
    )
    rows = [
        SiteReport(
            site=tally.site,
            done=SiteDone(
                site=tally.site, found=9, new=9, fetched=9, unchanged=0, requests=12, detail=detail
            ),
            tally=tally,
        )
        for tally in tallies
    ]
    return CrawlReport(
        store="archive",
        started_at=moment,
        seconds=2.0,
        sites=tuple(rows),
        normalized=normalized,
        deaths=deaths,
        bytes=3_000_000,
    )


def tally_of(site: str = "harbour", url: str = "https://harbour.test/a") -> Tally:
    return Tally(
        site=site,
        stored={Change.NEW: 3, Change.EDITED: 1},
        unchanged=2,
        rejected={Reason.LISTING: 2, Reason.ROBOTS_TXT: 1},
        examples=(Example(change=Change.NEW, url=url),),
    )


def test_every_capture_is_told_and_problems_come_first() -> None:
    text = crawl_markdown(report_of(tally_of(), tally_of("hills"), deaths=("a crawler was killed",)))

    assert "**6 new, 2 edited stored**" in text
    assert text.index("a crawler was killed") < text.index("what became of the captures")
    told = re.search(r"\| what became of the captures.*?\| captures \| (\d+) \|", text, re.S)
    assert told
    rows = re.findall(r"\| (?:stored: \w+|unchanged|rejected: \S+) \| (\d+) \|", told[0])
    assert sum(map(int, rows)) == int(told[1]) == 18
    assert "| harbour | 9 | 3 | 1 | 2 | 3 |" in text
    assert "pressrun show --store archive https://harbour.test/a" in text
    assert "3.0 MB" in text
    assert "6 new, 2 edited stored, 4 unchanged, 6 rejected of 18 captures from 2 sites" in summary(
        report_of(tally_of(), tally_of("hills"))
    )


def test_a_crawl_whose_sites_another_run_visits_does_not_say_that_none_is_due() -> None:
    text = crawl_markdown(replace(report_of(), elsewhere=("harbour is being crawled by another run",)))

    assert "harbour is being crawled by another run: left to that run." in text
    assert "No site is due" not in text


def test_a_crawl_that_stands_still_is_no_site_in_trouble() -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    told = Told(site="", trouble="stopped", sentence="nothing was fetched", since=moment)
    seen = Look(at=moment, archive=(), sites=(SiteLook(site="harbour", days=(1, 2), findings=()),))
    text = watch_markdown(seen, Settled(begun=(told,), going_on=(), over=()))

    assert text.startswith("# Watch: 0 sites in trouble, of 1\n")
    assert "| the archive | stopped | 22 Nov 00:00 | nothing was fetched |" in text


def test_a_run_that_read_nothing_says_so() -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    empty = NormalizeReport(
        store="a", started_at=moment, seconds=0.1, segments=0, commits=(), head=7, tallies=()
    )

    assert "0 segments read: no segment waits; 0 commits" in normalize_markdown(empty, "Pending segments")
    why = replace(empty, nothing="reader 3, today's, has read all of them already (7)")
    assert r"has read all of them already \(7\);" in normalize_markdown(why, "Replay")


@given(st.text() | st.just(HOSTILE))
def test_words_from_outside_make_no_link_picture_or_heading(text: str) -> None:
    url = f"https://harbour.test/{text}"
    page = crawl_markdown(report_of(tally_of(url=url), detail=text, deaths=(text,)))
    plain = crawl_markdown(report_of(tally_of(url="https://harbour.test/"), detail="x", deaths=("x",)))

    def marks(markdown: str) -> list[str]:
        without_escapes = re.sub(r"\\.", "", re.sub(r"`[^`\n]*`", "", markdown))
        found = re.findall(r"^#+ |!\[|<\w|\]\((?!https://harbour\.test/|data:)", without_escapes, re.M)
        bare = re.sub(r"\]\([^)\s]*\)", "]", without_escapes)
        return found + re.findall(r"https?://|www\.|\S@", bare)

    assert marks(page) == marks(plain)
    assert len(page.splitlines()) == len(plain.splitlines())


@given(st.lists(st.tuples(st.text(), st.lists(st.integers(0, 10**9), min_size=2, max_size=2)), max_size=20))
def test_a_plot_is_a_picture_that_a_browser_reads(rows: list[tuple[str, list[int]]]) -> None:
    picture = bars("what [became](x) of it", rows, ("new", "edited"))

    if not any(sum(numbers) for _, numbers in rows):
        assert picture == ""
        return
    found = re.fullmatch(r"!\[[^\[\]()]*\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", picture)
    assert found
    svg = ElementTree.fromstring(b64decode(found[1]))
    widths = [float(one.attrib["width"]) for one in svg.iter("{http://www.w3.org/2000/svg}rect")]
    assert max(widths) <= float(svg.attrib["width"])
    assert not svg.findall(".//{http://www.w3.org/2000/svg}script")


def test_a_server_that_is_away_costs_a_run_its_report_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    away = {PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(away), caplog.at_level(logging.WARNING):
        publish("crawl", "# Crawl of harbour", "What was stored")
    assert "the artifact 'crawl' could not be left with this run" in caplog.text
