"""Table `leases`: which crawl run visits which site, so that no two visit one at once.

    site       owner     shown                                                     since     until
    latinpost  5be0…     crawl what is due, 22 Nov 23:50 (process 812 on nyx)      23:50:12  23:52:32

A run claims a site before it visits it and renews its claims while it lives. A claim that is not renewed comes
to its end by itself, and the site is free. All moments are of the database's own clock, so that machines whose
clocks differ agree; on SQLite, which only processes of one machine share, that is the machine's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Connection, Row, String, Table, delete, select, text, update

from storage.state.database import METADATA, Moment, Words, insert_or

LEASE_SECONDS = 120.0
"""A claim holds so long after it was made or renewed."""

_LEASES = Table(
    "leases",
    METADATA,
    Column("site", String(63), primary_key=True),
    Column("owner", String(32), nullable=False, index=True),
    Column("shown", Words(300), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A site that a crawl run has claimed."""

    site: str
    owner: str
    """Of the run: a name given once."""
    shown: str
    """The run for a person: its name, process and machine."""
    since: datetime
    until: datetime
    """When the site comes free unless the run renews its claim."""

    def __str__(self) -> str:
        return f"{self.site} is being crawled by {self.shown} since {self.since:%H:%M:%S} UTC"


def claim(
    connection: Connection, sites: Iterable[str], *, owner: str, shown: str, seconds: float = LEASE_SECONDS
) -> frozenset[str]:
    """Claim those of the sites that are free; the names of these. A run's own stay its own."""
    now = _now(connection)
    wanted = sorted(set(sites))
    taken = {lease.site for lease in _in_force(connection, now) if lease.owner != owner}
    # in one order for everyone, and without a touch of what others hold: no two wait for each other in a circle
    free = [site for site in wanted if site not in taken]
    for site in free:
        values = {"owner": owner, "shown": shown, "since": now, "until": now + timedelta(seconds=seconds)}
        # another run may have been faster since: the database looks once more as it writes
        connection.execute(
            insert_or(connection, _LEASES)
            .values(site=site, **values)
            .on_conflict_do_update(index_elements=[_LEASES.c.site], set_=values, where=_LEASES.c.until <= now)
        )
    return frozenset(free) & _of(connection, owner)


def renew(connection: Connection, owner: str, *, seconds: float = LEASE_SECONDS) -> frozenset[str]:
    """Let all claims of a run hold for so long from now; the sites that are its own. Others may have taken
    those whose claims had ended."""
    until = _now(connection) + timedelta(seconds=seconds)
    connection.execute(update(_LEASES).where(_LEASES.c.owner == owner).values(until=until))
    return _of(connection, owner)


def release(connection: Connection, owner: str, sites: Iterable[str] | None = None) -> None:
    """Give sites of a run free; None: all of them."""
    own = _LEASES.c.owner == owner
    chosen = own if sites is None else own & _LEASES.c.site.in_(list(sites))
    connection.execute(delete(_LEASES).where(chosen))


def leases(connection: Connection, sites: Iterable[str] | None = None) -> dict[str, Lease]:
    """The claims that hold now, by site: of these sites, or of all."""
    wanted = None if sites is None else frozenset(sites)
    found = _in_force(connection, _now(connection))
    return {lease.site: lease for lease in found if wanted is None or lease.site in wanted}


def _in_force(connection: Connection, now: datetime) -> list[Lease]:
    rows = connection.execute(select(_LEASES).where(_LEASES.c.until > now).order_by(_LEASES.c.site))
    return [_lease(row) for row in rows]


def _of(connection: Connection, owner: str) -> frozenset[str]:
    return frozenset(connection.scalars(select(_LEASES.c.site).where(_LEASES.c.owner == owner)))


def _now(connection: Connection) -> datetime:
    """The moment by the database's clock."""
    if connection.dialect.name == "postgresql":
        moment = connection.scalar(text("SELECT clock_timestamp()"))
    else:
        moment = datetime.fromisoformat(
            str(connection.scalar(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")))
        ).replace(tzinfo=UTC)
    if not isinstance(moment, datetime):
        raise TypeError(f"the database's clock says {moment!r}")
    return moment.astimezone(UTC)


def _lease(row: Row[tuple[object, ...]]) -> Lease:
    return Lease(site=row.site, owner=row.owner, shown=row.shown, since=row.since, until=row.until)
