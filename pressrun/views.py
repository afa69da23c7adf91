"""What commands print: tables for people, JSON for machines. Nothing here decides anything."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from articles.model import EXTRACTOR, Article, Post, Rejection, Removed, Site
from articles.zones import clock_of
from flows.history import Look
from flows.report import CrawlReport, MaintainReport, NormalizeReport, Tally, counted
from pressrun.diffing import Diff, Mark
from pressrun.moments import published, published_and_how, second
from pressrun.posts import beginnings
from pressrun.reading import Trace
from spiders.events import Ended
from storage import records
from storage.batches import Change
from storage.reader import StoredArticle, Story
from storage.state.frontier.sites import NextDue

if TYPE_CHECKING:  # commands that compare nothing need not load what comparing does
    from pressrun.comparing import Comparison

PREVIEW_WORDS = 14
PIPED_COLUMNS = 240
"""Into a pipe or a file nothing is broken over lines: addresses and keys are there to be copied."""

_PIPED = not sys.stdout.isatty()
out = Console(highlight=False, width=PIPED_COLUMNS if _PIPED else None)
"""Where answers go. Progress and errors go to stderr."""


def say(line: str) -> None:
    """One plain line for a person, never broken up: it may be a command or an address."""
    out.print(escape(line), soft_wrap=True)


def _table(*names: str, edge: bool = False) -> Table:
    """A table whose cells are broken over lines where a terminal is narrow, and never cut: they hold addresses."""
    table = Table(box=None, pad_edge=edge)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def version() -> None:
    """Which Pressrun this is, and which version of its reader."""
    say(f"pressrun {metadata.version('pressrun')}, reader {EXTRACTOR}")


def as_json(value: object) -> None:
    """One JSON object on a line of its own."""
    sys.stdout.write(records.to_json(value).decode() + "\n")


def story(found: Story, *, json: bool) -> None:
    """The articles of one story, the first published above."""
    if json:
        as_json(found)
        return
    sites = len({article.site for article in found.articles})
    credit = f", credited to {found.agency}" if found.agency else ""
    say(f"{counted(len(found.articles), 'article')} on {counted(sites, 'site')}{credit}")
    table = _table("published", "site", "title", "url")
    for article in found.articles:
        at = published(article) or f"fetched {second(article.fetched_at)}"
        table.add_row(*map(escape, (at, article.site or "", article.title, article.url)))
    out.print(table)


def sites(found: tuple[Site, ...], *, json: bool) -> None:
    """The sites of a seeds folder."""
    if json:
        for site in found:
            as_json(site)
        return
    if not found:
        say("There is no site: `pressrun add URL` writes a seed file.")
        return
    table = _table("site", "home", "language", "zone", "every", "expects a day")
    for site in found:
        expects = "" if site.expect is None else f"{site.expect.min} to {site.expect.max or 'any'}"
        every = site.schedule or f"{site.every_seconds // 60} min"
        table.add_row(
            *map(escape, (site.name, site.home, site.language or "", clock_of(site).key, every, expects))
        )
    out.print(table)


def watched(seen: Look) -> None:
    """Each site's new articles by 24 hours, and what is wrong with it."""
    table = _table("site", "new, 14 days", "last 24 h", "trouble")
    for site in seen.sites:
        table.add_row(
            escape(site.site),
            _columns(site.days),
            str(site.days[-1]),
            Text(", ".join(finding.trouble for finding in site.findings), style="red"),
        )
    out.print(table)
    for finding in seen.findings:
        out.print(Text(str(finding), style="red"), soft_wrap=True)
    if not seen.findings:
        say("Every site is as it was.")


def _columns(numbers: Sequence[int]) -> str:
    """Numbers as a row of small columns, the highest full."""
    top = max(numbers, default=0) or 1
    return "".join(_COLUMN[-(-number * (len(_COLUMN) - 1) // top)] for number in numbers)


_COLUMN = " ▁▂▃▄▅▆▇█"


def added(path: Path, site: Site, *, seeds: str | None, json: bool) -> None:
    """The seed file that `add` wrote."""
    if json:
        as_json({"path": str(path), "site": site})
        return
    say(f"{path} names {counted(len(site.feeds), 'feed')} and {counted(len(site.sitemaps), 'sitemap')}:")
    for url in (*site.feeds, *site.sitemaps, *site.sections):
        say(f"  {url}")
    if site.timezone:
        say(
            f"Dates that name no time zone are read as {site.timezone}, the zone of its country: where that is wrong, "
            "change `timezone` in the file."
        )
    else:
        say(
            "Its address names no country: dates that name no time zone are read by the clock of the country that a "
            'page names, else as UTC. A line such as `timezone = "America/New_York"` in the file says it for all.'
        )
    say(f"Next: pressrun try {site.name}" + (f" --seeds {shlex.quote(seeds)}" if seeds else ""))


def tried(read: Article | Rejection, *, json: bool) -> None:
    """An article as it was read, with what was removed where it stood; or why there is none."""
    if json:
        as_json(read)
    elif isinstance(read, Rejection):
        say(f"No article: {read.reason}{f' ({read.detail})' if read.detail else ''}")
        say(read.url)
    else:
        _page(
            read.title,
            {
                "url": read.url,
                "authors": ", ".join((*read.authors, *read.organisations, *read.agencies)),
                "published": published_and_how(read),
                "language": read.language,
                "section": read.section,
                "access": read.access,
                "confidence": f"{read.confidence:.2f}",
                "sources": ", ".join(f"{item.field}: {item.origin}" for item in read.evidence),
            },
            read.paragraphs,
            read.posts,
            read.removed,
        )


def article(newest: StoredArticle, revisions: tuple[StoredArticle, ...], *, json: bool) -> None:
    """A stored article and its revisions."""
    if json:
        as_json({"article": newest, "revisions": revisions})
        return
    _page(
        newest.title,
        {
            "url": newest.url,
            "site": newest.site,
            "authors": ", ".join((*newest.authors, *newest.organisations, *newest.agencies)),
            "published": published_and_how(_with_evidence(newest, revisions)),
            "fetched": second(newest.fetched_at),
            "gone": _gone(newest),
            "article": newest.article_id,
            "capture": f"{newest.pointer.segment} at {newest.pointer.offset}+{newest.pointer.length}"
            if newest.pointer
            else None,
        },
        newest.paragraphs,
        newest.posts,
        newest.removed,
    )
    table = _table("commit", "change", "edited", "revision", "committed", "reader")
    for row in revisions:
        table.add_row(
            str(row.seq),
            row.change,
            ", ".join(row.edited),
            row.revision_id,
            second(row.committed_at),
            row.extractor,
        )
    out.print()
    out.print(table)


def _with_evidence(shown: StoredArticle, revisions: tuple[StoredArticle, ...]) -> StoredArticle:
    """A removal repeats the date of the text that was there, and not how exactly its page states it."""
    if shown.change is not Change.REMOVED:
        return shown
    return next((row for row in revisions if row.revision_id == shown.previous), shown)


def _gone(shown: StoredArticle) -> str | None:
    if shown.gone_at is None:
        return None
    told = (
        "told by this commit, which has no text"
        if shown.change is Change.REMOVED
        else "this is its last text"
    )
    return f"{second(shown.gone_at)}: {told}"


def compared(found: Diff, *, json: bool) -> None:
    """What changed between two revisions: words within a paragraph on a terminal, whole paragraphs elsewhere."""
    if json:
        as_json(found)
        return
    for sign, row, style in (("---", found.before, "red"), ("+++", found.after, "green")):
        what = f"{row.change}: {', '.join(row.edited)}" if row.edited else row.change
        line = f"{sign} {row.revision_id} commit {row.seq}, {what}, fetched {second(row.fetched_at)}"
        out.print(Text(line, style=style), soft_wrap=True)
    if found.after.change is Change.REMOVED:
        say("It left its address. No word was changed: the text before it is its last one.")
        return
    if found.after.gone_at:
        say(
            f"It is gone from its address since {second(found.after.gone_at)}; before that this was changed last:"
        )
    for change in found.fields:
        out.print(Text(change.field, style="bold"))
        _changed(change.before, change.after)
    same = 0
    for paragraph in found.paragraphs:
        if paragraph.mark is Mark.SAME:
            same += 1
            continue
        same = _unchanged_paragraphs(same)
        if out.is_terminal and paragraph.mark is None:
            words = [(piece.text, _MARKED[piece.mark]) for piece in paragraph.pieces]
            out.print(Text.assemble("~ ", *words), soft_wrap=True)
        else:
            _changed(
                "" if paragraph.mark is Mark.CAME else paragraph.before,
                "" if paragraph.mark is Mark.GONE else paragraph.after,
            )
    _unchanged_paragraphs(same)


_MARKED = {Mark.SAME: "", Mark.GONE: "red strike", Mark.CAME: "bold green"}


def _changed(before: str, after: str) -> None:
    for sign, text, style in (("-", before, "red"), ("+", after, "green")):
        if text:
            out.print(Text(f"{sign} {text}", style=style), soft_wrap=True)


def _unchanged_paragraphs(number: int) -> int:
    if number:
        out.print(Text(f"  ... {counted(number, 'paragraph')} unchanged", style="dim"))
    return 0


def traced(trace: Trace, *, json: bool) -> None:
    """Every step of one address, in order of time."""
    if json:
        as_json(trace)
        return
    say(trace.url)
    table = _table("when", "step", "what")
    for step in trace.steps:
        table.add_row(second(step.at), step.step, escape(step.what))
    out.print(table)


def crawled(report: CrawlReport, *, json: bool) -> None:
    """What a crawl found, stored, rejected and stripped, by site."""
    if json:
        as_json(report)
        return
    for sentence in report.elsewhere:
        out.print(Text(f"{sentence}: left to that run"))
    if not report.sites:
        if not report.elsewhere:
            _nothing_due(report.next_due)
        return
    table = _table("site", "found", "new", "fetched", "requests", "conditional", "failed", "ended", edge=True)
    for row in report.sites:
        done = row.done
        if done is None:
            table.add_row(escape(row.site), *[""] * 6, "its child process died")
            continue
        failed = ", ".join(f"{n} {outcome}" for outcome, n in done.failed.items())
        numbers = (done.found, done.new, done.fetched, done.requests, done.conditional)
        table.add_row(escape(row.site), *map(str, numbers), escape(failed), escape(done.detail or done.ended))
    out.print(table)
    for line in _COLUMNS:
        out.print(Text(line, style="dim"), soft_wrap=True)
    _outcome(report.total, report.normalized)
    looked = all(row.done and row.done.ended is Ended.DONE for row in report.sites)
    if (
        looked
        and not report.total.stored
        and not (report.deaths or report.normalized.failed or report.normalized.quarantined)
    ):
        requests = sum(row.done.requests for row in report.sites if row.done)
        conditional = sum(row.done.conditional for row in report.sites if row.done)
        say(
            f"Nothing new. Finding that out cost {counted(requests, 'request')}, {conditional} of them conditional."
        )
    for sentence in (*report.deaths, *report.broken_seeds, *map(str, report.silent)):
        out.print(Text(sentence, style="red"))


def looked_back(report: CrawlReport, days: tuple[date, date]) -> None:
    """After a backfill: sites that name nothing of its days, and whether to run it again."""
    first, last = days
    for row in report.sites:
        site = row.done
        if site is None:
            continue
        if not site.requests and not site.failed and site.ended is Ended.DONE:
            say(
                f"{site.site}: all that it names of {first} to {last} was looked at before; nothing is left to do"
            )
        elif not site.found and not site.failed and row.tally.unchanged:
            say(
                f"{site.site}: what names its articles of {first} to {last} is as it was at the last look, so nothing "
                "of them is new"
            )
        elif not site.found and not site.failed:
            say(
                f"{site.site}: none of its sitemaps, archives and feeds names an article from {first} to {last}; "
                "`archives` in its seed says how its dated pages are addressed"
            )
    if any(row.done and row.done.ended is not Ended.DONE for row in report.sites):
        say("Something of the range is left: run it again.")


_COLUMNS = (
    " found: articles that its feeds, sitemaps and pages named; new: of these, never met before; fetched: answers",
    " taken in; requests: all that were sent; conditional: of these, asked for an answer only if something changed",
)


def _nothing_due(following: NextDue | None) -> None:
    if following is None:
        say("There is no site to crawl: `pressrun add URL` writes a seed file.")
    else:
        say(f"No site is due. The next is {following.site}, at {second(following.at)}.")
        say(f"To look at it now: pressrun crawl {following.site}")


def would_change(found: Comparison, *, json: bool) -> None:
    """What another reader would make of stored captures."""
    if json:
        as_json(found)
        return
    say(
        f"{counted(found.captures, 'capture')} of {counted(found.segments, 'segment')} read again with reader "
        f"{found.reader}; nothing written"
    )
    table = _table("site", "captures", "articles", "equal", "gained", "lost", "had nothing new", "would now")
    for site in found.sites:
        counts = (
            site.captures,
            site.articles,
            site.equal,
            site.gained,
            site.lost,
            site.again,
            site.again_changed,
        )
        table.add_row(escape(site.site or "(none)"), *map(str, counts))
    out.print(table)
    for site in found.sites:
        for change in site.fields:
            out.print()
            line = f"{site.site or '(none)'}: {change.field}: {change.changed} changed, {change.share:.1%}"
            out.print(Text(line, style="bold"))
            for example in change.examples:
                out.print(Text(f"  {example.url}", style="dim"), soft_wrap=True)
                for sign, text, style in (("-", example.before, "red"), ("+", example.after, "green")):
                    for one in text.splitlines():
                        out.print(Text(f"  {sign} {one}", style=style), soft_wrap=True)
    for line in found.unread:
        out.print(Text(f"not read: {line}", style="red"))


def normalized(report: NormalizeReport, *, json: bool) -> None:
    """What reading segments gave."""
    if json:
        as_json(report)
        return
    say(report.told)
    _outcome(report.total, report)


def maintained(report: MaintainReport, *, json: bool) -> None:
    """What maintenance did."""
    if json:
        as_json(report)
        return
    recovered, swept = counted(len(report.recovered), "segment"), counted(report.swept, "temporary object")
    say(f"{recovered} recovered, {swept} swept")
    for name, commits in report.followed.items():
        say(f"{name}: caught up with {counted(commits, 'commit')}")
    for name, what in report.compacted.items():
        say(f"{name}: {what}")
    say(f"log at commit {report.head}")


def _outcome(total: Tally, read: NormalizeReport) -> None:
    """Stored, unchanged, rejected by reason, stripped by kind; then where the log is."""
    if total.captures:
        out.print()
        table = _table("what became of the captures", "number", edge=True)
        for change, number in total.stored.items():
            table.add_row(f"stored: {change}", str(number))
        if total.unchanged:
            table.add_row("unchanged", str(total.unchanged))
        for reason, number in total.rejected.items():
            table.add_row(f"rejected: {reason}", str(number))
        table.add_row("captures", str(total.captures), style="bold")
        out.print(table)
    if total.stripped:
        out.print()
        table = _table("stripped from the stored articles", "blocks", edge=True)
        for kind, number in total.stripped.items():
            table.add_row(kind, str(number))
        out.print(table)
    for line in read.refused:
        out.print(Text(line, style="red"))
    for line in read.failed:
        out.print(Text(f"tried again by the next run: {line}", style="yellow"))
    for gone in read.quarantined:
        out.print(Text(f"quarantined: {gone.segment}: {gone.reason}", style="red"))
    say(f"The log is at commit {read.head}.")


def _page(
    title: str,
    facts: dict[str, str | None],
    paragraphs: tuple[str, ...],
    posts: tuple[Post, ...],
    removed: tuple[Removed, ...],
) -> None:
    out.print(Text(title, style="bold"))
    for name, value in facts.items():
        if value:
            out.print(Text(f"  {name + ':':<12}{value}", style="dim"), soft_wrap=True)
    out.print()
    begun = beginnings(paragraphs, posts)
    for place in range(len(paragraphs) + 1):
        for block in removed:
            if block.place == place:
                told = f"({block.reason}; score {block.score:.2f})"
                line = f"  - [{block.kind}] {_short(block.text)}  {told}"
                out.print(Text(line, style="red"), soft_wrap=_PIPED)
        post = begun.get(place)
        if post is not None:
            at = f"{post.at:%Y-%m-%d %H:%M}Z" if post.at else None
            out.print()
            if head := "  ".join(filter(None, (at, post.title))):
                out.print(Text(head, style="bold"), soft_wrap=_PIPED)
        if place < len(paragraphs) and (post is None or paragraphs[place] != post.title):
            out.print(Text(paragraphs[place]), soft_wrap=_PIPED)
    kinds = Counter(str(block.kind) for block in removed)
    out.print()
    counts = ", ".join(f"{number} {kind}" for kind, number in kinds.items()) or "nothing"
    of = f" in {counted(len(posts), 'post')} of a live blog" if posts else ""
    say(f"{counted(len(paragraphs), 'paragraph')}{of}; removed: {counts}")


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:PREVIEW_WORDS]) + (" ..." if len(words) > PREVIEW_WORDS else "")


def how_to_read(store: str, article_url: str) -> None:
    """Three commands that read the result."""
    command = _beside(Path(sys.argv[0]))
    python = _beside(Path(sys.executable))
    sql = "SELECT title, published_at FROM self ORDER BY published_at LIMIT 5"
    out.print("\nRead it:", style="bold")
    say(f"  {command} show --store {store} {article_url}")
    say(f"  {command} read --store {store} --since 0")
    say(f"  {python} -c \"import polars; print(polars.read_delta('{store}/tables/articles').sql('{sql}'))\"")


def _beside(path: Path) -> str:
    """A path as a person in this folder would type it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
