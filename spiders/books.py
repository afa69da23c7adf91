"""The operational database as the crawl uses it: off the event loop, one transaction at a time, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from storage.state.database import Connection, Database

P = ParamSpec("P")
T = TypeVar("T")


class Books:
    """Runs functions of `storage.state` in a thread of their own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="books")

    async def run(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call `function(connection, ...)` in a transaction of its own."""

        def call() -> T:
            with self._database.transaction() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.wrap_future(self._thread.submit(call))

    def close(self) -> None:
        """Wait for what is under way."""
        self._thread.shutdown(wait=True)
