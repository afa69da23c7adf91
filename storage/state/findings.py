"""Table `findings`: what the watch told of each site and has not taken back. Lost with the database, it is told again.

A trouble is told once when it begins and once when it is over; what stays away for a look or two and comes back is
the same trouble. Who looks says afterwards that it was told (`mark_told`): what was not, because nobody could be told
or because the process was killed before, is told by the next look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
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
    Column("told", Boolean, nullable=False),
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
    """To be told."""
    going_on: tuple[Told, ...]
    over: tuple[Told, ...]
    """To be told as well."""


def settle(connection: Connection, found: Mapping[tuple[str, str], str], now: datetime) -> Settled:
    """Put down what a look found, as (site, trouble) -> sentence; what is to be told of it, and what goes on."""
    begun, going_on, over = list[Told](), list[Told](), list[Told]()
    known = {(row.site, row.trouble): row for row in connection.execute(select(_FINDINGS))}
    for key, sentence in sorted(found.items()):
        site, trouble = key
        row = known.get(key)
        # where its end was to be told last time, that may have been done: then it begins again
        goes_on = row is not None and row.told and row.absent < CLEAR_LOOKS
        since = row.since if row is not None and goes_on else now
        values = {"sentence": sentence, "since": since, "absent": 0, "told": goes_on}
        if row is None:
            connection.execute(insert(_FINDINGS), [{"site": site, "trouble": trouble, **values}])
        else:
            connection.execute(update(_FINDINGS).where(_is(key)).values(values))
        told = Told(site=site, trouble=trouble, sentence=sentence, since=since)
        (going_on if goes_on else begun).append(told)
    for key, row in sorted(known.items()):
        if key in found:
            continue
        connection.execute(update(_FINDINGS).where(_is(key)).values(absent=row.absent + 1))
        told = Told(site=row.site, trouble=row.trouble, sentence=row.sentence, since=row.since)
        (over if row.absent + 1 >= CLEAR_LOOKS else going_on).append(told)
    return Settled(begun=tuple(begun), going_on=tuple(going_on), over=tuple(over))


def mark_told(connection: Connection, settled: Settled) -> None:
    """Put down that what began and what is over was told."""
    for one in settled.begun:
        connection.execute(update(_FINDINGS).where(_is((one.site, one.trouble))).values(told=True))
    for one in settled.over:
        connection.execute(delete(_FINDINGS).where(_is((one.site, one.trouble))))


def _is(key: tuple[str, str]) -> ColumnElement[bool]:
    return (_FINDINGS.c.site == key[0]) & (_FINDINGS.c.trouble == key[1])
