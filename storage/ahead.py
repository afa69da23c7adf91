"""Fetch a few items ahead of the one in hand, in order and within bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

WIDTH = 8
"""Calls under way at once."""


def ahead(function: Callable[[A], B], items: Iterable[A], *, width: int = WIDTH) -> Iterator[tuple[A, B]]:
    """Each item with what `function` gives for it, in order, at most `width` calls being ahead.

    An error of `function` is raised where its item's turn comes.
    """
    rest = iter(items)
    first = list(islice(rest, 2))
    if len(first) < 2:  # nothing to overlap: no threads
        for item in first:
            yield item, function(item)
        return
    with ThreadPoolExecutor(width, thread_name_prefix="ahead") as pool:
        waiting: deque[tuple[A, Future[B]]] = deque((item, pool.submit(function, item)) for item in first)
        try:
            while waiting:
                waiting.extend(
                    (item, pool.submit(function, item)) for item in islice(rest, width - len(waiting))
                )
                item, future = waiting.popleft()
                yield item, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
