"""Where a page credits its authors, and whom it credits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborNode

from articles.metadata import Metadata, Party
from articles.model import Origin
from articles.names import AGENCIES, MAX_BYLINE_CHARS, Byline, read_byline
from articles.page import Page, attribute, text_of

_META: Final = (
    "author", "article:author", "og:article:author", "article:author_name", "article_author", "byl", "byline",
    "parsely-author", "sailthru.author", "dc.creator", "dc:creator", "dcterms.creator", "citation_author",
    "cxenseparse:author", "authors", "article:authors", "creator", "dcsext.author", "trackonomics.author",
    "fp:authors", "rnews:author", "bt:author", "content-creator",
)  # fmt: skip
_BYLINE_NAMES: Final = re.compile(
    r"(?:^|[\s_-])(?:authors?|autore?s?|autorin|auteurs?|by-?line|writers?|author-?name|post-?author|contributors?|articleauthor)(?:$|[\s_-]|\d)"
    r"|(?:[a-z])(?:Author|Byline|Autor|Writer)|(?:author|byline)(?:name|link|s\b)|^(?:author|byline)",
    re.IGNORECASE,
)
_EXACT: Final = re.compile(r"name|link|byline", re.IGNORECASE)
_NOT_A_BYLINE: Final = re.compile(
    r"avatar|image|photo|img|bio|desc|social|date|time|follow|icon|job|title|role|twitter|more|related|count|email|posts",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"comment|related|teaser|sidebar|recommend|promo|widget|recent|latest|trending|popular|carousel|testimonial|review"
    r"|(?:^|[\s_-])(?:nav|menu|card|quote|cite|footer)",
    re.IGNORECASE,
)
_BY: Final = re.compile(
    r"^(?:written\s+by|posted\s+by|story\s+by|by|von|par|por|di|door|av|af|przez|autor(?:in)?:|texto?:|text:)\s+\S",
    re.IGNORECASE,
)
_DATELINE: Final = re.compile(r"^[^()]{0,60}\(([^()]{2,30})\)\s*[-–—:.]?|^([A-Za-zÀ-ÿ/]{2,12})\s*[-–—]\s")
_SIGN_OFF: Final = re.compile(
    r"^[\s(\[©–—-]*(?:(?:mit material (?:von|der)|quelle|source|fonte|fuente|with|avec|con|com|mit)[:\s]+)?(.{2,40}?)[\s)\].]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A byline with the part of the page it was taken from."""

    byline: Byline
    origin: Origin
    raw: str


def credits_of(
    page: Page, metadata: Metadata, paragraphs: Sequence[str], site_runs: tuple[str, ...]
) -> tuple[Credit, ...]:
    """The credits to keep, the best first: people where anyone names people, and what stands beside them."""
    kept: list[Credit] = []
    for credit in _credits(page, metadata, site_runs):
        if not credit.byline:
            continue
        if not kept or (credit.byline.people and not any(one.byline.people for one in kept)):
            kept.append(credit)
        if credit.byline.people:
            break
    agencies = _agencies_in_text(paragraphs)
    if agencies is not None:
        kept.append(agencies)
    return tuple(kept)


def _credits(page: Page, metadata: Metadata, site_runs: tuple[str, ...]) -> Iterator[Credit]:
    thing = metadata.article
    if thing is not None and thing.authors:
        yield _from_parties(thing.authors, site_runs)
    for name in _META:
        values = metadata.meta.get(name, ())[:10]
        if values:
            byline = read_byline(dict.fromkeys(values), site_runs=site_runs)
            yield Credit(byline=byline, origin=Origin.META, raw="; ".join(values))
    for label, data in (("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")):
        stated = metadata.first(label) or ""
        if re.search(r"writ|auth|autor|verfass|écrit|escrit|scritt|geschre|skrev", stated, re.IGNORECASE):
            value = metadata.first(data) or ""
            yield Credit(byline=read_byline([value], site_runs=site_runs), origin=Origin.META, raw=value)
    yield from _in_tree(metadata, site_runs)
    yield from _after_heading(page, metadata, site_runs)
    for other in metadata.things:
        if other.authors and other is not thing and other.role in ("", "mainentity"):
            yield _from_parties(other.authors, site_runs)


def _from_parties(parties: Sequence[Party], site_runs: tuple[str, ...]) -> Credit:
    """Names that state whether they are people; the statement counts unless the name belies it."""
    read = [(party, read_byline([party.name], site_runs=site_runs)) for party in parties]
    people: dict[str, None] = {}
    organisations: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for party, byline in read:
        is_organisation = (
            any("organi" in one or "corporation" in one for one in party.types)
            and "person" not in party.types
        )
        for name in byline.people:
            (organisations if is_organisation else people)[name] = None
        organisations.update(dict.fromkeys(byline.organisations))
        agencies.update(dict.fromkeys(byline.agencies))
    byline = Byline(people=tuple(people), organisations=tuple(organisations), agencies=tuple(agencies))
    return Credit(byline=byline, origin=Origin.JSON_LD, raw="; ".join(party.name for party in parties))


def _in_tree(metadata: Metadata, site_runs: tuple[str, ...]) -> Iterator[Credit]:
    """Bylines in nodes that are named for them; those beside the headline first."""
    heading = next((i for i, node in enumerate(metadata.marked) if node.tag == "h1"), None)
    ranked: list[tuple[float, int, str]] = []
    for index, node in enumerate(metadata.marked):
        rank = _rank(node)
        if rank is None or _is_elsewhere(node):
            continue
        text = _name_in(node)
        if not text or len(text) > 150:
            continue
        distance = abs(index - heading) if heading is not None else index
        rank += min(distance, 40) / 15 + (0.5 if heading is not None and index < heading else 0.0)
        ranked.append((rank, index, text))
        if len(ranked) >= 20:
            break
    ranked.sort(key=lambda one: one[:2])
    taken: list[str] = []
    for rank, _, text in ranked:
        if taken and rank > ranked[0][0] + 0.3:
            break
        if not any(text in other or other in text for other in taken):
            taken.append(text)
    if taken:
        yield Credit(byline=read_byline(taken, site_runs=site_runs), origin=Origin.DOM, raw="; ".join(taken))
    for _, _, text in ranked:
        yield Credit(byline=read_byline([text], site_runs=site_runs), origin=Origin.DOM, raw=text)


def _rank(node: LexborNode) -> float | None:
    """How far from certain a node is to hold a byline; None: it is named for something else."""
    attributes = node.attributes
    prop = (attributes.get("itemprop") or "").lower()
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if prop in ("author", "creator"):
        return 0.0
    if "author" in (attributes.get("rel") or "").lower().split():
        return 0.2
    if (
        node.tag in ("h1", "time", "img", "picture", "svg", "figure", "body", "html", "main", "article")
        or prop
    ):
        return None
    if not _BYLINE_NAMES.search(names) or _NOT_A_BYLINE.search(names):
        return None
    return 0.5 if _EXACT.search(names) else 1.0


def _name_in(node: LexborNode) -> str:
    """The text of a byline; of microdata, the name within it."""
    if attribute(node, "itemprop"):
        inner = node.css_first("[itemprop=name]")
        if inner is not None:
            return attribute(inner, "content") or text_of(inner)
        stated = attribute(node, "content")
        if stated:
            return stated
    return text_of(node)


def _is_elsewhere(node: LexborNode) -> bool:
    parent: LexborNode | None = node
    for _ in range(10):
        if parent is None or parent.tag in ("body", "html", "main"):
            return False
        if parent.tag in ("nav", "footer"):
            return True
        attributes = parent.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if _ELSEWHERE.search(names):
            return parent.css_first("h1") is None
        parent = parent.parent
    return False


def _after_heading(page: Page, metadata: Metadata, site_runs: tuple[str, ...]) -> Iterator[Credit]:
    """A text that begins with `By` among the first after the headline."""
    body = page.tree.body
    if body is None or not metadata.headings:
        return
    wanted = metadata.headings[0].mem_id
    started, seen = False, 0
    for node in body.traverse(include_text=True):
        if not started:
            started = node.mem_id == wanted
            continue
        if node.tag != "-text":
            continue
        text = " ".join((node.text_content or "").split())
        if not text:
            continue
        seen += 1
        if seen > 40:
            return
        if (
            text.lower().rstrip(":")
            in ("by", "von", "par", "por", "written by", "author", "autor", "posted by")
            and node.parent is not None
        ):
            around = node.parent if len(text_of(node.parent)) > len(text) else node.parent.parent
            text = text_of(around) if around is not None else text
        if len(text) <= 100 and _BY.match(text):
            byline = read_byline([text], site_runs=site_runs)
            if byline.people and all(
                2 <= len(name.split()) <= 4 and name[0].isupper() for name in byline.people
            ):
                yield Credit(byline=byline, origin=Origin.TEXT, raw=text)
                return


def _agencies_in_text(paragraphs: Sequence[str]) -> Credit | None:
    """The agency of a dateline, `BERLIN (Reuters) -`, or of a sign-off, `(dpa)`."""
    found: dict[str, None] = {}
    raw = ""
    for paragraph in paragraphs[:2]:
        match = _DATELINE.match(paragraph[:120])
        if match:
            names = re.split(r"[/,]", match.group(1) or match.group(2))
            raw = raw or match.group()
            found.update(dict.fromkeys(agency for name in names if (agency := _known(name))))
    for paragraph in paragraphs[-2:]:
        if len(paragraph) <= 60 and (match := _SIGN_OFF.match(paragraph)):
            agencies = [agency for name in re.split(r"[/,]", match.group(1)) if (agency := _known(name))]
            raw = raw or paragraph if agencies else raw
            found.update(dict.fromkeys(agencies))
    return Credit(byline=Byline(agencies=tuple(found)), origin=Origin.TEXT, raw=raw) if found else None


def _known(name: str) -> str | None:
    byline = (
        read_byline([name])
        if name.strip().lower() in AGENCIES and len(name) <= MAX_BYLINE_CHARS
        else Byline()
    )
    return byline.agencies[0] if byline.agencies else None
