"""Crawls that are cancelled or killed: the child ends with them, and the next run stores what is missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from articles.model import Site
from flows.config import load_config
from flows.crawl import CrawlFailed, crawl
from flows.progress import watched_by
from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import SampleServer, serve
from spiders.events import Progress, SiteDone
from storage.batches import Change
from storage.reader import open_archive
from storage.state import segments
from storage.state.database import open_database
from storage.state.segments import State
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120.0


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with serve(port=free_port()) as serving:
        yield serving


@pytest.fixture
def sample(server: SampleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The sample newspaper, fetched slowly enough to be interrupted."""
    site = sample_site(int(server.url.rstrip("/").rpartition(":")[2]))
    slow = replace(site, fetch=replace(site.fetch, delay_seconds=0.15))
    write_site(tmp_path / "seeds", slow)
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "archive"))
    monkeypatch.setenv("PRESSRUN_SEEDS", str(tmp_path / "seeds"))
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    return site


def hurry(tmp_path: Path, site: Site) -> None:
    """From now on the site may be fetched as fast as it answers."""
    for path in (tmp_path / "seeds").rglob("*.toml"):
        path.unlink()
    write_site(tmp_path / "seeds", site)


def crawlers_of(pid: int) -> list[int]:
    """Processes below `pid` that are crawlers."""
    found, below = [], [pid]
    while below:
        for tasks in Path(f"/proc/{below.pop()}/task").glob("*/children"):
            children = [int(word) for word in _text(tasks).split()]
            below += children
            found += [child for child in children if "spiders.run" in _text(Path(f"/proc/{child}/cmdline"))]
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def wait_until(what: str, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, f"not {what} within {SECONDS:.0f} s"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "spiders.run" not in _text(Path(f"/proc/{pid}/cmdline"))


def test_a_killed_crawler_fails_the_run_by_name_and_the_next_run_loses_nothing(
    prefect_server: str, sample: Site, server: SampleServer, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill_it(event: Progress | SiteDone) -> None:
        if isinstance(event, Progress) and event.fetched > 3 and not killed:
            killed.extend(crawlers_of(os.getpid()))
            os.kill(killed[0], signal.SIGKILL)

    with watched_by(kill_it), pytest.raises(CrawlFailed, match="sample was killed by signal 9") as failure:
        crawl(sites=["sample"])
    hurry(tmp_path, sample)
    report = crawl(sites=["sample"])

    assert len(killed) == 1
    assert failure.value.report.sites[0].done is None
    assert report.deaths == ()
    # the killed child's segment was recovered, what it lacks fetched, and nothing stored twice
    archive = open_archive(load_config().store)
    articles = [article.url for article in archive.articles()]
    assert len(articles) > 40
    assert len(articles) == sum(revision.change is Change.NEW for revision in archive.changes())


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_flow_that_is_ended_takes_its_crawler_along_and_loses_nothing(
    prefect_environment: dict[str, str], sample: Site, server: SampleServer, end: signal.Signals
) -> None:
    ours = {name: value for name, value in os.environ.items() if name.startswith("PRESSRUN_")}
    flow = subprocess.Popen(
        [sys.executable, "-c", "from flows.crawl import crawl; crawl(sites=['sample'])"],
        env={**prefect_environment, **ours},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until("fetching", lambda: len(server.requests) > 20)
        (crawler,) = crawlers_of(flow.pid)
        flow.send_signal(end)
        wait_until("rid of the crawler", lambda: gone(crawler))
        flow.wait(SECONDS)
        asked = len(server.requests)
    finally:
        flow.kill()
        flow.wait()

    database = open_database(load_config().database)
    with database.transaction() as connection:
        published = [info for state in State for info in segments.in_state(connection, state)]
    database.close()
    assert flow.returncode != 0
    assert len(server.requests) == asked
    # the crawler sealed and published what it had before it went: the next run reads it
    assert sum(info.captures for info in published) >= 20
