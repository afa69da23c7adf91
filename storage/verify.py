"""Is the archive what its log says it is: every digest, count and pointer checked, and what is damaged named.

    log         each number there, its check sum right, no hole
    batches     the SHA-256 that the commit names; counts, the law and the segment as the commit states them
    profiles    there, and what their names say
    segments    the SHA-256; each record's own digest; the seal; every pointer of the batches meets a capture; the index
    tables      every row, as far as the table has followed; every file as it was written
    documents   one for each revision, with its ids and text, as far as they have followed
    database    the batch of each commit; nothing that the log does not have

Segments and tables' files are looked at one after the other, from a temporary copy, so memory does not grow with
the archive beyond a few numbers a commit. Nothing is changed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from articles.model import EXTRACTOR
from storage import batches, profiles, records
from storage.ahead import ahead
from storage.batches import Batch, DamagedBatch, Revision
from storage.cdxj import to_cdxj
from storage.documents import CURSOR_KEY, BadCursor, document_key, documents_cursor
from storage.log import Commit, DamagedLog, Log, commit_key
from storage.objects import NotFound, ObjectStore
from storage.segments import SEGMENTS, current_sha256, digest_of, index_key
from storage.state import index
from storage.state.database import Database
from storage.stored import StoredArticle, stored
from storage.superseded import BadNote
from storage.table_checks import Expected, check_tables, expected_of
from storage.takedown import unfinished
from storage.warc import TornSegment, check_records, read_index

Tell = Callable[[str, int], None]
"""Hears which step is under way, and how many things it has looked at."""

RESTORE = "restore this object from a copy of the bucket"
REPAIR = "run `pressrun verify --repair`"
REBUILD = "run `pressrun rebuild`"
REBUILD_TABLES = "run `pressrun rebuild --tables`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that is not as the log says."""

    key: str
    """Of the object, or `database`."""
    what: str
    remedy: str
    seq: int | None = None
    """Of the commit that names it."""
    offset: int | None = None
    """Of a damaged record in a segment."""


def verify(store: ObjectStore, database: Database | None, tell: Tell, *, after: int = 0) -> Iterator[Damage]:
    """Everything that is damaged, as it is found. `after`: only what later commits name.

    `database`: None leaves it out. Raises StoreError where the store fails; damage is never raised.
    """
    by_segment: dict[str, list[int]] = {}
    sums: dict[int, Expected] = {}
    head = 0
    for seq, found in _commits(store, after):
        tell("reading the log", seq)
        head = max(head, seq)
        if isinstance(found, Damage):
            yield found
        else:
            by_segment.setdefault(found.segment, []).append(seq)
            if database is not None and (damage := _database_row(database, found)):
                yield damage
    try:
        written = documents_cursor(store)
    except BadCursor as error:
        written = 0  # nobody can tell which documents there must be
        yield Damage(key=CURSOR_KEY, what=_without_key(CURSOR_KEY, error), remedy=REPAIR)
    for number, (segment, seqs) in enumerate(by_segment.items()):
        tell("checking segments, batches and documents", number + 1)
        yield from _of_segment(store, segment, seqs, written, sums)
    tell("checking tables", 0)
    yield from _tables(store, sums, head, after, tell)
    if database is not None:
        yield from _database(store, database, head)


# --- Log ------------------------------------------------------------------------------------------


def _commits(store: ObjectStore, after: int) -> Iterator[tuple[int, Commit | Damage]]:
    """Each number up to the last one there is, with its commit or what is wrong with it."""
    log, expected = Log(store), after + 1

    def there() -> Iterator[int]:
        for key, _ in store.list("commits/", commit_key(after)):
            name = key.removeprefix("commits/").removesuffix(".json")
            if name.isdecimal() and key == commit_key(int(name)):
                yield int(name)

    def get(seq: int) -> Commit | Damage:
        try:
            commit = log.get(seq)
        except DamagedLog as error:
            key = commit_key(seq)
            return Damage(key=key, what=_without_key(key, error), remedy=RESTORE, seq=seq)
        return commit or _missing(seq)

    for seq, found in ahead(get, there()):
        while expected < seq:  # a hole, or a page that the listing lost
            yield expected, get(expected)
            expected += 1
        yield seq, found
        expected = seq + 1
    while log.has(expected):
        yield expected, get(expected)
        expected += 1


def _without_key(key: str, error: Exception) -> str:
    """What an error says, and neither whose it is nor what to do, which stand beside it."""
    return str(error).removeprefix(f"{key}: ").partition("; ")[0]


def _missing(seq: int) -> Damage:
    what = "is missing, and later ones are there: readers stop before it"
    return Damage(key=commit_key(seq), what=what, remedy=RESTORE, seq=seq)


# --- Batches and segments -------------------------------------------------------------------------


def _of_segment(
    store: ObjectStore, segment: str, seqs: Sequence[int], written: int, sums: dict[int, Expected]
) -> Iterator[Damage]:
    log = Log(store)
    captures: dict[int, str] = {}
    """Byte -> URL, as the batches have it."""
    commit = None
    for seq in seqs:
        commit = log.get(seq)
        if commit is None:
            continue
        found = _batch(store, commit)
        if isinstance(found, Damage):
            yield found
            continue
        revisions = [stored(one, commit) for one in found.outcomes if isinstance(one, Revision)]
        sums[seq] = expected_of(commit, found)
        captures.update(_places(found, segment))
        yield from _profiles(store, commit)
        if seq <= written:
            yield from _documents(store, revisions)
    if commit is not None and segment.startswith(SEGMENTS):
        yield from _segment(store, commit, captures)


def _batch(store: ObjectStore, commit: Commit) -> Batch | Damage:
    """The batch of a commit, or what is wrong with it."""
    key = commit.batch
    remedy = f"{RESTORE}, or {REPAIR}: it is made again from its segment" if _remakable(commit) else RESTORE
    try:
        packed = batches.fetch(store, commit.batch, commit.sha256)
        key = packed.key
        batch = batches.unpack(packed.key, packed.data, packed.sha256)
    except NotFound:
        return Damage(key=key, what="is missing", remedy=remedy, seq=commit.seq)
    except (DamagedBatch, BadNote) as error:
        return Damage(key=key, what=str(error), remedy=remedy, seq=commit.seq)
    stated = (commit.segment, commit.extractor, commit.captures)
    holds = (batch.segment, batch.extractor, batch.counts.captures)
    same = packed.key != commit.batch or batch.counts == commit.counts
    if stated != holds or not same:
        what = f"commit {commit.seq} states {stated} and {commit.counts}, it holds {holds} and {batch.counts}"
        return Damage(key=key, what=what, remedy=RESTORE, seq=commit.seq)
    return batch


def _profiles(store: ObjectStore, commit: Commit) -> Iterator[Damage]:
    """Without the profile that it was read with, no reading can be repeated."""
    for site, identity in commit.profiles.items():
        try:
            profiles.get(store, site, identity)
        except (NotFound, profiles.DamagedProfile) as error:
            key = profiles.profile_key(site, identity)
            yield Damage(key=key, what=str(error), remedy=RESTORE, seq=commit.seq)


def _remakable(commit: Commit) -> bool:
    return commit.extractor == EXTRACTOR and commit.segment.startswith(SEGMENTS)


def _places(batch: Batch, segment: str) -> Iterator[tuple[int, str]]:
    for outcome in batch.outcomes:
        if isinstance(outcome, Revision):
            pointer, url = outcome.article.pointer, outcome.article.fetched_url
        else:
            pointer, url = outcome.pointer, outcome.url
        if pointer is not None and pointer.segment == segment:
            yield pointer.offset, url


def _segment(store: ObjectStore, commit: Commit, captures: Mapping[int, str]) -> Iterator[Damage]:
    key = commit.segment
    with tempfile.TemporaryDirectory(prefix="pressrun-verify-") as folder:
        path = Path(folder) / "segment"
        try:
            store.fetch_file(key, path)
        except NotFound:
            what = f"is missing; the {commit.captures} captures in it cannot be read again"
            yield Damage(key=key, what=what, remedy=RESTORE, seq=commit.seq)
            return
        expected, found = current_sha256(store, key, commit.segment_sha256), digest_of(path)
        lost = []
        for offset, damage in check_records(path):
            url = captures.get(offset)
            lost.append(offset)
            yield Damage(
                key=key,
                what=f"the record at byte {offset}{f' ({url})' if url else ''}: {damage}",
                remedy=f"{RESTORE}, or {REPAIR}: this record is given up, and every other can be read again",
                seq=commit.seq,
                offset=offset,
            )
        if found != expected and not lost:
            what = f"sha256 is {found}, must be {expected}, and every record in it is whole"
            yield Damage(key=key, what=what, remedy=RESTORE, seq=commit.seq)
        if lost:
            return
        try:
            entries = list(read_index(path, key))
        except TornSegment as error:
            yield Damage(key=key, what=str(error), remedy=RESTORE, seq=commit.seq)
            return
        there = {entry.offset for entry in entries}
        if len(entries) != commit.captures or not there >= captures.keys():
            what = (
                f"holds {len(entries)} captures, commit {commit.seq} states {commit.captures}; "
                f"{len(captures.keys() - there)} pointers of its batch meet none"
            )
            yield Damage(key=key, what=what, remedy=RESTORE, seq=commit.seq)
        yield from _index(store, key, to_cdxj(entries, key.rpartition("/")[2]))


def _index(store: ObjectStore, key: str, expected: bytes) -> Iterator[Damage]:
    try:
        what = None if store.get(index_key(key)) == expected else "does not say what the segment holds"
    except NotFound:
        what = "is missing"
    if what:
        yield Damage(key=index_key(key), what=what, remedy=f"{REPAIR}: it is made again from the segment")


# --- Followers and database -----------------------------------------------------------------------


_TOLD_ONCE = (
    "seq",
    "committed_at",
    "change",
    "edited",
    "gone_at",
    "previous",
    "fetched_at",
    "fetched_url",
    "status",
    "pointer",
    "extractor",
)
"""A text that was edited and edited back within a day keeps its first document, which tells of its first capture."""
_READ_ONCE = ("removed", "evidence", "confidence")


def _documents(store: ObjectStore, revisions: Sequence[StoredArticle]) -> Iterator[Damage]:
    def look(article: StoredArticle) -> str | None:
        try:
            data = store.get(document_key(article))
            if data == records.to_json(article) + b"\n":
                return None
            found = records.from_json(data, dict)
        except NotFound:
            return "is missing"
        except records.BadRecord as error:
            return str(error)
        wanted = records.to_builtins(article)
        passed = () if found.get("seq") == article.seq else (*_TOLD_ONCE, *_READ_ONCE)
        differs = [name for name in found if name not in passed and found[name] != wanted.get(name)]
        absent = [name for name in ("article_id", "revision_id", "text") if name not in found]
        if not differs and not absent:
            return None
        return f"is not what its batch says, in {', '.join([*differs, *absent])[:200]}"

    for article, what in ahead(look, revisions, width=16):
        if what:
            yield Damage(key=document_key(article), what=what, remedy=REBUILD_TABLES, seq=article.seq)


def _tables(
    store: ObjectStore, sums: Mapping[int, Expected], head: int, after: int, tell: Tell
) -> Iterator[Damage]:
    for key, what, seq in check_tables(store, sums, head=head, after=after, tell=tell):
        yield Damage(key=key, what=what, remedy=REBUILD_TABLES, seq=seq)


def _database_row(database: Database, commit: Commit) -> Damage | None:
    with database.transaction() as connection:
        if commit.seq > index.position(connection):
            return None  # it catches up at the next commit
        row = index.stored(connection, commit.seq)
    wanted = (commit.segment, commit.extractor, commit.batch, commit.sha256, commit.captures)
    found = row and (row.segment, row.extractor, row.batch, row.sha256, row.captures)
    if found == wanted:
        return None
    return Damage(
        key="database",
        what=f"commit {commit.seq} is {found}, must be {wanted}",
        remedy=REBUILD,
        seq=commit.seq,
    )


def _database(store: ObjectStore, database: Database, head: int) -> Iterator[Damage]:
    with database.transaction() as connection:
        position = index.position(connection)
    if position > head:
        what = f"knows commits up to {position}, the log ends at {head}"
        yield Damage(key="database", what=what, remedy=f"restore the log, or {REBUILD}")
    for seq in unfinished(store, database):
        what = "a takedown was begun and not done to its end"
        yield Damage(key=commit_key(seq), what=what, remedy="run `pressrun maintain`", seq=seq)
