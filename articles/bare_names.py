"""Names that stand alone, without `by`, a class or a link that says whose they are.

    Ann Lee · 3 May 2025       beside the day, near the headline
    Ann Lee                    the first or the last line of the text
    [about the author: Ann Lee is ...]      a box that is named for authors
    Notes | Ann Lee            the name of the site itself, at annlee.net

A text of two capitalised words is as often a section or a place. What tells a name from them is that it begins with
a given name or leads to a person's page, that none of its words stands in small letters in the article, and that no
link leads it elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from selectolax.lexbor import LexborNode

from articles.given_names import is_given_name
from articles.metadata import Metadata
from articles.model import Origin
from articles.names import looks_like_person, read_byline
from articles.nearby import Snippet, in_other_matter, short_text
from articles.page import Page

WITHIN: Final = 10
"""Texts after the headline among which a name beside a date is the author's."""
MAX_BOXES: Final = 12
MAX_LINE_CHARS: Final = 48
MIN_PARAGRAPH_CHARS: Final = 80
"""A last line is signed below a paragraph, not below the items of a list."""
MAX_VOCABULARY_CHARS: Final = 20_000
"""As much of a text as is read for the words that it writes small."""

_DATED: Final = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b|\b\d{1,2}:\d\d\b"
    r"|\bmin(?:ute[ns]?|uti|utos)?\.?\s(?:read|lese|de le)"
    r"|^(?:last\s+)?(?:updated|published|aktualisiert|veröffentlicht|publié|publicado|pubblicato|gepubliceerd)\b.{0,12}$"
    r"|\bago$|^vor \d|^hace \d|^il y a \d|^há \d",
    re.IGNORECASE,
)
_PERSONS_LINK: Final = re.compile(
    r"/(?:\w+[-_])?(?:authors?|autor(?:en|es|a|i)?|auteurs?|people|personen?|profiles?|users?|by|staff|contributors?"
    r"|journalists?|writers?|teams?|members?|reporters?|redaktion|redacteur|person|u|blog-authors?|bio|about)/[^/?#]{2,}"
    r"|[?&](?:author|u|user|autor)=|/@[\w.]+/?$",
    re.IGNORECASE,
)
_BOX: Final = (
    "[class*=author i],[id*=author i],[class*=autor i],[class*=auteur i],[class*=verfasser i]"
    ",[class*=contributor i]"
)
_BOX_NAME: Final = re.compile(
    r"(?:^|[\s_-])(?:the[-_])?(?:author|autor(?:en|in)?|auteur|verfasser|contributor)s?[-_]*(?:\w+[-_]+)?"
    r"(?:bio|box|card|info|about|profile|text|content|wrapper|section|details?|description|block|area|container|vcard)?"
    r"(?:$|[\s_-])|about[-_]?(?:the[-_]?)?author|(?:author|autor)(?:Bio|Box|Card|Info|Profile|Details?)",
    re.IGNORECASE,
)
_NOT_A_BOX: Final = re.compile(
    r"comment|related|teaser|recommend|authors-list|list-authors|recent|popular|carousel|slider|menu|(?:^|[\s_-])nav"
    r"|testimonial|review|newsletter|card-list|grid|quote",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"^(?:about(?: the)?(?: author)?|written by|author|by|von|autor(?:in)?|über(?: den autor| die autorin)?"
    r"|der autor|die autorin|meet the author|posted by|l'auteur|auteur"
    r"|sobre (?:el autor|la autora|o autor|a autora))\W*$",
    re.IGNORECASE,
)
_ACCOUNT: Final = re.compile(r"[^\W\d][\w.-]{2,24}")
_BETWEEN: Final = re.compile(r"and|und|et|y|e|en|i|och|og|&|[|·•]", re.IGNORECASE)
_DESK: Final = re.compile(
    r"\b(?:team|redaktion|staff|editors?|editorial|desk|newsroom|rédaction|redacción|redazione)$",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_OPENS: Final = re.compile(
    r"^(?:(?:the|a|an|our|your|my|this|all|more|new|top|best|how|why|what|und|and|der|die|das)\b)",
    re.IGNORECASE,
)
_COPYRIGHT: Final = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:©\s*)?(?:\d{4}\s*(?:[-–—]\s*\d{4})?)?\s*(?:by\s+)?(?P<name>[^\d|•·©.,(/]{5,40}?)\s*"
    r"(?=$|[|•·.,(/]|\s\d{4}|\sall\b|\salle\b)",
    re.IGNORECASE,
)


def beside_dates(
    nearby: Sequence[Snippet], paragraphs: Sequence[str], metadata: Metadata
) -> Iterator[tuple[str, Origin]]:
    """Names right before or behind a date, among the first texts after the headline; a row of names is one claim."""
    after = [snippet for snippet in nearby if not snippet.before][: WITHIN + 1]
    small = cache(lambda: _written_small(paragraphs))
    for place, snippet in enumerate(after[:WITHIN]):
        text = snippet.text.strip(" ,|·•–—-")
        if not 1 < len(text) <= MAX_LINE_CHARS:
            continue
        beside = [one.text for one in after[max(0, place - 1) : place + 2] if one is not snippet]
        own = bool(_DATED.search(text))
        if not own and not any(len(one) <= 60 and _DATED.search(one) for one in beside):
            continue
        linked = bool(_PERSONS_LINK.search(snippet.href))
        if (snippet.href and not linked) or in_other_matter(snippet.node, metadata.around_headings):
            continue
        if linked and _ACCOUNT.fullmatch(text):
            yield text, Origin.DOM
        elif is_name(text, small(), known=linked) or _is_house(text):
            yield "; ".join([*_row(after[:place], small()), text]), Origin.TEXT


def _row(before: Sequence[Snippet], small: frozenset[str]) -> list[str]:
    """The names of a row that ends before a name, commas and conjunctions between them."""
    names: list[str] = []
    for snippet in reversed(before):
        text = snippet.text.strip(" ,")
        if text and not _BETWEEN.fullmatch(text):
            if len(text) > MAX_LINE_CHARS or not is_name(text, small):
                break
            names.insert(0, text)
    return names


def _is_house(text: str) -> bool:
    """Whether a text is a desk or an agency and nothing else."""
    byline = read_byline([text])
    if byline.people or len(byline.organisations) + len(byline.agencies) != 1:
        return False
    return bool(byline.agencies) or bool(_DESK.search(text))


def at_ends(paragraphs: Sequence[str]) -> Iterator[str]:
    """Names that are the whole of a text's first line or, behind a paragraph, of its last.

    Not those right below it: there they are a photographer's, or of whoever the text quotes.
    """
    if len(paragraphs) < 4:
        return
    first, last = paragraphs[0], paragraphs[-1]
    texts = [first] if len(paragraphs[-2]) < MIN_PARAGRAPH_CHARS else [first, last]
    for text in texts:
        if len(text) <= MAX_LINE_CHARS and is_name(text, _written_small(paragraphs)):
            yield text


def in_boxes(page: Page, metadata: Metadata) -> Iterator[str]:
    """The name in the boxes that are named for authors, where all of them name one."""
    found: dict[str, str] = {}
    for node in page.tree.css(_BOX)[:MAX_BOXES]:
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if node.tag in ("body", "html", "main", "article", "img", "a") or not _BOX_NAME.search(names):
            continue
        if _NOT_A_BOX.search(names) or _is_elsewhere(node, metadata):
            continue
        name = _first_name(node)
        if name:
            found.setdefault(name.casefold(), name)
    if len(found) == 1:
        yield from found.values()


def of_the_site(page: Page, metadata: Metadata, host: str) -> Iterator[str]:
    """The person whose name is the site's and stands in its address: a page of one's own has one author."""
    labels = {_letters(label) for label in host.removeprefix("www.").split(".")[:-1]}
    for name in _site_called(page, metadata):
        bare = _BEFORE_NAME.sub("", name).strip()
        words = bare.split()
        if len(words) != 2 or not looks_like_person(bare) or read_byline([bare]).people != (bare,):
            continue
        first, last = map(_letters, words)
        if is_given_name(words[0]) and (
            first + last in labels or first in labels or (last in labels and len(last) > 4)
        ):
            yield bare


def _site_called(page: Page, metadata: Metadata) -> Iterator[str]:
    """What a page calls its site: by its metadata, its title's end, its links home and its copyright."""
    yield from metadata.meta.get("og:site_name", ())[:1]
    yield from metadata.meta.get("application-name", ())[:1]
    yield from _BARS.split(metadata.title or "")[1:]
    for node in page.tree.css(_CALLED)[:MAX_BOXES]:
        yield short_text(node, 40)
    for node in page.tree.css("footer,[class*=footer i],[class*=copyright i]")[:MAX_BOXES]:
        if match := _COPYRIGHT.search(short_text(node, 300)):
            yield match.group("name").strip()


_BARS: Final = re.compile(r"\s+[|–—·»-]+\s+")
_BEFORE_NAME: Final = re.compile(r"^(?:Prof\.|Dr\.|\s)+|['’]s\b.*$")
_CALLED: Final = (
    "a[rel~=home],a[href='/'],a[href='./'],[class*=site-title i],[class*=site-description i],header h1"
)


def is_name(text: str, small: frozenset[str], *, known: bool = False) -> bool:
    """Whether a text that stands alone is a person's name and not a section, a place or a label.

    `known` says that something else tells that it names a person; `small` are the words that the article writes small.
    """
    byline = read_byline([text])
    names = byline.people
    if len(names) != 1 or byline.organisations or byline.agencies:
        return False
    words = names[0].split()
    if not 2 <= len(words) <= 4 or not looks_like_person(names[0]) or _OPENS.search(names[0]):
        return False
    if not known and not is_given_name(words[0]):
        return False
    if any(len(word) < 2 for word in (words[0], words[-1])):
        return False
    return not any(word.casefold() in small for word in words if len(word) > 3)


def _written_small(paragraphs: Sequence[str]) -> frozenset[str]:
    """The words of a text that it writes in small letters."""
    words: set[str] = set()
    chars = 0
    for paragraph in paragraphs:
        words.update(word for word in _WORD.findall(paragraph) if word.islower())
        chars += len(paragraph)
        if chars > MAX_VOCABULARY_CHARS:
            break
    return frozenset(words)


def _first_name(node: LexborNode) -> str:
    """The first text of a box, a label aside, if it is a name."""
    looked = 0
    for inner in node.traverse(include_text=True):
        if inner.tag != "-text":
            continue
        text = " ".join((inner.text_content or "").split())
        if not text:
            continue
        looked += 1
        if looked > 4:
            break
        if _LABEL.match(text):
            continue
        if len(text) <= MAX_LINE_CHARS and is_name(text, frozenset(), known=True):
            return read_byline([text]).people[0]
        break
    return ""


def _is_elsewhere(node: LexborNode, metadata: Metadata) -> bool:
    """Whether a box hangs in comments, in a list of teasers, in a link or in a menu."""
    parent = node.parent
    for _ in range(8):
        if parent is None or parent.tag in ("body", "html", "main", "article"):
            return False
        if parent.tag in ("nav", "li", "a"):
            return True
        names = f"{parent.attributes.get('class') or ''} {parent.attributes.get('id') or ''}"
        if _NOT_A_BOX.search(names) and parent.mem_id not in metadata.around_headings:
            return True
        parent = parent.parent
    return False


def _letters(text: str) -> str:
    """A text as letters without marks, as a host has them."""
    text = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", text)
    return "".join(character for character in plain if character.isalnum())
