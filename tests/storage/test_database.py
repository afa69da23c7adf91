"""A database that fails says so in one sentence with a remedy, whatever statement met the failure."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import IntegrityError

from articles.model import Found
from articles.urls import article_id
from storage.log import Log
from storage.objects import open_store
from storage.reader import Archive
from storage.recollect import recollect
from storage.state import index, migrations
from storage.state.database import (
    METADATA,
    Connection,
    Database,
    DatabaseError,
    open_database,
    open_database_to_read,
)
from storage.state.frontier import known
from storage.state.frontier.known import Find
from storage.state.migrations import NEWEST, apply_revisions, revision
from storage.state.segments import SEGMENTS, State, in_state
from tests.support.archives import START, commit, make_article, new_database
from tests.support.committer import commit_number
from tests.support.postgres import Postgres


def filled(folder: Path) -> Path:
    """A database with something in it, closed."""
    database = new_database(folder)
    for number in range(3):
        commit(open_store(str(folder / "archive")), database, f"s{number}", make_article(f"a{number}"))
    database.close()
    return folder / "state.sqlite"


def overwrite(path: Path, begin: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(b"\xa5" * length)


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = filled(tmp_path)
    overwrite(path, 0, path.stat().st_size)
    with pytest.raises(DatabaseError, match=r"state.sqlite.*not a database; .*move it away.*made anew"):
        open_database(f"sqlite:///{path}")


def test_a_database_damaged_inside_is_told_where_it_is_met(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with open_database(f"sqlite:///{path}").engine.connect() as connection:
        page = connection.scalar(text("PRAGMA page_size"))
        roots = connection.scalars(
            text("SELECT rootpage FROM sqlite_schema WHERE tbl_name IN ('segments', 'heads')")
        ).all()
    for root in roots:
        overwrite(path, page * (root - 1), page)
    with pytest.raises(DatabaseError, match=r"malformed; .*move it away"):
        commit(
            open_store(str(tmp_path / "archive")),
            open_database(f"sqlite:///{path}"),
            "s9",
            make_article("a9"),
        )


def test_a_full_disk_is_told_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    database = new_database(tmp_path)

    def fill(connection: Connection) -> None:
        connection.execute(text("PRAGMA max_page_count = 1"))
        connection.execute(text("CREATE TABLE large AS SELECT randomblob(1000000) AS bytes"))

    with pytest.raises(DatabaseError, match=r"full; free some space"), database.transaction() as connection:
        fill(connection)
    with database.transaction() as connection:
        assert in_state(connection, State.PENDING) == []


def test_what_is_wrong_with_our_own_statements_is_not_blamed_on_the_database(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as connection:
        connection.execute(insert(SEGMENTS).values(key="k"))


def test_a_new_file_that_another_process_is_writing_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SQLite refuses at once, whatever its timeout, to switch such a file to WAL.
    other = sqlite3.connect(tmp_path / "state.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("storage.state.database.time.sleep", lambda _: other.rollback())
    database = new_database(tmp_path)
    with database.transaction() as connection:
        assert index.position(connection) == 0
    database.close()
    other.close()


def position_seen_by_another_thread(database: Database) -> int:
    def look() -> int:
        with database.transaction() as connection:
            return index.position(connection)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(look).result()


def test_connections_that_stay_open_serve_every_thread(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'state.sqlite'}", keep_open=True)
    with database.transaction() as connection:
        index.position(connection)
    assert position_seen_by_another_thread(database) == 0


def test_who_only_reads_gets_a_copy_where_there_is_no_file(tmp_path: Path) -> None:
    store, database = open_store(str(tmp_path / "archive")), new_database(tmp_path)
    commit(store, database, "s0", make_article("a"))
    copy = open_database_to_read(f"sqlite:///{tmp_path / 'none' / 'state.sqlite'}")
    recollect(store, copy)
    assert position_seen_by_another_thread(copy) == 1
    assert not (tmp_path / "none").exists()


# --- Migrations -----------------------------------------------------------------------------------


def differences(database: Database) -> list[object]:
    """What the tables lack, or have too much, compared with those declared in the code."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))


def test_the_migrations_make_the_tables_that_the_code_declares(database: Database) -> None:
    assert differences(database) == []
    with database.transaction() as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {name}"))
        apply_revisions(connection, "base")
    assert differences(database) == []
    with database.transaction() as connection:
        assert revision(connection) == NEWEST
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [NEWEST]


def test_a_database_of_before_there_were_migrations_is_brought_up_and_its_index_made_anew(
    tmp_path: Path,
) -> None:
    store = open_store(str(tmp_path / "archive"))
    made = new_database(tmp_path)
    commit(store, made, "s0", make_article("a"))
    with made.transaction() as connection:
        before = {
            name: connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("heads", "committed")
        }
        for name in set(inspect(connection).get_table_names()) - BEFORE_TABLES:
            connection.execute(text(f"DROP TABLE {name}"))
        connection.execute(text("ALTER TABLE segments DROP COLUMN retry_at"))
        for name in ("ix_committed_batch", "ix_heads_site_confirmed_at"):
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("CREATE INDEX ix_heads_site ON heads (site)"))
    made.close()

    old = new_database(tmp_path)
    assert differences(old) == []
    recollect(store, old)
    with old.transaction() as connection:
        for name, rows in before.items():
            assert connection.execute(text(f"SELECT * FROM {name}")).all() == rows


BEFORE_TABLES = {
    "heads",
    "revisions",
    "committed",
    "segments",
    "polled",
    "urls",
    "mentions",
    "fetches",
    "hosts",
}


def test_a_database_of_a_newer_pressrun_is_refused(tmp_path: Path) -> None:
    with new_database(tmp_path).transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"revision 9999.*update Pressrun"):
        new_database(tmp_path)


def test_many_that_open_a_new_database_at_once_all_find_its_tables(database_url: str) -> None:
    script = (
        "import sys; from storage.state.database import open_database; open_database(sys.argv[1]).close()"
    )
    children = [subprocess.Popen([sys.executable, "-c", script, database_url]) for _ in range(2)]
    assert [child.wait(120) for child in children] == [0] * 2
    assert differences(open_database(database_url)) == []


# --- Postgres -------------------------------------------------------------------------------------


def test_what_postgres_cannot_hold_is_replaced(database: Database) -> None:
    found = Found(via="https://a.test/rss", found_at=START, title="A \0 title \udcff", language="x" * 99)
    with database.transaction() as connection:
        known.add_finds(connection, "a", [Find(url="https://a.test/1", found=found)], now=START)
        history = known.history(connection, "https://a.test/1")
    assert history is not None
    assert history.mentions[0].title == "A   title ?"


def test_a_wrong_password_is_told_in_one_sentence(postgres_server: Postgres) -> None:
    wrong = postgres_server.new_database().replace(postgres_server.password, "wrong")
    with pytest.raises(DatabaseError, match="password authentication failed"):
        open_database(wrong)


def test_two_processes_commit_to_one_archive_through_one_postgres(
    postgres_server: Postgres, tmp_path: Path
) -> None:
    url = postgres_server.new_database()
    script = (
        "import sys; from storage.objects import open_store; from storage.state.database import open_database; "
        "from tests.support.committer import commit_number; "
        "store, database = open_store(sys.argv[1]), open_database(sys.argv[2]); "
        "[commit_number(store, database, n) for n in range(12)]"
    )
    root = Path(__file__).parents[2]
    arguments = [sys.executable, "-c", script, str(tmp_path / "archive"), url]
    children = [subprocess.Popen(arguments, cwd=root) for _ in range(2)]
    assert [child.wait(120) for child in children] == [0] * 2

    store, alone = open_store(str(tmp_path / "archive")), open_store(str(tmp_path / "alone"))
    other = new_database(tmp_path, "alone")
    for number in range(12):
        commit_number(alone, other, number)
    log = [made.segment for made in Log(store).follow(0)]
    assert len(log) == len(set(log)) == 12
    assert {(a.article_id, a.revision_id) for a in Archive(store).changes()} >= {
        (a.article_id, a.revision_id) for a in Archive(alone).articles()
    }
    with open_database(url).transaction() as connection:
        assert index.position(connection) == 12


def test_deleted_rows_are_shredded_while_others_work(database: Database) -> None:
    found = Found(via="https://a.test/rss", found_at=START, title="A title")
    with database.transaction() as connection:
        known.add_finds(connection, "a", [Find(url="https://a.test/1", found=found)], now=START)
    with database.transaction() as connection:
        assert known.forget(connection, [article_id("https://a.test/1")]) == 2
    database.shred()
    with database.transaction() as connection:
        assert known.history(connection, "https://a.test/1") is None


def test_a_database_of_another_kind_is_refused_in_one_sentence() -> None:
    with pytest.raises(DatabaseError, match="must be sqlite or postgresql, not mysql"):
        open_database("mysql://paper:s3cret@127.0.0.1/db")
