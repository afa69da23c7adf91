"""The frozen types that every room speaks: site, capture, article, rejection and what was removed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

EXTRACTOR = "10"
"""Version of the reader. Raise it whenever the same capture would give a different article."""


# --- Site -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """How many new articles a site brings on a normal day."""

    min: int = 0
    max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """How a site wants to be, and may be, fetched."""

    delay_seconds: float = 1.0
    timeout_seconds: float = 30.0
    max_bytes: int = 10_000_000
    max_pages: int = 2_000
    """Articles fetched in one run at most."""
    allow_private_hosts: tuple[str, ...] = ()
    """`host` or `host:port` on a private network that this site alone may reach."""
    render: bool = False
    """Its pages are made by scripts: each is run in a browser (the extra `render`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One newspaper, as its seed file describes it."""

    name: str
    home: str
    language: str | None = None
    country: str | None = None
    timezone: str | None = None
    """IANA zone of dates that name none; None: that of its country, where one is known (`zones.clock_of`)."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    """Addresses of what was published on a day, month or year: `https://paper.example/{yyyy}/{mm}/{dd}/`."""
    allow: tuple[str, ...] = ()
    """Regular expressions; with any, an article URL must match one of them."""
    deny: tuple[str, ...] = ()
    """Regular expressions; an article URL must match none of them."""
    every_seconds: int = 1800
    """Floor of the poll interval (`every = "30m"` in the file)."""
    schedule: str | None = None
    """Cron expression in the site's zone, in place of `every`."""
    expect: Expect | None = None
    fetch: Fetch = field(default_factory=Fetch)


SITE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


# --- Capture --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Where a capture lies, so that it can be read again on its own."""

    segment: str
    """Key of the segment in the object store."""
    offset: int
    """Bytes from the start of the segment to the record."""
    length: int
    """Bytes of the compressed record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How the crawl came to know of a URL: evidence, never needed to read the page."""

    via: str
    """URL of the feed, sitemap or page that named it."""
    found_at: datetime
    title: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    listing: bool = False
    """The crawl looked at it for the articles it names: a home or section page, a feed, a sitemap."""
    part_of: str | None = None
    """Address of the first page of the article that this is a further page of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an origin's robots.txt and tdmrep.json said of a URL when it was fetched: evidence, as `Found` is."""

    disallowed: tuple[str, ...] = ()
    """AI agents that robots.txt keeps from the URL: `GPTBot`."""
    signals: tuple[str, ...] = ()
    """Content-Signal and Content-Usage lines of robots.txt: `ai-train=no`."""
    licenses: tuple[str, ...] = ()
    """License lines of robots.txt (Really Simple Licensing)."""
    tdm_reserved: bool | None = None
    """What tdmrep.json says; None: nothing."""
    tdm_policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a capture's body could not be had from its record: the body is empty, and reading answers with this."""

    reason: Reason
    """TOO_LARGE, TRUNCATED or UNREADABLE."""
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One response as read back from a segment."""

    url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    """As received, in order, repeated names kept."""
    body: bytes = field(repr=False)
    """Content codings undone, charset undecided."""
    site: str | None = None
    """Name of the site it was fetched for, where the segment says."""
    found: Found | None = None
    terms: Terms | None = None
    """None: nobody looked (CC-NEWS, segments of before)."""
    pointer: Pointer | None = None
    truncated: str | None = None
    """Why the body is not whole (`length`, `time`, `disconnect`), as WARC-Truncated says; None: it is whole."""
    unchanged: bool = False
    """A 304 or a revisit: the body equals an earlier one and is not here."""
    problem: Problem | None = None
    """The record is damaged, its coding unknown, or its body larger than may be decoded; None: all is well."""

    def header(self, name: str) -> str | None:
        """First value of a header, its name in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


# --- Article --------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What a removed block was."""

    NEWSLETTER = "newsletter"
    SUBSCRIBE = "subscribe"
    FOLLOW = "follow"
    SHARE = "share"
    APP = "app"
    RELATED = "related"
    ADVERTISEMENT = "advertisement"
    CAPTION = "caption"
    CREDIT = "credit"
    BYLINE = "byline"
    PAYWALL = "paywall"
    CONSENT = "consent"
    COMMENT = "comment"
    REPEATED = "repeated"
    NAVIGATION = "navigation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A block that stood within or beside the body and is no part of it: the strip can be undone from these."""

    kind: Kind
    text: str
    place: int
    """Paragraphs of the body that stand before it: 0 is above the body, `len(paragraphs)` below it."""
    score: float
    """0 to 1: how sure the reader is that it is not body."""
    reason: str
    """What gave it away, for a person: `asks the reader to sign up; no other text beside it`."""
    path: str
    """Where it stood in the page: `article > div.newsletter > p`."""


class Origin(StrEnum):
    """Where in a capture a field was found."""

    JSON_LD = "json-ld"
    META = "meta"
    DOM = "dom"
    FEED = "feed"
    URL = "url"
    TEXT = "text"
    HTTP = "http"
    SITE = "site"
    ROBOTS_TXT = "robots.txt"
    TDMREP = "tdmrep.json"


class Precision(StrEnum):
    """How much of a moment its source states."""

    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class Zone(StrEnum):
    """Where the zone of a moment comes from."""

    STATED = "stated"
    """The source names an offset or a zone."""
    SITE = "site"
    """The seed's time zone was assumed."""
    COUNTRY = "country"
    """That of the country in the seed, the site's address or its language tag was assumed (`zones.zone_of`)."""
    UTC = "utc"
    """Nothing names one: taken as UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Which source a field of the article was taken from, and what stood there."""

    field: str
    """Name of the article's field: `title`, `published_at` ..."""
    origin: Origin
    raw: str
    """The string as it stood, at most 500 characters."""
    precision: Precision | None = None
    zone: Zone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The picture that stands for the article."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One entry of a live blog, in page order."""

    at: datetime | None
    title: str | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the publisher said of the article's uses when it was fetched: as stated, judged nowhere.

    Where each was said stands in the article's evidence under `rights`.
    """

    disallowed: tuple[str, ...] | None = None
    """AI agents that robots.txt kept from this URL (`GPTBot`); null: robots.txt was not at hand."""
    no_ai: bool = False
    """`noai` in X-Robots-Tag or a robots meta tag."""
    no_image_ai: bool = False
    tdm_reserved: bool | None = None
    """Text and data mining is reserved (TDMRep); null: nothing said."""
    tdm_policy: str | None = None
    """Address of the licence for text and data mining."""
    directives: tuple[str, ...] = ()
    """What X-Robots-Tag and meta tags restrict: `noarchive`, `nosnippet`, `ccbot: noindex`."""
    signals: tuple[str, ...] = ()
    """Content-Signal and Content-Usage: `ai-train=no`, `search=yes`."""
    licenses: tuple[str, ...] = ()
    """Addresses or names of licences, from links, JSON-LD, HTTP and robots.txt."""


class Form(StrEnum):
    """What kind of text the page holds."""

    ARTICLE = "article"
    LIVE_BLOG = "live_blog"


class Access(StrEnum):
    """Who may read the whole text."""

    FREE = "free"
    METERED = "metered"
    PAID = "paid"
    STUB = "stub"
    """Only the beginning is on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as one capture gave it."""

    article_id: str
    """From the canonical URL: the same for every revision."""
    revision_id: str
    """From the content: equal content has an equal revision, whenever and with whatever it was read."""
    site: str | None
    url: str
    """Canonical URL."""
    fetched_url: str
    fetched_at: datetime
    title: str
    paragraphs: tuple[str, ...]
    dek: str | None = None
    authors: tuple[str, ...] = ()
    """People, without `By`, titles or handles."""
    organisations: tuple[str, ...] = ()
    """Bylines that are no person: desks, newsrooms, institutions."""
    agencies: tuple[str, ...] = ()
    """News agencies credited: `AP`, `Reuters`, `dpa` ..."""
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    """BCP 47, lower case primary subtag: `en`, `pt-BR`."""
    section: str | None = None
    keywords: tuple[str, ...] = ()
    image: Image | None = None
    form: Form = Form.ARTICLE
    access: Access = Access.FREE
    next_page: str | None = None
    """URL of the next page of the same article."""
    posts: tuple[Post, ...] = ()
    removed: tuple[Removed, ...] = ()
    rights: Rights = field(default_factory=Rights)
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    """0 to 1: how sure the reader is that the body is right."""
    status: int = 200
    """Of the capture."""
    extractor: str = EXTRACTOR
    profile: str | None = None
    """Id of the site's profile that it was read with, which lies at `profiles/<site>/<id>.json.zst`."""
    pointer: Pointer | None = None

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)


# --- Rejection ------------------------------------------------------------------------------------


class Reason(StrEnum):
    """Why a capture gave no article: a closed list."""

    STATUS = "status"
    """The server answered with an error (403, 404, 410, 5xx ...)."""
    REDIRECT = "redirect"
    ROBOTS_TXT = "robots_txt"
    """The capture is a robots.txt."""
    FEED = "feed"
    """The capture is a feed."""
    SITEMAP = "sitemap"
    NOT_HTML = "not_html"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    """The bytes make no page: unknown coding, damaged record, broken beyond reading."""
    SHORT = "short"
    """An article page, but with too little text of its own."""
    LISTING = "listing"
    """A home, section, tag, author or search page."""
    MEDIA = "media"
    """A video, audio or gallery page with no article text."""
    SOFT_404 = "soft_404"
    CONSENT = "consent"
    CHALLENGE = "challenge"
    """A bot wall stands in place of the page."""
    PART = "part"
    """A further page of an article, whose text is in the article of the first page."""
    OTHER_PAGE = "other_page"
    """About, contact, shop, forum ...: a page, but no article."""
    DENIED = "denied"
    """The seed's allow and deny rules leave this URL out."""
    TAKEN_DOWN = "taken_down"
    """Removed from the archive for good by `pressrun takedown`: neither kept nor stored again."""
    NOINDEX = "noindex"
    """The page asks not to be indexed (`noindex` or `none` to all or to Pressrun), and is of a site we crawl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A capture that is no article, by name."""

    reason: Reason
    detail: str
    """The evidence, for a person: `HTTP 404`, `27 words of text`."""
    url: str
    fetched_at: datetime
    status: int
    site: str | None = None
    extractor: str = EXTRACTOR
    pointer: Pointer | None = None
    target: str | None = None
    """Where a redirect leads: canonical URL."""
    missing: str | None = None
    """Id of the article that the capture shows to be gone from its address; set when it is stored."""
