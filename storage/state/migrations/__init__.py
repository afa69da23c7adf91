"""How the tables came to be: one revision a change, applied by Alembic when a database is opened that lacks it.

To change a table: change it where it is declared, add `versions/r<number>_<what>.py` that does the same, and name
it in `NEWEST`. A test compares what the revisions make with what is declared. Where a new table or column is made
from the log, the revision empties the index, which is then made anew.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, MetaData, inspect, text

NEWEST = "0012"
"""Revision that this Pressrun works with."""
BEFORE = "0001"
"""What a database without a revision has that holds tables: they were made before there were revisions."""


_ONE_AT_A_TIME = Lock()
"""Alembic keeps what it works on in module variables: two threads must not use it at once."""


class NewerDatabase(Exception):
    """The database was changed by a newer Pressrun; the message names its revision."""


def upgrade(connection: Connection, tables: MetaData) -> None:
    """Bring an older database to `NEWEST`, and give an empty one `tables`. Call it under the commit lock.

    Raises NewerDatabase.
    """
    found = revision(connection)
    if found == NEWEST:
        return
    if found is None and not inspect(connection).has_table("segments"):
        tables.create_all(connection)  # a test shows that this is what the revisions make
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text(f"INSERT INTO alembic_version VALUES ('{NEWEST}')"))  # noqa: S608
        return
    apply_revisions(connection, found or BEFORE)


def apply_revisions(connection: Connection, found: str) -> None:
    """Apply every revision after `found`, which is "base" where there is nothing. Raises NewerDatabase."""
    from alembic import command  # a tenth of a second to import: only where there is something to do
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    try:
        with _ONE_AT_A_TIME:
            if revision(connection) is None:
                command.stamp(config, found)
            command.upgrade(config, NEWEST)
    except CommandError as error:
        raise NewerDatabase(
            f"its tables are of revision {found}, and this Pressrun knows {NEWEST}"
        ) from error


def revision(connection: Connection) -> str | None:
    """The revision of a database's tables; None: it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
