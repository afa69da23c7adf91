"""What Prefect takes of a run: the flow with a real server beside the same functions called without Prefect.

usage: python -m benchmarks.overhead replay [--captures 100000] [--segments 200] [--pages short|small]
       python -m benchmarks.overhead crawl [--pages 10000] [--hosts 100]

`replay` reads as many segments three ways. Segments of one capture each, with the flow and without: next to no work, so
that the difference is what Prefect costs a run of so many tasks, free of the noise that minutes of work have. Then the
segments of full size with the flow: the share is that cost, with the CPU that the server took in this very run, of the
run's. `short` pages (a paragraph, rejected at once) are the cheapest there are: the share is far above that of any real
replay; `small` ones are articles of five paragraphs.

`crawl` fetches pages from many hosts on loopback without a pause, reads and stores them. Prefect's wall seconds are all
that the run took around the crawl's own body (engine, artifacts, ending), and for each task what `replay` says of one.

CPU seconds are of this process and all below it; the server, in a process of its own, is counted apart.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from articles.model import Fetch, Site
from benchmarks.effort import Effort, cpu_below, measured
from benchmarks.local_web import LocalWeb
from benchmarks.scale_out import server
from flows import steps
from flows.config import Config, choose
from flows.segment import normalize_segment
from flows.workshop import close_workshop, open_workshop
from seeds.load import write_site
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.state.segments import pending
from tests.support.segments import START, Answer, page, publish_segment

TASKS = 200
"""Tasks of the run that says what Prefect costs."""
REAL_MS = 20.0
"""CPU of reading, committing and following a real page, at least (benchmarks/scale_out.py)."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What Prefect costs, in seconds."""

    task_wall: float
    task_cpu: float
    """In the flow's process."""
    task_server_cpu: float


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    replay = commands.add_parser("replay")
    replay.add_argument("--captures", type=int, default=100_000)
    replay.add_argument("--segments", type=int, default=200)
    replay.add_argument("--pages", choices=("short", "small"), default="short")
    crawl = commands.add_parser("crawl")
    crawl.add_argument("--pages", type=int, default=10_000)
    crawl.add_argument("--hosts", type=int, default=100)
    chosen = parser.parse_args()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        choose(store=str(Path(folder) / "none"), seeds=str(Path(folder) / "seeds"))
        (Path(folder) / "seeds").mkdir()
        pid = server()
        cost = _cost(Path(folder), pid)
        if chosen.command == "replay":
            _replay(
                Path(folder), pid, cost, chosen.segments, chosen.captures // chosen.segments, chosen.pages
            )
        else:
            _crawl(Path(folder), pid, cost, chosen.hosts, chosen.pages // chosen.hosts)


def _cost(folder: Path, pid: int) -> Cost:
    """What a task costs, from runs that do next to nothing else; the first warms up."""
    _timed(_with_prefect, _archive(folder, "warm", 2, 1, "short"), pid)
    bare, _ = _timed(_without, _archive(folder, "bare", TASKS, 1, "short"), pid)
    together, steps.PACK_CAPTURES = steps.PACK_CAPTURES, 1
    flow, server_cpu = _timed(_with_prefect, _archive(folder, "flow", TASKS, 1, "short"), pid)
    steps.PACK_CAPTURES = together
    cost = Cost((flow.wall - bare.wall) / TASKS, (flow.cpu - bare.cpu) / TASKS, server_cpu / TASKS)
    print(
        f"{TASKS} tasks, of a segment of one capture each: {bare.wall:.1f} s without Prefect, "
        f"{flow.wall:.1f} s with it;"
    )
    print(
        f"  a task, with its share of the run's beginning and end: {1e3 * cost.task_wall:.0f} ms of wall, "
        f"{1e3 * cost.task_cpu:.0f} ms of CPU in the flow, {1e3 * cost.task_server_cpu:.0f} ms in the server",
        flush=True,
    )
    return cost


def _replay(folder: Path, pid: int, cost: Cost, segments: int, captures: int, pages: str) -> None:
    flow, server_cpu = _timed(_with_prefect, _archive(folder, "full", segments, captures, pages), pid)
    tasks = -(-segments // -(-steps.PACK_CAPTURES // captures))
    wall, cpu = tasks * cost.task_wall, tasks * cost.task_cpu + server_cpu
    each = 1e3 * flow.cpu / segments / captures
    print(
        f"{segments * captures:,} captures ({pages}) in {segments} segments, {tasks} tasks: "
        f"{flow.wall:.0f} s, CPU {flow.cpu:.0f} s ({each:.2f} ms a capture) and {server_cpu:.1f} s in the server"
    )
    print(
        f"  Prefect: {wall:.1f} s of wall, {_percent(wall, flow.wall)}; "
        f"{cpu:.1f} s of CPU, {_percent(cpu, flow.cpu + server_cpu)}"
    )
    print(
        f"  of pages that take {REAL_MS:.0f} ms: {_percent(cpu, REAL_MS / 1e3 * segments * captures)} of the CPU"
    )


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f} percent"


def _archive(folder: Path, name: str, segments: int, captures: int, pages: str) -> Config:
    """An archive with segments that wait to be read."""
    config = choose(store=str(folder / name), seeds=str(folder / "seeds"))
    shop = open_workshop(config)
    config.work.mkdir(parents=True)
    for number in range(segments):
        answers = [
            Answer(
                url=f"https://harbour.test/{name}/{number}/{place}",
                body=page(number * captures + place) if pages == "small" else b"<p>Nothing here.",
            )
            for place in range(captures)
        ]
        at = START + timedelta(minutes=number)
        publish_segment(shop.store, shop.database, config.work, answers, at=at)
    close_workshop(config)
    return config


def _timed(work: Callable[[Config], None], config: Config, pid: int) -> tuple[Effort, float]:
    """What it took, and CPU seconds of the server meanwhile."""
    before = cpu_below(pid)
    with measured([pid]) as effort:
        work(config)
    return effort, cpu_below(pid) - before


def _with_prefect(_: Config) -> None:
    from flows.normalize import normalize

    report = normalize()
    assert not report.failed, report.failed


def _without(config: Config) -> None:
    """What the flow's steps do, in as many threads."""
    shop = open_workshop(config)
    with shop.database.transaction() as connection:
        keys = [info.key for info in pending(connection)]
    with ThreadPoolExecutor(2) as threads:
        list(
            threads.map(
                lambda key: normalize_segment(
                    shop.store, shop.database, shop.sites, key, pool=shop.readers.pool
                ),
                keys,
            )
        )
    follow_tables(shop.store)
    follow_documents(shop.store)
    close_workshop(config)


def _crawl(folder: Path, pid: int, cost: Cost, hosts: int, pages: int) -> None:
    from flows.crawl import crawl

    config = choose(store=str(folder / "crawled"), seeds=str(folder / "seeds"))
    with LocalWeb([page(number) for number in range(200)], hosts=hosts, pages=pages) as web:
        for number, home in enumerate(web.homes()):
            fetch = Fetch(delay_seconds=0.0, allow_private_hosts=(home.removeprefix("http://"),))
            write_site(config.seeds, Site(name=f"paper-{number}", home=home + "/", fetch=fetch))
        before = cpu_below(pid)
        with measured([pid, web.pid]) as effort:
            report = crawl()
        server_cpu = cpu_below(pid) - before
    tasks = report.normalized.segments + 1
    around = effort.wall - report.seconds
    wall, cpu = around + tasks * cost.task_wall, tasks * cost.task_cpu + server_cpu
    print(
        f"{report.total.captures:,} captures of {hosts} sites in {report.normalized.segments} segments: "
        f"{effort.wall:.0f} s, CPU {effort.cpu:.0f} s and {server_cpu:.1f} s in the server"
    )
    print(
        f"  Prefect: {around:.1f} s of wall around the crawl's own, and {tasks} tasks: {_percent(wall, effort.wall)}; "
        f"{cpu:.1f} s of CPU, {_percent(cpu, effort.cpu + server_cpu)}"
    )


if __name__ == "__main__":
    main()
