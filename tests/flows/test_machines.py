"""Two machines on one Postgres and one bucket; one dies in the middle. `benchmarks/machines.py` is the same, larger."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from articles.model import Fetch, Site
from benchmarks.local_web import LocalWeb
from seeds.load import write_site
from storage.batches import Change
from storage.reader import open_archive
from storage.state.database import Database, open_database
from storage.state.leases import Lease, leases
from tests.support.postgres import Postgres
from tests.support.s3 import BUCKET, S3Server
from tests.support.segments import page

ROOT = Path(__file__).resolve().parents[2]
SITES, PAGES = 12, 3
SECONDS = 150.0
CRAWL = "from flows.crawl import crawl; crawl(processes=1, sites_at_once=3)"


def held(database: Database) -> dict[str, Lease]:
    with database.transaction() as connection:
        return leases(connection)


@pytest.fixture
def environment(
    prefect_environment: dict[str, str], moto_server: S3Server, postgres_server: Postgres, tmp_path: Path
) -> dict[str, str]:
    ours = {
        name: value
        for name, value in prefect_environment.items()
        if not name.startswith(("PRESSRUN_", "AWS_"))
    }
    return {
        **ours,
        **moto_server.settings(),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PRESSRUN_STORE": f"s3://{BUCKET}/{secrets.token_hex(8)}",
        "PRESSRUN_DATABASE": postgres_server.new_database(),
        "PRESSRUN_SEEDS": str(tmp_path / "seeds"),
    }


def test_two_machines_share_the_sites_and_nothing_is_lost_or_doubled_when_one_is_killed(
    environment: dict[str, str], moto_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(environment["PRESSRUN_DATABASE"])
    bodies = [page(number) for number in range(SITES * PAGES)]
    with ExitStack() as stack:
        web = stack.enter_context(LocalWeb(bodies, hosts=SITES, pages=PAGES, answer_seconds=0.1))
        for number, home in enumerate(web.homes()):
            fetch = Fetch(delay_seconds=0.3, allow_private_hosts=(home.removeprefix("http://"),))
            write_site(tmp_path / "seeds", Site(name=f"paper-{number:02d}", home=home + "/", fetch=fetch))

        def machine(name: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-c", CRAWL],
                env={**environment, "PRESSRUN_WORK": str(tmp_path / name)},
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        one, two = machine("one"), machine("two")
        visitors: dict[str, set[str]] = {}

        def look() -> set[str]:
            for lease in held(database).values():
                visitors.setdefault(lease.owner, set()).add(lease.site)
            return {lease.owner for lease in held(database).values() if f"(process {one.pid} " in lease.shown}

        deadline = time.monotonic() + SECONDS
        while not (look() and len(visitors) == 2):
            assert time.monotonic() < deadline, "the two never worked at the same time"
            time.sleep(0.05)
        one.send_signal(signal.SIGKILL)
        one.wait()
        lost = {lease.site for lease in held(database).values() if f"(process {one.pid} " in lease.shown}
        again = machine("one")
        assert two.wait(SECONDS) == 0
        assert again.wait(SECONDS) == 0
        served = web.served()

    database.close()
    for name, value in moto_server.settings().items():
        monkeypatch.setitem(os.environ, name, value)
    archive = open_archive(environment["PRESSRUN_STORE"])
    stored = Counter(article.url for article in archive.articles())
    new = Counter(change.url for change in archive.changes() if change.change is Change.NEW)
    assert lost
    assert len(stored) == SITES * PAGES
    assert set(new.values()) == {1}
    assert all(host.requests for host in served)
    assert max(host.at_once for host in served) == 1
