"""Articles that leave their address and come back: told once, in order, and never for a hiccup."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from articles.model import Kind, Reason, Removed
from articles.revision import Part, revision_id
from storage import batches, codings
from storage.batches import Change, Revision
from storage.commit import Reading, rebuild
from storage.log import Log
from storage.objects import ObjectStore, open_store
from storage.reader import Archive
from storage.state import index
from storage.state.database import Database
from storage.takedown import find, take_down
from tests.support.archives import (
    commit,
    hour,
    make_article,
    make_miss,
    make_page,
    make_rejection,
    make_unchanged,
    new_database,
)

HOME = "https://www.latinpost.test/"
OTHER = "https://www.latinpost.test/other"


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


def told(store: ObjectStore, database: Database, *segments: tuple[Reading, ...] | Reading) -> list[Change]:
    """The changes of `harbour` after each segment was committed."""
    for number, readings in enumerate(segments, Log(store).head()):
        commit(store, database, f"s{number}", *(readings if isinstance(readings, tuple) else (readings,)))
    return [row.change for row in Archive(store).revisions(make_article().url)]


# --- When it counts as removed ------------------------------------------------------------------------


def test_410_removes_at_once_and_keeps_the_rejection_of_the_capture(
    folder: ObjectStore, database: Database
) -> None:
    assert told(folder, database, make_article(), make_miss(at=hour(1), status=410)) == [
        Change.NEW,
        Change.REMOVED,
    ]
    made = Log(folder).get(2)
    assert made is not None
    assert (made.counts.articles, made.counts.rejections, made.counts.removals) == (0, 1, 1)
    assert made.captures == 1
    assert made.counts.sites == {"latinpost": 1}


def test_the_removed_row_has_no_text_and_the_last_revision_stays_readable(
    folder: ObjectStore, database: Database
) -> None:
    told(folder, database, make_article(), make_miss(at=hour(1), status=410))
    archive, article = Archive(folder), make_article()
    _, removed = archive.changes()
    assert (removed.text, removed.paragraphs, removed.removed, removed.dek) == ("", (), (), None)
    assert (removed.title, removed.url, removed.published_at) == (
        article.title,
        article.url,
        article.published_at,
    )
    assert (removed.previous, removed.status, removed.fetched_at) == (article.revision_id, 410, hour(1))
    assert removed.revision_id != article.revision_id
    last = archive.article(article.url)
    assert last is not None
    assert (last.text, last.change, last.gone_at) == (article.text, Change.NEW, hour(1))


@pytest.mark.parametrize(
    "miss",
    [
        (make_miss(at=hour(1)),),
        (replace(make_page(make_article().url, at=hour(1)), reason=Reason.SOFT_404),),
        (make_miss(at=hour(1), target=HOME),),
        (make_miss(at=hour(1), target=HOME + "politics"), make_page(HOME + "politics", at=hour(1))),
        (make_miss(at=hour(1), target=OTHER), make_miss("other", at=hour(1), status=410)),
        (make_miss(at=hour(1), target=OTHER), replace(
            make_article("other", body="Quite another story.", at=hour(1)),
            title="Else", paragraphs=("A whole other text with not one run of words in common.",))),
        (make_miss(at=hour(1), target=OTHER), make_miss("other", at=hour(1), target=HOME), make_page(HOME, at=hour(1))),
    ],
    ids=["404", "soft 404", "to home", "to a section", "to a 410", "to another story", "over a hop"],
)  # fmt: skip
def test_a_miss_removes_when_another_six_hours_later_confirms_it(
    miss: tuple[Reading, ...], folder: ObjectStore, database: Database
) -> None:
    later = tuple(replace(reading, fetched_at=hour(6.9)) for reading in miss)
    enough = tuple(replace(reading, fetched_at=hour(7)) for reading in miss)
    assert told(folder, database, make_article(), miss, later) == [Change.NEW]
    assert told(folder, database, enough) == [Change.NEW, Change.REMOVED]
    (row,) = Archive(folder).changes(kinds={Change.REMOVED})
    assert row.gone_at == hour(1)


@pytest.mark.parametrize(
    "answer",
    [
        (make_miss(at=hour(1), status=403),),
        (make_miss(at=hour(1), status=503),),
        (make_rejection("harbour", at=hour(1)),),
        (make_miss(at=hour(1), target="http://latinpost.test/harbour/?utm_source=x"),),
        (make_miss(at=hour(1), target="http://latinpost.test/harbour"), make_page("http://latinpost.test/harbour", at=hour(1))),
        (make_miss(at=hour(1), target=HOME + "login"),),
        (make_miss(at=hour(1), target=HOME + "login"), make_page(HOME + "login", at=hour(1), reason=Reason.CONSENT)),
    ],
    ids=["403", "503", "a picture", "another spelling", "another spelling taken for a listing", "an end nobody knows", "a consent page"],
)  # fmt: skip
def test_what_says_nothing_of_the_article_never_removes_it(
    answer: tuple[Reading, ...], folder: ObjectStore, database: Database
) -> None:
    again = tuple(replace(reading, fetched_at=hour(100)) for reading in answer)
    assert told(folder, database, make_article(), answer, again) == [Change.NEW]


def test_a_redirect_to_the_new_home_of_the_article_is_a_move(folder: ObjectStore, database: Database) -> None:
    moved = replace(make_article("harbour-2"), url=OTHER, fetched_url=OTHER, fetched_at=hour(1))
    hop = make_miss(at=hour(1), target=OTHER)
    later = (replace(hop, fetched_at=hour(50)), replace(moved, fetched_at=hour(50)))
    assert told(folder, database, make_article(), (hop, moved), later) == [Change.NEW]
    # ... also where the target was read before and now only says that nothing changed.
    assert told(folder, database, (replace(hop, fetched_at=hour(90)), make_unchanged("other", at=hour(90)))) == [
        Change.NEW
    ]  # fmt: skip


def test_an_answer_between_two_misses_begins_the_count_anew(folder: ObjectStore, database: Database) -> None:
    seen = make_unchanged(at=hour(3))
    assert told(folder, database, make_article(), make_miss(at=hour(1)), seen, make_miss(at=hour(8))) == [
        Change.NEW
    ]
    assert told(folder, database, make_miss(at=hour(14))) == [Change.NEW, Change.REMOVED]


def test_a_miss_from_before_the_last_sighting_says_nothing(folder: ObjectStore, database: Database) -> None:
    assert told(folder, database, make_article(at=hour(5)), make_miss(at=hour(4), status=410)) == [Change.NEW]


def test_the_order_in_which_segments_are_read_does_not_hide_a_removal(tmp_path: Path) -> None:
    segments = [make_miss(at=hour(1)), make_miss(at=hour(4)), make_miss(at=hour(8))]
    for number, order in enumerate(permutations(segments)):
        store, database = open_store(str(tmp_path / f"archive{number}")), new_database(tmp_path, f"{number}")
        assert told(store, database, make_article(), *order) == [Change.NEW, Change.REMOVED]
        assert told(store, database, make_miss(at=hour(20))) == [Change.NEW, Change.REMOVED]
        database.close()


def test_an_address_the_archive_never_had_is_only_rejected(folder: ObjectStore, database: Database) -> None:
    assert told(folder, database, make_miss(at=hour(1), status=410)) == []


# --- And back -----------------------------------------------------------------------------------------


def test_an_article_that_is_there_again_is_restored(folder: ObjectStore, database: Database) -> None:
    gone, back = make_miss(at=hour(1), status=410), make_article(at=hour(2))
    assert told(folder, database, make_article(), gone, back) == [
        Change.NEW,
        Change.REMOVED,
        Change.RESTORED,
    ]
    row = Archive(folder).article(back.url)
    assert row is not None
    assert (row.text, row.previous, row.revision_id, row.gone_at, row.edited) == (
        back.text, back.revision_id, back.revision_id, None, ())  # fmt: skip
    assert told(folder, database, make_article(at=hour(3)))[3:] == []
    assert told(folder, database, make_miss(at=hour(4), status=410))[3:] == [Change.REMOVED]


def test_an_article_restored_with_other_words_says_what_was_edited(
    folder: ObjectStore, database: Database
) -> None:
    back = make_article(body="The harbour never opens.", at=hour(2))
    told(folder, database, make_article(), make_miss(at=hour(1), status=410), back)
    row = Archive(folder).article(back.url)
    assert row is not None
    assert (row.change, row.edited) == (Change.RESTORED, (Part.BODY,))


def test_a_304_restores_the_text_the_archive_has(folder: ObjectStore, database: Database) -> None:
    gone, back = make_miss(at=hour(1), status=410), make_unchanged(at=hour(2))
    assert told(folder, database, make_article(), gone, back)[2:] == [Change.RESTORED]
    row = Archive(folder).article(make_article().url)
    assert row is not None
    assert (row.text, row.status, row.fetched_at) == (make_article().text, 304, hour(2))
    assert told(folder, database, make_article(body="Edited.", at=hour(3)))[3:] == [Change.EDITED]


def test_removed_and_restored_within_one_segment_is_told_in_order(
    folder: ObjectStore, database: Database
) -> None:
    readings = (make_article(), make_miss(at=hour(1), status=410), make_article(body="Back.", at=hour(2)))
    assert told(folder, database, readings) == [Change.NEW, Change.REMOVED, Change.RESTORED]


def test_a_capture_from_before_the_removal_is_history_found_late(
    folder: ObjectStore, database: Database
) -> None:
    late = make_article(body="A last edit.", at=hour(1))
    assert told(folder, database, make_article(), make_miss(at=hour(2), status=410), late)[2:] == [
        Change.OLDER
    ]


def test_an_article_that_is_gone_stays_gone_when_it_is_read_again(
    folder: ObjectStore, database: Database
) -> None:
    told(folder, database, make_article(), make_miss(at=hour(2), status=410))
    better = make_article(body="Better read.", extractor="next")
    commit(folder, database, "s0", better, extractor="next")
    row = Archive(folder).article(better.url)
    assert row is not None
    assert (row.change, row.text, row.gone_at) == (Change.REEXTRACTED, better.text, hour(2))
    assert list(Archive(folder).articles(gone=False)) == []
    assert [row.text for row in Archive(folder).articles()] == [better.text]


def test_readers_may_leave_out_what_is_gone(folder: ObjectStore, database: Database) -> None:
    told(folder, database, (make_article(), make_article("other")), make_miss(at=hour(2), status=410))
    archive = Archive(folder)
    assert [(row.title, row.gone_at) for row in archive.articles()] == [
        (make_article("other").title, None),
        (make_article().title, hour(2)),
    ]
    assert [row.title for row in archive.articles(gone=False)] == [make_article("other").title]


# --- The same again -----------------------------------------------------------------------------------


STORY: tuple[tuple[Reading, ...], ...] = (
    (make_article(), make_article("other")),
    (make_miss(at=hour(1)), make_miss("other", at=hour(1), status=410)),
    (make_miss(at=hour(9)), make_unchanged("other", at=hour(2))),
    (make_article(body="Back.", at=hour(10)), make_miss("other", at=hour(3), target=HOME)),
    (make_miss("other", at=hour(30), target=HOME), make_page(HOME, at=hour(30))),
)


def test_reading_the_segments_again_gives_the_same_batches(tmp_path: Path) -> None:
    keys = []
    for name in ("here", "there"):
        store, database = open_store(str(tmp_path / name)), new_database(tmp_path, name)
        told(store, database, *STORY)
        keys.append([made.batch for made in Log(store).follow(0)])
        with database.transaction() as connection:
            live = index.heads(connection, [make_article().article_id, make_article("other").article_id])
        assert rebuild(store, database) == len(STORY)
        with database.transaction() as connection:
            assert index.heads(connection, list(live)) == live
        database.close()
    assert keys[0] == keys[1]


def test_batches_of_articles_that_stay_are_of_the_first_format(
    folder: ObjectStore, database: Database
) -> None:
    told(folder, database, make_article(), make_miss(at=hour(1), status=410))
    data = [codings.decompress(folder.get(made.batch)) for made in Log(folder).follow(0)]
    assert [json.loads(lines.partition(b"\n")[0])["format"] for lines in data] == [1, 2]


# --- Our doing or theirs ------------------------------------------------------------------------------


def change(store: ObjectStore, number: int) -> Revision:
    made = Log(store).get(number)
    assert made is not None
    (outcome,) = batches.read(store, made.batch, made.sha256).outcomes
    assert isinstance(outcome, Revision)
    return outcome


def test_a_block_that_only_moved_between_body_and_removed_is_our_doing(
    folder: ObjectStore, database: Database
) -> None:
    first = make_article()
    block = Removed(
        kind=Kind.REPEATED, text=first.paragraphs[1], place=1, score=0.9, reason="on every page", path="p"
    )
    moved = replace(
        first, paragraphs=(first.paragraphs[0], first.paragraphs[2]), removed=(block, *first.removed), fetched_at=hour(1)
    )  # fmt: skip
    moved = replace(moved, revision_id=revision_id(moved))
    told(folder, database, first, moved, replace(first, fetched_at=hour(2)))
    assert [(change(folder, n).change, change(folder, n).edited) for n in (2, 3)] == [
        (Change.REEXTRACTED, ()),
        (Change.REEXTRACTED, ()),
    ]
    # With an editor's change beside it, that change alone is told.
    both = replace(moved, title="Another title", fetched_at=hour(3))
    told(folder, database, replace(both, revision_id=revision_id(both)))
    assert (change(folder, 4).change, change(folder, 4).edited) == (Change.EDITED, (Part.HEADLINE,))


def test_an_edit_says_what_was_edited(folder: ObjectStore, database: Database) -> None:
    first = make_article()
    edits = [
        ({"title": "New"}, {Part.HEADLINE}),
        ({"dek": None}, {Part.DEK}),
        ({"paragraphs": first.paragraphs[::-1]}, {Part.BODY}),
        ({"authors": ("Bo Lee",)}, {Part.BYLINE}),
        ({"published_at": hour(0), "title": "Two"}, {Part.HEADLINE, Part.DATE}),
    ]
    told(folder, database, first)
    for number, (edit, parts) in enumerate(edits, 2):
        first = replace(first, fetched_at=hour(number), **edit)  # type: ignore[arg-type]
        first = replace(first, revision_id=revision_id(first))
        told(folder, database, first)
        assert set(change(folder, number).edited) == parts
    rows = Archive(folder).revisions(first.url)
    assert [set(row.edited) for row in rows] == [set(), *(parts for _, parts in edits)]


def test_a_removed_article_can_be_taken_down(folder: ObjectStore, database: Database) -> None:
    told(folder, database, (make_article(), make_article("other")), make_miss(at=hour(1), status=410))
    take_down(folder, database, find(folder, database, make_article().url))
    (row, *rest) = Archive(folder).changes()
    assert (row.title, [other.change for other in rest]) == (make_article("other").title, [Change.TAKEN_DOWN])
    live = index.TABLES
    with database.transaction() as connection:
        before = [sorted(map(tuple, connection.execute(table.select())), key=repr) for table in live]
    rebuild(folder, database)
    with database.transaction() as connection:
        assert before == [sorted(map(tuple, connection.execute(table.select())), key=repr) for table in live]


# --- When a whole site is missed --------------------------------------------------------------------------

NAMES = [f"story-{number}" for number in range(8)]


def removed(store: ObjectStore) -> set[str]:
    """Names of the articles that are told to be removed."""
    rows = Archive(store).changes(kinds={Change.REMOVED})
    return {row.url.rpartition("/")[2] for row in rows}


def missed_site(at: float, *, status: int = 404, names: list[str] = NAMES) -> tuple[Reading, ...]:
    return tuple(make_miss(name, at=hour(at + n / 100), status=status) for n, name in enumerate(names))


@pytest.mark.parametrize("status", [404, 410])
def test_a_site_that_answers_so_to_everything_has_no_article_removed(
    folder: ObjectStore, database: Database, status: int
) -> None:
    commit(folder, database, "s0", *map(make_article, NAMES))
    for number, at in enumerate((1, 2, 9, 60, 100), 1):
        commit(folder, database, f"s{number}", *missed_site(at, status=status))
    assert removed(folder) == set()
    with database.transaction() as connection:
        (told,) = index.withheld(connection)
    assert (told.site, told.articles, told.since) == ("latinpost", len(NAMES), hour(1))
    # and when it is back nothing has happened
    commit(folder, database, "s9", *(make_article(name, at=hour(101)) for name in NAMES))
    assert {row.change for row in Archive(folder).changes()} == {Change.NEW}
    with database.transaction() as connection:
        assert index.withheld(connection) == []


def test_a_site_seen_here_and_there_in_an_outage_is_missed_as_a_whole_all_the_same(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "s0", *map(make_article, NAMES))
    commit(folder, database, "s1", make_miss("story-0", at=hour(1)))  # days before, by itself
    commit(folder, database, "s2", *(make_unchanged(name, at=hour(70)) for name in NAMES[1:]))
    # one at a time, as the crawl asks, in segments of their own
    for number, name in enumerate(NAMES[1:]):
        commit(folder, database, f"t{number}", make_miss(name, at=hour(71 + number)))
    for number, name in enumerate(NAMES):
        commit(folder, database, f"u{number}", make_miss(name, at=hour(90 + number)))
    assert removed(folder) == set()


def test_articles_that_stay_away_for_a_week_are_removed_whatever_the_site_does(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "s0", *map(make_article, NAMES))
    for number, at in enumerate((1, 8, 1 + 7 * 24), 1):
        commit(folder, database, f"s{number}", *missed_site(at))
    assert removed(folder) == set(NAMES)


def test_a_few_articles_of_a_site_that_is_there_are_removed_as_ever(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "s0", *map(make_article, NAMES))
    gone, there = NAMES[:6], [*NAMES[6:], *(f"new-{number}" for number in range(5))]
    commit(folder, database, "s1", *missed_site(1, names=gone))
    commit(folder, database, "s2", *(make_article(name, at=hour(6)) for name in there))
    commit(folder, database, "s3", *missed_site(9, names=gone))
    assert removed(folder) == set(gone)


def test_an_index_made_anew_withholds_the_same(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    commit(folder, database, "s0", *map(make_article, NAMES))
    commit(folder, database, "s1", *missed_site(1))
    fresh = new_database(tmp_path, "fresh")
    rebuild(folder, fresh)
    commit(folder, fresh, "s2", *missed_site(9))
    assert removed(folder) == set()
