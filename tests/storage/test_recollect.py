"""A database that was lost, or is another archive's, is noticed before it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.log import Log
from storage.objects import ObjectStore, open_store
from storage.recollect import recollect
from storage.state import index, segments
from storage.state.database import Database, DatabaseError
from storage.state.segments import State
from tests.support.archives import commit, make_article, new_database
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
    for store in (empty, other):
        with pytest.raises(DatabaseError, match=r"another archive than .*PRESSRUN_DATABASE"):
            recollect(store, database)
    assert recollect(folder, database) == 0
    assert Log(empty).head() == 0
