"""Lines of an article that its site repeats from page to page: moved to what was removed, and nothing else changes.

What is read with a profile and what is read without have the same blocks, the same fields and the same kind; only
which blocks are text differs. So a page that is read again with another profile shows no edit, and a whole segment is
read once: what its pages teach is applied to the articles they gave.

A line that repeats is not boilerplate by that alone. Two pages of a site may tell of the same thing, a column has its
standing introduction and a datebook its fixed headings. A heading stays where text that differs from page to page
follows it, a cell stays with its table, and the surer the classifier is of a line the more pages must hold it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from articles.blocks import Blocks, path_of
from articles.body import Body
from articles.model import Article, Form, Kind, Removed
from articles.profile import MAX_WORDS, Profile, Repeats, line_key, profile_id, repeats
from articles.revision import revision_id

OFTEN: Final = 0.3
"""Share of a site's pages from which a line is one that they repeat."""
MOSTLY: Final = 0.6
MOST: Final = 0.4
"""Share of an article's letters that may go."""
_HEADINGS: Final = frozenset(["h2", "h3", "h4", "h5", "h6", "dt"])
_MAX_HEADING_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph as far as it matters when other pages hold it too."""

    chance: float
    """Of being body, by the classifier."""
    path: str
    heading: bool
    """It may head the text that follows."""
    linked: bool
    """Most of it is a link."""
    fixed: bool
    """A cell, a rule, a line that ends in a colon: part of what stands beside it."""


def lines_of(blocks: Blocks, body: Body, rows: Sequence[Sequence[int]]) -> tuple[Line, ...]:
    """What is to know of each paragraph; `rows` has the blocks it was made of."""
    return tuple(_line(blocks, body, row) for row in rows)


def _line(blocks: Blocks, body: Body, row: Sequence[int]) -> Line:
    i = row[0]
    text, tag = blocks.text[i], blocks.elements.tag[blocks.element[i]]
    words = len(body.context.tokens(i)) if len(text) < 400 else MAX_WORDS
    return Line(
        chance=float(body.chance[i]),
        path=path_of(blocks, i) if words <= MAX_WORDS else "",
        heading=words <= _MAX_HEADING_WORDS and (tag in _HEADINGS or not text.endswith((".", "!", "?"))),
        linked=blocks.link_chars[i] >= 0.6 * len(text),
        fixed=len(row) > 1 or tag in ("td", "th") or text.endswith(":") or not any(c.isalpha() for c in text),
    )


def without_repeats(article: Article, lines: Sequence[Line], profile: Profile) -> Article:
    """The article with repeated lines among what was removed, saying which profile it was read with.

    Live blogs are left as they are, and articles of which little would be left: those repeat what they tell.
    """
    article = replace(article, profile=profile_id(profile))
    known = repeats(profile)
    if not known or article.form is Form.LIVE_BLOG or len(lines) != len(article.paragraphs):
        return article
    keys = [line_key(text) if len(text) < 600 else "" for text in article.paragraphs]
    gone = {k: seen for k in range(len(lines)) if (seen := _repeated(k, keys, lines, known)) is not None}
    if not gone or sum(len(article.paragraphs[k]) for k in gone) > MOST * len(article.text):
        return article
    kept = tuple(text for k, text in enumerate(article.paragraphs) if k not in gone)
    stripped = replace(article, paragraphs=kept, removed=_merged(article, lines, gone))
    return replace(stripped, revision_id=revision_id(stripped))


def doubt(seen: Repeats) -> float:
    """The chance of being body below which a line that repeats so often is none.

    What most pages of a site hold is of the site, whatever it reads like; a column's introduction stands on few.
    """
    if seen.share >= MOSTLY and seen.pages >= 6:
        return 1.0
    if seen.share < OFTEN:
        return 0.0 if seen.pages < 3 else 0.6
    return 0.75 if seen.pages == 2 else 0.85 if seen.pages < 6 else 0.93


def _repeated(
    k: int, keys: Sequence[str], lines: Sequence[Line], known: Mapping[str, Repeats]
) -> Repeats | None:
    """How often the site repeats a paragraph that is none of the text; None: it is."""
    seen, line = known.get(keys[k]), lines[k]
    if seen is None or line.fixed or line.chance >= doubt(seen):
        return None
    follows = k + 1 < len(lines) and keys[k + 1] not in known and not lines[k + 1].linked
    return None if line.heading and follows else seen


def _merged(article: Article, lines: Sequence[Line], gone: Mapping[int, Repeats]) -> tuple[Removed, ...]:
    """What was removed before and the paragraphs that go now, in page order, each with its new place."""
    numbered = [(removed.place, 0, removed) for removed in article.removed]
    for k, seen in gone.items():
        told = Removed(
            kind=Kind.REPEATED,
            text=article.paragraphs[k],
            place=k,
            score=0.9,
            reason=f"stands on {seen.pages} pages of this site, {seen.share:.0%} of those known",
            path=lines[k].path,
        )
        numbered.append((k, 1, told))
    numbered.sort(key=lambda one: one[:2])
    return tuple(replace(one, place=place - sum(k < place for k in gone)) for place, _, one in numbered)
