"""Who this database is: a name given once, by which a store knows its one writer."""

from __future__ import annotations

import uuid

from sqlalchemy import Column, Connection, String, Table, insert, select

from storage.state.database import METADATA

_IDENTITY = Table("identity", METADATA, Column("name", String(32), primary_key=True))


def name_of(connection: Connection) -> str:
    """The database's name; it gets one where it has none. Call it under the commit lock."""
    name = connection.scalar(select(_IDENTITY.c.name))
    if name is None:
        name = uuid.uuid4().hex
        connection.execute(insert(_IDENTITY).values(name=name))
    return str(name)
