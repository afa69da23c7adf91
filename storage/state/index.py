"""Index of the log: the current revision of each article, and what is committed. Made from the log alone.

`apply` is the only writer: the writer of a commit and whoever catches up later give the index the same batch,
so an index kept live and one made anew are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from articles.model import Rejection
from articles.urls import url_key
from storage.absence import CONFIRM, MOST, Absence, missed, seen
from storage.batches import Batch, Change, Outcome, Revision
from storage.log import Commit
from storage.state import stories, volumes
from storage.state.database import METADATA, Moment, in_chunks, insert_new
from storage.tombstones import ids_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the archive holds as current of one article."""

    article_id: str
    url_key: str
    site: str | None
    revision_id: str
    fetched_at: datetime
    """Of the capture that the revision was read from."""
    confirmed_at: datetime
    """Of the last capture, with or without a body, that showed this content or said that nothing changed."""
    extractor: str
    """The last reader that got this content."""
    seq: int
    """Commit that holds the revision."""
    absence: Absence | None = None
    """Later captures that did not find it."""

    @property
    def gone(self) -> Absence | None:
        """The absence, where the archive says that the article is removed."""
        return self.absence if self.absence is not None and self.absence.gone else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A batch that the log holds, as far as one needs it to get it."""

    seq: int
    segment: str
    extractor: str
    batch: str
    sha256: str
    captures: int


_HEADS = Table(
    "heads",
    METADATA,
    Column("article_id", String, primary_key=True),
    Column("url_key", String, nullable=False),
    Column("site", String),
    Column("revision_id", String, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("confirmed_at", Moment, nullable=False),
    Column("extractor", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Index("ix_heads_site_confirmed_at", "site", "confirmed_at"),
)
_ABSENCES = Table(
    "absences",
    METADATA,
    Column("article_id", String, primary_key=True),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
    Column("gone", Boolean, nullable=False),
)
_REVISIONS = Table(
    "revisions",
    METADATA,
    Column("article_id", String, primary_key=True),
    Column("revision_id", String, primary_key=True),
    Column("seq", Integer, nullable=False),  # where it was stored first
)
_COMMITTED = Table(
    "committed",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("segment", String, nullable=False, index=True),
    Column("extractor", String, nullable=False),
    Column("batch", String, nullable=False, index=True),
    Column("sha256", String, nullable=False),
    Column("captures", Integer, nullable=False),
)
_TAKEN_DOWN = Table(
    "taken_down",
    METADATA,
    Column("article_id", String, primary_key=True),
    Column("seq", Integer, nullable=False),  # the commit that says so
)
_TRACES = Table(
    "traces",
    METADATA,
    Column("article_id", String, primary_key=True),
    Column(
        "seq", Integer, primary_key=True, autoincrement=False
    ),  # a commit with captures of it or of its address
    sqlite_with_rowid=False,
)
TABLES = (_HEADS, _ABSENCES, _REVISIONS, _COMMITTED, _TAKEN_DOWN, _TRACES)

# Made once: to build a statement with a list of values in it costs more than to run it.
_KEYS: BindParameter[object] = bindparam("keys", expanding=True)
_HEADS_OF = (
    select(_HEADS, _ABSENCES.c.first_at, _ABSENCES.c.last_at, _ABSENCES.c.gone)
    .join(_ABSENCES, _ABSENCES.c.article_id == _HEADS.c.article_id, isouter=True)
    .where(_HEADS.c.article_id.in_(_KEYS))
)
_REVISIONS_OF = select(_REVISIONS.c.article_id, _REVISIONS.c.revision_id).where(
    _REVISIONS.c.article_id.in_(_KEYS)
)
_TAKEN_DOWN_OF = select(_TAKEN_DOWN).where(_TAKEN_DOWN.c.article_id.in_(_KEYS))
_COMMITTED_LAST = (
    select(_COMMITTED)
    .where(_COMMITTED.c.segment == bindparam("segment"))
    .order_by(_COMMITTED.c.seq.desc())
    .limit(1)
)
_HEAD_NAMES = tuple(column.name for column in _HEADS.columns)
_POSITION = select(func.coalesce(func.max(_COMMITTED.c.seq), 0))


def position(connection: Connection) -> int:
    """Number of the last commit that the index knows; 0: none."""
    return int(connection.scalar(_POSITION) or 0)


def committed(connection: Connection, segment: str, extractor: str) -> Stored | None:
    """The batch of a segment's last commit, where this version of the reader made it; else None.

    A version that is gone back to reads again what a later one has read since.
    """
    row = connection.execute(_COMMITTED_LAST, {"segment": segment}).mappings().first()
    return Stored(**row) if row and row["extractor"] == extractor else None


def stored(connection: Connection, seq: int) -> Stored | None:
    """The batch of a commit; None: the index does not know it."""
    row = connection.execute(select(_COMMITTED).where(_COMMITTED.c.seq == seq)).mappings().first()
    return Stored(**row) if row else None


def head(connection: Connection, article_id: str) -> Head | None:
    """The current revision of an article; None: the archive has none."""
    return heads(connection, (article_id,)).get(article_id)


def heads(connection: Connection, article_ids: Iterable[str]) -> dict[str, Head]:
    """The current revisions of those of the articles that the archive has."""
    found: dict[str, Head] = {}
    for chunk in in_chunks(dict.fromkeys(article_ids)):
        for row in connection.execute(_HEADS_OF, {"keys": chunk}):
            *of_head, first_at, last_at, gone = row
            absence = Absence(first_at=first_at, last_at=last_at, gone=gone) if first_at is not None else None
            head = Head(**dict(zip(_HEAD_NAMES, of_head, strict=True)), absence=absence)
            found[head.article_id] = head
    return found


def revisions(connection: Connection, article_ids: Iterable[str]) -> set[tuple[str, str]]:
    """(article id, revision id) of everything ever stored of these articles."""
    found: set[tuple[str, str]] = set()
    for chunk in in_chunks(dict.fromkeys(article_ids)):
        rows = connection.execute(_REVISIONS_OF, {"keys": chunk})
        found.update((article_id, revision_id) for article_id, revision_id in rows)
    return found


def taken_down(connection: Connection, article_ids: Iterable[str]) -> dict[str, int]:
    """Those of the ids that were taken down, and the numbers of the commits that say so."""
    found: dict[str, int] = {}
    for chunk in in_chunks(dict.fromkeys(article_ids)):
        rows = connection.execute(_TAKEN_DOWN_OF, {"keys": chunk})
        found.update((article_id, seq) for article_id, seq in rows)
    return found


def takedowns(connection: Connection) -> list[int]:
    """Numbers of the commits that took something down, in order."""
    return list(connection.scalars(select(_TAKEN_DOWN.c.seq).distinct().order_by(_TAKEN_DOWN.c.seq)))


def missed_of(connection: Connection, site: str | None, since: datetime) -> dict[str, datetime]:
    """Articles of a site that were missed at a moment or later and are not removed, each with its first miss.

    The latest `absence.MOST` of them.
    """
    query = (
        select(_ABSENCES.c.article_id, _ABSENCES.c.first_at)
        .join(_HEADS, _HEADS.c.article_id == _ABSENCES.c.article_id)
        .where(_HEADS.c.site == site, _ABSENCES.c.last_at >= since, _ABSENCES.c.gone.is_(False))
        .order_by(_ABSENCES.c.first_at.desc())
        .limit(MOST)
    )
    return dict(connection.execute(query).tuples().all())


def seen_of(connection: Connection, site: str | None) -> dict[str, datetime]:
    """Articles of a site that none has missed since they were seen, each with its last sighting; the latest MOST."""
    query = (
        select(_HEADS.c.article_id, _HEADS.c.confirmed_at)
        .join(_ABSENCES, _ABSENCES.c.article_id == _HEADS.c.article_id, isouter=True)
        .where(_HEADS.c.site == site, _ABSENCES.c.article_id.is_(None))
        .order_by(_HEADS.c.confirmed_at.desc())
        .limit(MOST)
    )
    return dict(connection.execute(query).tuples().all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Articles of a site that are missed and not removed, because most of the site is missed."""

    site: str | None
    articles: int
    since: datetime
    """First of these misses."""
    until: datetime
    """The last of them."""


def withheld(connection: Connection) -> list[Withheld]:
    """Sites that are missed as a whole: see `storage.absence`."""
    query = (
        select(_HEADS.c.site, _ABSENCES.c.first_at, _ABSENCES.c.last_at)
        .join(_HEADS, _HEADS.c.article_id == _ABSENCES.c.article_id)
        .where(_ABSENCES.c.gone.is_(False))
    )
    found: dict[str | None, list[tuple[datetime, datetime]]] = {}
    for site, first_at, last_at in connection.execute(query):
        if last_at - first_at >= CONFIRM:
            found.setdefault(site, []).append((first_at, last_at))
    return [
        Withheld(site=site, articles=len(of), since=min(of)[0], until=max(last for _, last in of))
        for site, of in sorted(found.items(), key=lambda pair: pair[0] or "")
    ]


def traced(connection: Connection, article_ids: Iterable[str]) -> list[int]:
    """Numbers of the commits with captures of any of these ids: of an article, its addresses, redirects to it."""
    found: set[int] = set()
    for chunk in in_chunks(dict.fromkeys(article_ids)):
        found.update(connection.scalars(select(_TRACES.c.seq).where(_TRACES.c.article_id.in_(chunk))))
    return sorted(found)


def trace_anew(
    connection: Connection, seq: int, article_ids: Iterable[str], outcomes: Iterable[Outcome]
) -> None:
    """Have the traces of a commit be what they are since a takedown of these ids changed its batch."""
    for chunk in in_chunks(dict.fromkeys(article_ids)):
        mine = (_TRACES.c.seq == seq) & _TRACES.c.article_id.in_(chunk)
        connection.execute(delete(_TRACES).where(mine))
    insert_new(connection, _TRACES, _traces(outcomes, seq))


def committed_segments(connection: Connection, segments: Iterable[str]) -> set[str]:
    """Those of the segments that any commit is of."""
    return _in_log(connection, _COMMITTED.c.segment, segments)


def committed_batches(connection: Connection, batches: Iterable[str]) -> set[str]:
    """Those of the keys that a commit names as its batch's."""
    return _in_log(connection, _COMMITTED.c.batch, batches)


def _in_log(connection: Connection, column: Column[str], keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for chunk in in_chunks(dict.fromkeys(keys)):
        found.update(connection.scalars(select(column).where(column.in_(chunk))))
    return found


def advance(head: Head | None, outcome: Outcome, *, seq: int) -> Head | None:
    """The head of an article after one more outcome about it: both the comparison and `apply` go by it."""
    if isinstance(outcome, Rejection):
        if head is None or outcome.missing != head.article_id:
            return head
        return replace(head, absence=missed(head.absence, outcome.fetched_at))
    if isinstance(outcome, Revision):
        if outcome.change is Change.OLDER:
            return head
        article = outcome.article
        if outcome.change is Change.REMOVED:
            if head is None:
                return None
            absence = head.absence or missed(None, article.fetched_at)
            return replace(head, absence=replace(absence, gone=True))
        return Head(
            article_id=article.article_id,
            url_key=url_key(article.url),
            site=article.site,
            revision_id=article.revision_id,
            fetched_at=article.fetched_at,
            confirmed_at=max(article.fetched_at, head.confirmed_at) if head else article.fetched_at,
            extractor=article.extractor,
            seq=seq,
            absence=seen(head.absence, article.fetched_at) if head else None,
        )
    if head is None or outcome.revision_id != head.revision_id:
        return head
    return replace(
        head,
        confirmed_at=max(head.confirmed_at, outcome.fetched_at),
        extractor=outcome.extractor or head.extractor,
        absence=seen(head.absence, outcome.fetched_at),
    )


def article_of(outcome: Outcome) -> str | None:
    """Id of the article that an outcome is about, where it is about one."""
    if isinstance(outcome, Rejection):
        return outcome.missing
    return outcome.article.article_id if isinstance(outcome, Revision) else outcome.article_id


def apply(
    connection: Connection, commit: Commit, batch: Batch, signed: stories.Signed = stories.UNSIGNED
) -> None:
    """Take one commit in; its number must be the one after `position`. `signed`: of its texts, where that is known."""
    before = heads(connection, (key for key in map(article_of, batch.outcomes) if key))
    after = dict(before)
    new_revisions: dict[tuple[str, str], None] = {}
    for outcome in batch.outcomes:
        key = article_of(outcome)
        if key is None:
            continue
        head = advance(after.get(key), outcome, seq=commit.seq)
        if head is not None:
            after[key] = head
        if isinstance(outcome, Revision) and outcome.is_capture:
            new_revisions[key, outcome.article.revision_id] = None
    gone = _gone(batch)
    new_revisions = {pair: None for pair in new_revisions if pair[0] not in gone}
    after = {key: head for key, head in after.items() if key not in gone}
    _store_heads(connection, before, after)
    _bury(connection, gone, commit.seq)
    _store_revisions(connection, new_revisions, commit.seq)
    stories.forget(connection, gone)
    stories.take_in(connection, batch.outcomes, signed)
    if traces := _traces(batch.outcomes, commit.seq):
        connection.execute(insert(_TRACES), traces)
    if not commit.segment.startswith(volumes.FOREIGN) and not committed_segments(
        connection, [commit.segment]
    ):
        volumes.add(connection, batch.outcomes)
    row = {
        "seq": commit.seq,
        "segment": commit.segment,
        "extractor": commit.extractor,
        "batch": commit.batch,
        "sha256": commit.sha256,
        "captures": commit.captures,
    }
    connection.execute(insert(_COMMITTED), [row])


def clear(connection: Connection) -> None:
    """Forget everything: what follows is to catch up with the log from its beginning."""
    for table in TABLES:
        connection.execute(delete(table))
    connection.execute(delete(volumes.HOURS))
    stories.clear(connection)


def _traces(outcomes: Iterable[Outcome], seq: int) -> list[dict[str, object]]:
    named = {key for outcome in outcomes for key in ids_of(outcome)}
    return [{"article_id": key, "seq": seq} for key in sorted(named)]


def _gone(batch: Batch) -> frozenset[str]:
    return frozenset(
        outcome.article.article_id
        for outcome in batch.outcomes
        if isinstance(outcome, Revision) and outcome.change is Change.TAKEN_DOWN
    )


def _bury(connection: Connection, article_ids: Iterable[str], seq: int) -> None:
    """Forget articles, and remember that they were taken down."""
    for chunk in in_chunks(dict.fromkeys(article_ids)):
        for table in (_HEADS, _ABSENCES, _REVISIONS, _TAKEN_DOWN):
            connection.execute(delete(table).where(table.c.article_id.in_(chunk)))
        connection.execute(insert(_TAKEN_DOWN), [{"article_id": key, "seq": seq} for key in chunk])


def _store_heads(connection: Connection, before: Mapping[str, Head], after: Mapping[str, Head]) -> None:
    changed = [head for key, head in after.items() if before.get(key) != head]
    replaced = [head.article_id for head in changed if head.article_id in before]
    if replaced:
        statement = delete(_HEADS).where(_HEADS.c.article_id == bindparam("key"))
        connection.execute(statement, [{"key": key} for key in replaced])
    if changed:
        connection.execute(insert(_HEADS), [_row(head) for head in changed])
    _store_absences(connection, [h for h in changed if h.absence != _absence(before.get(h.article_id))])


def _store_absences(connection: Connection, changed: list[Head]) -> None:
    if not changed:
        return
    statement = delete(_ABSENCES).where(_ABSENCES.c.article_id == bindparam("key"))
    connection.execute(statement, [{"key": head.article_id} for head in changed])
    rows = [
        {
            "article_id": head.article_id,
            "first_at": head.absence.first_at,
            "last_at": head.absence.last_at,
            "gone": head.absence.gone,
        }
        for head in changed
        if head.absence is not None
    ]
    if rows:
        connection.execute(insert(_ABSENCES), rows)


def _absence(head: Head | None) -> Absence | None:
    return head.absence if head else None


def _row(head: Head) -> dict[str, object]:
    return {column.name: getattr(head, column.name) for column in _HEADS.columns}


def _store_revisions(connection: Connection, pairs: Iterable[tuple[str, str]], seq: int) -> None:
    pairs = list(pairs)
    # A text that was edited and edited back has its first number already.
    known = revisions(connection, (article_id for article_id, _ in pairs))
    rows = [
        {"article_id": article_id, "revision_id": revision_id, "seq": seq}
        for article_id, revision_id in pairs
        if (article_id, revision_id) not in known
    ]
    if rows:
        connection.execute(insert(_REVISIONS), rows)
