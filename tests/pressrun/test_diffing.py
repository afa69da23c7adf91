"""A diff says what a person would: which words, which paragraphs, which fields."""

from __future__ import annotations

import io
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from pressrun import views
from pressrun.diffing import Mark, diff
from storage.batches import Change, Revision, count
from storage.log import Commit
from storage.reader import StoredArticle
from storage.stored import stored
from tests.support.archives import START, make_article

BASE = make_article()
COMMIT = Commit(
    seq=1, writer_id="w", committed_at=START, batch="b", sha256="", segment="s", segment_sha256="", extractor="1", counts=count(())
)  # fmt: skip


def row(*paragraphs: str, **fields: object) -> StoredArticle:
    article = replace(BASE, paragraphs=paragraphs or BASE.paragraphs, **fields)  # type: ignore[arg-type]
    return stored(Revision(change=Change.EDITED, previous=None, article=article), COMMIT)


def marks(before: StoredArticle, after: StoredArticle) -> list[Mark | None]:
    return [paragraph.mark for paragraph in diff(before, after).paragraphs]


def test_a_rewritten_paragraph_is_shown_by_its_words() -> None:
    found = diff(
        row("The harbour opens on Monday, they said."), row("The harbour opens on Tuesday, they said.")
    )
    (paragraph,) = found.paragraphs
    assert [(piece.mark, piece.text) for piece in paragraph.pieces] == [
        (Mark.SAME, "The harbour opens on "),
        (Mark.GONE, "Monday"),
        (Mark.CAME, "Tuesday"),
        (Mark.SAME, ", they said."),
    ]
    assert found.fields == ()


def test_paragraphs_that_came_and_went_are_not_taken_for_rewritten_ones() -> None:
    before, after = (
        row("One two three four.", "Rain fell all day."),
        row("One two three four.", "Nobody came."),
    )
    assert marks(before, after) == [Mark.SAME, Mark.GONE, Mark.CAME]


def test_the_rewritten_one_is_found_among_others() -> None:
    before = row("Rain fell all day.", "The mayor spoke for an hour on the quay.")
    after = row("Nobody came.", "The mayor spoke for two hours on the quay.", "Then they left.")
    assert marks(before, after) == [Mark.GONE, Mark.CAME, None, Mark.CAME]


def test_fields_are_told_with_both_values() -> None:
    found = diff(row(), row(title="Another", authors=("Ana Pérez",), dek=None))
    assert [(field.field, field.before, field.after) for field in found.fields] == [
        ("title", BASE.title, "Another"),
        ("dek", BASE.dek, ""),
        ("authors", "Ana Pérez, Bob Stone", "Ana Pérez"),
    ]


TEXTS = st.lists(st.text(alphabet="ab .,é\n", max_size=12).filter(str.strip), max_size=6)


@settings(max_examples=150, deadline=None)
@given(old=TEXTS, new=TEXTS)
def test_both_texts_can_be_read_from_a_diff(old: list[str], new: list[str]) -> None:
    before, after = replace(row(), paragraphs=tuple(old)), replace(row(), paragraphs=tuple(new))
    paragraphs = diff(before, after).paragraphs
    assert [p.before for p in paragraphs if p.mark is not Mark.CAME] == old
    assert [p.after for p in paragraphs if p.mark is not Mark.GONE] == new


def test_a_terminal_shows_words_and_a_pipe_whole_paragraphs(monkeypatch) -> None:
    found = diff(row("The harbour opens on Monday."), row("The harbour opens on Tuesday."))
    shown = {}
    for terminal in (True, False):
        out = io.StringIO()
        monkeypatch.setattr(views, "out", Console(file=out, force_terminal=terminal, width=100))
        views.compared(found, json=False)
        shown[terminal] = out.getvalue()
    assert "- The harbour opens on Monday.\n+ The harbour opens on Tuesday.\n" in shown[False]
    assert "\x1b[" not in shown[False]
    assert "opens on \x1b[9;31mMonday\x1b[0m\x1b[1;32mTuesday" in shown[True]
