"""What is due, when, and what became of each URL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import insert

from articles.model import Found, Site
from spiders.desk import Reply
from spiders.discover import Discovered
from spiders.looking import _store
from storage.absence import CONFIRM
from storage.state.database import Connection, open_database
from storage.state.frontier import fetching, hosts, known, polled, sites
from storage.state.frontier.fetching import Due, Fetched
from storage.state.frontier.hosts import Hold
from storage.state.frontier.known import Find, State
from storage.state.frontier.polled import Kind, Look

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://paper.example/2026/11/22/story"
FEED = "https://paper.example/feed"
HOUR = timedelta(hours=1)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    database = open_database(database_url)
    with database.transaction() as opened:
        yield opened
    database.close()


def find(url: str = URL, *, via: str = FEED, skip: str | None = None, **said: object) -> Find:
    return Find(url=url, found=Found(via=via, found_at=NOW, **said), skip=skip)  # type: ignore[arg-type]


def due(connection: Connection, at: datetime = NOW) -> list[Due]:
    return fetching.due_urls(connection, "paper", now=at, limit=100)


def fetched(connection: Connection, outcome: str = "fetched", at: datetime = NOW, **more: object) -> None:
    (one,) = fetching.due_urls(connection, "paper", now=at, limit=1)
    result = Fetched(url_id=one.url_id, url=one.url, at=at, outcome=outcome, **more)  # type: ignore[arg-type]
    fetching.record_fetches(connection, [result])


def next_at(connection: Connection) -> datetime | None:
    history = known.history(connection, URL)
    assert history is not None
    return history.next_at


def test_spellings_of_one_article_are_one_url(connection: Connection) -> None:
    spellings = [
        URL,
        URL.replace("https", "http"),
        URL.replace("paper", "www.paper"),
        URL + "?utm_source=rss",
        URL + "/amp/",
        URL + "#top",
    ]
    tally = known.add_finds(connection, "paper", [find(url) for url in spellings], now=NOW)
    assert tally.new == 1
    assert len(due(connection)) == 1


def test_an_article_found_again_is_not_due_again(connection: Connection) -> None:
    known.add_finds(connection, "paper", [find()], now=NOW)
    fetched(connection)
    tally = known.add_finds(connection, "paper", [find(), find(via="https://paper.example/")], now=NOW)
    assert (tally.new, tally.again) == (0, 0)
    assert due(connection) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"modified_at": NOW - HOUR}, {"modified_at": NOW + HOUR}),
        ({}, {"modified_at": NOW}),
        ({"title": "Old headline"}, {"title": "New headline"}),
    ],
)
def test_an_announced_change_makes_an_article_due(
    connection: Connection, before: dict[str, object], after: dict[str, object]
) -> None:
    known.add_finds(connection, "paper", [find(**before)], now=NOW)
    fetched(connection)
    shortly = NOW + timedelta(minutes=1)
    tally = known.add_finds(connection, "paper", [find(**after)], now=shortly)
    assert tally.again == 1
    (again,) = due(connection, shortly)
    assert not again.first


def test_a_site_that_always_claims_changes_is_believed_less_each_time(connection: Connection) -> None:
    old = find(modified_at=NOW, published_at=NOW - timedelta(days=90))
    known.add_finds(connection, "paper", [old], now=NOW)
    fetched(connection)
    at = NOW
    waits = []
    for number in range(1, 7):
        at += timedelta(minutes=1)
        known.add_finds(connection, "paper", [find(modified_at=NOW + number * HOUR)], now=at)
        then = next_at(connection)
        assert then is not None
        waits.append(then - at)
        at = max(at, then)
        fetched(connection, "not_modified", at)
    assert waits[0] == waits[1] == timedelta(0)
    assert waits[-1] > waits[2] > HOUR


def test_rechecks_come_at_four_times_the_age_until_six_weeks(connection: Connection) -> None:
    known.add_finds(connection, "paper", [find(published_at=NOW)], now=NOW)
    at, ages = NOW, []
    while True:
        fetched(connection, at=at)
        following = next_at(connection)
        if following is None:
            break
        ages.append(following - NOW)
        at = following
    assert ages[0] == timedelta(minutes=15)
    assert all(later == 4 * earlier for earlier, later in pairwise(ages))
    assert ages[-1] <= timedelta(days=45) < 4 * ages[-1]


def test_failures_are_tried_again_ever_later_and_then_given_up(connection: Connection) -> None:
    known.add_finds(connection, "paper", [find()], now=NOW)
    at, waits = NOW, []
    while True:
        fetched(connection, "timeout", at)
        following = next_at(connection)
        if following is None:
            break
        waits.append(following - at)
        at = following
    assert len(waits) == fetching.MAX_ATTEMPTS - 1
    assert waits == sorted(waits)
    assert known.history(connection, URL).state is State.FAILED  # type: ignore[union-attr]


def test_an_article_that_was_there_is_looked_for_while_it_is_young(connection: Connection) -> None:
    known.add_finds(connection, "paper", [find()], now=NOW)
    fetched(connection)
    at, waits = NOW + HOUR, []
    while True:
        known.add_finds(connection, "paper", [find()], now=at)
        fetched(connection, "not_found", at, gone=True)
        following = next_at(connection)
        if following is None:
            break
        waits.append(following - at)
        at = following
    tries = fetching.MAX_ATTEMPTS - 1
    assert waits[:tries] == [fetching.RETRY * 2**n for n in range(tries)]
    assert sum(waits[:tries], timedelta(0)) > CONFIRM
    assert [wait > 2 * waits[tries - 1] for wait in waits[tries:]] == [True] * len(waits[tries:])
    assert waits[tries:]
    assert at - NOW <= fetching.LAST_LOOK
    assert known.history(connection, URL).state is State.GONE  # type: ignore[union-attr]


def test_the_newest_articles_come_first_and_those_never_fetched_before_rechecks(
    connection: Connection,
) -> None:
    def story(number: int, hours: int) -> Find:
        return find(f"https://paper.example/story-{number}", published_at=NOW - hours * HOUR)

    known.add_finds(connection, "paper", [story(1, 1)], now=NOW)
    fetched(connection)
    known.add_finds(connection, "paper", [story(2, 50), story(3, 20), story(4, 30)], now=NOW)
    order = [one.url[-1] for one in due(connection, NOW + 24 * HOUR)]
    assert order == ["3", "4", "2", "1"]


def test_a_url_that_is_not_to_be_fetched_has_a_fate(connection: Connection) -> None:
    known.add_finds(connection, "paper", [find(skip="denied")], now=NOW)
    assert due(connection) == []
    history = known.history(connection, URL + "?utm_medium=x")
    assert history is not None
    assert (history.state, history.outcome) == (State.SKIPPED, "denied")
    # and when the seed no longer denies it, it is fetched
    known.add_finds(connection, "paper", [find()], now=NOW)
    assert len(due(connection)) == 1


def test_evidence_is_the_mention_that_says_most(connection: Connection) -> None:
    known.add_finds(connection, "paper", [find(via="https://paper.example/")], now=NOW)
    known.add_finds(connection, "paper", [find(title="Storm", published_at=NOW, language="en")], now=NOW)
    (one,) = due(connection)
    assert one.found is not None
    assert (one.found.via, one.found.title) == (FEED, "Storm")
    assert one.published_at == NOW


def test_a_page_named_twice_at_once_is_one_page_with_the_later_of_its_dates(
    connection: Connection,
) -> None:
    named = [(FEED, Kind.SITEMAP, None, at) for at in (NOW, NOW + HOUR, None)]
    assert polled.add_pages(connection, "paper", named, now=NOW, interval_seconds=600) == 1
    assert [page.announced_at for page in polled.pages(connection, "paper")] == [NOW + HOUR]


def test_indexes_without_end_add_pages_only_up_to_a_number_and_the_seed_always(
    connection: Connection,
) -> None:
    row = {"site": "paper", "kind": "sitemap", "found_at": NOW, "interval_seconds": 600.0, "next_at": NOW}
    rows = [{**row, "url": f"{FEED}/{number}", "failures": 0} for number in range(polled.MAX_PAGES - 1)]
    connection.execute(insert(polled.polled), rows)
    more = [(f"{FEED}/more/{number}", Kind.SITEMAP, FEED, NOW) for number in range(5)]
    assert polled.add_pages(connection, "paper", more, now=NOW, interval_seconds=600) == 1
    seed = [(FEED, Kind.FEED, "seed", None)]
    assert polled.add_pages(connection, "paper", seed, now=NOW, interval_seconds=600) == 1
    assert polled.add_pages(connection, "other", more, now=NOW, interval_seconds=600) == 5


def test_a_feed_that_changes_is_looked_at_sooner_and_one_that_does_not_later(connection: Connection) -> None:
    pages = [(FEED, Kind.FEED, "seed", None), (FEED + "2", Kind.FEED, "seed", None)]
    polled.add_pages(connection, "paper", pages, now=NOW, interval_seconds=3600)
    for number in range(20):
        for url, changed in ((FEED, True), (FEED + "2", False)):
            look = Look(site="paper", url=url, at=NOW + number * HOUR, outcome="fetched", changed=changed)
            polled.looked(connection, look, floor_seconds=600, ceiling_seconds=10_000)
    busy, quiet = polled.pages(connection, "paper")
    assert (busy.interval_seconds, quiet.interval_seconds) == (600, 10_000)


def test_a_feed_that_fails_keeps_its_validators_and_waits_longer_each_time(connection: Connection) -> None:
    polled.add_pages(connection, "paper", [(FEED, Kind.FEED, "seed", None)], now=NOW, interval_seconds=600)
    good = Look(site="paper", url=FEED, at=NOW, outcome="fetched", changed=True, etag='"1"')
    polled.looked(connection, good, floor_seconds=600, ceiling_seconds=10_000)
    waits = []
    for _ in range(4):
        bad = Look(site="paper", url=FEED, at=NOW, outcome="timeout", changed=False)
        polled.looked(connection, bad, floor_seconds=600, ceiling_seconds=10_000)
        (page,) = polled.pages(connection, "paper")
        assert page.next_at is not None
        waits.append(page.next_at - NOW)
    assert page.etag == '"1"'
    assert waits == sorted(set(waits))


def test_a_newer_date_in_the_index_brings_a_sitemap_forward(connection: Connection) -> None:
    child = "https://paper.example/sitemap-1.xml"
    polled.add_pages(connection, "paper", [(child, Kind.SITEMAP, FEED, NOW)], now=NOW, interval_seconds=600)
    look = Look(site="paper", url=child, at=NOW, outcome="fetched", changed=False)
    polled.looked(connection, look, floor_seconds=600, ceiling_seconds=86_400)
    for announced, expected in ((NOW, False), (NOW + HOUR, True)):
        at = NOW + timedelta(minutes=1)
        pages = [(child, Kind.SITEMAP, FEED, announced)]
        polled.add_pages(connection, "paper", pages, now=at, interval_seconds=600)
        (page,) = polled.pages(connection, "paper")
        assert page.next_at is not None
        assert (page.next_at <= at) is expected


def test_a_site_whose_host_asked_for_patience_is_not_due_before(connection: Connection) -> None:
    site = Site(name="paper", home="https://paper.example/")
    held = Hold(until=NOW + HOUR, strikes=1, detail="429")
    hosts.hold(connection, "https://paper.example", held)
    assert sites.due_sites(connection, [site], NOW) == []
    assert sites.due_sites(connection, [site], NOW + HOUR) == ["paper"]
    hosts.hold(connection, "https://paper.example", None)
    assert sites.due_sites(connection, [site], NOW) == ["paper"]


def test_a_look_costs_the_same_however_many_urls_are_known(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return  # plans are told in SQLite's words; the indexes are the same
    plans = [
        connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
        for query in (
            "SELECT * FROM urls WHERE url_id IN ('a', 'b')",
            "SELECT * FROM mentions WHERE url_id IN ('a', 'b')",
            "SELECT * FROM urls WHERE site = 'paper' AND next_at <= '2026'",
            "SELECT * FROM polled WHERE site = 'paper'",
            "SELECT * FROM fetches WHERE url_id = 'a'",
        )
    ]
    assert all("SCAN" not in str(step) for plan in plans for step in plan)


def test_of_addresses_without_end_a_visit_stores_a_bounded_number_and_the_rest_the_next_time(
    connection: Connection,
) -> None:
    finds = [find(f"{URL}-{number}") for number in range(10)]
    first = known.add_finds(connection, "paper", finds, now=NOW, room=4)
    assert (first.new, first.stored, first.left) == (4, 4, 6)
    # those that are known take no room, and hear what is said of them
    again = known.add_finds(connection, "paper", finds, now=NOW, room=4)
    assert (again.new, again.stored, again.left) == (4, 4, 2)
    none = known.add_finds(connection, "paper", finds, now=NOW, room=0)
    assert (none.stored, none.left) == (0, 2)
    assert len(due(connection)) == 8


def test_a_sitemap_not_all_of_whose_addresses_were_taken_is_read_again_though_it_did_not_change(
    connection: Connection,
) -> None:
    site = Site(name="paper", home="https://paper.example/")
    polled.add_pages(connection, "paper", [(FEED, Kind.FEED, "seed", None)], now=NOW, interval_seconds=60)
    (page,) = polled.pages(connection, "paper")
    reply = Reply(url=FEED, at=NOW, status=200, headers=(("ETag", '"1"'),), body=b"", digest="sha1:X")
    finds = [find(f"{URL}-{number}") for number in range(3)]
    for room, etag, words in ((2, None, "1 addresses are left for the next visit"), (2, '"1"', None)):
        _store(
            connection,
            site,
            page,
            reply,
            Discovered(format="rss"),
            finds,
            Counter(),
            room=room,
            floor_seconds=60,
            ceiling_seconds=60,
        )
        (seen,) = polled.pages(connection, "paper")
        assert seen.etag == etag
        assert (words or "") in (seen.detail or "")
