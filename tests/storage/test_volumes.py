"""What the index counts of each site and hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from articles.model import EXTRACTOR, Reason
from storage.commit import commit_segment
from storage.foreign import foreign_key
from storage.objects import ObjectStore
from storage.recollect import rebuild_state
from storage.state.database import Connection, Database
from storage.state.findings import CLEAR_LOOKS, Settled, mark_told, settle
from storage.state.volumes import Hour, hours
from tests.support.archives import START, commit, hour, make_article, make_rejection, make_unchanged

YEAR = timedelta(days=365)


def counted(database: Database) -> dict[int, Hour]:
    """By the hour of the tests' beginning."""
    with database.transaction() as connection:
        return {(one.at - START) // timedelta(hours=1): one for one in hours(connection, START - YEAR)}


def test_each_hour_of_a_site_says_what_came_in_it(store: ObjectStore, database: Database) -> None:
    signed, unsigned = (
        make_article("one"),
        replace(make_article("two"), authors=(), organisations=(), agencies=()),
    )
    wall = replace(make_rejection(), reason=Reason.CHALLENGE, site="latinpost", fetched_at=hour(1.5))
    refused = replace(wall, reason=Reason.STATUS, status=403)
    commit(store, database, "a", signed, unsigned, wall, refused, make_unchanged("three", at=hour(1.2)))
    found = counted(database)
    assert (found[0].captures, found[0].new, found[0].unsigned, found[0].undated) == (2, 2, 1, 0)
    assert found[0].words == sum(len(p.split()) for one in (signed, unsigned) for p in one.paragraphs)
    assert found[0].stripped > 0
    assert found[0].lag_seconds == 2 * 2 * 3600
    assert (found[1].captures, found[1].walls, found[1].refused, found[1].new) == (3, 1, 1, 0)


def test_a_segment_that_is_read_again_is_counted_once_and_a_rebuilt_index_counts_the_same(
    store: ObjectStore, database: Database
) -> None:
    commit(store, database, "a", make_article("one"))
    commit(store, database, "b", make_article("one", body="It opens on Tuesday.", at=hour(3)))
    before = counted(database)
    commit(store, database, "a", make_article("one", body="Read better.", extractor="99"), extractor="99")
    assert counted(database) == before
    assert (before[0].new, before[3].edited) == (1, 1)
    rebuild_state(store, database)
    assert counted(database) == before


def test_a_trouble_that_comes_back_at_once_was_never_over(database: Database) -> None:
    found = {("harbour", "silent"): "no new article for 9 hours"}
    looks = [found, {}, found, *[{}] * CLEAR_LOOKS, found]
    with database.transaction() as connection:
        settled = [looked(connection, seen, n) for n, seen in enumerate(looks)]
    assert [len(one.begun) for one in settled] == [1, 0, 0, *[0] * CLEAR_LOOKS, 1]
    assert [len(one.over) for one in settled] == [0, 0, 0, *[0] * (CLEAR_LOOKS - 1), 1, 0]
    assert settled[2].going_on[0].since == hour(0)


def test_what_was_not_told_is_to_be_told_by_the_next_look(database: Database) -> None:
    found = {("harbour", "silent"): "no new article for 9 hours"}
    with database.transaction() as connection:
        assert len(settle(connection, found, hour(0)).begun) == 1
        assert len(looked(connection, found, 1).begun) == 1
        assert looked(connection, found, 2).begun == ()
        ends = [settle(connection, {}, hour(n)).over for n in range(3, 3 + CLEAR_LOOKS + 1)]
        assert [len(over) for over in ends[-2:]] == [1, 1]
        assert len(looked(connection, {}, 9).over) == 1
        assert looked(connection, {}, 10).over == ()


def test_a_trouble_that_comes_back_when_its_end_may_have_been_told_begins_again(database: Database) -> None:
    found = {("harbour", "silent"): "no new article for 9 hours"}
    with database.transaction() as connection:
        looked(connection, found, 0)
        for n in range(CLEAR_LOOKS):
            settle(connection, {}, hour(n))
        assert len(looked(connection, found, 9).begun) == 1


def looked(connection: Connection, found: Mapping[tuple[str, str], str], number: int) -> Settled:
    """A look after which everything was told."""
    settled = settle(connection, found, hour(number))
    mark_told(connection, settled)
    return settled


def test_what_others_crawled_tells_nothing_of_how_a_site_does_with_us(
    store: ObjectStore, database: Database
) -> None:
    for name in ("CC-NEWS-20261120000000-00001.warc.gz", "others.warc.gz"):
        digest, article = sha256(name.encode()).hexdigest(), make_article(name)
        key = foreign_key(name)
        commit_segment(
            store, database, segment=key, sha256=digest, extractor=EXTRACTOR, captures=1, readings=[article]
        )
    assert counted(database) == {}
    commit(store, database, "ours", make_article("three"))
    assert counted(database)[0].new == 1
