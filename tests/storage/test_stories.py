"""A story printed by many sites is one story in the archive, whenever and wherever it comes."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from articles.model import Article
from articles.near import COPIES, signature
from storage.commit import rebuild
from storage.objects import ObjectStore, open_store
from storage.reader import Archive
from storage.state import stories
from storage.state.bands import LATEST
from storage.state.database import Database, open_database
from tests.support.archives import commit, hour, make_article, new_database

WIRE = (
    "The ferry company said on Tuesday that it would cancel all crossings until the weekend because of the storm.",
    "About four thousand travellers are waiting in the two ports, and the towns have opened their school halls.",
    "Forecasters expect gusts of more than 120 kilometres an hour along the whole northern coast by nightfall.",
    "The last comparable storm, in 2013, tore a trawler from its moorings and cost the harbour its eastern pier.",
)
OTHER = (
    "The council voted on Monday to close the covered market for a year while its iron roof is taken apart.",
    "Stallholders will move to the car park behind the station, where the city promises water, power and light.",
    "Opponents had asked for a repair in two halves, which engineers called dearer and no safer for customers.",
)


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


def printed(slug: str, *paragraphs: str, number: int = 0) -> Article:
    return make_article(slug, body="\n".join(paragraphs), at=hour(number))


def told(store: ObjectStore) -> dict[str, str | None]:
    """Slug of each article to the slug of its story."""
    rows = list(Archive(store).changes())
    slugs = {row.article_id: row.url.rpartition("/")[2] for row in rows}
    return {slugs[row.article_id]: slugs[row.story] if row.story else None for row in rows}


def test_one_wire_report_is_one_story_within_a_batch_and_across_batches(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "s0", printed("first", *WIRE), printed("else", *OTHER))
    commit(folder, database, "s1", printed("second", "NORTHPORT (Wire) - " + WIRE[0], *WIRE[1:]))
    commit(
        folder, database, "s2", printed("third", *WIRE[:3]), printed("fourth", *WIRE, "By our own reporters.")
    )
    assert told(folder) == {
        "first": "first",
        "else": "else",
        "second": "first",
        "third": "first",
        "fourth": "first",
    }


def test_an_edited_article_keeps_its_story_and_is_compared_by_its_last_text(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "s0", printed("live", *OTHER))
    commit(folder, database, "s1", printed("live", *WIRE, number=1))
    commit(folder, database, "s2", printed("copy", *WIRE), printed("late", *OTHER))
    assert told(folder) == {"live": "live", "copy": "live", "late": "late"}


def test_a_story_is_read_whole_with_the_agency_that_its_articles_credit(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "s0", printed("first", *WIRE), printed("else", *OTHER))
    commit(folder, database, "s1", printed("second", *WIRE[:3], number=1))
    commit(
        folder, database, "s2", printed("second", *WIRE[:3], "Corrected.", number=2), make_article("short")
    )
    archive = Archive(folder)
    url = "https://www.latinpost.test/"
    found = archive.story(url + "second")
    assert found is not None
    assert found.agency == "AP"
    assert [(row.url, row.seq) for row in found.articles] == [(url + "first", 1), (url + "second", 3)]
    alone = archive.story(url + "short")
    assert alone is not None
    assert [row.url for row in alone.articles] == [url + "short"]
    assert archive.story(url + "none") is None
    then = archive.story(url + "first", as_of=1)
    assert then is not None
    assert [row.url for row in then.articles] == [url + "first"]


def test_a_text_too_short_to_compare_has_no_story(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "s0", printed("one", "Closed today."), printed("two", "Closed today."))
    assert told(folder) == {"one": None, "two": None}


def test_an_index_made_anew_tells_the_same_stories(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    commit(folder, database, "s0", printed("first", *WIRE), printed("live", *OTHER))
    commit(
        folder, database, "s1", printed("second", *WIRE[1:]), printed("live", *OTHER[1:], *WIRE[2:], number=1)
    )
    fresh = new_database(tmp_path, "fresh")
    rebuild(folder, fresh)
    assert index_rows(fresh) == index_rows(database)


def test_articles_stored_before_there_were_stories_are_compared_with(
    folder: ObjectStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("storage.commit._told", lambda _, outcomes, __: tuple(outcomes))
        commit(folder, database, "s0", printed("old", *WIRE))
    commit(folder, database, "s1", printed("new", *WIRE))
    assert told(folder) == {"old": None, "new": "old"}


def test_a_takedown_leaves_nothing_of_the_text_in_the_index(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "s0", printed("first", *WIRE))
    kept = make_article("kept", body="\n".join(OTHER))
    commit(folder, database, "s1", kept)
    before = index_rows(database)
    first = next(iter(Archive(folder).changes())).article_id
    with database.commit_lock() as connection:
        stories.forget(connection, [first])
    after = index_rows(database)
    assert [row for row in before[0] if row[1] == kept.article_id] == list(after[0])
    assert {number for _, number in after[1]} == {row[0] for row in after[0]}
    commit(folder, database, "s2", printed("again", *WIRE))
    assert told(folder)["again"] == "again"


def small_blocks(patch: pytest.MonkeyPatch, block: int, blocks: int) -> None:
    patch.setattr("storage.state.bands.BLOCK", block)
    patch.setattr("storage.state.bands.SPAN", block * blocks)


def made_up(number: int) -> str:
    """A text of 60 words that no other is like."""
    dice = random.Random(number)
    return " ".join("".join(dice.choices(ascii_lowercase, k=dice.randint(3, 9))) for _ in range(60))


def test_what_is_retold_is_known_among_the_last_texts_and_what_is_copied_at_any_time(
    folder: ObjectStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_blocks(monkeypatch, block=2, blocks=2)
    commit(folder, database, "s0", printed("first", *WIRE), printed("market", *OTHER))
    commit(folder, database, "s1", *(printed(f"else-{n}", made_up(n)) for n in range(3)))
    commit(folder, database, "s2", printed("soon", *WIRE[:3]), printed("soon, too", *OTHER[1:]))
    commit(folder, database, "s3", *(printed(f"later-{n}", made_up(10 + n)) for n in range(9)))
    commit(folder, database, "s4", printed("copied", *OTHER), printed("retold", *OTHER[1:]))
    stories_told = told(folder)
    assert stories_told["soon"] == "first"
    assert stories_told["soon, too"] == "market"
    assert stories_told["copied"] == "market"
    commit(folder, database, "s5", printed("again", *OTHER[1:], "By our own reporters."))
    assert told(folder)["again"] == told(folder)["retold"]


def test_what_the_index_holds_of_an_article_that_is_long_past_is_a_few_keys(
    folder: ObjectStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_blocks(monkeypatch, block=5, blocks=2)
    rows = []
    for number in range(12):
        texts = (printed(f"a-{number}-{n}", made_up(5 * number + n)) for n in range(5))
        commit(folder, database, f"s{number}", *texts)
        rows.append(len(index_rows(database)[1]))
    assert {late - early for early, late in pairwise(rows[4:])} == {5 * COPIES}


def test_a_takedown_leaves_nothing_of_a_text_that_is_long_past(
    folder: ObjectStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_blocks(monkeypatch, block=1, blocks=1)
    commit(folder, database, "s0", printed("first", *WIRE))
    first = next(iter(Archive(folder).changes())).article_id
    for number in range(4):
        commit(folder, database, f"e{number}", printed(f"else-{number}", made_up(number)))
    assert 1 in {number for _, number in index_rows(database)[1]}
    with database.commit_lock() as connection:
        stories.forget(connection, [first])
    assert 1 not in {number for _, number in index_rows(database)[1]}


@settings(deadline=None, max_examples=30)
@given(printings=st.lists(st.integers(0, 4), max_size=20), block=st.integers(1, 6), blocks=st.integers(0, 3))
def test_a_copy_is_of_the_story_of_the_first_printing_however_long_ago_that_was(
    printings: list[int], block: int, blocks: int
) -> None:
    found, database = [], open_database("sqlite://")
    with pytest.MonkeyPatch.context() as patch, database.commit_lock() as connection:
        small_blocks(patch, block, blocks)
        for number, source in enumerate(printings):
            signed = {str(number): signature([made_up(source)])}
            found.append(stories.stories(connection, signed)[str(number)])
            stories.remember(connection, {str(number): found[-1]}, signed)
    assert found == [str(printings.index(source)) for source in printings]


@settings(deadline=None, max_examples=30)
@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    block=st.integers(1, 12),
    dice=st.randoms(use_true_random=False),
)
@example(sizes=[2, 3], block=1, dice=random.Random(2))
def test_in_an_archive_smaller_than_the_window_every_band_leads_to_the_first_text_that_had_it(
    sizes: list[int], block: int, dice: random.Random
) -> None:
    texts = [half(dice) + half(dice) for _ in range(sum(sizes))]
    assert first_holders(texts, sizes, block, blocks=sum(sizes)) == first_holders(texts, sizes, 1_000, 1)


def test_no_commit_moves_or_drops_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    small_blocks(monkeypatch, block=20, blocks=3)
    database, moved = open_database("sqlite://"), []
    for number in range(240):
        key = str(number)
        with database.commit_lock() as connection:
            before = connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
            stories.remember(connection, {key: key}, {key: signature([made_up(number)])})
            after = connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
        moved.append(after - before)
    # of its own a text has a row and 23 keys, and 20 are moved, 20 removed there and 20 of an old text dropped
    assert sum(moved[160:]) / 80 == pytest.approx(84, abs=2)
    assert max(moved) < 24 + 3 * 40


def test_what_an_older_index_holds_is_found_by_its_copies_and_its_bands(tmp_path: Path) -> None:
    older = open_database(f"sqlite:///{tmp_path}/state.sqlite")
    signed = {name: signature(list(lines)) for name, lines in (("wire", WIRE), ("other", OTHER))}
    with older.commit_lock() as connection:
        stories.remember(connection, {name: name for name in signed}, signed)
        connection.execute(text("DELETE FROM bands WHERE key < :part"), {"part": LATEST[0]})
        connection.execute(text("DELETE FROM bands WHERE number = 2"))
        connection.execute(text("UPDATE bands SET key = key - :part"), {"part": LATEST[0]})
        connection.execute(text("UPDATE alembic_version SET version_num = '0011'"))
    older.close()
    with open_database(f"sqlite:///{tmp_path}/state.sqlite").commit_lock() as connection:
        asked = {"copied": signature(OTHER), "retold": signature(WIRE[:3])}
        assert stories.stories(connection, asked) == {"copied": "other", "retold": "wire"}


def half(dice: random.Random) -> str:
    """Half a text, one of six."""
    return made_up(dice.randrange(6)) + " "


def first_holders(texts: list[str], sizes: list[int], block: int, blocks: int) -> dict[int, int]:
    """The first text under each band, whatever part that stands in, after commits of these sizes."""
    done, database = 0, open_database("sqlite://")
    with pytest.MonkeyPatch.context() as patch, database.commit_lock() as connection:
        small_blocks(patch, block, blocks)
        for size in sizes:
            signed = {str(done + place): signature([texts[done + place]]) for place in range(size)}
            stories.remember(connection, {key: key for key in signed}, signed)
            done += size
        rows = connection.execute(text("SELECT key, number FROM bands ORDER BY number DESC"))
        return {key % LATEST[0]: number for key, number in rows}


def index_rows(database: Database) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    with database.transaction() as connection:
        texts = connection.execute(
            text("SELECT number, article_id, story, signature FROM texts ORDER BY number")
        )
        bands = connection.execute(text("SELECT key, number FROM bands ORDER BY key"))
        return [tuple(row) for row in texts], [tuple(row) for row in bands]
