"""What an archive's keeper asks for: take an article down, check everything, make anew what can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console

from flows.config import Config
from flows.history import look
from flows.logs import in_json, say
from flows.report import counted
from flows.workshop import open_to_look, open_workshop
from pressrun import views
from pressrun.reading import canonical_of
from pressrun.trouble import RequestError, WorkError
from seeds.load import load_sites
from storage.copying import copy_archive
from storage.delta import follow_tables, table_cursors
from storage.documents import documents_cursor, follow_documents
from storage.log import Log
from storage.objects import open_store, open_to_read, probe
from storage.recollect import forget_followers, rebuild_state
from storage.state.database import open_database
from storage.state.frontier import known
from storage.state.index import Withheld, withheld
from storage.state.segments import SegmentInfo, State, in_state
from storage.takedown import Found, TakenDown, Tell, find, take_down, unfinished
from storage.verify import verify as check
from storage.writer import claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How an archive stands."""

    store: str
    head: int
    """Number of the last commit."""
    documents: int
    """Number of the last commit that the documents have followed."""
    tables: dict[str, int]
    """Table -> number of the last commit that it has followed."""
    waiting: tuple[SegmentInfo, ...]
    """Segments that are not read yet; those that failed say how and when they are tried again."""
    quarantined: tuple[SegmentInfo, ...]
    takedowns: tuple[int, ...]
    """Commits of takedowns that `maintain` must do to their end."""
    missed: tuple[Withheld, ...]
    """Sites that answer to nearly everything that it is gone: their articles are not told to be removed."""


def status(config: Config, *, json: bool) -> None:
    """Print how the archive stands."""
    store, database = open_to_look(config)
    with database.transaction() as connection:
        waiting = in_state(connection, State.PENDING)
        quarantined = in_state(connection, State.QUARANTINED)
        missed = withheld(connection)
    now = Status(
        store=store.url,
        head=Log(store).head(),
        documents=documents_cursor(store),
        tables=table_cursors(store),
        waiting=tuple(waiting),
        quarantined=tuple(quarantined),
        takedowns=tuple(unfinished(store, database)),
        missed=tuple(missed),
    )
    if json:
        views.as_json(now)
        return
    followed = {"documents": now.documents, **now.tables}
    behind = [f"{name} at {seq}" for name, seq in followed.items() if seq < now.head]
    views.say(f"{now.store}: the log is at commit {now.head}{'; ' if behind else ''}{', '.join(behind)}")
    views.say(f"{counted(len(waiting), 'segment')} to be read, {len(quarantined)} in quarantine")
    for info in waiting:
        if info.error or info.retry_at:
            again = (
                f"tried again from {info.retry_at:%H:%M} UTC on"
                if info.retry_at
                else "tried again by the next run"
            )
            views.say(
                f"  {info.key}: {counted(info.attempts, 'attempt')}, {again}: {info.error or 'never ended'}"
            )
    for info in quarantined:
        views.say(f"  quarantined: {info.key}: {info.error}")
        views.say(f"    pressrun replay --segment {info.key}")
    for seq in now.takedowns:
        views.say(f"  the takedown of commit {seq} is not done to its end: run `pressrun maintain`")
    for site in now.missed:
        views.say(
            f"  {site.site or '(no site)'}: {counted(site.articles, 'article')} not found since "
            f"{site.since:%d %b %H:%M} UTC, and little of the site is: none is told to be removed before a week is "
            "over; look whether the site moved, or turns the crawler away"
        )


def watch(config: Config, *, json: bool) -> None:
    """Print what is wrong with which site; raises WorkError where anything is. Writes nothing."""
    _, database = open_to_look(config)
    seeds = load_sites(config.seeds)
    seen = look(database, {site.name: site for site in seeds.sites}, datetime.now(UTC))
    if json:
        for finding in seen.findings:
            views.as_json(finding)
    else:
        views.watched(seen)
    if seen.findings:
        raise WorkError(f"{counted(len(seen.findings), 'trouble')}; see above")


def takedown(url: str, config: Config, *, dry_run: bool, unseen: bool, json: bool) -> None:
    """Take down the article at an address and print what was removed where.

    Raises RequestError for what is no address, and unless `unseen` for one that the archive never met: a slip of
    the pen would be kept out for ever, and the article meant would stay.
    """
    canonical = canonical_of(url)
    shop = open_workshop(config)
    with _steps() as tell:
        found = find(shop.store, shop.database, canonical, tell)
        with shop.database.transaction() as connection:
            met = bool(found.sites) or known.history(connection, canonical) is not None
        if not met and not unseen and not dry_run:
            raise RequestError(
                f"{shop.store.url} never met {url}: compare the spelling with `pressrun read`; to keep it out from "
                "now on all the same, add --unseen"
            )
        done = None if dry_run else take_down(shop.store, shop.database, found, tell)
    if json:
        views.as_json(found if done is None else done)
    elif done is None:
        _say_found(url, found)
    else:
        _say_done(url, done)


def _say_found(url: str, found: Found) -> None:
    captures, addresses = counted(found.captures, "capture"), counted(len(found.ids), "address")
    views.say(
        f"{url}: {captures}, under {addresses}" if found.captures else f"The archive holds nothing of {url}"
    )
    for title in found.titles:
        views.say(f"  {title}")
    views.say("Nothing was removed.")


def _say_done(url: str, done: TakenDown) -> None:
    views.say(f"{url} is taken down; readers are told by commit {done.seq}.")
    for number, noun, where in (
        (done.records, "record", f"blanked, in {counted(done.segments, 'segment')}"),
        (
            done.captures,
            "capture",
            f"removed from {counted(done.batches, 'batch')}, each with a successor",
        ),
        (done.orphans, "batch", "removed that no commit names"),
        (done.rows, "row", "removed from the tables or blanked there"),
        (done.documents, "document", "removed"),
        (done.state_rows, "row", "removed from what the crawl remembers"),
    ):
        views.say(f"  {counted(number, noun)} {where}")
    for torn in done.unsearched:
        views.say(f"  not searched to its end: {torn}")
    views.say("Where the bucket keeps old versions or backups of its objects, remove those too.")


def verify(config: Config, *, after: int, repair: bool, json: bool) -> None:
    """Name everything that is damaged, and with `repair` mend what can be; raises RequestError where damage stays."""
    store, database = open_to_look(config)
    head = Log(store).head()
    if after > head:
        has = f"has commits 1 to {head}; give one of them, or 0" if head else "has no commit yet; give none"
        raise RequestError(f"--after {after}: {store.url} {has}")
    found = []
    with _steps() as tell:
        for damage in check(store, database, tell, after=after):
            found.append(damage)
            if json:
                views.as_json(damage)
            else:
                views.say(f"{damage.key}: {damage.what}\n    {damage.remedy}")
    if not found and not json:
        views.say(f"Everything is whole, up to commit {head}." if head else "Nothing is stored yet.")
    left = len(found)
    if repair and found:
        from flows.repair import NotRepaired, mend

        shop, left = open_workshop(config), 0
        for told in mend(shop, found):
            if isinstance(told, NotRepaired):
                left += 1
                views.say(f"not repaired: {told}")
            else:
                views.say(f"repaired: {told.key}: {told.how}")
        with _steps() as tell:
            left = sum(1 for _ in check(store, shop.database, tell, after=after))
    if left:
        raise RequestError(f"{counted(left, 'thing')} damaged in {store.url}; see above")


def rebuild(config: Config, *, tables: bool, json: bool) -> None:
    """Make the database's index anew from the store, and with `tables` the tables and documents too."""
    store, database = open_store(config.store), open_database(config.database)
    with _steps() as tell:
        tell("making the database anew", 0)
        claim(store, database, probe(store), take_over=True)
        commits = rebuild_state(store, database)
        database.close()
        if tables:
            tell("making tables and documents anew", 0)
            forget_followers(store)
            follow_tables(store)
            follow_documents(store)
    if json:
        views.as_json({"commits": commits, "tables": tables})
    else:
        followers = ", tables and documents" if tables else ""
        views.say(f"Made anew from {counted(commits, 'commit')}: the database{followers}.")


def copy(config: Config, target: str, *, json: bool) -> None:
    """Bring a second copy of the archive up to it."""
    source, copied = open_to_read(config.store), open_store(target)
    if source.url == copied.url:
        raise RequestError(f"{target} is the archive itself: name another folder, or s3://bucket/prefix")
    with _steps() as tell:
        tell(f"copying to {target}", 0)
        done = copy_archive(source, copied)
    if json:
        views.as_json(done)
    else:
        views.say(
            f"{target} is a copy up to commit {done.head}: {counted(done.objects, 'object')} copied now, "
            f"{done.bytes / 1e6:.1f} MB. To use it: name it in PRESSRUN_STORE, then `pressrun rebuild --tables`"
        )


@contextmanager
def _steps() -> Iterator[Tell]:
    """Show on stderr which step is under way: in place on a terminal, a line a step otherwise."""
    console = Console(stderr=True)
    if console.is_terminal and not in_json():
        with console.status("") as status:
            yield lambda step, number: status.update(f"{step} ({number})" if number else step)
        return
    last = ""

    def tell(step: str, _: int) -> None:
        nonlocal last
        if step != last:
            last = step
            say(f"{step} ...")

    yield tell
