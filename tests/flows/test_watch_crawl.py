"""What breaks at a site, from the wire to the watch: a real server, the real crawler, its segments read and committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from articles.model import Reason, Rejection, Site
from benchmarks import alerts
from flows.history import look
from flows.judging import HOUR, Trouble
from storage.state.database import open_database
from storage.state.frontier import hosts
from tests.flows.test_judging import a_paper
from tests.support.crawling import crawl, local_site, make_job
from tests.support.hostile import Pages, Web, feed, page
from tests.support.pages import STORY
from tests.support.pages import page as news

STORIES = 30
CONSENT = """<html><head><title>Before you continue</title></head><body><div class="consent"><h1>Your privacy</h1>
<p>We and our 843 partners store and access cookies on your device. Choose whether you consent to it.</p>
<form action="/consent"><button>Accept all</button><button>Reject all</button><button>Manage options</button></form>
</div></body></html>"""
EMPTY_SHELL = "<html><head><title>Harbour</title></head><body><div id=app></div><script src=/app.js></script></body></html>"
OF_THE_SITE = {Trouble.SILENT, Trouble.BLOCKED, Trouble.UNREAD, Trouble.DATES, Trouble.AUTHORS}


def story(number: int) -> bytes:
    """An article of today."""
    town = f"the town of number {number}"
    today = f"{datetime.now(UTC):%B %d, %Y}"
    text = tuple(
        paragraph.replace("Harrow Lane", town).replace("the", f"the {number}th", 1) for paragraph in STORY
    )
    return news(text, title=f"Council closes bridge {number} in {town}").replace(
        b"November 20, 2026", today.encode()
    )


def well(number: int) -> bytes:
    return page(story(number))


def consent_wall(number: int) -> bytes:
    return page(CONSENT)


def refusal(number: int) -> bytes:
    return page("Forbidden", "403 Forbidden")


def shell(number: int) -> bytes:
    return page(EMPTY_SHELL)


def without_date(number: int) -> bytes:
    head, _, rest = story(number).partition(b" | ")
    return page(head + rest[rest.index(b"</div>") :])


def without_author(number: int) -> bytes:
    return page(story(number).replace(b"By Ann Walker | ", b""))


def welcome_again(database: str, site: Site) -> None:
    """End the time for which the crawler would leave the site alone."""
    with open_database(database).transaction() as connection:
        held = hosts.hold_of(connection, hosts.origin_of(site.home))
        if held is not None:
            hosts.hold(connection, hosts.origin_of(site.home), replace(held, until=datetime.now(UTC)))


@pytest.mark.parametrize(
    ("answer", "visits", "troubles"),
    [
        (well, 1, set()),
        (consent_wall, 1, {Trouble.BLOCKED}),
        (refusal, 2, {Trouble.BLOCKED}),
        (shell, 1, {Trouble.UNREAD}),
        (without_date, 1, {Trouble.DATES}),
        (without_author, 1, {Trouble.AUTHORS}),
    ],
)
def test_what_a_site_does_to_its_pages_is_told_by_its_name_after_as_many_visits(
    tmp_path: Path, answer: Callable[[int], bytes], visits: int, troubles: set[Trouble]
) -> None:
    paths = [f"/story-number-{number}-of-this-town.html" for number in range(STORIES)]
    pages: Pages = {path: answer(number) for number, path in enumerate(paths)}
    with Web({"harbour": pages}) as web:
        pages["/feed"] = feed(*paths, base=web.urls["harbour"])
        site = local_site("harbour", web.urls["harbour"])
        job = make_job(tmp_path, [site])
        alerts.write(open_database(job.database), alerts.last_weeks(a_paper(12), datetime.now(UTC)))
        outcomes = []
        for _ in range(visits):
            done = crawl(job)
            assert done.code == 0, done.stderr
            outcomes += done.read()
            welcome_again(job.database, site)

    # an hour from now: the hour of the crawl is over
    seen = look(open_database(job.database), {site.name: site}, datetime.now(UTC) + HOUR)
    told = {finding.trouble: finding.sentence for finding in seen.findings}
    assert told.keys() & OF_THE_SITE == troubles, (
        told,
        [one.reason for one in outcomes if isinstance(one, Rejection) and one.reason is not Reason.LISTING],
    )
