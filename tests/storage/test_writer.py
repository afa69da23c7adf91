"""A store that cannot keep two writers apart has one database, and refuses any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.objects import Creates, ObjectStore, open_store
from storage.state.database import Database
from storage.writer import KEY, AnotherWriter, claim
from tests.support.archives import new_database


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


@pytest.mark.parametrize("creates", [Creates.WEAK, Creates.IGNORED])
def test_a_second_database_is_refused_by_name_until_a_person_says_that_the_first_is_gone(
    folder: ObjectStore, database: Database, tmp_path: Path, creates: Creates
) -> None:
    other = new_database(tmp_path, "other")
    claim(folder, database, creates)
    claim(folder, database, creates)
    with pytest.raises(AnotherWriter, match=r"state\.sqlite on .* run `pressrun rebuild`"):
        claim(folder, other, creates)
    claim(folder, other, creates, take_over=True)
    claim(folder, other, creates)
    with pytest.raises(AnotherWriter, match=r"other\.sqlite on "):
        claim(folder, database, creates)


def test_where_creates_are_atomic_nothing_is_asked(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    claim(folder, database, Creates.ATOMIC)
    claim(folder, new_database(tmp_path, "other"), Creates.ATOMIC)
    assert folder.size(KEY) is None


def test_a_database_keeps_its_name_when_it_is_opened_again(folder: ObjectStore, tmp_path: Path) -> None:
    claim(folder, new_database(tmp_path), Creates.WEAK)
    claim(folder, new_database(tmp_path), Creates.WEAK)
