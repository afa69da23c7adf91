"""Addresses without end: calendars, session ids, faceted search. Told by their shape before they are fetched.

The shape of an address is what is left of it when digits, ids and values of parameters are folded:

    /agenda/2026/12/01            ->  /agenda/#/#/#
    /shop?colour=red&size=12      ->  /shop?colour=*&size=*
    /s-9f8a61b0c2d4e8aa/politics  ->  /s-*/politics

Of one shape only so many new addresses are taken from the links of pages in one run; feeds and sitemaps, which
a publisher writes on purpose, are bounded by their own caps. What is left out has a fate, `trap`, and is taken
up by a later run that has room for it, or when a feed or sitemap names it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

MAX_OF_A_SHAPE = 100
"""New addresses of one shape from links in one run: more than a paper with numbered articles prints in an hour."""
MAX_OF_ONE_PAGE = 5
"""The same where the shape still names one page, and only an id or parameters differ: the same text again."""
MAX_SECTIONS = 200
"""Section pages of one site that nobody declared."""
MAX_SECTIONS_OF_A_SHAPE = 5

_TOKEN = re.compile(r"[A-Za-z0-9]+")
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]{2,}")


def shape_of(url: str) -> str | None:
    """The shape of an address; None: nothing in it can go on without end."""
    parts = urlsplit(url)
    path = _TOKEN.sub(_folded, unquote(parts.path))
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    shape = f"{path}?{'&'.join(f'{name}=*' for name in names)}" if names else path
    return shape if "#" in shape or "*" in shape else None


def room_for(shape: str) -> int:
    """How many new addresses of a shape one run takes from links."""
    path, _, query = shape.partition("?")
    says_which = any(len(_WORDS.findall(segment)) >= 3 for segment in path.split("/"))
    return MAX_OF_ONE_PAGE if says_which and (query or "*" in path) else MAX_OF_A_SHAPE


def _folded(match: re.Match[str]) -> str:
    token = match.group()
    if token.isdecimal():
        return "#"
    digits = sum(character.isdecimal() for character in token)
    if len(token) >= 10 and digits >= 3 and digits < len(token):
        return "*"  # an id: letters and digits in disorder
    return _DIGITS.sub("#", token)
