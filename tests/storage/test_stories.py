"""A story printed by many sites is one story in the archive, whenever and wherever it comes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from articles.model import Article
from storage.commit import rebuild
from storage.objects import ObjectStore, open_store
from storage.reader import Archive
from storage.state import stories
from storage.state.database import Database
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


def index_rows(database: Database) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    with database.transaction() as connection:
        texts = connection.execute(
            text("SELECT number, article_id, story, signature FROM texts ORDER BY number")
        )
        bands = connection.execute(text("SELECT key, number FROM bands ORDER BY key"))
        return [tuple(row) for row in texts], [tuple(row) for row in bands]
