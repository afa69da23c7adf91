"""The one database that may write to a store whose create-only writes do not have one winner always.

    _pressrun/writer.json     {"database": "<name of the database>", "shown": "sqlite:///...", "host": "..."}

Where creates are atomic any number of databases may commit; where they are not, two could both believe that they made
the next commit. So the first database that writes there leaves its name, and any other is refused until a person
says otherwise. Several machines share such a store by sharing one database.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from storage import records
from storage.objects import Creates, NotFound, ObjectStore, StoreError
from storage.state.database import Database
from storage.state.identity import name_of

KEY = "_pressrun/writer.json"


class AnotherWriter(StoreError):
    """Another database writes to this store, which cannot keep the two apart; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    database: str
    shown: str
    host: str


def claim(store: ObjectStore, database: Database, creates: Creates, *, take_over: bool = False) -> None:
    """Make sure that this database may write to the store. Nothing is asked where creates are atomic.

    `take_over`: the other database is gone, by a person's word. Raises AnotherWriter.
    """
    if creates is Creates.ATOMIC:
        return
    with database.commit_lock() as connection:
        ours = name_of(connection)
    there = None if take_over else _read(store)
    if there is None:
        shown = database.engine.url.render_as_string()
        store.put(
            KEY, records.to_json(_Writer(database=ours, shown=shown, host=socket.gethostname())) + b"\n"
        )
        there = _read(store)  # two that came at once: the later one's name stays, and the other is refused
    if there is None or there.database != ours:
        other = f"{there.shown} on {there.host}" if there else "one that wrote at the same moment"
        raise AnotherWriter(
            f"{store.url}: creating an object is {creates} here, not atomic, and another database writes to it: "
            f"{other}. Name that one in PRESSRUN_DATABASE; if it is gone for good, run `pressrun rebuild`"
        )


def _read(store: ObjectStore) -> _Writer | None:
    try:
        return records.from_json(store.get(KEY), _Writer)
    except (NotFound, records.BadRecord):
        return None
