"""A store that cannot be used is told before anything is fetched, and a weak one is told from a sound one."""

from __future__ import annotations

import errno
import os
import re
import resource
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.objects import (
    Creates,
    ObjectStore,
    StoreError,
    open_store,
    preflight,
    probe,
    table_url,
    try_work_folder,
)
from storage.objects import storage_options as delta_options
from tests.support.ceph import STRANGER
from tests.support.proxy import Refusal, Request, always, fault_proxy
from tests.support.s3 import (
    BUCKET,
    S3Server,
    ignoring_conditions,
    ignoring_swaps,
    looking_before_writing,
    moto,
    refusing_swaps,
    serving,
)


def complaint(url: str) -> str:
    """What preflight says about the store at this URL."""
    with pytest.raises(StoreError) as caught:
        preflight(open_store(url))
    return str(caught.value)


# --- S3 --------------------------------------------------------------------------------------------


def test_a_missing_bucket_is_named(s3_server: S3Server) -> None:
    said = complaint("s3://no-such-bucket/prefix")
    assert "s3://no-such-bucket/prefix" in said
    assert s3_server.endpoint in said
    assert "does not exist at this endpoint; create it" in said


def test_reading_from_a_missing_bucket_is_no_missing_object(s3_server: S3Server) -> None:
    store = open_store("s3://no-such-bucket")
    for look in (lambda: store.get("key"), lambda: list(store.list(""))):
        with pytest.raises(StoreError, match="bucket does not exist") as caught:
            look()
        assert type(caught.value) is StoreError


@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_refused_credentials_are_named_and_never_shown(
    ceph_server: S3Server, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    ceph_server.enter(monkeypatch)
    monkeypatch.setenv(variable, "hunter2hunter2")
    said = complaint(f"s3://{BUCKET}")
    assert "credentials are refused" in said
    assert "AWS_SECRET_ACCESS_KEY" in said
    assert "hunter2" not in said


def test_credentials_without_permission_are_told_from_wrong_ones(
    ceph_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceph_server.enter(monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", STRANGER.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", STRANGER.secret_key)
    said = complaint(f"s3://{BUCKET}")
    assert "AccessDenied" in said
    assert "no permission; allow s3:GetObject" in said


def test_absent_credentials_are_named(moto_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    moto_server.enter(monkeypatch)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    said = complaint(f"s3://{BUCKET}")
    assert "there are no credentials; set AWS_ACCESS_KEY_ID" in said
    with pytest.raises(StoreError, match="there are no credentials"):
        delta_options(open_store(f"s3://{BUCKET}"))


@pytest.mark.parametrize(
    ("refusal", "remedy"),
    [
        (Refusal(403, "InvalidAccessKeyId"), "credentials are refused"),
        (Refusal(403, "SignatureDoesNotMatch"), "credentials are refused"),
        (Refusal(403, "AccessDenied"), "no permission"),
        (Refusal(403, "RequestTimeTooSkewed"), "clock of this machine"),
        (Refusal(400, "ExpiredToken"), "credentials have expired"),
        (Refusal(507, "InsufficientStorage"), "store is full"),
        (Refusal(403, "QuotaExceeded"), "quota"),
        (Refusal(503, "SlowDown"), "overloaded"),
        (Refusal(501, "NotImplemented"), "does not offer"),
        (Refusal(418, "Teapot", "short and stout"), "short and stout"),
    ],
)
def test_each_refusal_of_a_store_has_its_remedy(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch, refusal: Refusal, remedy: str
) -> None:
    moto_server.enter(monkeypatch)
    with fault_proxy(moto_server, always(refusal)) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
        said = complaint(f"s3://{BUCKET}")
    assert remedy in said
    assert refusal.code in said


DENIED = Refusal(403, "AccessDenied", "Access Denied")
RIGHTS: dict[str, tuple[Callable[[Request], bool], str]] = {
    "writes": (lambda request: request.method in ("PUT", "POST"), "cannot write"),
    "reads": (lambda request: request.method in ("GET", "HEAD") and not request.is_listing, "cannot read"),
    "listings": (lambda request: request.is_listing, "cannot list"),
    "deletes": (lambda request: request.method == "DELETE", "cannot delete"),
    "listings and deletes": (lambda request: request.is_listing or request.method == "DELETE", "cannot list"),
}


@pytest.mark.parametrize("rights", RIGHTS)
def test_a_right_that_is_missing_is_told_by_what_cannot_be_done(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch, rights: str
) -> None:
    is_refused, cannot = RIGHTS[rights]
    moto_server.enter(monkeypatch)
    with fault_proxy(moto_server, lambda request: DENIED if is_refused(request) else None) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
        said = complaint(f"s3://{BUCKET}/{rights}")
    assert cannot in said
    assert "AccessDenied" in said
    assert "s3:DeleteObject" in said
    assert "s3:ListBucket " in said


@pytest.mark.parametrize(
    ("refusal", "remedy"),
    [
        (Refusal(403, "RequestTimeTooSkewed"), "clock of this machine"),
        (DENIED, "no permission; allow s3:GetObject"),
        (Refusal(400, "ExpiredToken"), "credentials have expired"),
    ],
)
def test_a_refusal_of_head_which_says_nothing_is_told_with_its_cause(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch, refusal: Refusal, remedy: str
) -> None:
    moto_server.enter(monkeypatch)
    with fault_proxy(moto_server, always(refusal)) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
        with pytest.raises(StoreError, match=remedy):
            open_store(f"s3://{BUCKET}", attempts=2).size("commits/000000000001.json")


def test_an_endpoint_that_redirects_for_ever_is_told(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto_server.enter(monkeypatch)
    with fault_proxy(moto_server, always(Refusal(301, "PermanentRedirect"))) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
        assert "every request with a redirect" in complaint(f"s3://{BUCKET}")


def test_an_endpoint_where_nobody_listens_is_told_within_seconds(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto_server.enter(monkeypatch)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        started = time.monotonic()
        said = complaint(f"s3://{BUCKET}")
    assert time.monotonic() - started < 5
    assert endpoint in said
    assert "cannot be reached; check AWS_ENDPOINT_URL" in said


def test_an_endpoint_that_speaks_no_s3_is_told(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def web_page(_: object, start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [b"<html><p>Welcome"]

    moto_server.enter(monkeypatch)
    with serving(web_page) as console:
        monkeypatch.setenv("AWS_ENDPOINT_URL", console.endpoint)
        said = complaint(f"s3://{BUCKET}")
    assert "this is not S3; check AWS_ENDPOINT_URL" in said


@pytest.mark.parametrize("endpoint", ["not a url", "127.0.0.1:9000", "ftp://127.0.0.1"])
def test_an_endpoint_that_is_no_url_is_told(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    moto_server.enter(monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert "AWS_ENDPOINT_URL" in complaint(f"s3://{BUCKET}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "no path"),
        ("s3://", "no bucket name"),
        ("s3:///prefix", "no bucket name"),
        ("s3://bucket/../etc", "'..'"),
        ("gs://bucket/prefix", "unknown scheme 'gs'"),
        ("file://host/path", "three slashes"),
        ("nul\0path", "no path"),
    ],
)
def test_a_url_that_names_no_store_is_refused(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=re.escape(said)):
        open_store(url)


# --- folders ----------------------------------------------------------------------------------------


def test_a_store_path_that_is_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_text("I am a file")
    assert f"Not a directory ({path}): a file is in the place of a folder" in complaint(str(path))
    assert path.read_text() == "I am a file"


def test_a_folder_without_hard_links_or_rights_is_told() -> None:
    assert "cannot write" in complaint("/proc/pressrun")


def mounted(options: str, script: str) -> str:
    """What a child says that runs `script` beside a small disk of its own at /mnt, after `options`."""
    command = f'mount -t tmpfs -o size=256k tmpfs /mnt && {options} exec "$@"'
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", command, "sh", sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        pytest.skip(f"no private mounts here: {done.stderr[-300:]}")
    return done.stdout


CHECK = """
from storage.objects import StoreError, open_store, preflight
try:
    preflight(open_store("/mnt/archive"))
except StoreError as error:
    print(error)
"""


def test_a_read_only_disk_is_named() -> None:
    said = mounted("mkdir /mnt/archive && mount -o remount,ro /mnt &&", CHECK)
    assert "/mnt/archive: cannot write" in said
    assert "read-only; mount it writable" in said


def test_a_full_disk_is_named_and_leaves_nothing_half_written() -> None:
    said = mounted("head -c 200k /dev/zero > /mnt/ballast &&", CHECK + "import os; print(os.listdir('/mnt'))")
    assert "No space left on device: the disk is full; free some space" in said
    fill = """
from pathlib import Path
from storage.objects import StoreError, open_store
store = open_store("/mnt")
store.put("a/key", b"before")
version = store.get_versioned("a/key")[1]
for write in (
    lambda data: store.put("a/key", data),
    lambda data: store.create("a/new", data),
    lambda data: store.replace("a/key", data, version),
):
    try:
        write(bytes(1 << 20))
    except StoreError as error:
        print("disk is full" in str(error))
print(store.get("a/key"), [path.name for path in Path("/mnt/a").iterdir()])
"""
    assert mounted("", fill).split("\n") == ["True"] * 3 + ["b'before' ['key']", ""]


def test_a_folder_is_made_at_the_first_write_and_not_before(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "not" / "yet"))
    assert list(store.list("")) == []
    assert store.size("key") is None
    store.delete("key")
    assert list(tmp_path.iterdir()) == []
    store.put("key", b"x")
    assert (tmp_path / "not" / "yet" / "key").read_bytes() == b"x"


def test_a_file_url_is_a_folder(tmp_path: Path) -> None:
    open_store(f"file://{tmp_path}/with%20space").put("key", b"x")
    assert (tmp_path / "with space" / "key").read_bytes() == b"x"


# --- creates ----------------------------------------------------------------------------------------


KINDS = {
    ignoring_conditions: Creates.IGNORED,
    looking_before_writing: Creates.WEAK,
    ignoring_swaps: Creates.WEAK,
    refusing_swaps: Creates.WEAK,
    moto: Creates.ATOMIC,
}


@pytest.fixture(params=KINDS, ids=lambda application: application.__name__)
def known(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[ObjectStore, Creates]]:
    """A store over HTTP and what its creates are worth."""
    with serving(request.param()) as server:
        server.enter(monkeypatch)
        bucket = f"probe-{secrets.token_hex(4)}"
        server.client().create_bucket(Bucket=bucket)
        yield open_store(f"s3://{bucket}"), KINDS[request.param]


def test_a_store_is_told_by_what_its_creates_are_worth(known: tuple[ObjectStore, Creates]) -> None:
    store, kind = known
    assert probe(store) is kind
    assert [key for key, _ in store.list("")] == ["_pressrun/creates.json"]
    assert probe(open_store(store.url)) is kind


def test_a_store_without_swaps_still_serves_one_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(refusing_swaps()) as server:
        server.enter(monkeypatch)
        server.client().create_bucket(Bucket=BUCKET + "-swaps")
        store = open_store(f"s3://{BUCKET}-swaps")
        first = store.replace("cursor", b"1", None)
        second = store.replace("cursor", b"2", first)
        assert store.get_versioned("cursor") == (b"2", second)
        assert store.replace("cursor", b"3", first) is None
        assert store.replace("gone", b"3", first) is None


# --- Delta ------------------------------------------------------------------------------------------


def test_delta_tables_open_at_the_same_place_with_the_same_credentials(store: ObjectStore) -> None:
    deltalake = pytest.importorskip("deltalake")
    pyarrow = pytest.importorskip("pyarrow")
    url, options = table_url(store, "tables/articles"), delta_options(store)
    for number in range(2):
        deltalake.write_deltalake(url, pyarrow.table({"n": [number]}), mode="append", storage_options=options)
    table = deltalake.DeltaTable(url, storage_options=options)
    assert sorted(table.to_pyarrow_table()["n"].to_pylist()) == [0, 1]
    assert any(key.startswith("tables/articles/_delta_log/") for key, _ in store.list("tables/"))


def test_credentials_are_shown_in_no_repr(s3_server: S3Server) -> None:
    assert s3_server.secret_key not in repr(open_store(f"s3://{BUCKET}"))


def test_a_work_folder_on_a_full_disk_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    work = tmp_path / "work"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # no file can become larger than this
    try:
        with pytest.raises(
            StoreError, match=r"work folder .*/work cannot be written: .*ulimit.*, or name .* PRESSRUN_WORK"
        ):
            try_work_folder(work)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(work.iterdir()) == []
    try_work_folder(work)
    assert list(work.iterdir()) == []


def test_a_disk_that_fails_while_it_is_read_is_told(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    (tmp_path / "commits").mkdir()
    (tmp_path / "commits" / "1.json").symlink_to("/proc/self/mem")  # whose first byte cannot be read: EIO
    for look in (
        lambda: store.get("commits/1.json"),
        lambda: store.get_range("commits/1.json", 0, 10),
        lambda: store.fetch_file("commits/1.json", tmp_path / "copy"),
    ):
        with pytest.raises(StoreError, match=r"Input/output error.*check its health") as caught:
            look()
        assert type(caught.value) is StoreError
    assert [path.name for path in tmp_path.iterdir()] == ["commits"]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EDQUOT, "the disk quota is used up; free some space or raise the quota"),
        (errno.EIO, "check its health"),
        (errno.ENOSPC, "the disk is full; free some space"),
    ],
)
def test_a_disk_that_refuses_in_the_middle_of_a_write_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    store = open_store(str(tmp_path))
    store.put("kept", b"before")

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    for write in (
        lambda: store.put("kept", b"after"),
        lambda: store.create("new", b"after"),
        lambda: store.put_file("kept", Path(__file__)),
    ):
        with pytest.raises(StoreError, match=remedy):
            write()
    assert remedy in complaint(str(tmp_path))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir() if path.is_file()] == [
        ("kept", b"before")
    ]
