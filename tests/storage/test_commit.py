"""The commit of a batch: the law holds, each change has its name, no kill and no rival harms the archive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from storage import batches
from storage.batches import Change, DamagedBatch, Revision, Unchanged
from storage.commit import LawBroken, catch_up, rebuild
from storage.log import Commit, Log
from storage.objects import ObjectStore, open_store
from storage.reader import Archive
from storage.state import index
from storage.state.database import Database
from tests.support.archives import (
    commit,
    hour,
    make_article,
    make_miss,
    make_rejection,
    make_unchanged,
    new_database,
    segment_key,
)
from tests.support.committer import KILL_POINTS, commit_number

COMMITTER = Path(__file__).parent.parent / "support" / "committer.py"


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


def outcomes(store: ObjectStore, made: Commit | None) -> tuple[batches.Outcome, ...]:
    assert made is not None
    return batches.read(store, made.batch, made.sha256).outcomes


def only_change(store: ObjectStore, made: Commit | None) -> Change:
    (outcome,) = outcomes(store, made)
    assert isinstance(outcome, Revision), outcome
    return outcome.change


def index_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the index, by table."""
    with database.transaction() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for table in index.TABLES
        }


# --- The law --------------------------------------------------------------------------------------


def test_every_capture_has_one_outcome_in_the_order_of_the_segment(
    folder: ObjectStore, database: Database
) -> None:
    made = commit(folder, database, "a", make_rejection(), make_article("one"), make_unchanged("two"))
    kinds = [type(outcome).__name__ for outcome in outcomes(folder, made)]
    assert kinds == ["Rejection", "Revision", "Unchanged"]
    assert made is not None
    assert (made.seq, made.captures) == (1, 3)
    assert made.counts.changes == {Change.NEW: 1}
    assert made.counts.sites == {"latinpost": 1}


def test_a_capture_without_a_fate_breaks_the_law_and_nothing_is_stored(
    folder: ObjectStore, database: Database
) -> None:
    with pytest.raises(
        LawBroken, match=r"a\.warc\.gz: 1 articles \+ 1 unchanged \+ 1 rejections = 3, .* 4 captures"
    ):
        commit(folder, database, "a", make_article(), make_rejection(), make_unchanged("b"), captures=4)
    assert list(folder.list("")) == []
    assert index_of(database)["heads"] == []


def test_a_reading_by_another_extractor_breaks_the_law(folder: ObjectStore, database: Database) -> None:
    with pytest.raises(LawBroken, match=r"extractor 'next'.* extractor '1'"):
        commit(folder, database, "a", make_article(extractor="next"), extractor="1")


def test_an_empty_segment_is_committed_too(folder: ObjectStore, database: Database) -> None:
    made = commit(folder, database, "a")
    assert outcomes(folder, made) == ()


def test_a_version_of_the_reader_that_is_gone_back_to_reads_again_what_a_later_one_read(
    folder: ObjectStore, database: Database
) -> None:
    first = make_article()
    commit(folder, database, "a", first)
    commit(folder, database, "a", make_article(body="Worse read.", extractor="next"), extractor="next")

    back = commit(folder, database, "a", first)

    assert only_change(folder, back) is Change.REEXTRACTED
    assert commit(folder, database, "a", first) is None
    (current,) = Archive(folder).articles()
    assert (current.revision_id, current.extractor) == (first.revision_id, first.extractor)
    before = index_of(database)
    rebuild(folder, database)
    assert index_of(database) == before


def test_a_segment_is_committed_once_for_each_extractor(folder: ObjectStore, database: Database) -> None:
    assert commit(folder, database, "a", make_article()) is not None
    assert commit(folder, database, "a", make_article()) is None
    assert commit(folder, database, "a", make_article(extractor="next"), extractor="next") is not None
    assert Log(folder).head() == 2


# --- Changes told apart ---------------------------------------------------------------------------


def test_equal_content_gives_no_article_row(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article())
    (outcome,) = outcomes(folder, commit(folder, database, "b", make_article(at=hour(1))))
    assert isinstance(outcome, Unchanged)
    assert outcome.revision_id == make_article().revision_id
    assert outcome.detail == "same content"


def test_other_words_are_an_edit(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article())
    made = commit(folder, database, "b", make_article(body="The harbour opens on Tuesday.", at=hour(1)))
    (outcome,) = outcomes(folder, made)
    assert isinstance(outcome, Revision)
    assert (outcome.change, outcome.previous) == (Change.EDITED, make_article().revision_id)


def test_other_quotes_and_spaces_are_cosmetic(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article(body="The “harbour” opens."))
    made = commit(folder, database, "b", make_article(body='The "harbour"  opens.', at=hour(1)))
    assert only_change(folder, made) is Change.COSMETIC


def test_what_another_reader_reads_is_never_called_an_edit(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article())
    better = make_article(body="The harbour opens on Monday. Sign up!", extractor="next")
    assert only_change(folder, commit(folder, database, "a", better, extractor="next")) is Change.REEXTRACTED


def test_an_edit_after_both_readers_agreed_is_an_edit(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article())
    commit(folder, database, "a", make_article(extractor="next"), extractor="next")
    edited = make_article(body="The harbour opens on Tuesday.", at=hour(1), extractor="next")
    assert only_change(folder, commit(folder, database, "b", edited, extractor="next")) is Change.EDITED


def test_a_capture_found_late_is_older_and_the_current_revision_stays(
    folder: ObjectStore, database: Database
) -> None:
    current = make_article(at=hour(5))
    commit(folder, database, "a", current)
    late = make_article(body="The harbour may open.", at=hour(1))
    assert only_change(folder, commit(folder, database, "b", late)) is Change.OLDER
    with database.transaction() as connection:
        head = index.head(connection, current.article_id)
    assert head is not None
    assert (head.revision_id, head.seq) == (current.revision_id, 1)


def test_a_capture_from_between_two_sightings_of_the_current_text_is_older(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "a", make_article(at=hour(1)))
    commit(folder, database, "b", make_unchanged(at=hour(5)))
    between = make_article(body="A mistake, soon undone.", at=hour(3))
    assert only_change(folder, commit(folder, database, "c", between)) is Change.OLDER


def test_an_older_revision_that_is_stored_already_gives_no_row(
    folder: ObjectStore, database: Database
) -> None:
    first, second = make_article(), make_article(body="Edited.", at=hour(1))
    commit(folder, database, "a", first)
    commit(folder, database, "b", second)
    again = replace(first, extractor="next")
    (outcome,) = outcomes(folder, commit(folder, database, "a", again, extractor="next"))
    assert isinstance(outcome, Unchanged)
    assert outcome.detail == "same content as an earlier revision"


def test_a_text_edited_back_is_a_revision_again(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article())
    commit(folder, database, "b", make_article(body="Edited.", at=hour(1)))
    assert only_change(folder, commit(folder, database, "c", make_article(at=hour(2)))) is Change.EDITED


def test_an_article_twice_in_one_segment_is_compared_with_itself(
    folder: ObjectStore, database: Database
) -> None:
    edited = make_article(body="Edited.", at=hour(1))
    made = commit(folder, database, "a", make_article(), make_article(), edited, edited)
    names = [
        outcome.change if isinstance(outcome, Revision) else "unchanged" for outcome in outcomes(folder, made)
    ]
    assert names == [Change.NEW, "unchanged", Change.EDITED, "unchanged"]


def test_a_304_names_the_revision_it_confirms(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article())
    (outcome,) = outcomes(folder, commit(folder, database, "b", make_unchanged(at=hour(1))))
    assert isinstance(outcome, Unchanged)
    assert outcome.revision_id == make_article().revision_id


def test_a_replay_reaches_articles_that_later_answered_304(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article())
    commit(folder, database, "b", make_unchanged(at=hour(1)))
    better = make_article(body="Better read.", extractor="next")
    assert only_change(folder, commit(folder, database, "a", better, extractor="next")) is Change.REEXTRACTED


def test_text_that_no_utf_8_can_hold_is_stored_with_replacement_characters(
    folder: ObjectStore, database: Database
) -> None:
    article = replace(make_article(), title="a \ud83d title", url="https://x\ud800.test/")
    commit(folder, database, "a", article, replace(make_rejection(), url="\udcff nonsense", detail="\ud800"))
    (row,) = Archive(folder).changes()
    assert (row.title, row.url) == ("a \ufffd title", "https://x\ufffd.test/")
    live = index_of(database)
    assert rebuild(folder, database) == 1
    assert index_of(database) == live


# --- The index is made of the log alone -----------------------------------------------------------


def busy_history(store: ObjectStore, database: Database) -> None:
    """Every kind of outcome, in several commits."""
    commit(store, database, "a", make_article("one"), make_article("two"), make_rejection())
    commit(
        store,
        database,
        "b",
        make_article("one", body="Edited.", at=hour(1)),
        make_unchanged("two", at=hour(2)),
    )
    commit(
        store,
        database,
        "c",
        make_article("one", body="Late.", at=hour(0.5)),
        make_article("three", site=None),
    )
    commit(store, database, "a", make_article("two", body="Reread.", extractor="next"), extractor="next")
    commit(store, database, "d", make_article("one", at=hour(3)), make_unchanged("never seen", at=hour(3)))
    commit(store, database, "e", make_article("two", body="Reread.", at=hour(4)))
    commit(store, database, "f", make_miss("one", at=hour(4)), make_miss("two", at=hour(5), status=410))
    commit(store, database, "g", make_miss("three", at=hour(5), status=410), make_article("two", at=hour(6)))


def test_an_index_made_anew_equals_the_one_kept_live(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    busy_history(folder, database)
    live = index_of(database)
    assert all(rows for name, rows in live.items() if name != "taken_down")
    fresh = new_database(tmp_path, "fresh")
    with fresh.commit_lock() as connection:
        assert catch_up(folder, connection) == 8
        assert catch_up(folder, connection) == 0
    assert index_of(fresh) == live
    assert rebuild(folder, database) == 8
    assert index_of(database) == live


def test_a_machine_with_an_empty_database_goes_on_where_the_log_is(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    busy_history(folder, database)
    other = new_database(tmp_path, "other")
    assert commit(folder, other, "b", make_article("one")) is None
    made = commit(folder, other, "h", make_article("one", body="From elsewhere.", at=hour(9)))
    assert made is not None
    assert made.seq == 9
    assert only_change(folder, made) is Change.EDITED
    assert commit(folder, database, "h", make_article("one")) is None


def test_a_damaged_batch_is_named_by_whoever_needs_it(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    made = commit(folder, database, "a", make_article())
    assert made is not None
    data = bytearray(folder.get(made.batch))
    data[len(data) // 2] ^= 1
    folder.put(made.batch, bytes(data))
    with (
        new_database(tmp_path, "other").commit_lock() as connection,
        pytest.raises(DamagedBatch, match=f"{made.batch}: sha256 is .* must be {made.sha256}"),
    ):
        catch_up(folder, connection)


# --- Killed -----------------------------------------------------------------------------------------


def run_committer(folder: Path, name: str, segments: int, kill_at: str = "") -> subprocess.Popen[bytes]:
    """A real process that commits segments 0 to n in the folder's archive, with a database of this name."""
    return subprocess.Popen(
        [sys.executable, COMMITTER, folder, name, str(segments), kill_at],
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(COMMITTER.parent.parent.parent)},
    )


def story(folder: Path) -> list[tuple[str, tuple[batches.Outcome, ...]]]:
    """The archive in commit order without its clocks and writers."""
    store = open_store(str(folder / "archive"))
    return [(made.batch, outcomes(store, made)) for made in Log(store).follow(0)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    child = run_committer(folder, "state", 3)
    assert child.wait(30) == 0, child.stderr and child.stderr.read()
    return folder


@pytest.mark.parametrize("point", KILL_POINTS)
def test_killed_anywhere_one_clean_run_gives_the_undisturbed_archive(
    point: str, undisturbed: Path, tmp_path: Path
) -> None:
    child = run_committer(tmp_path, "state", 3, kill_at=point)
    _, said = child.communicate(timeout=30)
    assert child.returncode == -signal.SIGKILL, said
    store, database = open_store(str(tmp_path / "archive")), new_database(tmp_path)
    for number in range(3):
        commit_number(store, database, number)
    assert story(tmp_path) == story(undisturbed)
    assert index_of(database) == index_of(new_database(undisturbed))
    named = {made.batch for made in Log(store).follow(0)}
    assert {key for key, _ in store.list("batches/")} == named
    database.close()


# --- Rivals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("databases", [("state", "state"), ("here", "there")], ids=["shared", "separate"])
def test_two_processes_at_once_commit_each_segment_once_without_a_gap(
    databases: tuple[str, str], tmp_path: Path
) -> None:
    rivals = [run_committer(tmp_path, name, 15) for name in databases]
    for rival in rivals:
        _, said = rival.communicate(timeout=60)
        assert rival.returncode == 0, said
    store = open_store(str(tmp_path / "archive"))
    commits = list(Log(store).follow(0))
    assert [made.seq for made in commits] == list(range(1, 16))
    assert sorted(made.segment for made in commits) == sorted(segment_key(f"s{n}") for n in range(15))
    assert len({made.writer_id for made in commits}) == 15
    with new_database(tmp_path, databases[0]).commit_lock() as connection:
        catch_up(store, connection)
    assert rebuild(store, new_database(tmp_path, "fresh")) == 15
    assert index_of(new_database(tmp_path, "fresh")) == index_of(new_database(tmp_path, databases[0]))
    # Two rivals never both bring the first revision of one article.
    new = [row.article_id for row in Archive(store).changes(kinds={Change.NEW})]
    assert len(new) == len(set(new))


def test_a_writer_that_loses_its_number_compares_again_with_the_winners_batch(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    other = new_database(tmp_path, "other")
    article = make_article()

    class Overtaken:
        """Just before the first commit is put, another machine commits the same article."""

        def __init__(self) -> None:
            self.done = False

        def __getattr__(self, name: str) -> object:
            return getattr(folder, name)

        def create(self, key: str, data: bytes) -> bool:
            if key.startswith("commits/") and not self.done:
                self.done = True
                assert commit(folder, other, "theirs", article) is not None
            return folder.create(key, data)

    made = commit(Overtaken(), database, "ours", replace(article, fetched_at=hour(1)))  # type: ignore[arg-type]
    assert made is not None
    assert made.seq == 2
    (outcome,) = outcomes(folder, made)
    assert isinstance(outcome, Unchanged)


def test_writers_with_separate_databases_share_any_store(store: ObjectStore, tmp_path: Path) -> None:
    def write(name: str) -> list[Commit | None]:
        database = new_database(tmp_path, name)
        made = [commit_number(store, database, number) for number in range(6)]
        database.close()
        return made

    with ThreadPoolExecutor(3) as pool:
        made = [one for results in pool.map(write, ("here", "there", "elsewhere")) for one in results if one]
    commits = list(Log(store).follow(0))
    assert sorted(made, key=lambda one: one.seq) == commits
    assert sorted(one.segment for one in commits) == [segment_key(f"s{number}") for number in range(6)]


def test_a_batch_under_whose_key_other_bytes_lie_is_named_and_not_committed(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    key = commit(
        open_store(str(tmp_path / "other")), new_database(tmp_path, "other"), "a", make_article()
    ).batch  # type: ignore[union-attr]
    folder.put(key, b"half a bat")
    with pytest.raises(DamagedBatch, match=f"{key}: sha256 is"):
        commit(folder, database, "a", make_article())
    assert Log(folder).head() == 0
    folder.delete(key)
    assert commit(folder, database, "a", make_article()) is not None
