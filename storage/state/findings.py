"""Table `findings`: what the watch told of each site and has not taken back. Lost with the database, it is told again.

A trouble is told once when it begins and once when it is over; what stays away for a look or two and comes back is
the same trouble.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from storage.state.database import METADATA, Moment, Words

CLEAR_LOOKS = 3
"""So many looks in a row must find nothing before a trouble is over."""

_FINDINGS = Table(
    "findings",
    METADATA,
    Column("site", String(63), primary_key=True),
    Column("trouble", String(40), primary_key=True),
    Column("sentence", Words(500), nullable=False),
    Column("since", Moment, nullable=False),
    Column("absent", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A trouble of a site (empty: of the archive) that was told."""

    site: str
    trouble: str
    sentence: str
    """As it was seen last."""
    since: datetime
    """When it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What one look changed."""

    begun: tuple[Told, ...]
    going_on: tuple[Told, ...]
    over: tuple[Told, ...]


def settle(connection: Connection, found: Mapping[tuple[str, str], str], now: datetime) -> Settled:
    """Put down what a look found, as (site, trouble) -> sentence; what is new of it, and what is over."""
    begun, going_on, over = [], [], []
    known = {(row.site, row.trouble): row for row in connection.execute(select(_FINDINGS))}
    for key, sentence in sorted(found.items()):
        site, trouble = key
        since = known[key].since if key in known else now
        told = Told(site=site, trouble=trouble, sentence=sentence, since=since)
        if key in known:
            connection.execute(update(_FINDINGS).where(_is(key)).values(sentence=sentence, absent=0))
            going_on.append(told)
        else:
            values = {"site": site, "trouble": trouble, "sentence": sentence, "since": now, "absent": 0}
            connection.execute(insert(_FINDINGS), [values])
            begun.append(told)
    for key, row in sorted(known.items()):
        if key in found:
            continue
        told = Told(site=row.site, trouble=row.trouble, sentence=row.sentence, since=row.since)
        if row.absent + 1 >= CLEAR_LOOKS:
            connection.execute(delete(_FINDINGS).where(_is(key)))
            over.append(told)
        else:
            connection.execute(update(_FINDINGS).where(_is(key)).values(absent=row.absent + 1))
            going_on.append(told)
    return Settled(begun=tuple(begun), going_on=tuple(going_on), over=tuple(over))


def forget(connection: Connection, keys: Iterable[tuple[str, str]]) -> None:
    """Drop troubles by site and trouble, as if they had never been told."""
    for key in keys:
        connection.execute(delete(_FINDINGS).where(_is(key)))


def _is(key: tuple[str, str]) -> ColumnElement[bool]:
    return (_FINDINGS.c.site == key[0]) & (_FINDINGS.c.trouble == key[1])
