"""What repeats across a site's pages is boilerplate of that site.

A profile is a sample: the lines of the site's most recent pages, hashed. Learning is taking a union and keeping its
newest PAGES, none DAYS older than the newest, so repeating, reordering or splitting what is learnt changes nothing,
profiles of two machines merge without a referee, the size is bounded, and what a site stopped printing is forgotten
as new pages come in. What follows for an article is in `repeated`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from articles.model import Article
from articles.text import folded

PAGES: Final = 64
"""Pages in the sample."""
LINES: Final = 60
"""Lines kept of one page: a profile has at most some 25 kB."""
FOLDED_WORDS: Final = 8
"""Lines up to this length are equal whatever their numbers."""
DAYS: Final = 60
"""Pages this much older than the newest are forgotten."""
MAX_WORDS: Final = 60
"""Longer paragraphs are nobody's boilerplate."""
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, order=True)
class SampledPage:
    """One page of the sample."""

    day: int
    """Day of its fetch, counted from year 1."""
    page: str
    """The article's id."""
    lines: tuple[str, ...]
    """Keys of the short lines on it, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the reader remembers of a site."""

    site: str
    pages: tuple[SampledPage, ...] = ()
    """Newest first."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many pages of the sample hold a line."""

    pages: int
    share: float
    """Of all pages of the sample."""


def profile_id(profile: Profile) -> str:
    """Name of a profile, from its content: 20 hexadecimal digits."""
    told = [(page.day, page.page, page.lines) for page in profile.pages]
    return blake2b(repr((profile.site, told)).encode(), digest_size=10).hexdigest()


def line_key(text: str) -> str:
    """What two lines are equal by: words without case, in short lines every number alike.

    `Page 3 of 12` is one line on all pages; a sentence whose numbers differ tells something new each time.
    """
    words = folded(text)
    if len(words) <= FOLDED_WORDS:
        words = folded(_DIGITS.sub("0", text))
    return blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=6).hexdigest()


def learn(profile: Profile, articles: Iterable[Article]) -> Profile:
    """The profile with these articles in its sample."""
    return _newest(profile.site, (*profile.pages, *(_sampled(article) for article in articles)))


def merge(one: Profile, other: Profile) -> Profile:
    """What both have learnt. Raises ValueError where they are of two sites."""
    if one.site != other.site:
        raise ValueError(f"profiles of two sites do not merge: {one.site} and {other.site}")
    return _newest(one.site, (*one.pages, *other.pages))


@lru_cache(maxsize=64)
def repeats(profile: Profile) -> dict[str, Repeats]:
    """The lines that stand on two pages of the sample and more."""
    counts = Counter(line for page in profile.pages for line in page.lines)
    total = max(len(profile.pages), 1)
    return {key: Repeats(count, count / total) for key, count in counts.items() if count >= 2}


def _sampled(article: Article) -> SampledPage:
    texts = (*article.paragraphs, *(removed.text for removed in article.removed))
    keys = {line_key(text) for text in texts if 0 < len(text.split()) <= MAX_WORDS}
    return SampledPage(article.fetched_at.toordinal(), article.article_id, tuple(sorted(keys)[:LINES]))


def _newest(site: str, pages: Iterable[SampledPage]) -> Profile:
    latest: dict[str, SampledPage] = {}
    for page in pages:
        known = latest.get(page.page)
        if known is None or known < page:
            latest[page.page] = page
    newest = sorted(latest.values(), reverse=True)[:PAGES]
    return Profile(site=site, pages=tuple(page for page in newest if page.day > newest[0].day - DAYS))
