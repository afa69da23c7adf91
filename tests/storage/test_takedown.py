"""A takedown leaves no byte of the article anywhere in the store, and keeps it out from then on."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import polars
import pytest

from articles.model import Found, Reason, Rejection
from flows.reading import read_one
from flows.segment import normalize_segment
from storage import batches
from storage.batches import Change, Revision
from storage.commit import catch_up, rebuild
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.log import Log
from storage.objects import ObjectStore, open_store
from storage.reader import Archive
from storage.recollect import recollect
from storage.segments import captures_of, new_segment_id, publish
from storage.state import index, segments
from storage.state.database import Database, open_database
from storage.state.frontier import fetching, known
from storage.state.frontier.fetching import Fetched
from storage.state.frontier.known import Find
from storage.state.segments import pending
from storage.takedown import find, resume, take_down, unfinished
from storage.tombstones import id_of
from storage.verify import verify
from storage.warc import Earlier, SegmentWriter, read_capture
from tests.support.bytes import places_of
from tests.support.listings import forgetful, losing_a_page
from tests.support.segments import START, Answer, page, publish_segment

GONE = "https://harbour.test/news/secret-story"
SECRET = b"zebra-quartz-7741"
TRACES = (SECRET, b"secret-story", b"zebra-quartz")


@dataclass(frozen=True)
class House:
    """An archive in a folder, its database inside of it as by default."""

    folder: Path

    @property
    def store(self) -> ObjectStore:
        return open_store(str(self.folder))

    @property
    def database(self) -> Database:
        return open_database(f"sqlite:///{self.folder / 'state.sqlite'}")

    def put(self, *answers: tuple[str, int, bytes], hours: int, location: str = "") -> str:
        """Publish a segment with these answers."""
        at = START + timedelta(hours=hours)
        name = new_segment_id(at)
        path = self.folder.parent / f"{name}.warc.gz"
        writer = SegmentWriter(path, segment_id=name, software="tests")
        for url, status, body in answers:
            writer.response(
                url=url,
                site="harbour",
                fetched_at=at,
                request_headers=[(b"Host", b"harbour.test")],
                status=status,
                headers=[(b"Content-Type", b"text/html"), (b"Location", location.encode())],
                body_as_sent=body,
                found=Found(
                    via="https://harbour.test/rss",
                    found_at=at,
                    title="The zebra-quartz-7741 story" if "secret" in url else "Another story",
                ),
                earlier=Earlier(url=url, fetched_at=START),
            )
        writer.failure(
            url=GONE if hours == 3 else f"https://harbour.test/{hours}",
            site="harbour",
            at=at,
            outcome="timeout",
            detail="no answer",
        )
        writer.seal()
        return publish(self.store, self.database, path).key

    def read(self) -> None:
        """Normalize what is pending and let the followers catch up."""
        with self.database.transaction() as connection:
            keys = [info.key for info in pending(connection)]
        for key in keys:
            done = normalize_segment(self.store, self.database, {}, key)
            assert done.error is None
        follow_tables(self.store)
        follow_documents(self.store)


def secret(edition: str = "first") -> bytes:
    return page(1, edition=f"{edition} {SECRET.decode()}")


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An archive with two revisions of the article, a redirect to it, a 304, and a segment not read yet."""
    house = House(tmp_path / "archive")
    house.put((GONE, 200, secret()), ("https://harbour.test/2", 200, page(2)), hours=0)
    house.put(
        (GONE + "?utm_source=x", 200, secret("second")), ("https://harbour.test/3", 200, page(3)), hours=1
    )
    house.put(("https://harbour.test/short", 301, b""), (GONE, 304, b""), hours=2, location=GONE)
    house.read()
    found = Found(via="https://harbour.test/rss", found_at=START, title="The zebra-quartz-7741 story")
    with house.database.transaction() as connection:
        known.add_finds(connection, "harbour", [Find(url=GONE, found=found)], now=START)
        fetched = Fetched(url_id=id_of(GONE), url=GONE, at=START, outcome="fetched")
        fetching.record_fetches(connection, [fetched])
    house.put((GONE, 200, secret("third")), ("https://harbour.test/4", 200, page(4)), hours=3)
    return house


def others(house: House) -> set[str]:
    return {article.url for article in Archive(house.store).articles()}


def test_no_byte_of_it_is_left_anywhere(house: House) -> None:
    kinds = {place.partition("/")[0] for place in places_of(house.folder, *TRACES)}
    assert kinds >= {"segments", "batches", "articles", "tables"}
    before = others(house)

    report = take_down(house.store, house.database, find(house.store, house.database, GONE))

    assert places_of(house.folder, *TRACES) == []
    assert (report.captures, report.batches, report.segments, report.unsearched) == (4, 3, 4, ())
    assert report.documents == 2
    assert others(house) == before - {GONE}


def test_no_byte_of_it_is_left_where_listings_lose_their_second_half(house: House) -> None:
    store = forgetful(house.store)
    take_down(store, house.database, find(store, house.database, GONE))
    assert places_of(house.folder, *TRACES) == []


@pytest.mark.parametrize("which", range(1, 5))
def test_one_lost_page_of_a_listing_leaves_nothing_of_it_in_what_nothing_names(
    house: House, which: int
) -> None:
    with house.database.transaction() as connection:
        (waiting,) = pending(connection)
        segments.forget(connection, waiting.key)  # published by another, whose database was lost
    orphan_of(house, "z")
    store, listings = losing_a_page(house.store, which)
    take_down(store, house.database, find(store, house.database, GONE))
    assert listings() >= which
    assert places_of(house.folder, *TRACES) == []


def test_every_other_capture_can_still_be_read_from_where_it_lies(house: House) -> None:
    take_down(house.store, house.database, find(house.store, house.database, GONE))
    for article in Archive(house.store).articles():
        assert article.pointer is not None
        assert read_capture(house.store, article.pointer).url == article.fetched_url
    house.read()
    assert "https://harbour.test/4" in others(house)


def test_readers_hear_of_it_in_commit_order_and_get_no_text_from_any_cursor(house: House) -> None:
    last = Archive(house.store).head()
    report = take_down(house.store, house.database, find(house.store, house.database, GONE))
    told = list(Archive(house.store).changes(last))
    assert report.seq == last + 1
    assert {article.change for article in told} == {Change.TAKEN_DOWN}
    assert id_of(GONE) in {article.article_id for article in told}
    everything = list(Archive(house.store).changes(0))
    assert [a.change for a in everything if a.article_id == id_of(GONE)] == [Change.TAKEN_DOWN]
    assert Archive(house.store).article(GONE) is None


def test_what_was_taken_down_is_not_stored_again_and_a_record_of_it_that_still_came_is_blanked(
    house: House,
) -> None:
    take_down(house.store, house.database, find(house.store, house.database, GONE))
    house.read()
    house.put((GONE, 200, secret("fourth")), ("https://harbour.test/5", 200, page(5)), hours=4)
    house.read()
    assert "https://harbour.test/5" in others(house)
    assert GONE not in others(house)
    assert places_of(house.folder, *TRACES) == []
    last = Log(house.store).get(Archive(house.store).head())
    assert last is not None
    outcomes = batches.read(house.store, last.batch, last.sha256).outcomes
    assert [o.reason for o in outcomes if isinstance(o, Rejection)] == [Reason.TAKEN_DOWN]


def test_the_crawl_does_not_look_for_it_again(house: House) -> None:
    take_down(house.store, house.database, find(house.store, house.database, GONE))
    found = Found(via="https://harbour.test/rss", found_at=START, title="The zebra-quartz-7741 story")
    later = datetime(2027, 1, 1, tzinfo=UTC)
    with house.database.transaction() as connection:
        tally = known.add_finds(
            connection,
            "harbour",
            [
                Find(url=GONE + "?utm_medium=mail", found=found),
                Find(url="https://harbour.test/9", found=found),
            ],
            now=later,
        )
        due = fetching.due_urls(connection, "harbour", now=later, limit=9)
        assert known.history(connection, GONE) is None
    assert tally.new == 1
    assert [one.url for one in due] == ["https://harbour.test/9"]


def test_it_survives_a_lost_database_and_a_replay(house: House, tmp_path: Path) -> None:
    take_down(house.store, house.database, find(house.store, house.database, GONE))
    fresh = open_database(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    recollect(house.store, fresh)
    with house.database.transaction() as old, fresh.transaction() as new:
        for table in index.TABLES:
            query = table.select()
            assert sorted(map(tuple, old.execute(query)), key=repr) == sorted(
                map(tuple, new.execute(query)), key=repr
            )
    # the same segments, read as if by another reader: their blanked records are rejected by the same words
    commits = [commit for commit in Log(house.store).follow(0) if commit.segment.startswith("segments/")]
    for commit in commits:
        captures = list(captures_of(house.store, commit.segment, commit.segment_sha256))
        batch = batches.read(house.store, commit.batch, commit.sha256)
        assert len(captures) == len(batch.outcomes)
        for capture, outcome in zip(captures, batch.outcomes, strict=True):
            if isinstance(outcome, Rejection) and outcome.reason is Reason.TAKEN_DOWN:
                assert read_one(capture, None).reading == outcome


def test_tables_keep_the_law_and_rebuilt_ones_equal_them(house: House) -> None:
    take_down(house.store, house.database, find(house.store, house.database, GONE))
    follow_tables(house.store)

    def rows(name: str) -> list[tuple[object, ...]]:
        frame = polars.read_delta(f"{house.folder}/tables/{name}")
        return sorted(map(repr, frame.select(sorted(frame.columns)).rows()))  # type: ignore[arg-type]

    before = rows("articles"), rows("captures")
    for path in sorted((house.folder / "tables").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    follow_tables(house.store)
    assert (rows("articles"), rows("captures")) == before


class Watched:
    """A store that notes which objects are read, or does something when one is."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.read: list[str] = []
        self.when: dict[str, Callable[[], None]] = {}

    def get(self, key: str) -> bytes:
        self.read.append(key)
        data = self._store.get(key)
        self.when.pop(key, lambda: None)()
        return data

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_only_batches_that_hold_it_are_read(house: House) -> None:
    for hours in range(10, 20):
        house.put((f"https://harbour.test/{hours}", 200, page(hours)), hours=hours)
    house.read()
    commits = list(Log(house.store).follow(0))
    watched = Watched(house.store)
    store = cast("ObjectStore", watched)
    report = take_down(store, house.database, find(store, house.database, GONE))
    assert (report.captures, report.batches) == (5, 4)
    assert len(commits) == 14
    read = {key for key in watched.read if key.startswith("batches/")}
    assert len(read & {commit.batch for commit in commits}) == 4
    assert places_of(house.folder, *TRACES) == []


def test_a_follower_that_is_overtaken_withdraws_the_documents_of_it(house: House) -> None:
    for key, _ in list(house.store.list("articles/")):
        house.store.delete(key)
    house.store.delete("followers/documents.json")
    first = Log(house.store).get(1)
    assert first is not None
    watched = Watched(house.store)
    # it has the old batch in its hands when the article is taken down
    watched.when[first.batch] = lambda: _take_down(house)
    follow_documents(cast("ObjectStore", watched))
    assert watched.when == {}
    assert places_of(house.folder, *TRACES) == []
    assert {key.split("/")[-1][:20] for key, _ in house.store.list("articles/")} >= {
        id_of(f"https://harbour.test/{number}") for number in (2, 3)
    }


def _take_down(house: House) -> None:
    take_down(house.store, house.database, find(house.store, house.database, GONE))


def test_a_takedown_can_be_repeated_and_is_known_to_be_done(house: House) -> None:
    first = take_down(house.store, house.database, find(house.store, house.database, GONE))
    assert unfinished(house.store, house.database) == []
    again = take_down(house.store, house.database, find(house.store, house.database, GONE))
    assert (again.seq, again.captures, again.documents) == (first.seq, 0, 0)
    assert Archive(house.store).head() == first.seq


def test_a_url_given_as_it_was_fetched_finds_the_article_and_its_redirects(house: House) -> None:
    found = find(house.store, house.database, "http://www.harbour.test/news/secret-story/?utm_source=mail")
    assert found.captures == 4
    assert id_of("https://harbour.test/short") in found.ids
    assert found.titles == ("Story 1 of the harbour",)


@pytest.mark.parametrize("kill_at", [1, 2, 3, 5, 8, 11, 14, 17, 20])
def test_killed_anywhere_it_is_done_to_the_end_by_the_next_run(house: House, kill_at: int) -> None:
    script = (
        "import os, sys, signal\n"
        "from storage.objects import open_store, folder\n"
        "from storage.state.database import open_database\n"
        "from storage import takedown\n"
        "left = int(sys.argv[2])\n"
        "def dying(name):\n"
        "    real = getattr(folder.FolderStore, name)\n"
        "    def call(self, *a):\n"
        "        global left\n"
        "        left -= 1\n"
        "        if left == 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return real(self, *a)\n"
        "    setattr(folder.FolderStore, name, call)\n"
        "for name in ('put', 'create', 'delete', 'put_file', 'replace'): dying(name)\n"
        "store = open_store(sys.argv[1])\n"
        "database = open_database(f'sqlite:///{sys.argv[1]}/state.sqlite')\n"
        f"takedown.take_down(store, database, takedown.find(store, database, {GONE!r}))\n"
    )
    child = subprocess.run([sys.executable, "-c", script, str(house.folder), str(kill_at)], check=False)
    assert child.returncode in (-signal.SIGKILL, 0)
    with house.database.transaction():
        pass
    recollect(house.store, house.database)
    with house.database.commit_lock() as connection:
        catch_up(house.store, connection)
    for seq in unfinished(house.store, house.database):
        resume(house.store, house.database, seq)
    if id_of(GONE) not in {
        a.article_id for a in Archive(house.store).changes() if a.change is Change.TAKEN_DOWN
    }:
        take_down(house.store, house.database, find(house.store, house.database, GONE))
    assert places_of(house.folder, *TRACES) == []
    rebuild(house.store, house.database)


def orphan_of(house: House, name: str) -> str:
    """Key of a batch with the article that no commit names."""
    first = Log(house.store).get(1)
    assert first is not None
    batch = batches.read(house.store, first.batch, first.sha256)
    return batches.write(
        house.store,
        batches.Batch(
            segment=f"segments/2026/11/22/{name}.warc.gz",
            segment_sha256="",
            extractor="1",
            outcomes=tuple(o for o in batch.outcomes if isinstance(o, Revision)),
        ),
    ).key


def test_orphan_batches_that_hold_it_are_removed(house: House) -> None:
    orphan = orphan_of(house, "lost")
    assert take_down(house.store, house.database, find(house.store, house.database, GONE)).orphans == 1
    assert house.store.size(orphan) is None


def test_the_further_pages_of_an_article_go_with_it(house: House) -> None:
    first, second = "https://harbour.test/long", "https://harbour.test/long?page=2"
    at = START + timedelta(hours=5)
    for edition in ("one", "two"):  # the second comes when the article is gone already
        name = new_segment_id(at)
        path = house.folder.parent / f"{name}.warc.gz"
        writer = SegmentWriter(path, segment_id=name, software="tests")
        for url, part_of in ((first, None), (second, first)):
            writer.response(
                url=url,
                site="harbour",
                fetched_at=at,
                request_headers=[],
                status=200,
                headers=[(b"Content-Type", b"text/html")],
                body_as_sent=page(20 if part_of is None else 21, edition=f"falcon-onyx {edition}"),
                found=Found(via=first, found_at=at, title="A falcon-onyx title", part_of=part_of),
            )
        writer.seal()
        publish(house.store, house.database, path)
        house.read()
        if edition == "one":
            assert places_of(house.folder, b"falcon-onyx")
            found = find(house.store, house.database, first)
            assert found.captures == 2
            take_down(house.store, house.database, found)
        assert places_of(house.folder, b"falcon-onyx", b"harbour.test/long") == []


def test_no_byte_of_it_is_left_in_a_bucket_either(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    work, copy = tmp_path / "work", tmp_path / "copy"
    work.mkdir()
    answers = [Answer(url=GONE, body=secret()), Answer(url="https://harbour.test/2", body=page(2))]
    key = publish_segment(store, database, work, answers)
    assert normalize_segment(store, database, {}, key).error is None
    follow_tables(store)
    follow_documents(store)
    take_down(store, database, find(store, database, GONE))
    for name, _ in store.list(""):
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        store.fetch_file(name, path)
    assert places_of(copy, *TRACES) == []
    assert [damage.key for damage in verify(store, database, lambda step, number: None)] == []
    assert [article.url for article in Archive(store).articles()] == ["https://harbour.test/2"]
