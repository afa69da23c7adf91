"""Run a real crawling child process on given sites, and look at what it left."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from articles.model import Capture, Fetch, Site
from flows.segment import normalize_segment
from seeds.load import load_sites, write_site
from spiders.events import Event, Job, LogLine, SegmentClosed, SiteDone, decode, encode_job
from storage import batches
from storage.batches import Outcome
from storage.log import Log
from storage.objects import open_store
from storage.segments import captures_of
from storage.state import index, segments
from storage.state.database import open_database
from storage.state.frontier import known
from storage.state.frontier.known import History

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Crawl:
    """What one child process said and stored."""

    job: Job
    events: list[Event]
    code: int
    stderr: str
    peak_kib: int
    """The most memory it had at any time."""

    def done(self, site: str) -> SiteDone:
        return next(event for event in self.events if isinstance(event, SiteDone) and event.site == site)

    @property
    def segments(self) -> list[SegmentClosed]:
        return [event for event in self.events if isinstance(event, SegmentClosed)]

    @property
    def log(self) -> str:
        return "\n".join(event.message for event in self.events if isinstance(event, LogLine))

    def captures(self) -> list[Capture]:
        store = open_store(self.job.store)
        return [capture for segment in self.segments for capture in captures_of(store, segment.key)]

    def read(self) -> list[Outcome]:
        """Read and commit every segment that waits; what each capture came to, segment by segment."""
        store, database = open_store(self.job.store), open_database(self.job.database)
        sites = {site.name: site for site in load_sites(Path(self.job.seeds)).sites}
        with database.transaction() as connection:
            keys = [info.key for info in segments.pending(connection)]
        outcomes: list[Outcome] = []
        for key in keys:
            normalize_segment(store, database, sites, key)
            with database.transaction() as connection:
                commit = Log(store).get(index.position(connection))
            assert commit is not None
            assert commit.segment == key
            outcomes += batches.read(store, commit.batch, commit.sha256).outcomes
        return outcomes

    def history(self, url: str) -> History | None:
        database = open_database(self.job.database)
        with database.transaction() as connection:
            return known.history(connection, url)


def local_site(name: str, home: str, **changes: object) -> Site:
    """A site on loopback, fetched without a pause."""
    fetch = {"delay_seconds": 0.0, "timeout_seconds": 5.0, "max_bytes": 1_000_000}
    fetch |= changes.pop("fetch", {})  # type: ignore[operator]
    host = home.split("://")[1].partition("/")[0]
    return Site(
        name=name,
        home=home.rstrip("/") + "/",
        fetch=Fetch(allow_private_hosts=(host,), **fetch),  # type: ignore[arg-type]
        **changes,  # type: ignore[arg-type]
    )


def make_job(folder: Path, sites: list[Site], **changes: object) -> Job:
    for site in sites:
        write_site(folder / "seeds", site, replace=True)
    fields: dict[str, object] = {
        "sites": tuple(site.name for site in sites),
        "seeds": str(folder / "seeds"),
        "store": str(folder / "archive"),
        "database": f"sqlite:///{folder / 'state.sqlite'}",
        "work": str(folder / "work"),
        "deadline_seconds": 60.0,
        "force": True,
        **changes,
    }
    return Job(**fields)  # type: ignore[arg-type]


def start(job: Job) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "spiders.run"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(encode_job(job))
    process.stdin.close()
    process.stdin = None
    return process


def finish(job: Job, process: subprocess.Popen[bytes], timeout: float = 90.0) -> Crawl:
    with ThreadPoolExecutor(1) as watcher:
        peak = watcher.submit(_peak_kib, process)
        out, err = process.communicate(timeout=timeout)
        return Crawl(
            job, [decode(line) for line in out.splitlines()], process.returncode, err.decode(), peak.result()
        )


def _peak_kib(process: subprocess.Popen[bytes]) -> int:
    """The most memory a process had until it ended, but for its last instant.

    Not ru_maxrss: that begins with what its parent had when it was forked.
    """
    peak = 0
    while process.returncode is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        peak = max(
            peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0
        )
        time.sleep(0.02)
    return peak


def crawl(job: Job) -> Crawl:
    return finish(job, start(job))
