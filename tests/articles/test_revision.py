"""Which changes make a revision, and which of them nobody would notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from articles.revision import Part, edited_parts, revision_id
from tests.support.pages import article, page

BASE = article(page())


def test_equal_content_has_an_equal_revision_whenever_it_was_read() -> None:
    later = replace(BASE, fetched_at=BASE.fetched_at + timedelta(days=1), extractor="99", removed=())
    assert revision_id(later) == revision_id(BASE) == BASE.revision_id
    assert len(BASE.revision_id) == 20


def test_every_part_of_the_content_counts() -> None:
    changes = [
        {"title": "Another"}, {"dek": "A dek"}, {"paragraphs": BASE.paragraphs[:-1]}, {"authors": ("Bo Lee",)},
        {"published_at": BASE.fetched_at}, {"paragraphs": (" ".join(BASE.paragraphs),)},
    ]  # fmt: skip
    ids = {revision_id(replace(BASE, **change)) for change in changes}  # type: ignore[arg-type]
    assert len(ids | {revision_id(BASE)}) == len(changes) + 1


def test_quotes_dashes_and_spaces_are_cosmetic_and_words_are_not() -> None:
    plain = replace(BASE, paragraphs=('PARIS - "Yes," he said - and left.',))
    curly = replace(BASE, paragraphs=("Paris — “Yes,”  he said – and left.",))
    other = replace(BASE, paragraphs=("Paris — “No,” he said – and left.",))
    assert edited_parts(plain, curly) == ()
    assert edited_parts(plain, other) == (Part.BODY,)
    assert edited_parts(BASE, replace(BASE, title=BASE.title + " again")) == (Part.HEADLINE,)
