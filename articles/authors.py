"""Where a page credits its authors, and whom it credits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborNode

from articles.agencies import agencies_in_text
from articles.metadata import Metadata, Party
from articles.model import Origin
from articles.names import Byline, looks_like_person, names_site, read_byline
from articles.nearby import Snippet, in_other_matter, joined, short_text
from articles.page import Page, attribute
from articles.unsigned import claims

_META: Final = (
    "author", "article:author", "og:article:author", "article:author_name", "article_author", "byl", "byline",
    "parsely-author", "sailthru.author", "dc.creator", "dc:creator", "dcterms.creator", "citation_author",
    "cxenseparse:author", "authors", "article:authors", "creator", "dcsext.author", "trackonomics.author",
    "fp:authors", "rnews:author", "bt:author", "content-creator",
)  # fmt: skip
_LABEL: Final = re.compile(r"writ|auth|autor|verfass|écrit|escrit|scritt|geschre|skrev", re.IGNORECASE)
_BYLINE_TOKEN: Final = re.compile(
    r"(?:author|autor(?:en|in)?|auteur|by-?line|writer|contributor|(?:^|[-_])verfasser)(?P<rest>[\w-]*)$",
    re.IGNORECASE,
)
"""The last part of a class name that is about authors, and what follows it."""
_NOT_A_BYLINE: Final = re.compile(
    r"avatar|ima?ge?|photo|pic|bio|desc|social|date|time|follow|icon|job|title|role|twitter|more|related"
    r"|count"
    r"|mail|posts|profile|about|info|box|text|card|section|content|detail|position|intro|ity|iz",
    re.IGNORECASE,
)
_EXACT: Final = re.compile(r"name|link|^s?$|^[-_]*\d*$", re.IGNORECASE)
MAX_PLAIN_CHARS: Final = 90
"""A longer text in a node named for bylines lists several names, or tells of the author."""
MIN_PARAGRAPH_CHARS: Final = 160
MAX_PARAGRAPHS: Final = 3
"""Behind so many paragraphs, who is named after `By` wrote something else."""
MAX_SIGNED: Final = 3
"""More bylines near a headline are those of other texts."""
MAX_PLACE: Final = 12
"""Texts after the headline among which a byline may hang in what is called a card or a teaser."""
_LIST: Final = re.compile(r"[,|;&/]|\b(?:and|und|et|y|e|en|i|och|og|with)\b", re.IGNORECASE)
_OF_A_COMMENT: Final = re.compile(
    r"\b(?:reply|antworten|répondre|responder|rispondi|odpowiedz|beantwoorden|svara?|says|sagt|schrieb|meint|dit|dijo)\W*$",
    re.IGNORECASE,
)
"""What stands behind the name of who comments."""
_NEVER: Final = frozenset(
    ["h1", "time", "img", "picture", "svg", "figure", "body", "html", "main", "article"]
)
_ELSEWHERE: Final = re.compile(
    r"comment|related|teaser|sidebar|recommend|promo(?!ted)|recent|latest|trending|popular|carousel|testimonial"
    r"|review|(?:^|[\s_-])(?:nav|menu|card|quote|cite|site-footer|page-footer)|^footer",
    re.IGNORECASE,
)
_AUTHOR_LINK: Final = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|people|profiles?|users?|by|staff|contributors?|journalists?"
    r"|writers?"
    r"|team|members?|reporters?|redaktion|person|u)/[^/?#]{2,}|[?&]author=|/@[\w.]+/?$",
    re.IGNORECASE,
)
_BY: Final = re.compile(
    r"^(?:[\w()'’-]+\s+){0,4}(?:written|posted|created|edited)\s+by\s+\S"
    r"|^(?:by:?|von:?|par|por|di|door|av|af|przez|(?:guest )?authors?:|autor(?:in|a|es|en|zy)?:|auteure?s?:|autore:"
    r"|texto?:|text:|tekst:|reda[ck]tor:|contributors?:|interview(?: by|:)|geschreven door:?"
    r"|(?:eingestellt|verfasst|geschrieben|erstellt|veröffentlicht|gepostet) von:?"
    r"|(?:publi|post|escri|rédig|écrit)[\w]* (?:par|por):?"
    r"|(?:scritto|pubblicato) da:?|a cura di:?|skrive[tn] a[vf]:?|napisał(?:a|y)?:?"
    r"|text (?:von|by):?|texte de|testo di)\s+\S",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    r"^(?:by|von|par|por|door|av|(?:written|posted|article|story|words|report|reporting) by|authors?|autor(?:in)?|text"
    r"|contributors?|interview by|(?:eingestellt|verfasst|geschrieben|erstellt|veröffentlicht|gepostet) von"
    r"|(?:publié|écrit|rédigé) par|(?:publicado|escrito|postado) por|(?:scritto|pubblicato) da|a cura di"
    r"|geschreven door|skrive[tn] a[vf]|auteure?s?|autores?|autora?|di|автор|作者)\s*:?$",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(
    r"^\W*(?:(?:text|texte|autor(?:in)?|autori?|authors?|автор|作者|责任编辑|编辑|記者|记者)\s*[:：]"
    r"|(?:(?:ein |blog[- ]?)?(?:beitrag|artikel|bericht|interview|gastbeitrag|kolumne) von"
    r"|(?:written|story|article|words|posted|report|reporting|text|photos and text) by|text von|texte (?:de|par)"
    r"|by|von|par|por)[\s:])\s*\S",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A byline with the part of the page it was taken from."""

    byline: Byline
    origin: Origin
    raw: str


def credits_of(
    page: Page,
    metadata: Metadata,
    nearby: Callable[[], tuple[Snippet, ...]],
    paragraphs: Sequence[str],
    around: Sequence[str],
    site_runs: tuple[str, ...],
) -> tuple[Credit, ...]:
    """The credits to keep, the best first: people where anyone names people, and what stands beside them.

    `nearby` gives the texts near the headline when they are needed. Where the first credit found is an
    organisation's, only what looks like people's names is added to it.
    """
    kept: list[Credit] = []
    short: tuple[str, ...] = ()
    for credit in _credits(metadata, nearby, paragraphs, around, site_runs):
        people = credit.byline.people
        if not credit.byline or (kept and not (people and all(map(looks_like_person, people)))):
            continue
        if kept and _same_names(credit.byline, kept):
            continue
        if short and not _stand_for(short, people):
            continue
        if short:
            kept.clear()
        kept.append(credit)
        short = tuple(name for name in people if " " not in name and name.isascii())
        if (people and len(short) < len(people)) or (
            credit.origin is Origin.JSON_LD and (credit.byline.agencies or _is_team(credit.byline))
        ):
            break
    people_named = any(credit.byline.people for credit in kept)
    house = bool(kept) and not people_named and not kept[0].byline.agencies and not _is_team(kept[0].byline)
    if not kept or short or house:
        for credit in _unsigned(page, metadata, nearby, paragraphs, around, site_runs, signed_by_house=house):
            if house and _same_names(credit.byline, kept):
                continue
            if not short or _stand_for(short, credit.byline.people):
                kept = [*(kept if house else ()), credit]
                break
    agencies, raw = agencies_in_text(paragraphs, around)
    if agencies:
        kept.append(Credit(byline=Byline(agencies=agencies), origin=Origin.TEXT, raw=raw))
    return tuple(kept)


def _is_team(byline: Byline) -> bool:
    """Whether a byline names a desk or a staff, and not merely the house: who else is on the page is no author."""
    return not byline.people and any(_TEAM.search(name) for name in byline.organisations)


_TEAM: Final = re.compile(
    r"\b(?:team|staff|redaktion|editors?|editorial|desk|newsroom|rédaction|redacción)\b", re.IGNORECASE
)


def _stand_for(short: Sequence[str], people: Sequence[str]) -> bool:
    """Whether first names stand for these people: `Nils` for `Nils Pickert`."""
    return len(short) <= len(people) and all(
        any(one.casefold().startswith(f"{name.casefold()} ") for one in people) for name in short
    )


def _credits(
    metadata: Metadata,
    nearby: Callable[[], tuple[Snippet, ...]],
    paragraphs: Sequence[str],
    around: Sequence[str],
    site_runs: tuple[str, ...],
) -> Iterator[Credit]:
    """Credits from the most to the least trusted."""
    thing = metadata.article
    if thing is not None and thing.authors:
        yield _from_parties(thing.authors, site_runs)
    for name in _META:
        values = metadata.meta.get(name, ())[:20]
        if values:
            byline = read_byline(dict.fromkeys(_in_order(values)), site_runs=site_runs)
            yield Credit(byline=byline, origin=Origin.META, raw="; ".join(values))
    for number in ("1", "2"):
        if _LABEL.search(metadata.first(f"twitter:label{number}") or ""):
            value = metadata.first(f"twitter:data{number}") or ""
            yield Credit(byline=read_byline([value], site_runs=site_runs), origin=Origin.META, raw=value)
    yield from _in_tree(metadata, site_runs)
    yield from _around_headline(metadata, nearby(), site_runs)
    yield from _signed((*paragraphs[-3:], *paragraphs[:2], *around), site_runs)
    for other in metadata.things:
        if other.authors and other is not thing and other.role in ("", "mainentity"):
            yield _from_parties(other.authors, site_runs)


def _same_names(byline: Byline, kept: Sequence[Credit]) -> bool:
    """Whether a byline names no one but the organisations that are credited already."""
    known = {name.casefold() for credit in kept for name in credit.byline.organisations}
    return bool(byline.people) and all(name.casefold() in known for name in byline.people)


def _unsigned(
    page: Page,
    metadata: Metadata,
    nearby: Callable[[], tuple[Snippet, ...]],
    paragraphs: Sequence[str],
    around: Sequence[str],
    site_runs: tuple[str, ...],
    *,
    signed_by_house: bool,
) -> Iterator[Credit]:
    """People named in ways that are no bylines; names in texts must look like a person's."""
    for text, origin in claims(page, metadata, nearby(), paragraphs, around, signed_by_house=signed_by_house):
        byline = read_byline([text], site_runs=site_runs)
        named = byline.people and all(
            looks_like_person(name) or origin is Origin.DOM for name in byline.people
        )
        desk = not byline.people and (byline.agencies or (_is_team(byline) and not signed_by_house))
        if named or desk:
            yield Credit(byline=byline, origin=origin, raw=text)


def _in_order(values: Sequence[str]) -> list[str]:
    """Names given as `Last, First`, as lists of citations do when all of them are, turned round."""
    parts = [value.split(", ") for value in values]
    if len(values) > 1 and all(len(one) == 2 and " " not in one[0] for one in parts):
        return [f"{first} {last}" for last, first in parts]
    return list(values)


# --- JSON-LD --------------------------------------------------------------------------------------


def _from_parties(parties: Sequence[Party], site_runs: tuple[str, ...]) -> Credit:
    """Names that state whether they are people; the statement counts unless the name belies it."""
    people: dict[str, None] = {}
    organisations: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for party in parties:
        byline = read_byline([party.name], site_runs=site_runs)
        is_person = "person" in party.types
        stated = not is_person and any("organi" in one or "corporation" in one for one in party.types)
        if is_person and byline.organisations == (party.name,) and looks_like_person(party.name):
            byline = Byline(people=(party.name,))  # a person's own site
        for name in byline.people:
            house = stated and (not looks_like_person(name) or names_site(name, site_runs))
            (organisations if house else people)[name] = None
        organisations.update(dict.fromkeys(byline.organisations))
        agencies.update(dict.fromkeys(byline.agencies))
    byline = Byline(people=tuple(people), organisations=tuple(organisations), agencies=tuple(agencies))
    return Credit(byline=byline, origin=Origin.JSON_LD, raw="; ".join(party.name for party in parties))


# --- Nodes named for bylines ----------------------------------------------------------------------


def _in_tree(metadata: Metadata, site_runs: tuple[str, ...]) -> Iterator[Credit]:
    """Bylines in nodes that are named for them; those beside the headline first."""
    heading = next((i for i, node in enumerate(metadata.marked()) if node.tag == "h1"), None)
    ranked: list[tuple[float, int, str, LexborNode]] = []
    for index, node in enumerate(metadata.marked()):
        rank = _rank(node)
        if rank is None or _is_elsewhere(node, metadata.around_headings) or _in_card(node):
            continue
        text = _name_in(node)
        if not text or len(text) > 150 or _OF_A_COMMENT.search(text):
            continue
        distance = abs(index - heading) if heading is not None else index
        rank += min(distance, 40) / 15 + (0.5 if heading is not None and index < heading else 0.0)
        ranked.append((rank, index, text, node))
        if len(ranked) >= 20:
            break
    ranked.sort(key=lambda one: one[:2])
    for rank, place, text, node in ranked:
        if len(text) > MAX_PLAIN_CHARS and not _LIST.search(text):
            continue
        together = [text]
        for other_rank, other_place, other, sibling in ranked:
            beside = (
                sibling is not node
                and abs(other_rank - rank) < 0.6
                and (
                    _share_parent(node, sibling)
                    or (rank < 0.2 > other_rank and abs(place - other_place) <= 4)
                )
            )
            if beside and not any(other in one or one in other for one in together):
                together.append(other)
        byline = read_byline(together, site_runs=site_runs)
        if rank >= 0.5 and not all(looks_like_person(name) or " " not in name for name in byline.people):
            continue
        yield Credit(byline=byline, origin=Origin.DOM, raw="; ".join(together))


def _rank(node: LexborNode) -> float | None:
    """How far from certain a node is to hold a byline; None: it is named for something else."""
    attributes = node.attributes
    prop = (attributes.get("itemprop") or "").lower()
    if prop in ("author", "creator"):
        return 0.0
    if "author" in (attributes.get("rel") or "").lower().split():
        return 0.2
    if node.tag in _NEVER or prop:
        return None
    names = " ".join(attributes.get(key) or "" for key in ("class", "id", "data-testid"))
    best: float | None = None
    for token in names.split():
        match = _BYLINE_TOKEN.search(token)
        rest = match.group("rest") if match else ""
        if match and (rest.lower().endswith("name") or not _NOT_A_BYLINE.search(rest)):
            best = min(best or 9.0, 0.5 if _EXACT.search(rest) else 1.0)
    return best


def _name_in(node: LexborNode) -> str:
    """The text of a byline; of microdata, the name within it."""
    if attribute(node, "itemprop"):
        inner = node.css_first("[itemprop=name]")
        if inner is not None:
            return attribute(inner, "content") or short_text(inner, 150)
        stated = attribute(node, "content")
        if stated:
            return stated
    return short_text(node, 150)


def _share_parent(one: LexborNode, other: LexborNode) -> bool:
    """Whether two nodes are brothers or cousins, as names in a list are."""
    a, b = one.parent, other.parent
    if a is None or b is None:
        return False
    if a.mem_id == b.mem_id:
        return True
    c, d = a.parent, b.parent
    return c is not None and d is not None and a.tag == b.tag and c.mem_id == d.mem_id


def _is_elsewhere(node: LexborNode, around_headings: frozenset[int]) -> bool:
    """Whether a node belongs to a comment, a teaser, a card or the frame of the page."""
    parent = node.parent
    in_footer = False
    for _ in range(10):
        if parent is None or parent.tag in ("body", "html", "main", "article"):
            return in_footer and (parent is None or parent.tag != "article")
        if parent.tag == "nav":
            return True
        in_footer = in_footer or parent.tag == "footer"
        attributes = parent.attributes
        if _ELSEWHERE.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"):
            return parent.mem_id not in around_headings
        parent = parent.parent
    return in_footer


def _in_card(node: LexborNode) -> bool:
    """Whether a node is a part of a long link: the byline of the text that it leads to."""
    parent = node.parent
    for _ in range(4):
        if parent is None:
            return False
        if parent.tag == "a":
            return not short_text(parent, MAX_PLAIN_CHARS)
        parent = parent.parent
    return False


# --- Texts ----------------------------------------------------------------------------------------


def _around_headline(
    metadata: Metadata, nearby: tuple[Snippet, ...], site_runs: tuple[str, ...]
) -> Iterator[Credit]:
    """Texts around the headline that begin with `By`, and links to the pages of authors."""
    linked: list[str] = []
    signed: list[Credit] = []
    paragraphs = 0
    for place, snippet in enumerate(nearby):
        text, node = snippet.text, snippet.node
        if len(text) > 100:
            paragraphs += len(text) > MIN_PARAGRAPH_CHARS and not snippet.before
            continue
        if paragraphs >= MAX_PARAGRAPHS and not snippet.before:
            continue
        if len(text) <= 20 and _BARE.match(text):
            following = nearby[place + 1] if place + 1 < len(nearby) else snippet
            account = f"{text.rstrip(' :')} {following.text}"
            text = account if _BY_ONE_WORD.fullmatch(account) else joined(snippet, 100)
        says_by = bool(_BY.match(text))
        if says_by or _in_byline(node) or ("|" in text and _NAME_AND_MORE.match(text)):
            if _of_a_picture(node) or (says_by and in_other_matter(node, metadata.around_headings)):
                continue
            if _in_card(node) or (place > MAX_PLACE and _is_elsewhere(node, metadata.around_headings)):
                continue
            byline = read_byline([text if says_by else text.partition("|")[0]], site_runs=site_runs)
            people = byline.people
            if says_by:
                named = bool(byline) and all(_plausible(name, text) for name in people)
            else:
                named = bool(people) and all(map(looks_like_person, people))
            if named:
                signed.append(Credit(byline=byline, origin=Origin.TEXT, raw=text))
        elif (
            len(text) <= 40
            and (href := snippet.href)
            and _AUTHOR_LINK.search(href)
            and not _of_a_picture(node)
            and not in_other_matter(node, metadata.around_headings)
        ):
            linked.append(text)
    if len({credit.byline.people for credit in signed}) > MAX_SIGNED:
        signed = []  # a list of others' texts
    labelled = [credit for credit in signed if _LABELLED.match(credit.raw)]
    if len({credit.byline.people for credit in labelled}) > 1:
        signed = [credit for credit in signed if credit not in labelled]  # each part of the text has its own
    yield from sorted(signed, key=lambda credit: not _WRITER.search(credit.raw))
    for text in linked:
        byline = read_byline([text], site_runs=site_runs)
        if all(looks_like_person(name) or len(name.split()) == 1 for name in byline.people):
            yield Credit(byline=byline, origin=Origin.DOM, raw=text)


def _in_byline(node: LexborNode) -> bool:
    """Whether a text's own element is called `by`."""
    names = (node.parent.attributes.get("class") or "") if node.parent is not None else ""
    return bool(_CALLED_BY.search(names))


_CALLED_BY: Final = re.compile(r"(?:^|[\s_-])by(?:$|[\s_-])", re.IGNORECASE)


def _of_a_picture(node: LexborNode) -> bool:
    """Whether a text belongs to a picture: the photographer's byline is not the article's."""
    parent = node.parent
    for _ in range(4):
        if parent is None:
            return False
        names = parent.attributes.get("class") or ""
        if parent.tag in ("figure", "figcaption") or _PICTURE.search(names):
            return True
        parent = parent.parent
    return False


_PICTURE: Final = re.compile(r"caption|credit", re.IGNORECASE)
_LABELLED: Final = re.compile(r"(?:authors?|autor(?:in|en|es)?|auteurs?)\s*:", re.IGNORECASE)
_WRITER: Final = re.compile(r"writer|reporter|editor|correspond|redakt|journalist|contribut", re.IGNORECASE)
_NAME_AND_MORE: Final = re.compile(
    r"^[^|]{5,40}\|.*(?:\b(?:19|20)\d\d\b|writer|editor|reporter)", re.IGNORECASE
)


_FROM: Final = re.compile(r"(?:von|di|de|av|af|par|por|door)\s", re.IGNORECASE)
"""Words that mean `of` as well as `by`: what follows them alone is seldom a name."""


_POSTED: Final = re.compile(
    r"posted by|(?:eingestellt|verfasst|erstellt|gepostet) von|(?:publicado|postado) por|publié par",
    re.IGNORECASE,
)
_BY_ONE_WORD: Final = re.compile(
    r"(?:(?:(?:(?:posted|written|submitted|published) )?by|(?:eingestellt|verfasst|geschrieben|erstellt|gepostet) von"
    r"|(?:publicado|escrito|postado) por|publié par):? [^\W\d][\w.-]{2,24}"
    r"|(?:posted by|(?:eingestellt|verfasst|erstellt|gepostet) von|(?:publicado|postado) por|publié par):?"
    r" [^\W\d][\w.-]{1,24} [^\W\d][\w.-]{2,24})(?: (?:on|am|le|el|em|um|at|\|) .{0,40}\d.{0,20})?",
    re.IGNORECASE,
)
"""All that an account's name leaves of a byline: `by ibby`."""


def _plausible(name: str, text: str) -> bool:
    """Whether what follows `By` is a name: a person's, or one word that is all there is."""
    if _BY_ONE_WORD.fullmatch(text):
        return True
    return looks_like_person(name) or (
        len(name.split()) == 1 and len(text) <= len(name) + 12 and name[0].isupper() and not _FROM.match(text)
    )


def _signed(texts: Sequence[str], site_runs: tuple[str, ...]) -> Iterator[Credit]:
    """Lines at the end or the beginning of the body, or beside it, that sign the text."""
    for paragraph, following in zip(texts, (*texts, "")[1:], strict=True):
        if len(paragraph) <= 20 and _BARE.match(paragraph) and looks_like_person(following):
            paragraph = f"{paragraph.rstrip(' :')}: {following}"
            if not _SIGNED.match(paragraph):
                paragraph = f"by {following}"
        if len(paragraph) <= 80 and _POSTED.match(paragraph) and _BY_ONE_WORD.fullmatch(paragraph):
            byline = read_byline([paragraph], site_runs=site_runs)
            if byline.people:
                yield Credit(byline=byline, origin=Origin.TEXT, raw=paragraph)
        elif len(paragraph) <= 120 and _SIGNED.match(paragraph):
            byline = read_byline([paragraph], site_runs=site_runs)
            if byline.people and all(map(looks_like_person, byline.people)):
                yield Credit(byline=byline, origin=Origin.TEXT, raw=paragraph)
