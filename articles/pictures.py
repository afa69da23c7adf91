"""The main image of an article, with the caption and the credit that the page gives it."""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborNode

from articles.metadata import Metadata, Picture
from articles.model import Image, Origin
from articles.nearby import short_text
from articles.page import Page

MAX_URL_CHARS: Final = 2_000
MAX_CAPTION_CHARS: Final = 1_000

_LOGO: Final = re.compile(
    r"(?:^|[-_./])(?:favicon|placeholder|site[-_]?icon|apple-touch-icon|(?:og|share|social|fb|facebook)[-_]?"
    r"(?:image[-_]?)?(?:default|fallback)|default[-_]?(?:image|og|share|social|thumb\w*)|no[-_]?ima?ge?)(?:$|[-_.\d])"
    r"|^(?:site|main|header|footer|company|brand)?[-_]?logo[-_\d]*(?:$|\.)",
    re.IGNORECASE,
)
"""Pictures of every page. A file called after another's logo may well be the article's."""
_SIZE: Final = re.compile(
    r"(?:\.(?:jpe?g|png|webp|gif|avif|tiff?|bmp|svg))+$|[-_]\d{1,4}x\d{1,4}$|-scaled$|-e\d{10,13}$|@\dx$"
    r"|[-_](?:small|medium|large|thumb(?:nail)?|full|hero|og)$",
    re.IGNORECASE,
)
_CREDIT: Final = re.compile(
    r"[\s(\[|,;/–—-]*(?:^|(?<=[\s(\[|,.;/–—-]))"
    r"(?:(?:(?:photo|image|foto|picture|bild)\s*)?(?:photo(?:graph(?:er|s)?)?s?|image|picture|pic|fotos?|bild|bildquelle"
    r"|cr[ée]dit[os]?|quelle|source|fonte|fuente)"
    r"\s*(?:by|von|par|por|di|av|:|：|©)+|©|(?:photograph|photo|image|foto|bild)s?\s+(?:by|via|von|par|por|di)\s)"
    r"\s*(?:©\s*)?(?P<name>[^()\[\]]{2,80})[)\]]?\s*$",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"^\W*(?:(?:photo(?:graph(?:er|s)?)?s?|image|picture|fotos?|bild|bildquelle|cr[ée]dit[os]?|quelle|source|fonte|fuente)"
    r"\s*(?:credit\s*)?(?:by\b|von\b|par\b|por\b|di\b|:|：|©)\s*)+|^\W*©\s*",
    re.IGNORECASE,
)
"""What a credit begins with before it names anyone."""
_HOUSES: Final = re.compile(
    r"[\s(\[|,;–—-]*(?P<name>(?:[A-ZÀ-Þ](?:\.|[\w'’-]*)\s){0,4}(?:(?:[A-ZÀ-Þ](?:\.|[\w'’-]*)\s?){1,3}/\s*)?(?:/|via|for|[|,])?\s*"
    r"(?:Getty(?: Images)?|Shutterstock(?:\.com)?|iStock(?:photo)?(?:/Getty(?: Images)?)?|AFP|Reuters|REUTERS|dpa"
    r"|picture[ -]alliance|Unsplash|Alamy(?: Stock Photo)?|Imago|IMAGO|Adobe Stock|AP Photo|Associated Press|EPA"
    r"|Keystone|ANSA|EFE|Flickr|Pexels|Pixabay))[)\]]?\s*$"
)


_CREDIT_CHARS: Final = 300
"""Characters at the end of a caption in which its credit is looked for; a caption may be as long as it likes."""


def main_image(page: Page, metadata: Metadata, runs: tuple[str, ...]) -> tuple[Image, Origin, str] | None:
    """The main image, where it is stated, and its address as it stood; None where only logos are.

    `runs` name the site (`headline.names_of_site`): a file of that name is its logo.
    """
    thing = metadata.article
    stated: list[tuple[Picture, Origin]] = [
        (picture, Origin.JSON_LD) for picture in (thing.images[:1] if thing else ())
    ]
    shared = metadata.first(
        "og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"
    )
    if shared:
        stated.append((Picture(url=shared), Origin.META))
    stated += [(Picture(url=href), Origin.DOM) for href in metadata.links.get("image_src", ())[:1]]
    for picture, origin in stated:
        url = page.link(picture.url)
        if not url or not url.startswith(("http://", "https://")) or len(url) > MAX_URL_CHARS:
            continue
        if _is_logo(url, runs):
            continue
        caption, credit = _figure(metadata, url)
        if caption is None and credit is None and picture.caption:
            caption, credit = divided(picture.caption)
        return Image(url=url, caption=caption, credit=credit or picture.credit), origin, picture.url
    return None


def divided(text: str) -> tuple[str | None, str | None]:
    """A caption as what it tells and whom it credits: `The bridge. Photo: Ann Lee` and the like."""
    start = max(0, len(text) - _CREDIT_CHARS)
    for pattern in (_CREDIT, _HOUSES):
        match = pattern.search(text[start:])
        if match is not None:
            name = match.group("name").strip(" .,;|/-–—:")
            told = text[: start + match.start()].rstrip(" (|/–—-")
            if name:
                return told or None, name
    return text.strip() or None, None


def _is_logo(url: str, runs: tuple[str, ...]) -> bool:
    """Whether a picture is the site's own and not the article's."""
    name = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    own = "".join(character for character in _stem(name).casefold() if character.isalpha())
    return bool(_LOGO.search(name)) or (len(own) > 3 and own.replace("logo", "") in runs)


def _figure(metadata: Metadata, url: str) -> tuple[str | None, str | None]:
    """Caption and credit of the figure that shows this picture."""
    name = _stem(url)
    if len(name) < 5:
        return None, None
    for node in metadata.figures[:10]:
        caption = node.css_first("figcaption")
        if caption is None or not any(_shows(image, name) for image in node.css("img,source")[:10]):
            continue
        text = short_text(caption, MAX_CAPTION_CHARS)
        inner = caption.css_first("[class*=credit i],[class*=copyright i],[class*=source i],cite,small")
        credit = short_text(inner, 200) if inner is not None else ""
        if not credit:
            return divided(text)
        told = text.replace(credit, "").strip(" |·–—-")
        return told or None, _LABEL.sub("", credit).strip(" |") or credit
    return None, None


def _shows(image: LexborNode, name: str) -> bool:
    """Whether an image element names a file of this name, of any size and kind."""
    attributes = image.attributes
    sources = " ".join(
        attributes.get(key) or ""
        for key in ("src", "srcset", "data-src", "data-srcset", "data-lazy-src", "data-original")
    )[:10_000]
    return name in sources or any(name == _stem(one) for one in sources.split()[:30])


def _stem(url: str) -> str:
    """The name of a file without its ending and without what tells its size."""
    name = url.partition("?")[0].rstrip("/,").rpartition("/")[2]
    for _ in range(4):
        shorter = _SIZE.sub("", name)
        if shorter == name:
            break
        name = shorter
    return name
