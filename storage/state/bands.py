"""Which texts have a band in common: the table that near duplicates are looked up in.

What a commit writes here must not grow with the archive, and 20 bands at random places of one large table do: each
dirties a page of its own. So the table is kept as a log-structured one is (O'Neil et al. 1996), in three parts that
differ by the highest bits of their keys. The bands of the latest texts are put into `LATEST`, which is small. Each
time `BLOCK` texts are full it is merged in one sweep into the bands of the last `SPAN` texts. A text that is
older leaves there no more than its `copies`, by which it is found again where it is printed again as it was, years
later too: what is retold is retold within days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Connection,
    Integer,
    Table,
    bindparam,
    delete,
    select,
)

from articles.near import bands, copies
from storage.state.database import METADATA, in_chunks, insert_from, insert_new

BLOCK = 25_000
"""Texts between two merges."""
SPAN = 10 * BLOCK
"""Texts of which all bands are kept. A quarter of a million are 25 days of 10,000 articles a day."""

TABLE = Table(
    "bands",
    METADATA,
    # INTEGER is what SQLite keeps a table by itself; BIGINT would have it keep an index beside, as large again
    Column("key", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),  # of the first text that had it
)
LATEST = 1 << 53
"""Added to the keys of the latest texts: above those of every band and copy."""

# Made once: to build a statement with a list of values in it costs more than to run it.
_KEYS: BindParameter[object] = bindparam("keys", expanding=True)
_HOLDERS_OF = select(TABLE.c.key, TABLE.c.number).where(TABLE.c.key.in_(_KEYS))
_DROP = delete(TABLE).where(
    TABLE.c.key.in_(_KEYS) & TABLE.c.number.between(bindparam("first"), bindparam("last"))
)


def searched(signature: bytes) -> tuple[int, ...]:
    """Keys under which texts stand that may be like this one."""
    fine = bands(signature)
    return *fine, *(key + LATEST for key in fine), *copies(signature)


def holders(connection: Connection, keys: Iterable[int]) -> dict[int, int]:
    """Number of the text that had each band first, by key."""
    found: dict[int, int] = {}
    for chunk in in_chunks(dict.fromkeys(keys)):
        found.update((key, number) for key, number in connection.execute(_HOLDERS_OF, {"keys": chunk}))
    return found


def put(connection: Connection, texts: Mapping[int, bytes], newest: int) -> None:
    """Put texts in: signature by number. A band that another text had first stays that text's.

    `newest`: the highest number of all texts.
    """
    latest = newest // BLOCK * BLOCK
    wanted: dict[int, int] = {}
    for number, signature in sorted(texts.items(), reverse=True):
        wanted |= dict.fromkeys(_kept(number, signature, latest), number)
    insert_new(connection, TABLE, [{"key": key, "number": wanted[key]} for key in sorted(wanted)])


def drop(connection: Connection, texts: Mapping[int, bytes]) -> None:
    """Remove every trace of texts: signature by number."""
    for number, signature in texts.items():
        _drop(connection, searched(signature), number, number)


def merge(connection: Connection, leaving: Mapping[int, bytes]) -> None:
    """End a block: its bands go to those of the last `SPAN` texts, and those of `leaving` from there."""
    if leaving:
        held = sorted({key for signature in leaving.values() for key in bands(signature)})
        _drop(connection, held, min(leaving), max(leaving))
        rows = {key: number for number in sorted(leaving, reverse=True) for key in copies(leaving[number])}
        insert_new(connection, TABLE, [{"key": key, "number": rows[key]} for key in sorted(rows)])
    latest = TABLE.c.key >= LATEST
    insert_from(
        connection, TABLE, select(TABLE.c.key - LATEST, TABLE.c.number).where(latest).order_by(TABLE.c.key)
    )
    connection.execute(delete(TABLE).where(latest))


def _kept(number: int, signature: bytes, latest: int) -> Iterable[int]:
    """The keys under which a text stands while the block of the latest texts begins at `latest`."""
    if number < latest - SPAN:
        return copies(signature)
    if number < latest:
        return bands(signature)
    return (key + LATEST for key in bands(signature))


def _drop(connection: Connection, keys: Iterable[int], first: int, last: int) -> None:
    for chunk in in_chunks(keys):
        connection.execute(_DROP, {"keys": chunk, "first": first, "last": last})
