"""Break the whole path on purpose, and count what is lost, doubled or torn after one clean run.

    python -m benchmarks.chaos [--seed 7] [--kills 32] [--faulty 6] [--store ceph|moto] [--only kill,fault,twins]

The real command, `pressrun crawl sample`, crawls the bundled newspaper; a run that nothing disturbs says what
must be stored. Then:

    kill    the flow's process, its crawler, a process that reads pages, several of them at once or one after the
            other get SIGKILL at random moments, in four runs an archive, until `--kills` have hit; a process that
            outlives its flow is told
    fault   a proxy before a real S3 API (Ceph where it is installed, else moto) spoils one request in twenty, in
            one way (FAULTS) or in all of them in turn; delta-rs goes through it too
    twins   two commands at once, on one folder store and one database

and after each, one clean run. Half of the archives are crawled slowly into segments of 60 kB, so that there is
more to hit. Prints the seed, every archive, and a table; exit code 1 when anything was lost, doubled or torn.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from articles.model import Pointer
from flows.config import choose
from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import serve
from storage import batches
from storage.batches import Outcome, Revision
from storage.commit import rebuild
from storage.documents import document_key
from storage.log import Log
from storage.objects import ObjectStore, open_store, storage_options, table_url
from storage.segments import captures_of
from storage.state.database import open_database
from storage.stored import stored
from tests.support.ceph import ceph, missing_programs
from tests.support.proxy import (
    EXPIRED,
    INTERNAL_ERROR,
    SLOW_DOWN,
    Choose,
    Fault,
    after,
    at_random,
    fault_proxy,
    listings_at_random,
)
from tests.support.s3 import BUCKET, S3Server, moto, serving

KILLS_AN_ARCHIVE = 4
FAULT_SHARE = 0.05
LISTING_SHARE = 0.5
"""A crawl lists seldom."""
SMALL_SEGMENT_BYTES = 60_000
SLOW_SECONDS = 0.05
"""Between two requests of a crawl with small segments."""
RUN_SECONDS = 300.0
FAULTS: dict[str, Callable[[int], Choose]] = {
    "500": lambda seed: at_random(seed=seed, share=FAULT_SHARE, faults=(INTERNAL_ERROR,)),
    "503 SlowDown": lambda seed: at_random(seed=seed, share=FAULT_SHARE, faults=(SLOW_DOWN,)),
    "reset before the effect": lambda seed: at_random(seed=seed, share=FAULT_SHARE, faults=(Fault.RESET,)),
    "reset after the effect": lambda seed: at_random(
        seed=seed, share=FAULT_SHARE, faults=(Fault.LOST_ANSWER,)
    ),
    "slow answer": lambda seed: at_random(seed=seed, share=FAULT_SHARE, faults=(Fault.SLOW,)),
    "truncated answer": lambda seed: at_random(seed=seed, share=FAULT_SHARE, faults=(Fault.TRUNCATED,)),
    "expired credentials": lambda seed: after(
        seed % 4 * PREFLIGHT, at_random(seed=seed, share=FAULT_SHARE, faults=(EXPIRED,))
    ),
    "listing page lost": lambda seed: listings_at_random(seed=seed, share=LISTING_SHARE),
    "all in turn": lambda seed: at_random(seed=seed, share=FAULT_SHARE),
}
"""What the proxy does, by the seed of its dice. Damaged bytes are not among them: over TLS they cannot come."""
PREFLIGHT = 40
"""Requests; a store whose credentials have expired is left at the first of them that is refused."""
END_SECONDS = 20.0
"""How long what a killed flow had started may take to end."""
READER_SECONDS = 1.5
"""Readers live shortly."""
NEXT_SECONDS = 3.0
"""At most between two kills of one run."""
TARGETS = {
    "flow": ("flow",),
    "both": ("both",),
    "reader": ("reader", "flow"),
    "crawler": ("crawler", "flow"),
    "one by one": ("crawler", "reader", "flow"),
}
"""What is killed in one run of the command, one after the other."""


# --- What an archive holds --------------------------------------------------------------------------


Pair = tuple[str, str]
"""Article id and revision id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What is wrong with an archive, beside the revisions it ought to hold."""

    pairs: frozenset[Pair]
    lost: int
    doubled: int
    torn: int
    notes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Nothing is wrong."""
        return not (self.lost or self.doubled or self.torn)


@dataclass(slots=True)
class _Finder:
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    notes: list[str] = field(default_factory=list)

    def compare(self, what: str, found: Counter[object], wanted: Counter[object]) -> None:
        missing, extra = (wanted - found).total(), (found - wanted).total()
        self.lost += missing
        self.doubled += extra
        if missing or extra:
            self.notes.append(f"{what}: {missing} missing, {extra} too many")

    def rows(self, store: ObjectStore, key: str, columns: list[str], wanted: Counter[object]) -> None:
        try:
            found = Counter[object](_table(store, key, columns))
        except (OSError, DeltaError) as error:  # TableNotFoundError among them: no table is not an empty one
            if wanted:
                self.spoilt(f"{key} cannot be read: {error}")
        else:
            self.compare(f"rows of {key}", found, wanted)

    def spoilt(self, note: str) -> None:
        self.torn += 1
        self.notes.append(note)


def audit(store: ObjectStore, database: str, work: Path, wanted: frozenset[Pair] | None) -> Audit:
    """Hold batches, tables, documents, segments and index against each other and against `wanted`."""
    finder, revisions, captures = _Finder(), list[tuple[str, Revision]](), Counter[object]()
    readings, documents = Counter[object](), Counter[object]()
    for commit in Log(store).follow(0):
        batch = batches.read(store, commit.batch, commit.sha256)
        readings[commit.segment, commit.extractor] += 1
        held = Counter[object](c.pointer for c in captures_of(store, commit.segment, batch.segment_sha256))
        finder.compare(f"fates of {commit.segment}", Counter(map(_pointer, batch.outcomes)), held)
        for outcome in batch.outcomes:
            pointer = _pointer(outcome)
            captures[pointer.segment, pointer.offset, commit.extractor] += 1
            if isinstance(outcome, Revision):
                revisions.append((document_key(stored(outcome, commit)), outcome))
    pairs = Counter[object]((rev.article.article_id, rev.article.revision_id) for _, rev in revisions)
    finder.compare("commits of a segment", readings, Counter(set(readings)))
    finder.compare("revisions", pairs, Counter(set(pairs) if wanted is None else wanted))
    finder.rows(store, "tables/articles", ["article_id", "revision_id"], pairs)
    finder.rows(store, "tables/captures", ["segment", "offset", "extractor"], captures)
    for key, size in store.list("articles/"):
        documents[key] += 1
        if not size or json.loads(store.get(key))["article_id"] not in key:
            finder.spoilt(f"{key} is no document")
    finder.compare("documents", documents, Counter({key for key, _ in revisions}))
    _audit_database(finder, store, database, work)
    return Audit(
        pairs=frozenset((rev.article.article_id, rev.article.revision_id) for _, rev in revisions),
        lost=finder.lost,
        doubled=finder.doubled,
        torn=finder.torn,
        notes=tuple(finder.notes),
    )


def _audit_database(finder: _Finder, store: ObjectStore, database: str, work: Path) -> None:
    live = Path(database.removeprefix("sqlite:///"))
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        fresh = Path(folder) / "fresh.sqlite"
        made = open_database(f"sqlite:///{fresh}")
        rebuild(store, made)
        made.close()
        for table in ("heads", "revisions", "committed"):
            finder.compare(f"index, {table}", _rows(live, table), _rows(fresh, table))
    for row in _rows(live, "segments WHERE state != 'committed'", "key, state, error"):
        finder.spoilt(f"not committed: {row}")
    for path in work.rglob("*.warc.gz*"):
        finder.spoilt(f"{path.name} is left over")


def _rows(path: Path, table: str, columns: str = "*") -> Counter[object]:
    with sqlite3.connect(path) as connection:
        found = Counter[object](connection.execute(f"SELECT {columns} FROM {table}"))  # noqa: S608
    connection.close()
    return found


def _table(store: ObjectStore, key: str, columns: list[str]) -> Iterator[tuple[object, ...]]:
    table = DeltaTable(table_url(store, key), storage_options=storage_options(store))
    rows = table.to_pyarrow_table(columns=columns)
    return zip(*(rows.column(name).to_pylist() for name in columns), strict=True)


def _pointer(outcome: Outcome) -> Pointer:
    pointer = (outcome.article if isinstance(outcome, Revision) else outcome).pointer
    assert pointer is not None
    return pointer


# --- Runs of the command ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One archive and how the command reaches it."""

    folder: Path
    store: str
    seeds: Path
    environment: dict[str, str]
    small: bool = False
    """Segments of a few kB instead of those that the command makes."""

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the operational state."""
        return f"sqlite:///{self.folder / 'state.sqlite'}"

    @property
    def work(self) -> Path:
        """Folder of open segments."""
        return self.folder / "work"

    def start(self, **environment: str) -> subprocess.Popen[str]:
        """Begin `pressrun crawl sample`."""
        module = ["benchmarks.chaos", "--command"] if self.small else ["pressrun.cli"]
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                *module,
                "crawl",
                "sample",
                "--store",
                self.store,
                "--seeds",
                str(self.seeds),
                "--json",
            ],
            env=self.environment
            | {"PRESSRUN_DATABASE": self.database, "PRESSRUN_WORK": str(self.work)}
            | environment,
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, **environment: str) -> tuple[int, str]:
        """The whole command: exit code and what it wrote to stderr."""
        process = self.start(**environment)
        _, errors = process.communicate(timeout=RUN_SECONDS)
        return process.returncode, errors

    def audit(self, wanted: frozenset[Pair] | None) -> Audit:
        """What the archive holds."""
        return audit(open_store(self.store), self.database, self.work, wanted)


def small_segments(arguments: list[str]) -> None:
    """The command, with segments of `SMALL_SEGMENT_BYTES`: run in a process of its own."""
    import flows.dealing
    from pressrun.cli import main as command

    flows.dealing.SEGMENT_BYTES = SMALL_SEGMENT_BYTES
    sys.argv = ["pressrun", *arguments]
    command()


# --- Disturbances -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One archive's story: a row of the report."""

    scenario: str
    injected: str
    times: int
    audit: Audit
    failed: bool = False
    """The disturbed run ended with an error, told to the user."""


CRAWLER, READER = "spiders.run", "spawn_main"
"""Words in the commands of a flow's crawlers and of the processes that read pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One try to kill."""

    what: str
    hits: int
    outlived: tuple[str, ...]


def kill_at_random(place: Place, chance: random.Random, target: str, seconds: float) -> Hit:
    """Run the command and kill `target` some time after its crawler (or reader) has appeared; what was hit when."""
    process = place.start()
    began = time.monotonic()
    awaited, seconds = (READER, READER_SECONDS) if target == "reader" else (CRAWLER, seconds)
    while not below(process.pid, awaited) and process.poll() is None:
        time.sleep(0.02)
    family: dict[int, str] = {}
    told, hits = [], 0
    for step in TARGETS[target]:
        delay = chance.uniform(0, seconds)
        time.sleep(delay)  # the moment is the experiment
        family |= {pid: born for pid in below(process.pid) if (born := _born(pid))}
        victims = {
            "flow": [process.pid],
            "crawler": below(process.pid, CRAWLER),
            "both": [*below(process.pid, CRAWLER), process.pid],
            "reader": below(process.pid, READER)[:1],
        }[step]
        struck = [pid for pid in victims if _kill(pid)]
        hits += bool(struck)
        told.append(f"{step} after {delay:.2f} s" + ("" if struck else " (missed)"))
        seconds = NEXT_SECONDS
    outlived = _outlived(process, family)
    return Hit(
        what=f"{', '.join(told)} (of {time.monotonic() - began:.1f} s)",
        hits=hits,
        outlived=outlived,
    )


def _outlived(process: subprocess.Popen[str], family: dict[int, str]) -> tuple[str, ...]:
    """What the command had started and left running; it is ended here."""
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=RUN_SECONDS)
    last = time.monotonic() + END_SECONDS
    while (left := [pid for pid, born in family.items() if _born(pid) == born]) and time.monotonic() < last:
        time.sleep(0.1)
    told = tuple(f"process {pid} outlived its flow: {_command(pid)}" for pid in left)
    for pid in left:
        _kill(pid)
    process.communicate()
    return told


def below(pid: int, word: str = "") -> list[int]:
    """Processes below a process, of those with this word in their command."""
    children = [
        int(child) for tasks in Path(f"/proc/{pid}/task").glob("*/children") for child in _text(tasks).split()
    ]
    named = [child for child in children if word in _command(child)]
    return named + [other for child in children for other in below(child, word)]


def _command(pid: int) -> str:
    return _text(Path(f"/proc/{pid}/cmdline")).replace("\0", " ").strip()


def _born(pid: int) -> str:
    """When a process began, so that its number is not taken for another's; empty: it has ended."""
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return fields[19] if fields and fields[0] != "Z" else ""


def _kill(pid: int) -> bool:
    if not _born(pid):
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return False
    return True


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _clean(place: Place, wanted: frozenset[Pair] | None) -> Audit:
    code, errors = place.run()
    found = place.audit(wanted)
    if code:
        note = f"the clean run exited with {code}: {errors.strip()[-400:]}"
        found = replace(found, torn=found.torn + 1, notes=(*found.notes, note))
    return found


def kills(
    new_place: Callable[..., Place], wanted: frozenset[Pair], chance: random.Random, number: int
) -> Iterator[Told]:
    """Archives that were hit up to `KILLS_AN_ARCHIVE` times each, until `number` kills have hit."""
    turn = hit = 0
    while hit < number:
        place = new_place(small=turn % 2 == 1)
        seconds = 12.0 if place.small else 6.0
        hits = [
            kill_at_random(place, chance, target, seconds=seconds)
            for target in chance.choices(list(TARGETS), k=KILLS_AN_ARCHIVE)
        ]
        audit, outlived = _clean(place, wanted), [told for each in hits for told in each.outlived]
        turn, hit = turn + 1, hit + sum(each.hits for each in hits)
        yield Told(
            scenario="kill -9" + (", small segments" if place.small else ""),
            injected=f"{'; '.join(each.what for each in hits)} ({hit} hits so far)",
            times=sum(each.hits for each in hits),
            audit=replace(audit, torn=audit.torn + len(outlived), notes=(*audit.notes, *outlived)),
        )


def faults(
    new_place: Callable[..., Place],
    wanted: frozenset[Pair],
    server: S3Server,
    *,
    seed: int,
    number: int,
    kinds: Sequence[str],
) -> Iterator[Told]:
    """Crawls into a bucket behind the faulty proxy, `number` for each fault."""
    for turn in range(number):
        for kind in kinds:
            place = new_place(store=f"s3://{BUCKET}/{kind.replace(' ', '-')}-{turn}", small=turn % 2 == 1)
            with fault_proxy(server, FAULTS[kind](seed + turn)) as proxy:
                code, errors = place.run(AWS_ENDPOINT_URL=proxy.server.endpoint)
            said = f", said: {errors.strip()[-600:]}" if code else ""
            yield Told(
                scenario=f"S3: {kind}",
                injected=f"exit {code}, {proxy.faults} of {len(proxy.requests)} requests{said}",
                times=proxy.faults,
                audit=_clean(place, wanted),
                failed=code != 0,
            )


def twins(new_place: Callable[..., Place], wanted: frozenset[Pair], number: int) -> Iterator[Told]:
    """Two commands at once on one store and one database."""
    for turn in range(number):
        place = new_place(small=turn % 2 == 1)
        both = [place.start(), place.start()]
        ends = [process.communicate(timeout=RUN_SECONDS)[1].strip()[-200:] for process in both]
        codes = [process.returncode for process in both]
        yield Told(
            scenario="two at once" + (", small segments" if place.small else ""),
            injected=f"exit {codes} {ends if any(codes) else ''}",
            times=1,
            audit=_clean(place, wanted),
        )


# --- The campaign -----------------------------------------------------------------------------------


@contextmanager
def s3_server(kind: str, folder: Path) -> Iterator[S3Server]:
    """Ceph's or moto's S3, with the bucket, and this process's environment set to reach it."""
    missing = missing_programs() if kind == "ceph" else ["moto was asked for"]
    folder.mkdir()
    with serving(moto()) if missing else ceph(folder) as server:
        server.client().create_bucket(Bucket=BUCKET)
        os.environ.update(server.settings())
        print(f"S3: {'moto' if missing else 'Ceph radosgw'} at {server.endpoint}")
        yield server


def prefect_settings(folder: Path) -> dict[str, str]:
    """Settings by which every run reports to one server, the user's or one of our own."""
    os.environ.setdefault("PREFECT_HOME", str(folder / "prefect"))
    choose()
    from flows.own_server import prefect_server  # Prefect reads its settings when it is imported

    return {"PREFECT_API_URL": prefect_server()}


def campaign(arguments: argparse.Namespace, folder: Path, prefect: dict[str, str]) -> list[Told]:
    """Everything that was asked for, told archive by archive."""
    chance, told = random.Random(arguments.seed), list[Told]()
    with serve(port=0) as paper:
        site = sample_site(paper.port)
        slow = replace(site, fetch=replace(site.fetch, delay_seconds=SLOW_SECONDS))
        write_site(folder / "seeds", site)
        write_site(folder / "slow", slow)

        def new_place(*, store: str | None = None, small: bool = False) -> Place:
            own = Path(tempfile.mkdtemp(dir=folder))
            return Place(
                folder=own,
                store=store or str(own / "archive"),
                seeds=folder / ("slow" if small else "seeds"),
                environment={**os.environ, **prefect},
                small=small,
            )

        reference = _clean(new_place(), None)
        wanted = reference.pairs
        print(f"seed {arguments.seed}; undisturbed: {len(wanted)} revisions; {reference.notes or 'sound'}")

        def tell(story: Told) -> None:
            told.append(story)
            audit = story.audit
            print(f"{story.scenario}: {story.injected}\n    lost {audit.lost}, doubled {audit.doubled}, "
                  f"torn {audit.torn} {'; '.join(audit.notes)}", flush=True)  # fmt: skip

        if "kill" in arguments.only:
            for story in kills(new_place, wanted, chance, arguments.kills):
                tell(story)
        if "twins" in arguments.only:
            for story in twins(new_place, wanted, arguments.twins):
                tell(story)
        if "fault" in arguments.only:
            # not below `folder`: Ceph's sockets need a short path
            with (
                tempfile.TemporaryDirectory(prefix="ceph-", ignore_cleanup_errors=True) as short,
                s3_server(arguments.store, Path(short) / "c") as server,
            ):
                told_of_faults = faults(
                    new_place,
                    wanted,
                    server,
                    seed=arguments.seed,
                    number=arguments.faulty,
                    kinds=arguments.faults,
                )
                for story in told_of_faults:
                    tell(story)
    return told


def table(told: list[Told]) -> str:
    """The stories added up by scenario."""
    lines = [f"{'what':<32}{'archives':>9}{'times':>7}{'failed':>8}{'lost':>6}{'doubled':>9}{'torn':>6}"]
    for scenario in dict.fromkeys(story.scenario for story in told):
        of = [story for story in told if story.scenario == scenario]
        audits = [story.audit for story in of]
        lines.append(
            f"{scenario:<32}{len(of):>9}{sum(story.times for story in of):>7}{sum(story.failed for story in of):>8}"
            f"{sum(audit.lost for audit in audits):>6}{sum(audit.doubled for audit in audits):>9}"
            f"{sum(audit.torn for audit in audits):>6}"
        )
    return "\n".join(lines)


def main() -> int:
    """The command."""
    if sys.argv[1:2] == ["--command"]:
        small_segments(sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kills", type=int, default=32, help="kills that hit")
    parser.add_argument("--faulty", type=int, default=1, help="crawls for each fault")
    parser.add_argument("--faults", type=lambda text: text.split(","), default=list(FAULTS))
    parser.add_argument("--twins", type=int, default=2, help="pairs of crawls at once")
    parser.add_argument("--store", choices=("ceph", "moto"), default="ceph")
    parser.add_argument("--only", type=lambda text: text.split(","), default=["kill", "fault", "twins"])
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    told = campaign(arguments, folder, prefect_settings(folder))
    print(table(told))
    sound = all(story.audit.sound for story in told)
    if sound:
        shutil.rmtree(folder)
    else:
        print(f"the archives are kept in {folder}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
