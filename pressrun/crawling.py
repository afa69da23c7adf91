"""Run the crawl flow from the command line, with its progress on the terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date

from flows.config import Config
from flows.logs import say
from flows.report import CrawlReport
from flows.workshop import named, open_workshop
from pressrun.watching import crawl_shown


def crawl_watched(
    config: Config, names: Sequence[str] | None, *, days: tuple[date, date] | None = None
) -> CrawlReport:
    """Crawl these sites, or all that are due, and return the report, also when a crawler process died.

    `days`: what they published from the one to the other, instead of what is new.

    Raises UnknownSite and SeedError before anything begins.
    """
    if names:
        named(open_workshop(config), names)
    # the run's log goes to Prefect; a terminal gets progress and what went wrong
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
    from flows.own_server import prefect_server  # Prefect takes seconds to import

    prefect_server()
    from flows.backfill import backfill
    from flows.crawl import CrawlFailed, crawl

    with crawl_shown():
        try:
            if days:
                return backfill(list(names or ()), *days)
            return crawl(list(names or ()))
        except CrawlFailed as error:
            return error.report
        except KeyboardInterrupt:
            say("what was fetched is kept, and read by the next run; what was not stays due")
            raise
