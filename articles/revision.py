"""When two articles are the same: the id of a revision, and which of its parts an editor changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256

from articles.model import Article
from articles.text import folded, shingles

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


class Part(StrEnum):
    """A part of an article that its editors can change."""

    HEADLINE = "headline"
    DEK = "dek"
    BODY = "body"
    BYLINE = "byline"
    DATE = "date"
    """Of publication."""

    def __repr__(self) -> str:
        """As its name reads: `article.edited` is a tuple, which shows this."""
        return repr(self.value)


def edited_parts(old: Article, new: Article) -> tuple[Part, ...]:
    """The parts in which two revisions differ by more than white space, quotes, dashes or the dateline's case.

    A body that differs only in what the reader took out of it (`redrawn`) is not edited.
    """
    differs = {
        Part.HEADLINE: _plain(old.title) != _plain(new.title),
        Part.DEK: _plain(old.dek or "") != _plain(new.dek or ""),
        Part.BODY: _body(old.paragraphs) != _body(new.paragraphs) and not redrawn(old, new),
        Part.BYLINE: old.authors != new.authors,
        Part.DATE: old.published_at != new.published_at,
    }
    return tuple(part for part in Part if differs[part])


def redrawn(old: Article, new: Article) -> bool:
    """Whether only the reader's line between body and boilerplate moved: the page says what it said.

    Every paragraph that left the body is among what was removed from the new page, every one that came was
    removed from the old one, and those in both stand in the same order.
    """
    before, after = _pieces(old.paragraphs), _pieces(new.paragraphs)
    left, came = Counter(before) - Counter(after), Counter(after) - Counter(before)
    if not left and not came:
        return False
    if not (left <= _removed(new) and came <= _removed(old)):
        return False
    moved = left.keys() | came.keys()
    return [p for p in before if p not in moved] == [p for p in after if p not in moved]


def same_story(one: Article, other: Article) -> bool:
    """Whether the article at one address is the one that stood at another: half of its runs of four words, or a
    title of five words and more."""
    titles = folded(one.title), folded(other.title)
    if titles[0] == titles[1] and len(titles[0]) >= 5:
        return True
    mine, theirs = shingles(folded(one.text)), shingles(folded(other.text))
    return 2 * len(mine & theirs) >= max(1, min(len(mine), len(theirs)))


def _pieces(paragraphs: Iterable[str]) -> list[str]:
    # the cells of a table row are one paragraph in the body, and a block each where they are removed
    return [_plain(piece) for paragraph in paragraphs for piece in paragraph.split("\t")]


def _removed(article: Article) -> Counter[str]:
    return Counter(_pieces(block.text for block in article.removed))


def _plain(text: str) -> str:
    text = _SPACE.sub(" ", text.translate(_QUOTES)).strip()
    return _DASHES.sub("-", text)


def _body(paragraphs: tuple[str, ...]) -> str:
    text = " ".join(_SPACE.sub(" ", p.translate(_QUOTES)).strip() for p in paragraphs)
    dateline = _DATELINE.match(text)
    if dateline:
        text = text[: dateline.end()].casefold() + text[dateline.end() :]
    return _DASHES.sub("-", text)
