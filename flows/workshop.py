"""What a flow's steps work with: store, database and seeds of one configuration, opened and checked.

Tasks get a `Config` and open a workshop by it, so that they run the same in a thread of the flow, in another
process or on another machine. In one process all share one workshop, its connections and its process pool.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

from articles.model import Site
from flows.config import Config
from flows.reading import end_with_parent
from seeds.load import SeedError, load_sites
from spiders.guard import read_hosts
from storage.objects import Creates, ObjectStore, open_store, open_to_read, preflight, probe
from storage.recollect import recollect
from storage.state.database import Database, open_database, open_database_to_read
from storage.writer import claim


class UnknownSite(Exception):
    """A site was asked for that no seed file describes; the message names it and those there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Everything opened for one configuration. Safe to share between threads."""

    config: Config
    store: ObjectStore
    database: Database
    sites: dict[str, Site]
    """By name; those whose seed file is sound."""
    broken_seeds: tuple[SeedError, ...]
    creates: Creates
    """What the store does when two writers create the same key."""
    readers: Readers


class Readers:
    """A pool of processes that read large segments; started when first asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None

    def pool(self) -> ProcessPoolExecutor:
        """The pool; one process a core."""
        with self._lock:
            if self._pool is None:
                # spawn: a fork of a process with threads (Prefect has several) can inherit a held lock
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(
                    os.cpu_count() or 1, mp_context=context, initializer=end_with_parent
                )
            return self._pool

    def close(self) -> None:
        """End its processes. The next `pool` starts new ones, so this also clears away a broken pool."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(slots=True)
class _Opened:
    lock: Lock = field(default_factory=Lock)
    workshops: dict[Config, Workshop] = field(default_factory=dict)


_OPENED = _Opened()


def open_workshop(config: Config) -> Workshop:
    """The workshop of this configuration: the one this process has, or a new one, everything checked.

    Nothing has been fetched when this raises: StoreError for a store that cannot be used, DatabaseError,
    DamagedLog, DamagedBatch, HostsFileError, SeedError for a seeds folder that is none. Broken seed files are told in
    the result.
    """
    with _OPENED.lock:
        if config not in _OPENED.workshops:
            _OPENED.workshops[config] = _open(config)
        return _OPENED.workshops[config]


def open_to_look(config: Config) -> tuple[ObjectStore, Database]:
    """The archive of a configuration for who only reads it: nothing is made, tried or written in the store.

    Where there is no database that may be written, one in memory is made from the store. Raises StoreError,
    DatabaseError, DamagedLog and DamagedBatch.
    """
    store = open_to_read(config.store)
    database = open_database_to_read(config.database)
    recollect(store, database)
    return store, database


def close_workshop(config: Config) -> None:
    """Give back what the workshop holds; the next `open_workshop` looks at everything anew."""
    with _OPENED.lock:
        workshop = _OPENED.workshops.pop(config, None)
    if workshop is not None:
        workshop.readers.close()
        workshop.database.close()


def _open(config: Config) -> Workshop:
    if config.hosts is not None:
        read_hosts(config.hosts)
    store = open_store(config.store)
    preflight(store)
    creates = probe(store)
    database = open_database(config.database, keep_open=True)
    claim(store, database, creates)
    recollect(store, database)
    seeds = load_sites(config.seeds)
    return Workshop(
        config=config,
        store=store,
        database=database,
        sites={site.name: site for site in seeds.sites},
        broken_seeds=tuple(seeds.errors),
        creates=creates,
        readers=Readers(),
    )


def named(workshop: Workshop, names: Iterable[str]) -> tuple[Site, ...]:
    """The sites of these names, each once, in the order given.

    Raises the SeedError of a named site whose seed file is broken, and UnknownSite for any other name.
    """
    chosen = []
    for name in dict.fromkeys(names):
        if name not in workshop.sites:
            raise _no_site(workshop, name)
        chosen.append(workshop.sites[name])
    return tuple(chosen)


def _no_site(workshop: Workshop, name: str) -> Exception:
    for error in workshop.broken_seeds:
        if error.file.stem == name:
            return error
    known = ", ".join(sorted(workshop.sites)[:20]) or "none"
    return UnknownSite(
        f"no site is named {name!r} in {workshop.config.seeds}; there are: {known}. Run `pressrun sites`"
    )
