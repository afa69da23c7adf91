"""Delta tables for SQL engines: a follower of the log that owns nothing and can be made anew.

    tables/articles   one row a revision; the columns of `storage.stored.StoredArticle`
    tables/captures   one row a capture and reader: what became of it

Many commits go in by one append, which costs more the longer the table's own log is. Each append carries, in
the same Delta commit, the number of the last commit of ours that it holds: that is the cursor, so that an
append happens once or not at all. Two followers at once: delta-rs refuses the second, which looks again.
delta-rs finds the end of a table's log by listing; here each end is asked for by its name, so that a listing
that lost a page is asked for again instead of being taken for a shorter table, or for none.
delta-rs does not flush files to the disk; after a power cut remove `tables/` and follow again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import (
    CommitProperties,
    DeltaTable,
    QueryBuilder,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from articles.model import Article, Reason, Rejection
from articles.urls import url_key
from storage import batches, digests, records
from storage.ahead import ahead
from storage.batches import Batch, Change, Outcome, Revision, Unchanged
from storage.log import Commit, Log
from storage.objects import NotFound, ObjectStore, storage_options, table_url
from storage.objects.faults import remedy
from storage.objects.system import REMEDIES as SYSTEM_REMEDIES
from storage.stored import stored
from storage.tombstones import DETAIL, SCHEME

APP = "pressrun"
"""Under this name the tables keep their cursor."""
MAX_CAPTURES = 2_000
"""About 400 MB of memory when all of them are articles of real pages (18 kB each with what was removed)."""
ATTEMPTS = 5
"""Of a change that other writers, or a lost page of a listing, get in the way of."""
LOOKS = 5
"""At a table before it is given up, each after a longer wait than the one before."""
LOOK_AGAIN_SECONDS = 0.1
LOG = "_delta_log"
"""Where a table's own log lies, below its folder."""
READ_ROWS, READ_BYTES = 256, 1 << 20
"""Of a table's file, in memory at once; a page of a column is read whole."""
CHECKPOINT_EVERY = 20
"""Delta commits; opening a table reads at most so many small files."""


class TableError(Exception):
    """A table cannot be read or written; the message names it and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """What became of one capture: a row of `tables/captures`."""

    url: str
    """As fetched."""
    url_key: str
    site: str | None
    fetched_at: datetime
    status: int
    fate: str
    """`article`, `unchanged` or `rejected`."""
    change: str | None
    """Of an article."""
    reason: str | None
    """Of a rejection."""
    detail: str | None
    article_id: str | None
    revision_id: str | None
    extractor: str
    segment: str
    offset: int | None
    length: int | None
    seq: int
    committed_at: datetime


def follow_tables(store: ObjectStore, *, max_captures: int = MAX_CAPTURES) -> int:
    """Bring both tables up to the log's end; how many commits the one furthest behind has taken in.

    One append, and memory, holds at most `max_captures` captures, unless a single commit has more. Safe to
    kill, to repeat and to run twice at once. Raises TableError, and what the log and the store raise.
    """
    tables = [_open(store, kind) for kind in _KINDS]
    begin = end = min(_cursor(table) for table in tables)
    for chunk in _chunks(store, begin, max_captures):
        end = chunk[-1][0].seq
        for number, kind in enumerate(_KINDS):
            tables[number] = _append(store, kind, tables[number], chunk)
    for kind, table in zip(_KINDS, tables, strict=True):
        _note(store, kind, table)
    return end - begin


def captures_for(store: ObjectStore, key: str) -> list[CaptureRow]:
    """Every capture of a URL (its `url_key`) in commit order, as far as the table has followed the log."""
    table = _find(store, _CAPTURES)
    if table is None:
        return []
    # Not `to_pyarrow_table`: its threads call back into Python, and when the process ends meanwhile it aborts.
    literal = key.replace("'", "''")
    query = f"SELECT * FROM captures WHERE url_key = '{literal}' ORDER BY seq, \"offset\""  # noqa: S608
    rows = pa.table(QueryBuilder().register("captures", table).execute(query)).to_pylist()
    return [CaptureRow(**row) for row in rows]


def table_cursors(store: ObjectStore) -> dict[str, int]:
    """Number of the last commit that each table has followed; 0: it is not there. Raises TableError."""
    found = {kind.key: _find(store, kind) for kind in _KINDS}
    return {key: _cursor(table) if table is not None else 0 for key, table in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFiles:
    """What a table consists of today."""

    key: str
    identity: str
    """Given to it when it was made."""
    cursor: int
    """Number of the last commit that it has followed."""
    data: dict[str, int]
    """Bytes of each file of rows, by its path below the table's folder."""
    log: tuple[str, ...]
    """What is read of its own log: the last checkpoint, and each version after it."""


def table_files(store: ObjectStore, table: str) -> TableFiles | None:
    """What the table at a key consists of; None: it is not there. Raises TableError."""
    kind = _BY_KEY[table]
    found = _find(store, kind)
    return None if found is None else _files(store, kind, found)


def rows_in_file(path: Path, table: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
    """(commit number, the whole row in one form) of each row in a copy of a table's file, of commits past `after`.

    Every byte that says what a row holds is read. Raises TableError where it cannot be.
    """
    schema = _BY_KEY[table].schema
    try:
        with pq.ParquetFile(path, buffer_size=READ_BYTES, pre_buffer=False) as file:
            there = [name for name in schema.names if name in file.schema_arrow.names]
            for part in file.iter_batches(batch_size=READ_ROWS, columns=there, use_threads=False):
                for row in part.to_pylist():
                    if row["seq"] > after:
                        yield row["seq"], _one_form(row, schema)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TableError(f"cannot be read: {str(error).partition(chr(10))[0][:200]}") from error


def rows_of_commit(table: str, commit: Commit, batch: Batch) -> Iterator[bytes]:
    """The rows that a commit has in a table, in the form of `rows_in_file`."""
    kind = _BY_KEY[table]
    rows = kind.rows(commit, batch)
    while some := list(islice(rows, READ_ROWS)):
        for row in _arrow(some, kind.schema).to_pylist():
            yield _one_form(row, kind.schema)


def _one_form(row: Mapping[str, object], schema: Any) -> bytes:  # noqa: ANN401
    return records.to_sorted_json([row.get(name) for name in schema.names])


def _files(store: ObjectStore, kind: _Kind, table: DeltaTable) -> TableFiles:
    actions = pa.table(table.get_add_actions(flatten=True)).to_pydict()
    checkpoint = _last_checkpoint(store, kind)
    log = [f"{LOG}/{version:020d}.json" for version in range(checkpoint + 1, table.version() + 1)]
    if checkpoint >= 0:
        log.insert(0, f"{LOG}/{checkpoint:020d}.checkpoint.parquet")
    return TableFiles(
        key=kind.key,
        identity=str(table.metadata().id),
        cursor=_cursor(table),
        data=dict(zip(actions["path"], actions["size_bytes"], strict=True)),
        log=tuple(log),
    )


def _last_checkpoint(store: ObjectStore, kind: _Kind) -> int:
    """The version of the table's last checkpoint; -1: none."""
    try:
        return int(records.from_json(store.get(f"{_log(kind)}/_last_checkpoint"), dict)["version"])
    except (NotFound, records.BadRecord, KeyError, TypeError, ValueError):
        return -1


def _note(store: ObjectStore, kind: _Kind, table: DeltaTable, *, checkpoint: bool = True) -> None:
    """Note the bytes of what a table consists of, for `verify`; without those of a checkpoint that is to be written."""
    files = _files(store, kind, table)
    log = [name for name in files.log if checkpoint or not name.endswith(".checkpoint.parquet")]
    digests.note(store, kind.key, files.identity, (*files.data, *log))


def maintain_tables(store: ObjectStore, *, keep: timedelta = timedelta(days=7)) -> dict[str, str]:
    """Join small files, remove those that no reader of the last `keep` can need; what was done, by table."""
    done = {}
    for kind in _KINDS:
        table = _open(store, kind)
        try:
            joined = table.optimize.compact(writer_properties=_WRITER)
            table = _open(store, kind)  # what is vacuumed away is what this does not name
            _note(store, kind, table, checkpoint=False)  # killed after it, the checkpoint has other bytes
            table.create_checkpoint()
            removed = table.vacuum(
                retention_hours=round(keep.total_seconds() / 3600),
                dry_run=False,
                enforce_retention_duration=False,
            )
            _note(store, kind, _open(store, kind))
        except (DeltaError, OSError) as error:
            raise _error(store, kind, error) from error
        done[kind.key] = (
            f"{joined['numFilesRemoved']} files joined into {joined['numFilesAdded']}, {len(removed)} removed"
        )
    return done


def remove_rows(
    store: ObjectStore, article_ids: Sequence[str], places: Mapping[str, Mapping[int, str]]
) -> int:
    """Remove for good the rows of these articles, and blank those of their captures; how many of both.

    `places`: segment -> byte of a capture's record -> the id that its row keeps. Tombstones stay. The files that
    held the rows are deleted at once: a query that runs meanwhile may fail. Raises TableError.
    """
    of_ids = _in("article_id", article_ids)
    tombstone = f"change = {_literal(Change.TAKEN_DOWN)}"
    removed = _rewrite(
        store,
        _ARTICLES,
        lambda table: table.delete(f"{of_ids} AND {tombstone} IS NOT TRUE", writer_properties=_WRITER),
    )
    for key in article_ids:
        at = [
            f"(segment = {_literal(segment)} AND {_in('offset', [o for o, k in offsets.items() if k == key])})"
            for segment, offsets in places.items()
            if key in offsets.values()
        ]
        chosen = " OR ".join([_in("article_id", [key]), *at])
        predicate = f"({chosen}) AND {tombstone} IS NOT TRUE AND reason IS DISTINCT FROM 'taken_down'"
        values = {
            "url": _literal(SCHEME + key),
            "url_key": _literal(url_key(SCHEME + key)),
            "status": "0",
            "fate": _literal(_FATES[Rejection]),
            "reason": _literal(Reason.TAKEN_DOWN),
            "detail": _literal(DETAIL),
            **dict.fromkeys(("change", "article_id", "revision_id"), "NULL"),
        }
        removed += _rewrite(
            store,
            _CAPTURES,
            lambda table, values=values, predicate=predicate: table.update(  # type: ignore[misc]
                updates=values, predicate=predicate, writer_properties=_WRITER
            ),
        )
    return removed


def _rewrite(store: ObjectStore, kind: _Kind, change: Callable[[DeltaTable], Mapping[str, Any]]) -> int:
    """Change rows and delete the files that held them; how many rows."""
    for attempt in range(ATTEMPTS):
        table = _open(store, kind)
        try:
            held = set(table.file_uris())
            done = change(table)
            table = _open(store, kind)
            for uri in held.difference(table.file_uris()):  # vacuum knows what is there by listing
                store.delete(f"{kind.key}/{uri.rpartition(f'/{kind.key}/')[2]}")
            table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
            _note(store, kind, _open(store, kind))
            return int(done.get("num_deleted_rows") or done.get("num_updated_rows") or 0)
        except CommitFailedError as error:
            # Two writers at once: delta-rs refuses the second, which looks again.
            if attempt == ATTEMPTS - 1:
                raise _error(store, kind, error) from error
        except (DeltaError, OSError) as error:
            raise _error(store, kind, error) from error
    raise AssertionError("unreachable")


def _in(column: str, values: Sequence[str] | Sequence[int]) -> str:
    return f'"{column}" IN ({", ".join(map(_literal, values))})' if values else "FALSE"


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


# --- Tables -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of the tables, and how its rows are made."""

    key: str
    schema: Any  # pyarrow has no types
    rows: Callable[[Commit, Batch], Iterator[object]]
    statistics: str
    """Columns with minimum and maximum in Delta's log: each costs bytes at every append."""


def _struct(**of: Any) -> Any:  # noqa: ANN401
    return pa.struct(list(of.items()))


_TEXT = pa.string()
_TEXTS = pa.list_(_TEXT)
_MOMENT = pa.timestamp("us", tz="UTC")
_POINTER = _struct(segment=_TEXT, offset=pa.int64(), length=pa.int64())


def _schema(required: Sequence[str], **columns: Any) -> Any:  # noqa: ANN401
    return pa.schema([pa.field(name, kind, nullable=name not in required) for name, kind in columns.items()])


def _article_rows(commit: Commit, batch: Batch) -> Iterator[object]:
    return (stored(outcome, commit) for outcome in batch.outcomes if isinstance(outcome, Revision))


def _capture_rows(commit: Commit, batch: Batch) -> Iterator[object]:
    for outcome in batch.outcomes:
        if not isinstance(outcome, Revision) or outcome.is_capture:
            yield _capture_row(outcome, commit)


_ARTICLES = _Kind(
    key="tables/articles",
    schema=_schema(
        ("url", "title", "text", "fetched_at", "committed_at", "article_id", "revision_id", "change", "seq"),
        url=_TEXT,
        title=_TEXT,
        text=_TEXT,
        paragraphs=_TEXTS,
        dek=_TEXT,
        authors=_TEXTS,
        organisations=_TEXTS,
        agencies=_TEXTS,
        published_at=_MOMENT,
        modified_at=_MOMENT,
        fetched_at=_MOMENT,
        committed_at=_MOMENT,
        language=_TEXT,
        section=_TEXT,
        keywords=_TEXTS,
        image=_struct(url=_TEXT, caption=_TEXT, credit=_TEXT),
        form=_TEXT,
        access=_TEXT,
        next_page=_TEXT,
        posts=pa.list_(_struct(at=_MOMENT, title=_TEXT, paragraphs=_TEXTS)),
        site=_TEXT,
        article_id=_TEXT,
        revision_id=_TEXT,
        previous=_TEXT,
        change=_TEXT,
        edited=_TEXTS,
        gone_at=_MOMENT,
        story=_TEXT,
        seq=pa.int64(),
        removed=pa.list_(
            _struct(kind=_TEXT, text=_TEXT, place=pa.int64(), score=pa.float64(), reason=_TEXT, path=_TEXT)
        ),
        rights=_struct(
            disallowed=_TEXTS,
            no_ai=pa.bool_(),
            no_image_ai=pa.bool_(),
            tdm_reserved=pa.bool_(),
            tdm_policy=_TEXT,
            directives=_TEXTS,
            signals=_TEXTS,
            licenses=_TEXTS,
        ),
        evidence=pa.list_(_struct(field=_TEXT, origin=_TEXT, raw=_TEXT, precision=_TEXT, zone=_TEXT)),
        confidence=pa.float64(),
        extractor=_TEXT,
        profile=_TEXT,
        status=pa.int32(),
        fetched_url=_TEXT,
        pointer=_POINTER,
    ),
    rows=_article_rows,
    statistics="seq,site,published_at",
)
_CAPTURES = _Kind(
    key="tables/captures",
    schema=_schema(
        ("url", "url_key", "fetched_at", "status", "fate", "extractor", "segment", "seq", "committed_at"),
        url=_TEXT,
        url_key=_TEXT,
        site=_TEXT,
        fetched_at=_MOMENT,
        status=pa.int32(),
        fate=_TEXT,
        change=_TEXT,
        reason=_TEXT,
        detail=_TEXT,
        article_id=_TEXT,
        revision_id=_TEXT,
        extractor=_TEXT,
        segment=_TEXT,
        offset=pa.int64(),
        length=pa.int64(),
        seq=pa.int64(),
        committed_at=_MOMENT,
    ),
    rows=_capture_rows,
    statistics="seq,site,fetched_at",
)
_KINDS = (_ARTICLES, _CAPTURES)
_BY_KEY = {kind.key: kind for kind in _KINDS}
TABLES = tuple(_BY_KEY)
"""Keys of the tables."""
_WRITER = WriterProperties(compression="ZSTD", compression_level=3)


def _open(store: ObjectStore, kind: _Kind) -> DeltaTable:
    """The table to its end, created where there is none."""
    for attempt in range(LOOKS):
        if (table := _find(store, kind)) is not None:
            return table
        try:
            DeltaTable.create(
                table_url(store, kind.key),
                schema=kind.schema,
                mode="ignore",
                storage_options=storage_options(store),
                configuration={
                    "delta.dataSkippingStatsColumns": kind.statistics,
                    "delta.checkpointInterval": str(CHECKPOINT_EVERY),
                },
            )
        except (DeltaError, OSError) as error:
            # It may be there all the same: made just now, by us or another, and looked for in vain.
            if attempt == LOOKS - 1 or not _is_there(store, kind, 0):
                raise _error(store, kind, error) from error
    raise AssertionError("unreachable")


def _find(store: ObjectStore, kind: _Kind) -> DeltaTable | None:
    """The table to its end; None: there is none. Raises TableError."""
    failure: Exception = TableNotFoundError("commits of its log are there and not listed")
    for attempt in range(LOOKS):
        time.sleep(attempt * LOOK_AGAIN_SECONDS)
        try:
            table = DeltaTable(table_url(store, kind.key), storage_options=storage_options(store))
        except TableNotFoundError:
            if not _is_there(store, kind, 0) and store.size(f"{_log(kind)}/_last_checkpoint") is None:
                return None
        except (DeltaError, OSError) as error:
            if _is_of_store(error):  # which was asked again often enough
                raise _error(store, kind, error) from error
            failure = error
        else:
            if not _is_there(store, kind, table.version() + 1):
                return table
    raise _error(store, kind, failure) from failure


def _is_there(store: ObjectStore, kind: _Kind, version: int) -> bool:
    """Whether the table's log has the commit of a version, asked for by its name."""
    return store.size(f"{_log(kind)}/{version:020d}.json") is not None


def _log(kind: _Kind) -> str:
    return f"{kind.key}/{LOG}"


def _cursor(table: DeltaTable) -> int:
    return table.transaction_version(APP) or 0


def _append(
    store: ObjectStore, kind: _Kind, table: DeltaTable, chunk: Sequence[tuple[Commit, Batch]]
) -> DeltaTable:
    """Append what the table lacks of a chunk; the table as it is then."""
    last, tries = chunk[-1][0].seq, 0
    while (cursor := _cursor(table)) < last:
        rows = [row for commit, batch in chunk if commit.seq > cursor for row in kind.rows(commit, batch)]
        try:
            write_deltalake(
                table,
                _arrow(rows, kind.schema),
                mode="append",
                schema_mode="merge",  # columns that a later version of ours adds
                writer_properties=_WRITER,
                # delta-rs writes the number with the files or neither; it does not look at it before: we do.
                commit_properties=CommitProperties(app_transactions=[Transaction(APP, last)]),
            )
        except (DeltaError, OSError) as error:
            tries += 1
            if _is_of_store(error) or tries == ATTEMPTS:
                raise _error(store, kind, error) from error
            # Another follower was first, or a listing lost a page, perhaps after the append: it is looked at anew.
            table = _open(store, kind)
            continue
        try:
            table.update_incremental()
        except (DeltaError, OSError):
            table = _open(store, kind)
        if _is_there(store, kind, table.version() + 1):
            table = _open(store, kind)
    return table


def _chunks(store: ObjectStore, cursor: int, max_captures: int) -> Iterator[list[tuple[Commit, Batch]]]:
    chunk: list[tuple[Commit, Batch]] = []
    held = 0
    commits = Log(store).follow(cursor)
    for commit, packed in ahead(lambda commit: batches.fetch(store, commit.batch, commit.sha256), commits):
        if chunk and held + commit.captures > max_captures:
            yield chunk
            chunk, held = [], 0
        chunk.append((commit, batches.unpack(packed.key, packed.data, packed.sha256)))
        held += commit.captures
    if chunk:
        yield chunk


def _error(store: ObjectStore, kind: _Kind, error: Exception) -> TableError:
    """What delta-rs says on many lines, with what to do: the store failed far more often than a table is damaged."""
    said = [_ORNAMENT.sub("", line).strip() for line in str(error).splitlines()]
    lines = [line for line in said if line and not line.startswith("<?xml")]
    cause, last = (lines[0], lines[-1]) if lines else (type(error).__name__, "")
    code, number = _CODE.search(last), _SYSTEM_ERROR.search(last)
    if code:
        last, advice = code[1], remedy(code[1], None)
    elif number and (known := SYSTEM_REMEDIES.get(int(number[1]))):
        advice = known
    elif number:
        advice = "the store cannot be reached or failed; try again later"
    else:
        advice = f"run `pressrun maintain`; where that says so again, remove {kind.key}/ and it is made anew"
    if last not in ("", cause):
        cause = f"{cause}: {last}"
    return TableError(f"{store.url}/{kind.key}: {cause}; the archive itself is whole; {advice}")


def _is_of_store(error: Exception) -> bool:
    """Whether the store failed, and not what was read from it."""
    said = str(error)
    return isinstance(error, OSError) or bool(_CODE.search(said) or _SYSTEM_ERROR.search(said))


_ORNAMENT = re.compile(r"\x1b\[\d*m|↳")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_SYSTEM_ERROR = re.compile(r"(?:os error|Os { code:) (\d+)")


# --- Rows -------------------------------------------------------------------------------------------


_FATES: dict[type[Outcome], str] = {Revision: "article", Unchanged: "unchanged", Rejection: "rejected"}


def _capture_row(outcome: Outcome, commit: Commit) -> CaptureRow:
    capture = outcome.article if isinstance(outcome, Revision) else outcome
    url = capture.fetched_url if isinstance(capture, Article) else capture.url
    known = None if isinstance(capture, Rejection) else capture
    missing = capture.missing if isinstance(capture, Rejection) else None
    return CaptureRow(
        url=url,
        url_key=url_key(url),
        site=capture.site,
        fetched_at=capture.fetched_at,
        status=capture.status,
        fate=_FATES[type(outcome)],
        change=outcome.change.value if isinstance(outcome, Revision) else None,
        reason=outcome.reason.value if isinstance(outcome, Rejection) else None,
        detail=None if isinstance(capture, Article) else capture.detail,
        article_id=known.article_id if known else missing,
        revision_id=known.revision_id if known else None,
        extractor=commit.extractor,
        segment=commit.segment,
        offset=capture.pointer.offset if capture.pointer else None,
        length=capture.pointer.length if capture.pointer else None,
        seq=commit.seq,
        committed_at=commit.committed_at,
    )


def _arrow(rows: Sequence[object], schema: Any) -> Any:  # noqa: ANN401
    """Columns of the schema from objects with attributes of the same names."""
    plain = [records.to_builtins(row, keep_moments=True) for row in rows]
    arrays = [pa.array([row[column.name] for row in plain], type=column.type) for column in schema]
    return pa.Table.from_arrays(arrays, schema=schema)
