"""Which texts have a band in common: the table that near duplicates are looked up in.

What a commit writes here must not grow with the archive, and 20 bands at random places of one large table do: each
dirties a page of its own. So the table is kept as a log-structured one is (O'Neil et al. 1996), in parts that differ
by the highest bits of their keys. The bands of a text are put into the part of its block, which is small. While the
next block fills, that part is merged into the bands of the last `SPAN` texts: each commit merges as large a stretch
of the keys as it fills of the block, and drops from there what older texts left. So no commit waits for a merge.
Beside them each text leaves its `copies`, for ever, by which it is found again where it is printed again as it was,
years later too: what is retold is retold within days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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

from articles.near import BANDS, ROWS, bands, copies
from storage.state.database import METADATA, in_chunks, insert_from, insert_new

BLOCK = 10_000
"""Texts in a block: a part has 20 rows for each, which all commits of a block share."""
SPAN = 250_000
"""Texts of which all bands are kept, and up to two blocks more: 25 days of 10,000 articles a day."""

TABLE = Table(
    "bands",
    METADATA,
    # INTEGER is what SQLite keeps a table by itself; BIGINT would have it keep an index beside, as large again
    Column("key", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),  # of the first text that had it
)
LATEST = (1 << 53, 1 << 54)
"""Added to the keys of the latest texts, in blocks of even and of odd number: above every band and copy."""
_END = BANDS << 16 * ROWS
"""Above the key of every band."""

# Made once: to build a statement with a list of values in it costs more than to run it.
_KEYS: BindParameter[object] = bindparam("keys", expanding=True)
_HOLDERS_OF = select(TABLE.c.key, TABLE.c.number).where(TABLE.c.key.in_(_KEYS))
_DROP = delete(TABLE).where(TABLE.c.key.in_(_KEYS) & (TABLE.c.number == bindparam("holder")))


def searched(signature: bytes) -> tuple[int, ...]:
    """Keys under which texts stand that may be like this one."""
    fine = bands(signature)
    return *fine, *(key + part for part in LATEST for key in fine), *copies(signature)


def holders(connection: Connection, keys: Iterable[int]) -> dict[int, int]:
    """Number of the text that had each band first, by key."""
    found: dict[int, int] = {}
    for chunk in in_chunks(dict.fromkeys(keys)):
        found.update((key, number) for key, number in connection.execute(_HOLDERS_OF, {"keys": chunk}))
    return found


def put(connection: Connection, texts: Mapping[int, bytes], before: int, newest: int) -> None:
    """Put texts in: signature by number. A band that another text had first stays that text's.

    `newest`: the highest number of all texts; `before`: what it was before these. Merging goes on as far.
    """
    first, last = before // BLOCK, newest // BLOCK
    start = _END * (before % BLOCK) // BLOCK
    # what the two parts still hold goes first, the older one before the other: these texts are put into them
    for block in sorted({first, first + 1, last - 1} & set(range(first, last))):
        _merge(connection, block, start if block == first else 0, _END)
    wanted: dict[int, int] = {}
    for number, signature in sorted(texts.items(), reverse=True):
        wanted |= dict.fromkeys(_kept(number, signature, last), number)
    insert_new(connection, TABLE, [{"key": key, "number": wanted[key]} for key in sorted(wanted)])
    _merge(connection, last, start if last == first else 0, _END * (newest % BLOCK) // BLOCK)


def drop(connection: Connection, texts: Mapping[int, bytes]) -> None:
    """Remove every trace of texts: signature by number."""
    for number, signature in texts.items():
        for chunk in in_chunks(searched(signature)):
            connection.execute(_DROP, {"keys": chunk, "holder": number})


def _merge(connection: Connection, block: int, start: int, end: int) -> None:
    """Merge the keys from `start` to before `end` of the block before `block`, which is being filled."""
    old = TABLE.c.number < block * BLOCK - SPAN
    connection.execute(delete(TABLE).where(TABLE.c.key >= start, TABLE.c.key < end, old))
    part = _part(block - 1)
    moved = (TABLE.c.key >= part + start) & (TABLE.c.key < part + end)
    insert_from(
        connection, TABLE, select(TABLE.c.key - part, TABLE.c.number).where(moved).order_by(TABLE.c.key)
    )
    connection.execute(delete(TABLE).where(moved))


def _kept(number: int, signature: bytes, filling: int) -> Iterator[int]:
    """The keys under which a text stands while the block `filling` is being filled."""
    yield from copies(signature)
    block = number // BLOCK
    if block >= filling - 1:
        yield from (key + _part(block) for key in bands(signature))
    elif number >= filling * BLOCK - SPAN:
        yield from bands(signature)


def _part(block: int) -> int:
    return LATEST[block % 2]
