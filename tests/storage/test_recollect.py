"""A database that was lost, or is another archive's, is noticed before it is used."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from deltalake import DeltaTable
from sqlalchemy import select

from flows.segment import normalize_segment
from storage.delta import TABLES, follow_tables
from storage.documents import follow_documents
from storage.log import Log
from storage.objects import ObjectStore, open_store, table_url
from storage.recollect import forget_followers, rebuild_state, recollect
from storage.state import index, segments
from storage.state.database import Database, DatabaseError, open_database
from storage.state.segments import State
from storage.takedown import find, take_down
from tests.support.archives import commit, make_article, new_database
from tests.support.listings import forgetful, losing_a_page
from tests.support.segments import Answer, page, publish_segment


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


def published(store: ObjectStore, database: Database, work: Path) -> str:
    work.mkdir(exist_ok=True)
    return publish_segment(store, database, work, [Answer(url="https://harbour.test/1", body=page(1))])


def test_a_lost_database_learns_again_what_is_committed_and_what_still_waits(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    commit(folder, database, "s0", make_article("a"))
    folder.put("segments/2026/11/22/s0.warc.gz", b"is committed, and so not looked into")
    waiting = published(folder, database, tmp_path / "work")
    fresh = new_database(tmp_path, "fresh")

    assert recollect(folder, fresh) == 1
    with fresh.transaction() as connection, database.transaction() as old:
        assert index.position(connection) == 1
        (info,) = segments.pending(connection)
        known = segments.get(old, waiting)
    assert known is not None
    assert (info.key, info.sha256, info.bytes, info.captures) == (waiting, known.sha256, known.bytes, 1)
    assert recollect(folder, fresh) == 0


def test_a_segment_found_damaged_is_quarantined_with_its_reason(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    torn = published(folder, database, tmp_path / "work")
    whole = published(folder, database, tmp_path / "work")
    folder.put(torn, folder.get(torn)[:-40])
    fresh = new_database(tmp_path, "fresh")

    assert recollect(folder, fresh) == 2
    with fresh.transaction() as connection:
        assert [info.key for info in segments.pending(connection)] == [whole]
        (info,) = segments.in_state(connection, State.QUARANTINED)
    assert info.key == torn
    assert torn in (info.error or "")


def test_a_database_of_another_archive_is_refused_before_it_leaves_a_hole_in_the_log(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    commit(folder, database, "s0", make_article("a"))
    empty, other = open_store(str(tmp_path / "empty")), open_store(str(tmp_path / "other"))
    commit(other, new_database(tmp_path, "other"), "t0", make_article("b"))
    with pytest.raises(DatabaseError, match=r"holds no archive, .*PRESSRUN_DATABASE"):
        recollect(empty, database)
    with pytest.raises(DatabaseError, match=r"another archive than .*PRESSRUN_DATABASE"):
        recollect(other, database)
    assert recollect(folder, database) == 0
    assert Log(empty).head() == 0


def test_a_rebuilt_database_equals_the_old_one_in_all_that_the_store_tells(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    keys = [published(folder, database, tmp_path / "work") for _ in range(3)]
    for key in keys[:2]:
        assert normalize_segment(folder, database, {}, key).error is None
    take_down(folder, database, find(folder, database, "https://harbour.test/1"))
    live = rows(database)
    assert live["heads"] == []
    assert len(live["segments"]) == 3

    with database.transaction() as connection:
        index.clear(connection)
        connection.execute(segments.SEGMENTS.update().values(sha256="lost"))
    rebuild_state(folder, database)
    assert rows(database) == live
    fresh = new_database(tmp_path, "fresh")
    rebuild_state(folder, fresh)
    assert rows(fresh) == live


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything that can be made anew: all but when a segment was registered."""
    with database.transaction() as connection:
        return {
            table.name: sorted(
                map(
                    tuple,
                    connection.execute(select(*(c for c in table.columns if c.name != "registered_at"))),
                ),
                key=repr,
            )
            for table in (*index.TABLES, segments.SEGMENTS)
        }


def test_tables_and_documents_thrown_away_are_written_again(folder: ObjectStore, database: Database) -> None:
    for number in range(3):
        commit(
            folder,
            database,
            f"s{number}",
            make_article("a", body=f"Edition {number}."),
            make_article(f"b{number}"),
        )
    follow_tables(folder)
    follow_documents(folder)
    written = {key: folder.get(key) for key, _ in folder.list("articles/")}
    rows = table_rows(folder)
    forget_followers(folder)
    assert list(folder.list("tables/")) == list(folder.list("articles/")) == []
    assert list(folder.list("followers/")) == []
    follow_tables(folder)
    follow_documents(folder)
    assert {key: folder.get(key) for key, _ in folder.list("articles/")} == written
    assert table_rows(folder) == rows


def table_rows(store: ObjectStore) -> list[list[str]]:
    tables = (DeltaTable(table_url(store, table)) for table in TABLES)
    return [sorted(map(repr, table.to_pyarrow_table().to_pylist())) for table in tables]


def test_an_older_copy_of_the_database_learns_the_commits_and_the_segments_that_came_since(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    older = new_database(tmp_path, "older")
    first = published(folder, database, tmp_path / "work")
    assert normalize_segment(folder, database, {}, first).error is None
    assert recollect(folder, older) == 0  # so much the copy knows
    second, waiting = (published(folder, database, tmp_path / "work") for _ in range(2))
    assert normalize_segment(folder, database, {}, second).error is None

    assert recollect(folder, older) == 1
    with older.transaction() as connection:
        assert index.position(connection) == 2
        assert [info.key for info in segments.pending(connection)] == [waiting]
    assert recollect(folder, older) == 0


def test_an_older_copy_of_the_database_learns_a_segment_that_came_since_though_no_commit_did(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    first = published(folder, database, tmp_path / "work")
    assert normalize_segment(folder, database, {}, first).error is None
    waiting = published(folder, database, tmp_path / "work")
    with database.transaction() as connection:
        segments.forget(connection, waiting)

    assert recollect(folder, database) == 1
    with database.transaction() as connection:
        assert [info.key for info in segments.pending(connection)] == [waiting]


def test_no_database_that_knows_commits_is_emptied_because_its_disk_is_not_mounted(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    commit(folder, database, "s0", make_article("a"))
    unmounted = open_store(str(tmp_path / "empty"))
    for look in (recollect, rebuild_state):
        with pytest.raises(DatabaseError, match=r"holds no archive, .* commits up to 1: is the disk mounted"):
            look(unmounted, database)
    with database.transaction() as connection:
        assert index.position(connection) == 1


@pytest.mark.parametrize("which", [1, 2])
def test_a_lost_page_of_a_listing_costs_a_new_database_nothing(
    folder: ObjectStore, database: Database, tmp_path: Path, which: int
) -> None:
    first = published(folder, database, tmp_path / "work")
    assert normalize_segment(folder, database, {}, first).error is None
    waiting = [published(folder, database, tmp_path / "work") for _ in range(3)]
    store, listings = losing_a_page(folder, which)
    fresh = new_database(tmp_path, "fresh")

    assert recollect(store, fresh) == 3
    assert listings() == 2
    with fresh.transaction() as connection:
        assert {info.key for info in segments.pending(connection)} == set(waiting)


@pytest.mark.parametrize("which", [1, 2])
def test_a_lost_page_of_a_listing_costs_a_database_made_anew_nothing(
    folder: ObjectStore, database: Database, tmp_path: Path, which: int
) -> None:
    first = published(folder, database, tmp_path / "work")
    assert normalize_segment(folder, database, {}, first).error is None
    for _ in range(3):
        published(folder, database, tmp_path / "work")
    live = rows(database)
    last = max(key for key, _ in folder.list("segments/") if key.endswith(".warc.gz"))
    with database.transaction() as connection:
        segments.forget(connection, last)  # neither the log nor the database knows it
    store, listings = losing_a_page(folder, which)

    rebuild_state(store, database)
    assert listings() == 2
    assert rows(database) == live


def test_what_the_log_or_the_database_names_is_registered_whatever_every_listing_leaves_out(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    for number in range(4):
        key = published(folder, database, tmp_path / "work")
        if number % 2:
            assert normalize_segment(folder, database, {}, key).error is None
    live = rows(database)
    rebuild_state(forgetful(folder), database)
    assert rows(database) == live


@pytest.mark.parametrize("which", range(1, 9))
def test_tables_and_documents_are_thrown_away_whatever_page_a_listing_lost(
    folder: ObjectStore, database: Database, which: int
) -> None:
    for number in range(3):
        commit(folder, database, f"s{number}", make_article(f"a{number}"))
        follow_tables(folder)
    follow_documents(folder)
    store, listings = losing_a_page(folder, which)
    forget_followers(store)
    assert listings() >= which
    assert [key for prefix in ("tables/", "articles/", "followers/") for key, _ in folder.list(prefix)] == []


REQUESTS = (0, 2, 5, 9, 14, 20, 27, 35, 44, 54, 65, 77, 1_000_000)
"""Before which a rebuild is killed; the last is let be."""


def test_a_rebuild_that_is_killed_anywhere_leaves_what_the_next_one_makes_whole(
    folder: ObjectStore, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'state.sqlite'}"
    database = open_database(url)
    for number in range(4):
        key = published(folder, database, tmp_path / "work")
        if number < 3:
            assert normalize_segment(folder, database, {}, key).error is None
            commit(folder, database, f"s{number}", make_article("a", body=f"Edition {number}."))
    follow_tables(folder)
    follow_documents(folder)
    live, tables = rows(database), table_rows(folder)
    documents = {key: folder.get(key) for key, _ in folder.list("articles/")}
    database.close()
    codes = []
    for requests in REQUESTS:
        child = subprocess.run(
            [sys.executable, "-m", "tests.support.rebuilder", folder.url, url, str(requests)],
            cwd=Path(__file__).parents[2],
            check=False,
        )
        codes.append(child.returncode)
    assert codes == [-signal.SIGKILL] * (len(REQUESTS) - 1) + [0]
    database = open_database(url)
    assert rows(database) == live
    assert table_rows(folder) == tables
    assert {key: folder.get(key) for key, _ in folder.list("articles/")} == documents
    database.close()
