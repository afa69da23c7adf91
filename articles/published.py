"""When an article was published and last changed, from everything on the page that says so.

A statement of change is never taken for one of publication, and nothing later than the fetch is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from articles.dates import Moment, Reader, parse_moment
from articles.metadata import Metadata
from articles.model import Origin, Precision, Zone
from articles.nearby import Snippet, in_other_matter, joined, short_text
from articles.signatures import CHANGE_WORD, PUBLISH_WORD, signs

FUTURE_TOLERANCE: Final = timedelta(hours=14)
"""A time whose zone was guessed may seem this much later than it is."""

_PUBLISHED: Final = tuple(
    """
    article:published_time og:article:published_time og:published_time article:published article.published
    datepublished date_published date-published parsely-pub-date og:pubdate sailthru.date
    cxenseparse:recs:publishtime cxenseparse:publishtime cxenseparse:cre-timestamp publish_date publish-date
    publishdate og:publish_date publication_date publication-date published_date published-date
    publisheddate pubdate pub_date published publish_time article:first_published_time article_date_original
    originalpublicationdate citation_publication_date citation_online_date dcterms.issued dc.date.issued
    dcterms.date dcterms.created dc.date.created dc:date.created dc.date dc:date prism.publicationdate
    rnews:datepublished ptime bt:pubdate release_date displaydate shareaholic:article_published_time
    dcsext.articlefirstpublished iso-8601-publish-date analyticsattributes.articledate gsa_date cludo:date
    article:create created datecreated creation_date date
    """.split()  # noqa: SIM905
)
_MODIFIED: Final = tuple(
    """
    article:modified_time og:article:modified_time og:modified_time og:updated_time article:modified
    datemodified date_modified dcterms.modified dc.date.modified dc:date.modified dc.modified lastmod
    last-modified last_modified last-updated article_date_updated revision_date updated modified
    cxenseparse:recs:modifiedtime
    """.split()  # noqa: SIM905
)

_DATE_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:date|datum|dato|fecha|data|time|timestamp|datetime|dateline|pubdate|posted|publish\w*"
    r"|publi\w*|created"
    r"|entry-date|meta-date|postdate|byline|submitted)(?:$|[\s_-]|\d)|(?:[a-z]Date|[a-z]Time|Published"
    r"|Dateline|Timestamp)(?![a-z])|(?:post|entry|article|pub)date",
)
_CHANGE_CLASS: Final = re.compile(r"updat|modif|aktuali|chang|lastmod|edited|revis", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(
    r"comment|related|teaser|sidebar|recommend|read-?more|promo(?!ted)|recent|latest|trending|popular|carousel"
    r"|event-"
    r"|(?:^|[\s_-])(?:nav|menu|ticker|next|prev)",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(r"(?:^|[\s_-])(?:list|card|feed|item|widget|footer|tile)", re.IGNORECASE)
_PUBLISHED_NAME: Final = re.compile(
    r"publi\w*[-_:.]?(?:date|time|at|on)|(?:date|time)[-_:.]?publi|pub[-_:.]?date|release[-_:.]?date"
    r"|first[-_:.]?publi|issued"
)
_URL_DAY: Final = re.compile(
    r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
    r"|[/_-]((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
    r"|[/_-](?P<d>0[1-9]|[12]\d|3[01])(?P<s>[._-]?)(?P<m>0[1-9]|1[0-2])(?P=s)(?P<y>20\d{2})(?=[/_.-]|$)"
    r"|/((?:19|20)\d{2})/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/(\d{1,2})(?=/)",
    re.IGNORECASE,
)
_HAS_DATE: Final = re.compile(r"\d{4}|\d[./-]\d|\d{2}:\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A moment with the part of the capture that stated it."""

    moment: Moment
    origin: Origin
    shown: Moment | None = None
    """The same moment as the page shows it to people, by their own clock, where it is stated in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A text that claims to date the article."""

    text: str
    origin: Origin
    change: bool
    """Speaks of the last change, not of the publication."""


def moments_of(
    url: str,
    metadata: Metadata,
    nearby: Callable[[], tuple[Snippet, ...]],
    around: Sequence[str] = (),
    right_after: Callable[[], tuple[Snippet, ...]] = tuple,
    *,
    fetched_at: datetime,
    timezone: str | None,
    month_first: bool,
    feed: Dated | None = None,
    scripted: Callable[[], str | None] = lambda: None,
) -> tuple[Dated | None, Dated | None]:
    """When the page was published and when it was last changed.

    `timezone` is the zone of times that name none, `month_first` says how 03/04/2025 is read there, `feed`
    what the feed said that led to the page; `nearby` gives the texts near the headline when needed, `around` are
    the texts beside the body, `right_after` the few right after the headline, `scripted` gives the day that the page's
    scripts state. Texts for people are read against
    `fetched_at`: `2 hours ago`, `May 3`.
    """
    latest = fetched_at + FUTURE_TOLERANCE
    reader = Reader(fetched_at=fetched_at, timezone=timezone, month_first=month_first)
    published: list[Dated] = []
    modified: list[Dated] = []
    for statement in _statements(url, metadata):
        moment = reader.read(statement.text, loosely=statement.origin is Origin.DOM)
        if moment is None or moment.at > latest:
            continue
        (modified if statement.change else published).append(Dated(moment=moment, origin=statement.origin))
        if not statement.change and moment.precision is not Precision.DAY and not _midnight(moment):
            break
    if not published and feed is not None and feed.moment.at <= latest:
        published.append(feed)
    if not published or all(dated.origin is Origin.URL for dated in published):
        shown = (
            _near(metadata, nearby(), reader, latest, loosely=False)
            or _beside(around, reader, latest)
            or _near(metadata, nearby(), reader, latest, loosely=True)
        )
        if shown is not None and _agree(shown, published) and not _told(shown, modified):
            published.insert(0, shown)
    if not published and (text := scripted()):
        moment = reader.read(text, loosely=False)
        if moment is not None and moment.at <= latest:
            published.append(Dated(moment=moment, origin=Origin.DOM))
    only_address = bool(published) and all(dated.origin is Origin.URL for dated in published)
    if only_address and feed is not None and feed.moment.at <= latest:
        published.append(feed)  # an address has the day at best
    first = _finest(published)
    if first is not None and _same_as_change(first, metadata):
        shown = _near(metadata, right_after(), reader, latest, loosely=False)
        earlier = shown is not None and shown.moment.at < first.moment.at - timedelta(days=2)
        if shown is not None and earlier and len(shown.moment.raw) <= MAX_BARE_CHARS:
            first = shown
    if first is not None and first.origin is not Origin.URL:
        first = _settled(first, url, reader)
    if first is not None and _in_utc(first.moment):
        local = _near(metadata, nearby(), reader, latest, loosely=False)
        if local is not None and _same_by_another_clock(first.moment, local.moment):
            first = replace(first, shown=local.moment)
    modified += _changes(around, reader, latest)
    later = next((d for d in modified if first is None or d.moment.at >= first.moment.at), None)
    return first, later


def _in_utc(moment: Moment) -> bool:
    return (
        moment.zone is Zone.STATED and moment.precision is not Precision.DAY and not moment.local.utcoffset()
    )


def _same_by_another_clock(stated: Moment, shown: Moment) -> bool:
    """Whether a date shown is the stated moment as a clock of some zone has it, on the day before or after."""
    local, utc = shown.local.replace(tzinfo=None), stated.at.replace(tzinfo=None)
    days = (local.date() - utc.date()).days
    if shown.precision is Precision.DAY:
        return (days == -1 and utc.hour < 12) or (days == 1 and utc.hour >= 10)
    ahead = round((local - utc).total_seconds() / 60)
    return abs(days) == 1 and -12 * 60 <= ahead <= 14 * 60 and min(ahead % 15, -ahead % 15) <= 2


def _agree(shown: Dated, published: list[Dated]) -> bool:
    """Whether a date shown near the headline is at most two days from the one in the address, where that has one."""
    return all(abs(shown.moment.at - dated.moment.at) <= timedelta(days=2) for dated in published)


MAX_BARE_CHARS: Final = 36
"""A longer text says more than a date."""


def _same_as_change(first: Dated, metadata: Metadata) -> bool:
    """Whether a stated day of publication may be that of the last change: it has no hour, or is equal to it."""
    thing = metadata.article
    return (
        first.origin is Origin.JSON_LD
        and thing is not None
        and (thing.published == thing.modified or first.moment.precision is Precision.DAY)
    )


def _told(shown: Dated, modified: list[Dated]) -> bool:
    """Whether a date shown is the one that the page shows elsewhere as that of its last change."""
    return any(
        one.origin is Origin.DOM
        and one.moment.local.date() == shown.moment.local.date()
        and CHANGE_WORD.search(one.moment.raw)
        for one in modified
    )


def _finest(published: list[Dated]) -> Dated | None:
    """The first statement, or a later one that gives the hour of the same day."""
    if not published:
        return None
    best = published[0]
    if best.moment.precision is not Precision.DAY and not _midnight(best.moment):
        return best
    day = best.moment.local.date()
    for other in published[1:]:
        same_day = day in (other.moment.local.date(), other.moment.at.date())
        if same_day and other.moment.precision is not Precision.DAY and not _midnight(other.moment):
            return other
    return best


def _settled(dated: Dated, url: str, reader: Reader) -> Dated:
    """A date such as 03/10/2023 read the way that the day in the page's address has it."""
    if not _AMBIGUOUS.search(dated.moment.raw):
        return dated
    day = _url_day(url)
    stated = parse_moment(day) if day else None
    if stated is None or stated.local.date() == dated.moment.local.date():
        return dated
    other = replace(reader, month_first=not reader.month_first).read(dated.moment.raw, loosely=False)
    return (
        Dated(moment=other, origin=dated.origin)
        if other and other.local.date() == stated.local.date()
        else dated
    )


_AMBIGUOUS: Final = re.compile(r"(?<![\d./-])(?:0?\d|1[0-2])([./-])(?:0?\d|1[0-2])\1(?:\d{4}|\d{2})(?!\d)")


def _midnight(moment: Moment) -> bool:
    """Whether a time is most likely a day to which a machine added zeros."""
    return (moment.local.hour, moment.local.minute, moment.local.second) == (0, 0, 0) or (
        (moment.at.hour, moment.at.minute, moment.at.second) == (0, 0, 0)
    )


def _statements(url: str, metadata: Metadata) -> Iterator[Statement]:
    """Statements from the most to the least trusted."""
    thing = metadata.article
    if thing is not None:
        if thing.modified:
            yield Statement(text=thing.modified, origin=Origin.JSON_LD, change=True)
        if thing.published:
            yield Statement(text=thing.published, origin=Origin.JSON_LD, change=False)
    for name in _MODIFIED:
        for value in metadata.meta.get(name, ())[:1]:
            yield Statement(text=value, origin=Origin.META, change=True)
    for name in _PUBLISHED:
        for value in metadata.meta.get(name, ())[:1]:
            yield Statement(text=value, origin=Origin.META, change=False)
    for name, values in metadata.meta.items():
        if name not in _PUBLISHED and _PUBLISHED_NAME.search(name):
            yield Statement(text=values[0], origin=Origin.META, change=False)
    if thing is None or not thing.published:
        for other in metadata.things:
            if other.published and other.role == "" and "webpage" in other.types:
                yield Statement(text=other.published, origin=Origin.JSON_LD, change=False)
    yield from _marked(metadata)
    for other in metadata.things:
        if other.published and other is not thing and other.role in ("", "mainentity", "mainentityofpage"):
            yield Statement(text=other.published, origin=Origin.JSON_LD, change=False)
    if thing is not None and thing.created:
        yield Statement(text=thing.created, origin=Origin.JSON_LD, change=False)
    day = _url_day(url)
    if day:
        yield Statement(text=day, origin=Origin.URL, change=False)


def _marked(metadata: Metadata) -> Iterator[Statement]:
    """Dates in `<time>`, microdata and nodes named for dates; those beside the headline first."""
    heading = next((i for i, node in enumerate(metadata.marked()) if node.tag == "h1"), None)
    ranked: list[tuple[float, int, Statement]] = []
    for index, node in enumerate(metadata.marked()):
        attributes = node.attributes
        prop = (attributes.get("itemprop") or "").lower()
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        rank = _rank(node.tag or "", prop, names)
        if rank is None:
            continue
        statement = _stated(node, prop, names)
        if statement is None:
            continue
        elsewhere = _elsewhere(node, metadata.around_headings)
        if elsewhere is None:
            continue
        distance = abs(index - heading) if heading is not None else index
        rank += elsewhere + min(distance, 40) / 41 + (0.3 if heading is not None and index < heading else 0.0)
        ranked.append((rank, index, statement))
        if len(ranked) >= 30:
            break
    ranked.sort(key=lambda one: one[:2])
    for _, _, statement in ranked:
        yield statement


def _rank(tag: str, prop: str, names: str) -> float | None:
    """How far from certain a node is to hold the date; None: it is not about dates."""
    if prop.startswith(("datepublished", "datecreated")):
        return 0.0
    if prop.startswith(("datemodified", "dateupdated")):
        return 0.0
    if tag == "time":
        return 1.0
    if prop or not names.strip():
        return None
    return 2.0 if _DATE_CLASS.search(names) else None


def _stated(node: LexborNode, prop: str, names: str) -> Statement | None:
    attributes = node.attributes
    value = attributes.get("datetime") or attributes.get("content") or ""
    if not value and node.tag == "abbr":
        value = attributes.get("title") or ""  # hAtom: microformats.org/wiki/datetime-design-pattern
    shown = ""
    if not (value and _HAS_DATE.search(value)):
        shown = short_text(node, 200)
        value = shown
        if not _HAS_DATE.search(shown) or _of_something_else(shown):
            return None
    around = f"{names} {prop}"
    change = bool(_CHANGE_CLASS.search(around)) and not PUBLISH_WORD.search(around)
    if not change:
        before = shown or _text_before(node)
        speaks_of_change = CHANGE_WORD.search(before)
        speaks_of_birth = PUBLISH_WORD.search(before)
        if (
            speaks_of_change
            and shown
            and speaks_of_birth
            and speaks_of_birth.start() > speaks_of_change.start()
        ):
            value = shown[speaks_of_birth.start() :]
        elif speaks_of_change and shown and _HAS_DATE.search(shown[: speaks_of_change.start()]):
            value = shown[: speaks_of_change.start()]
        elif speaks_of_change and not (speaks_of_birth and prop):
            change = "publish" not in prop
    return Statement(text=value, origin=Origin.DOM, change=change)


def _text_before(node: LexborNode) -> str:
    """The words right before a node: `Updated: ` of `Updated: <time>`."""
    before = node.prev
    for _ in range(3):
        if before is None:
            break
        text = (before.text(deep=True) or "").strip() if before.tag != "-comment" else ""
        if text:
            return text[-40:] if before.tag == "-text" or len(text) < 40 else ""
        before = before.prev
    return ""


OTHER_ARTICLE: Final = 1.5
"""What counts against a date in an `<article>` that the headline does not stand in: a teaser's, as a rule."""


def _elsewhere(node: LexborNode, around_headings: frozenset[int]) -> float | None:
    """What speaks against a node's place: None in a comment, a teaser or a menu."""
    listed = 0.0
    parent: LexborNode | None = node
    for _ in range(12):
        if parent is None or parent.tag in ("body", "html", "main"):
            break
        if parent.tag == "nav":
            return None
        if parent.tag in ("footer", "aside"):
            listed = max(listed, 0.6)
        if parent.tag == "article" and around_headings and parent.mem_id not in around_headings:
            listed = max(listed, OTHER_ARTICLE)
        attributes = parent.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if _ELSEWHERE.search(names):
            return listed if parent.mem_id in around_headings else None
        if not listed and (parent.tag == "li" or _LISTED.search(names)):
            listed = 0.4
        parent = parent.parent
    return listed


def _url_day(url: str) -> str | None:
    try:
        match = _URL_DAY.search(urlsplit(url).path)
    except ValueError:
        return None
    if match is None:
        return None
    if match.group("y"):
        return f"{match.group('y')}-{match.group('m')}-{match.group('d')}"
    year, month, day = (group for group in match.groups() if group is not None)
    return f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month} {year}"


def _near(
    metadata: Metadata, nearby: tuple[Snippet, ...], reader: Reader, latest: datetime, *, loosely: bool
) -> Dated | None:
    """The first date in the short texts around the headline that is not said to be of a change."""
    for snippet in nearby:
        text = snippet.text
        if len(text) > MAX_SHOWN_CHARS or not _DIGIT.search(text):
            continue
        around = text if len(text) > 20 or reader.read(text, loosely=loosely) else joined(snippet, 60)
        if _of_something_else(around) or _of_a_change(around, text if around != text else "", snippet):
            continue
        if _called_a_change(snippet.node):
            continue
        moment = reader.read(around, loosely=loosely)
        if moment is None or moment.at > latest or in_other_matter(snippet.node, metadata.around_headings):
            continue
        return Dated(moment=moment, origin=Origin.TEXT)
    return None


def _of_a_change(around: str, text: str, snippet: Snippet) -> bool:
    """Whether the words before a date speak of a change and not of the publication."""
    whole = around if text else joined(snippet, 60)
    at = whole.find(text or around)
    before = whole[: at + len(text or around)] if at >= 0 else whole
    return bool(CHANGE_WORD.search(before)) and not PUBLISH_WORD.search(before)


def _called_a_change(node: LexborNode) -> bool:
    """Whether a text stands in a node that is named for changes and not for publication."""
    parent = node.parent
    for _ in range(2):
        if parent is None:
            return False
        attributes = parent.attributes
        names = " ".join(attributes.get(key) or "" for key in ("class", "id", "itemprop"))
        if _CHANGE_CLASS.search(names):
            return not (PUBLISH_WORD.search(names) or "entry-date" in names)
        parent = parent.parent
    return False


def _of_something_else(text: str) -> bool:
    """Whether a date is the clock of the page, a citation's or a copyright notice's."""
    return bool(_CLOCK.search(text))


def _beside(texts: Sequence[str], reader: Reader, latest: datetime) -> Dated | None:
    """The date of a line below or above the body that is little but a date, or says that something was published."""
    for text in texts:
        if len(text) > MAX_SHOWN_CHARS or not _DIGIT.search(text) or _of_something_else(text):
            continue
        said = PUBLISH_WORD.search(text)
        start = said.start() if said else 0
        change = CHANGE_WORD.search(text, start)
        line = text[start : change.start()] if change else text[start:]
        bare = len(_LETTERS.sub("", text)) <= MAX_LETTERS_BESIDE and _YEAR.search(text)
        if not said and (change or not bare):
            continue
        moment = parse_moment(line, reader.timezone, month_first=reader.month_first)
        if moment is not None and moment.at <= latest:
            return Dated(moment=moment, origin=Origin.TEXT)
    return None


def _changes(texts: Sequence[str], reader: Reader, latest: datetime) -> list[Dated]:
    """The dates of lines beside the body that are a date and the words that it is of the last change."""
    found: list[Dated] = []
    for text in texts:
        said = CHANGE_WORD.search(text) if signs(text) else None
        moment = reader.read(text[said.start() :], loosely=False) if said else None
        if moment is not None and moment.at <= latest:
            found.append(Dated(moment=moment, origin=Origin.TEXT))
    return found


MAX_SHOWN_CHARS: Final = 100
MAX_LETTERS_BESIDE: Final = 30
"""A line beside the body with more letters than this is no date."""
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DIGIT: Final = re.compile(r"\d")
_LETTERS: Final = re.compile(r"[\W\d_]+")
_CLOCK: Final = re.compile(
    r"aktuelle\s+zeit|current\s+time|it\s+is\s+currently|heute\s+ist|today\s+is|hora\s+actual|heure\s+actuelle"
    r"|©|\(c\)|copyright|\bdoi\b|\bvol\.\s*\d|\bissue\s+\d|\bpp\.\s*\d|\bisbn\b|\bborn\b|\bgeboren\b",
    re.IGNORECASE,
)
