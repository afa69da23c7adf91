"""What becomes of every misbehaviour of the hostile newspaper: the table of docs/hostile.md.

    python -m benchmarks.hostile_table [--write docs/hostile.md]
    python -m benchmarks.hostile_table --flow      # through `pressrun crawl`: memory of the whole process tree

Runs one crawl of all cases by the real child process, as tests/spiders/test_hostile.py does, and prints for each
what happened, how many bytes the crawler took of the misbehaving answers and how long they held it, then the most
memory that the process had.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.memory import watched
from seeds.load import write_site
from tests.support.crawling import Crawl
from tests.support.hostile import HOSTILE, Web
from tests.support.hostile_cases import CASES, crawl_all, hostile_sites, write_hosts

BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", type=Path, help="put the table into this page")
    parser.add_argument(
        "--flow", action="store_true", help="crawl, read and store all cases; print the memory"
    )
    arguments = parser.parse_args()
    if arguments.flow:
        _flow()
        return
    with (
        Web({name: case.pages for name, case in CASES.items()}) as web,
        tempfile.TemporaryDirectory(prefix="hostile-") as folder,
    ):
        began = time.perf_counter()
        crawl = crawl_all(web, Path(folder))
        table = _table(web, crawl, time.perf_counter() - began)
    print(table)
    if crawl.code:
        print(crawl.log)
    if arguments.write:
        text = arguments.write.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        arguments.write.write_text(before + BEGIN + "\n" + table + "\n" + END + after, encoding="utf-8")


def _flow() -> None:
    with (
        Web({name: case.pages for name, case in CASES.items()}) as web,
        tempfile.TemporaryDirectory(prefix="hostile-") as name,
    ):
        folder = Path(name)
        for site in hostile_sites(web):
            write_site(folder / "seeds", site)
        began = time.perf_counter()
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pressrun.cli",
                "crawl",
                "--store",
                name,
                "--seeds",
                str(folder / "seeds"),
            ],
            env={**os.environ, "PRESSRUN_HOSTS": str(write_hosts(folder))},
        )
        parts: dict[str, int] = {}
        with watched(process.pid, parts=parts) as peak:
            code = process.wait()
    for part, kib in sorted(parts.items(), key=lambda item: -item[1]):
        print(f"  {kib / 1024:5.0f} MB  {part}")
    print(
        f"pressrun crawl of {len(CASES) - 1} hostile sites: exit code {code}, {time.perf_counter() - began:.0f} s; "
        f"flow, crawler and readers together {peak[0] / 1024:.0f} MB at most"
    )


def _table(web: Web, crawl: Crawl, seconds: float) -> str:
    rows = ["| case | what happened | bytes | seconds |", "| --- | --- | --: | --: |"]
    names = [name for name in CASES if name != "bystander"]
    for name in names:
        asked = [one for one in web.of(name) if one.path in CASES[name].pages]
        taken, held = (
            sum(one.sent for one in asked),
            max((one.ended - one.began for one in asked), default=0.0),
        )
        rows.append(f"| {name} | {_fate(web, crawl, name)} | {taken:,} | {held:.1f} |")
    return "\n".join(
        [
            f"{len(names)} cases in one process and {seconds:.0f} s; {crawl.peak_kib / 1024:.0f} MB of memory at most; "
            f"exit code {crawl.code}; {web.connections['bystander']} connections to the host that no seed names.",
            "",
            *rows,
            "",
        ]
    )


def _fate(web: Web, crawl: Crawl, name: str) -> str:
    """What became of the hostile page, or of the site where all of it misbehaves."""
    if HOSTILE in CASES[name].pages:
        history = crawl.history(web.urls[name] + HOSTILE)
        last = history.attempts[-1] if history is not None and history.attempts else None
        if last is not None:
            detail = (last.detail or "").replace(web.urls[name], "").replace("|", "/")
            return f"`{last.outcome}`" + (f": {detail[:100]}" if detail else "")
    done = crawl.done(name)
    failed = ", ".join(f"{count} `{outcome}`" for outcome, count in sorted(done.failed.items()))
    return f"{done.ended}; {done.found} found, {done.fetched} fetched" + (
        f", failed: {failed}" if failed else ""
    )


if __name__ == "__main__":
    main()
