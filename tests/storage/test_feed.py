"""The change feed: followed without an end, read as it was, and never past a commit that came late."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from articles.revision import Part
from storage import codings
from storage.batches import Change
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.log import Log
from storage.objects import ObjectStore, open_store
from storage.reader import FIRST_WAIT, LAST_WAIT, Archive, StoredArticle
from storage.state.database import Database
from tests.storage.test_commit import run_committer
from tests.support.archives import commit, hour, make_article, make_miss, new_database


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


class Enough(Exception):
    """Ends a reader who follows."""


# --- Following ----------------------------------------------------------------------------------------


def test_a_follower_waits_ever_longer_and_is_back_at_once_when_something_comes(
    folder: ObjectStore, database: Database
) -> None:
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) in (4, 30):
            commit(folder, database, f"s{len(pauses)}", make_article(f"n{len(pauses)}"))
        if len(pauses) == 33:
            raise Enough

    commit(folder, database, "first", make_article("first"))
    seen = []
    with suppress(Enough):
        for news in Archive(folder).news(0, follow=True, wait=wait):
            seen.append((news.cursor, [row.seq for row in news.articles], len(pauses)))
    assert seen == [(1, [1], 0), (2, [2], 4), (3, [3], 30)]
    assert pauses[:4] == [FIRST_WAIT, FIRST_WAIT * 1.5, FIRST_WAIT * 1.5**2, FIRST_WAIT * 1.5**3]
    assert pauses[4] == pauses[30] == FIRST_WAIT
    assert max(pauses) == pauses[29] == LAST_WAIT


def test_what_is_there_is_given_before_anything_is_waited_for(
    folder: ObjectStore, database: Database
) -> None:
    commit(folder, database, "a", make_article("one"))
    rows = Archive(folder).changes(follow=True)
    assert next(rows).seq == 1
    rows.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("databases", [("one",) * 3, ("one", "two", "three")], ids=["shared", "separate"])
def test_a_cursor_never_skips_a_commit_of_writers_at_once(databases: tuple[str, ...], tmp_path: Path) -> None:
    """Three real processes commit while a reader follows, resumed from its cursor after every commit."""
    total = 20
    writers = [run_committer(tmp_path, name, total) for name in databases]
    archive = Archive(open_store(str(tmp_path / "archive")))

    def wait(_: float) -> None:
        try:
            writers[0].wait(0.01)
        except subprocess.TimeoutExpired:
            return
        if all(writer.wait(60) == 0 for writer in writers) and archive.head() == cursor:
            raise Enough

    cursor, given = 0, []
    with suppress(Enough):
        while True:
            news = next(iter(archive.news(cursor, follow=True, wait=wait)))
            assert news.cursor == cursor + 1
            cursor = news.cursor
            given += [(row.seq, row.article_id, row.revision_id) for row in news.articles]
    assert cursor == total
    assert given == [(row.seq, row.article_id, row.revision_id) for row in archive.changes()]
    assert len(set(given)) == len(given)
    for writer in writers:
        writer.communicate()


# --- As it was ----------------------------------------------------------------------------------------


def story(store: ObjectStore, database: Database) -> list[tuple[int, datetime, list[StoredArticle]]]:
    """An archive, and what its readers got after each commit."""
    archive, known = Archive(store), []
    for number, readings in enumerate(
        [
            (make_article("one"), make_article("two")),
            (make_article("one", body="Edited.", at=hour(1)),),
            (make_miss("two", at=hour(2), status=410),),
            (make_article("two", at=hour(3)), make_article("three")),
            (make_article("one", body="Late.", at=hour(0.5)),),
        ]
    ):
        made = commit(store, database, f"s{number}", *readings)
        assert made is not None
        known.append((made.seq, made.committed_at, list(archive.articles())))
    return known


def test_the_archive_can_be_read_as_it_was_at_any_cursor_and_moment(
    folder: ObjectStore, database: Database
) -> None:
    known = story(folder, database)
    archive = Archive(folder)
    for seq, committed_at, rows in known:
        assert list(archive.articles(as_of=seq)) == rows
        assert list(archive.articles(as_of=committed_at)) == rows
        assert list(archive.articles(as_of=committed_at.replace(tzinfo=None))) == rows
        assert archive.cursor_at(committed_at) == seq
        for row in rows:
            assert archive.article(row.url, as_of=seq) == row
            assert all(revision.seq <= seq for revision in archive.revisions(row.url, as_of=seq))
    assert list(archive.articles(as_of=0)) == []
    assert archive.article(make_article("three").url, as_of=3) is None
    assert archive.cursor_at(known[0][1] - timedelta(microseconds=1)) == 0
    assert archive.cursor_at(datetime(2100, 1, 1, tzinfo=UTC)) == len(known)


def test_an_article_that_is_gone_was_there_before(folder: ObjectStore, database: Database) -> None:
    story(folder, database)
    two = make_article("two").url
    gone = [row.gone_at for seq in range(1, 5) if (row := Archive(folder).article(two, as_of=seq))]
    assert gone == [None, None, hour(2), None]


# --- Filters, and the archive's own account of itself ---------------------------------------------------


def test_the_feed_is_filtered_by_several_sites_and_kinds(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", *(make_article("one", site=site) for site in ("here", "there", "away")))
    commit(folder, database, "b", make_article("one", site="here", body="Edited.", at=hour(1)))
    archive = Archive(folder)
    assert [row.site for row in archive.changes(site=("here", "away"))] == ["here", "away", "here"]
    assert [row.site for row in archive.changes(site=["there", "here"], kinds={Change.EDITED})] == ["here"]
    assert [row.seq for row in archive.changes(kinds={"edited"})] == [2]
    with pytest.raises(ValueError, match="editted"):
        list(archive.changes(kinds={"editted"}))
    assert archive.sites() == {"away": 1, "here": 2, "there": 1}
    assert archive.has_site("there")
    assert not archive.has_site("nowhere")
    assert repr(archive) == f"Archive({folder.url!r})"


def test_a_reader_of_a_site_hears_of_its_removals(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article("one"))
    commit(folder, database, "b", make_miss("one", at=hour(1), status=410))
    assert [row.change for row in Archive(folder).changes(1, site="latinpost")] == [Change.REMOVED]
    assert Log(folder).head() == 2


# --- Archives of before ---------------------------------------------------------------------------------


def forget(value: object) -> object:
    """JSON as it was written before edits were told apart and articles could be removed."""
    if isinstance(value, list):
        return [forget(item) for item in value]
    if isinstance(value, dict):
        new = {"edited", "gone_at", "story", "target", "missing", "removals", "profile", "profiles", "rights"}
        return {key: forget(item) for key, item in value.items() if key not in new or isinstance(item, int)}
    return value


def test_an_archive_of_before_is_read_and_goes_on(
    folder: ObjectStore, database: Database, tmp_path: Path
) -> None:
    before = open_store(str(tmp_path / "before"))
    commit(folder, database, "a", make_article("one"), make_article("two"))
    commit(
        folder, database, "b", make_article("one", body="Edited.", at=hour(1)), make_miss("two", at=hour(1))
    )
    for made in Log(folder).follow(0):
        lines = codings.decompress(folder.get(made.batch)).splitlines()
        data = codings.compress(b"".join(json.dumps(forget(json.loads(line)), separators=(",", ":")).encode() + b"\n" for line in lines))  # fmt: skip
        before.put(made.batch, data)
        stated = forget(json.loads(folder.get(f"commits/{made.seq:012d}.json")))
        assert isinstance(stated, dict)
        stated |= {"sha256": sha256(data).hexdigest()}
        del stated["check"]
        body = json.dumps(stated, separators=(",", ":")).encode()[:-1]
        check = sha256(body).hexdigest().encode()
        before.put(f"commits/{made.seq:012d}.json", body + b',"check":"' + check + b'"}\n')
    rows = list(Archive(before).changes())
    assert [(row.change, row.edited, row.gone_at) for row in rows] == [
        (Change.NEW, (), None), (Change.NEW, (), None), (Change.EDITED, (), None)]  # fmt: skip
    # Misses that were not noted then do not count now; what comes later does.
    fresh = new_database(tmp_path, "fresh")
    commit(before, fresh, "c", make_miss("two", at=hour(8)), make_article("one", body="Again.", at=hour(9)))
    commit(before, fresh, "d", make_miss("two", at=hour(14)))
    new = list(Archive(before).changes(2))
    assert [(row.change, row.edited) for row in new] == [
        (Change.EDITED, (Part.BODY,)), (Change.REMOVED, ())]  # fmt: skip
    assert follow_tables(before) == 4
    assert follow_documents(before) == 4
    fresh.close()
