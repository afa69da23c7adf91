"""The operational database: one engine, one set of tables, one lock. Everything in it can be made anew.

`storage/state/` is the only place that speaks SQL. Each module beside this one declares its own tables on
`METADATA` and the functions that use them; every function takes a `Connection` from `Database.transaction`.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    URL,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Select,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy import (
    Connection as Connection,  # for the signatures of modules that speak no SQL
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from storage.redaction import redacted
from storage.state.migrations import NewerDatabase, upgrade

T = TypeVar("T")

METADATA = MetaData()

CHUNK = 400
"""Keys in one statement: SQLite takes 999 parameters in old builds."""
MAX_DETAIL_CHARS = 500
BUSY_SECONDS = 60.0
"""How long a writer waits for another's transaction before it gives up."""


AWAY = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""When a Postgres server that is not reached any more is given up: seconds, the last in milliseconds (libpq)."""
OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What a driver raises because of our statements; anything else is wrong with the database."""

REMEDIES = {
    "malformed": "the file is damaged; move it away, with those that begin with its name, and run again: "
    "it is made anew from the store",
    "not a database": "the file is damaged or of another kind; move it away, with those that begin with its "
    "name, and run again: it is made anew from the store",
    "disk is full": "free some space, then run again: nothing is lost",
    "disk I/O error": "the disk is full or failing; free some space or check its health, then run again",
    "readonly": "it may not be written; change the owner or mode of the file and its folder, or name another "
    "one in PRESSRUN_DATABASE",
    "locked": f"another process has held it for {BUSY_SECONDS:.0f} s; end that one, then run again",
}
"""What to do, by words in the driver's message."""
REMEDY = "check PRESSRUN_DATABASE, and that its folder or server can be written"


class DatabaseError(Exception):
    """The operational database cannot be used; the message names the URL without its password, and the remedy."""

    def __init__(self, message: str = "") -> None:
        super().__init__(redacted(message))


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, which SQLite by itself would store without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive datetime; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: moments in the database are aware UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back that SQLite dropped."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from the web: what no database can hold (NUL, lone surrogates) is replaced, what is too long cut."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Make it fit."""
        if value is None:
            return None
        text = value.replace("\0", " ").encode("utf-8", "replace").decode()
        return text[: self.length] if self.length else text

    @property
    def length(self) -> int | None:
        """Characters at most."""
        return getattr(self.impl_instance, "length", None)


class Database:
    """An engine and how to begin transactions on it. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commit at the end, roll back on any error. Writers wait for each other up to `BUSY_SECONDS`.

        Raises DatabaseError where the database fails: damaged, full, locked, gone.
        """
        with _explained(self.engine.url), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def commit_lock(self) -> Iterator[Connection]:
        """A transaction that holds the one lock under which batches are committed."""
        with self.transaction() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(7077)"))
            # On SQLite every transaction begins IMMEDIATE (below), which is that lock.
            yield connection

    def shred(self) -> None:
        """Have nothing of deleted rows left in the files; other transactions go on meanwhile.

        SQLite overwrites what it deletes (`secure_delete`), and here its write-ahead log is emptied, unless a
        reader still needs it. Postgres clears its tables; its own write-ahead log and backups are its owner's.
        """
        with _explained(self.engine.url), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                own = connection.execution_options(isolation_level="AUTOCOMMIT")
                for name in inspect(own).get_table_names():
                    own.execute(text(f'VACUUM "{name}"'))
            else:
                raw = connection.connection.driver_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def open_database(url: str, *, keep_open: bool = False) -> Database:
    """Open the operational database; an empty one gets its tables, an older one those that are new.

    `url` is an SQLAlchemy URL: `sqlite:///archive/state.sqlite`, `postgresql+psycopg://...`. With `keep_open`
    connections to SQLite stay open between transactions, which makes short ones ten times cheaper: for
    processes that never fork, and during whose life nobody moves the file.
    Raises DatabaseError when it cannot be opened.
    """
    # Every module that declares tables must be imported before they are created.
    from storage.state import findings, identity, index, leases, segments  # noqa: F401
    from storage.state.frontier import hosts, known, polled  # noqa: F401

    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            engine = _sqlite(url, parsed.database, keep_open)
        elif parsed.get_backend_name() == "postgresql":
            engine = create_engine(parsed, pool_pre_ping=True, connect_args=AWAY)
        else:
            raise ArgumentError(f"it must be sqlite or postgresql, not {parsed.get_backend_name()}")
        database = Database(engine)
        with database.commit_lock() as connection:
            upgrade(connection, METADATA)
    except NewerDatabase as error:
        raise DatabaseError(
            f"database {_shown(parsed)!r} cannot be used: {error}; update Pressrun"
        ) from error
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise _fault(url, error) from error
        raise DatabaseError(
            f"database {_shown(parsed)!r} cannot be used: Postgres' driver is not installed; "
            "run `pip install 'pressrun[postgres]'`"
        ) from error
    except (ArgumentError, ImportError, OSError) as error:
        raise _fault(url, error) from error
    return database


def in_chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists that fit into one statement, in order."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def open_database_to_read(url: str) -> Database:
    """The operational database for who only reads: a copy in memory where its file is not there or may not be written.

    The copy is empty, or has what the file has: `recollect` makes it up from the store. Raises DatabaseError.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _fault(url, error) from error
    path = Path(parsed.database or "")
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return open_database(url)
    if path.exists() and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return open_database(url)
    copy = open_database("sqlite://")
    if path.exists():
        with _explained(parsed), closing(_look_at(path)) as found, copy.engine.connect() as connection:
            found.backup(connection.connection.driver_connection)  # type: ignore[arg-type]
        with copy.commit_lock() as connection:
            upgrade(connection, METADATA)
    return copy


def _look_at(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing, not even beside the file."""
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, passing over those whose key is there: another process may have been first."""
    if rows:
        connection.execute(insert_or(connection, table).on_conflict_do_nothing(), list(rows))


def insert_from(connection: Connection, table: Table, query: Select[Any]) -> None:
    """Insert what a query finds, whose columns are the table's, passing over rows whose key is there."""
    statement = insert_or(connection, table).from_select(table.c.keys(), query)
    connection.execute(statement.on_conflict_do_nothing())


def insert_or(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say what is done where a row's key is there."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, OURS):
            raise
        raise _fault(url, error.orig or error) from error


def _shown(url: URL | str) -> str:
    return url.render_as_string() if isinstance(url, URL) else url


def _fault(url: URL | str, error: BaseException) -> DatabaseError:
    shown = _shown(url)
    cause = str(error).partition("\n")[0]
    remedy = next((remedy for words, remedy in REMEDIES.items() if words in cause), REMEDY)
    return DatabaseError(f"database {shown!r} cannot be used: {cause}; {remedy}")


def _sqlite(url: str, path: str | None, keep_open: bool) -> Engine:
    in_memory = path in (None, "", ":memory:")
    if path and not in_memory:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # autocommit mode of the driver: SQLAlchemy's own BEGIN is the one that counts
    engine = create_engine(
        url,
        # the last connection that closes folds the write-ahead log into the file: two waits for the disk
        poolclass=StaticPool if in_memory else QueuePool if keep_open else NullPool,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection, _record):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        cursor = connection.cursor()
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE: a read that turns into a write would otherwise fail with SQLITE_BUSY, unwaited
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Have the file in WAL mode. Where two processes switch a new file at once SQLite fails one, unwaited."""
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up_at:
                raise
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311  # two that wait alike would meet again
