"""Crawl runs share the sites: no two visit one at once, and a dead run's are free on its machine at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.child import STOP_SECONDS
from flows.claims import GIVE_UP_SECONDS, RENEW_SECONDS, claims
from storage.state.database import Database, open_database
from storage.state.leases import LEASE_SECONDS, claim, leases

ROOT = Path(__file__).resolve().parents[2]

HOLDER = """
import signal, subprocess, sys
from pathlib import Path
from flows.claims import claims
from storage.state.database import open_database

with claims(open_database(sys.argv[1]), Path(sys.argv[2]), "the other run") as held:
    held.claim(["a"])
    keep = [held.descriptor]
    crawler = subprocess.Popen(["sleep", "600"], pass_fds=keep, stdout=subprocess.DEVNULL)
    print(crawler.pid, flush=True)
    signal.pause()
"""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'state.sqlite'}")


def test_a_site_that_another_run_visits_is_named_with_who_visits_it(
    database: Database, tmp_path: Path
) -> None:
    with claims(database, tmp_path, "crawl one") as one, claims(database, tmp_path, "crawl two") as two:
        one.claim(["a", "b"])
        own, others = two.claim(["b", "c"])
    assert own == {"c"}
    assert [str(lease).partition(" since ")[0] for lease in others] == ["b is being crawled by crawl one"]


def test_a_run_that_ends_leaves_nothing_claimed(database: Database, tmp_path: Path) -> None:
    with claims(database, tmp_path, "crawl one") as one:
        one.claim(["a", "b"])
        one.release(["a"])
        with database.transaction() as connection:
            assert set(leases(connection)) == {"b"}
    with database.transaction() as connection:
        assert leases(connection) == {}
    assert list((tmp_path / "runs").iterdir()) == []


def test_what_a_run_could_not_release_because_the_database_was_away_is_free_to_the_next_one(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "state.sqlite"
    with claims(database, tmp_path, "crawl one") as one:
        one.claim(["a"])
        whole = file.read_bytes()
        file.write_bytes(b"no database at all" * 1000)
    file.write_bytes(whole)
    with claims(database, tmp_path, "crawl two") as two:
        assert two.claim(["a"])[0] == {"a"}


def test_what_a_killed_run_claimed_is_free_on_its_machine_once_its_crawlers_are_gone_too(
    database: Database, tmp_path: Path
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database.engine.url), str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    crawler = int(other.stdout.readline())
    other.kill()
    other.wait()
    with claims(database, tmp_path, "too early") as early:
        assert early.claim(["a"])[0] == set()
    os.kill(crawler, signal.SIGKILL)
    other.stdout.close()

    def free() -> bool:
        with claims(database, tmp_path, "the next run") as following:
            return following.claim(["a"])[0] == {"a"}

    assert any(free() for _ in range(200))  # the kernel has the crawler's end to see to
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_run_of_another_machine_is_waited_for(database: Database, tmp_path: Path) -> None:
    with database.transaction() as connection:
        claim(connection, ["a"], owner="elsewhere", shown="a run elsewhere")
    with claims(database, tmp_path, "crawl one") as one:
        assert one.claim(["a"])[0] == set()


def test_a_run_whose_sites_were_taken_over_is_told_to_stop(database: Database, tmp_path: Path) -> None:
    with claims(database, tmp_path, "the sleeper") as sleeper:
        sleeper.claim(["a", "b"])
        sleeper.renew()
        assert not sleeper.lost.is_set()
        with database.transaction() as connection:
            connection.exec_driver_sql("UPDATE leases SET until = '2026-01-01 00:00:00'")
            claim(connection, ["b"], owner="faster", shown="a faster run")
        sleeper.renew()
        assert sleeper.lost.is_set()


def test_a_run_that_cannot_reach_the_database_for_long_is_told_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'state' / 'state.sqlite'}")
    with claims(database, tmp_path, "crawl one") as one:
        one.claim(["a"])
        (tmp_path / "state").rename(tmp_path / "away")
        one.renew()
        assert not one.lost.is_set()
        monkeypatch.setattr("flows.claims.GIVE_UP_SECONDS", 0.0)
        one.renew()
        assert one.lost.is_set()


def test_a_run_whose_database_hangs_is_told_to_stop_meanwhile(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RENEW_SECONDS", "LOOK_SECONDS", "GIVE_UP_SECONDS"):
        monkeypatch.setattr(f"flows.claims.{name}", 0.02)
    with claims(database, tmp_path, "crawl one") as one:
        one.claim(["a"])
        one.lost.clear()
        with database.transaction():  # until its end every other transaction waits
            assert one.lost.wait(30)


def test_the_crawlers_of_a_run_without_database_have_ended_before_others_may_take_its_sites() -> None:
    noticed = GIVE_UP_SECONDS + RENEW_SECONDS
    assert RENEW_SECONDS < GIVE_UP_SECONDS
    assert noticed + STOP_SECONDS <= LEASE_SECONDS
