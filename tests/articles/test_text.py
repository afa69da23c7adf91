"""What the fast ways through a text give is what the plain ways give."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from articles.text import Remembered, clean, composed, folded, folded_lines

TEXTS = st.text(max_size=60) | st.text(
    alphabet="aB é'’“”–—…_1\t\n\r\x0b\x1c\x85\u00a0\u00ad\u200b\ufeffßİ字", max_size=60
)


@given(TEXTS)
def test_words_are_those_that_the_pattern_finds(text: str) -> None:
    assert folded(text) == re.findall(r"\w+", text.casefold())


def test_every_letter_of_the_west_folds_as_unicode_has_it() -> None:
    for letter in map(chr, range(0x250)):
        text = f"A{letter} {letter}é"
        assert folded(text) == re.findall(r"\w+", text.casefold()), hex(ord(letter))


@given(st.lists(TEXTS.map(lambda text: text.replace("\n", " ")), max_size=6))
def test_the_words_of_many_lines_are_those_of_each(lines: list[str]) -> None:
    assert folded_lines(lines) == [folded(line) for line in lines]


@given(TEXTS)
def test_a_clean_line_has_no_control_characters_and_single_spaces(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    plain = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text)
    assert clean(text) == re.sub(r"[\s\u200b\ufeff\u00ad]+", " ", plain).strip()
    assert clean(clean(text)) == clean(text)


@given(st.lists(st.text(alphabet="aeoué\u0301\u0316\u0327ㄱ각 ", max_size=40), max_size=40).map(" ".join))
def test_a_long_text_is_composed_as_a_short_one_is(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


def test_what_is_remembered_is_asked_once_and_bounded() -> None:
    asked: list[str] = []
    lengths = Remembered(lambda text: asked.append(text) or len(text), limit=3)
    assert [lengths[text] for text in ("a", "bb", "a", "ccc", "dddd", "x" * 5_000, "x" * 5_000)] == [
        1,
        2,
        1,
        3,
        4,
        5_000,
        5_000,
    ]
    assert asked == ["a", "bb", "ccc", "dddd", "x" * 5_000, "x" * 5_000]
    assert len(lengths) <= 3
