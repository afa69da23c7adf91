"""When two articles are the same: the id of a revision, and edits that change nothing a reader would see."""

from __future__ import annotations

import re
from hashlib import sha256

from articles.model import Article

_QUOTES = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201b": "'",
        "\u2032": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u201f": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2033": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2015": "-",
        "\u2212": "-",
    }
)
_DATELINE = re.compile(r"^[^\W\d_][^.!?]{0,60}?(?:\([^)]{1,30}\)\s*)?-\s")
_SPACE = re.compile(r"[\s\u200b\ufeff\u00ad]+")
_DASHES = re.compile(r"\s*-+\s*")


def revision_id(article: Article) -> str:
    """20 hex digits of sha256 over title, dek, paragraphs, authors and publication time, unambiguously joined.

    Says nothing of when or by which reader the article was read: equal content has an equal id.
    """
    published = article.published_at.isoformat() if article.published_at else ""
    fields = (
        (article.title,),
        (article.dek or "",),
        article.paragraphs,
        article.authors,
        (published,),
    )
    digest = sha256()
    for values in fields:
        digest.update(b"%d\n" % len(values))
        for value in values:
            data = value.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()[:20]


def is_cosmetic(old: Article, new: Article) -> bool:
    """Whether two revisions differ in white space, quotes, dashes or the case of the dateline only."""
    if old.authors != new.authors or old.published_at != new.published_at:
        return False
    if _plain(old.title) != _plain(new.title) or _plain(old.dek or "") != _plain(new.dek or ""):
        return False
    return _body(old.paragraphs) == _body(new.paragraphs)


def _plain(text: str) -> str:
    text = _SPACE.sub(" ", text.translate(_QUOTES)).strip()
    return _DASHES.sub("-", text)


def _body(paragraphs: tuple[str, ...]) -> str:
    text = " ".join(_SPACE.sub(" ", p.translate(_QUOTES)).strip() for p in paragraphs)
    dateline = _DATELINE.match(text)
    if dateline:
        text = text[: dateline.end()].casefold() + text[dateline.end() :]
    return _DASHES.sub("-", text)
