"""The same path with a bucket for a store: crawled into it, and read from it with nothing else at hand."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import serve
from tests.pressrun.conftest import Run
from tests.support.ceph import missing_programs
from tests.support.s3 import BUCKET, S3Server

READER = """
import sys, pressrun
archive = pressrun.open(sys.argv[1])
print(len(list(archive.articles(site="sample"))), archive.head())
assert "sqlalchemy" not in sys.modules and "scrapy" not in sys.modules and "prefect" not in sys.modules
"""
SQL = """
import sys, pathlib, duckdb, duckdb_extension_delta, duckdb_extension_httpfs
for package in (duckdb_extension_httpfs, duckdb_extension_delta):  # the wheels: nothing is downloaded
    duckdb.sql(f"LOAD '{next(pathlib.Path(package.__path__[0]).rglob('*.duckdb_extension'))}'")
duckdb.sql(f"CREATE SECRET (TYPE s3, KEY_ID 'testkey', SECRET 'testsecret', ENDPOINT '{sys.argv[2]}', "
           "URL_STYLE 'path', USE_SSL false, REGION 'us-east-1')")
print(duckdb.sql(f"SELECT count(DISTINCT article_id) FROM delta_scan('{sys.argv[1]}/tables/articles')").fetchone()[0])
"""


@pytest.fixture(scope="module")
def s3(request: pytest.FixtureRequest) -> S3Server:
    """The most real S3 server there is here."""
    server: S3Server = request.getfixturevalue("moto_server" if missing_programs() else "ceph_server")
    return server


@pytest.fixture(scope="module")
def bucket(
    pressrun: Run, s3: S3Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """URL of a store in a bucket with the sample newspaper in it, and the folder of its seeds."""
    folder = tmp_path_factory.mktemp("bucket")
    url = f"s3://{BUCKET}/{secrets.token_hex(4)}"
    with serve(port=0) as server:
        write_site(folder / "seeds", sample_site(server.port))
        result = pressrun("crawl", "--store", url, "--seeds", folder / "seeds", **_environment(s3, folder))
    assert result.returncode == 0, result.stderr
    yield url, folder
    shutil.rmtree(folder, ignore_errors=True)


def _environment(s3: S3Server, folder: Path) -> dict[str, str]:
    database = f"sqlite:///{folder}/state.sqlite"
    return {**s3.settings(), "PRESSRUN_DATABASE": database, "PRESSRUN_WORK": str(folder / "work")}


def test_a_reader_needs_nothing_but_the_bucket(bucket: tuple[str, Path], s3: S3Server, tmp_path: Path):
    command = [sys.executable, "-c", READER, bucket[0]]
    root = Path(__file__).resolve().parents[2]
    environment = {**s3.settings(), "PYTHONPATH": str(root)}
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    articles, head = map(int, result.stdout.split())
    assert articles >= 60
    assert head >= 1
    assert list(tmp_path.iterdir()) == []


def test_sql_reads_the_tables_in_the_bucket(bucket: tuple[str, Path], s3: S3Server):
    endpoint = s3.endpoint.removeprefix("http://")
    result = subprocess.run(
        [sys.executable, "-c", SQL, bucket[0], endpoint],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) >= 60


@pytest.mark.parametrize(
    ("url", "settings", "said"),
    [
        ("s3://no-such-bucket-here/archive", {}, "no-such-bucket-here"),
        (f"s3://{BUCKET}/archive", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "127.0.0.1:9"),
        (f"s3://{BUCKET}/archive", {"AWS_SECRET_ACCESS_KEY": "wrong"}, "AWS_SECRET_ACCESS_KEY"),
    ],
)
def test_a_bucket_that_cannot_be_used_is_told_before_anything_is_fetched(
    pressrun: Run, s3: S3Server, tmp_path: Path, url: str, settings: dict[str, str], said: str
):
    if "AWS_SECRET_ACCESS_KEY" in settings and missing_programs():
        pytest.skip("moto accepts every signature; install Ceph's radosgw to see a refusal")
    with serve(port=0) as server:
        write_site(tmp_path / "seeds", sample_site(server.port))
        environment = {**_environment(s3, tmp_path), **settings}
        result = pressrun("crawl", "--store", url, "--seeds", tmp_path / "seeds", **environment)
        assert server.requests == []
    assert result.returncode == 2, result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert "testsecret" not in result.stdout + result.stderr
