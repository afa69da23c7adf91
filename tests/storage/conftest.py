"""Object stores for the tests of this room: a folder, moto's S3 and, where it is installed, Ceph's."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.objects import ObjectStore, open_store
from tests.support.ceph import ceph, missing_programs
from tests.support.s3 import S3Server, moto, put_behind_the_back, serving

BUCKET = "pressrun-tests"


@pytest.fixture(scope="session")
def moto_server() -> Iterator[S3Server]:
    with serving(moto()) as server:
        server.client().create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture(scope="session")
def ceph_server() -> Iterator[S3Server]:
    if missing := missing_programs():
        pytest.skip(
            f"no real S3 server here ({', '.join(missing)} missing): "
            "apt-get install --no-install-recommends ceph-mon ceph-osd radosgw"
        )
    folder = Path(tempfile.mkdtemp(prefix="ceph-"))  # sockets need a short path
    try:
        with ceph(folder) as server:
            server.client().create_bucket(Bucket=BUCKET)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def fill(request: pytest.FixtureRequest) -> Callable[[ObjectStore, list[str]], None]:
    """Puts the object b"x" under many keys; behind moto's back where it is moto, which is slow."""

    def fill(store: ObjectStore, keys: list[str]) -> None:
        if request.node.callspec.params["store"] == "moto":
            put_behind_the_back(store.url, keys)
            return
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda key: store.put(key, b"x"), keys))

    return fill


@pytest.fixture(params=["moto", "ceph"])
def s3_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """An S3 server that boto3's variables point to, with the bucket BUCKET."""
    server: S3Server = request.getfixturevalue(f"{request.param}_server")
    server.enter(monkeypatch)
    return server


@pytest.fixture(params=["folder", "moto", "ceph"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_store(str(tmp_path / "archive"))
    server: S3Server = request.getfixturevalue(f"{request.param}_server")
    server.enter(monkeypatch)
    return open_store(f"s3://{BUCKET}/{secrets.token_hex(8)}")
