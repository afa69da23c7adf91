"""What a block beside the text is that asks for nothing: told by what the page calls it, nearest element first.

A small box is what the surest of its lines asks for; a large one is what it is called. Only links and what stands
between them are RELATED, only lines that name somebody are a BYLINE: the rest is NAVIGATION, the kind of everything
that leads through the site or merely fills it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from articles.blocks import Blocks
from articles.features import name_parts
from articles.lexicon import Says, says
from articles.model import Kind
from articles.prompts import Verdict
from articles.signatures import signs

_WORDS: Final = {
    Kind.SHARE: "share shares sharing shared social socials sharedaddy shariff addthis addtoany essb sharethis",
    Kind.FOLLOW: "follow followus",
    Kind.COMMENT: "comment comments commentform respond reply replies disqus discussion",
    Kind.CONSENT: "cookie cookies consent gdpr",
    Kind.PAYWALL: "paywall piano regwall metered login signin register",
    Kind.CREDIT: "credit credits copyright attribution photographer imagecredit photocredit",
    Kind.CAPTION: "caption captions figcaption cutline gallery lightbox slideshow",
    Kind.NEWSLETTER: "newsletter newsletters newsletterbox mailinglist",
    Kind.SUBSCRIBE: "subscribe subscription signup membership donate donation optin",
    Kind.ADVERTISEMENT: "ad ads adbox advert advertisement advertising sponsor sponsored taboola outbrain banner "
    "product products price prices pricing deal deals shop shopping buy affiliate woocommerce offer offers cart "
    "commerce cta",
    Kind.RELATED: "related relatedposts recommended recommendations recirc teaser teasers readmore similar popular "
    "trending latest mostread yarpp recommend nextstory meistgelesen",
    Kind.BYLINE: "author authors byline bylines bio dateline contributor contributors writer posted published pubdate "
    "timestamp date time meta metadata autor auteur",
    Kind.NAVIGATION: "tag tags topic topics breadcrumb breadcrumbs crumb crumbs nav navigation navbar menu toc "
    "pagination pager categories category labels jump jumplinks search toolbar tools player rating "
    "ratings faq accordion table "
    "footnote footnotes references citations",
}  # fmt: skip
"""Words in class names and ids, surest kind first where one element has several."""
_KIND_OF: Final = {word: kind for kind, words in reversed(_WORDS.items()) for word in words.split()}
_RANK: Final = {kind: rank for rank, kind in enumerate(_WORDS)}
_TAGS: Final = {
    "nav": Kind.NAVIGATION,
    "figcaption": Kind.CAPTION,
    "figure": Kind.CAPTION,
    "th": Kind.NAVIGATION,
}
_LEVELS: Final = 4
_LABEL: Final = re.compile(
    r"^(?:tags?|article tags|labels?|filed under|topics?|schlagw(?:ort|örter)|themen|etiquetas?|mots[- ]clés|"
    r"trefwoorden|tagi|taggar|categor(?:y|ies)|kategorien?)\s*:",
    re.IGNORECASE,
)
_PEOPLE: Final = frozenset(
    ["author", "authors", "bio", "byline", "contributor", "contributors", "writer", "autor", "auteur"]
)
_SHOWS: Final = frozenset(["gallery", "lightbox", "slideshow"])
"""Names of boxes that hold captions, and as often teasers with a picture each."""
_MAX_CAPTION: Final = 60
"""Words of the longest caption."""
_HEADLINE: Final = 4
"""Words from which a link is the headline of another story."""
_MONTH: Final = (
    r"(?:jan|feb|fév|mar|mär|apr|avr|abr|may|mai|maj|mag|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|oct|okt|ott|out|"
    r"nov|dec|dez|déc|dic)[^\W\d]*\.?"
)
_DATED: Final = re.compile(
    rf"(?:[^\W\d]+,\s)?(?:\d{{4}}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d{{4}}|\d\d)"
    rf"|{_MONTH}\s\d\d?(?:st|nd|rd|th)?,?\s\d{{4}}|\d\d?(?:st|nd|rd|th|\.|º)?\s(?:de\s)?{_MONTH},?\s(?:de\s)?\d{{4}}|\d{{4}}年\d\d?月\d\d?日)(?!\w)",
    re.IGNORECASE,
)
"""A day with its year at the beginning of a line, after a weekday at most."""
_TURNED: Final = frozenset(
    ["previous", "prev", "next", "zurück", "weiter", "anterior", "siguiente", "précédent", "suivant"]
)
_HEADS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
HELPED: Final = re.compile(
    r"^\W*(?:(?:with |additional )?(?:reporting|editing|writing)\b.{0,40}\b(?:by|from)\b|mit (?:agentur)?material\b)"
    r"|\bcontributed (?:reporting|to this)\b",
    re.IGNORECASE,
)
_MADE_BY: Final = re.compile(
    r"©|(?:getty|reuters|afp|shutterstock|istock|alamy|picture alliance|imago|unsplash|epa|dpa|ap photo|via getty)\b|"
    r"^(?:image|credits?|crédit|(?:photo|foto|bild)[ -]?(?:credits?|nachweis|quelle)?s?)\b.{0,12}[:/]",
    re.IGNORECASE,
)


@lru_cache(maxsize=16_384)
def kind_of_name(key: str) -> Kind | None:
    """What a class attribute or id says an element is, if it says."""
    found = [_KIND_OF[part] for part in name_parts(key) if part in _KIND_OF]
    return min(found, key=_RANK.__getitem__) if found else None


def called(blocks: Blocks, i: int, box: int) -> tuple[Kind, str] | None:
    """What the nearest named element around a block, up to its box, says it is; and that element's name."""
    elements = blocks.elements
    if blocks.inline_key[i] and (kind := kind_of_name(blocks.inline_key[i])) is not None:
        return kind, blocks.inline_key[i]
    at = blocks.element[i]
    for _ in range(_LEVELS):
        if at < 0:
            break
        kind = (kind_of_name(elements.key[at]) if elements.key[at] else None) or _TAGS.get(elements.tag[at])
        if kind is not None:
            return kind, elements.key[at] or elements.tag[at]
        if at == box:
            break
        at = elements.parent[at]
    return None


def furniture(
    blocks: Blocks,
    i: int,
    tokens: list[str],
    box: int,
    asked: Verdict | None,
    unlike: float,
    *,
    authors: frozenset[str] = frozenset(),
    pictured: bool = False,
) -> Verdict | None:
    """What a block is by its name, its words and its box; None: nothing tells.

    `asked` is what the surest line of its box asks for, where the box is small; `unlike` how sure it is no body.
    `authors`: their names, folded. `pictured`: its box, so named, holds a picture and hardly any other text.
    """
    text, tag = blocks.text[i], blocks.elements.tag[blocks.element[i]]
    few = len(tokens) <= 12
    if few and _LABEL.match(text):
        return Verdict(Kind.NAVIGATION, unlike, "lists what it is filed under")
    if few and _MADE_BY.search(text):
        return Verdict(Kind.CREDIT, unlike, "names who made a picture")
    if few and (" ".join(tokens) in authors or " ".join(tokens[1:]) in authors):
        return Verdict(Kind.BYLINE, unlike, "names the author")
    if len(tokens) <= 3 and _TURNED.issuperset(tokens):
        return Verdict(Kind.NAVIGATION, unlike, "leads to the next page")
    if len(tokens) == 2 and tokens[0].isdigit() and says(tokens[1]) & Says.COMMENT:
        return Verdict(Kind.COMMENT, unlike, "counts comments")
    linked = blocks.link_chars[i] > 0.5 * len(text)
    named = called(blocks, i, box)
    if named is not None and named[0] in (Kind.SHARE, Kind.COMMENT, Kind.CREDIT, Kind.CAPTION):
        shows = named[0] is Kind.CAPTION and not _SHOWS.isdisjoint(name_parts(named[1]))
        if shows and blocks.link_chars[i] > 0.8 * len(text):
            return Verdict(_link_kind(tokens), unlike, "is nothing but a link")
        return _as_called(named, tokens, unlike)
    if pictured and named is None and not linked and tag not in _HEADS and len(tokens) <= _MAX_CAPTION:
        return Verdict(Kind.CAPTION, unlike, "stands in one box with a picture")
    if tag in ("td", "th") and not linked:
        return Verdict(Kind.NAVIGATION, unlike, "a cell of a table that is no body")
    first = says(tokens[0]) | (says(tokens[1]) if len(tokens) > 1 else 0)
    story = linked and len(tokens) >= _HEADLINE
    if asked is not None and (linked or named is None if asked.kind is Kind.RELATED else not story):
        prose = len(tokens) >= 12 and not linked
        if asked.kind is Kind.RELATED and linked and len(tokens) <= 2:
            return Verdict(Kind.NAVIGATION, unlike, "is nothing but a link")
        if not (prose and asked.kind in (Kind.RELATED, Kind.ADVERTISEMENT)):
            return Verdict(
                asked.kind, max(unlike, 0.5), f"stands in one box with text that {TELLS[asked.kind]}"
            )
    of_people = named is not None and not _PEOPLE.isdisjoint(name_parts(named[1]))
    if named is not None and (named[0] is not Kind.BYLINE or few or of_people or first & Says.MINUTES):
        return _as_called(named, tokens, unlike)
    dated = signs(text, authors) or (few and (bool(first & Says.MINUTES) or _DATED.match(text) is not None))
    if not linked and (dated or (len(tokens) <= 30 and HELPED.search(text))):
        return Verdict(Kind.BYLINE, unlike, "says who wrote it, or when")
    if few and first & Says.CREDIT and not linked:
        return Verdict(Kind.CREDIT, unlike, "names who made a picture")
    if linked:
        return Verdict(_link_kind(tokens), unlike, "is nothing but a link")
    return None


def _link_kind(tokens: list[str]) -> Kind:
    """A link of a few words leads through the site, a longer one is the headline of another story."""
    return Kind.RELATED if len(tokens) >= _HEADLINE else Kind.NAVIGATION


def _as_called(named: tuple[Kind, str], tokens: list[str], unlike: float) -> Verdict:
    kind, name = named
    if kind is Kind.CAPTION and len(tokens) <= 12:
        first = says(tokens[0]) | (says(tokens[1]) if len(tokens) > 1 else 0)
        if first & Says.CREDIT:
            return Verdict(Kind.CREDIT, unlike, "names who made a picture")
    return Verdict(kind, unlike, f"its box is called {' '.join(name.split()[:3])[:60]!r}")


TELLS: Final = {
    Kind.NEWSLETTER: "offers a newsletter",
    Kind.SUBSCRIBE: "asks to subscribe",
    Kind.FOLLOW: "asks to follow",
    Kind.SHARE: "asks to share",
    Kind.APP: "offers an app",
    Kind.RELATED: "points to other stories",
    Kind.ADVERTISEMENT: "labels an advertisement",
    Kind.CAPTION: "stands with a picture",
    Kind.CREDIT: "names who made a picture",
    Kind.BYLINE: "says who wrote it",
    Kind.PAYWALL: "asks for payment or a login",
    Kind.CONSENT: "asks for consent",
    Kind.COMMENT: "asks for comments",
    Kind.REPEATED: "repeats",
    Kind.NAVIGATION: "leads through the site",
}
