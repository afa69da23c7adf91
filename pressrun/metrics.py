"""`pressrun metrics`: an archive's numbers for Prometheus, worked out when they are asked for.

What fetches and reads are short processes, which nobody could scrape. What they did stands in the log and in the
database, and is added up from there: right after every restart, and the same wherever in a cluster it runs. One for
an archive is enough.

Sums over the log count from its first commit. It never changes, so they never fall. What only the database tells
(fetches), and what costs the reading of batches (the lag), is counted from the start of this process on, as counters
of a restarted process are. Labels are sites and words of closed lists, never addresses.
"""

from __future__ import annotations

import logging
import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Lock
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import CollectorRegistry, generate_latest, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from articles.model import EXTRACTOR, Article, Precision
from flows.config import Config
from flows.logs import say
from pressrun.trouble import RequestError
from seeds.load import SeedError, load_sites
from storage import batches
from storage.batches import Change, DamagedBatch
from storage.delta import TableError, table_cursors
from storage.documents import BadCursor, documents_cursor
from storage.log import Commit, DamagedLog, Log
from storage.objects import NotFound, ObjectStore, StoreError, open_to_read
from storage.state import segments
from storage.state.database import Database, DatabaseError, open_database
from storage.state.frontier import sums

log = logging.getLogger(__name__)

FAILURES = (StoreError, DatabaseError, DamagedLog, TableError, BadCursor, SeedError)
"""What may pass: the next scrape may find the archive well."""
MINUTE, HOUR, DAY = 60, 3_600, 86_400
LAG_SECONDS = (
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    3 * DAY,
)
"""Bounds of the lag's buckets; the last is open."""
MAX_SITES = 2_000
"""So many sites are told apart; what comes after is put together."""
OTHERS = "(others)"
AT_ONCE = 5_000
LATE = 1_000
"""So many ids back fetches are looked at again: transactions that began earlier may end later."""


@dataclass(slots=True)
class Sums:
    """What was added up so far, and up to where."""

    seq: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    captures: int = 0
    read_captures: int = 0
    read_seconds: float = 0.0
    committed_at: datetime | None = None
    fetch: int = 0
    counted: set[int] = field(default_factory=set)
    fetches: Counter[tuple[str, str]] = field(default_factory=Counter)
    lags: dict[str, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0] * (len(LAG_SECONDS) + 1))
    )
    lag_seconds: Counter[str] = field(default_factory=Counter)


class ArchiveCollector(Collector):
    """Adds up what is new each time it is asked."""

    def __init__(self, store: ObjectStore, database: Database, seeds: Path) -> None:
        """`seeds`: the folder of seed files, which are read with each scrape. Raises what `collect` does."""
        self._store, self._database, self._seeds = store, database, seeds
        self._lock = Lock()
        self._sums = Sums()
        with database.transaction() as connection:
            self._first = self._sums.fetch = sums.last_fetch(connection)
        self._start = Log(store).head()
        self._names: set[str] = set()
        self._take_commits()

    def describe(self) -> Iterator[Metric]:
        """Nothing: asking would cost a whole scrape."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every metric, up to date. Raises StoreError, DatabaseError, DamagedLog, SeedError."""
        with self._lock:
            loaded = load_sites(self._seeds)
            # a site whose seed is broken for now is still a site
            sites = {site.name for site in loaded.sites} | {error.file.stem for error in loaded.errors}
            self._take_commits()
            self._take_fetches()
            with self._database.transaction() as connection:
                kept, looks = segments.totals(connection), sums.last_looks(connection)
            cursors = {**table_cursors(self._store), "documents": documents_cursor(self._store)}
            yield from self._of_log()
            yield from self._of_crawls(sites, looks)
            yield from _of_segments(kept)
            lag = _gauge("follower_lag_commits", "Commits that a follower of the log is behind.", "follower")
            for follower, cursor in sorted(cursors.items()):
                lag.add_metric([follower], max(0, self._sums.seq - cursor))
            yield lag

    def _of_log(self) -> Iterator[Metric]:
        told = self._sums
        yield _counter("commits", "Commits in the log.", told.seq)
        yield _counted("articles", "Revisions of articles stored, by what changed.", "change", told.changes)
        yield _counted("site_articles", "Revisions of articles stored, by site.", "site", told.sites)
        yield _counted("rejections", "Captures that are no article, by reason.", "reason", told.reasons)
        yield _counter("unchanged", "Captures that brought nothing new.", told.unchanged)
        yield _counter("captures", "Captures read, each an article, unchanged or a rejection.", told.captures)
        yield _counter(
            "reading_seconds", "Seconds of reading the captures counted beside it.", told.read_seconds
        )
        yield _counter("timed_captures", "Captures whose reading was timed.", told.read_captures)
        if told.committed_at is not None:
            at = GaugeMetricFamily("pressrun_last_commit_timestamp_seconds", "When the last commit was made.")
            at.add_metric([], told.committed_at.timestamp())
            yield at

    def _of_crawls(self, sites: Collection[str], looks: Mapping[str, datetime]) -> Iterator[Metric]:
        yield GaugeMetricFamily("pressrun_sites", "Sites that have a seed.", len(sites))
        info = _gauge("reader_info", "Version of the reader.", "extractor")
        info.add_metric([EXTRACTOR], 1)
        yield info
        fetched = CounterMetricFamily(
            "pressrun_fetches", "Fetches of articles since this exporter started.", labels=["site", "outcome"]
        )
        for (site, outcome), number in sorted(self._sums.fetches.items()):
            fetched.add_metric([site, outcome], number)
        yield fetched
        last = _gauge("last_crawl_timestamp_seconds", "When a site last answered as it should.", "site")
        # of a site whose seed was taken away nobody waits for news
        for site in sorted(looks.keys() & set(sites))[:MAX_SITES]:
            last.add_metric([site], looks[site].timestamp())
        yield last
        lag = HistogramMetricFamily(
            "pressrun_publication_lag_seconds",
            "From an article's time of publication to its commit, since this exporter started.",
            labels=["site"],
        )
        bounds = [*map(str, map(float, LAG_SECONDS)), "+Inf"]
        for site, counts in sorted(self._sums.lags.items()):
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            lag.add_metric([site], buckets=buckets, sum_value=self._sums.lag_seconds[site])
        yield lag

    def _take_commits(self) -> None:
        told = self._sums
        for commit in Log(self._store).follow(told.seq):
            # first, because it may fail: a commit is counted whole, and once
            lags = self._lags(commit) if commit.seq > self._start else []
            counts = commit.counts
            told.changes.update(counts.changes)
            told.changes[Change.REMOVED] += counts.removals
            told.reasons.update(counts.reasons)
            for site, number in counts.sites.items():
                told.sites[self._name(site)] += number
            told.unchanged += counts.unchanged
            told.captures += counts.captures
            if commit.read_seconds is not None:
                told.read_seconds += commit.read_seconds
                told.read_captures += counts.captures
            for name, seconds in lags:
                site = self._name(name)
                told.lags[site][bisect_left(LAG_SECONDS, seconds)] += 1
                told.lag_seconds[site] += round(seconds)
            told.seq, told.committed_at = commit.seq, commit.committed_at

    def _lags(self, commit: Commit) -> list[tuple[str, float]]:
        """Site, and seconds from publication to commit, of each new article; none where the batch is damaged."""
        if not commit.counts.changes.get(Change.NEW):
            return []
        try:
            packed = batches.fetch(self._store, commit.batch, commit.sha256)
            news = [
                one.article
                for one in batches.revisions(packed.key, packed.data, packed.sha256)
                if one.change is Change.NEW
            ]
        except (DamagedBatch, NotFound) as error:
            log.error("the lag of commit %d is not told: %s", commit.seq, error)
            return []
        return [
            (article.site or "", max(0.0, (commit.committed_at - published_at).total_seconds()))
            for article in news
            if (published_at := _published(article)) is not None
        ]

    def _take_fetches(self) -> None:
        told = self._sums
        after = max(self._first, told.fetch - LATE)
        while True:
            with self._database.transaction() as connection:
                rows = list(sums.fetches_after(connection, after, AT_ONCE))
            for number, site, outcome in rows:
                if number not in told.counted:
                    told.counted.add(number)
                    told.fetches[self._name(site), outcome] += 1
                after = number
            if len(rows) < AT_ONCE:
                break
        told.fetch = max(told.fetch, after)
        told.counted = {number for number in told.counted if number > told.fetch - LATE}

    def _name(self, site: str) -> str:
        if site not in self._names and len(self._names) >= MAX_SITES:
            return OTHERS
        self._names.add(site)
        return site


def _published(article: Article) -> datetime | None:
    """When it was published, where its source states more than the day."""
    precision = next((one.precision for one in article.evidence if one.field == "published_at"), None)
    return None if precision is Precision.DAY else article.published_at


def _of_segments(kept: Mapping[segments.State, segments.Totals]) -> Iterator[Metric]:
    number = _gauge("segments", "Segments in the store, by what became of them.", "state")
    size = _gauge("segment_bytes", "Compressed bytes of the segments in the store.", "state")
    for state, totals in kept.items():
        number.add_metric([state], totals.segments)
        size.add_metric([state], totals.bytes)
    yield from (number, size)


def _counter(name: str, told: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"pressrun_{name}", told, value)


def _counted(name: str, told: str, label: str, numbers: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(f"pressrun_{name}", told, labels=[label])
    for value, number in sorted(numbers.items()):
        family.add_metric([value], number)
    return family


def _gauge(name: str, told: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pressrun_{name}", told, labels=[label])


# --- Serving ----------------------------------------------------------------------------------------


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each scrape."""


def registry(config: Config) -> CollectorRegistry:
    """The archive's metrics, added up so far. Nothing is made or written in the store.

    Raises StoreError, also where there is no archive, DatabaseError, SeedError and DamagedLog.
    """
    store = open_to_read(config.store)
    # not a copy in memory, where there is no file yet: what crawls put into the file is to be seen
    database = open_database(config.database)
    collected = CollectorRegistry()
    collected.register(ArchiveCollector(store, database, config.seeds))
    return collected


def show_metrics(config: Config) -> None:
    """Print the metrics once, for a collector that reads files."""
    sys.stdout.write(generate_latest(registry(config)).decode())


def metrics_server(config: Config, *, host: str, port: int) -> WSGIServer:
    """A server of the metrics, bound and not yet serving. Raises RequestError where the port cannot be had.

    The log is read before the port is opened: nobody ever sees half a sum.
    """
    app = make_wsgi_app(registry(config))

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        try:
            return app(environ, start)  # type: ignore[no-any-return]
        except FAILURES as error:
            log.error("the metrics cannot be worked out: %s", error)
            start("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"the archive cannot be read now; this exporter's log says why\n"]

    try:
        return make_server(host, port, answer, _Server, _Quiet)
    except OSError as error:
        raise RequestError(f"--host {host} --port {port}: {error.strerror}; name another") from error


def serve_metrics(config: Config, *, host: str, port: int) -> None:
    """Serve the metrics until Ctrl-C."""
    with metrics_server(config, host=host, port=port) as server:
        at = f"{datetime.now(UTC):%H:%M:%S}"
        say(f"metrics: http://{host}:{server.server_port}/metrics", prefix=f"{at} ")
        server.serve_forever()
