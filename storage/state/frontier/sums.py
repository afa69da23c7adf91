"""Sums of what the crawl did, for whoever watches it from outside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.state.frontier.known import fetches, urls
from storage.state.frontier.polled import polled

LOOKED = ("fetched", "not_modified")
"""Outcomes of a look that did what it should."""


def last_looks(connection: Connection) -> dict[str, datetime]:
    """When each site last answered with a page that names articles, or said that it has not changed."""
    query = select(polled.c.site, func.max(polled.c.checked_at)).where(polled.c.outcome.in_(LOOKED))
    return {site: at for site, at in connection.execute(query.group_by(polled.c.site)) if at is not None}


def last_fetch(connection: Connection) -> int:
    """Id of the newest record of a fetch; 0: there is none."""
    return int(connection.scalar(select(func.coalesce(func.max(fetches.c.id), 0))) or 0)


def fetches_after(connection: Connection, after: int, limit: int) -> Iterable[tuple[int, str, str]]:
    """Id, site and outcome of recorded fetches of articles, in the order of their ids."""
    query = (
        select(fetches.c.id, urls.c.site, fetches.c.outcome)
        .join(urls, urls.c.url_id == fetches.c.url_id)
        .where(fetches.c.id > after)
        .order_by(fetches.c.id)
        .limit(limit)
    )
    return [(int(row.id), str(row.site), str(row.outcome)) for row in connection.execute(query)]
