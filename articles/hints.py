"""What a page says of its own article outside the text: evidence for the body classifier, never the answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from articles.features import Hints
from articles.headline import Claims, headline_of, names_of_site
from articles.metadata import Metadata
from articles.page import Page, text_of
from articles.text import folded

MAX_BODY_CHARS = 60_000


def hints_of(page: Page, metadata: Metadata) -> Hints:
    """Headline, description, JSON-LD body and authors, as stated."""
    thing = metadata.article
    claims = Claims(
        headings=tuple(text_of(node)[:500] for node in metadata.headings[:8]),
        json_ld=(thing.headline or thing.name) if thing else None,
        graph=metadata.first("og:title", "twitter:title"),
        title=metadata.title,
    )
    names = (
        metadata.first("og:site_name", "application-name"),
        thing.publisher.name if thing and thing.publisher else None,
    )
    headline = headline_of(claims, names_of_site(names, host_of(page.url)))
    description = metadata.first("og:description", "description")
    return Hints(
        title=headline.text if headline else "",
        description=(description or (thing.description if thing else None) or "")[:2_000],
        body=((thing.body if thing else None) or "")[:MAX_BODY_CHARS],
        authors=tuple(party.name for party in thing.authors[:10]) if thing else (),
    )


def house_of(metadata: Metadata, url: str) -> str:
    """The paper's name as one folded word, as its prompts would speak of it; from the host where it names none."""
    name = metadata.first("og:site_name", "application-name")
    if name and (words := folded(name)):
        return "".join(words)
    labels = host_of(url).split(".")
    return max(labels[:-1], key=len, default="").replace("-", "")


def host_of(url: str) -> str:
    """Host of a URL; empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
