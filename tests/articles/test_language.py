from __future__ import annotations

import pytest

from articles.language import language_of, normal_tag

ENGLISH = (
    "The council said on Monday that it will vote on the plan, "
    "which has been debated for months by the members."
)
GERMAN = (
    "Der Rat teilte am Montag mit, dass er über den Plan abstimmen wird, "
    "der seit Monaten von den Mitgliedern diskutiert wird."
)


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en_us", "en-US"),
        ("EN", "en"),
        ("pt-br", "pt-BR"),
        ("deu", "de"),
        ("zh-Hans-CN", "zh-CN"),
        ("nb-NO", "no-NO"),
        ("Deutsch", "de"),
        ("", None),
        (None, None),
        ("und", None),
        ("{{lang}}", None),
    ],
)
def test_declared_languages_become_tags(declared: str | None, tag: str | None) -> None:
    assert normal_tag(declared) == tag


def test_a_declaration_that_the_words_bear_out_stands() -> None:
    assert language_of(["en-GB"], ENGLISH) == ("en-GB", False)
    assert language_of(["de", "de_AT"], GERMAN) == ("de-AT", False)


def test_the_words_decide_where_declarations_are_wrong_or_missing() -> None:
    assert language_of(["en"], GERMAN) == ("de", True)
    assert language_of([], ENGLISH) == ("en", True)
    assert language_of(["en", "de-CH"], GERMAN) == ("de-CH", False)


def test_short_texts_prove_nothing() -> None:
    assert language_of(["fr"], "Hello") == ("fr", False)
    assert language_of([], "Hello") == (None, False)
