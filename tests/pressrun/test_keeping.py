"""The commands of an archive's keeper, run as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.objects import open_store
from storage.reader import Archive
from storage.state import segments
from storage.state.database import open_database
from tests.pressrun.conftest import Answer
from tests.pressrun.conftest import RunHere as Run
from tests.support.archives import commit, hour, make_article, make_miss
from tests.support.segments import Answer as Answer_
from tests.support.segments import page, publish_segment


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with two articles, followed."""
    folder = tmp_path / "archive"
    store, database = open_store(str(folder)), open_database(f"sqlite:///{folder / 'state.sqlite'}")
    commit(store, database, "a", make_article("secret"), make_article("two"))
    follow_tables(store)
    follow_documents(store)
    database.close()
    return folder


SECRET = make_article("secret").url


def test_takedown_tells_what_was_removed_where_and_show_and_story_tell_that_it_was(
    run: Run, archive: Path
) -> None:
    tried = run("takedown", SECRET, "--dry-run")
    assert (tried.code, "1 capture," in tried.out, "Nothing was removed" in tried.out) == (0, True, True)
    assert len(list(Archive(open_store(str(archive))).articles())) == 2

    done = run("takedown", SECRET)
    assert done.code == 0
    assert "is taken down; readers are told by commit 2" in done.out
    assert "1 capture removed from 1 batch," in done.out
    shown = run("show", SECRET)
    assert (shown.code, "taken down" in shown.err) == (2, True)
    told = run("story", SECRET)
    assert (told.code, told.err) == (2, shown.err)
    again = json.loads(run("takedown", SECRET, "--json").out)
    assert (again["seq"], again["captures"]) == (2, 0)


def test_why_tells_that_an_address_was_taken_down_and_when(run: Run, archive: Path) -> None:
    assert run("takedown", SECRET).code == 0
    (step,) = json.loads(run("why", SECRET, "--json").out)["steps"]
    assert (step["step"], "taken down" in step["what"]) == ("commit 2", True)


def test_an_address_that_was_never_met_is_taken_down_only_on_request(run: Run, archive: Path) -> None:
    typo = SECRET + "-typo"
    refused = run("takedown", typo)
    assert (refused.code, typo in refused.err, "--unseen" in refused.err) == (2, True, True)
    assert Archive(open_store(str(archive))).head() == 1
    assert run("takedown", typo, "--unseen").code == 0
    assert Archive(open_store(str(archive))).head() == 2


def test_an_article_id_is_taken_for_one_where_only_an_address_will_do(run: Run, archive: Path) -> None:
    key = make_article("secret").article_id
    for command in ("why", "takedown"):
        refused = run(command, key)
        assert (refused.code, f"`pressrun show {key}` tells" in refused.err) == (2, True)


def test_a_batch_that_is_lost_or_damaged_is_told_with_what_names_the_remedy(run: Run, archive: Path) -> None:
    (batch,) = (archive / "batches").rglob("*.zst")
    for spoil in (lambda: batch.write_bytes(b"spoilt"), batch.unlink):
        spoil()
        failed = run("read")
        assert (failed.code, failed.out) == (1, "")
        assert batch.name in failed.err
        assert "`pressrun verify` names what is damaged" in failed.err


def test_a_slip_in_the_store_s_name_makes_no_archive(run: Run, tmp_path: Path) -> None:
    for command in (("rebuild",), ("takedown", SECRET, "--dry-run"), ("copy", str(tmp_path / "copy"))):
        refused = run(*command)
        assert (refused.code, "no archive is there" in refused.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_is_not_copied_onto_itself(run: Run, archive: Path) -> None:
    refused = run("copy", f"{archive}/../archive")
    assert (refused.code, "is the archive itself" in refused.err) == (2, True)


def test_a_dry_run_of_what_was_never_met_says_that_nothing_is_there(run: Run, archive: Path) -> None:
    told = run("takedown", SECRET + "-typo", "--dry-run")
    assert (told.code, "holds nothing of" in told.out) == (0, True)


def test_takedown_of_what_is_no_address_is_refused(run: Run, archive: Path) -> None:
    refused = run("takedown", "mailto:me")
    assert (refused.code, "no address of a web page" in refused.err) == (2, True)


def test_verify_ends_with_2_where_anything_is_damaged_and_rebuild_mends_what_is_derived(
    run: Run, archive: Path
) -> None:
    store = open_store(str(archive))
    key = next(key for key, _ in store.list("articles/"))
    store.delete(key)
    told = run("verify", "--json")
    named = {damage["key"]: damage for damage in map(json.loads, told.out.splitlines())}
    assert (told.code, named[key]["what"], named[key]["seq"]) == (2, "is missing", 1)
    assert run("rebuild", "--tables").code == 0
    named = {damage["key"] for damage in map(json.loads, run("verify", "--json").out.splitlines())}
    assert named == {"segments/2026/11/22/a.warc.gz"}  # which this archive never had


def test_status_tells_what_is_in_quarantine_and_how_to_get_it_out(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    store, database = open_store(str(archive)), open_database(f"sqlite:///{archive / 'state.sqlite'}")
    key = publish_segment(store, database, tmp_path, [Answer_(url="https://harbour.test/1", body=page(1))])
    with database.transaction() as connection:
        segments.mark_failed(connection, key, "torn at byte 7", lasting=True)
    told = run("status")
    assert told.code == 0
    assert f"quarantined: {key}: torn at byte 7" in told.out
    assert f"pressrun replay --segment {key}" in told.out
    assert json.loads(run("status", "--json").out)["head"] == 1


def test_verify_refuses_a_cursor_that_the_log_does_not_have(run: Run, archive: Path) -> None:
    told = run("verify", "--after", "999")
    assert (told.code, told.out) == (2, "")
    assert f"--after 999: {archive}" in told.err
    assert "has commits 1 to 1" in told.err


def test_status_and_verify_make_nothing_where_no_archive_is(run: Run, tmp_path: Path) -> None:
    for command in ("status", "verify"):
        refused = run(command)
        assert refused.code == 2
        assert "no archive is there (no such folder); check the path" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_other_things_is_no_archive_without_articles(run: Run, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "letter.txt").write_text("Dear all")
    for command in ("status", "verify", "read"):
        refused = run(command)
        assert (refused.code, refused.out) == (2, "")
        assert "no archive is there (the folder holds other things)" in refused.err
    assert [one.name for one in (tmp_path / "archive").iterdir()] == ["letter.txt"]


def test_status_and_verify_write_nothing_into_the_store(
    run: Run, archive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PRESSRUN_DATABASE", f"sqlite:///{tmp_path / 'elsewhere' / 'state.sqlite'}")
    (archive / "state.sqlite").unlink()
    before = {path: path.stat().st_mtime_ns for path in archive.rglob("*")}
    assert run("status").code == 0
    assert run("verify", "--json").code == 2  # the segment of this made-up archive is not there
    assert {path: path.stat().st_mtime_ns for path in archive.rglob("*")} == before
    assert not (tmp_path / "elsewhere").exists()


def test_verify_of_an_archive_without_commits_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    assert "Nothing is stored yet." in run("verify").out
    assert "has no commit yet" in run("verify", "--after", "3").err


def test_status_tells_of_a_site_that_is_missed_as_a_whole(run: Run, archive: Path) -> None:
    store, database = open_store(str(archive)), open_database(f"sqlite:///{archive / 'state.sqlite'}")
    names = [f"story-{number}" for number in range(6)]
    commit(store, database, "b", *(make_article(name, at=hour(10)) for name in names))
    for number in (11, 20):
        commit(store, database, f"c{number}", *(make_miss(name, at=hour(number)) for name in names))
    database.close()
    assert "latinpost: 6 articles not found since 22 Nov 19:00 UTC" in run("status").out


@pytest.mark.parametrize("arguments", [["read"], ["read", "--since", "0"], ["show", SECRET], ["why", SECRET]])
def test_a_disk_that_is_not_mounted_is_not_read_as_an_archive_without_articles(
    run: Run, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    away = archive.rename(tmp_path / "away")
    archive.mkdir()
    monkeypatch.setenv("PRESSRUN_DATABASE", f"sqlite:///{away / 'state.sqlite'}")
    answer = run(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "holds no archive, but the database knows its commits up to 1: is the disk mounted" in answer.err
    assert list(archive.iterdir()) == []


def test_an_archive_without_articles_is_read_as_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    assert run("read") == Answer(0, "", "")
