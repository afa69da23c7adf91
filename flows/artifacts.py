"""What a run leaves for a person in Prefect's UI: markdown with tables, made from the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from prefect.artifacts import create_markdown_artifact

from flows.report import CrawlReport, MaintainReport, NormalizeReport, SiteReport, Tally
from storage.batches import Change

K = TypeVar("K", bound=StrEnum)

MAX_ROWS = 200
"""Sites in a table: those with most to tell come first."""


def publish(key: str, markdown: str, description: str) -> None:
    """Leave an artifact with the current run. `key` groups the versions of successive runs."""
    create_markdown_artifact(key=key, markdown=markdown, description=description)


def crawl_markdown(report: CrawlReport) -> str:
    """A crawl: the totals, one row a site, and what went wrong."""
    total = report.total
    rows = sorted(report.sites, key=_most_to_tell)
    return _page(
        f"# Crawl of {_count(len(report.sites), 'site')}",
        f"{_stored(total)} in {report.seconds:.0f} s; the log is at commit {report.head}.",
        _problems(
            [*report.deaths, *report.broken_seeds, *map(str, report.silent), *report.normalized.failed],
            report.normalized,
        ),
        *(f"{sentence}: left to that run." for sentence in report.elsewhere),
        "## Sites",
        _table(
            (
                "site",
                "found",
                "new",
                "fetched",
                "stored",
                "edited",
                "unchanged",
                "rejected",
                "stripped",
                "requests",
                "conditional",
                "ended",
            ),
            [_site_row(row) for row in rows[:MAX_ROWS]],
        ),
        f"{len(rows) - MAX_ROWS} more sites had less to tell." if len(rows) > MAX_ROWS else "",
        "## Rejected, by reason",
        _numbers("reason", total.rejected),
        "## Stripped from stored articles, by kind",
        _numbers("kind", total.stripped),
    )


def _most_to_tell(row: SiteReport) -> tuple[int, int, str]:
    return -sum(row.tally.stored.values()), -row.tally.captures, row.site


def _site_row(row: SiteReport) -> tuple[object, ...]:
    done, tally = row.done, row.tally
    found = (done.found, done.new, done.fetched) if done else ("?", "?", "?")
    ended = "died" if done is None else f"{done.ended}{': ' + done.detail if done.detail else ''}"
    return (
        row.site,
        *found,
        tally.stored.get(Change.NEW, 0),
        tally.stored.get(Change.EDITED, 0),
        tally.unchanged,
        sum(tally.rejected.values()),
        sum(tally.stripped.values()),
        done.requests if done else "?",
        done.conditional if done else "?",
        ended,
    )


def normalize_markdown(report: NormalizeReport, title: str) -> str:
    """Segments read: the totals, one row a site, and what went wrong."""
    return _page(
        f"# {title}",
        f"{_count(report.segments, 'segment')} read, {_count(len(report.commits), 'commit')} made in "
        f"{report.seconds:.0f} s; the log is at commit {report.head}.",
        _problems(report.failed, report),
        "## Sites",
        _table(
            ("site", "captures", *Change, "unchanged", "rejected", "stripped"),
            [
                (
                    tally.site or "(none)",
                    tally.captures,
                    *(tally.stored.get(change, 0) for change in Change),
                    tally.unchanged,
                    sum(tally.rejected.values()),
                    sum(tally.stripped.values()),
                )
                for tally in report.tallies[:MAX_ROWS]
            ],
        ),
    )


def maintain_markdown(report: MaintainReport) -> str:
    """Upkeep: what was recovered, followed and compacted."""
    return _page(
        "# Upkeep",
        f"{_count(len(report.recovered), 'segment')} recovered, {_count(report.swept, 'leftover')} swept in "
        f"{report.seconds:.0f} s; the log is at commit {report.head}.",
        _table(("follower", "commits caught up"), report.followed.items()),
        _table(("table", "compaction"), report.compacted.items()),
    )


def _problems(sentences: Iterable[str], normalized: NormalizeReport) -> str:
    told = [
        *sentences,
        *(f"{held.segment} is in quarantine: {held.reason}" for held in normalized.quarantined),
    ]
    if normalized.unreadable:
        told.append(f"the reader broke on {_count(normalized.unreadable, 'capture')}; see the log")
    return "\n".join(("## Problems", "", *(f"- {_escaped(sentence)}" for sentence in told))) if told else ""


def _stored(total: Tally) -> str:
    told = ", ".join(f"{number} {change}" for change, number in total.stored.items())
    return f"{told or 'Nothing new'} stored"


def _numbers(name: str, numbers: Mapping[K, int]) -> str:
    if not numbers:
        return "None."
    rows: list[tuple[K, int]] = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return _table((name, "number"), rows)


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    names = [_escaped(name) for name in head]
    lines = [names, ["---"] * len(names)]
    lines += [[_escaped(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(cell: object) -> str:
    return str(cell).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
