"""Which links of a page lead to articles, told before fetching: by the address and by how the link stands.

Used for sites that name their articles in no feed and no sitemap, and to add what those leave out. An address
with a date, a number or a sentence in it is an article's; a headline-long link text says so too. Words that
newspapers use for listings and services speak against it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

ARTICLE_SCORE = 3
"""Links of this score and more are fetched as articles."""

_DATE = re.compile(
    r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]?(?:0?[1-9]|[12]\d|3[01]))?(?:/|-|$)"
)
_YEAR = re.compile(r"/(?:19|20)\d\d/")
_NUMBER = re.compile(r"(?:^|[-_/.a-z])(\d{5,})(?=$|[-_.])")
_WORDS = re.compile(r"[^\W\d_]{2,}", re.UNICODE)
_PAGE_SUFFIX = re.compile(r"\.(?:s?html?|php|aspx?|jsp|ece|story|article|cms)$")
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|docx?|xlsx?|pptx?|zip|gz|rar|exe|apk|dmg|mp[34]|m4[av]|webm|mov"
    r"|avi|wav|ogg|css|m?js|json|xml|rss|atom|txt|csv|ics|epub|woff2?|ttf|eot)$"
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LISTING = _set(
    """
    tag tags topic topics category categories categoria kategorie rubrik section sections author authors
    autor autores autoren writer writers staff profile profiles people page pages search suche buscar busca
    archive archives archiv archivo hemeroteca index sitemap sitemaps latest newest popular trending
    most-read ultimas dossier dossiers collection collections label labels contributor contributors by date
    """
)
"""First or middle segments of addresses that list articles."""
_SERVICE = _set(
    """
    about about-us contact contact-us kontakt contacto impressum imprint privacy privacy-policy datenschutz
    terms terms-of-use terms-of-service terms-and-conditions agb legal cookie cookies cookie-policy login
    signin sign-in signup sign-up register registration subscribe subscription subscriptions abo newsletter
    newsletters account my-account user users shop store advertise advertising mediadaten jobs careers
    karriere help faq rss feed feeds app apps games puzzles crossword horoscope weather wetter tv-guide
    comments comment share print email mailto amp-story gallery galleries wp-login.php wp-admin wp-json
    wp-content cart checkout donate support corrections masthead events calendar accessibility sitemap.html
    """
)
"""Segments of addresses that serve readers and are no articles."""


def is_file(url: str) -> bool:
    """Whether an address names a picture, a document or data rather than a page."""
    return _FILE.search(urlsplit(url).path.lower()) is not None


def is_listing(url: str) -> bool:
    """Whether an address is, beyond doubt, a home, section, tag, author or service page.

    For addresses that a feed or sitemap names: they are taken for articles unless this says no.
    """
    parts = urlsplit(url)
    segments = _segments(parts.path)
    if not segments:
        return not parts.query
    if _DATE.search(parts.path.lower()) or _words(segments[-1]) >= 4:
        return False
    if segments[0] in _SERVICE and len(segments) <= 2:
        return True
    return any(segment in _LISTING for segment in segments[:-1]) or segments[-1] in _LISTING


def article_score(url: str, text: str, *, headline: bool) -> int:
    """How much speaks for a link being an article's: `ARTICLE_SCORE` and more is enough.

    `text` is the link's text, `headline` whether it stands in a heading or an `article` element.
    """
    parts = urlsplit(url)
    path = parts.path.lower()
    segments = _segments(path)
    if not segments or is_file(url):
        return -9
    score = 0
    last = segments[-1]
    if _DATE.search(path):
        score += 3
    elif _YEAR.search(path):
        score += 1
    if _NUMBER.search(last) or (len(segments) > 1 and segments[-2].isdecimal() and len(segments[-2]) > 4):
        score += 2
    words = _words(last)
    score += 3 if words >= 5 else 2 if words >= 3 else 0
    if _PAGE_SUFFIX.search(last) and words >= 2:
        score += 1
    said = len(_WORDS.findall(text))
    score += 2 if said >= 5 else 1 if said >= 4 else 0
    score += headline
    if re.search(r"(?:^|&)(?:p|id|article|story|nid)=\d+", parts.query):
        score += 2
    if any(segment in _LISTING for segment in segments[:-1]) or last in _LISTING:
        score -= 4
    if any(segment in _SERVICE for segment in segments):
        score -= 4
    if last.isdecimal() and len(last) < 5 and len(segments) > 1 and not _DATE.search(path):
        score -= 2
    return score


def is_section(url: str, home: str) -> bool:
    """Whether a link of the navigation looks like a section's: short, plain, one or two segments deep."""
    parts = urlsplit(url)
    segments = _segments(parts.path)
    root = _segments(urlsplit(home).path)
    deeper = segments[len(root) :] if segments[: len(root)] == root else segments
    return (
        0 < len(deeper) <= 2
        and not parts.query
        and not is_file(url)
        and not any(segment in _SERVICE for segment in deeper)
        and not any(segment in ("author", "authors", "search", "page", "user") for segment in deeper)
        and all(len(segment) <= 32 and _words(segment) <= 3 for segment in deeper[:1])
        and all(len(segment) <= 32 and _words(segment) <= 2 for segment in deeper[1:])
        and not _DATE.search(parts.path)
        and not any(_NUMBER.search(segment) for segment in deeper)
    )


def _segments(path: str) -> list[str]:
    return [unquote(segment) for segment in path.lower().split("/") if segment]


def _words(segment: str) -> int:
    """Words of a segment that is written as a sentence: `three-dead-in-storm` has four."""
    return len(_WORDS.findall(_PAGE_SUFFIX.sub("", segment)))
