"""Many sites in one process, and many pages: does each site keep its own pace, does memory stay flat?

    python -m benchmarks.fetch_scale pace [--sites 500] [--pages 8] [--delay 2]
    python -m benchmarks.fetch_scale memory [--sites 50] [--pages 2000]

`pace` crawls small newspapers, each at an address of its own, with a delay; the server says what gaps and how
many requests at once each host saw. `memory` crawls without a delay and prints the resident memory of the
crawling child over its pages. Both run the child process of every crawl, recording included.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from articles.model import Fetch, Site
from benchmarks.local_web import LocalWeb, Served
from seeds.load import write_site
from spiders.events import Event, Job, SegmentClosed, SiteDone, decode, encode_job


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, sites, pages, delay in (("pace", 500, 8, 2.0), ("memory", 50, 2_000, 0.0)):
        command = commands.add_parser(name)
        command.add_argument("--sites", type=int, default=sites)
        command.add_argument("--pages", type=int, default=pages, help="articles of each site")
        command.add_argument("--delay", type=float, default=delay, help="delay_seconds of every seed")
    arguments = parser.parse_args()
    sites, pages, delay = arguments.sites, arguments.pages, arguments.delay
    bodies = [_body(number) for number in range(50)]
    with (
        LocalWeb(bodies, hosts=sites, pages=pages, answer_seconds=0.02 if delay else 0.0) as web,
        tempfile.TemporaryDirectory(prefix="fetch-scale-") as folder,
    ):
        (_pace if arguments.command == "pace" else _memory)(web, Path(folder), pages, delay)


def _body(number: int) -> bytes:
    text = f"The council of town {number} met on Monday and decided that the bridge will be repaired. " * 4
    title = f"Story {number} of this town"
    return f"<!doctype html><title>{title}</title><article><h1>{title}</h1>{f'<p>{text}</p>' * 6}".encode()


def _job(web: LocalWeb, folder: Path, delay_seconds: float) -> Job:
    names = []
    for number, home in enumerate(web.homes()):
        fetch = Fetch(delay_seconds=delay_seconds, allow_private_hosts=(home.removeprefix("http://"),))
        names.append(f"paper-{number}")
        write_site(folder / "seeds", Site(name=names[-1], home=home + "/", fetch=fetch))
    return Job(
        sites=tuple(names),
        seeds=str(folder / "seeds"),
        store=str(folder / "archive"),
        database=f"sqlite:///{folder}/state.sqlite",
        work=str(folder / "work"),
        max_segment_seconds=30.0,
    )


def _child(job: Job) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-m", "spiders.run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    child.stdin.write(encode_job(job))
    child.stdin.close()
    return child


def _events(child: subprocess.Popen[bytes]) -> Iterator[Event]:
    assert child.stdout is not None
    return map(decode, child.stdout)


def _pace(web: LocalWeb, folder: Path, pages: int, delay: float) -> None:
    job = _job(web, folder, delay)
    began = time.perf_counter()
    child = _child(job)
    done = [event for event in _events(child) if isinstance(event, SiteDone)]
    code, took = child.wait(), time.perf_counter() - began
    hosts = web.served()
    gaps = [host.least_gap_seconds for host in hosts if host.least_gap_seconds is not None]
    means = [host.mean_gap_seconds for host in hosts if host.mean_gap_seconds is not None]
    requests = sum(host.requests for host in hosts)
    alone = max((host.requests - 1) * delay for host in hosts)
    visits = [host.seconds for host in hosts]
    print(f"{len(hosts)} sites, {delay:g} s between requests, {pages} articles each: exit code {code}")
    fetched = sum(event.fetched for event in done)
    print(f"  {fetched:,} articles, {requests:,} requests in {took:.1f} s, {_cpu():.1f} s of CPU")
    print(f"  one site alone would wait {alone:.0f} s; visits as the hosts saw them: {_spread(visits)} s")
    print(f"  requests at once to one host, at most: {_most(hosts)}")
    print(f"  least gap at any host: {min(gaps):.3f} s; means of the hosts: {_spread(means)} s")


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)  # the server has not ended
    return children.ru_utime + children.ru_stime


def _most(hosts: Sequence[Served]) -> int:
    return max(host.at_once for host in hosts)


def _spread(values: Sequence[float]) -> str:
    ordered = sorted(values)
    return f"{ordered[0]:.3f} to {ordered[-1]:.3f}, median {ordered[len(ordered) // 2]:.3f}"


def _memory(web: LocalWeb, folder: Path, pages: int, delay: float) -> None:
    total = len(web.homes()) * pages
    job = _job(web, folder, delay)
    child = _child(job)
    began = time.perf_counter()
    captures, printed, done = 0, 0, 0
    print(f"{total:,} pages of {len(web.homes())} sites\n{'captures':>9} {'seconds':>8} {'MB':>6}")
    for event in _events(child):
        captures += event.captures if isinstance(event, SegmentClosed) else 0
        done += event.fetched if isinstance(event, SiteDone) else 0
        seconds = time.perf_counter() - began
        if seconds >= printed * 10:
            printed = int(seconds // 10) + 1
            print(f"{captures:9,} {seconds:8.0f} {_resident_mb(child.pid):6.0f}", flush=True)
    print(
        f"exit code {child.wait()}: {done:,} articles, {captures:,} captures in {time.perf_counter() - began:.0f} s"
    )


def _resident_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0
    )


if __name__ == "__main__":
    main()
