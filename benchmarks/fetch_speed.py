"""Pages a second and CPU milliseconds a page of fetching: this crawl, recording included, beside its peers.

    python -m benchmarks.fetch_speed [--pages N] [--rounds N] [--corpus DIR] [--peers PYTHON]

A server on loopback answers for fifty hosts with real pages, compressed as web servers do: those of the corpus
where there is one, else those of the sample newspaper. Every contender fetches the same pages, politeness off,
and they take turns, so that a busy machine is slow for all of them alike. This crawl is the child process of
every run: it also finds the pages in feeds, asks for robots.txt, writes segments and publishes them, and keeps its
database; the others are given the list. PYTHON is an interpreter with scrapy, aiohttp, news-please, trafilatura
and fundus, or some of them: what it has not is named and left out. Imports are not counted, start-up is.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import corpus
from benchmarks.fetch_contenders import CONTENDERS, measured
from benchmarks.local_web import LocalWeb
from seeds.sample.pages import build
from seeds.sample.paper import ROOT, load_paper

HOSTS = 50
BODIES = 400
"""Different pages served."""
OURS = "pressrun"
STORING = (OURS, "scrapy-warcio", "wget-warc")

Figures = dict[str, float]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=3_000, help="fetched in each turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--corpus", type=Path, default=corpus.corpus_folder())
    parser.add_argument("--peers", default=sys.executable, help="an interpreter with the peers")
    parser.add_argument("--only", nargs="*", help="contenders by name")
    parser.add_argument("--ours", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.ours:
        print(json.dumps(_ours(*arguments.ours)))
        return
    bodies = _bodies(arguments.corpus)
    size = sum(map(len, bodies)) / len(bodies)
    print(f"{len(bodies)} pages of {size / 1000:.0f} kB from {arguments.corpus or 'the sample newspaper'}")
    names = arguments.only or [OURS, *CONTENDERS]
    each = max(1, arguments.pages // HOSTS)
    with LocalWeb(bodies, hosts=HOSTS, pages=each) as web:
        _print(_rounds(web, names, arguments.rounds, arguments.peers), each * HOSTS)


def _bodies(folder: Path | None) -> list[bytes]:
    if folder is None:
        paper = build(load_paper(), "http://paper.test/", ROOT)
        return [
            page.body for page in paper.values() if page.content_type.startswith("text/html") and page.body
        ]
    everything = list(corpus.pages(folder))
    return [page.body() for page in everything[:: max(1, len(everything) // BODIES)]]


def _rounds(web: LocalWeb, names: Sequence[str], rounds: int, peers: str) -> dict[str, list[Figures]]:
    figures: dict[str, list[Figures]] = {name: [] for name in names}
    missing: set[str] = set()
    for _ in range(rounds):
        for name in names:
            if name in missing:
                continue
            turn = _turn(web, name, peers)
            if isinstance(turn, str):
                missing.add(name)
                print(f"{name}: left out, {turn}")
            else:
                figures[name].append(turn)
                print(f"  {name}: {turn['cpu'] / turn['pages'] * 1e3:.2f} ms", file=sys.stderr, flush=True)
    return {name: turns for name, turns in figures.items() if turns}


def _turn(web: LocalWeb, name: str, peers: str) -> Figures | str:
    """One contender's figures, or why there are none."""
    with tempfile.TemporaryDirectory(prefix="fetch-speed-") as folder:
        urls = Path(folder) / "urls.txt"
        urls.write_text("\n".join(web.articles()))
        command = (
            [sys.executable, "-m", "benchmarks.fetch_speed", "--ours", str(urls), folder]
            if name == OURS
            else [peers, str(Path(__file__).with_name("fetch_contenders.py")), name, str(urls), folder]
        )
        done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
    web.served()
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it failed"])[-1]
    turn: Figures = json.loads(done.stdout.splitlines()[-1])
    return turn


def _ours(urls_file: str, folder: str) -> Figures:
    from articles.model import Fetch, Site
    from seeds.load import write_site
    from spiders.events import Event, Job, SiteDone
    from spiders.run import run

    urls = Path(urls_file).read_text().split()
    homes = list(dict.fromkeys(url.split("/2026/")[0] for url in urls))
    names = [f"paper-{number}" for number in range(len(homes))]
    for name, home in zip(names, homes, strict=True):
        fetch = Fetch(delay_seconds=0.0, allow_private_hosts=(home.removeprefix("http://"),))
        write_site(Path(folder) / "seeds", Site(name=name, home=home + "/", fetch=fetch))
    job = Job(
        sites=tuple(names),
        seeds=f"{folder}/seeds",
        store=f"{folder}/archive",
        database=f"sqlite:///{folder}/state.sqlite",
        work=f"{folder}/work",
    )
    fetched: list[int] = []

    def hear(event: Event) -> None:
        if isinstance(event, SiteDone):
            fetched.append(event.fetched)

    def work() -> int:
        assert run(job, hear) == 0
        return sum(fetched)

    return measured(work)


def _print(figures: dict[str, list[Figures]], pages: int) -> None:
    base = _median(figures["scrapy"], "cpu") if "scrapy" in figures else None
    print(f"{pages} pages over {HOSTS} hosts, medians of {max(map(len, figures.values()))} turns each")
    print(f"{'':14} {'CPU ms/page':>11} {'to Scrapy':>9} {'pages/s':>8} {'MB':>5}  stores")
    for name, turns in sorted(figures.items(), key=lambda item: _median(item[1], "cpu")):
        missed = pages - _median(turns, "pages")
        cpu = _median(turns, "cpu")
        print(
            f"{name:14} {cpu / pages * 1e3:11.2f} {f'{cpu / base:.2f}' if base else '':>9}"
            f" {pages / _median(turns, 'wall'):8.0f} {_median(turns, 'peak_mb'):5.0f}"
            f"  {'yes' if name in STORING else ''}{f'  {missed:.0f} pages missed' if missed else ''}"
        )


def _median(turns: list[Figures], name: str) -> float:
    return statistics.median(turn[name] for turn in turns)


if __name__ == "__main__":
    os.environ.setdefault("DO_NOT_TRACK", "1")
    main()
