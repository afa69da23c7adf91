"""Kill what reads, commits, follows and maintains, at random moments, and count what is lost, doubled or torn.

    python -m benchmarks.chaos_keeping [--seed 7] [--kills 100]

As `benchmarks.chaos`, without crawl and Prefect, so that every kill falls into the work on the store: the segments
of one undisturbed crawl of the bundled newspaper are put into a new archive, and a real process registers them, reads
and commits each, brings tables and documents up to the log after every commit, compacts and vacuums. It gets SIGKILL
at random moments, `RUNS` times an archive; then it is let be once, and the archive audited.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chaos import Pair, Place, audit, prefect_settings
from flows.segment import normalize_segment
from seeds.load import load_sites, write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import serve
from storage.delta import follow_tables, maintain_tables
from storage.documents import follow_documents
from storage.objects import open_store
from storage.recollect import recollect
from storage.state.database import open_database
from storage.state.segments import pending

RUNS = 4
"""Killed in one archive: after more attempts a segment would wait for its next."""


def main() -> int:
    """The command."""
    if sys.argv[1:2] == ["--work"]:
        work(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kills", type=int, default=100, help="kills that hit")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chaos-keeping-"))
    chance, hits, bad = random.Random(arguments.seed), 0, 0
    segments, seeds, wanted = undisturbed(folder)
    seconds = timed(folder, segments, seeds)
    print(f"seed {arguments.seed}: {len(wanted)} revisions; one run works for {seconds:.1f} s", flush=True)
    while hits < arguments.kills:
        own = new_archive(folder, segments)
        moments = [moment for _ in range(RUNS) if (moment := kill(own, seeds, chance, seconds)) is not None]
        hits += len(moments)
        ended = run(own, seeds).wait()
        found = audit(open_store(str(own / "archive")), database_of(own), own / "work", wanted)
        bad += not found.sound or ended != 0
        shown = ", ".join(f"{moment:.2f}" for moment in moments)
        print(
            f"{hits} hits: killed after {shown} s; lost {found.lost}, doubled {found.doubled}, torn {found.torn} "
            f"{'; '.join(found.notes)}{f'; exit {ended}' if ended else ''}",
            flush=True,
        )
        if found.sound and not ended:
            shutil.rmtree(own)
    print(f"{hits} kills, {bad} archives unsound")
    return 1 if bad else 0


def work(store_url: str, database_url: str, seeds: str) -> None:
    """What is done to an archive between a crawl's end and its readers; says when it begins and when it has ended."""
    store, database, sites = (
        open_store(store_url),
        open_database(database_url),
        {site.name: site for site in load_sites(Path(seeds)).sites},
    )
    print("ready", flush=True)
    recollect(store, database)
    with database.transaction() as connection:
        waiting = [info.key for info in pending(connection)]
    for key in waiting:
        done = normalize_segment(store, database, sites, key)
        if done.error:
            raise SystemExit(done.error)
        follow_tables(store)
        follow_documents(store)
    follow_tables(store)
    follow_documents(store)
    maintain_tables(store)
    store.sweep(older_than_seconds=0)
    print("done", flush=True)


def undisturbed(folder: Path) -> tuple[Path, Path, frozenset[Pair]]:
    """The segments of a crawl in small ones, its seeds, and the revisions that they give."""
    with serve(port=0) as paper:
        site = sample_site(paper.port)
        write_site(folder / "seeds", site)
        place = Place(
            folder=folder / "reference",
            store=str(folder / "reference" / "archive"),
            seeds=folder / "seeds",
            environment={**os.environ, **prefect_settings(folder)},
            small=True,
        )
        place.folder.mkdir()
        code, errors = place.run()
    if code:
        raise SystemExit(errors)
    segments = folder / "reference" / "archive" / "segments"
    return segments, folder / "seeds", place.audit(None).pairs


def new_archive(folder: Path, segments: Path) -> Path:
    """A folder whose `archive/` holds the segments and nothing else."""
    own = Path(tempfile.mkdtemp(dir=folder))
    (own / "work").mkdir()
    shutil.copytree(segments, own / "archive" / "segments")
    return own


def database_of(own: Path) -> str:
    """URL of an archive's database."""
    return f"sqlite:///{own / 'state.sqlite'}"


def run(own: Path, seeds: Path) -> subprocess.Popen[str]:
    """Begin `work`; returns when it begins."""
    where = (str(own / "archive"), database_of(own), str(seeds))
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.chaos_keeping", "--work", *where],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=(own / "errors").open("a"),
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    return process


def timed(folder: Path, segments: Path, seeds: Path) -> float:
    """Seconds that the work takes when nobody disturbs it."""
    own = new_archive(folder, segments)
    process, began = run(own, seeds), time.monotonic()
    process.wait()
    shutil.rmtree(own)
    return time.monotonic() - began


def kill(own: Path, seeds: Path, chance: random.Random, seconds: float) -> float | None:
    """Begin the work and kill it; after how many seconds of it, None: it had ended."""
    moment = chance.uniform(0, seconds / RUNS)
    process = run(own, seeds)
    time.sleep(moment)  # the moment is the experiment
    process.send_signal(signal.SIGKILL)
    return moment if process.wait() == -signal.SIGKILL else None


if __name__ == "__main__":
    sys.exit(main())
