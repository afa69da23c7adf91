"""What a feed, a sitemap or a page names: bytes in, URLs with their evidence out. Pure, and never raises.

Feeds are RSS 0.9x, 1.0 and 2.0, Atom and JSON Feed; sitemaps plain, news, index and text ones, gzipped or
not. What a document is, its content says, not its address: a sitemap named as a feed is read as a sitemap. A
broken one gives its good entries: it is repaired where that is certain (stray ampersands, HTML entities,
control characters), and where it still does not parse, each entry is read on its own. Document types, and
with them entities and external references, are cut out before the parser sees them.
"""

from __future__ import annotations

import html
import html.entities
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from io import StringIO
from itertools import islice
from typing import cast

from lxml import etree
from selectolax.lexbor import LexborHTMLParser, LexborNode

from articles.decode import decode
from articles.model import Found
from articles.nesting import shallow
from articles.page import UnreadablePage, parse
from articles.urls import canonical_url
from spiders.links import ARTICLE_SCORE, article_score, is_section
from storage.codings import beginning
from storage.state.frontier.polled import Kind

MAX_FEED_ENTRIES = 5_000
MAX_SITEMAP_ENTRIES = 50_000
"""As the sitemap protocol allows."""
MAX_INDEX_ENTRIES = 5_000
MAX_LINKS = 5_000
"""Links of one page that are looked at."""
MAX_BYTES = 52_428_800
"""Of a document after gunzipping: 50 MiB, as the sitemap protocol allows."""
MAX_PAGE_BYTES = 5_000_000
"""Of a home or section page."""
MAX_BROKEN_CHARS = 5_000_000
"""Of a document that does not parse, how much is searched for entries."""
MAX_REPAIR_CHARS = 4_000_000
"""By how much escaping its stray ampersands may make a document longer: a million of them."""
MAX_ELEMENTS = 100_000
"""Of a feed or sitemap, beside its entries and within one of them: each costs a hundred bytes of memory."""
MAX_LINK_NODES, MAX_LINK_CHARS = 300, 3_000
"""Of what stands in one link, how much is looked at."""
MAX_TITLE_CHARS = 500
MAX_NAMED_FEEDS = 12
MAX_NAMED_SECTIONS = 40

_CHUNK_CHARS = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An article's URL, in canonical form, and what was said of it."""

    url: str
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPage:
    """A page that may name articles in its turn."""

    url: str
    kind: Kind
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """What one document named. `problem` says what was wrong with it, entries or not."""

    format: str
    """`rss`, `atom`, `json feed`, `sitemap`, `sitemap index`, `text sitemap`, `html`, `unknown`."""
    articles: tuple[Named, ...] = ()
    pages: tuple[NamedPage, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry as it stood, of whatever format."""

    tag: str
    link: str | None
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None


def read_listing(
    body: bytes, url: str, *, at: datetime, content_type: str | None = None, zone: tzinfo = UTC
) -> Discovered:
    """What a feed or sitemap names. `zone` is for dates that name none."""
    body, cut = _gunzipped(body)
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    problem = f"longer than {MAX_BYTES} bytes: only its beginning was read" if cut else None
    if start.startswith((b"{", b"[")):
        return _json_feed(body, url, at, zone, problem)
    if start.startswith((b"<!doctype html", b"<html")):
        return Discovered(format="html", problem="an HTML page stands where a feed or sitemap was expected")
    if start.startswith((b"http://", b"https://")):
        return _text_sitemap(body, url, at, problem)
    return _xml_listing(body, url, at, content_type, zone, problem)


def read_page(body: bytes, url: str, *, at: datetime, content_type: str | None = None) -> Discovered:
    """What a home or section page names: articles by their links, feeds it declares, sections of its menu."""
    try:
        tree = _tree(body, url, content_type)
    except UnreadablePage as error:
        return Discovered(format="html", problem=f"the page is not read: {error}")
    base = _base(tree, url)
    articles: dict[str, Named] = {}
    for number, node in enumerate(tree.css("a[href]")):
        if number >= MAX_LINKS:
            break
        target = canonical_url(node.attributes.get("href") or "", base)
        if target is None:
            continue
        text = _text_of(node)
        if article_score(target, text, headline=_in_headline(node)) < ARTICLE_SCORE:
            continue
        title = text if len(text.split()) >= 4 else None
        before = articles.get(target)
        if before is None or (title and not before.found.title):
            found = Found(via=url, found_at=at, title=_title(title))
            articles[target] = Named(url=target, found=found)
    return Discovered(
        format="html",
        articles=tuple(articles.values()),
        pages=(*_declared_feeds(tree, base), *_menu(tree, base, url)),
    )


def next_of_listing(body: bytes, url: str, content_type: str | None) -> str | None:
    """The next page of a page that lists articles, where it says which that is (`rel=next`)."""
    try:
        tree = _tree(body, url, content_type)
    except UnreadablePage:
        return None
    node = tree.css_first("link[rel~=next][href], a[rel~=next][href]")
    return canonical_url(node.attributes.get("href") or "", _base(tree, url)) if node is not None else None


# --- HTML -----------------------------------------------------------------------------------------

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_VAGUE_TYPES = ("application/json", "application/xml", "text/xml")
_CALLED_FEED = re.compile(r"\b(?:feed|rss|atom)\b|(?:feed|rss|atom)\.", re.IGNORECASE)
_MENU = "nav a[href], header a[href], [role=navigation] a[href], [class*=menu] a[href], [class*=nav] a[href]"


def _tree(body: bytes, url: str, content_type: str | None) -> LexborHTMLParser:
    """Raises UnreadablePage."""
    return parse(shallow(decode(body[:MAX_PAGE_BYTES], content_type)), url).tree


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return (canonical_url(node.attributes.get("href") or "", url) or url) if node is not None else url


def _text_of(link: LexborNode) -> str:
    """What a link says, up to a length: links may stand within links, each with all the text of the page."""
    pieces: list[str] = []
    left = MAX_LINK_CHARS
    for node in islice(link.traverse(include_text=True), MAX_LINK_NODES):
        if left > 0 and node.tag == "-text" and node.text_content:
            pieces.append(node.text_content[:left])
            left -= len(pieces[-1])
    return " ".join(" ".join(pieces).split())


def _in_headline(node: LexborNode) -> bool:
    if any(child.tag in ("h1", "h2", "h3", "h4") for child in node.iter()):
        return True
    parent = node.parent
    for _ in range(5):
        if parent is None:
            return False
        if parent.tag in ("h1", "h2", "h3", "h4", "article"):
            return True
        parent = parent.parent
    return False


def _declared_feeds(tree: LexborHTMLParser, base: str) -> Iterator[NamedPage]:
    seen: set[str] = set()
    for node in tree.css("link[href]"):
        attributes = node.attributes
        if "alternate" not in (attributes.get("rel") or "").lower().split():
            continue
        kind = (attributes.get("type") or "").partition(";")[0].strip().lower()
        target = canonical_url(attributes.get("href") or "", base)
        # other things have these types too: only what is called a feed is asked for
        called = kind in _VAGUE_TYPES and _CALLED_FEED.search(target or "") is not None
        if kind not in _FEED_TYPES and not called:
            continue
        words = f"{target} {attributes.get('title') or ''}".lower()
        if target is None or target in seen or "comment" in words or "oembed" in words:
            continue
        seen.add(target)
        if len(seen) > MAX_NAMED_FEEDS:
            return
        yield NamedPage(url=target, kind=Kind.FEED)


def _menu(tree: LexborHTMLParser, base: str, url: str) -> Iterator[NamedPage]:
    seen: set[str] = {canonical_url(url) or url}
    for node in tree.css(_MENU)[:MAX_LINKS]:
        target = canonical_url(node.attributes.get("href") or "", base)
        if target is None or target in seen or not is_section(target, url):
            continue
        seen.add(target)
        if len(seen) > MAX_NAMED_SECTIONS:
            return
        yield NamedPage(url=target, kind=Kind.SECTION)


# --- XML ------------------------------------------------------------------------------------------

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
# No pattern here looks for an end that may not come, again from each beginning: that takes time in the square
# of the length, and while a pattern is matched no other site is served.
_DECLARATION = re.compile(r"<\?xml\b")
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^>\[]*", re.IGNORECASE)
_SUBSET_END = re.compile(r"\]\s*>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_STRAY = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)")
_ENTITY = re.compile(r"&([a-zA-Z][a-zA-Z0-9]{1,31});")
_ENTITY_CHARS = 40
"""More than an entity has."""
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTRY = re.compile(
    r"<(?:[\w.-]+:)?(item|entry|url|sitemap)\b(?:\s[^<>]*)?>(.*?)"
    r"(?=</(?:[\w.-]+:)?\1\s*>|<(?:[\w.-]+:)?\1(?:\s[^<>]*)?>|\Z)",
    re.DOTALL,
)
_MOST = {
    "item": MAX_FEED_ENTRIES,
    "entry": MAX_FEED_ENTRIES,
    "url": MAX_SITEMAP_ENTRIES,
    "sitemap": MAX_INDEX_ENTRIES,
}
_ENTRY_TAGS = frozenset(_MOST)
_FORMATS = {
    "rss": "rss",
    "rdf": "rss",
    "channel": "rss",
    "feed": "atom",
    "urlset": "sitemap",
    "sitemapindex": "sitemap index",
}


def _xml_listing(
    body: bytes, url: str, at: datetime, content_type: str | None, zone: tzinfo, problem: str | None
) -> Discovered:
    text = _xml_text(body, content_type)
    if sys.getsizeof(text) > 2 * MAX_BYTES:  # one letter that is not in any alphabet makes four bytes of each
        text = text[: MAX_BYTES // 4]
        problem = problem or f"longer than {len(text)} characters: only its beginning was read"
    text, cut = _repaired(text)
    if cut:
        problem = (
            problem or f"more stray ampersands than {MAX_REPAIR_CHARS // 4}: only its beginning was read"
        )
    entries: list[_Entry] = []
    root, error = _parse(text, entries)
    if error is not None:
        seen = {(entry.tag, entry.link) for entry in entries}
        entries += [entry for entry in _piecewise(text, seen) if len(entries) < MAX_SITEMAP_ENTRIES]
        broken = f"broken XML ({error[:200]}): {len(entries)} entries could be read"
        if len(text) > MAX_BROKEN_CHARS:
            broken += f"; only the first {MAX_BROKEN_CHARS} of {len(text)} characters were searched for them"
        problem = f"{problem}; {broken}" if problem else broken
    format_ = _FORMATS.get(root or "", "unknown")
    if format_ == "unknown" and entries:
        format_ = {"item": "rss", "entry": "atom", "url": "sitemap", "sitemap": "sitemap index"}[
            entries[0].tag
        ]
    if format_ == "unknown":
        return Discovered(format="unknown", problem=problem or "neither a feed nor a sitemap")
    articles: dict[str, Named] = {}
    pages: dict[str, NamedPage] = {}
    most = MAX_FEED_ENTRIES if format_ in ("rss", "atom") else MAX_SITEMAP_ENTRIES
    for entry in entries[:most]:
        target = canonical_url(entry.link or "", url)
        if target is None:
            continue
        modified_at = _moment(entry.modified, zone)
        if entry.tag == "sitemap":
            if len(pages) < MAX_INDEX_ENTRIES:
                pages[target] = NamedPage(url=target, kind=Kind.SITEMAP, modified_at=modified_at)
            continue
        articles[target] = Named(
            url=target,
            found=Found(
                via=url,
                found_at=at,
                title=_title(entry.title),
                published_at=_moment(entry.published, zone),
                modified_at=modified_at,
                language=_language(entry.language),
            ),
        )
    return Discovered(
        format=format_, articles=tuple(articles.values()), pages=tuple(pages.values()), problem=problem
    )


def _xml_text(body: bytes, content_type: str | None) -> str:
    """Text of an XML document: byte order mark, then its declaration, then HTTP, then UTF-8."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace")
    if body[:4] in (b"<\0?\0", b"\0<\0?"):
        return body.decode("utf-16-le" if body[0] else "utf-16-be", "replace")
    declared = _DECLARED.search(body[:1024])
    charset = _CHARSET.search(content_type or "")
    names = [declared.group(1).decode("ascii") if declared else None, charset.group(1) if charset else None]
    for name in [*filter(None, names), "utf-8"]:
        try:
            return body.decode(name)
        except (LookupError, ValueError):  # UnicodeDecodeError is a ValueError
            continue
    text = body.decode("utf-8", "replace")
    # a text in Latin letters mislabelled as UTF-8 loses a few characters; as cp1252 it would lose none
    return body.decode("cp1252", "replace") if text.count("\ufffd") > len(text) // 200 else text


def _repaired(text: str) -> tuple[str, bool]:
    start = text.find("<")
    if start < 0:
        return "", False
    text = _without_declaration(text[start:])
    if "<!DOCTYPE" in text[:100_000].upper() or "<!ENTITY" in text:
        text = _without_doctypes(text)
    # in pieces, between which others have their turn: no other site is served while a pattern is matched
    pieces = (text[at : at + _CHUNK_CHARS] for at in range(0, len(text), _CHUNK_CHARS))
    repaired, cut = _with_ampersands("".join(_ILLEGAL.sub("", piece) for piece in pieces))
    return repaired.lstrip(), cut


def _without_declaration(text: str) -> str:
    begun = _DECLARATION.search(text)
    end = text.find("?>", begun.end()) if begun else -1
    return text if begun is None or end < 0 else text[: begun.start()] + text[end + 2 :]


def _without_doctypes(text: str) -> str:
    kept: list[str] = []
    at, closes = 0, True
    for match in _DOCTYPE.finditer(text):
        end = match.end()
        if match.start() < at:  # within another's declarations
            continue
        if text.startswith("[", end):
            subset = _SUBSET_END.search(text, end) if closes else None
            if subset is None:
                closes = False  # nor does any later one
                continue
            end = subset.end() - 1
        if text.startswith(">", end):
            kept.append(text[at : match.start()])
            at = end + 1
    return "".join((*kept, text[at:]))


def _with_ampersands(text: str) -> tuple[str, bool]:
    """The text with every ampersand escaped that begins no entity of XML's own, as it is within CDATA; and whether it
    was cut where the repairs made it too long."""
    kept, at = StringIO(), 0  # no list: pieces may be many and short
    most = len(text) + MAX_REPAIR_CHARS
    while (begin := text.find(_CDATA, at)) >= 0 and (end := text.find(_CDATA_END, begin + len(_CDATA))) >= 0:
        end += len(_CDATA_END)
        if _escape(text, at, begin, kept, most):
            return kept.getvalue(), True
        kept.write(text[begin:end])
        at = end
    cut = _escape(text, at, len(text), kept, most)
    return kept.getvalue(), cut


def _escape(text: str, at: int, until: int, kept: StringIO, most: int) -> bool:
    """Write a stretch piece by piece (a substitution holds an object for each of its matches until the end); True:
    what is written is longer than `most` by what comes after it, and the rest was left out."""
    while at < until:
        end = min(at + _CHUNK_CHARS, until)
        if end < until and (whole := text.rfind("&", end - _ENTITY_CHARS, end)) > at:
            end = whole
        piece = text[at:end]
        if "&" in piece:
            piece = _ENTITY.sub(_ampersand, _STRAY.sub("&amp;", piece))
        kept.write(piece)
        at = end
        if kept.tell() + len(text) - at > most:
            return True
    return False


def _ampersand(match: re.Match[str]) -> str:
    whole, name = match.group(), match.group(1)
    if name in _XML_ENTITIES:
        return whole
    known = html.entities.html5.get(f"{name};")
    return html.escape(known) if known else f"&amp;{name};"


def _parse(text: str, entries: list[_Entry]) -> tuple[str | None, str | None]:
    """Collect the entries of a document; its root and what was wrong with it."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: str | None = None
    language: str | None = None
    kept = ended = 0
    try:
        for start in range(0, len(text), _CHUNK_CHARS):
            parser.feed(text[start : start + _CHUNK_CHARS].encode("utf-8"))
            for event, value in parser.read_events():
                node = cast("etree._Element", value)
                tag = _local(node)
                if event == "start":
                    kept += 1
                    if kept > MAX_ELEMENTS:
                        return root, f"more than {MAX_ELEMENTS} elements that are no entries"
                    root = root or tag
                    if root == tag and language is None:
                        language = node.get("{http://www.w3.org/XML/1998/namespace}lang")
                elif tag == "language" and _local(node.getparent()) == "channel":
                    language = node.text
                elif tag in _ENTRY_TAGS:
                    kept -= _collect(node, tag, language, entries)
                    ended += 1
                    if ended >= _MOST[tag]:
                        return root, None
        parser.close()
    except etree.XMLSyntaxError as error:
        return root, str(error)
    except (ValueError, AssertionError) as error:  # lxml's own complaints about what recovery left
        return root, f"{type(error).__name__}: {error}"
    log = parser.feed_error_log
    serious = next((entry for entry in log if entry.level >= etree.ErrorLevels.ERROR), None)
    return root, f"line {serious.line}: {serious.message}" if serious is not None else None


def _collect(node: etree._Element, tag: str, language: str | None, entries: list[_Entry]) -> int:
    """Take an entry; how many elements are thrown away with it."""
    entry = _entry(node, tag, language)
    if entry.link:
        entries.append(entry)
    gone = sum(1 for _ in node.iterdescendants())
    node.clear()
    parent = node.getparent()
    if parent is not None:  # entries read are thrown away: memory stays flat however long the document is
        while (first := parent[0]) is not node and _local(first) == tag:
            del parent[0]
            gone += 1
    return gone


def _piecewise(text: str, seen: set[tuple[str, str | None]]) -> Iterator[_Entry]:
    """Entries cut out of a document that does not parse, each read on its own."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True)
    for number, match in enumerate(_ENTRY.finditer(text, 0, MAX_BROKEN_CHARS)):
        if number >= MAX_SITEMAP_ENTRIES:
            return
        try:
            node = etree.fromstring(f"<entry>{match.group(2)}</entry>".encode(), parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if node is None:
            continue
        entry = _entry(node, match.group(1), None)
        if entry.link and (entry.tag, entry.link) not in seen:
            seen.add((entry.tag, entry.link))
            yield entry


def _entry(node: etree._Element, tag: str, language: str | None) -> _Entry:
    fields: dict[str, str] = {}
    links: list[tuple[int, str]] = []
    for child in node:
        name = _local(child)
        if name in _ENTRY_TAGS:
            continue
        if name == "news":
            for grandchild in child.iter():
                _first(fields, f"news:{_local(grandchild)}", grandchild.text)
            continue
        if name == "link" and child.get("href"):
            rank = _link_rank(child)
            if rank is not None:
                links.append((rank, str(child.get("href"))))
            continue
        if name == "guid" and (child.get("isPermaLink") or "true").lower() == "false":
            continue
        if name == "title" and _prefix(child) in ("media", "itunes"):
            continue
        _first(fields, name, "".join(map(str, child.itertext())) if len(child) else child.text)
    first = min(links)[1] if links else None
    guid = fields.get("guid") or fields.get("id") or ""
    link = fields.get("origlink") or fields.get("link") or first or fields.get("loc")
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    return _Entry(
        tag=tag,
        link=link,
        title=fields.get("news:title") or fields.get("title"),
        published=fields.get("news:publication_date")
        or fields.get("pubdate")
        or fields.get("published")
        or fields.get("issued")
        or fields.get("date"),
        modified=fields.get("lastmod") or fields.get("updated") or fields.get("modified"),
        language=fields.get("news:language") or fields.get("language") or language,
    )


def _first(fields: dict[str, str], name: str, value: str | None) -> None:
    value = (value or "").strip()
    if value:
        fields.setdefault(name.lower(), value)


def _link_rank(node: etree._Element) -> int | None:
    """Atom links, best first: the page itself, in HTML. None: it leads elsewhere."""
    if (node.get("rel") or "alternate").lower() != "alternate":
        return None
    return 0 if (node.get("type") or "text/html").lower().startswith("text/html") else 1


def _local(node: etree._Element | None) -> str:
    tag: object = node.tag if node is not None else None
    if not isinstance(tag, str):  # a comment, an entity
        return ""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _prefix(node: etree._Element) -> str:
    if node.prefix:
        return str(node.prefix)
    return str(node.tag).rpartition(":")[0] if "}" not in str(node.tag) else ""


# --- JSON, text, gzip -------------------------------------------------------------------------------


def _json_feed(body: bytes, url: str, at: datetime, zone: tzinfo, problem: str | None) -> Discovered:
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        return Discovered(format="unknown", problem=f"broken JSON: {str(error)[:200]}")
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        return Discovered(format="unknown", problem="JSON without a list of items is no JSON Feed")
    language = document.get("language")
    articles: dict[str, Named] = {}
    for item in items[:MAX_FEED_ENTRIES]:
        if not isinstance(item, dict):
            continue
        said = {key: value for key, value in item.items() if isinstance(value, str)}
        link = said.get("url") or said.get("external_url") or said.get("id") or ""
        target = canonical_url(link, url if said.get("url") else None)
        if target is None:
            continue
        found = Found(
            via=url,
            found_at=at,
            title=_title(said.get("title")),
            published_at=_moment(said.get("date_published"), zone),
            modified_at=_moment(said.get("date_modified"), zone),
            language=_language(said.get("language") or (language if isinstance(language, str) else None)),
        )
        articles[target] = Named(url=target, found=found)
    return Discovered(format="json feed", articles=tuple(articles.values()), problem=problem)


def _text_sitemap(body: bytes, url: str, at: datetime, problem: str | None) -> Discovered:
    articles: dict[str, Named] = {}
    for line in body.decode("utf-8-sig", "replace").splitlines()[:MAX_SITEMAP_ENTRIES]:
        target = canonical_url(line.strip())
        if target is not None:
            articles[target] = Named(url=target, found=Found(via=url, found_at=at))
    return Discovered(format="text sitemap", articles=tuple(articles.values()), problem=problem)


def _gunzipped(body: bytes) -> tuple[bytes, bool]:
    """The document inside gzip, up to the cap (also of a file cut short), and whether it was cut."""
    for _ in range(2):  # a .gz sent with Content-Encoding: gzip may be packed twice
        if not body.startswith(b"\x1f\x8b"):
            break
        body = beginning(body, "gzip", MAX_BYTES + 1)  # all of its members
    return body[:MAX_BYTES], len(body) > MAX_BYTES


# --- Values ---------------------------------------------------------------------------------------

_TAG = re.compile(r"<[a-zA-Z/!][^>]{0,1000}>")
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?)?",
    re.IGNORECASE,
)


def _title(text: str | None) -> str | None:
    if not text:
        return None
    plain = html.unescape(_TAG.sub(" ", html.unescape(text[: 4 * MAX_TITLE_CHARS])))
    return " ".join(_ILLEGAL.sub("", plain).split())[:MAX_TITLE_CHARS] or None


def _language(text: str | None) -> str | None:
    text = (text or "").strip().replace("_", "-")
    return text if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", text) else None


def _moment(text: str | None, zone: tzinfo) -> datetime | None:
    """A moment in RFC 3339, ISO 8601 or RFC 822, as aware UTC; None: none of these, or not of our era."""
    text = (text or "").strip()[:80]
    if not text:
        return None
    match = _ISO.match(text)
    try:
        if match:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
            offset = (match.group(7) or "").upper().replace("Z", "+00:00")
            if re.fullmatch(r"[+-]\d\d", offset):
                offset += ":00"
            stated = datetime.strptime(offset, "%z").tzinfo if offset else zone
            moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=stated)
        else:
            parsed = parsedate_to_datetime(text)
            moment = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if 1990 <= moment.year <= 2100 else None
