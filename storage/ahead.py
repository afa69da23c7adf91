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
MOST = 16
"""Items in one turn of a thread."""


def ahead(
    function: Callable[[A], B],
    items: Iterable[A],
    *,
    width: int = WIDTH,
    share: Callable[[A], float] | None = None,
) -> Iterator[tuple[A, B]]:
    """Each item with what `function` gives for it, in order, at most `width` calls being ahead.

    `share`: how much of a thread's turn an item makes up; items of less than one are given to a thread together,
    since handing over costs as much as reading something small. `function` may then be called again for the items
    of a turn that failed. An error of `function` is raised where its item's turn comes.
    """
    turns = _turns(iter(items), share)
    first = list(islice(turns, 2))
    if len(first) < 2:  # nothing to overlap: no threads
        for turn in first:
            for item in turn:
                yield item, function(item)
        return

    def take(turn: list[A]) -> list[B]:
        return [function(item) for item in turn]

    with ThreadPoolExecutor(width, thread_name_prefix="ahead") as pool:
        waiting: deque[tuple[list[A], Future[list[B]]]] = deque(
            (turn, pool.submit(take, turn)) for turn in first
        )
        try:
            while waiting:
                waiting.extend(
                    (turn, pool.submit(take, turn)) for turn in islice(turns, width - len(waiting))
                )
                turn, future = waiting.popleft()
                if len(turn) > 1 and future.exception() is not None:
                    for item in turn:
                        yield item, function(item)
                else:
                    yield from zip(turn, future.result(), strict=True)
        finally:
            for _, future in waiting:
                future.cancel()


def _turns(items: Iterator[A], share: Callable[[A], float] | None) -> Iterator[list[A]]:
    """Items by the turn of a thread, the first by itself."""
    turn: list[A] = []
    filled = 1.0  # the first item is waited for
    for item in items:
        turn.append(item)
        filled += share(item) if share else 1.0
        if filled >= 1.0 or len(turn) == MOST:
            yield turn
            turn, filled = [], 0.0
    if turn:
        yield turn
