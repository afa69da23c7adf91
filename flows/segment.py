"""Segment in, batch out: the one function behind live crawls, replays and re-extraction. Without Prefect.

    captures of a segment -> read each -> learn what the site repeats -> commit once, keyed by (segment, extractor)

*Law: articles + unchanged + rejections = captures in the segment*; `commit_segment` checks it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from articles.model import EXTRACTOR, SITE_NAME, Article, Reason, Site
from articles.parts import join_parts
from articles.profile import Profile, learn, profile_id
from articles.repeated import without_repeats
from flows.reading import Reading, Result, read_all
from flows.report import Normalized, Tally, tally
from storage import batches
from storage.batches import DamagedBatch
from storage.commit import LawBroken, commit_segment
from storage.log import DamagedLog
from storage.objects import ObjectStore, StoreError, preflight
from storage.profiles import add
from storage.segments import SegmentDamaged, captures_of
from storage.state import index, segments
from storage.state.database import Database, DatabaseError
from storage.state.segments import State
from storage.state.stories import Signed
from storage.takedown import blank_captures
from storage.warc import TornSegment

logger = logging.getLogger(__name__)

MAX_UNREADABLE_SHARE = 0.02
"""Share of a segment's captures on which the reader may break; above it the reader is wrong, not a page."""
MIN_UNREADABLE = 5
"""So many may break in any segment: one bad page of ten is no share."""
POOLED_CAPTURES = 600
"""From here on starting processes (2 s of CPU) pays, at some 5 ms a capture."""
LASTING = (TornSegment, SegmentDamaged, LawBroken)
"""What is wrong with the segment or the reader, and is so again next time."""


Read = Callable[[], Iterable[Result]]
"""The results of a segment's captures, in its order."""


class ReaderBroken(Exception):
    """The reader raised on too many captures of a segment; nothing was committed."""


def normalize_segment(
    store: ObjectStore,
    database: Database,
    sites: Mapping[str, Site],
    key: str,
    *,
    pool: Callable[[], Executor] | None = None,
    pooled: bool = False,
    read: Read | None = None,
    learning: bool = False,
) -> Normalized:
    """Read every capture of a registered segment with today's reader, and commit what they gave.

    Safe to kill and to repeat; a segment that this reader's version has committed is left as it is. `pool`
    gives processes for large segments, for those whose reading did not end before, and with `pooled` for any; None:
    everything is read here. `read`: others have read it, and this gives their results, or raises what kept them from
    it. `learning`: what the pages of a site repeat is added to the site's profile, and lines that the profile knows
    go. What lasts (a torn segment, a reader that breaks on too many pages), and what failed or killed its reader
    `MAX_ATTEMPTS` times, is quarantined and told in the result; what may pass is raised. An attempt counts from its
    beginning on, unless the store, the log or the database failed as a whole.
    """
    with database.transaction() as connection:
        committed = index.committed(connection, key, EXTRACTOR)
        info = None if committed else segments.begin(connection, key, now=datetime.now(UTC))
    if committed:
        return _committed(database, key, None, (), 0)
    if info is None:
        raise LookupError(f"segment {key} is not registered in the database; run `pressrun maintain`")
    if info.state is State.QUARANTINED:
        return Normalized(segment=key, seq=None, error=info.error, quarantined=True)
    # What ended its reader before is read in a process of its own.
    apart = pooled or info.captures >= POOLED_CAPTURES or info.attempts > 1
    try:
        with _accounted_for(store, database, key):
            if read is None:
                captures = captures_of(store, key, info.sha256)
                results = tuple(read_all(captures, sites, pool() if pool and apart else None))
            else:
                results = tuple(read())
            unreadable = check_broken(key, results)
            profiles = {name: add(store, one) for name, one in learnt(results).items()} if learning else {}
            commit = commit_segment(
                store,
                database,
                segment=key,
                sha256=info.sha256,
                extractor=EXTRACTOR,
                captures=info.captures,
                readings=join_parts(with_profiles(results, profiles), [one.part_of for one in results]),
                signed=_signed(results),
                profiles={name: profile_id(profile) for name, profile in profiles.items()},
                read_seconds=round(sum(one.seconds for one in results), 3),
            )
    except _GivenUp as error:
        return Normalized(segment=key, seq=None, error=str(error), quarantined=True)
    if commit is None:
        return _committed(database, key, None, (), unreadable)
    batch = batches.read(store, commit.batch, commit.sha256)
    if commit.counts.reasons.get(Reason.TAKEN_DOWN):
        blank_captures(store, database, key, batch)
    return _committed(database, key, commit.seq, tally(batch), unreadable)


def learnt(results: Iterable[Result]) -> dict[str, Profile]:
    """What the pages of a segment teach of each site that can have a profile."""
    articles = [one.reading for one in results if isinstance(one.reading, Article)]
    named = sorted({one.site for one in articles if one.site and SITE_NAME.fullmatch(one.site)})
    return {name: learn(Profile(site=name), (one for one in articles if one.site == name)) for name in named}


def with_profiles(results: Iterable[Result], profiles: Mapping[str, Profile]) -> list[Reading]:
    """The readings, each article without the lines that its site's profile knows: pages need no second reading."""
    readings: list[Reading] = []
    for one in results:
        reading = one.reading
        profile = profiles.get(reading.site or "") if isinstance(reading, Article) else None
        if isinstance(reading, Article) and profile is not None:
            reading = without_repeats(reading, one.lines, profile)
        readings.append(reading)
    return readings


def _signed(results: Iterable[Result]) -> Signed:
    """Of the articles as they were read; one that is joined or relieved of lines after that is another revision."""
    return {
        (one.reading.article_id, one.reading.revision_id): one.signature
        for one in results
        if isinstance(one.reading, Article)
    }


class _GivenUp(Exception):
    """The segment is in quarantine now."""


@contextmanager
def _accounted_for(store: ObjectStore, database: Database, key: str) -> Iterator[None]:
    """Note how an attempt failed. Raises _GivenUp where it was the last, else what was raised."""
    try:
        yield
    except (*LASTING, ReaderBroken) as error:
        if isinstance(error, SegmentDamaged) and not _works(store):
            _forgive(database, key, error)
            raise
        with database.transaction() as connection:
            segments.mark_failed(connection, key, str(error), lasting=True)
        raise _GivenUp(str(error)) from error
    except (DamagedLog, DamagedBatch, DatabaseError) as error:
        _forgive(database, key, error)
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}"[:1000]
        if isinstance(error, StoreError) and not _works(store):
            _forgive(database, key, error)
            raise
        with database.transaction() as connection:
            state = segments.mark_failed(connection, key, told)
        if state is State.QUARANTINED:
            raise _GivenUp(told) from error
        raise


def _forgive(database: Database, key: str, error: Exception) -> None:
    with suppress(DatabaseError), database.transaction() as connection:
        segments.forgive(connection, key, f"{type(error).__name__}: {error}"[:1000])


def _works(store: ObjectStore) -> bool:
    """Whether the store can be used at all: then what failed is this segment's own."""
    try:
        preflight(store)
    except StoreError:
        return False
    return True


def _committed(
    database: Database, key: str, seq: int | None, tallies: tuple[Tally, ...], unreadable: int
) -> Normalized:
    with database.transaction() as connection:
        segments.mark_committed(connection, key)
    return Normalized(segment=key, seq=seq, tallies=tallies, unreadable=unreadable)


def check_broken(key: str, results: Sequence[Result]) -> int:
    """Log the captures that broke the reader; how many. Raises ReaderBroken when they are too many."""
    broken = [result for result in results if result.broke]
    for result in broken[:MIN_UNREADABLE]:
        logger.error(
            "the reader broke on %s at %s: %s",
            *(result.reading.url, result.reading.pointer, result.broke),
            extra={"site": result.reading.site, "segment": key},
        )
    if len(broken) > max(MIN_UNREADABLE, MAX_UNREADABLE_SHARE * len(results)):
        raise ReaderBroken(
            f"{key}: the reader broke on {len(broken)} of {len(results)} captures, first on "
            f"{broken[0].reading.url}; mend the reader, then normalize what is in quarantine"
        )
    return len(broken)
