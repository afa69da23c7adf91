"""What a page says of its own article outside the text: evidence for the body classifier, never the answer."""

from __future__ import annotations

from typing import Final

from articles.features import Hints
from articles.headline import Headline
from articles.metadata import Metadata
from articles.page import Page
from articles.text import folded
from articles.title import headline_on, host_of

MAX_BODY_CHARS = 60_000


def hints_of(page: Page, metadata: Metadata, headline: Headline | None = None) -> Hints:
    """Headline, description, JSON-LD body and authors, as stated; `headline` where it is known already."""
    thing = metadata.article
    if headline is None:
        headline, _ = headline_on(page, metadata)
    description = metadata.first("og:description", "description")
    return Hints(
        title=headline.text if headline else "",
        description=(description or (thing.description if thing else None) or "")[:2_000],
        body=((thing.body if thing else None) or "")[:MAX_BODY_CHARS],
        authors=tuple(party.name for party in thing.authors[:10]) if thing else (),
        genre=genre_of(metadata),
    )


_NEWS: Final = frozenset(
    [
        "newsarticle",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "backgroundnewsarticle",
        "liveblogposting",
    ]
)
_TEXTS: Final = frozenset({"article", "webpage", "techarticle", "scholarlyarticle"})
_OTHERS: Final = frozenset({"product", "faqpage", "itemlist", "howto", "recipe", "review", "collectionpage"})


def genre_of(metadata: Metadata) -> int:
    """What the page calls itself, as bits in the order of `articles.features.GENRES`."""
    types = metadata.types | (metadata.article.types if metadata.article else frozenset())
    told = (
        bool(types & _NEWS),
        "blogposting" in types,
        bool(types & _TEXTS),
        bool(types & _OTHERS),
        (metadata.first("og:type") or "").lower() == "article",
    )
    return sum(1 << bit for bit, true in enumerate(told) if true)


def house_of(metadata: Metadata, url: str) -> str:
    """The paper's name as one folded word, as its prompts would speak of it; from the host where it names none."""
    name = metadata.first("og:site_name", "application-name")
    if name and (words := folded(name)):
        return "".join(words)
    labels = host_of(url).split(".")
    return max(labels[:-1], key=len, default="").replace("-", "")
