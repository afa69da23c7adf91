"""What a page is: an article, a live blog, or one of the many things that are neither."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from articles.blocks import Blocks
from articles.body import Body
from articles.decode import wide_charset
from articles.fitted import kind_model
from articles.labels import label
from articles.lexicon import Says
from articles.metadata import Metadata
from articles.model import Capture, Form, Kind, Reason
from articles.page import text_of
from articles.text import word_count

MAX_BYTES: Final = 10_000_000

_MARKUP: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|div|p|article|meta|title|table|span|h1|a|script|section|main)\b",
    re.I,
)
# A comment or instruction ends at its first end: a pattern that may also read on can take several in 2 ** n ways.
_PROLOGUE: Final = rb"\s*(?:<\?(?:[^?]|\?(?!>))*\?>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*"
_FEED: Final = re.compile(_PROLOGUE + rb"<(?:rss|feed|rdf:rdf)\b", re.I)
_SITEMAP: Final = re.compile(_PROLOGUE + rb"<(?:urlset|sitemapindex)\b", re.I)
# The "binary data bytes" of MIME sniffing, but for NUL, which real pages hold.
_BINARY: Final = bytes([*range(1, 9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_SNIFFED: Final = 16_384
"""Bytes looked at in each of four places: the beginning, the end and two between."""
_MAX_BINARY: Final = 0.04
"""Of random bytes one in ten is binary."""
_TEXTUAL: Final = ("html", "xml", "text/plain")


def not_a_page(capture: Capture) -> tuple[Reason, str] | None:
    """Why a capture cannot hold an article, as far as it shows without parsing."""
    status = capture.status
    if capture.unchanged or status == 304:
        return Reason.EMPTY, "unchanged since an earlier capture, no body here"
    if capture.problem is not None and status < 300:
        return capture.problem.reason, capture.problem.detail
    if status in (403, 429, 503) and capture.header("cf-mitigated") == "challenge":
        return Reason.CHALLENGE, f"HTTP {status}, a bot wall"
    if 300 <= status < 400:
        return Reason.REDIRECT, f"HTTP {status} to {capture.header('location') or 'nowhere'}"
    if status >= 400 or not 200 <= status < 300:
        return Reason.STATUS, f"HTTP {status}"
    body = capture.body
    path = capture.url.split("?", 1)[0].split("#", 1)[0]
    if path.endswith("/robots.txt"):
        return Reason.ROBOTS_TXT, "robots.txt"
    if not body.strip(b" \t\r\n\0"):
        return Reason.EMPTY, f"{len(body)} bytes, none of them text"
    if len(body) > MAX_BYTES:
        return Reason.TOO_LARGE, f"{len(body)} bytes"
    head = body[:4096]
    if _FEED.match(head):
        return Reason.FEED, "an RSS or Atom document"
    if _SITEMAP.match(head):
        return Reason.SITEMAP, "a sitemap"
    kind = (capture.header("content-type") or "").split(";", 1)[0].strip().lower()
    if kind and not any(name in kind for name in _TEXTUAL):
        return Reason.NOT_HTML, kind
    if head.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"{", b"[")
    ):
        return Reason.NOT_HTML, f"begins with {head[:4]!r}"
    wide = head.replace(b"\0", b"")
    if not _MARKUP.search(wide) and not _MARKUP.search(body[:200_000].replace(b"\0", b"")):
        return Reason.NOT_HTML, "no markup"
    if (share := _binary_share(body)) > _MAX_BINARY:
        return Reason.NOT_HTML, f"{share:.0%} of its bytes stand in no text"
    if capture.truncated:
        return Reason.TRUNCATED, f"cut short by {capture.truncated}"
    return None


def _binary_share(body: bytes) -> float:
    """The share of bytes that stand in no text of any charset; UTF-16 and UTF-32 are made of such bytes.

    A page may turn binary after its head, so long ones are looked at in four places.
    """
    if wide_charset(body[:_SNIFFED]):
        return 0.0
    size, looked = len(body), body
    if size > 4 * _SNIFFED:
        looked = b"".join(body[at : at + _SNIFFED] for at in (0, size // 3, size * 2 // 3, size - _SNIFFED))
    return 1 - len(looked.translate(None, _BINARY)) / max(len(looked), 1)


# --- What a parsed page is ------------------------------------------------------------------------

MIN_WORDS: Final = 25
"""A text below this is no article, whatever the page says of itself."""

_NOT_FOUND: Final = re.compile(
    r"\b404\b|not found|page (?:does not|doesn.t) exist|no longer (?:available|exists)|nicht gefunden|no encontrad|"
    r"p[aá]gina no existe|n[aã]o encontrad|introuvable|non trovat|niet gevonden|nie znaleziono|hittades inte",
    re.IGNORECASE,
)
_CHALLENGE: Final = re.compile(
    r"verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser|enable javascript and cookies|"
    r"are you a robot|unusual traffic|security check|attention required|just a moment|captcha|access denied|"
    r"ddos protection",
    re.IGNORECASE,
)
_CONSENT: Final = re.compile(
    r"cookie|consent|gdpr|privacy|datenschutz|privacidad|confidentialit", re.IGNORECASE
)

_ARTICLE_TYPES: Final = frozenset(
    [
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "backgroundnewsarticle",
        "liveblogposting",
        "report",
        "scholarlyarticle",
        "recipe",
        "review",
        "advertisercontentarticle",
    ]
)
_OTHER_TYPES: Final = frozenset(
    [
        "product",
        "collectionpage",
        "itemlist",
        "searchresultspage",
        "profilepage",
        "aboutpage",
        "contactpage",
        "discussionforumposting",
        "qapage",
        "techarticle",
        "softwareapplication",
        "service",
        "offer",
        "aggregateoffer",
        "event",
        "course",
        "jobposting",
        "store",
        "localbusiness",
        "apireference",
        "checkoutpage",
        "faqpage",
        "webapplication",
    ]
)
_PLACES: Final = re.compile(
    r"(?P<article>blog|news|articles?|story|stories|posts?|magazine|opinion|politics|sports?|\d{4}/\d{1,2})"
    r"|(?P<shop>products?|shop|store|buy|pricing|cart|item|collections?|dp)"
    r"|(?P<talk>forums?|threads?|topics?|questions?|t|discussions?|community|viewtopic|showthread|comments|issues)"
    r"|(?P<manual>docs?|documentation|manual|reference|api|wiki|help|support|kb|tutorials?|guides?|man|library)"
    r"|(?P<list>tags?|categor(?:y|ies)|author|archives?|search|section|topics|page|list|directory|best)"
    r"|(?P<firm>about|contact|services?|solutions?|features?|careers?|team|company|locations?|practice-areas)"
)
_PLACE_NAMES: Final = ("article", "shop", "talk", "manual", "list", "firm")


def _by_beginning(*pairs: tuple[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((beginning, re.compile(pattern)) for beginning, pattern in pairs)


_PRICE_BEFORE: Final = re.compile(r"[$€£]\s?\d")
_PRICE: Final = re.compile(r"[$€£]\s?\d|\d\s?(?:€|EUR|USD)\b")
# These three search lower-case text: several times as fast as patterns that ignore case.
# These three search lower-case text. Each pattern is asked only where what it begins with stands: finding a string is
# many times as fast as finding a pattern.
_CART: Final = _by_beginning(
    ("add to ", r"add to (?:cart|bag|basket)"), ("in den warenkorb", "in den warenkorb"),
    ("adir al carrito", r"(?<=a[ñn])adir al carrito"), ("buy now", "buy now"), ("in stock", "in stock"),
    ("out of stock", "out of stock"), ("free shipping", "free shipping"),
)  # fmt: skip
_TALK: Final = _by_beginning(
    ("repl", r"\brepl(?:y|ies)\b"), ("post", r"\bposts?:"), ("joined", r"\bjoined\b"), ("thread", r"\bthread\b"),
    ("quote", r"\bquote\b"), ("upvote", r"\bupvote"), ("answer", r"\banswers?\b"), ("member", r"\bmember\b"),
)  # fmt: skip
_CONTACT: Final = _by_beginning(
    ("contact us", "contact us"), ("get ", r"get (?:a|your) (?:free )?quote"), ("schedule", "schedule"),
    ("call ", r"call (?:us )?(?:now|today)"), ("book ", r"book (?:now|an)"), ("request", "request"),
    ("free consultation", "free consultation"),
)  # fmt: skip

KIND_COLUMNS: Final = (
    "words", "blocks_kept", "words_a_block", "page_words", "page_blocks", "body_share", "link_share",
    "prose_left", "confidence", "chance_mean", "chance_max", "before_words", "before_blocks", "headings_kept",
    "items_kept", "headings_page", "items_page", "lore", "type_article", "type_other", "type_news", "og_article",
    "og_other", "has_published", "has_author", "has_modified", "metas", "title_words", "h1s", "path_depth",
    "slug_words", "slug_digits", "url_digits", "is_root", "has_query", "prices", "carts", "talk", "contacts",
    "images", "inputs", "article_elements", "gaps", "longest", "span", "exclaims", "reader_words", "house_words",
    *(f"path_{name}" for name in _PLACE_NAMES), *(f"type_{name}" for name in ("product", "faqpage", "techarticle",
    "collectionpage", "itemlist", "organization", "person", "discussionforumposting", "breadcrumblist", "service")),
)  # fmt: skip
"""What the page-kind classifier looks at."""


def kind_row(metadata: Metadata, blocks: Blocks, body: Body, url: str) -> NDArray[np.float32]:
    """The numbers that the page-kind classifier judges a page by, in the order of KIND_COLUMNS."""
    c, e = body.context, blocks.elements
    taken = np.flatnonzero(body.taken)
    kept_words = c.words[taken]
    words, page_words = float(kept_words.sum()), float(c.words.sum())
    first = int(taken[0]) if len(taken) else 0
    tags = [e.tag[at] for at in blocks.element]
    tag_counts = Counter(tags)
    kept_tags = [tags[i] for i in taken]
    types = metadata.types | (metadata.article.types if metadata.article else frozenset())
    og = (metadata.first("og:type") or "").lower()
    try:
        split = urlsplit(url)
        path, query = split.path.lower(), split.query
    except ValueError:
        path, query = "", ""
    steps = [step for step in path.split("/") if step]
    slug = steps[-1] if steps else ""
    places = {match.lastgroup for step in steps[:-1] for match in [_PLACES.fullmatch(step)] if match}
    whole = "\n".join(blocks.text[:1500])[:60_000].lower()
    text = "\n".join(blocks.text[i] for i in taken[:300])[:40_000]
    per = 1000.0 / max(words, 200.0)
    thing = metadata.article
    values = (
        words, len(taken), words / max(len(taken), 1), page_words, len(blocks), words / max(page_words, 1.0),
        float(c.linked_words.sum()) / max(page_words, 1.0), float(c.prose.sum()) - float(c.prose[taken].sum()),
        body.confidence, float(body.chance[taken].mean()) if len(taken) else 0.0,
        float(body.chance.max()) if len(blocks) else 0.0, float(c.words[:first].sum()), first,
        sum(t in _HEADS for t in kept_tags), kept_tags.count("li"), sum(tag_counts[t] for t in _HEADS),
        tag_counts["li"], float(c.lore_sum[taken].mean()) if len(taken) else 0.0,
        bool(types & _ARTICLE_TYPES), bool(types & _OTHER_TYPES), "newsarticle" in types, og == "article",
        bool(og) and og not in ("article", "website"),
        bool((thing and thing.published) or metadata.first("article:published_time", "date", "dc.date", "pubdate")),
        bool((thing and thing.authors) or metadata.first("author", "article:author")),
        bool(metadata.first("article:modified_time", "og:updated_time")), len(metadata.meta),
        len((metadata.title or "").split()), len(metadata.headings), len(steps), len(re.split(r"[-_]", slug)),
        sum(ch.isdigit() for ch in slug), sum(ch.isdigit() for ch in path), not steps, bool(query),
        _prices(text) * per, _count(_CART, whole), _count(_TALK, whole) * per,
        _count(_CONTACT, whole), (e.images[0] if e.images else 0), (e.inputs[0] if e.inputs else 0),
        e.tag.count("article"), int((np.diff(taken) > 1).sum()) if len(taken) > 1 else 0,
        float(kept_words.max()) if len(taken) else 0.0,
        float(taken[-1] - taken[0] + 1 - len(taken)) if len(taken) else 0.0,
        text.count("!") * per, int(((c.meanings[taken] & Says.READER) > 0).sum()) / max(len(taken), 1),
        int(((c.meanings[taken] & Says.HOUSE) > 0).sum()) / max(len(taken), 1),
        *(name in places for name in _PLACE_NAMES),
        *(name in types for name in ("product", "faqpage", "techarticle", "collectionpage", "itemlist", "organization",
          "person", "discussionforumposting", "breadcrumblist", "service")),
    )  # fmt: skip
    return np.array(values, np.float32)


def _prices(text: str) -> int:
    """How many prices a text names; the slow half of the pattern is left out where no currency can follow a number."""
    after = "€" in text or "EUR" in text or "USD" in text
    return len((_PRICE if after else _PRICE_BEFORE).findall(text))


def _count(patterns: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> int:
    """How often any of some patterns matches a text."""
    found = 0
    for beginning, pattern in patterns:
        at = text.find(beginning)
        while at >= 0:
            if pattern.match(text, at):
                found += 1
            at = text.find(beginning, at + 1)
    return found


_HEADS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def page_kind(
    metadata: Metadata, blocks: Blocks, body: Body, paragraphs: tuple[str, ...], capture: Capture
) -> tuple[Form, float] | tuple[Reason, str]:
    """The form of the article that a page is, and how sure that is; or why it is none."""
    words = sum(word_count(p) for p in paragraphs)
    head = " ".join([metadata.title or "", *(text_of(node)[:200] for node in metadata.headings[:2])])
    page_words = _page_words(blocks) if words < 120 else 250
    small = page_words < 250
    if small:
        whole = " ".join(blocks.text)[:4_000]
        if _CHALLENGE.search(head) or (page_words < 120 and _CHALLENGE.search(whole)):
            return Reason.CHALLENGE, f"reads like a bot wall: {_found(_CHALLENGE, head + ' ' + whole)}"
    if words < 250 and _NOT_FOUND.search(head):
        return Reason.SOFT_404, f"HTTP {capture.status}, but headed {_found(_NOT_FOUND, head)}"
    if small and _asks_consent(blocks, page_words) and not _is_article(metadata):
        return Reason.CONSENT, "little text, and most of it on cookies and consent"
    stated = _is_article(metadata)
    if words < MIN_WORDS:
        return _without_text(metadata, blocks, body, words)
    if _is_live(metadata, blocks):
        return Form.LIVE_BLOG, 1.0
    chance = float(kind_model().chances(kind_row(metadata, blocks, body, capture.url)[None, :])[0])
    least = LONG_CUT if words >= LONG_TEXT else ARTICLE_CUT
    if chance < (least / 2 if stated else least):
        reason = _which(metadata, blocks, body, capture.url)
        told = f"{words} of {_page_words(blocks)} words are running text"
        return reason, f"reads like no article ({chance:.2f}): {told}"
    stories = _stories(blocks, body, capture.url)
    if stories >= STORIES and not stated:
        return Reason.LISTING, f"{stories} headings, each with text and a second link to a story of its own"
    if capture.found is not None and capture.found.listing and chance < LISTING_CUT:
        return (
            Reason.LISTING,
            f"the crawl takes links from it, and it reads little like an article ({chance:.2f})",
        )
    return Form.ARTICLE, chance


STORIES: Final = 3
"""Teasers in the text from which a page is a list of them."""


def _stories(blocks: Blocks, body: Body, url: str) -> int:
    """Teasers in the text: headings that are a link, and the same link once more as `Read more` before the next one.

    Links to other sites lead to what an article is about.
    """
    home = urlsplit(url).netloc
    found, leads_to = 0, ""
    for i, tag in enumerate(blocks.elements.tag[at] for at in blocks.element):
        if tag in _HEADS:
            linked = body.taken[i] and blocks.link_chars[i] >= 0.9 * len(blocks.text[i])
            href = blocks.href[i] if linked else ""
            leads_to = href if "//" not in href or home in href else ""
        elif leads_to and blocks.href[i] == leads_to:
            told = label(blocks.text[i], body.context.tokens(i), linked=True, heading=False)
            found += told is not None and told[0] is Kind.NAVIGATION
            leads_to = ""
    return found


def _page_words(blocks: Blocks) -> int:
    return sum(word_count(text) for text in blocks.text[:200])


def _asks_consent(blocks: Blocks, page_words: int) -> bool:
    """Whether the page is about consent: nearly every page has a bar that asks for it."""
    asking = [text for text in blocks.text if _CONSENT.search(text)]
    words = sum(word_count(text) for text in asking)
    return 2 * words >= page_words and len(_CONSENT.findall(" ".join(asking))) >= 3


ARTICLE_CUT: Final = 0.3
"""Chance of being an article below which a page is rejected; a low one above it lowers the article's confidence.

Half as much suffices where the page states to be an article.
"""
LONG_CUT: Final = 0.15
"""The same for a page of LONG_TEXT words or more.

To lose an article costs readers more than another text that is marked by its confidence. Judged by models that had not
seen their sites, 18 of the corpus's 1,837 article pages are rejected so; with one cut of 0.3 it was 34
(`docs/model-card.md`). The front pages of sections and tags, and contacts, are short.
"""
LONG_TEXT: Final = 200
LISTING_CUT: Final = 0.5
"""The same for a page that the crawl polls for links."""


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return repr(match.group()) if match else "''"


def _is_article(metadata: Metadata) -> bool:
    thing = metadata.article
    return bool(thing and thing.types & _ARTICLE_TYPES and (thing.headline or thing.published))


def _without_text(metadata: Metadata, blocks: Blocks, body: Body, words: int) -> tuple[Reason, str]:
    detail = f"{words} words of text in {len(blocks)} blocks"
    if not len(blocks):
        return Reason.SHORT, "no text at all"
    types = metadata.types
    if (metadata.first("og:type") or "").startswith("video") or types & {
        "videoobject",
        "imagegallery",
        "mediagallery",
    }:
        return Reason.MEDIA, detail
    if blocks.elements.embeds[0] and words < 15 and not _is_article(metadata):
        return Reason.MEDIA, detail + ", and a player"
    c = body.context
    links = float(c.linked_words.sum()) / max(float(c.words.sum()), 1.0)
    if (links > 0.5 and len(blocks) > 30 and not _is_article(metadata)) or blocks.elements.tag.count(
        "article"
    ) > 4:
        return Reason.LISTING, detail + f", {links:.0%} of all words are links"
    return Reason.SHORT, detail


def _which(metadata: Metadata, blocks: Blocks, body: Body, url: str) -> Reason:
    """Which kind of page one is that is no article."""
    types = metadata.types
    c = body.context
    links = float(c.linked_words.sum()) / max(float(c.words.sum()), 1.0)
    if types & {"collectionpage", "itemlist", "searchresultspage"} or links > 0.4:
        return Reason.LISTING
    if blocks.elements.tag.count("article") > 4 or not urlsplit(url).path.strip("/"):
        return Reason.LISTING
    return Reason.OTHER_PAGE


def _is_live(metadata: Metadata, blocks: Blocks) -> bool:
    thing = metadata.article
    if thing is not None and "liveblogposting" in thing.types:
        return True
    if "liveblogposting" in metadata.types:
        return True
    keys = "\n".join(blocks.elements.key).lower()
    return keys.count("live") >= 3 and len(_LIVE_ENTRY.findall(keys)) >= 3


_LIVE_ENTRY: Final = re.compile(
    r"\blive-?(?:blog-?)?(?:post|entry|update|item)\b|\bliveblog-?(?:post|entry|item)\b|liveblogupdate"
)
