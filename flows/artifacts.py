"""What a run leaves for a person in Prefect's UI: problems first, then plots and tables, made from the report.

Every word from outside is escaped: an address or a site's answer can make no link, picture or heading of its own.
"""

from __future__ import annotations

import logging
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import zip_longest
from typing import TypeVar

import httpx
from prefect.artifacts import create_markdown_artifact
from prefect.exceptions import PrefectException

from flows.history import Look
from flows.logs import safe
from flows.plots import bars, days
from flows.report import CrawlReport, MaintainReport, NormalizeReport, SiteReport, Tally, counted, few
from spiders.events import SiteDone
from storage.batches import Change
from storage.redaction import redacted
from storage.state.findings import Settled

log = logging.getLogger(__name__)
K = TypeVar("K", bound=StrEnum)

FATES = ("new", "edited", "otherwise stored", "unchanged", "rejected")
"""What a capture becomes, in few words."""
MAX_ROWS = 200
"""Sites in a table: those with most to tell come first."""
MAX_BARS = 15
MAX_LINKS = 12
MAX_SHOWN = 90
"""Characters of an address."""


def publish(key: str, markdown: str, description: str) -> None:
    """Leave an artifact with the current run, without secrets. `key` groups the versions of successive runs.

    A server that is away is one line of the log: the work is done, and the run must not fail for its report.
    """
    try:
        create_markdown_artifact(key=key, markdown=redacted(markdown), description=redacted(description))
    except (httpx.HTTPError, PrefectException) as error:
        log.warning("the artifact %r could not be left with this run: %s", key, error)


def summary(report: CrawlReport) -> str:
    """A crawl in one line, for its log."""
    total = report.total
    rejected = sum(total.rejected.values())
    return (
        f"{_stored(total)}, {total.unchanged} unchanged, {rejected} rejected of {total.captures} captures from "
        f"{counted(len(report.sites), 'site')} in {report.seconds:.0f} s; the log is at commit {report.head}"
    )


def crawl_markdown(report: CrawlReport, days: tuple[date, date] | None = None) -> str:
    """A crawl, or a backfill of `days`: what went wrong, what was stored, where it is, one row a site."""
    total = report.total
    rows = sorted(report.sites, key=_most_to_tell)
    names = few([row.site for row in rows])
    told = f"Backfill of {names}, {days[0]} to {days[1]}" if days else f"Crawl of {names or 'no site'}"
    return _page(
        f"# {_escaped(told)}",
        f"**{_stored(total)}** in {_seconds(report.seconds)}; the log is at commit {report.head}.",
        _problems(
            [*report.deaths, *report.broken_seeds, *map(str, report.silent), *report.normalized.failed],
            report.normalized,
        ),
        *(f"{_escaped(sentence)}: left to that run." for sentence in report.elsewhere),
        _what_became(total),
        _fates((row.tally for row in rows), total),
        "" if report.sites or report.elsewhere else _nothing_due(report),
        "## Sites" if rows else "",
        _table(SITE_COLUMNS, [_site_row(row) for row in rows[:MAX_ROWS]]) if rows else "",
        f"{counted(len(rows) - MAX_ROWS, 'more site')} had less to tell." if len(rows) > MAX_ROWS else "",
        _examples(report.store, [row.tally for row in rows]),
        "## Rejected, by reason" if total.rejected else "",
        bars("rejected, by reason", _by_size(total.rejected)),
        "## Stripped from stored articles, by kind" if total.stripped else "",
        bars("stripped, by kind", _by_size(total.stripped)),
        "## What it took",
        _table(
            ("seconds", "found", "requests", "conditional", "segments", "captures", "compressed"),
            [
                (
                    f"{report.seconds:.0f}",
                    sum(row.done.found for row in rows if row.done),
                    sum(row.done.requests for row in rows if row.done),
                    sum(row.done.conditional for row in rows if row.done),
                    report.normalized.segments,
                    total.captures,
                    _bytes(report.bytes),
                )
            ],
        ),
    )


def _nothing_due(report: CrawlReport) -> str:
    due = report.next_due
    return f"No site is due; next is {due.site}, at {due.at:%H:%M} UTC." if due else "No site is due."


SITE_COLUMNS = ("site", "fetched", "new", "edited", "unchanged", "rejected", "requests", "ended")
"""No more: the column of the page that shows them is 700 pixels wide, and what does not fit lies over its neighbour."""


def _most_to_tell(row: SiteReport) -> tuple[bool, int, int, str]:
    return row.diagnosis is None, -sum(row.tally.stored.values()), -row.tally.captures, row.site


def _site_row(row: SiteReport) -> tuple[object, ...]:
    done, tally = row.done, row.tally
    return (
        row.site,
        done.fetched if done else "?",
        tally.stored.get(Change.NEW, 0),
        tally.stored.get(Change.EDITED, 0),
        tally.unchanged,
        sum(tally.rejected.values()),
        f"{done.requests}, {done.conditional} conditional" if done else "?",
        _ended(done) if done else "died",
    )


def _ended(done: SiteDone) -> str:
    failed = ", ".join(f"{number} {outcome}" for outcome, number in done.failed.items())
    return "; ".join(part for part in (str(done.ended), done.detail, failed) if part)


def normalize_markdown(report: NormalizeReport, title: str) -> str:
    """Segments read: what went wrong, what changed, one row a site."""
    total, rows = report.total, sorted(report.tallies, key=lambda tally: (-tally.captures, tally.site))
    pace = f", {total.captures / report.seconds:.0f} captures a second" if report.seconds > 1 else ""
    return _page(
        f"# {_escaped(title)}",
        f"**{_stored(total)}**: {_escaped(report.told)}; {counted(len(report.commits), 'commit')} "
        f"made in {_seconds(report.seconds)}{pace}; the log is at commit {report.head}.",
        _problems((*report.refused, *report.failed), report),
        _what_became(total),
        _fates(rows, total),
        "## Sites" if rows else "",
        _table(
            ("site", "captures", *FATES),
            [(tally.site or "(none)", tally.captures, *_fate(tally)) for tally in rows[:MAX_ROWS]],
        )
        if rows
        else "",
        f"{counted(len(rows) - MAX_ROWS, 'more site')} had less to tell." if len(rows) > MAX_ROWS else "",
        _examples(report.store, rows),
        "## Rejected, by reason" if total.rejected else "",
        bars("rejected, by reason", _by_size(total.rejected)),
    )


def maintain_markdown(report: MaintainReport) -> str:
    """Upkeep: what was recovered, followed and compacted."""
    return _page(
        "# Upkeep",
        f"**{_recovered(report)}** in {_seconds(report.seconds)}; the log is at commit {report.head}.",
        "## Recovered" if report.recovered else "",
        "\n".join(f"- {_code(key)}" for key in report.recovered[:MAX_ROWS]),
        "## Followers of the log",
        _table(("follower", "commits caught up"), report.followed.items()),
        "## Tables",
        _table(("table", "compaction"), report.compacted.items()),
    )


def _recovered(report: MaintainReport) -> str:
    if not report.recovered and not report.swept:
        return "No run left anything behind"
    return f"{counted(len(report.recovered), 'segment')} recovered, {counted(report.swept, 'leftover')} swept"


def watch_markdown(seen: Look, settled: Settled) -> str:
    """What is wrong with which site; then each site's new articles of the last days."""
    told = [*settled.begun, *settled.going_on]
    began = {(one.site, one.trouble): one.since for one in told}
    troubled = {one.site for one in told}
    rows = sorted(seen.sites, key=lambda site: (site.site not in troubled, -sum(site.days), site.site))
    return _page(
        f"# Watch: {counted(len(troubled - {''}), 'site')} in trouble, of {len(seen.sites)}",
        _table(
            ("site", "trouble", "since", "what was seen"),
            [
                (
                    one.site or "the archive",
                    one.trouble,
                    f"{began[one.site, one.trouble]:%d %b %H:%M}",
                    one.sentence,
                )
                for one in told
            ],
        )
        if told
        else "Every site is as it was.",
        "\n".join(
            f"- {_escaped(one.site or 'the archive')}: {_escaped(one.trouble)} is over"
            for one in settled.over
        ),
        "## New articles, by 24 hours",
        days(
            "new articles in each of the last days",
            [(site.site, site.days) for site in rows[:MAX_BARS]],
            troubled,
        ),
        _table(
            ("site", "last 24 hours", "a day, on the mean"),
            [(row.site, row.days[-1], f"{sum(row.days) / len(row.days):.1f}") for row in rows[:MAX_ROWS]],
        ),
    )


# --- Parts ------------------------------------------------------------------------------------------


def _problems(sentences: Iterable[str], normalized: NormalizeReport) -> str:
    told = [
        *sentences,
        *(f"{held.segment} is in quarantine: {held.reason}" for held in normalized.quarantined),
    ]
    if normalized.unreadable:
        told.append(f"the reader broke on {counted(normalized.unreadable, 'capture')}; see the log")
    return "\n".join(("## Problems", "", *(f"- {_escaped(sentence)}" for sentence in told))) if told else ""


def _stored(total: Tally) -> str:
    told = ", ".join(f"{number} {change}" for change, number in total.stored.items())
    return f"{told or 'Nothing new'} stored"


def _fate(tally: Tally) -> tuple[int, ...]:
    new, edited = tally.stored.get(Change.NEW, 0), tally.stored.get(Change.EDITED, 0)
    other = sum(tally.stored.values()) - new - edited
    return new, edited, other, tally.unchanged, sum(tally.rejected.values())


def _what_became(total: Tally) -> str:
    """Every number of the law: captures = stored + unchanged + rejected."""
    if not total.captures:
        return ""
    stored = [(f"stored: {change}", number) for change, number in total.stored.items()]
    rejected = [(f"rejected: {reason}", number) for reason, number in _by_size(total.rejected, limit=None)]
    rows = [*stored, ("unchanged", total.unchanged), *((name, numbers[0]) for name, numbers in rejected)]
    return _table(("what became of the captures", "number"), [*rows, ("captures", total.captures)])


def _fates(tallies: Iterable[Tally], total: Tally) -> str:
    rows = [(tally.site or "(none)", _fate(tally)) for tally in tallies][:MAX_BARS]
    if len(rows) < 2:
        return bars("what became of the captures", [("captures", _fate(total))], FATES)
    return bars("what became of each site's captures", rows, FATES)


def _examples(store: str, tallies: Sequence[Tally]) -> str:
    """Some of the articles, in turn from each site, and how to read them."""
    turns = zip_longest(*([(tally.site, one) for one in tally.examples] for tally in tallies))
    some = [pair for turn in turns for pair in turn if pair is not None][:MAX_LINKS]
    if not some:
        return ""
    links = "\n".join(f"- {_escaped(site or '(none)')}, {one.change}: {_link(one.url)}" for site, one in some)
    show = f"pressrun show --store {shlex.quote(redacted(store))} {shlex.quote(some[0][1].url)}"
    return _page("## Some of the articles", links, f"As stored, with what was removed: {_code(show)}").strip()


def _by_size(numbers: Mapping[K, int], limit: int | None = MAX_BARS) -> list[tuple[str, tuple[int]]]:
    rows: list[tuple[K, int]] = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [(str(name), (number,)) for name, number in rows[:limit]]


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    names = [_escaped(name) for name in head]
    lines = [names, ["---"] * len(names)]
    lines += [[_escaped(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_MARKS = re.compile(r"[\\`*_{}\[\]()<>#+!|~&@]|(?<=http):|(?<=https):|(?<=ftp):|(?<=www)\.", re.IGNORECASE)
"""What markdown takes for more than a letter; with the last few Prefect's UI would make a link of a bare address."""


def _escaped(cell: object) -> str:
    """A text as it is, on one line, whatever markdown it looks like."""
    return _MARKS.sub(r"\\\g<0>", safe(str(cell)))


def _code(text: str) -> str:
    return f"`{safe(text).replace('`', '%60').replace('|', '%7C')}`"


def _link(url: str) -> str:
    """A link to a page of the web; other addresses stay text."""
    url = safe(url)
    short = url if len(url) <= MAX_SHOWN else url[: MAX_SHOWN - 1] + "…"
    if not re.fullmatch(r"https?://[^\s<>\"'`|\\]+", url):
        return _escaped(short)
    address = url.replace("(", "%28").replace(")", "%29")
    return f"[{_escaped(short)}]({address})"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _bytes(number: int) -> str:
    return f"{number / 1_000_000:.1f} MB" if number < 1_000_000_000 else f"{number / 1_000_000_000:.2f} GB"
