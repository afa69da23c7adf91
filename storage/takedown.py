"""Taking an article down: every byte of it leaves the archive, and a tombstone says so and keeps it out.

The commit of the tombstones comes first: from it on readers hear of the takedown in commit order, the crawl does
not fetch these addresses, and every commit rejects them. Then everything that holds them goes: lines of batches
(each batch has a successor without them, see `superseded`), records of segments (blanked in place, see
`warc.blanks`), rows of tables, documents, rows of the database. A note in `takedowns/` says that it is done.

Killed at any moment, the next call, or `maintain`, goes on: every step is safe to repeat. Not reached from here:
versions and backups that a bucket keeps of its objects, open segments on crawling machines (their captures of
it are blanked when they are read), and what readers copied, who are told by the log.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from articles.model import Article, Rejection
from storage import batches, records
from storage.ahead import ahead
from storage.batches import Batch, Outcome, Revision
from storage.cdxj import to_cdxj
from storage.commit import catch_up, make_commit
from storage.delta import follow_tables, remove_rows
from storage.documents import day_folder, document_key, follow_documents
from storage.listing import listed_twice
from storage.log import Log
from storage.objects import NotFound, ObjectStore
from storage.segments import SEGMENTS, SUFFIX, digest_of, index_key
from storage.state import index, segments
from storage.state.database import Database, in_chunks
from storage.state.frontier import known
from storage.state.index import Stored
from storage.stored import stored
from storage.superseded import Successor, supersede
from storage.tombstones import READER, SCHEME, blanked, id_of, ids_of, is_blanked, target_of, tombstone
from storage.warc import Blank, Record, TornSegment, blank_records, read_index

PREFIX = "takedowns/"
UNREAD = (segments.State.PENDING, segments.State.QUARANTINED)

Tell = Callable[[str, int], None]
"""Hears which step is under way, and how many things it has looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that the archive holds of one address."""

    ids: frozenset[str]
    """Of the address, of the article found there, of the other addresses it was fetched from, and of redirects to
    them."""
    sites: frozenset[str | None]
    titles: tuple[str, ...]
    """Of its revisions, for a person to see that it is the right one."""
    captures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDown:
    """What was removed where. What an earlier, killed call removed is not counted again."""

    seq: int
    """The commit that tells readers."""
    ids: tuple[str, ...]
    captures: int
    """Lines taken out of batches."""
    batches: int
    orphans: int
    """Batches that no commit names, left by killed writers, and removed whole."""
    segments: int
    records: int
    """WARC records blanked, requests and metadata included."""
    rows: int
    """Of the tables."""
    documents: int
    state_rows: int
    """Of the database."""
    unsearched: tuple[str, ...] = ()
    """Segments that are torn, each with the reason: they could not be searched to their end."""


def silent(step: str, number: int) -> None:
    """Tell nobody."""


def find(store: ObjectStore, database: Database, url: str, tell: Tell = silent) -> Found:
    """What the archive holds of an address, from the batches that the index knows to hold any of it.

    Raises what the log, the store and the database raise.
    """
    ids, known, captures = {id_of(url)}, 0, 0
    sites: set[str | None] = set()
    titles: dict[str, None] = {}
    while known < len(ids):  # an address found late may be that of a capture seen early
        known, captures = len(ids), 0
        for number, (_, batch) in enumerate(_touched(store, database, ids)):
            tell("looking through batches", number + 1)
            for outcome in batch.outcomes:
                keys = ids_of(outcome)
                if ids.isdisjoint(keys):
                    continue
                if not _leads_away(outcome, ids):
                    ids |= keys
                captures += not is_blanked(outcome)
                if isinstance(outcome, Revision):
                    sites.add(outcome.article.site)
                    titles[outcome.article.title] = None
                else:
                    sites.add(outcome.site)
    return Found(
        ids=frozenset(ids), sites=frozenset(sites), titles=tuple(filter(None, titles)), captures=captures
    )


def _touched(store: ObjectStore, database: Database, ids: Iterable[str]) -> Iterator[tuple[Stored, Batch]]:
    """Batches with outcomes of any of the ids."""
    with database.commit_lock() as connection:
        catch_up(store, connection)
        found = [index.stored(connection, seq) for seq in index.traced(connection, ids)]
    there = [one for one in found if one is not None]
    for one, packed in ahead(lambda one: batches.fetch(store, one.batch, one.sha256), there):
        yield one, batches.unpack(packed.key, packed.data, packed.sha256)


def _leads_away(outcome: Outcome, ids: set[str]) -> bool:
    """A redirect from an address of ours to one that is none: only its own capture is ours."""
    target = target_of(outcome) if isinstance(outcome, Rejection) else None
    return target is not None and target not in ids


def take_down(store: ObjectStore, database: Database, found: Found, tell: Tell = silent) -> TakenDown:
    """Remove everything of what was found, for good, and keep it out.

    Raises what the log, the store, the tables and the database raise; the next call goes on from there.
    """
    seq = _announce(store, database, found)
    return _finish(store, database, seq, found.ids, tell)


def unfinished(store: ObjectStore, database: Database) -> list[int]:
    """Numbers of takedowns that were begun and not done to the end."""
    with database.transaction() as connection:
        seqs = index.takedowns(connection)
    return [seq for seq in seqs if store.size(_note_key(seq)) is None]


def resume(store: ObjectStore, database: Database, seq: int, tell: Tell = silent) -> TakenDown:
    """Do a takedown to its end, from its commit."""
    commit = Log(store).get(seq)
    if commit is None:
        raise LookupError(f"there is no commit {seq} in {store.url}")
    told = [
        outcome.article
        for outcome in batches.read(store, commit.batch, commit.sha256).outcomes
        if isinstance(outcome, Revision)
    ]
    return _finish(store, database, seq, frozenset(article.article_id for article in told), tell)


def blank_captures(store: ObjectStore, database: Database, key: str, batch: Batch) -> int:
    """Blank the records of captures that a commit rejected as taken down; how many records.

    The crawl fetched them before it knew, or through a redirect.
    """
    places = {
        outcome.pointer.offset: outcome.url.removeprefix(SCHEME)
        for outcome in batch.outcomes
        if not isinstance(outcome, Revision) and is_blanked(outcome) and outcome.pointer
    }
    if not places:
        return 0
    return _blank_segment(store, database, key, places, frozenset(places.values())).records


def _announce(store: ObjectStore, database: Database, found: Found) -> int:
    """Commit the tombstones that are not there yet; the number of the commit that has the last of them."""
    log = Log(store)
    site = next(iter(sorted(site for site in found.sites if site)), None)
    with database.commit_lock() as connection:
        while True:
            catch_up(store, connection)
            there = index.taken_down(connection, found.ids)
            new = sorted(found.ids - there.keys())
            if not new:
                return max(there.values())
            seq, heads, now = index.position(connection) + 1, index.heads(connection, new), datetime.now(UTC)
            tombstones = tuple(
                tombstone(
                    key,
                    site=heads[key].site if key in heads else site,
                    at=now,
                    previous=heads[key].revision_id if key in heads else None,
                )
                for key in new
            )
            batch = Batch(
                segment=f"{PREFIX}{seq:012d}", segment_sha256="", extractor=READER, outcomes=tombstones
            )
            commit = make_commit(batches.write(store, batch), batch, seq)
            if log.append(commit):
                index.apply(connection, commit, batch)
                return seq


@dataclass(slots=True)
class _Removed:
    """Counts of one run."""

    captures: int = 0
    batches: int = 0
    orphans: int = 0
    segments: int = 0
    records: int = 0
    unsearched: list[str] = field(default_factory=list)
    places: dict[str, dict[int, str]] = field(default_factory=dict)
    """Segment -> byte of a capture's record -> id."""
    folders: set[str] = field(default_factory=set)
    """Where documents of it lay: `latinpost/2026/11/22`."""
    documents: set[str] = field(default_factory=set)
    """Those of them whose names are known."""


def _finish(
    store: ObjectStore,
    database: Database,
    seq: int,
    ids: frozenset[str],
    tell: Tell,
) -> TakenDown:
    done = _Removed()
    _rewrite_batches(store, database, ids, done, tell)
    _remove_orphans(store, database, ids, done, tell)
    # A follower that still holds an old batch in its hands finds itself overtaken, and gives way.
    follow_tables(store)
    follow_documents(store)
    with database.transaction() as connection:
        tried = known.segments_of(connection, ids)
    for number, key in enumerate(_segments_to_search(store, database, done, tried)):
        tell("searching segments", number + 1)
        one = _blank_segment(store, database, key, done.places.get(key, {}), ids)
        done.segments += bool(one.records)
        done.records += one.records
        done.unsearched += [one.torn] if one.torn else []
    tell("removing rows and documents", 0)
    rows = remove_rows(store, sorted(ids), done.places)
    documents = _remove_documents(store, ids, done)
    with database.transaction() as connection:
        state_rows = known.forget(connection, ids)
    database.shred()
    report = TakenDown(
        seq=seq,
        ids=tuple(sorted(ids)),
        captures=done.captures,
        batches=done.batches,
        orphans=done.orphans,
        segments=done.segments,
        records=done.records,
        rows=rows,
        documents=documents,
        state_rows=state_rows,
        unsearched=tuple(done.unsearched),
    )
    store.put(_note_key(seq), records.to_json(report) + b"\n")
    return report


def _rewrite_batches(
    store: ObjectStore, database: Database, ids: frozenset[str], done: _Removed, tell: Tell
) -> None:
    """Give every batch that names any of the ids a successor that does not; note where their records lie."""
    for number, (one, _) in enumerate(_touched(store, database, ids)):
        tell("rewriting batches", number + 1)
        with database.commit_lock() as connection:  # another takedown may be at the same batch
            kept = _rewrite_batch(store, one, ids, done)
            index.trace_anew(connection, one.seq, ids, kept)
        for outcome in kept:
            pointer = None if isinstance(outcome, Revision) else outcome.pointer
            if (
                isinstance(outcome, Revision)
                or not is_blanked(outcome)
                or (key := _key_of(outcome)) not in ids
            ):
                continue
            done.folders.add(day_folder(outcome.site, outcome.fetched_at))
            if pointer:
                done.places.setdefault(pointer.segment, {})[pointer.offset] = key


def _rewrite_batch(
    store: ObjectStore, one: Stored, ids: frozenset[str], done: _Removed
) -> tuple[Outcome, ...]:
    """What the batch holds then."""
    packed = batches.fetch(store, one.batch, one.sha256)
    batch = batches.unpack(packed.key, packed.data, packed.sha256)
    # a row that tells of a removal is no capture: nothing takes its place
    rest = tuple(outcome for outcome in batch.outcomes if not _tells_of_removal(outcome, ids))
    kept = tuple(_without(outcome, ids, batch.extractor) for outcome in rest)
    changed = sum(old is not new for old, new in zip(rest, kept, strict=True))
    if changed or len(rest) < len(batch.outcomes):
        written = batches.write(store, replace(batch, outcomes=kept))
        supersede(store, packed.key, Successor(key=written.key, sha256=written.sha256))
        done.documents.update(_documents(store, one.seq, batch, ids))
        store.delete(packed.key)
        done.captures += changed
        done.batches += 1
    return kept


def _documents(store: ObjectStore, seq: int, batch: Batch, ids: frozenset[str]) -> Iterator[str]:
    commit = Log(store).get(seq)
    if commit is not None:
        for outcome in batch.outcomes:
            if isinstance(outcome, Revision) and ids_of(outcome) & ids:
                yield document_key(stored(outcome, commit))


def _tells_of_removal(outcome: Outcome, ids: frozenset[str]) -> bool:
    return isinstance(outcome, Revision) and not outcome.is_capture and bool(ids_of(outcome) & ids)


def _without(outcome: Outcome, ids: frozenset[str], extractor: str) -> Outcome:
    if is_blanked(outcome):
        return outcome
    named = ids_of(outcome) & ids
    return blanked(outcome, min(named), extractor) if named else outcome


def _key_of(outcome: Outcome) -> str:
    return "" if isinstance(outcome, Revision) else outcome.url.removeprefix(SCHEME)


def _remove_orphans(
    store: ObjectStore, database: Database, ids: frozenset[str], done: _Removed, tell: Tell
) -> None:
    """Remove batches that killed or overtaken writers left, where they name any of the ids.

    Keys are listed, and only those read that no commit names: orphans, and what takedowns wrote in the place of others.
    """
    for number, keys in enumerate(in_chunks(key for key, _ in listed_twice(store, "batches/"))):
        tell("looking for orphans", (number + 1) * len(keys))
        with database.transaction() as connection:
            known = index.committed_batches(connection, keys)
        for key in keys:
            if key not in known and _names_any(store, key, ids):
                store.delete(key)
                done.orphans += 1


def _names_any(store: ObjectStore, key: str, ids: frozenset[str]) -> bool:
    try:
        data = store.get(key)
    except NotFound:  # another takedown was faster
        return False
    batch = batches.unpack(key, data, hashlib.sha256(data).hexdigest())
    return any(not is_blanked(outcome) and ids_of(outcome) & ids for outcome in batch.outcomes)


def _segments_to_search(
    store: ObjectStore, database: Database, done: _Removed, tried: frozenset[str]
) -> Iterator[str]:
    """Segments that hold captures of it, those whose request failed, and those not read yet."""
    with database.transaction() as connection:
        waiting = [info.key for state in UNREAD for info in segments.in_state(connection, state)]
    named = done.places.keys() | tried.union(waiting)
    yield from sorted(key for key in named if store.size(key) is not None)  # whatever a listing leaves out
    found = (key for key, _ in listed_twice(store, SEGMENTS) if key.endswith(SUFFIX))
    for keys in in_chunks(found):
        with database.transaction() as connection:
            committed = index.committed_segments(connection, keys)
        for key in keys:
            if key not in named and key not in committed:
                yield key


@dataclass(frozen=True, slots=True)
class _Blanking:
    records: int
    torn: str | None = None


def _blank_segment(
    store: ObjectStore, database: Database, key: str, places: Mapping[int, str], ids: frozenset[str]
) -> _Blanking:
    named = lru_cache(id_of)

    chosen: dict[str, str] = {}  # id of a record -> id of the article, for the records that go with it

    def choose(record: Record) -> str | None:
        url = record.header("WARC-Target-URI")
        beside = chosen.get(record.header("WARC-Concurrent-To") or "none")
        found = places.get(record.offset) or beside or (named(url) if url else None)
        if found is None or found not in ids:
            return None
        if record_id := record.header("WARC-Record-ID"):
            chosen[record_id] = found
        return SCHEME + found

    with tempfile.TemporaryDirectory(prefix="pressrun-takedown-") as folder:
        path, torn = Path(folder) / "segment", None
        store.fetch_file(key, path)
        before = digest_of(path)
        number = 0
        try:
            number = len(blank_records(path, key, choose, Blank.TAKEN_DOWN))
            cdxj = to_cdxj(read_index(path, key), key.rpartition("/")[2])
        except TornSegment as error:
            torn, cdxj = str(error), None
        after = digest_of(path)
        if after != before:
            # The segment last: a call that comes after a kill still finds what is to be blanked.
            if cdxj is not None:
                store.put(index_key(key), cdxj)
            supersede(store, key, Successor(key=key, sha256=after))
            store.put_file(key, path)
            with database.transaction() as connection:
                segments.rehash(connection, key, after)
        return _Blanking(number, torn)


def _remove_documents(store: ObjectStore, ids: frozenset[str], done: _Removed) -> int:
    kept = {f"{one.article_id}-{one.revision_id}.json" for one in _tombstones(ids)}
    found = {key for key in done.documents if store.size(key) is not None}
    for folder in sorted(done.folders):
        for prefix in sorted(ids):
            found.update(key for key, _ in listed_twice(store, f"{folder}/{prefix}-"))
    removed = [key for key in sorted(found) if key.rpartition("/")[2] not in kept]
    for key in removed:
        store.delete(key)
    return len(removed)


def _tombstones(ids: frozenset[str]) -> Iterator[Article]:
    for key in ids:
        yield tombstone(key, site=None, at=datetime.now(UTC), previous=None).article


def _note_key(seq: int) -> str:
    return f"{PREFIX}{seq:012d}.json"
