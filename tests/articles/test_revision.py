"""Which changes make a revision, and which of them nobody would notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from articles.model import Kind, Removed
from articles.revision import Part, edited_parts, redrawn, revision_id, same_story
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


def removed(*texts: str) -> tuple[Removed, ...]:
    return tuple(
        Removed(kind=Kind.REPEATED, text=text, place=0, score=0.9, reason="repeats", path="p")
        for text in texts
    )


ONE, TWO, THREE = "The first paragraph.", "The second one, which repeats.", "A third to end with."


def test_a_paragraph_that_moved_out_of_the_body_or_back_is_no_edit() -> None:
    whole = replace(BASE, paragraphs=(ONE, TWO, THREE), removed=())
    cut = replace(BASE, paragraphs=(ONE, THREE), removed=removed(TWO, "Related: another story"))
    for old, new in ((whole, cut), (cut, whole)):
        assert redrawn(old, new)
        assert edited_parts(old, new) == ()
    assert edited_parts(whole, replace(cut, authors=("Bo Lee",))) == (Part.BYLINE,)


def test_a_row_of_a_table_that_is_removed_cell_by_cell_moved_too() -> None:
    whole = replace(BASE, paragraphs=(ONE, "Name\tVotes", THREE), removed=())
    assert redrawn(whole, replace(BASE, paragraphs=(ONE, THREE), removed=removed("Name", "Votes")))


def test_what_the_page_does_not_hold_any_more_or_holds_elsewhere_is_an_edit() -> None:
    whole = replace(BASE, paragraphs=(ONE, TWO, THREE), removed=())
    deleted = replace(BASE, paragraphs=(ONE, THREE), removed=())
    turned = replace(BASE, paragraphs=(THREE, ONE), removed=removed(TWO))
    added = replace(BASE, paragraphs=(ONE, THREE, "A fourth."), removed=removed(TWO))
    for new in (deleted, turned, added, replace(BASE, paragraphs=(TWO, ONE, THREE), removed=())):
        assert not redrawn(whole, new)
        assert edited_parts(whole, new) == (Part.BODY,)


def test_one_story_at_two_addresses_is_told_by_its_title_or_half_of_its_words() -> None:
    text = tuple(f"Sentence number {n} speaks of the harbour and its {n} boats." for n in range(6))
    story = replace(BASE, title="Harbour opens", paragraphs=text)
    assert same_story(story, replace(story, title="Port opens at last", paragraphs=text[1:]))
    assert not same_story(
        story, replace(story, title="Rain", paragraphs=("It rained all day in the hills.",))
    )
    long = replace(BASE, title="The harbour opens on Monday again")
    assert same_story(long, replace(long, paragraphs=("Rewritten from its first word to its last.",)))
