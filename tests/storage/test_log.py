"""The log is read in its own order, whole, and never past a hole, on every kind of store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from storage.batches import Counts
from storage.log import Commit, DamagedLog, Log, commit_key
from storage.objects import ObjectStore
from tests.support.archives import START, segment_key


def make_commit(seq: int, writer_id: str = "w") -> Commit:
    return Commit(
        seq=seq,
        writer_id=writer_id,
        committed_at=START,
        batch=f"batches/2026/11/22/s{seq}.1.0123456789abcdef.jsonl.zst",
        sha256="0" * 64,
        segment=segment_key(f"s{seq}"),
        segment_sha256="1" * 64,
        extractor="1",
        counts=Counts(articles=1, unchanged=2, rejections=3, sites={"latinpost": 1}),
    )


def fill_log(store: ObjectStore, count: int) -> Log:
    log = Log(store)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda seq: log.append(make_commit(seq)), range(1, count + 1)))
    return log


def test_a_commit_comes_back_as_it_was_made(store: ObjectStore) -> None:
    log = fill_log(store, 1)
    assert log.get(1) == make_commit(1)
    assert log.get(1).captures == 6  # type: ignore[union-attr]
    assert log.get(2) is None


def test_an_empty_log_has_no_head_and_nothing_to_follow(store: ObjectStore) -> None:
    assert Log(store).head() == 0
    assert list(Log(store).follow(0)) == []


def test_a_number_is_given_once_however_many_want_it(store: ObjectStore) -> None:
    log = Log(store)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: log.append(make_commit(1, writer_id=f"writer {n}")), range(8)))
    assert won.count(True) == 1
    winner = log.get(1)
    assert winner is not None
    assert winner.writer_id == f"writer {won.index(True)}"


def test_a_commit_whose_answer_was_lost_is_still_ones_own(store: ObjectStore) -> None:
    log = Log(store)
    assert log.append(make_commit(1))
    assert log.append(make_commit(1))


def test_it_is_followed_in_order_from_any_cursor(store: ObjectStore) -> None:
    log = fill_log(store, 45)
    for cursor in (0, 1, 13, 44, 45):
        assert [commit.seq for commit in log.follow(cursor)] == list(range(cursor + 1, 46))
    assert [commit.seq for commit in log.follow(3, until=20)] == list(range(4, 21))
    assert log.head() == log.head(after=45) == log.head(after=17) == 45


class Growing:
    """A store in which a commit is made while the one before it is being asked for."""

    def __init__(self, store: ObjectStore, when: dict[int, Callable[[], object]]) -> None:
        self.store, self.when = store, when

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def get(self, key: str) -> bytes:
        act = self.when.pop(int(key[-17:-5]), None)
        if act:
            try:
                return self.store.get(key)
            finally:
                act()
        return self.store.get(key)


def test_a_commit_made_while_one_reads_is_never_skipped(store: ObjectStore) -> None:
    log = fill_log(store, 3)
    # When number 5 is asked for and not there, 4 to 7 come into being: a window may see 6 and not 5.
    growing = Growing(store, {5: lambda: [log.append(make_commit(seq)) for seq in (4, 5, 6, 7)]})
    seen = [commit.seq for commit in Log(growing).follow(0)]  # type: ignore[arg-type]
    assert seen == list(range(1, len(seen) + 1))
    assert seen + [commit.seq for commit in log.follow(len(seen))] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("hole", [2, 3, 6, 8, 9])
def test_a_hole_is_an_error_that_names_it(store: ObjectStore, hole: int) -> None:
    log = fill_log(store, 10)
    store.delete(commit_key(hole))
    rows = log.follow(0)
    assert [next(rows).seq for _ in range(hole - 1)] == list(range(1, hole))
    with pytest.raises(DamagedLog, match=rf"commits/00000000000{hole}\.json is missing"):
        next(rows)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data.replace(b'"extractor":"1"', b'"extractor":"2"'), "sha256 is .* must be"),
        (lambda data: data[:-20], r"is cut off, or no commit \(\d+ bytes\)"),
        (lambda data: data[:120], r"is cut off, or no commit \(120 bytes\)"),
        (lambda data: b"", r"is cut off, or no commit \(0 bytes\)"),
        (lambda data: b"<html>", r"is cut off, or no commit \(6 bytes\)"),
    ],
    ids=["changed", "cut", "cut early", "empty", "other"],
)
def test_a_damaged_commit_is_named(store: ObjectStore, damage: Callable[[bytes], bytes], told: str) -> None:
    log = fill_log(store, 2)
    store.put(commit_key(2), damage(store.get(commit_key(2))))
    with pytest.raises(DamagedLog, match=rf"commits/000000000002\.json: {told}"):
        list(log.follow(0))


def test_a_commit_under_anothers_number_is_named(store: ObjectStore) -> None:
    log = fill_log(store, 1)
    store.put(commit_key(2), store.get(commit_key(1)))
    with pytest.raises(DamagedLog, match=r"000000000002\.json: it is the commit of number 1"):
        log.get(2)


def test_a_commit_of_a_later_format_asks_for_an_update(store: ObjectStore) -> None:
    log = Log(store)
    log.append(replace(make_commit(1), format=2))
    with pytest.raises(DamagedLog, match=r"format 2 is newer.*update"):
        log.get(1)
