"""A crawl run's claims to sites, kept up while the run lives. Needs no Prefect.

A thread renews the claims. When the run ends, in whatever way, nobody does, and its sites come free after
`LEASE_SECONDS`. On its own machine they come free at once: a run holds a lock on `<work>/runs/<owner>.run`, and so
do its crawlers; the kernel drops it when the last of them is gone, and the next run on this machine, finding it
dropped, releases what it protected.

A run that could not renew its claims for `GIVE_UP_SECONDS` (the machine slept, the database was away) must take it
that others visit its sites soon, or do by now: `lost` is set, and its crawlers are to be stopped.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.child import STOP_SECONDS
from storage.state.database import Database, DatabaseError
from storage.state.leases import LEASE_SECONDS, Lease, claim, leases, release, renew

log = logging.getLogger(__name__)

RENEW_SECONDS = 20.0
GIVE_UP_SECONDS = LEASE_SECONDS - RENEW_SECONDS - STOP_SECONDS
"""So long after the last renewal that counted; it is noticed a round later at most, and crawlers take time to end."""
LOOK_SECONDS = 5.0
JOIN_SECONDS = 70.0
"""How long the end waits for a renewal that goes on: longer than SQLite waits for a lock."""
FOLDER = "runs"
SUFFIX = ".run"


class Claims:
    """The sites that this run may visit. Its methods may be called from any thread."""

    def __init__(self, database: Database, *, owner: str, shown: str, descriptor: int) -> None:
        self.owner = owner
        self.descriptor = descriptor
        """The open lock file; a child process that inherits it keeps the lock."""
        self.lost = threading.Event()
        """Set when others may have taken the sites."""
        self._database = database
        self._shown = shown
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._renewed_at = _seconds()

    def claim(self, sites: Iterable[str]) -> tuple[frozenset[str], tuple[Lease, ...]]:
        """Claim sites: those that are this run's now, and who holds the others. Raises DatabaseError."""
        wanted = list(sites)
        with self._lock, self._database.transaction() as connection:
            own = claim(connection, wanted, owner=self.owner, shown=self._shown) & frozenset(wanted)
            self._held |= own
            there = leases(connection, wanted)
        return own, tuple(lease for lease in there.values() if lease.owner != self.owner)

    def release(self, sites: Iterable[str]) -> None:
        """Give sites free whose visits are over. Where the database fails they come free by themselves."""
        done = list(sites)
        with self._lock:
            self._held -= set(done)
            try:
                with self._database.transaction() as connection:
                    release(connection, self.owner, done)
            except DatabaseError as error:
                log.warning("%s stays claimed for a while: %s", ", ".join(done[:5]), error)

    def renew(self) -> None:
        """Let the claims hold on; sets `lost` where that is not so any more."""
        with self._lock:
            began = _seconds()
            try:
                with self._database.transaction() as connection:
                    own = renew(connection, self.owner)
            except DatabaseError as error:
                log.warning("no claim could be renewed, of %d: %s", len(self._held), error)
            else:
                self._renewed_at = began
                if gone := sorted(self._held - own):
                    log.error("another run has taken %s over", ", ".join(gone[:5]))
                    self.lost.set()
        self.look_at_the_clock()

    def look_at_the_clock(self) -> None:
        """Set `lost` where the last renewal is too long ago, also while one goes on: a database may hang."""
        if self._held and _seconds() - self._renewed_at >= GIVE_UP_SECONDS:
            self.lost.set()


@contextmanager
def claims(database: Database, work: Path, shown: str) -> Iterator[Claims]:
    """Claims that are renewed within this block and released at its end.

    `work` is a folder of this machine; `shown` is the run for a person. What runs that died on this machine
    had claimed is released first. Raises DatabaseError, OSError.
    """
    folder = work / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _release_dead(database, folder)
    owner = uuid.uuid4().hex
    path = folder / f"{owner}{SUFFIX}"
    descriptor = _locked_file(path)
    held = Claims(database, owner=owner, shown=f"{shown}", descriptor=descriptor)
    over = threading.Event()
    renewing = _every(RENEW_SECONDS, held.renew, over)
    _every(LOOK_SECONDS, held.look_at_the_clock, over)
    try:
        yield held
    finally:
        over.set()
        renewing.join(JOIN_SECONDS)
        # where the disk is full or the database hangs the file stays, which tells the next run that this one is over
        if renewing.is_alive():
            log.warning("the database does not answer: the sites of this run come free by themselves")
        else:
            with suppress(DatabaseError):
                with database.transaction() as connection:
                    release(connection, owner)
                path.unlink(missing_ok=True)
        os.close(descriptor)


def _every(seconds: float, act: Callable[[], None], over: threading.Event) -> threading.Thread:
    """A thread that acts every so many seconds until it is over."""

    def go_on() -> None:
        while not over.wait(seconds):
            act()

    thread = threading.Thread(target=go_on, name="claims", daemon=True)
    thread.start()
    return thread


def _locked_file(path: Path) -> int:
    """Make a file and hold its lock from its first moment on."""
    begun = path.with_suffix(".begun")
    descriptor = os.open(begun, os.O_CREAT | os.O_RDWR, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    begun.rename(path)
    return descriptor


def _release_dead(database: Database, folder: Path) -> None:
    """Release the claims of runs on this machine whose processes are all gone."""
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            with database.transaction() as connection:
                release(connection, path.stem)
            path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _seconds() -> float:
    """A clock that nobody sets and that goes on while the machine sleeps."""
    boottime = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux
    return time.clock_gettime(boottime)
