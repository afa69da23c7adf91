"""The fields of an article beside its text, each with the place it was taken from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from articles.authors import credits_of
from articles.dates import Moment
from articles.language import language_of, normal_tag
from articles.metadata import Metadata
from articles.model import Access, Capture, Evidence, Image, Origin, Precision, Site, Zone
from articles.nearby import Snippet, near_headline
from articles.page import Page, attribute
from articles.paging import next_page_of
from articles.pictures import main_image
from articles.published import Dated, moments_of
from articles.scripts import day_in_scripts
from articles.title import Named, heading_that_shows, headline_on, host_of, plain
from articles.urls import canonical_url
from articles.zones import zone_of

MAX_RAW_CHARS: Final = 500
MAX_KEYWORDS: Final = 50
RIGHT_AFTER: Final = 8
"""Texts right after the headline, whose date is believed over a stated one that is only the last change's."""
RIGHT_BEFORE: Final = 3
"""Texts right before it, where a section's label stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a page says of its article."""

    title: str
    """Empty where the page has none."""
    url: str
    """Canonical; the fetched one where the page names none that can be its own."""
    dek: str | None = None
    authors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    image: Image | None = None
    access: Access = Access.FREE
    next_page: str | None = None
    evidence: tuple[Evidence, ...] = ()


def fields_of(
    page: Page,
    metadata: Metadata,
    paragraphs: Sequence[str],
    capture: Capture,
    site: Site | None = None,
    *,
    around: Sequence[str] = (),
    wall: str | None = None,
    named: Named | None = None,
) -> Fields:
    """Read all fields of a page whose body is `paragraphs`. Never raises on any content.

    `around` are the short texts beside the body (`nearby.around_body`), `wall` is the text of a paywall that ends
    it, `named` the headline where it is known.
    """
    evidence: list[Evidence] = []
    host = host_of(capture.url)
    url = _own_url(page, metadata, capture, evidence)
    language = _language(metadata, paragraphs, site, evidence)
    headline, runs = named or headline_on(page, metadata, site)
    title = headline.text if headline else ""
    if headline is not None:
        _note(evidence, "title", headline.origin, headline.raw)
    elif capture.found is not None and capture.found.title:
        title = capture.found.title  # as the feed, sitemap or link that named the page calls it
        _note(evidence, "title", Origin.FEED, title)
    heading = heading_that_shows(metadata, title)
    nearby = cache(lambda: near_headline(page, title, heading))
    right_after = cache(lambda: near_headline(page, title, heading, after=RIGHT_AFTER, before=0))
    right_before = cache(lambda: near_headline(page, title, heading, after=0, before=RIGHT_BEFORE))
    dated = (*around, *_dateline(paragraphs))
    published_at, modified_at = _moments(
        page, metadata, nearby, dated, right_after, capture, site, language, host, evidence
    )
    credits = credits_of(page, metadata, nearby, paragraphs, around, runs)
    authors = tuple(dict.fromkeys(name for credit in credits for name in credit.byline.people))
    organisations = tuple(dict.fromkeys(name for credit in credits for name in credit.byline.organisations))
    agencies = tuple(dict.fromkeys(name for credit in credits for name in credit.byline.agencies))
    for credit in credits:
        byline = credit.byline
        kind = "authors" if byline.people else "organisations" if byline.organisations else "agencies"
        _note(evidence, kind, credit.origin, credit.raw)
    return Fields(
        title=title,
        url=url,
        dek=_dek(metadata, title, paragraphs, evidence),
        authors=authors,
        organisations=organisations,
        agencies=agencies,
        published_at=published_at,
        modified_at=modified_at,
        language=language,
        section=_section(metadata, right_before, title, capture.url, evidence),
        keywords=_keywords(metadata, evidence),
        image=_image(page, metadata, runs, evidence),
        access=_access(metadata, paragraphs, wall, evidence),
        next_page=next_page_of(page, metadata, capture.url),
        evidence=tuple(evidence),
    )


def _note(
    evidence: list[Evidence],
    name: str,
    origin: Origin,
    raw: str,
    precision: Precision | None = None,
    zone: Zone | None = None,
) -> None:
    evidence.append(
        Evidence(field=name, origin=origin, raw=raw[:MAX_RAW_CHARS], precision=precision, zone=zone)
    )


# --- Address --------------------------------------------------------------------------------------


def _own_url(page: Page, metadata: Metadata, capture: Capture, evidence: list[Evidence]) -> str:
    """The canonical URL where the page names one of its own site, else the one it was fetched from."""
    fetched = canonical_url(capture.url) or capture.url
    stated = [(href, Origin.DOM) for href in metadata.links.get("canonical", ())[:1]]
    stated += [(href, Origin.META) for href in metadata.meta.get("og:url", ())[:1]]
    for href, origin in stated:
        url = canonical_url(href, page.base)
        if url and _may_stand_for(url, fetched):
            _note(evidence, "url", origin, href)
            return url
    _note(evidence, "url", Origin.HTTP, capture.url)
    return fetched


def _may_stand_for(url: str, fetched: str) -> bool:
    """Whether a stated address can be this page's: of the same site, and no home page of a deeper one."""
    one, other = urlsplit(url), urlsplit(fetched)
    same_site = (one.hostname or "").split(".")[-2:] == (other.hostname or "").split(".")[-2:]
    return same_site and (len(one.path) > 1 or bool(one.query) or len(other.path) <= 1)


# --- Headline and text fields ---------------------------------------------------------------------


_CUT: Final = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")


def _dek(metadata: Metadata, title: str, paragraphs: Sequence[str], evidence: list[Evidence]) -> str | None:
    """The standfirst or description, unless it only repeats the headline or how the text begins."""
    thing = metadata.article
    stated = [
        (thing.description if thing else None, Origin.JSON_LD),
        (metadata.first("og:description"), Origin.META),
        (metadata.first("description", "twitter:description", "dc.description"), Origin.META),
    ]
    opening = plain(" ".join(paragraphs[:4]))
    for text, origin in stated:
        if not text or len(text) < 20:
            continue
        own = plain(_CUT.sub("", text))
        if not own or own == plain(title) or opening.startswith(own[:200]) or _retells(text, paragraphs):
            continue
        _note(evidence, "dek", origin, text)
        return text
    return None


RETOLD: Final = 0.9
"""Share of a description's words that the text begins with, where the description is only a cutting of it."""


def _retells(text: str, paragraphs: Sequence[str]) -> bool:
    """Whether a description is the text's opening, a word or two aside."""
    own = _WORD.findall(text.casefold())
    start = _WORD.findall(" ".join(paragraphs[:2])[: 2 * len(text)].casefold())[: len(own) + 3]
    if len(own) < 8 or len(start) < len(own):
        return False
    return sum((Counter(own) & Counter(start)).values()) >= RETOLD * len(own)


_WORD: Final = re.compile(r"\w+")
_SECTION_META: Final = (
    "article:section", "og:article:section", "parsely-section", "section", "articlesection", "prism.section",
    "og:section", "cxenseparse:section", "dc.subject", "sailthru.section", "category",
)  # fmt: skip
_NOT_SECTIONS: Final = frozenset(
    [
        "home",
        "homepage",
        "start",
        "startseite",
        "news",
        "inicio",
        "accueil",
        "article",
        "articles",
        "blog",
        "uncategorized",
    ]
)


def _section(
    metadata: Metadata,
    right_before: Callable[[], tuple[Snippet, ...]],
    title: str,
    url: str,
    evidence: list[Evidence],
) -> str | None:
    thing = metadata.article
    stated = [(name, Origin.JSON_LD) for name in (thing.sections[:1] if thing else ())]
    stated += [(value, Origin.META) for name in _SECTION_META for value in metadata.meta.get(name, ())[:1]]
    for one in metadata.things:
        stated += [
            (item, Origin.JSON_LD)
            for item in one.items
            if item.lower() not in _NOT_SECTIONS and item != title
        ][:1]
    for text, origin in stated:
        if text and len(text) <= 60 and "://" not in text:
            _note(evidence, "section", origin, text)
            return text.partition(",")[0].strip() if "," in text and ", " not in text else text
    around = metadata.around_headings
    label = next(
        (
            one
            for one in right_before()
            if _leads_to_section(one.href, url, one.node, _is_kicker(one.node, around))
        ),
        None,
    )
    if label is None or len(label.text) > 30 or _NO_SECTION.match(label.text):
        return None
    _note(evidence, "section", Origin.DOM, label.text)
    return label.text


_NO_SECTION: Final = re.compile(
    r"(?:back|zurück|retour|volver|about|contact|subscribe|sign|log)\b|\W|(?:"
    + "|".join(sorted(_NOT_SECTIONS))
    + r")$",
    re.IGNORECASE,
)


def _is_kicker(node: LexborNode, around_headings: frozenset[int]) -> bool:
    """Whether a text shares a small part of the page with the headline, and not only the page."""
    parent = node.parent
    for _ in range(3):
        if parent is None or parent.tag in ("body", "main", "nav", "header", "li"):
            return False
        if parent.mem_id in around_headings:
            return True
        parent = parent.parent
    return False


_PATH: Final = 3
"""Sections that a path to the page may name."""


def _leads_to_section(href: str, url: str, node: LexborNode, kicker: bool) -> bool:
    """Whether a link leads to a section: it says so, or is a kicker or on the way here, a step below the home page."""
    match = _SECTION_LINK.search(href) if href else None
    if match is None:
        return False
    if kicker or f"/{match.group('name')}/".lower() in url.lower():
        return True
    return bool(match.group("says")) and not _in_menu(node)


def _in_menu(node: LexborNode) -> bool:
    """Whether a link is one of many to sections, and so of the site's menu: a path to the page names three at most."""
    around = node.parent
    for _ in range(6):
        if around is None or around.tag in ("body", "main"):
            return False
        if around.tag in ("nav", "ul", "ol", "header"):
            links = around.css("a[href]")
            if sum(1 for one in links if _SECTION_LINK.search(attribute(one, "href"))) > _PATH:
                return True
        around = around.parent
    return False


_SECTION_LINK: Final = re.compile(
    r"^(?:https?://[^/]+)?/(?P<says>(?:category|categories|section|sections|topic|topics|rubrik|kategorie|c|ressort)/)?"
    r"(?P<name>[a-zA-Z][\w-]*)/?$"
)
"""The address of a section: one step below the home page."""
_KEYWORD_META: Final = (
    "news_keywords",
    "article:tag",
    "og:article:tag",
    "parsely-tags",
    "sailthru.tags",
    "keywords",
)


def _keywords(metadata: Metadata, evidence: list[Evidence]) -> tuple[str, ...]:
    thing = metadata.article
    values: Sequence[str] = thing.keywords if thing else ()
    origin = Origin.JSON_LD
    if not values:
        origin = Origin.META
        values = next((found for name in _KEYWORD_META if (found := metadata.meta.get(name))), ())
    words: dict[str, str] = {}
    for value in values:
        for word in re.split(r"\s*[,;|]\s*", value) if len(values) == 1 else [value]:
            word = word.strip()
            if word and len(word) <= 80 and "://" not in word:
                words.setdefault(word.casefold(), word)
    if words:
        _note(evidence, "keywords", origin, "; ".join(values))
    return tuple(words.values())[:MAX_KEYWORDS]


def _language(
    metadata: Metadata, paragraphs: Sequence[str], site: Site | None, evidence: list[Evidence]
) -> str | None:
    thing = metadata.article
    declared = [
        (metadata.language, Origin.DOM),
        (thing.language if thing else None, Origin.JSON_LD),
        (metadata.first("og:locale"), Origin.META),
        (metadata.first("content-language", "language", "dc.language", "inlanguage"), Origin.META),
        (site.language if site else None, Origin.SITE),
    ]
    longer = [paragraph for paragraph in paragraphs[:12] if len(paragraph) > 60]
    sample = " ".join(longer[:4] or paragraphs[:12])
    language, from_text = language_of([text for text, _ in declared], sample)
    if language is None:
        return None
    if from_text:
        _note(evidence, "language", Origin.TEXT, sample[:80])
    else:
        raw, origin = next((text, origin) for text, origin in declared if normal_tag(text) == language)
        _note(evidence, "language", origin, raw or "")
    return language


# --- Moments --------------------------------------------------------------------------------------

_DAY_FIRST_DOMAINS: Final = (
    ".uk",
    ".au",
    ".in",
    ".ie",
    ".nz",
    ".za",
    ".eu",
    ".ke",
    ".ng",
    ".sg",
    ".my",
    ".pk",
)


def _month_first(site: Site | None, language: str | None, metadata: Metadata, host: str) -> bool:
    """Whether 03/04/2025 is a day in March here: in the USA, and in English if nothing denies it."""
    if site is not None and site.country:
        return site.country.lower() == "us"
    locale = (metadata.first("og:locale") or metadata.language or language or "").replace("_", "-").lower()
    if "-" in locale:
        return locale == "en-us"
    return (
        locale in ("en", "") and (language or "en").startswith("en") and not host.endswith(_DAY_FIRST_DOMAINS)
    )


_DATELINE: Final = re.compile(
    r"\(?(?P<date>[^\W\d_]{0,12}[.,]? ?\d{1,2}[^()]{1,15}(?:19|20)\d\d)(?:\)|[.:] |\s[-–—|])"
)
"""A date that a text begins with: `(21. November 2022) ...`, `31. Oktober 2023. ...`."""


def _dateline(paragraphs: Sequence[str]) -> tuple[str, ...]:
    match = _DATELINE.match(paragraphs[0][:60]) if paragraphs else None
    return (match.group("date"),) if match else ()


def _moments(
    page: Page,
    metadata: Metadata,
    nearby: Callable[[], tuple[Snippet, ...]],
    around: Sequence[str],
    right_after: Callable[[], tuple[Snippet, ...]],
    capture: Capture,
    site: Site | None,
    language: str | None,
    host: str,
    evidence: list[Evidence],
) -> tuple[datetime | None, datetime | None]:
    zone_of_none = page_zone(capture, site, metadata, language)
    published, modified = moments_of(
        capture.url,
        metadata,
        nearby,
        around,
        right_after,
        fetched_at=capture.fetched_at,
        timezone=zone_of_none,
        month_first=_month_first(site, language, metadata, host),
        feed=_from_feed(capture),
        scripted=lambda: day_in_scripts(page),
    )
    for name, dated in (("published_at", published), ("modified_at", modified)):
        if dated is not None:
            moment = dated.moment
            zone = Zone.COUNTRY if moment.zone is Zone.SITE and not (site and site.timezone) else moment.zone
            _note(evidence, name, dated.origin, moment.raw, moment.precision, zone)
            if dated.shown is not None:
                _note(evidence, name, Origin.TEXT, dated.shown.raw, dated.shown.precision, dated.shown.zone)
    return published.moment.at if published else None, modified.moment.at if modified else None


def page_zone(
    capture: Capture, site: Site | None, metadata: Metadata, language: str | None = None
) -> str | None:
    """IANA zone of the page's times that name none: its site's, else that of the country it tells; None: unknown."""
    if site is not None and site.timezone is not None:
        return site.timezone
    locales = (metadata.first("og:locale"), metadata.language, language)
    return zone_of(host_of(capture.url), *locales, country=site.country if site else None)


def _from_feed(capture: Capture) -> Dated | None:
    at = capture.found.published_at if capture.found else None
    if at is None or at.tzinfo is None:
        return None
    moment = Moment(at=at, precision=Precision.SECOND, zone=Zone.STATED, local=at, raw=at.isoformat())
    return Dated(moment=moment, origin=Origin.FEED)


def _image(page: Page, metadata: Metadata, runs: tuple[str, ...], evidence: list[Evidence]) -> Image | None:
    found = main_image(page, metadata, runs)
    if found is None:
        return None
    image, origin, raw = found
    _note(evidence, "image", origin, raw)
    return image


# --- Access ---------------------------------------------------------------------------------------

_TIER_META: Final = (
    "article:content_tier", "og:article:content_tier", "content_tier", "article:tier", "article:access_level",
    "cxenseparse:accesslevel", "access-level",
)  # fmt: skip
_TIERS: Final = {
    "free": Access.FREE, "open": Access.FREE, "metered": Access.METERED, "registered": Access.METERED,
    "registration": Access.METERED, "locked": Access.PAID, "paid": Access.PAID, "premium": Access.PAID,
    "subscriber": Access.PAID, "subscribers": Access.PAID, "subscription": Access.PAID, "plus": Access.PAID,
    "members": Access.PAID, "paywall": Access.PAID, "abo": Access.PAID,
}  # fmt: skip
STUB_WORDS: Final = 180
"""A page that is not free and shows fewer words shows only the beginning."""


def _access(
    metadata: Metadata, paragraphs: Sequence[str], wall: str | None, evidence: list[Evidence]
) -> Access:
    """Who may read the whole text, by the page's statements; `wall` is the text of a paywall that ends the body."""
    thing = metadata.article
    access = Access.FREE
    free = thing.free if thing else None
    tier = (metadata.first(*_TIER_META) or "").lower()
    locked = next((one for one in metadata.things if one.role == "haspart" and one.free is False), None)
    stated = True
    if free is not None and not (free and locked):
        access = Access.FREE if free else Access.METERED if tier == "metered" else Access.PAID
        _note(evidence, "access", Origin.JSON_LD, f"isAccessibleForFree: {str(free).lower()}")
    elif locked is not None:
        access = Access.METERED if tier == "metered" else Access.PAID
        part = f" {locked.selector}" if locked.selector else ""
        _note(evidence, "access", Origin.JSON_LD, f"hasPart{part} isAccessibleForFree: false")
    elif tier in _TIERS:
        access = _TIERS[tier]
        _note(evidence, "access", Origin.META, tier)
    elif (metadata.first("isaccessibleforfree") or "").lower() == "false":
        access = Access.PAID
        _note(evidence, "access", Origin.META, "isAccessibleForFree: false")
    else:
        stated = False
    short = _holds_fewer_words(paragraphs, STUB_WORDS)
    if short and access is not Access.FREE:
        return Access.STUB
    if short and wall and not stated:
        _note(evidence, "access", Origin.TEXT, wall)
        return Access.STUB
    return access


def _holds_fewer_words(paragraphs: Sequence[str], wanted: int) -> bool:
    """Whether all paragraphs together have fewer words than that; the rest of a long text is not counted."""
    count = 0
    for paragraph in paragraphs:
        count += len(paragraph.split())
        if count >= wanted:
            return False
    return True
