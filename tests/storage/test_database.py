"""A database that fails says so in one sentence with a remedy, whatever statement met the failure."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from storage.objects import open_store
from storage.state import index
from storage.state.database import Connection, Database, DatabaseError, open_database
from storage.state.segments import SEGMENTS, State, in_state
from tests.support.archives import commit, make_article, new_database


def filled(folder: Path) -> Path:
    """A database with something in it, closed."""
    database = new_database(folder)
    for number in range(3):
        commit(open_store(str(folder / "archive")), database, f"s{number}", make_article(f"a{number}"))
    database.close()
    return folder / "state.sqlite"


def overwrite(path: Path, begin: int) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:begin] + b"\xa5" * (len(data) - begin))


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = filled(tmp_path)
    overwrite(path, 0)
    with pytest.raises(DatabaseError, match=r"state.sqlite.*not a database; .*move it away.*made anew"):
        open_database(f"sqlite:///{path}")


def test_a_database_damaged_inside_is_told_where_it_is_met(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with open_database(f"sqlite:///{path}").engine.connect() as connection:
        page = connection.scalar(text("PRAGMA page_size"))
        roots = connection.scalars(text("SELECT rootpage FROM sqlite_schema WHERE rootpage > 1")).all()
    overwrite(path, page * (min(roots) - 1))
    database = open_database(f"sqlite:///{path}")
    with (
        pytest.raises(DatabaseError, match=r"malformed; .*move it away"),
        database.transaction() as connection,
    ):
        in_state(connection, State.PENDING)
    with pytest.raises(DatabaseError, match=r"malformed; .*move it away"):
        commit(open_store(str(tmp_path / "archive")), database, "s9", make_article("a9"))


def test_a_full_disk_is_told_and_leaves_everything_as_it_was(tmp_path: Path, database: Database) -> None:
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
