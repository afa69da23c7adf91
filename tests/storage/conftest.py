"""Object stores for the tests of this room: a folder, moto's S3 and, where it is installed, Ceph's."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.objects import ObjectStore, open_store
from storage.state.database import Database, open_database
from tests.support.s3 import BUCKET, S3Server, put_behind_the_back


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


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty operational database."""
    database = open_database(database_url)
    yield database
    database.close()
