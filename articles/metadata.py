"""What a page says about itself for machines: JSON-LD, meta tags, links and microdata.

Publishers' data is untrusted: of any type, of any depth, half broken. It is given its types here, at the
door, and nothing that comes out of this module raises later.

    {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "...", "author": [{"@id": "#p1"}],
     "datePublished": "2025-03-04T05:06:07+01:00", "publisher": {"@type": "Organization", "name": "..."}}
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from articles.page import Page

MAX_JSON_CHARS: Final = 2_000_000
"""JSON-LD beyond this, over all scripts of a page, is left unread."""
MAX_SCRIPTS: Final = 500
"""JSON-LD scripts looked at."""
MAX_THINGS: Final = 2_000
"""Objects looked at in one page's JSON-LD."""
MAX_VALUE_CHARS: Final = 5_000
"""A longer name, headline or description is no such thing; it is cut here."""

ARTICLE_TYPES: Final = frozenset(
    [
        "article",
        "newsarticle",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "backgroundnewsarticle",
        "reviewnewsarticle",
        "askpublicnewsarticle",
        "advertisercontentarticle",
        "satiricalarticle",
        "scholarlyarticle",
        "medicalscholarlyarticle",
        "techarticle",
        "blogposting",
        "liveblogposting",
        "socialmediaposting",
        "discussionforumposting",
        "report",
        "review",
        "creativework",
        "recipe",
    ]
)
"""Types (lower case) of schema.org whose node describes the text of a page."""

_PLAIN_SPACE: Final = re.compile(r"[\s\u200b\ufeff\u2060]+")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Someone named as author, publisher or source."""

    name: str
    types: frozenset[str] = frozenset()
    """Lower case schema.org types; empty where the page names none."""
    job: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image object."""

    url: str
    caption: str | None = None
    credit: str | None = None
    width: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One JSON-LD object, its fields as they stood."""

    types: frozenset[str]
    """Lower case schema.org types."""
    role: str
    """Key under which it stood: empty at the top and in `@graph`; `liveBlogUpdate`, `itemListElement` ..."""
    name: str | None = None
    headline: str | None = None
    description: str | None = None
    published: str | None = None
    modified: str | None = None
    created: str | None = None
    authors: tuple[Party, ...] = ()
    publisher: Party | None = None
    sections: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    images: tuple[Picture, ...] = ()
    url: str | None = None
    language: str | None = None
    free: bool | None = None
    """`isAccessibleForFree`."""
    selector: str | None = None
    """`cssSelector` of a part of the page, as a paywall states which part it locks."""
    body: str | None = None
    """`articleBody` as it stood, character references resolved: may hold HTML, may be cut short."""
    license: str | None = None
    """Address or name of its licence."""
    items: tuple[str, ...] = ()
    """Names along a BreadcrumbList, from the home page on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page states about itself."""

    things: tuple[Thing, ...] = ()
    """All JSON-LD objects with a type of their own, in document order."""
    article: Thing | None = None
    """The object that describes the page's own text."""
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values of `<meta>` by lower case property, name or itemprop."""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Targets of `<link>` by lower case rel, as they stood."""
    title: str | None = None
    """The `<title>`."""
    language: str | None = None
    """`lang` of `<html>`."""
    headings: tuple[LexborNode, ...] = ()
    """`<h1>` nodes."""
    around_headings: frozenset[int] = frozenset()
    """`mem_id` of the headings' ancestors: what stands in one of these stands around the headline."""
    marked: Callable[[], tuple[LexborNode, ...]] = tuple
    """In document order: `<h1>`, `<time>`, nodes with `itemprop` or `rel=author`, and nodes whose class or id
    speaks of an author, a byline or a date. Looked up when first asked: most pages state author and date elsewhere."""
    figures: tuple[LexborNode, ...] = ()
    """`<figure>` nodes."""
    pagers: tuple[LexborNode, ...] = ()
    """Nodes that lead from page to page: `rel=next` and what is called pagination."""

    @property
    def types(self) -> frozenset[str]:
        """Types of the objects that stand at the top of the page's JSON-LD."""
        return frozenset(t for thing in self.things if thing.role in _TOP_ROLES for t in thing.types)

    def first(self, *names: str) -> str | None:
        """The first value of the first of these meta names that has one."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return None


_TOP_ROLES: Final = frozenset(["", "mainentity", "mainentityofpage", "haspart", "subjectof"])

_MARKED: Final = ",".join(
    [
        "h1",
        "time",
        "[itemprop]",
        "[rel~=author]",
        "[class*=author i]",
        "[class*=byline i]",
        "[class*=date i]",
        "[class*=datum i]",
        "[class*=fecha i]",
        "[class*=autor i]",
        "[class*=publish i]",
        "[class*=writer i]",
        "[class*=time i]",
        "[id*=byline i]",
        "[id*=author i]",
        "[data-testid*=byline i]",
        "[data-testid*=author i]",
    ]
)
_NEVER_MARKED: Final = frozenset(["meta", "link", "script", "title", "figure"])


def metadata_of(page: Page) -> Metadata:
    """Collect a page's statements about itself from the nodes that hold them. Never raises on any content."""
    meta: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    scripts: list[str] = []
    headings: list[LexborNode] = []
    figures: list[LexborNode] = []
    pagers: list[LexborNode] = []
    title: str | None = None
    for node in page.stated:
        tag = node.tag
        if tag == "base":  # read by `page` itself
            continue
        if tag == "meta":
            _take_meta(node, meta)
        elif tag == "link":
            _take_link(node, links)
        elif tag == "script":
            scripts.append(node.text(deep=True) or "")
        elif tag == "title":
            parent = node.parent
            if title is None and (parent is None or parent.tag in ("head", "html", "body")):
                title = clean(node.text(deep=True) or "") or None
        elif tag == "figure":
            figures.append(node)
        elif "pagin" in (node.attributes.get("class") or "").lower() or node.attributes.get("rel") == "next":
            pagers.append(node)
        elif tag == "a" and "license" in (node.attributes.get("rel") or "").lower().split():
            _take_link(node, links)
        elif tag == "h1":
            headings.append(node)
    root = page.tree.root
    things = tuple(things_of(scripts))
    return Metadata(
        things=things,
        article=_main(things),
        meta={name: tuple(values) for name, values in meta.items()},
        links={rel: tuple(hrefs) for rel, hrefs in links.items()},
        title=title,
        language=(root.attributes.get("lang") or root.attributes.get("xml:lang"))
        if root is not None
        else None,
        headings=tuple(headings[:20]),
        around_headings=_ancestors(headings[:8]),
        marked=cache(lambda: _marked(page)),
        figures=tuple(figures[:50]),
        pagers=tuple(pagers[:10]),
    )


def _marked(page: Page) -> tuple[LexborNode, ...]:
    found = (node for node in page.tree.css(_MARKED) if node.tag not in _NEVER_MARKED)
    return tuple(islice(found, 400))


def _ancestors(nodes: list[LexborNode]) -> frozenset[int]:
    found: set[int] = set()
    for node in nodes:
        parent = node.parent
        for _ in range(100):
            if parent is None:
                break
            found.add(parent.mem_id)
            parent = parent.parent
    return frozenset(found)


def clean(text: str) -> str:
    """One line of plain text from a metadata string: references resolved, tags gone, white space squeezed."""
    text = text[:MAX_VALUE_CHARS]
    if "&" not in text and "<" not in text and text.isascii():
        return " ".join(text.split())
    if "&" in text:
        text = unescape(text)
        if "&" in text:
            text = unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return _PLAIN_SPACE.sub(" ", text).strip()


def _take_meta(node: LexborNode, meta: dict[str, list[str]]) -> None:
    attributes = node.attributes
    value = attributes.get("content")
    if not value:
        return
    value = clean(value)
    for key in ("property", "name", "itemprop", "http-equiv"):
        name = attributes.get(key)
        if name and value:
            for one in name.lower().split():
                values = meta.setdefault(one, [])
                if len(values) < 100:
                    values.append(value)


def _take_link(node: LexborNode, links: dict[str, list[str]]) -> None:
    attributes = node.attributes
    href = (attributes.get("href") or "").strip()
    if not href:
        return
    rels = (attributes.get("rel") or "").lower().split()
    for rel in rels:
        if rel in ("canonical", "amphtml", "next", "prev", "author", "shortlink", "image_src", "license"):
            found = links.setdefault(rel, [])
            if len(found) < 20:
                found.append(href)


# --- JSON-LD --------------------------------------------------------------------------------------


def things_of(scripts: list[str]) -> list[Thing]:
    """The typed objects of a page's JSON-LD scripts, nested ones too, each `@id` looked up."""
    found: list[tuple[str, dict[str, object]]] = []
    budget = MAX_JSON_CHARS
    for script in scripts[:MAX_SCRIPTS]:
        if len(script) > budget:
            continue
        budget -= len(script)
        for value in _values(script):
            found.extend(_objects(value, MAX_THINGS - len(found)))
    named = {
        key: node
        for _, node in found
        if isinstance(key := node.get("@id"), str)
        and ("name" in node or "url" in node or "contentUrl" in node)
    }
    things = []
    for role, node in found:
        types = _types(node)
        if types and not types <= _UNREAD:
            things.append(_thing(role, types, node, named))
    return things


_UNREAD: Final = frozenset(
    [
        "listitem",
        "searchaction",
        "entrypoint",
        "readaction",
        "commentaction",
        "propertyvaluespecification",
        "contactpoint",
        "offer",
        "aggregaterating",
        "rating",
        "speakablespecification",
        "postaladdress",
        "interactioncounter",
        "question",
        "answer",
        "sitenavigationelement",
        "place",
        "country",
        "brand",
        "quantitativevalue",
    ]
)
_DECODER: Final = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
_WRAPPERS: Final = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)+")
_CLOSERS: Final = re.compile(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*$")
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE: Final = re.compile(r'\\(?!["\\/bfnrtu]|u[0-9a-fA-F]{4})')
_COMMENT: Final = re.compile(r"^[ \t]{0,40}//.*$|/\*[^*]{0,500}\*/", re.MULTILINE)


def _values(script: str) -> Iterator[object]:
    """The JSON values in a script: several in a row, wrapped in comments, or slightly broken."""
    text = script.strip().lstrip("\ufeff")
    if not text:
        return
    values = _decoded(text)
    if values is None:
        text = _CLOSERS.sub("", _WRAPPERS.sub("", text).rstrip("; \t\r\n")).strip()
        values = _decoded(text)
    if values is None:
        mended = _COMMENT.sub("", _BAD_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub(r"\1", text)))
        if "&quot;" in mended and '"' not in mended:
            mended = unescape(mended)
        values = _decoded(mended)
    yield from _salvaged(text) if values is None else values


def _decoded(text: str) -> list[object] | None:
    values: list[object] = []
    at = 0
    try:
        while at < len(text) and len(values) < 100:
            value, at = _DECODER.raw_decode(text, at)
            values.append(value)
            while at < len(text) and text[at] in " \t\r\n,;":
                at += 1
    except (ValueError, RecursionError):
        return values or None
    return values


_SALVAGED_KEYS: Final = (
    "headline",
    "datePublished",
    "dateModified",
    "dateCreated",
    "articleSection",
    "inLanguage",
)
_SALVAGED_STRING: Final = re.compile(
    r'"(' + "|".join(_SALVAGED_KEYS) + r')"\s{0,40}:\s{0,40}"((?:[^"\\\n]|\\.){1,1000})"\s{0,40}(?=[,}\]\n])'
)
_SALVAGED_TYPE: Final = re.compile(r'"@type"\s{0,40}:\s{0,40}\[?\s{0,40}"([A-Za-z]*(?:Article|Posting))"')
_SALVAGED_AUTHOR: Final = re.compile(
    r'"(?:author|creator)"\s{0,40}:\s{0,40}[\[{\s]{0,40}(?:"@type"\s{0,40}:\s{0,40}"(\w+)"\s{0,40},)?[^{}\[\]]{0,300}?"name"\s{0,40}:\s{0,40}"([^"\\\n]{2,100})"'
)


def _salvaged(text: str) -> Iterator[object]:
    """The plain facts of an article object whose JSON cannot be read."""
    kind = _SALVAGED_TYPE.search(text)
    if not kind:
        return
    node: dict[str, object] = {"@type": kind.group(1)}
    for match in _SALVAGED_STRING.finditer(text):
        try:
            value = json.loads(f'"{match.group(2)}"', strict=False)
        except ValueError:
            continue
        node.setdefault(match.group(1), value)
    author = _SALVAGED_AUTHOR.search(text)
    if author:
        node["author"] = {"@type": author.group(1) or "Person", "name": author.group(2)}
    yield node


def _objects(value: object, limit: int) -> list[tuple[str, dict[str, object]]]:
    """All objects in a JSON value with the key each stood under, in order, without recursion."""
    found: list[tuple[str, dict[str, object]]] = []
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting and len(found) < limit:
        role, item = waiting.pop()
        if isinstance(item, list):
            waiting.extend((role, one) for one in reversed(item[:MAX_THINGS]))
        elif isinstance(item, dict):
            found.append((role, item))
            for key, inner in reversed(list(item.items())[:200]):
                if isinstance(inner, dict | list):
                    waiting.append(("" if key == "@graph" else key.lower(), inner))
    return found


def _types(node: dict[str, object]) -> frozenset[str]:
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return frozenset(
        one.rpartition("/")[2].rpartition(":")[2].strip().lower()
        for one in values[:10]
        if isinstance(one, str) and one
    )


def _thing(
    role: str, types: frozenset[str], node: dict[str, object], named: dict[str, dict[str, object]]
) -> Thing:
    body = node.get("articleBody") or node.get("text")
    return Thing(
        types=types,
        role=role,
        name=_string(node.get("name")),
        headline=_string(node.get("headline")) or _string(node.get("headLine")),
        description=_string(node.get("description")),
        published=_string(node.get("datePublished")),
        modified=_string(node.get("dateModified")),
        created=_string(node.get("dateCreated")) or _string(node.get("uploadDate")),
        authors=_parties(node.get("author") or node.get("creator"), named),
        publisher=next(iter(_parties(node.get("publisher"), named)), None),
        sections=_strings(node.get("articleSection")),
        keywords=_strings(node.get("keywords")),
        images=_pictures(node.get("image") or node.get("thumbnailUrl"), named),
        url=_reference(node.get("url"))
        or _reference(node.get("mainEntityOfPage"))
        or _reference(node.get("@id")),
        language=_string(node.get("inLanguage")),
        free=_truth(node.get("isAccessibleForFree", node.get("isAccessibleForfree"))),
        selector=_string(node.get("cssSelector")),
        body=unescape(body) if isinstance(body, str) and body.strip() else None,
        license=_reference(node.get("license")) or _string(node.get("license")),
        items=_crumbs(node.get("itemListElement")) if "breadcrumblist" in types else (),
    )


def _string(value: object) -> str | None:
    """A value as one line of text; of a list or a language map, the first."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name") or value.get("alternateName")
        else:
            break
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = str(value) if abs(value) < 1e18 else ""
        return text or None
    return None


def _strings(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    found = (_string(one) for one in values[:200])
    return tuple(one for one in found if one)


def _number(value: object) -> int:
    text = _string(value)
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _truth(value: object) -> bool | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool):
        return value
    text = (_string(value) or "").lower().rpartition("/")[2]
    return True if text in ("true", "yes", "1") else False if text in ("false", "no", "0") else None


def _reference(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value.strip()[:MAX_VALUE_CHARS] or None if isinstance(value, str) else None


def _resolved(value: object, named: dict[str, dict[str, object]]) -> object:
    """The named object that `{"@id": ...}` stands for, unless the object says more itself."""
    if isinstance(value, dict) and "name" not in value and isinstance(key := value.get("@id"), str):
        return named.get(key, value)
    return value


def _parties(value: object, named: dict[str, dict[str, object]]) -> tuple[Party, ...]:
    values = value if isinstance(value, list) else [value]
    found: list[Party] = []
    for one in values[:50]:
        node = _resolved(one, named)
        if isinstance(node, list):
            found.extend(_parties(node[0], named) if node and not isinstance(node[0], list) else ())
        elif isinstance(node, dict):
            types = _types(node)
            names = node.get("name")
            for name in _strings(names) or _strings(node.get("author")):
                found.append(Party(name=name, types=types, job=_string(node.get("jobTitle"))))
        elif isinstance(node, str) and (name := clean(node)):
            found.append(Party(name=name))
    return tuple(found)


def _crumbs(value: object) -> tuple[str, ...]:
    items = [one for one in value[:20] if isinstance(one, dict)] if isinstance(value, list) else []
    items.sort(key=lambda one: _number(one.get("position")))
    names = (_string(one.get("name")) or _string(one.get("item")) for one in items)
    return tuple(name for name in names if name and "://" not in name)


def _pictures(value: object, named: dict[str, dict[str, object]]) -> tuple[Picture, ...]:
    values = value if isinstance(value, list) else [value]
    found: list[Picture] = []
    for one in values[:30]:
        node = _resolved(one, named)
        if isinstance(node, str) and node.strip():
            found.append(Picture(url=node.strip()[:MAX_VALUE_CHARS]))
        elif isinstance(node, dict):
            url = (
                _reference(node.get("url"))
                or _reference(node.get("contentUrl"))
                or _reference(node.get("@id"))
            )
            if url:
                credit = (
                    _string(node.get("creditText"))
                    or _string(node.get("author"))
                    or _string(node.get("creator"))
                )
                found.append(
                    Picture(
                        url=url,
                        caption=_string(node.get("caption")) or _string(node.get("description")),
                        credit=credit,
                        width=_number(node.get("width")),
                    )
                )
    return tuple(found)


# --- The page's own article -----------------------------------------------------------------------


def _main(things: tuple[Thing, ...]) -> Thing | None:
    """The article object at the top that says most; the first of equals."""
    best: Thing | None = None
    best_score = 0
    for thing in things:
        if thing.role not in _TOP_ROLES or not thing.types & ARTICLE_TYPES:
            continue
        score = (
            1
            + 4 * bool(thing.headline)
            + 4 * bool(thing.published)
            + 2 * bool(thing.authors)
            + 3 * bool(thing.role == "" or thing.role.startswith("mainentity"))
            + 2 * any("news" in one or "live" in one for one in thing.types)
            - 5 * bool(thing.types & {"review", "creativework"} and not thing.headline)
        )
        if score > best_score:
            best, best_score = thing, score
    return best
