"""What a page's source would build, told before it is parsed: it is cut where that is absurd. Pure.

A parser compares each closing tag with all elements that are open, so its time goes with the square of the depth;
and what formatting a page leaves open, it opens again in every block that follows:

    <p><font x=1><font x=2> ... <font x=300></p><p>a</p><p>b</p> ...

200 kB of this took three gigabytes. Closing tags are matched here as the standard matches them, because a closing
tag that closes nothing (`<b></i><b></i>`) makes a page no shallower.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import NamedTuple

MAX_DEPTH = 2_000
MAX_REOPENED = 300_000
"""Elements that formatting left open may add, a hundred megabytes of them."""
MAX_SHAPES = 20_000
"""Of the elements of drawings that close themselves."""
MAX_ALIKE = 3
"""So many times one and the same tag is opened again, and no more (the standard's Noah's Ark clause)."""

_FEW_TAGS = 6_000
"""Nested, they take a parser 70 ms; one page of fifty has more."""
_ATTRIBUTED = re.compile(
    r"<[bBcCeEfFiInNsStTuU](?:[iI][gG]|[oO][dD][eE]|[mM]|[oO][nN][tT]|[oO][bB][rR]|[mM][aA][lL][lL]|[tT][rR][iI][kK][eE]"
    r"|[tT][rR][oO][nN][gG]|[tT])?[\s/]"
)
"""Formatting with attributes, by which it is told from what is opened thrice; so written it takes half the time."""
_FORMATTED = re.compile(
    r"<(/?(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u))(?=[\s/>])", re.IGNORECASE
)
_WALLED = re.compile(r"<(?:table|template|object|applet|marquee|caption|svg|math)\b", re.IGNORECASE)
"""Within these a closing tag may close nothing."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FORMATTING = _set("b big code em font i nobr s small strike strong tt u")
_OFTEN_UNCLOSED = _set(
    """
    area base br col embed hr img input link meta param source track wbr p li td tr th dd dt option a
    """
)
_SHAPES = _set("path circle ellipse line polygon polyline rect stop use")
_WALLS = _set(
    "table template object applet marquee caption foreignobject desc title mi mo mn ms mtext annotation"
)
"""A tag within one of these closes nothing outside of it."""


def may_be_absurd(html: str) -> bool:
    """Whether `shallow` should look, which takes many times as long as this: for one page of fifty."""
    tags = html.count("<")
    if tags > _FEW_TAGS:
        return True
    enough = MAX_REOPENED / max(tags, 1) - MAX_ALIKE * len(_FORMATTING)
    if enough > tags or len(_ATTRIBUTED.findall(html)) < enough:
        return False
    names = Counter(map(str.lower, _FORMATTED.findall(html)))
    left_open = sum(max(0, names[name] - names[f"/{name}"]) for name in _FORMATTING)
    return left_open > enough or len(_WALLED.findall(html)) > enough


def shallow(html: str) -> str:
    """The source up to where its elements nest or multiply absurdly."""
    opened = _Open()
    formats: list[_Format] = []
    reopened = shapes = 0
    for match in _TAG.finditer(html):
        if opened.depth > MAX_DEPTH or reopened > MAX_REOPENED or shapes > MAX_SHAPES:
            return html[: match.start()]
        closing, name, rest = match.group(1), match.group(2).lower(), match.group(3)
        reopened += len(formats)
        if name in _FORMATTING:
            _note(formats, _Format(name, rest, opened.walls), closing=bool(closing))
        if name in _OFTEN_UNCLOSED:
            continue
        if closing:
            opened.close(name)
        elif name in _SHAPES and rest.endswith("/"):
            shapes += 1
        else:
            opened.open(name)
    return html


class _Format(NamedTuple):
    """Formatting that was begun."""

    name: str
    attributes: str
    walls: int
    """Within how many it began: it is closed within no more."""


def _note(formats: list[_Format], one: _Format, *, closing: bool) -> None:
    """Keep the list of formatting that is open or will be opened again."""
    if not closing:
        if formats.count(one) < MAX_ALIKE:
            formats.append(one)
        return
    for at in range(len(formats) - 1, -1, -1):
        if formats[at].name == one.name and formats[at].walls >= one.walls:
            del formats[at]
            return


class _Open:
    """The elements that are open, outermost first; each step in constant time over all."""

    def __init__(self) -> None:
        self.depth = 0
        self._names: list[str] = []
        self._places: dict[str, list[int]] = defaultdict(list)
        self._walls: list[int] = []

    @property
    def walls(self) -> int:
        """How many walls stand around what comes next."""
        return len(self._walls)

    def open(self, name: str) -> None:
        """An element begins within the innermost."""
        self._places[name].append(len(self._names))
        if name in _WALLS:
            self._walls.append(len(self._names))
        self._names.append(name)
        self.depth += 1

    def close(self, name: str) -> None:
        """The innermost of a name ends with all within it; of formatting, only itself."""
        places = self._places[name]
        if not places or (self._walls and self._walls[-1] > places[-1]):
            return
        if name in _FORMATTING:
            self._names[places.pop()] = ""
            self.depth -= 1
            return
        for _ in range(len(self._names) - places[-1]):
            gone = self._names.pop()
            if not gone:
                continue
            at = self._places[gone].pop()
            self.depth -= 1
            if self._walls and self._walls[-1] == at:
                self._walls.pop()
