"""The posts of a live blog: what stands between one time and the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from articles.blocks import Blocks
from articles.boilerplate import Strip
from articles.dates import parse_moment
from articles.model import Post
from articles.page import Page, attribute, text_of

_CLOCK: Final = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}")
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5"})
MAX_TIMES: Final = 2_000


def posts_of(page: Page, blocks: Blocks, kept: Sequence[int], timezone: str | None) -> tuple[Post, ...]:
    """The posts in page order; none where the page does not part them by times, two at least.

    A post begins at a short line with a time of day, or at a heading next to one.
    """
    moments = _moments(page, timezone)
    posts: list[tuple[str, str | None, list[str]]] = []
    held = set(kept)
    for i in range(kept[0] - 2 if kept and kept[0] > 1 else 0, kept[-1] + 1 if kept else 0):
        text = blocks.text[i]
        heading = blocks.elements.tag[blocks.element[i]] in _HEADINGS
        if is_time(text):
            if posts and not posts[-1][0] and not posts[-1][2]:
                posts[-1] = (text, posts[-1][1], [])
            else:
                posts.append((text, None, []))
        elif heading and i in held:
            if posts and posts[-1][1] is None and not posts[-1][2]:
                posts[-1] = (posts[-1][0], text, [])
            else:
                posts.append(("", text, []))
        elif i in held and posts:
            posts[-1][2].append(text)
    found = tuple(
        Post(at=_next(moments, time), title=title, paragraphs=tuple(lines))
        for time, title, lines in posts
        if lines
    )
    return found if len(found) >= 2 and sum(1 for time, _, _ in posts if time) >= 2 else ()


def without_times(blocks: Blocks, stripped: Strip) -> Strip:
    """Without the lines that are only the time of a post: those stand at the posts."""
    times = {k for k, i in enumerate(stripped.kept) if is_time(blocks.text[i])}
    return Strip(
        kept=tuple(i for k, i in enumerate(stripped.kept) if k not in times),
        removed=tuple(
            replace(one, place=one.place - sum(k < one.place for k in times)) for one in stripped.removed
        ),
    )


def is_time(text: str) -> bool:
    """Whether a line is a time of day, with or without a date, and nothing else."""
    return (
        len(text) <= 40
        and len(text.split()) <= 7
        and _CLOCK.search(text) is not None
        and text[-1] not in '!?"'
    )


def _moments(page: Page, timezone: str | None) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {}
    for node in page.tree.css("time[datetime]")[:MAX_TIMES]:
        moment = parse_moment(attribute(node, "datetime"), timezone)
        if moment is not None:
            found.setdefault(text_of(node), []).append(moment.at)
    return found


def _next(moments: dict[str, list[datetime]], text: str) -> datetime | None:
    waiting = moments.get(text)
    return waiting.pop(0) if waiting else None
