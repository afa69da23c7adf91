"""What an archive's keeper asks for: take an article down, check everything, make anew what can be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console

from articles.urls import canonical_url
from flows.config import Config
from flows.workshop import open_workshop
from pressrun import views
from pressrun.trouble import RequestError
from storage.delta import follow_tables, table_cursors
from storage.documents import documents_cursor, follow_documents
from storage.log import Log
from storage.objects import open_store, probe
from storage.recollect import forget_followers, rebuild_state
from storage.state.database import open_database
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


def status(config: Config, *, json: bool) -> None:
    """Print how the archive stands."""
    shop = open_workshop(config)
    with shop.database.transaction() as connection:
        waiting = in_state(connection, State.PENDING)
        quarantined = in_state(connection, State.QUARANTINED)
    now = Status(
        store=shop.store.url,
        head=Log(shop.store).head(),
        documents=documents_cursor(shop.store),
        tables=table_cursors(shop.store),
        waiting=tuple(waiting),
        quarantined=tuple(quarantined),
        takedowns=tuple(unfinished(shop.store, shop.database)),
    )
    if json:
        views.as_json(now)
        return
    followed = {"documents": now.documents, **now.tables}
    behind = [f"{name} at {seq}" for name, seq in followed.items() if seq < now.head]
    views.say(f"{now.store}: the log is at commit {now.head}{'; ' if behind else ''}{', '.join(behind)}")
    views.say(f"{len(waiting)} segments wait to be read, {len(quarantined)} are in quarantine")
    for info in waiting:
        if info.error or info.retry_at:
            again = (
                f"tried again from {info.retry_at:%H:%M} UTC on"
                if info.retry_at
                else "tried again by the next run"
            )
            views.say(f"  {info.key}: {info.attempts} attempts, {again}: {info.error or 'never ended'}")
    for info in quarantined:
        views.say(f"  quarantined: {info.key}: {info.error}")
        views.say(f"    pressrun replay --segment {info.key}")
    for seq in now.takedowns:
        views.say(f"  the takedown of commit {seq} is not done to its end: run `pressrun maintain`")


def takedown(url: str, config: Config, *, dry_run: bool, json: bool) -> None:
    """Take down the article at an address and print what was removed where.

    Raises RequestError for what is no address.
    """
    if canonical_url(url if "://" in url else f"https://{url}") is None:
        raise RequestError(f"{url!r} is no address of a web page: write https://host/path")
    shop = open_workshop(config)
    with _steps() as tell:
        found = find(shop.store, url if "://" in url else f"https://{url}", tell)
        done = None if dry_run else take_down(shop.store, shop.database, found, tell)
    if json:
        views.as_json(found if done is None else done)
    elif done is None:
        _say_found(url, found)
    else:
        _say_done(url, done)


def _say_found(url: str, found: Found) -> None:
    views.say(f"{url}: {found.captures} captures, under {len(found.ids)} addresses")
    for title in found.titles:
        views.say(f"  {title}")
    views.say("Nothing was removed.")


def _say_done(url: str, done: TakenDown) -> None:
    views.say(f"{url} is taken down; readers are told by commit {done.seq}.")
    for number, what in (
        (done.records, f"records blanked, in {done.segments} segments"),
        (done.captures, f"captures removed from {done.batches} batches, which have successors without them"),
        (done.orphans, "batches removed that no commit names"),
        (done.rows, "rows removed from the tables or blanked there"),
        (done.documents, "documents removed"),
        (done.state_rows, "rows removed from what the crawl remembers"),
    ):
        views.say(f"  {number:>6} {what}")
    for torn in done.unsearched:
        views.say(f"  not searched to its end: {torn}")
    views.say("Where the bucket keeps old versions or backups of its objects, remove those too.")


def verify(config: Config, *, after: int, repair: bool, json: bool) -> None:
    """Name everything that is damaged, and with `repair` mend what can be; raises RequestError where damage stays."""
    shop = open_workshop(config)
    head = Log(shop.store).head()
    if not 0 <= after <= head:
        raise RequestError(
            f"--after {after}: {shop.store.url} has commits 1 to {head}; give one of them, or 0"
        )
    found = []
    with _steps() as tell:
        for damage in check(shop.store, shop.database, tell, after=after):
            found.append(damage)
            if json:
                views.as_json(damage)
            else:
                views.say(f"{damage.key}: {damage.what}\n    {damage.remedy}")
    if not found and not json:
        views.say(f"Everything is whole, up to commit {Log(shop.store).head()}.")
    left = len(found)
    if repair and found:
        from flows.repair import NotRepaired, mend

        left = 0
        for told in mend(shop, found):
            if isinstance(told, NotRepaired):
                left += 1
                views.say(f"not repaired: {told}")
            else:
                views.say(f"repaired: {told.key}: {told.how}")
        with _steps() as tell:
            left = sum(1 for _ in check(shop.store, shop.database, tell, after=after))
    if left:
        raise RequestError(f"{left} things are damaged in {shop.store.url}; see above")


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
        views.say(
            f"Made anew from {commits} commits: the database{', tables and documents' if tables else ''}."
        )


@contextmanager
def _steps() -> Iterator[Tell]:
    """Show on stderr which step is under way: in place on a terminal, a line a step otherwise."""
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status("") as status:
            yield lambda step, number: status.update(f"{step} ({number})" if number else step)
        return
    last = ""

    def tell(step: str, _: int) -> None:
        nonlocal last
        if step != last:
            last = step
            print(f"{step} ...", file=sys.stderr)

    yield tell
