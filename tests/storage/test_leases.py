"""Which crawl run visits which site: no two one at once, and nobody's for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from storage.state.database import Database, open_database
from storage.state.leases import LEASE_SECONDS, claim, leases, release, renew

SITES = [f"site-{number:02d}" for number in range(40)]


def claimed(database: Database, owner: str, *sites: str, seconds: float = LEASE_SECONDS) -> frozenset[str]:
    with database.transaction() as connection:
        return claim(connection, sites, owner=owner, shown=f"the run {owner}", seconds=seconds)


def holders(database: Database) -> dict[str, str]:
    with database.transaction() as connection:
        return {site: lease.owner for site, lease in leases(connection).items()}


def test_a_site_that_one_run_has_claimed_is_not_given_to_another(database: Database) -> None:
    assert claimed(database, "one", "a", "b") == {"a", "b"}
    assert claimed(database, "two", "b", "c") == {"c"}
    assert holders(database) == {"a": "one", "b": "one", "c": "two"}


def test_a_run_keeps_what_it_claims_twice(database: Database) -> None:
    claimed(database, "one", "a")
    assert claimed(database, "one", "a", "b") == {"a", "b"}


def test_a_site_that_is_released_is_free(database: Database) -> None:
    claimed(database, "one", "a", "b", "c")
    with database.transaction() as connection:
        release(connection, "one", ["a"])
    assert claimed(database, "two", "a", "b") == {"a"}
    with database.transaction() as connection:
        release(connection, "one")
    assert holders(database) == {"a": "two"}


def test_a_claim_that_is_not_renewed_ends_by_itself(database: Database) -> None:
    claimed(database, "dead", "a", seconds=0)
    assert holders(database) == {}
    assert claimed(database, "two", "a") == {"a"}


def test_a_claim_that_is_renewed_holds(database: Database) -> None:
    claimed(database, "one", "a", seconds=0)
    with database.transaction() as connection:
        assert renew(connection, "one") == {"a"}
    assert claimed(database, "two", "a") == set()


def test_a_run_that_slept_too_long_learns_what_it_has_lost(database: Database) -> None:
    claimed(database, "sleeper", "a", "b", seconds=0)
    claimed(database, "two", "b")
    with database.transaction() as connection:
        assert renew(connection, "sleeper") == {"a"}
    assert holders(database) == {"a": "sleeper", "b": "two"}


def test_who_holds_a_site_is_told_to_a_person(database: Database) -> None:
    claimed(database, "one", "latinpost")
    with database.transaction() as connection:
        (lease,) = leases(connection, ["latinpost", "other"]).values()
    assert str(lease).startswith("latinpost is being crawled by the run one since ")


def test_runs_that_claim_the_same_sites_at_the_same_moment_share_them(database_url: str) -> None:
    databases = [open_database(database_url) for _ in range(4)]

    def grab(number: int) -> list[frozenset[str]]:
        # in another order each: who waited for each other in a circle would fail here
        order = SITES[number * 7 :] + SITES[: number * 7]
        return [
            claimed(databases[number], str(number), *order[start : start + 5]) for start in range(0, 40, 5)
        ]

    with ThreadPoolExecutor(4) as pool:
        told = [frozenset[str]().union(*one) for one in pool.map(grab, range(4))]
    found = holders(databases[0])
    for database in databases:
        database.close()

    assert sorted(site for one in told for site in one) == SITES
    assert found == {site: str(number) for number, one in enumerate(told) for site in one}
