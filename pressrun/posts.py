"""Where in an article's text the posts of a live blog begin: for whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from articles.model import Post


def beginnings(paragraphs: Sequence[str], posts: Sequence[Post]) -> Mapping[int, Post]:
    """Place in the text -> the post that begins there: with its heading, or with its first paragraph.

    A post that is not found in the text, after those before it, is left out.
    """
    found: dict[int, Post] = {}
    begin = 0
    for post in posts:
        lines = (*filter(None, (post.title,)), *post.paragraphs)
        # before version 5 of the reader headings were no part of the text
        place = _first(paragraphs, lines, begin)
        if place is None and post.title:
            place = _first(paragraphs, lines := post.paragraphs, begin)
        if place is not None:
            found[place] = post
            begin = place + len(lines)
    return found


def _first(paragraphs: Sequence[str], lines: Sequence[str], begin: int) -> int | None:
    """The first place from `begin` on where these two lines, or this one, stand."""
    wanted = list(lines[:2])
    places = range(begin, len(paragraphs) - len(wanted) + 1)
    return next((k for k in places if wanted and list(paragraphs[k : k + len(wanted)]) == wanted), None)
