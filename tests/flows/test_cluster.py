"""Segments read on a cluster of real processes give what one process gives, whoever of them is killed."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from distributed import Client, LocalCluster
from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from articles.model import Site
from flows.cluster import OnCluster
from flows.config import SetUpError, load_config
from flows.normalize import normalize
from flows.report import NormalizeReport
from flows.runner import task_runner
from flows.segment import normalize_segment
from flows.shares import read_shares
from flows.steps import Desk
from flows.workshop import Workshop, close_workshop, open_workshop
from seeds.load import write_site
from storage.foreign import foreign_key, take_in
from storage.log import Log
from storage.objects import StoreError
from storage.shares import shares_of
from storage.state import segments
from tests.support.ccnews import cc_news
from tests.support.segments import START, Answer, page, publish_segment

NAME = "CC-NEWS-20261001080500-00042.warc.gz"
FILE_PAGES = 4_100


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two worker processes on loopback."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """An archive with a file of Common Crawl's that makes several tasks, and small segments that make one."""
    seeds = tmp_path / "seeds"
    write_site(seeds, Site(name="harbour", home="https://harbour.test/"))
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "archive"))
    monkeypatch.setenv("PRESSRUN_SEEDS", str(seeds))
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    opened = open_workshop(load_config())
    opened.config.work.mkdir(parents=True, exist_ok=True)
    # mostly pages that are read in no time: what is tried is where they are read
    pages = {
        f"https://www.harbour.test/{n}": page(n) if n % 20 == 0 else b"<p>short" for n in range(FILE_PAGES)
    }
    (tmp_path / NAME).write_bytes(cc_news(pages))
    take_in(opened.store, opened.database, tmp_path / NAME, foreign_key(NAME))
    for number in range(3):
        answers = [
            Answer(url=f"https://harbour.test/{number * 10 + n}", body=page(number * 10 + n))
            for n in range(10)
        ]
        at = START + timedelta(hours=number)
        publish_segment(opened.store, opened.database, opened.config.work, answers, at=at)
    yield opened
    close_workshop(load_config())


@contextmanager
def killing_a_busy_worker(cluster: LocalCluster) -> Iterator[list[int]]:
    """Meanwhile the first worker that reads is killed, as soon as it does; its process id."""
    client = Client(cluster)
    pids = client.run(os.getpid)
    killed: list[int] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02) and not killed:
            busy = [worker for worker, tasks in client.processing().items() if tasks]
            for worker in busy[:1]:
                killed.append(pids[worker])
                os.kill(pids[worker], signal.SIGKILL)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield killed
    finally:
        over.set()
        watching.join()
        client.close()


def test_a_cluster_whose_worker_is_killed_commits_what_one_process_would_have(
    prefect_server: str,
    cluster: LocalCluster,
    shop: Workshop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with shop.database.transaction() as connection:
        keys = [info.key for info in segments.pending(connection)]
    torn = keys[2]
    whole = shop.store.get(torn)
    shop.store.put(torn, whole[:-40])
    undisturbed = open_workshop(load_config({}, store=str(tmp_path / "other"), seeds=tmp_path / "seeds"))
    for key in keys:
        shop.store.fetch_file(key, tmp_path / "copy")
        undisturbed.store.put_file(key, tmp_path / "copy")
        with shop.database.transaction() as connection:
            info = segments.get(connection, key)
        with undisturbed.database.transaction() as connection:
            assert info is not None
            segments.register(connection, info)
        normalize_segment(undisturbed.store, undisturbed.database, undisturbed.sites, key)
    address = cluster.scheduler_address.removeprefix("tcp://")
    monkeypatch.setenv("PRESSRUN_RUNNER", f"dask://{address}")

    with killing_a_busy_worker(cluster) as killed:
        report = normalize.with_options(task_runner=task_runner())()

    assert len(killed) == 1
    assert [one.segment for one in report.quarantined] == [torn]
    assert report.failed == ()
    # a batch's key is made from its content
    assert [commit.batch for commit in Log(shop.store).follow(0)] == [
        commit.batch for commit in Log(undisturbed.store).follow(0)
    ]
    assert report.total.captures == FILE_PAGES + 20
    close_workshop(undisturbed.config)


def test_a_segment_that_cannot_be_committed_stops_no_other(prefect_server: str, shop: Workshop) -> None:
    with shop.database.transaction() as connection:
        first, second, *_ = [one.key for one in segments.pending(connection) if one.captures < FILE_PAGES]
        segments.forget(connection, first)

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=1))
    def both() -> NormalizeReport:
        work = Desk(shop.config, logging.getLogger("tests"), OnCluster(shop.config))
        work.take_all([first, second])
        return work.finish()

    report = both()
    assert ([line.partition(": ")[0] for line in report.failed], len(report.commits)) == ([first], 1)


def test_a_worker_that_sees_another_store_is_told_so_and_nothing_is_given_up(
    shop: Workshop, tmp_path: Path
) -> None:
    with shop.database.transaction() as connection:
        (info, *_) = segments.pending(connection)
    shares = shares_of(shop.store, info, 1_000)
    with pytest.raises(StoreError, match="must see the same store"):
        read_shares(str(tmp_path / "elsewhere"), {}, shares)


def test_a_runner_that_does_not_exist_is_named_with_those_that_do() -> None:
    for wrong in ("ray", "dask://", "dask://host", "tcp://host:8786"):
        with pytest.raises(SetUpError, match="dask://host:8786"):
            load_config({"PRESSRUN_RUNNER": wrong})
    assert load_config({"PRESSRUN_RUNNER": "dask://host:8786"}).runner == "dask://host:8786"
