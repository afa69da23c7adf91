"""What a month of Common Crawl's news costs to read and keep: computed from rates measured in this run.

usage: python -m benchmarks.ccnews_plan [--captures 1000] [--files 450] ... > docs/ccnews-plan.md

A file of Common Crawl's shape is made from real pages where they are on this machine, and taken through every step of
an import over a real S3 protocol (moto, in a process of its own that counts the requests): taken in, read by shares as
workers read, committed, followed by tables and documents. CPU seconds are of this process, so what other programs do
to the clock is not in them. The month's size and the prices are arguments; the page names their defaults' sources.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.ccnews_file import NAME, write_file
from benchmarks.counting_s3 import READ, WRITE, CountingS3
from flows.cluster import TASK_CAPTURES
from flows.config import load_config
from flows.segment import normalize_segment
from flows.shares import read_shares
from flows.workshop import close_workshop, open_workshop
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.foreign import foreign_key, take_in
from storage.objects.s3 import PART_BYTES
from storage.shares import shares_of
from tests.support.s3 import BUCKET

TASK_SECONDS = 0.12
"""CPU that Prefect and Dask add to a task."""
SHARES = 4
"""In so many the file is read."""


@dataclass(slots=True)
class Step:
    """One step over the file."""

    cpu: float = 0.0
    requests: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the file gave."""

    told: str
    captures: int
    articles: int
    bytes: int
    steps: dict[str, Step]
    stored: dict[str, int]
    """Prefix -> bytes in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The month asked for, and prices in dollars."""

    files: int
    file_gb: float
    captures_per_file: int
    core_hour: float
    write_thousand: float
    read_thousand: float
    gb_month: float


def main() -> None:
    """The command: prints the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--captures", type=int, default=1_000)
    parser.add_argument("--files", type=int, default=450)
    parser.add_argument("--file-gb", type=float, default=1.0)
    parser.add_argument("--captures-per-file", type=int, default=26_000)
    parser.add_argument("--core-hour", type=float, default=0.0408, help="dollars")
    parser.add_argument("--write-thousand", type=float, default=0.005, help="dollars for PUT, POST, LIST")
    parser.add_argument("--read-thousand", type=float, default=0.0004, help="dollars for GET, HEAD")
    parser.add_argument("--gb-month", type=float, default=0.023, help="dollars")
    chosen = vars(parser.parse_args())
    measured = measure(chosen.pop("captures"))
    print(page(measured, Month(**chosen)), end="")


def measure(captures: int) -> Measured:
    """Take a file of so many captures through an import."""
    steps: dict[str, Step] = {}
    with tempfile.TemporaryDirectory(prefix="ccnews-plan-") as folder, CountingS3() as s3:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(s3.server.settings())
        s3.server.client().create_bucket(Bucket=BUCKET)
        path, key = Path(folder) / NAME, foreign_key(NAME)
        told = write_file(path, captures)
        (Path(folder) / "seeds").mkdir()
        url, database = f"s3://{BUCKET}/month", f"sqlite:///{folder}/state.sqlite"
        config = load_config(
            {"PRESSRUN_DATABASE": database, "PRESSRUN_WORK": folder}, store=url, seeds=f"{folder}/seeds"
        )
        shop = open_workshop(config)

        @contextmanager
        def step(name: str) -> Iterator[None]:
            s3.taken()
            began = time.process_time()
            yield
            steps[name] = Step(time.process_time() - began, s3.taken())

        with step("take in"):
            info = take_in(shop.store, shop.database, path, key)
        shares = shares_of(shop.store, info, -(-captures // SHARES))
        with step("read"):
            reads = [read_shares(shop.store.url, shop.sites, [share])[0] for share in shares]
        with step("commit"):
            done = normalize_segment(
                shop.store,
                shop.database,
                shop.sites,
                key,
                read=lambda: (result for one in reads for result in one.results),
            )
        assert done.error is None
        with step("tables"):
            follow_tables(shop.store)
        with step("documents"):
            follow_documents(shop.store)
        stored = {
            prefix: sum(size for _, size in shop.store.list(f"{prefix}/"))
            for prefix in ("segments", "batches", "commits", "tables", "articles")
        }
        bytes_ = path.stat().st_size
        articles = sum(number for tally in done.tallies for number in tally.stored.values())
        close_workshop(config)
    return Measured(told=told, captures=captures, articles=articles, bytes=bytes_, steps=steps, stored=stored)


def page(measured: Measured, month: Month) -> str:
    """The plan as Markdown."""
    captures, gigabytes = month.files * month.captures_per_file, month.files * month.file_gb
    share = measured.articles / measured.captures
    tasks = month.files * -(-month.captures_per_file // TASK_CAPTURES)
    hours = {name: _hours(measured, name, captures, gigabytes) for name in measured.steps}
    requests = _requests(measured, month, round(captures * share), tasks)
    writes, reads = (sum(row[kind] for row in requests.values()) for kind in (WRITE, READ))
    stored = {name: size / measured.captures * captures / 1e9 for name, size in measured.stored.items()}
    stored["segments"] = gigabytes
    cost = {
        "cores": sum(hours.values()) * month.core_hour,
        "requests that write": writes / 1e3 * month.write_thousand,
        "requests that read": reads / 1e3 * month.read_thousand,
        "a month of storage": sum(stored.values()) * month.gb_month,
    }
    alone, read = hours["take in"] + hours["commit"], hours["read"]
    return PAGE.format(
        day=date.today(),  # noqa: DTZ011
        measured=measured.told,
        share=share,
        month=month,
        gigabytes=gigabytes,
        captures=captures / 1e6,
        articles=captures * share / 1e6,
        steps=_table(
            ("step", "where", "measured", "core hours", "writes", "reads"),
            *(
                (name, WHERE[name], _rate(measured, name), f"{hours[name]:,.1f}", *_counts(requests[name]))
                for name in hours
            ),
            ("all", "", "", f"{sum(hours.values()):,.0f}", f"{writes:,}", f"{reads:,}"),
        ),
        stored=_table(
            ("stored", "GB"),
            *((name, f"{size:,.1f}") for name, size in stored.items()),
            ("all", f"{sum(stored.values()):,.0f}"),
        ),
        cost=_table(
            ("cost", "dollars"),
            *((name, f"{price:,.2f}") for name, price in cost.items()),
            ("all", f"{sum(cost.values()):,.2f}"),
        ),
        alone=alone,
        useful=read / alone,
        on_8=max(alone, read / 8),
        on_16=max(alone, read / 16),
        followers=hours["tables"] + hours["documents"],
        tasks=tasks,
        prefect=tasks * TASK_SECONDS / 3600,
    )


PAGE = """\
# A month of CC-NEWS, computed

Made by `python -m benchmarks.ccnews_plan` on {day:%d %B %Y}. Nothing of a real month was read here: the rates are
measured, on a file of the same shape, the month is computed. Measured: {measured}; {share:.0%} of them are
articles.

**The month**: {month.files} files of {month.file_gb:g} GB with {month.captures_per_file:,} captures each,
{gigabytes:,.0f} GB, {captures:.1f} million captures, {articles:.1f} million articles.

{steps}

{stored}

{cost}

**How long.** Taking files in and committing are the flow's own work, one file after the other: {alone:,.1f} hours
at least. So workers on up to {useful:,.0f} cores shorten a month: {on_8:,.0f} hours on 8, {on_16:,.0f} on 16. The
followers run beside it on a worker, in {followers:,.1f} hours. Prefect and Dask add {prefect:,.1f} core hours for
{tasks:,} tasks.

**What is not in it**: downloading (free inside AWS in us-east-1, where the files are), waiting for the network, the
machines of the Prefect server and the Dask scheduler. Documents are one write an article, and most of what requests
cost.

**Sources.** Size of a month: about 450 GB in March 2020 ([news-please, issue
168](https://github.com/fhamborg/news-please/issues/168)); 25 TiB from 2016 to September 2022 ([news-crawl, issue
48](https://github.com/commoncrawl/news-crawl/issues/48)); 11.5 to 11.7 million documents in each of March to May
2024, filtered by URL ([FineNews](https://huggingface.co/datasets/maxidl/FineNews-unfiltered)): 26,000 a file of 1
GB, 38 kB each. Prices: a core hour is half of an m7g.large, $0.0816 an hour in us-east-1 in June 2026
([factualminds](https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026/)), a core
taken to be as fast as the one measured; $0.005 for 1,000 requests that write, $0.0004 for 1,000 that read ([S3
pricing for beginners](https://dev.to/sh20raj/aws-s3-pricing-for-beginners-3fc2)); $0.023 a GB and month, S3
Standard's list price as we know it, not looked up. All are arguments of the command: put in your own.
"""


WHERE = {
    "take in": "the flow",
    "read": "workers",
    "commit": "the flow",
    "tables": "a worker",
    "documents": "a worker",
}


def _hours(measured: Measured, name: str, captures: int, gigabytes: float) -> float:
    cpu = measured.steps[name].cpu
    scale = gigabytes * 1e9 / measured.bytes if name == "take in" else captures / measured.captures
    return cpu * scale / 3600


def _rate(measured: Measured, name: str) -> str:
    cpu = measured.steps[name].cpu
    if name == "take in":
        return f"{cpu / (measured.bytes / 1e9):.0f} s a GB"
    return f"{1e3 * cpu / measured.captures:.2f} ms a capture"


def _requests(measured: Measured, month: Month, articles: int, shares: int) -> dict[str, Counter[str]]:
    """Requests of each step in a month: what grows with bytes, shares or articles by that, the rest by file."""
    made = {name: Counter(step.requests) for name, step in measured.steps.items()}
    parts = -(-measured.bytes // PART_BYTES) if measured.bytes > PART_BYTES else 0
    made["take in"][WRITE] += -(-int(month.file_gb * 1e9) // PART_BYTES) - parts
    files = {name: Counter({kind: n * month.files for kind, n in made[name].items()}) for name in made}
    files["read"] = Counter({kind: n * shares // SHARES for kind, n in made["read"].items()})
    files["documents"] = Counter(
        {kind: n * articles // max(1, measured.articles) for kind, n in made["documents"].items()}
    )
    return files


def _counts(requests: Counter[str]) -> tuple[str, str]:
    return f"{requests[WRITE]:,}", f"{requests[READ]:,}"


def _table(head: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ("---",) * len(head), *rows))


if __name__ == "__main__":
    main()
