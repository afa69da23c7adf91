"""What a page's scripts say of it as data: `dataLayer`, hydration data, configuration.

    window.dataLayer = [{"pagePostAuthor": "Ann Lee", "articlePublishDate": "2025-05-29"}]

Scripts speak of other articles and of comments as well, so a value counts only where it is the only one of its kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from articles.page import Page

MAX_SCRIPT_CHARS: Final = 800_000
"""Scripts are searched up to this much, over the whole page."""
MAX_NAME_CHARS: Final = 80

_DATA: Final = re.compile(
    r'(?<![\w.])["\'](?:(?:page|post|article|content|story|entry|news)[_-]?)?(?:post[_-]?)?'
    r'(?:author|authors|byline|authorName|author_name|authorNames|author_names|pagePostAuthor)["\']\s{0,9}:\s{0,9}'
    r'(?P<value>"(?:[^"\\\n]|\\.){2,120}"|\[(?:\s{0,9}"(?:[^"\\\n]|\\.){2,80}"\s{0,9},?){1,8}\s{0,9}\]'
    r'|\[?\s{0,9}\{[^{}\[\]]{0,200}?"(?:name|full_?name|display_?name|title)"\s{0,9}:\s{0,9}"(?:[^"\\\n]|\\.){2,80}")',
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"[/<>{}$_=]")
_STRING: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_DAY: Final = re.compile(
    r'["\'](?:(?:page|post|article|content|story|entry|news|first)[_-]?)?(?:publi(?:sh|shed|cation)[_-]?(?:date|time|at|on)'
    r'|date[_-]?published|pub[_-]?date)["\']\s{0,9}:\s{0,9}"(?P<value>(?:19|20)\d\d[-/]?\d\d[-/]?\d\d[^"\n]{0,25})"',
    re.IGNORECASE,
)


def authors_in_scripts(page: Page) -> tuple[tuple[str, ...], ...]:
    """The names of the page's authors, where its scripts name one set of authors only; else nothing."""
    found: dict[tuple[str, ...], None] = {}
    for text in _texts(page, "uthor", "byline"):
        for match in _DATA.finditer(text):
            if names := _strings(match.group("value")):
                found[names] = None
            if len(found) > 1:
                return ()
    return tuple(found)


def day_in_scripts(page: Page) -> str | None:
    """The date of publication, where all that the page's scripts call so is of one day; the longest of them."""
    found: dict[str, str] = {}
    for text in _texts(page, "ubli", "ubDate", "ubdate", "ub_date"):
        for match in _DAY.finditer(text):
            value = match.group("value")
            day = "".join(character for character in value if character.isdigit())[:8]
            found[day] = max(value, found.get(day, ""), key=len)
            if len(found) > 1:
                return None
    return next(iter(found.values()), None)


def _texts(page: Page, *words: str) -> Iterator[str]:
    """The scripts that hold one of these words, strings within strings unquoted."""
    budget = MAX_SCRIPT_CHARS
    for script in page.tree.css("script:not([type*='ld+json' i])"):
        text = script.text(deep=True) or ""
        budget -= len(text)
        if budget < 0:
            return
        if any(word in text for word in words):
            yield text.replace('\\"', '"')


def _strings(value: str) -> tuple[str, ...]:
    """The names in a JSON string, a list of strings, or an object's name."""
    raw = _STRING.findall(value)
    if "{" in value:
        raw = raw[-1:]
    names = []
    for one in raw:
        try:
            name = str(json.loads(f'"{one}"', strict=False)).strip()
        except ValueError:
            continue
        if 2 < len(name) <= MAX_NAME_CHARS and name[0].isalpha() and not _MARKUP.search(name):
            names.append(name)
    return tuple(names)
