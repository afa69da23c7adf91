"""Kill -9 each part of a `pressrun up` in the middle of a crawl: what happens, and how long until work goes on.

    python -m benchmarks.recovery [--seed 7] [--rounds 1] [--every 60]

The real command runs with its own Prefect server, the crawl scheduled every `--every` seconds in place of 300. Each
round and target has a newspaper of its own: its crawl is under way when the target is killed at a random moment; then
only waiting, until every article of an undisturbed crawl is stored. Columns:

    back      seconds until the part that was killed runs again (a flow, a crawler: until a new one does)
    work      seconds until the newspaper is asked again, or the archive grows again
    whole     seconds until the archive holds what the undisturbed crawl stored
    lost      articles missing after that; doubled: stored as new twice

Processes that read pages are started for large segments only: `benchmarks.chaos` kills those. Prints a table; exit
code 1 when anything was lost or doubled, or a process outlived the end.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from flows import lifeline
from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import SampleServer, serve
from storage.batches import Change
from storage.reader import open_archive

ROOT = Path(__file__).parents[1]
DELAY_SECONDS = 0.25
MOMENTS = (1, 45)
"""The kill falls after so many requests of the crawl; it makes about 80."""
PATIENCE_SECONDS = 400.0
WORDS = {
    "server": "uvicorn",
    "worker": "worker\0start",
    "flow": "prefect.engine",
    "crawler": "spiders.run",
}
"""A word in the command of each target."""


class TooLong(Exception):
    """Something did not come within PATIENCE_SECONDS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one kill."""

    target: str
    requests: int
    back: float
    work: float
    whole: float
    lost: int
    doubled: int
    said: str


class Installation:
    """A folder with an archive, its seeds, and the `pressrun up` that works on it."""

    def __init__(self, folder: Path, every: int) -> None:
        self.folder, self.every = folder, every
        self.lock = folder / "archive" / "work" / "prefect" / "up.lock"
        self.log = folder / "up.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, and wait until everything is up."""
        names = [name for name in os.environ if not name.startswith(("PREFECT", "PRESSRUN"))]
        said = len(self.told())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pressrun.cli", "up", "--store", "archive", "--seeds", "seeds"],
                cwd=self.folder,
                env={name: os.environ[name] for name in names} | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait(lambda: "is the UI" in self.told()[said:])
        self._hurry()

    def end(self) -> tuple[float, int]:
        """Ctrl-C: seconds until it has ended, and how many processes outlived it."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(120)
        return time.monotonic() - began, len(lifeline.family(self.lock))

    def told(self) -> str:
        """All it has written."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def pids(self, target: str) -> list[int]:
        """The processes that are this target."""
        if target == "up":
            return [self.process.pid] if self.process and self.process.poll() is None else []
        found = []
        for pid in lifeline.family(self.lock):
            with suppress(OSError):
                if WORDS[target] in Path(f"/proc/{pid}/cmdline").read_text():
                    found.append(pid)
        return sorted(found)

    def articles(self, site: str) -> tuple[frozenset[str], int]:
        """Paths of a site's articles, and how many were stored as new more than once."""
        with suppress(Exception):
            archive = open_archive(str(self.folder / "archive"))
            new = Counter(
                change.article_id
                for change in archive.changes()
                if change.change is Change.NEW and change.site == site
            )
            paths = frozenset(urlsplit(article.url).path for article in archive.articles(site=site))
            return paths, sum(number - 1 for number in new.values())
        return frozenset(), 0

    def _hurry(self) -> None:
        """Schedule the crawl more often."""
        url = self.told().rpartition("up: ")[2].partition(" is the UI")[0] + "/api"
        with httpx.Client(trust_env=False, timeout=60) as client:
            found = client.post(
                f"{url}/deployments/filter", json={"deployments": {"name": {"any_": ["crawl"]}}}
            )
            (deployment,) = found.raise_for_status().json()
            (schedule,) = deployment["schedules"]
            often = {"schedule": schedule["schedule"] | {"interval": self.every}, "active": True}
            client.patch(
                f"{url}/deployments/{deployment['id']}/schedules/{schedule['id']}", json=often
            ).raise_for_status()


def wait(true: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> float:
    """Seconds until it is true. Raises TooLong."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise TooLong
        time.sleep(0.1)
    return time.monotonic() - began


@contextmanager
def newspaper(place: Installation, name: str) -> Iterator[SampleServer]:
    """A newspaper of its own, and its seed file."""
    with serve(port=0) as paper:
        site = sample_site(paper.port)
        slow = replace(site.fetch, delay_seconds=DELAY_SECONDS)
        path = write_site(place.folder / "seeds", replace(site, name=name, fetch=slow))
        try:
            yield paper
        finally:
            path.unlink()


def kill(place: Installation, target: str, name: str, chance: random.Random, wanted: frozenset[str]) -> Row:
    """Kill one target in the crawl of one newspaper, and wait until all is stored."""
    with newspaper(place, name) as paper:
        moment = chance.randint(*MOMENTS)
        wait(lambda: len(paper.requests) >= moment)
        victims, requests, said = place.pids(target), len(paper.requests), len(place.told())
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        gone = wait(lambda: not set(victims) & set(place.pids(target)))
        asked, stored = len(paper.requests), len(place.articles(name)[0])
        if target == "up":
            assert place.process is not None
            place.process.wait()
            wait(lambda: not lifeline.family(place.lock))
            asked = len(paper.requests)
            place.start()
        back = gone + wait(lambda: set(place.pids(target)) - set(victims))
        wait(lambda: len(paper.requests) > asked or len(place.articles(name)[0]) > stored)
        work = time.monotonic() - began
        with suppress(TooLong):
            wait(lambda: place.articles(name)[0] >= wanted)
        whole = time.monotonic() - began
        paths, doubled = place.articles(name)
        lines = [line for line in place.told()[said:].splitlines() if line.startswith("pressrun:")]
    return Row(
        target=target,
        requests=requests,
        back=back,
        work=work,
        whole=whole,
        lost=len(wanted - paths),
        doubled=doubled,
        said=" / ".join(line.removeprefix("pressrun: ") for line in lines[:2]),
    )


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--every", type=int, default=60, help="seconds between scheduled crawls")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=["server", "worker", "flow", "crawler", "up"]
    )
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    folder = Path(tempfile.mkdtemp(prefix="recovery-"))
    place = Installation(folder, arguments.every)
    rows = []
    try:
        (folder / "seeds").mkdir()
        began = time.monotonic()
        place.start()
        print(f"in {folder}; up after {time.monotonic() - began:.0f} s", flush=True)
        with newspaper(place, "undisturbed") as paper:
            wait(lambda: paper.requests)
            began = time.monotonic()
            wait(lambda: not place.pids("flow"))
            wanted, doubled = place.articles("undisturbed")
        print(f"undisturbed: {len(wanted)} articles, {doubled} doubled, {len(paper.requests)} requests, "
              f"{time.monotonic() - began:.0f} s", flush=True)  # fmt: skip
        print(f"{'killed':<10}{'after':>8}{'back':>8}{'work':>8}{'whole':>8}{'lost':>6}{'doubled':>9}  said")
        for turn in range(arguments.rounds):
            for target in arguments.only:
                row = kill(place, target, f"{target}{turn}", chance, wanted)
                rows.append(row)
                print(f"{row.target:<10}{row.requests:>4} req{row.back:>8.1f}{row.work:>8.1f}{row.whole:>8.1f}"
                      f"{row.lost:>6}{row.doubled:>9}  {row.said}", flush=True)  # fmt: skip
        seconds, left = place.end()
        print(f"Ctrl-C: ended in {seconds:.1f} s, {left} processes left")
        return int(left > 0 or any(row.lost or row.doubled for row in rows))
    finally:
        if place.process is not None:
            place.process.kill()
            place.process.wait()
        lifeline.kill(place.lock)


if __name__ == "__main__":
    sys.exit(main())
