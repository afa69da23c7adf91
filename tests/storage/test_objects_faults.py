"""What the stores do when answers are lost, late, cut or wrong, and when writers are killed."""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from storage.objects import ObjectStore, StoreError, open_store
from storage.objects.protocol import TEMPORARY
from tests.support.proxy import Choose, Fault, Proxy, Refusal, always, at_random, fault_proxy, script
from tests.support.s3 import BUCKET, S3Server

CONFLICT = Refusal(409, "ConditionalRequestConflict")
Behind = Callable[[Choose], AbstractContextManager[tuple[ObjectStore, Proxy]]]


@pytest.fixture
def behind(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Behind:
    """A new store that reaches its server through a faulty network."""

    @contextmanager
    def enter(choose: Choose) -> Iterator[tuple[ObjectStore, Proxy]]:
        with fault_proxy(s3_server, choose) as proxy:
            monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
            yield open_store(f"s3://{BUCKET}/{secrets.token_hex(8)}"), proxy

    return enter


def test_a_create_whose_answer_is_lost_is_known_as_ones_own(behind: Behind) -> None:
    with behind(script(Fault.LOST_ANSWER, method="PUT")) as (store, proxy):
        assert store.create("commits/1.json", b"mine")
        assert [request.method for request, _ in proxy.requests] == ["PUT", "PUT", "GET"]
        assert not store.create("commits/1.json", b"theirs")


def test_a_swap_whose_answer_is_lost_is_known_as_ones_own(behind: Behind) -> None:
    with behind(script(None, Fault.LOST_ANSWER, method="PUT")) as (store, _):
        first = store.replace("cursor", b"1", None)
        second = store.replace("cursor", b"2", first)
        assert store.get_versioned("cursor") == (b"2", second)


def test_a_first_swap_whose_answer_is_lost_is_known_as_ones_own(behind: Behind) -> None:
    with behind(script(Fault.LOST_ANSWER, method="PUT")) as (store, _):
        version = store.replace("cursor", b"1", None)
        assert store.get_versioned("cursor") == (b"1", version)


def test_a_request_that_never_arrived_is_sent_again(behind: Behind) -> None:
    with behind(script(Fault.RESET, None, Fault.RESET)) as (store, proxy):
        assert store.create("key", b"x")
        assert store.get("key") == b"x"
        assert proxy.faults == 2


def test_a_conflict_of_conditional_writes_is_tried_again(behind: Behind) -> None:
    with behind(script(CONFLICT, CONFLICT, method="PUT")) as (store, proxy):
        assert store.create("key", b"x")
        assert [fault for _, fault in proxy.requests] == [CONFLICT, CONFLICT, None]


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.DAMAGED])
def test_bytes_that_came_short_or_damaged_are_fetched_again(
    behind: Behind, fault: Fault, tmp_path: Path
) -> None:
    data = random.Random(1).randbytes(300_000)
    with behind(script(fault, None, fault, method="GET")) as (store, proxy):
        store.put("key", data)
        assert store.get("key") == data
        store.fetch_file("key", tmp_path / "file")
        assert (tmp_path / "file").read_bytes() == data
        assert proxy.faults == 2


def test_a_range_that_came_short_is_fetched_again(behind: Behind) -> None:
    with behind(script(Fault.TRUNCATED, method="GET")) as (store, proxy):
        store.put("key", b"0123456789")
        assert store.get_range("key", 2, 6) == b"234567"
        assert proxy.faults == 1


def test_an_object_that_is_not_what_was_stored_is_never_handed_out(
    s3_server: S3Server, tmp_path: Path
) -> None:
    prefix = secrets.token_hex(8)
    stated = hashlib.sha256(b"what was stored").hexdigest()
    s3_server.client().put_object(
        Bucket=BUCKET, Key=f"{prefix}/key", Body=b"what is there", Metadata={"sha256": stated}
    )
    store = open_store(f"s3://{BUCKET}/{prefix}", attempts=2)
    with pytest.raises(StoreError, match=f"'key'.*{stated}"):
        store.get("key")
    with pytest.raises(StoreError, match=f"'key'.*{stated}"):
        store.fetch_file("key", tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_upload_in_parts_leaves_neither_object_nor_parts(behind: Behind, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(20_000_000))
    refuse = always(Refusal(403, "AccessDenied"), method="PUT", path_part="partNumber=2")
    with behind(refuse) as (store, proxy):
        with pytest.raises(StoreError, match=r"big.*AccessDenied.*allow s3:GetObject"):
            store.put_file("big", source)
        assert store.size("big") is None
        uploads = proxy.server.client().list_multipart_uploads(Bucket=BUCKET)
        assert store.url.rpartition("/")[2] not in str(uploads.get("Uploads"))


@pytest.mark.parametrize("second_answer", [None, Refusal(404, "NoSuchUpload")])
def test_an_upload_in_parts_whose_last_answer_is_lost_is_there(
    behind: Behind, tmp_path: Path, second_answer: Refusal | None
) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(17_000_000))
    with behind(script(None, Fault.LOST_ANSWER, second_answer, method="POST")) as (store, proxy):
        store.put_file("big", source)
        assert proxy.faults == 1 + (second_answer is not None)
        store.fetch_file("big", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == source.read_bytes()


def test_parts_that_a_killed_writer_left_are_swept(s3_server: S3Server) -> None:
    prefix = secrets.token_hex(8)
    s3_server.client().create_multipart_upload(Bucket=BUCKET, Key=f"{prefix}/big")
    store = open_store(f"s3://{BUCKET}/{prefix}")
    if s3_server.keeps_time:
        assert store.sweep() == 0
    assert store.sweep(older_than_seconds=-60) == 1
    assert store.sweep(older_than_seconds=-60) == 0


@pytest.mark.parametrize("seed", [7])
def test_one_request_in_twenty_going_wrong_changes_nothing(behind: Behind, seed: int) -> None:
    with behind(at_random(seed=seed, share=0.05)) as (store, proxy):
        for number in range(30):
            assert store.create(f"commits/{number:03}", b"%d" % number)
        version = store.replace("cursor", b"0", None)
        for number in range(1, 15):
            version = store.replace("cursor", b"%d" % number, version)
        assert store.get("cursor") == b"14"
        assert [store.get(key) for key, _ in store.list("commits/")] == [b"%d" % n for n in range(30)]
        assert proxy.faults


WRITER = """
import sys
from storage.objects import open_store
store = open_store(sys.argv[1])
print("ready", flush=True)
for number in range(1_000_000):
    store.put("same", bytes([number % 251]) * 700_000)
    store.create(f"new/{number:06}", bytes([number % 251]) * 70_000)
"""


def test_a_writer_killed_at_any_moment_leaves_whole_objects_only(tmp_path: Path) -> None:
    chance = random.Random(5)
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path.cwd()
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(chance.uniform(0.005, 0.1))
            writer.send_signal(signal.SIGKILL)
    store = open_store(str(tmp_path))
    sizes = {"same": 700_000, "new": 70_000}
    listed = list(store.list(""))
    assert len(listed) > 1
    for key, size in listed:
        data = store.get(key)
        assert size == len(data) == sizes[key.partition("/")[0]]
        assert len(set(data)) == 1
    store.sweep(older_than_seconds=-60)
    assert not list(tmp_path.rglob(f"{TEMPORARY}*"))


def test_unfinished_files_are_never_listed_and_swept_when_old(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.put("a/key", b"x")
    (tmp_path / "a" / f"{TEMPORARY}0123").write_bytes(b"torn")
    assert list(store.list("")) == [("a/key", 1)]
    assert store.sweep() == 0
    os.utime(tmp_path / "a" / f"{TEMPORARY}0123", (0, 0))
    assert store.sweep() == 1
    assert store.get("a/key") == b"x"
