"""A copy is an archive at every moment, and has what its archive has."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from articles.profile import Profile, SampledPage
from flows.segment import normalize_segment
from storage import profiles
from storage.copying import copy_archive
from storage.log import Log
from storage.objects import ObjectStore, open_store
from storage.reader import Archive
from storage.segments import captures_of, current_sha256
from storage.takedown import find, silent, take_down
from storage.verify import verify
from tests.support.archives import new_database
from tests.support.listings import forgetful, losing_a_page
from tests.support.segments import START, Answer, page, publish_segment

STORIES = 4


@pytest.fixture
def archive(tmp_path: Path) -> ObjectStore:
    store, database = open_store(str(tmp_path / "archive")), new_database(tmp_path)
    for number in range(STORIES):
        answers = [Answer(url=f"https://harbour.test/story-{number}", body=page(number))]
        key = publish_segment(store, database, tmp_path, answers, at=START + timedelta(hours=number))
        assert normalize_segment(store, database, {}, key).error is None
    return store


def revisions(store: ObjectStore) -> list[tuple[int, str]]:
    return [(article.seq, article.revision_id) for article in Archive(store).changes()]


def test_a_copy_has_every_revision_and_capture(archive: ObjectStore, tmp_path: Path) -> None:
    copy = open_store(str(tmp_path / "copy"))
    assert copy_archive(archive, copy).head == STORIES
    assert revisions(copy) == revisions(archive)
    assert copy_archive(archive, copy).objects == 0


def test_what_a_listing_leaves_out_is_copied_because_commits_name_it(
    archive: ObjectStore, tmp_path: Path
) -> None:
    copy = open_store(str(tmp_path / "copy"))
    assert copy_archive(forgetful(archive), copy).head == STORIES
    assert revisions(copy) == revisions(archive)
    for commit in Log(copy).follow(0):
        assert len(list(captures_of(copy, commit.segment, commit.segment_sha256))) == commit.captures


def test_no_batch_leaves_the_copy_because_a_listing_of_the_archive_left_it_out(
    archive: ObjectStore, tmp_path: Path
) -> None:
    copy = open_store(str(tmp_path / "copy"))
    copy_archive(archive, copy)
    database = new_database(tmp_path)
    gone = next(Archive(archive).changes()).url
    take_down(archive, database, find(archive, database, gone))
    copy_archive(forgetful(archive), copy)
    assert [seq for seq, _ in revisions(copy)] == list(range(2, STORIES + 2))
    copy_archive(archive, copy)
    assert revisions(copy) == revisions(archive)
    assert {key for key, _ in copy.list("batches/")} == {key for key, _ in archive.list("batches/")}


@pytest.mark.parametrize("which", range(1, 5))
def test_no_page_that_a_listing_lost_leaves_a_taken_down_text_in_the_copy(
    archive: ObjectStore, tmp_path: Path, which: int
) -> None:
    copy = open_store(str(tmp_path / "copy"))
    copy_archive(archive, copy)
    database = new_database(tmp_path)
    for gone in [change.url for change in Archive(archive).changes()][-2:]:
        take_down(archive, database, find(archive, database, gone))
    losing, listings = losing_a_page(archive, which)
    copy_archive(losing, copy)
    assert listings() >= which
    for key, size in archive.list("segments/"):
        assert copy.get(key) == archive.get(key), size


def test_what_changed_in_the_archive_without_changing_in_length_changes_in_the_copy(
    archive: ObjectStore, tmp_path: Path
) -> None:
    database, copy = new_database(tmp_path), open_store(str(tmp_path / "copy"))
    addresses = [f"https://harbour.test/tide-{number}" for number in range(3)]
    answers = [Answer(url=url, body=page(number)) for number, url in enumerate(addresses, STORIES)]
    segment = publish_segment(archive, database, tmp_path, answers, at=START + timedelta(days=1))
    assert normalize_segment(archive, database, {}, segment).error is None
    for number, gone in enumerate(addresses[:2]):
        profiles.add(
            archive, Profile(site="harbour", pages=(SampledPage(day=number, page=f"{number}", lines=()),))
        )
        take_down(archive, database, find(archive, database, gone))
        copy_archive(archive, copy)
    assert profiles.current(copy, "harbour") == profiles.current(archive, "harbour")
    assert current_sha256(copy, segment, "") == current_sha256(archive, segment, "")
    assert not list(verify(copy, None, silent))
