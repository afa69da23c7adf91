"""One contract for every object store: a folder, moto's S3 over HTTP, and Ceph's S3 where it is installed."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from storage.objects import BadKey, Creates, NotFound, ObjectStore, preflight, probe
from storage.objects.protocol import TEMPORARY

ODD_KEYS = [
    "space in name/a b.json",
    "plus+and%20percent/100%",
    "question?and#hash/&=;:@$,'()*!~",
    'quotes"<>\\^`{|}[]',
    ".hidden/..also/...",
    "_pressrun/-",
    "Zürich/naïve/日本語/🗞.json",
    "combining/e\u0301 and \u00e9",
    "trailing space /and dot.",
]

BAD_KEYS = [
    "", "/", "/etc/passwd", "a//b", "a/", "../up", "a/../../up", "a/./b", "..", "nul\0", "line\nbreak",
    "x" * 256, "lone\ud800surrogate", "/".join(["y" * 200] * 6), f"a/{TEMPORARY}1",
]  # fmt: skip

parts = some.text(some.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda part: part not in (".", "..") and "/" not in part and not part.startswith(TEMPORARY)
)
keys = some.lists(parts, min_size=1, max_size=4).map("/".join)
fresh = itertools.count()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=keys, data=some.binary(max_size=3000))
def test_what_was_put_is_got(store: ObjectStore, key: str, data: bytes) -> None:
    key = f"{next(fresh)}/{key}"
    store.put(key, data)
    assert store.get(key) == data
    assert store.size(key) == len(data)
    assert list(store.list(key)) == [(key, len(data))]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys_are_kept_as_they_are(store: ObjectStore, key: str) -> None:
    assert store.create(key, key.encode())
    assert store.get(key) == key.encode()
    assert [name for name, _ in store.list("")] == [key]
    store.delete(key)
    assert list(store.list("")) == []


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_could_leave_the_store_or_get_lost_is_refused(
    store: ObjectStore, key: str, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    for use in (
        lambda: store.put(key, b"x"),
        lambda: store.get(key),
        lambda: store.get_versioned(key),
        lambda: store.get_range(key, 0, 1),
        lambda: store.create(key, b"x"),
        lambda: store.replace(key, b"x", None),
        lambda: store.size(key),
        lambda: store.delete(key),
        lambda: store.put_file(key, file),
        lambda: store.fetch_file(key, file),
    ):
        with pytest.raises(BadKey):
            use()
    assert list(store.list("")) == []


def test_put_replaces_what_is_there(store: ObjectStore) -> None:
    store.put("a/key", b"first, and longer")
    store.put("a/key", b"second")
    assert store.get("a/key") == b"second"


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    assert store.create("empty", b"")
    assert store.get("empty") == b""
    assert store.size("empty") == 0
    assert store.get_range("empty", 0, 10) == b""
    assert list(store.list("")) == [("empty", 0)]


def test_what_is_not_there_is_said_by_name(store: ObjectStore, tmp_path: Path) -> None:
    for look in (
        lambda: store.get("no/such"),
        lambda: store.get_versioned("no/such"),
        lambda: store.get_range("no/such", 0, 5),
        lambda: store.fetch_file("no/such", tmp_path / "target"),
    ):
        with pytest.raises(NotFound, match="no/such"):
            look()
    assert store.size("no/such") is None
    assert list(store.list("no")) == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_objects_is_no_object(store: ObjectStore) -> None:
    store.put("a/b", b"x")
    assert store.size("a") is None
    with pytest.raises(NotFound):
        store.get("a")
    with pytest.raises(NotFound):
        store.get("a/b/c")


def test_delete_removes_and_may_be_repeated(store: ObjectStore) -> None:
    store.put("a/key", b"x")
    store.delete("a/key")
    store.delete("a/key")
    store.delete("never/was")
    assert store.size("a/key") is None
    assert store.create("a/key", b"again")


def test_create_takes_only_a_free_key(store: ObjectStore) -> None:
    assert store.create("commits/1.json", b"mine")
    assert not store.create("commits/1.json", b"theirs")
    assert store.get("commits/1.json") == b"mine"


def test_creating_the_same_bytes_again_is_a_success(store: ObjectStore) -> None:
    assert store.create("commits/1.json", b"mine")
    assert store.create("commits/1.json", b"mine")


@pytest.mark.parametrize("race", range(3))
def test_of_sixteen_creators_one_wins_and_its_bytes_stay(store: ObjectStore, race: int) -> None:
    start = threading.Barrier(16)

    def create(number: int) -> bool:
        start.wait()
        return store.create("commits/1.json", b"writer %d" % number)

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(create, range(16)))
    assert won.count(True) == 1
    assert store.get("commits/1.json") == b"writer %d" % won.index(True)


def test_replace_swaps_the_version_it_has_seen_and_no_other(store: ObjectStore) -> None:
    assert store.replace("cursor", b"5", "0" * 32) is None
    first = store.replace("cursor", b"1", None)
    assert first is not None
    assert store.get_versioned("cursor") == (b"1", first)
    assert store.replace("cursor", b"2", None) is None
    second = store.replace("cursor", b"2", first)
    assert second is not None
    assert second != first
    assert store.replace("cursor", b"3", first) is None
    assert store.get_versioned("cursor") == (b"2", second)


def test_counting_with_replace_from_eight_threads_loses_no_step(store: ObjectStore) -> None:
    assert store.replace("counter", b"0", None)

    def count(_: int) -> None:
        done = 0
        while done < 5:
            data, version = store.get_versioned("counter")
            # a unique mark tells the own write from another's with the same number
            mark = b"%d %d %d" % (int(data.split()[0]) + 1, threading.get_ident(), done)
            done += store.replace("counter", mark, version) is not None

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    assert int(store.get("counter").split()[0]) == 40


def test_listing_goes_past_a_thousand_keys_in_order_and_from_anywhere(
    store: ObjectStore, fill: Callable[[ObjectStore, list[str]], None]
) -> None:
    names = sorted(f"many/{number // 100}{'-/'[number % 2]}{number:05}" for number in range(2300))
    fill(store, [*names, "manyfold", "lest"])
    assert [key for key, _ in store.list("many/")] == names
    assert [key for key, _ in store.list("many/", after=names[1500])] == names[1501:]
    assert [key for key, _ in store.list("many/7")] == [name for name in names if name.startswith("many/7")]
    assert list(store.list("many/", after="many0")) == []
    assert next(store.list("many/", after="many/3-")) == (next(n for n in names if n > "many/3-"), 1)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=some.sets(some.text("ab-/0~é", min_size=1, max_size=6), max_size=8),
    prefix=some.text("ab-/0", max_size=3),
    after=some.text("ab-/0~é", max_size=4),
)
def test_a_listing_is_the_sorted_keys_that_begin_so_and_come_after(
    store: ObjectStore, names: set[str], prefix: str, after: str
) -> None:
    base = f"{next(fresh)}/"
    wanted = {name for name in names if not {"", ".", ".."} & set(name.split("/"))}
    wanted = {name for name in wanted if not any(other.startswith(name + "/") for other in wanted)}
    for name in wanted:
        store.put(base + name, b"x")
    if "//" in base + prefix:
        return
    listed = [key for key, _ in store.list(base + prefix, after=base + after)]
    assert listed == sorted(base + name for name in wanted if name.startswith(prefix) and name > after)


def test_a_range_is_what_a_slice_would_be(store: ObjectStore) -> None:
    data = bytes(range(256)) * 8
    store.put("ranged", data)
    for offset, length in [
        (0, 1),
        (0, 2048),
        (0, 9999),
        (100, 28),
        (2047, 1),
        (2040, 100),
        (2048, 1),
        (9999, 5),
        (5, 0),
    ]:
        assert store.get_range("ranged", offset, length) == data[offset : offset + length]
    with pytest.raises(ValueError, match="negative"):
        store.get_range("ranged", -1, 5)


@pytest.mark.parametrize("megabytes", [0, 1, 40])
def test_files_go_up_and_come_down_unchanged(store: ObjectStore, tmp_path: Path, megabytes: int) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(megabytes * 1_000_003))
    target.write_bytes(b"what was there before")
    store.put_file("segments/big.warc.gz", source)
    assert store.size("segments/big.warc.gz") == source.stat().st_size
    store.fetch_file("segments/big.warc.gz", target)
    assert target.read_bytes() == source.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["source", "target"]


def test_a_file_that_is_not_there_is_not_stored(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store.put_file("segments/none", tmp_path / "none")
    assert store.size("segments/none") is None


def test_one_store_serves_many_threads(store: ObjectStore) -> None:
    def use(number: int) -> bool:
        store.put(f"threads/{number}", b"%d" % number)
        return store.get(f"threads/{number}") == b"%d" % number

    with ThreadPoolExecutor(24) as pool:
        assert all(pool.map(use, range(96)))


def test_a_sound_store_passes_and_keeps_nothing_of_the_test(store: ObjectStore) -> None:
    preflight(store)
    assert list(store.list("")) == []


def test_a_sound_store_is_known_as_atomic_and_asked_once(store: ObjectStore) -> None:
    assert probe(store) is Creates.ATOMIC
    assert [key for key, _ in store.list("")] == ["_pressrun/creates.json"]
    store.put("_pressrun/creates.json", b'{"creates": "weak"}')
    assert probe(store) is Creates.WEAK
    store.put("_pressrun/creates.json", b"damaged")
    assert probe(store) is Creates.ATOMIC
