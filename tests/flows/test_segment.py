"""Segment in, batch out: every capture has a fate, once, and no page and no kill can change that."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from articles.model import EXTRACTOR, Article, Capture, Reason, Rejection, Site
from articles.near import signature
from flows.reading import read_all, read_one
from flows.segment import MIN_UNREADABLE, ReaderBroken, check_broken, normalize_segment
from storage.batches import Change, Unchanged
from storage.log import Log
from storage.objects import ObjectStore, StoreError, open_store
from storage.segments import SegmentDamaged, captures_of
from storage.state import segments
from storage.state.database import Database, open_database
from storage.state.segments import MAX_ATTEMPTS, State
from tests.support.segments import START, Answer, page, publish_segment

ROOT = Path(__file__).resolve().parents[2]
HARBOUR = Site(name="harbour", home="https://harbour.test/")
SITES = {"harbour": HARBOUR}
ANSWERS = (
    Answer(
        url="https://harbour.test/robots.txt", body=b"User-agent: *\nAllow: /\n", content_type="text/plain"
    ),
    Answer(url="https://harbour.test/1", body=page(1)),
    Answer(url="https://harbour.test/2", body=page(2)),
    Answer(url="https://harbour.test/gone", status=404, body=b"<h1>Gone</h1>"),
    Answer(url="https://harbour.test/moved", status=301),
    Answer(url="https://harbour.test/1", status=304),
)


def test_what_a_text_is_compared_by_is_computed_where_it_is_read_and_not_under_the_lock() -> None:
    one = read_one(replace(capture(), body=page(1)), HARBOUR)
    assert isinstance(one.reading, Article)
    assert one.signature == signature(one.reading.paragraphs)
    assert one.signature is not None


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'state.sqlite'}")
    yield opened
    opened.close()


def capture(number: int = 1) -> Capture:
    return Capture(
        url=f"https://harbour.test/{number}",
        fetched_at=START,
        status=200,
        headers=(("Content-Type", "text/html"),),
        body=page(number),
        site="harbour",
    )


def state_of(database: Database, key: str) -> segments.SegmentInfo:
    with database.transaction() as connection:
        info = segments.get(connection, key)
    assert info is not None
    return info


def test_every_capture_of_a_segment_has_a_fate(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    key = publish_segment(store, database, tmp_path, ANSWERS)

    normalized = normalize_segment(store, database, SITES, key)

    (tally,) = normalized.tallies
    assert normalized.seq == 1
    assert tally.site == "harbour"
    assert tally.captures == len(ANSWERS)
    assert tally.stored == {Change.NEW: 2}
    assert tally.unchanged == 1
    assert tally.rejected[Reason.STATUS] == 1
    assert tally.rejected[Reason.REDIRECT] == 1
    assert sum(tally.rejected.values()) == 3
    assert state_of(database, key).state is State.COMMITTED


def test_a_segment_is_committed_once_however_often_it_is_normalized(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    key = publish_segment(store, database, tmp_path, ANSWERS)

    first = normalize_segment(store, database, SITES, key)
    second = normalize_segment(store, database, SITES, key)

    assert (first.seq, second.seq) == (1, None)
    assert second.error is None
    assert Log(store).head() == 1


def test_an_edited_page_becomes_a_revision_and_an_equal_one_none(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    later = START.replace(hour=12)
    first = [Answer(url=f"https://harbour.test/{n}", body=page(n)) for n in (1, 2)]
    second = [first[0], replace(first[1], body=page(2, edition="second"))]
    for answers, at in ((first, START), (second, later)):
        key = publish_segment(store, database, tmp_path, answers, at=at)
        normalized = normalize_segment(store, database, SITES, key)

    (tally,) = normalized.tallies
    assert tally.stored == {Change.EDITED: 1}
    assert tally.unchanged == 1


def test_a_torn_segment_is_quarantined_with_its_reason_and_commits_nothing(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    key = publish_segment(store, database, tmp_path, ANSWERS)
    store.put(key, store.get(key)[:-40])

    normalized = normalize_segment(store, database, SITES, key)

    info = state_of(database, key)
    assert normalized.quarantined
    assert info.state is State.QUARANTINED
    assert info.error == normalized.error
    assert key in (info.error or "")
    assert Log(store).head() == 0


def test_a_segment_that_nobody_registered_is_refused(store: ObjectStore, database: Database) -> None:
    with pytest.raises(LookupError, match="not registered"):
        normalize_segment(store, database, SITES, "segments/none.warc.gz")


def test_a_capture_that_breaks_the_reader_is_rejected_by_name_and_stops_no_other() -> None:
    # no bytes break the reader, as far as we know: this is no bytes
    broken = replace(capture(1), body=None)  # type: ignore[arg-type]

    results = list(read_all([capture(1), broken, capture(2)], SITES))

    assert [type(result.reading) for result in results] == [Article, Rejection, Article]
    reading = results[1].reading
    assert isinstance(reading, Rejection)
    assert reading.reason is Reason.UNREADABLE
    assert reading.extractor == EXTRACTOR
    assert "Traceback" in (results[1].broke or "")


def test_a_reader_that_breaks_on_many_pages_fails_the_segment() -> None:
    broken = read_one(replace(capture(), body=None), HARBOUR)  # type: ignore[arg-type]
    fine = read_one(capture(), HARBOUR)

    assert check_broken("key", [broken] * MIN_UNREADABLE + [fine]) == MIN_UNREADABLE
    assert check_broken("key", [broken] * 10 + [fine] * 990) == 10
    with pytest.raises(ReaderBroken, match=f"broke on {MIN_UNREADABLE + 1} of {MIN_UNREADABLE + 2} captures"):
        check_broken("key", [broken] * (MIN_UNREADABLE + 1) + [fine])


def test_a_capture_without_a_body_confirms_what_is_known_and_is_not_read() -> None:
    result = read_one(replace(capture(), status=304, unchanged=True, body=b""), HARBOUR)

    article = read_one(capture(), HARBOUR).reading
    assert isinstance(result.reading, Unchanged)
    assert isinstance(article, Article)
    assert result.reading.article_id == article.article_id
    assert result.reading.detail == "HTTP 304"


def test_processes_read_what_one_thread_reads_in_the_same_order(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    answers = [Answer(url=f"https://harbour.test/{n}", body=page(n)) for n in range(70)]
    key = publish_segment(store, database, tmp_path, answers)

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        pooled = list(read_all(captures_of(store, key), SITES, pool))

    assert pooled == list(read_all(captures_of(store, key), SITES))
    assert [result.reading.pointer for result in pooled] == [c.pointer for c in captures_of(store, key)]


# --- What fails its reader again and again ----------------------------------------------------------

POISON = (
    "import os, signal, sys\n"
    "import flows.reading\n"
    "from flows.segment import normalize_segment\n"
    "from storage.objects import open_store\n"
    "from storage.state.database import open_database\n"
    "def die(*arguments):\n"
    "    os.kill(os.getpid(), signal.SIGKILL)\n"
    "flows.reading.read_one = die\n"
    "done = normalize_segment(open_store(sys.argv[1]), open_database(sys.argv[2]), {}, sys.argv[3])\n"
    "print(done.quarantined, done.error)\n"
)


def test_a_segment_that_kills_whoever_reads_it_is_quarantined_and_others_are_not(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    poison = publish_segment(store, database, tmp_path, ANSWERS)
    sound = publish_segment(store, database, tmp_path, ANSWERS[:2])
    with database.transaction() as connection:
        for _ in range(MAX_ATTEMPTS - 1):
            segments.begin(connection, poison, now=START)
    arguments = [sys.executable, "-c", POISON, store.url, f"sqlite:///{tmp_path / 'state.sqlite'}", poison]
    first = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    second = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)

    assert first.returncode == -signal.SIGKILL
    assert second.stdout.startswith("True its reading was begun 8 times and never ended")
    assert state_of(database, poison).state is State.QUARANTINED
    assert normalize_segment(store, database, SITES, sound).seq == 1


def test_an_error_of_one_segment_alone_counts_until_it_is_given_up(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    key = publish_segment(store, database, tmp_path, ANSWERS)

    class Hurt:
        """A store whose disk cannot read one object."""

        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def fetch_file(self, wanted: str, path: Path) -> None:
            raise StoreError(f"cannot read {wanted!r}: input/output error")

    for number in range(MAX_ATTEMPTS - 1):
        with pytest.raises(StoreError, match="input/output"):
            normalize_segment(Hurt(), database, SITES, key)  # type: ignore[arg-type]
        assert state_of(database, key).attempts == number + 1
    done = normalize_segment(Hurt(), database, SITES, key)  # type: ignore[arg-type]
    assert (done.quarantined, "input/output" in (done.error or "")) == (True, True)


def test_a_store_that_is_away_is_no_fault_of_the_segment(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    key = publish_segment(store, database, tmp_path, ANSWERS)
    away = open_store(str(tmp_path / "file" / "archive"))
    (tmp_path / "file").write_text("no folder")
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises((StoreError, SegmentDamaged)):
            normalize_segment(away, database, SITES, key)
    assert state_of(database, key).attempts == 0
    assert normalize_segment(store, database, SITES, key).seq == 1
