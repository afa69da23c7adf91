"""A reader with nothing but the bucket gets everything once in commit order, or the latest of each article."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.urls import article_id
from storage.batches import Change, DamagedBatch
from storage.log import Log
from storage.objects import ObjectStore, open_store
from storage.reader import Archive, open_archive
from storage.state.database import Database
from storage.takedown import find, take_down
from tests.support.archives import (
    START,
    commit,
    hour,
    make_article,
    make_rejection,
    make_unchanged,
    new_database,
)


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


def fill(store: ObjectStore, database: Database) -> Archive:
    """Five commits: two sites, one without articles, an edit, an older capture."""
    commit(store, database, "a", make_article("one"), make_article("two"), make_rejection())
    commit(store, database, "b", make_rejection(), make_unchanged("one", at=hour(1)))
    commit(
        store, database, "c", make_article("one", body="Edited.", at=hour(2)), make_article("x", site="other")
    )
    commit(store, database, "d", make_article("one", body="Late.", at=hour(0.5)))
    commit(store, database, "e", make_article("three", at=hour(3)))
    return Archive(store)


def names(articles: Iterator[object]) -> list[tuple[int, str, str]]:
    return [(row.seq, row.url.rpartition("/")[2], row.change.value) for row in articles]  # type: ignore[attr-defined]


def test_changes_come_in_commit_order_on_every_store(store: ObjectStore, database: Database) -> None:
    archive = fill(store, database)
    assert names(archive.changes()) == [
        (1, "one", "new"),
        (1, "two", "new"),
        (3, "one", "edited"),
        (3, "x", "new"),
        (4, "one", "older"),
        (5, "three", "new"),
    ]
    assert names(archive.articles()) == [
        (5, "three", "new"),
        (3, "x", "new"),
        (3, "one", "edited"),
        (1, "two", "new"),
    ]
    assert archive.head() == 5


def test_a_stored_article_holds_what_was_read_and_where_it_stands(
    folder: ObjectStore, database: Database
) -> None:
    archive, article = fill(folder, database), make_article("one", body="Edited.", at=hour(2))
    row = archive.article(article.url)
    assert row is not None
    for field in ("url", "title", "paragraphs", "text", "removed", "evidence", "image", "posts", "pointer"):
        assert getattr(row, field) == getattr(article, field)
    assert (row.seq, row.change, row.previous) == (3, Change.EDITED, make_article("one").revision_id)
    assert row.committed_at > START


@pytest.mark.parametrize("cursor", range(7))
def test_a_reader_resumes_from_any_cursor(folder: ObjectStore, database: Database, cursor: int) -> None:
    archive = fill(folder, database)
    everything = names(archive.changes())
    assert names(archive.changes(cursor)) == [row for row in everything if row[0] > cursor]


def test_news_move_the_cursor_past_commits_that_hold_nothing_for_this_reader(
    folder: ObjectStore, database: Database
) -> None:
    archive = fill(folder, database)
    news = list(archive.news(site="other"))
    assert [one.cursor for one in news] == [1, 2, 3, 4, 5]
    assert [len(one.articles) for one in news] == [0, 0, 1, 0, 0]


def test_changes_are_filtered_by_site_and_kind(folder: ObjectStore, database: Database) -> None:
    archive = fill(folder, database)
    assert names(archive.changes(site="other")) == [(3, "x", "new")]
    assert names(archive.changes(kinds={Change.EDITED, Change.OLDER})) == [
        (3, "one", "edited"),
        (4, "one", "older"),
    ]


def test_articles_are_chosen_by_host_whatever_their_site_and_spelling(
    folder: ObjectStore, database: Database
) -> None:
    at = {
        "one": "https://www.quay.test/one",
        "two": "http://m.quay.test/two",
        "three": "https://news.quay.test:8443/three",
        "four": "https://notquay.test/four",
        "five": "https://elsewhere.test/quay.test",
    }
    commit(
        folder,
        database,
        "a",
        *(make_article(name, site=None, url=url) for name, url in at.items()),
        make_article("mine", site="quay", url="https://quay.test/mine"),
    )
    archive = Archive(folder)

    def chosen(*hosts: str, **more: str) -> set[str]:
        return {row.url.rpartition("/")[2] for row in archive.changes(host=hosts, **more)}

    assert chosen("quay.test") == chosen("www.Quay.test") == {"one", "two", "three", "mine"}
    assert chosen("quay.test", "notquay.test") == {"one", "two", "three", "mine", "four"}
    assert chosen("news.quay.test") == chosen("news.quay.test:8443") == {"three"}
    assert chosen("quay.test", site="quay") == {"mine"}
    assert {row.title for row in archive.articles(host="quay.test")} == {
        row.title for news in archive.news(host="quay.test") for row in news.articles
    }
    for wrong in ("https://quay.test/", "a b", ""):
        with pytest.raises(ValueError, match="is no host"):
            archive.articles(host=wrong).__next__()


def test_a_reader_of_one_host_is_told_of_takedowns_which_name_no_address(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "a", make_article("one"), make_article("two"))
    url = make_article("one").url
    take_down(folder, database, find(folder, database, url))
    archive = Archive(folder)
    rows = [(row.article_id, row.change) for row in archive.changes(1, host="latinpost.test")]
    assert rows == [(article_id(url), Change.TAKEN_DOWN)]
    assert [row.title for row in archive.articles(host="latinpost.test")] == [make_article("two").title]


def test_commits_without_this_reader_s_site_are_not_even_fetched(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database)
    for made in Log(folder).follow(0):
        if made.seq != 3:
            folder.delete(made.batch)
    assert names(Archive(folder).articles(site="other")) == [(3, "x", "new")]


def test_articles_are_bounded_by_publication_or_else_by_fetch(
    folder: ObjectStore, database: Database
) -> None:
    undated = make_article("undated", at=hour(6))
    dated = make_article("dated", at=hour(6))
    commit(folder, database, "a", replace(undated, published_at=None), dated)
    archive = Archive(folder)
    assert [row.title for row in archive.articles(after=hour(5))] == [undated.title]
    assert [row.title for row in archive.articles(before=hour(5))] == [dated.title]
    assert [row.title for row in archive.articles(after=hour(-2), before=hour(6))] == [dated.title]
    assert [row.title for row in archive.articles(after=hour(5).replace(tzinfo=None))] == [undated.title]


def test_an_article_is_found_however_its_url_is_spelt(folder: ObjectStore, database: Database) -> None:
    archive = fill(folder, database)
    for url in ("https://www.latinpost.test/two", "http://latinpost.test/two/?utm_source=x#top"):
        row = archive.article(url)
        assert row is not None
        assert row.title == make_article("two").title
    assert archive.article("https://www.latinpost.test/none") is None
    assert archive.article("no url") is None
    assert archive.article(article_id("https://www.latinpost.test/two")) == row


def test_revisions_are_the_whole_history_of_one_article(folder: ObjectStore, database: Database) -> None:
    archive = fill(folder, database)
    assert [(row.seq, row.change) for row in archive.revisions(make_article("one").url)] == [
        (1, Change.NEW),
        (3, Change.EDITED),
        (4, Change.OLDER),
    ]


def test_an_empty_archive_reads_as_empty(folder: ObjectStore) -> None:
    archive = Archive(folder)
    assert list(archive.changes()) == list(archive.articles()) == []
    assert archive.head() == 0


def test_a_damaged_batch_stops_a_reader_and_is_named(folder: ObjectStore, database: Database) -> None:
    archive = fill(folder, database)
    made = Log(folder).get(3)
    assert made is not None
    folder.put(made.batch, folder.get(made.batch)[:-9])
    rows = archive.changes()
    assert [row.seq for row in islice(rows, 2)] == [1, 1]
    with pytest.raises(DamagedBatch, match=made.batch):
        next(rows)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(
        st.lists(
            st.tuples(
                st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 5), st.sampled_from("12")
            ),
            max_size=4,
        ),
        max_size=5,
    )
)
def test_the_latest_of_the_changes_are_the_articles(
    history: list[list[tuple[str, str, int, str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law")
    store, database = open_store(str(folder / "archive")), new_database(folder)
    for number, readings in enumerate(history):
        extractor = readings[0][3] if readings else "1"
        articles = [make_article(n, body=b, at=hour(h), extractor=extractor) for n, b, h, _ in readings]
        commit(store, database, f"s{number}", *articles, extractor=extractor)
    archive = Archive(store)
    latest = {}
    for row in archive.changes():
        assert (row.change is Change.NEW) == (row.article_id not in latest)
        if row.change is not Change.OLDER:
            latest[row.article_id] = row
    rows = list(archive.articles())
    assert {row.article_id: row for row in rows} == latest
    assert len(rows) == len(latest)
    database.close()


def test_memory_does_not_grow_with_the_archive(folder: ObjectStore, database: Database) -> None:
    body = "A long paragraph of the harbour. " * 300
    for number in range(60):
        commit(
            folder,
            database,
            f"s{number}",
            *(make_article(f"{number}-{n}", body=f"{n} {body}") for n in range(10)),
        )
    archive = Archive(folder)
    peaks = []
    for until in (15, 60):
        tracemalloc.start()
        assert sum(1 for row in islice(archive.changes(), until * 10)) == until * 10
        assert sum(1 for row in islice(archive.articles(), until * 10)) == until * 10
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_reading_loads_no_database_no_tables_no_crawler_and_no_scheduler() -> None:
    code = "import sys, storage.reader; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(said.stdout.split())
    assert "storage.reader" in loaded
    assert not loaded & {
        "sqlalchemy",
        "deltalake",
        "pyarrow",
        "scrapy",
        "twisted",
        "prefect",
        "warcio",
        "boto3",
    }


def test_an_archive_is_opened_by_its_url(folder: ObjectStore, database: Database) -> None:
    fill(folder, database)
    assert open_archive(folder.url).head() == 5
    assert open_archive(f"file://{folder.url}").head() == 5
