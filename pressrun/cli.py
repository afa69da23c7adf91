"""The `pressrun` command: what each subcommand asks, whom it calls, how it shows the answer."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from flows.config import Config, choose
from flows.logs import say
from flows.report import CrawlReport, NormalizeReport, counted
from flows.stored_segments import EmptySpan, check_selection
from flows.workshop import close_workshop, open_workshop
from pressrun import views
from pressrun.trouble import WRONG, RequestError, WorkError, told_in_one_sentence
from storage.batches import Change
from storage.objects import open_to_read

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
)

Store = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="URL", help="Folder or s3://bucket/prefix (else PRESSRUN_STORE, ./archive)."
    ),
]
Seeds = Annotated[
    str | None,
    typer.Option("--seeds", metavar="DIR", help="Folder of seed files (else PRESSRUN_SEEDS, seeds/sites)."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object (or one a line) instead of tables.")]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="CURSOR|TIME", help="As the archive was known at this commit number or moment."),
]
Names = Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Sites by name; none: all.")]
Due = Annotated[
    list[str] | None,
    typer.Argument(metavar="SITE", help="Sites by name, due or not; none: all that are due."),
]


def _number(what: str, remedy: str, *, least: int = 0, most: int | None = None) -> Callable[[str | int], int]:
    """A parser of whole numbers from `least` to `most`, which raises BadParameter with what was given."""

    def parse(given: str | int) -> int:
        text = str(given)
        number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
        if number is None or number < least or (most is not None and number > most):
            raise typer.BadParameter(f"{text!r} is no {what}: {remedy}")
        return number

    return parse


_port = _number("port", "give a number from 1 to 65535", least=1, most=65_535)
_port_or_any = _number("port", "give a number from 1 to 65535, or 0 for any free one", most=65_535)
_cursor = _number("commit number", "give 0 for all, or the last that you have seen")
_many = _number("number of files", "give 1 or more", least=1)


def _version(asked: bool) -> None:
    if asked:
        views.version()
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Tell the version and end.")
    ] = False,
) -> None:
    """A news archive that runs itself: find, fetch, read, keep."""


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(metavar="PORT", parser=_port, help="Loopback port of the sample newspaper.")
    ] = 8877,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Run the main job on the bundled sample newspaper, and show what was stored."""
    from pressrun.demo import run_demo

    if seeds:
        raise RequestError(
            f"--seeds {seeds}: the demo brings its own site; use `pressrun crawl --seeds {seeds}`"
        )
    run_demo(port=port, store=store or "demo-archive", json=json)


@app.command()
def sites(store: Store = None, seeds: Seeds = None, json: Json = False) -> None:
    """List the sites, and what is wrong with any seed file."""
    from seeds.load import load_sites

    loaded = load_sites(_config(store, seeds).seeds)
    if loaded.sites or not loaded.errors:
        views.sites(loaded.sites, json=json)
    if loaded.errors:
        raise RequestError(_all_of(loaded.errors))


def _all_of(errors: Sequence[Exception]) -> str:
    return "\n          ".join(map(str, errors))


@app.command()
def add(
    homepage: Annotated[str, typer.Argument(metavar="URL", help="Address of a newspaper's home page.")],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the site; else made from its host.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let this site be on a private network (staging, tests).")
    ] = False,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Write the seed file of a new site, naming the feeds and sitemaps found there."""
    from pressrun.adding import add_site

    # the folder of seeds is made where there is none
    config = choose(store=store, seeds=seeds)
    path, site = add_site(homepage, name=name, allow_private=allow_private, config=config)
    views.added(path, site, seeds=seeds, json=json)


@app.command("try")
def try_(
    target: Annotated[
        str, typer.Argument(metavar="URL|SITE", help="A page, or a site whose newest is read.")
    ],
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Read one page and show the article, and what was removed and why. Stores nothing."""
    from pressrun.trying import try_page

    views.tried(try_page(target, _config(store, seeds)), json=json)


@app.command()
def crawl(names: Due = None, store: Store = None, seeds: Seeds = None, json: Json = False) -> None:
    """Find, fetch, read and store: the sites named here now, or every site that is due."""
    from pressrun.crawling import crawl_watched
    from seeds.load import load_sites

    loaded = load_sites(_config(store, seeds).seeds)
    if loaded.errors and not loaded.sites:
        raise RequestError(_all_of(loaded.errors))
    report = crawl_watched(_checked(store, seeds), names)
    views.crawled(report, json=json)
    if report.broken_seeds:
        raise RequestError("some seed files are broken, and only the other sites were crawled; see above")
    if report.deaths:
        raise WorkError("not everything could be done; see above")
    if report.silent:
        silent = ", ".join(diagnosis.site for diagnosis in report.silent)
        raise WorkError(f"{silent}: nothing came where the seed expects articles; see above")
    _none_elsewhere(report, names)
    _all_read(report.normalized)


@app.command()
def backfill(
    names: Annotated[list[str], typer.Argument(metavar="SITE", help="Sites by name.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First day: 2025-01-31.")],
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day; none: today.")] = None,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Fetch what sites published between two days; run it again until nothing of the range is left."""
    from pressrun.crawling import crawl_watched

    days = _day("--from", first), _day("--to", last) if last else datetime.now(UTC).date()
    if days[0] > days[1]:
        raise RequestError(f"--from {days[0]} is after --to {days[1]}: swap them")
    report = crawl_watched(_checked(store, seeds), names, days=days)
    views.crawled(report, json=json)
    if not json:
        views.looked_back(report, days)
    if report.deaths:
        raise WorkError("not everything could be done; see above")
    _none_elsewhere(report, names)
    _all_read(report.normalized)


@app.command()
def normalize(
    quarantined: Annotated[bool, typer.Option("--quarantined", help="Try those in quarantine too.")] = False,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Read the segments that were fetched and not yet read."""
    _kept(store, seeds)
    _ready(store, seeds)
    from flows.normalize import normalize as flow

    report = flow(quarantined=quarantined)
    views.normalized(report, json=json)
    _all_read(report)


@app.command()
def read(
    site: Annotated[
        list[str] | None, typer.Option(metavar="SITE", help="Only this site; may be given again.")
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Only articles at this host or below it (example.com), of a site or of none; may be given again.",
        ),
    ] = None,
    since: Annotated[
        int | None,
        typer.Option(
            metavar="CURSOR", parser=_cursor, help="Every change after this commit number, in commit order."
        ),
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="TIME", help="Published at or after: 2026-11-01[T12:00Z].")
    ] = None,
    before: Annotated[str | None, typer.Option(metavar="TIME", help="Published before.")] = None,
    kind: Annotated[
        list[Change] | None,
        typer.Option(
            metavar="KIND",
            help=f"With a cursor: only changes of this kind ({', '.join(Change)}); may be given again.",
        ),
    ] = None,
    cursor_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What is new since the cursor in this file; moved when all is written."
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="With or without a cursor: wait for what comes, until Ctrl-C.")
    ] = False,
    as_of: AsOf = None,
    gone: Annotated[
        bool, typer.Option("--gone/--no-gone", help="Without a cursor: also articles that were removed.")
    ] = True,
    store: Store = None,
    seeds: Seeds = None,
    json: Annotated[bool, typer.Option("--json", help="JSON lines: what this command always prints.")] = True,  # noqa: ARG001
) -> None:
    """Print stored articles as JSON lines: each one's newest revision, or with a cursor every change."""
    from pressrun.reading import (
        Wanted,
        archive_of,
        check_hosts,
        check_sites,
        read_changes,
        read_latest,
    )

    config = _config(store, seeds)
    start, end = _moment("--after", after), _moment("--before", before)
    if start and end and start >= end:
        raise RequestError(f"--after {after} is not before --before {before}: swap them")
    if cursor_file and since is not None:
        raise RequestError("--since and --cursor-file both say where to begin: give one of them")
    changes = follow or cursor_file is not None or since is not None
    if changes and as_of:
        raise RequestError(
            "--as-of is for the newest revisions, and not with --since, --cursor-file or --follow"
        )
    if kind and not changes:
        raise RequestError("--kind is of changes: give --since 0 too, or --cursor-file or --follow")
    check_hosts(host or ())
    archive = archive_of(config)
    note = check_sites(archive, site, _seeded(config)) if site else None
    if note:
        say(note, prefix="pressrun: ")
    wanted = Wanted(
        sites=tuple(site or ()),
        hosts=tuple(host or ()),
        after=start,
        before=end,
        kinds=frozenset(kind) if kind else None,
        gone=gone,
    )
    out = sys.stdout.buffer
    if changes:
        read_changes(archive, wanted, out, cursor=since, cursor_file=cursor_file, follow=follow)
        return
    number = read_latest(archive, wanted, out, as_of=_cursor_or_moment("--as-of", as_of))
    if not number and not note and (site or host or start or end):
        say(f"{archive.store.url} has no article that was asked for", prefix="pressrun: ")


@app.command()
def show(
    url: Annotated[str, typer.Argument(metavar="URL|ID", help="Address or article_id of an article.")],
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what changed from the revision before, or between two.")
    ] = False,
    revision: Annotated[
        list[str] | None,
        typer.Option(metavar="ID|COMMIT", help="This revision, not the newest; twice with --diff: from, to."),
    ] = None,
    as_of: AsOf = None,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Show a stored article, its revisions and what was removed from it; or what was changed."""
    from pressrun.reading import compare, find_article

    names = tuple(revision or ())
    if len(names) > 1 + diff:
        raise RequestError("--revision is given once, and with --diff at most twice: from and to")
    found = find_article(
        _config(store, seeds),
        url,
        revision=names[-1] if names else None,
        as_of=_cursor_or_moment("--as-of", as_of),
    )
    if diff:
        views.compared(compare(found, names), json=json)
    else:
        views.article(found.article, found.revisions, json=json)


@app.command()
def story(
    url: Annotated[str, typer.Argument(metavar="URL|ID", help="Address or article_id of an article.")],
    as_of: AsOf = None,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """List every stored article that tells the same story, and the agency that they credit."""
    from pressrun.reading import find_story

    moment = _cursor_or_moment("--as-of", as_of)
    views.story(find_story(_config(store, seeds), url, as_of=moment), json=json)


@app.command()
def why(
    url: Annotated[str, typer.Argument(metavar="URL", help="Any address the archive may have met.")],
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Tell every step an address went through: found where, fetched when, what became of it."""
    from pressrun.reading import trace

    views.traced(trace(_config(store, seeds), url), json=json)


@app.command()
def replay(
    names: Names = None,
    after: Annotated[str | None, typer.Option(metavar="TIME", help="Segments fetched at or after.")] = None,
    before: Annotated[str | None, typer.Option(metavar="TIME", help="Segments fetched before.")] = None,
    extractor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VERSION", help="Segments read last by this version of the reader; may be given again."
        ),
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="This segment, out of quarantine too; may be given again."),
    ] = None,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Read stored segments again with today's reader. The web is not touched."""
    from pressrun.reading import without_seeds

    since, until = _moment("--after", after), _moment("--before", before)
    config = _kept(store, seeds)
    try:
        check_selection(open_workshop(_checked(store, seeds)), names or (), since, until)
    except EmptySpan as error:
        raise RequestError(str(error)) from error
    if note := without_seeds(config):
        say(note, prefix="pressrun: ")
    _ready(store, seeds)
    from flows.replay import replay as flow

    report = flow(
        sites=names or (),
        since=since,
        until=until,
        extractors=extractor or (),
        segments=segment or (),
    )
    views.normalized(report, json=json)
    _all_read(report)


@app.command("import-ccnews")
def import_ccnews(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="FILE|URL|MONTH", help="WARC files, their addresses, or months (2026-10)."),
    ],
    limit: Annotated[
        int | None, typer.Option(metavar="NUMBER", parser=_many, help="So many files at most.")
    ] = None,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Take WARC files of Common Crawl or anyone into the archive, and read them like segments of our own."""
    from flows.sources import CannotImport, check_sources

    try:
        check_sources(sources)
        _ready(store, seeds)
        from flows.ccnews import import_ccnews as flow

        report = flow(
            sources=[str(Path(one).absolute()) if Path(one).is_file() else one for one in sources],
            limit=limit,
        )
    except CannotImport as error:
        raise RequestError(str(error)) from error
    views.normalized(report, json=json)
    _all_read(report)


@app.command()
def compare(
    names: Names = None,
    after: Annotated[str | None, typer.Option(metavar="TIME", help="Segments fetched at or after.")] = None,
    before: Annotated[str | None, typer.Option(metavar="TIME", help="Segments fetched before.")] = None,
    reader: Annotated[
        Path | None,
        typer.Option(metavar="PYTHON", help="Read with the Pressrun of this Python instead of this one."),
    ] = None,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """What would change if stored captures were read again: counts and examples by site and field. Writes nothing."""
    from pressrun.comparing import compare_archive

    span = (_moment("--after", after), _moment("--before", before))
    compared = compare_archive(_config(store, seeds), names, span, reader)
    views.would_change(compared, json=json)
    if compared.unread:
        raise WorkError(f"{counted(len(compared.unread), 'segment')} could not be read; see above")


@app.command()
def maintain(store: Store = None, seeds: Seeds = None, json: Json = False) -> None:
    """Recover leftovers, bring tables and documents up to date, compact and vacuum."""
    _kept(store, seeds)
    _ready(store, seeds)
    from flows.maintain import maintain as flow

    views.maintained(flow(), json=json)


@app.command()
def status(store: Store = None, seeds: Seeds = None, json: Json = False) -> None:
    """Tell how the archive stands: commits, segments that wait, what is in quarantine and why."""
    from pressrun.keeping import status as run

    run(_config(store, seeds), json=json)


@app.command()
def metrics(
    host: Annotated[str, typer.Option(metavar="HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(metavar="PORT", parser=_port_or_any, help="Port to listen on; 0: any free one."),
    ] = 9464,
    once: Annotated[bool, typer.Option("--once", help="Print them once and end.")] = False,
    store: Store = None,
    seeds: Seeds = None,
) -> None:
    """Serve the archive's numbers to Prometheus, at /metrics, until Ctrl-C."""
    config = _config(store, seeds)
    from pressrun.metrics import serve_metrics, show_metrics

    if once:
        show_metrics(config)
    else:
        serve_metrics(config, host=host, port=port)


@app.command()
def watch(store: Store = None, seeds: Seeds = None, json: Json = False) -> None:
    """Tell what is wrong with which site, by its own weeks before and its seed. Ends with 1 where anything is."""
    from pressrun.keeping import watch as run

    run(_config(store, seeds), json=json)


@app.command()
def takedown(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of an article, in any spelling.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what the archive holds of it.")
    ] = False,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Also an address that the archive never met: keep it out.")
    ] = False,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Remove an article for good, every byte of it, and keep it out. There is no way back."""
    from pressrun.keeping import takedown as run

    run(url, _kept(store, seeds), dry_run=dry_run, unseen=unseen, json=json)


@app.command()
def verify(
    after: Annotated[
        int, typer.Option(metavar="CURSOR", parser=_cursor, help="Only what later commits name.")
    ] = 0,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Mend segments, their indexes and batches where that can be done."),
    ] = False,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Check every digest, count and pointer of the archive, and name what is damaged. Ends with 2 where anything is."""
    from pressrun.keeping import verify as run

    run(_config(store, seeds), after=after, repair=repair, json=json)


@app.command()
def rebuild(
    tables: Annotated[bool, typer.Option("--tables", help="Tables and documents too.")] = False,
    store: Store = None,
    seeds: Seeds = None,
    json: Json = False,
) -> None:
    """Make the database anew from the store; what the crawl remembers of the web stays."""
    from pressrun.keeping import rebuild as run

    run(_kept(store, seeds), tables=tables, json=json)


@app.command()
def copy(
    target: Annotated[str, typer.Argument(metavar="TO", help="Folder or s3://bucket/prefix of the copy.")],
    store: Store = None,
    json: Json = False,
) -> None:
    """Bring a second copy of the archive up to it: a backup, or the archive moved."""
    from pressrun.keeping import copy as run

    run(_config(store, None), target, json=json)


@app.command()
def up(
    port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            parser=_port,
            help="Port of the Prefect server and its UI (else 4200 or the next free).",
        ),
    ] = None,
    store: Store = None,
    seeds: Seeds = None,
) -> None:
    """Run by itself: Prefect server, worker and the schedules of prefect.yaml, until Ctrl-C."""
    close_workshop(_checked(store, seeds))
    from flows.supervision import GivenUp
    from flows.up import up as run

    try:
        run(choose(), port=port, say=partial(say, prefix="pressrun: "))
    except GivenUp as error:
        raise WorkError(str(error)) from error


def main() -> None:
    """The console script."""
    asked = sys.argv[1:]
    with told_in_one_sentence():
        code = app(asked or ["--help"], prog_name="pressrun", standalone_mode=False)
        sys.exit(code if asked else WRONG)


def _config(store: str | None, seeds: str | None) -> Config:
    """The configuration, with what the command line named set for flows and child processes too."""
    if store == "":
        raise RequestError("--store '' names no archive: give a folder, or s3://bucket/prefix")
    if seeds and not Path(seeds).is_dir():
        raise RequestError(
            f"--seeds {seeds}: there is no such folder; name one that holds seed files (*.toml)"
        )
    return choose(store=store, seeds=seeds)


def _checked(store: str | None, seeds: str | None) -> Config:
    """The configuration, its store and database tried: what is wrong is told before a flow begins."""
    config = _config(store, seeds)
    open_workshop(config)
    return config


def _kept(store: str | None, seeds: str | None) -> Config:
    """The configuration of an archive that is there: a slip of the pen must not make another, empty one."""
    config = _config(store, seeds)
    open_to_read(config.store)
    return config


def _ready(store: str | None, seeds: str | None) -> None:
    """Everything a flow needs: store and database tried, and a Prefect server to report to."""
    _checked(store, seeds)
    # after the configuration, which settles what Prefect reads when it is first imported; and only where a
    # flow runs, because that import takes two seconds
    from flows.own_server import prefect_server

    prefect_server()


def _none_elsewhere(report: CrawlReport, names: list[str] | None) -> None:
    """Raise WorkError where sites that were named are left to another run."""
    if names and report.elsewhere:
        raise WorkError("another run visits what was asked for, see above; try again when it is done")


def _all_read(report: NormalizeReport) -> None:
    if report.refused or report.failed or report.quarantined:
        raise WorkError("not everything could be done; see above")


def _seeded(config: Config) -> frozenset[str]:
    """Names of the sites in the seeds folder, where there is one."""
    from seeds.load import load_sites

    if not Path(config.seeds).is_dir():
        return frozenset()
    return frozenset(site.name for site in load_sites(config.seeds).sites)


def _cursor_or_moment(option: str, value: str | None) -> int | datetime | None:
    return int(value) if value is not None and value.isdecimal() else _moment(option, value)


def _day(option: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise RequestError(f"{option} {value!r} is no day: write 2026-11-01") from error


def _moment(option: str, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise RequestError(
            f"{option} {value!r} is no moment: write 2026-11-01 or 2026-11-01T12:00Z"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
