"""What changed from one revision of an article to another: fields, paragraphs, and words within a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from pressrun.moments import published
from storage.reader import StoredArticle

ALIKE = 0.4
"""Share of words from which on two paragraphs are one that was rewritten, and not one gone and one come."""
MAX_PAIRS = 400
"""Paragraphs gone times paragraphs come, past which nobody looks for the rewritten among them."""
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_FIELDS = (
    *("title", "dek", "authors", "organisations", "agencies", "published_at", "modified_at"),
    *("section", "access", "form"),
)


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    CAME = "came"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class ParagraphDiff:
    """A paragraph as it was and is: all of it the same, gone or come, or words of it."""

    pieces: tuple[Piece, ...]

    @property
    def mark(self) -> Mark | None:
        """What became of the paragraph as a whole; None: some of its words changed."""
        return self.pieces[0].mark if len(self.pieces) == 1 else None

    @property
    def before(self) -> str:
        """The paragraph as it was."""
        return "".join(piece.text for piece in self.pieces if piece.mark is not Mark.CAME)

    @property
    def after(self) -> str:
        """The paragraph as it is."""
        return "".join(piece.text for piece in self.pieces if piece.mark is not Mark.GONE)


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """A field whose value is another one."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """From one revision to another."""

    before: StoredArticle
    after: StoredArticle
    fields: tuple[FieldDiff, ...]
    paragraphs: tuple[ParagraphDiff, ...]
    """Of the body, those that stayed included, in reading order."""


def diff(before: StoredArticle, after: StoredArticle) -> Diff:
    """What changed from `before` to `after`."""
    fields = tuple(
        FieldDiff(name, _shown(before, name), _shown(after, name))
        for name in _FIELDS
        if getattr(before, name) != getattr(after, name)
    )
    paragraphs = tuple(_paragraphs(before.paragraphs, after.paragraphs))
    return Diff(before=before, after=after, fields=fields, paragraphs=paragraphs)


def _shown(article: StoredArticle, name: str) -> str:
    value = published(article) if name == "published_at" else getattr(article, name)
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[ParagraphDiff]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (_whole(Mark.SAME, text) for text in old[i:j])
        elif (j - i) * (m - k) > MAX_PAIRS:
            yield from _unlike(old[i:j], new[k:m])
        else:
            yield from _rewritten(old[i:j], new[k:m])


def _rewritten(old: Sequence[str], new: Sequence[str]) -> Iterator[ParagraphDiff]:
    """The two that are most alike are one paragraph; then the same for what stands before and after them."""
    likeness, i, k = max(
        ((_likeness(a, b), -i, -k) for i, a in enumerate(old) for k, b in enumerate(new)),
        default=(0.0, 0, 0),
    )
    if likeness < ALIKE:
        yield from _unlike(old, new)
        return
    i, k = -i, -k
    yield from _rewritten(old[:i], new[:k])
    yield _words(old[i], new[k])
    yield from _rewritten(old[i + 1 :], new[k + 1 :])


def _unlike(old: Sequence[str], new: Sequence[str]) -> Iterator[ParagraphDiff]:
    yield from (_whole(Mark.GONE, text) for text in old)
    yield from (_whole(Mark.CAME, text) for text in new)


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _words(old: str, new: str) -> ParagraphDiff:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Mark.SAME, "".join(before[i:j])))
            continue
        if i < j:
            pieces.append(Piece(Mark.GONE, "".join(before[i:j])))
        if k < m:
            pieces.append(Piece(Mark.CAME, "".join(after[k:m])))
    return ParagraphDiff(tuple(pieces))


def _whole(mark: Mark, text: str) -> ParagraphDiff:
    return ParagraphDiff((Piece(mark, text),))
