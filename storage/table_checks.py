"""Do the tables hold what the log says, row by row, and are their files the bytes that were written.

Rows stand in files in no order, so each commit's are summed up: how many, and the sum of their SHA-256. Two numbers a
commit are in memory, and a few hundred rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from storage.batches import Batch
from storage.delta import LOG, TABLES, TableError, TableFiles, rows_in_file, rows_of_commit, table_files
from storage.digests import Note, differing, digest_in, noted
from storage.log import Commit
from storage.objects import NotFound, ObjectStore
from storage.segments import digest_of


class Sum(NamedTuple):
    """What rows come to, in whatever order."""

    rows: int
    digest: int


Expected = Mapping[str, Sum]
"""What one commit's rows come to in each table."""
Fault = tuple[str, str, int | None]
"""Key of what is damaged, what is wrong with it, and the commit, where it is one's."""

NOTHING = Sum(0, 0)
_MODULUS = 1 << 128


def expected_of(commit: Commit, batch: Batch) -> Expected:
    """What the rows of a commit must come to."""
    return {table: _sum(rows_of_commit(table, commit, batch)) for table in TABLES}


def check_tables(
    store: ObjectStore,
    expected: Mapping[int, Expected],
    *,
    head: int,
    after: int,
    tell: Callable[[str, int], None],
) -> Iterator[Fault]:
    """What is damaged in the tables, as far as they have followed; `expected` by commit, of those past `after`.

    `head`: number of the log's last commit. Raises StoreError.
    """
    for table in TABLES:
        note = noted(store, table)
        try:
            files = table_files(store, table)
        except TableError as error:
            damaged = list(_of_log(store, table, note))
            yield from damaged or [(table, str(error), None)]
            continue
        if files is None:
            continue
        if files.cursor > head:
            yield table, f"has followed to commit {files.cursor}, the log ends at {head}", None
        if note is not None and note.table != files.identity:
            note = None
        yield from _check(store, files, note, expected, after, tell)


def _of_log(store: ObjectStore, table: str, note: Note | None) -> Iterator[Fault]:
    """Which file of a table's own log keeps it from being read."""
    of_log = {name: digest for name, digest in (note.files if note else {}).items() if name.startswith(LOG)}
    for name, what in differing(store, table, of_log):
        yield f"{table}/{name}", what, None


def _check(
    store: ObjectStore,
    files: TableFiles,
    note: Note | None,
    expected: Mapping[int, Expected],
    after: int,
    tell: Callable[[str, int], None],
) -> Iterator[Fault]:
    digests = note.files if note else {}
    faults: list[Fault] = []
    for name in files.log:
        key = f"{files.key}/{name}"
        found = digest_in(store, key)
        if found is None:
            faults.append((key, "is missing", None))
        elif found != digests.get(name, found):
            faults.append((key, _other(found, digests[name]), None))
    sums: dict[int, Sum] = {}
    with tempfile.TemporaryDirectory(prefix="pressrun-verify-") as folder:
        path = Path(folder) / "rows.parquet"
        for number, (name, size) in enumerate(sorted(files.data.items())):
            tell("checking tables", number + 1)
            key = f"{files.key}/{name}"
            try:
                store.fetch_file(key, path)
            except NotFound:
                faults.append((key, "is missing", None))
                continue
            found = digest_of(path)
            if found != digests.get(name, found):
                faults.append((key, _other(found, digests[name]), None))
            elif path.stat().st_size != size:
                faults.append((key, f"has {path.stat().st_size} bytes, must have {size}", None))
            else:
                try:
                    _add(sums, rows_in_file(path, files.key, after))
                except TableError as error:
                    faults.append((key, str(error), None))
    yield from faults
    if not faults:  # else its rows cannot be told from those that are missing
        yield from _of_rows(files, sums, expected)


def _of_rows(files: TableFiles, sums: Mapping[int, Sum], expected: Mapping[int, Expected]) -> Iterator[Fault]:
    for seq in sorted(expected.keys() | sums.keys()):
        found = sums.get(seq, NOTHING)
        if seq > files.cursor or seq < 1:
            wanted = NOTHING
        elif seq in expected:
            wanted = expected[seq][files.key]
        else:
            continue  # its batch is damaged, or not to be looked at
        if found.rows != wanted.rows:
            yield files.key, f"commit {seq}: {found.rows} rows, must be {wanted.rows}", seq
        elif found != wanted:
            yield files.key, f"commit {seq}: its {found.rows} rows do not hold what the log says", seq


def _other(found: str, noted: str) -> str:
    return f"sha256 is {found}, was {noted} when it was written"


def _add(sums: dict[int, Sum], rows: Iterable[tuple[int, bytes]]) -> None:
    for seq, row in rows:
        before = sums.get(seq, NOTHING)
        sums[seq] = Sum(before.rows + 1, (before.digest + _number(row)) % _MODULUS)


def _sum(rows: Iterable[bytes]) -> Sum:
    number, digest = 0, 0
    for row in rows:
        number, digest = number + 1, digest + _number(row)
    return Sum(number, digest % _MODULUS)


def _number(row: bytes) -> int:
    return int.from_bytes(sha256(row).digest()[:16], "big")
