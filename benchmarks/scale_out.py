"""Reading a file of Common Crawl's shape on a cluster of real worker processes, beside one process.

usage: python -m benchmarks.scale_out [--captures 4000] [--task 500] [--workers 2,4] [--repeats 2]

Every run reads the same segment into an archive of its own, commits it and lets tables and documents follow: by one
process without Prefect, by the flow on a local Dask cluster, and on one whose first busy worker is killed with
signal 9. Runs take turns, so that what else the machine does falls on all of them. Workers have imported what they need
before the clock starts. Printed: captures a second, CPU seconds of everything but the Prefect server, of the flow's
process (commits, scheduler) alone, efficiency, which is speed-up by workers, and whether the batches are those of one
process. On a machine that does other things too, trust what is computed from CPU seconds: `free` is the efficiency
if every process had a core of its own, its wall seconds then being the CPU seconds of the busiest worker and those of
the flow's process, one after the other. `--task` is less than the flows' own, for there to be enough tasks.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from distributed import Client, LocalCluster

from benchmarks.ccnews_file import NAME, write_file
from benchmarks.effort import Effort, cpu_below, measured
from flows import cluster as on_cluster
from flows.config import Config, choose, load_config
from flows.own_server import prefect_server
from flows.segment import normalize_segment
from flows.workshop import close_workshop, open_workshop
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.foreign import foreign_key, take_in
from storage.log import Log


@dataclass(frozen=True, slots=True)
class Run:
    """One way of reading the archive, once."""

    effort: Effort
    batches: tuple[str, ...]
    """Keys of the batches committed; each is made from what it holds."""
    busiest: float | None = None
    """CPU seconds of the worker that had most; None: a worker was killed, or there were none."""


def main() -> int:
    """The command; exit code 1 where a cluster committed anything else than one process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--captures", type=int, default=4_000)
    parser.add_argument("--task", type=int, default=500, help="captures a task")
    parser.add_argument("--workers", default="2,4")
    parser.add_argument("--repeats", type=int, default=2)
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.workers.split(",")]
    on_cluster.TASK_CAPTURES = chosen.task
    logging.getLogger("distributed").setLevel(logging.ERROR)

    with tempfile.TemporaryDirectory(prefix="scale-out-") as folder:
        whole = Path(folder) / "whole"
        _fill(whole, chosen.captures)
        choose(store=str(whole), seeds=str(Path(folder) / "seeds"))
        server_pid = server()
        runs: dict[str, list[Run]] = {}
        for turn in range(chosen.repeats):
            runs.setdefault("one process", []).append(_one(_copy(whole, f"one-{turn}")))
            for size in sizes:
                with _cluster(size) as workers:
                    runs.setdefault(f"{size} workers", []).append(
                        _on(workers, _copy(whole, f"{size}-{turn}"), server_pid, kill=False)
                    )
            with _cluster(sizes[0]) as workers:
                runs.setdefault(f"{sizes[0]} workers, one killed", []).append(
                    _on(workers, _copy(whole, f"killed-{turn}"), server_pid, kill=True)
                )
        return _print(runs, chosen.captures, cpu_below(server_pid))


def _fill(archive: Path, captures: int) -> None:
    config = load_config({}, store=str(archive), seeds=archive / "seeds")
    config.seeds.mkdir(parents=True)
    shop = open_workshop(config)
    path = archive.parent / NAME
    print(f"{write_file(path, captures)}; {os.cpu_count()} cores")
    take_in(shop.store, shop.database, path, foreign_key(NAME))
    close_workshop(config)


def _copy(archive: Path, name: str) -> Config:
    copy = archive.parent / name
    shutil.copytree(archive, copy)
    return choose(store=str(copy), seeds=str(copy / "seeds"))


def server() -> int:
    """Start a Prefect server; its process id."""
    before = _children()
    prefect_server()
    (started,) = _children() - before
    return started


def _children() -> set[int]:
    return {
        int(pid) for tasks in Path("/proc/self/task").glob("*/children") for pid in tasks.read_text().split()
    }


@contextmanager
def _cluster(size: int) -> Iterator[LocalCluster]:
    with (
        LocalCluster(n_workers=size, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as client,
    ):
        client.run(__import__, "flows.cluster")
        os.environ["PRESSRUN_RUNNER"] = "dask://" + cluster.scheduler_address.removeprefix("tcp://")
        try:
            yield cluster
        finally:
            del os.environ["PRESSRUN_RUNNER"]


def _one(config: Config) -> Run:
    with measured() as effort:
        shop = open_workshop(config)
        normalize_segment(shop.store, shop.database, shop.sites, foreign_key(NAME))
        follow_tables(shop.store)
        follow_documents(shop.store)
        close_workshop(config)
    return Run(effort, _batches(config))


def _on(cluster: LocalCluster, config: Config, server_pid: int, *, kill: bool) -> Run:
    from flows.normalize import normalize
    from flows.runner import task_runner

    flow = normalize.with_options(task_runner=task_runner())
    over = threading.Event()
    killer = threading.Thread(target=_kill_one, args=(cluster, over)) if kill else None
    if killer:
        killer.start()
    with Client(cluster) as client:
        before = client.run(time.process_time)
        with measured([server_pid]) as effort:
            report = flow()
        after = client.run(time.process_time)
    over.set()
    if killer:
        killer.join()
    assert not report.failed, report.failed
    busiest = (
        max(after[worker] - before[worker] for worker in after) if after.keys() == before.keys() else None
    )
    return Run(effort, _batches(config), busiest)


def _kill_one(cluster: LocalCluster, over: threading.Event) -> None:
    """Kill the first worker that has read for five seconds."""
    with Client(cluster) as client:
        pids = client.run(os.getpid)
        while not over.wait(5.0):
            for worker, tasks in client.processing().items():
                if tasks:
                    os.kill(pids[worker], signal.SIGKILL)
                    return


def _batches(config: Config) -> tuple[str, ...]:
    store = open_workshop(config).store
    found = tuple(commit.batch for commit in Log(store).follow(0))
    close_workshop(config)
    return found


def _free(runs: list[Run], base_cpu: float, workers: int) -> str:
    walls = [run.busiest + run.effort.own for run in runs if run.busiest is not None]
    return f"{base_cpu / statistics.median(walls) / workers:6.2f}" if walls else f"{'':6}"


def _print(runs: dict[str, list[Run]], captures: int, server_cpu: float) -> int:
    print(
        f"{'':22} {'wall s':>7} {'CPU s':>7} {'flow CPU':>8} {'captures/s':>10} {'speed-up':>8} {'efficiency':>10} "
        f"{'free':>6}"
    )
    (alone, *_), same = runs["one process"], True
    base = statistics.median(run.effort.wall for run in runs["one process"])
    base_cpu = statistics.median(run.effort.cpu for run in runs["one process"])
    for name, all_runs in runs.items():
        wall = statistics.median(run.effort.wall for run in all_runs)
        cpu = statistics.median(run.effort.cpu for run in all_runs)
        own = statistics.median(run.effort.own for run in all_runs)
        words = name.split()
        workers = int(words[0]) if words[0].isdigit() else 1
        same = same and all(run.batches == alone.batches for run in all_runs)
        print(
            f"{name:22} {wall:7.1f} {cpu:7.1f} {own:8.1f} {captures / wall:10.1f} {base / wall:8.2f} "
            f"{base / wall / workers:10.2f} {_free(all_runs, base_cpu, workers)}"
        )
    print(f"{server_cpu:.0f} s of CPU went to the Prefect server")
    print("every run committed the same batches" if same else "RUNS COMMITTED DIFFERENT BATCHES")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
