from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.agencies import AGENCIES, agencies_in_text, agency_of

MIDDLE = "The weather service said so in a statement on Monday, and the mayor agreed."


@pytest.mark.parametrize(
    ("start", "agencies"),
    [
        ("BERLIN (dpa) - Der Regen hört nicht auf.", ("dpa",)),
        ("(ANSA) - ROMA, 12 MAG - La pioggia continua.", ("ANSA",)),
        ("Lisboa, 03 mai 2023 (Lusa) – A chuva continua.", ("Lusa",)),
        ("Madrid, 3 may (EFE).- La lluvia sigue.", ("EFE",)),
        ("SPRINGFIELD, Ill. (AP) — The rain goes on.", ("AP",)),
        ("BEIJING, May 3 (Xinhua) -- The rain goes on.", ("Xinhua",)),
        ("Paris (epd). Der Regen hört nicht auf.", ("epd",)),
        ("AP — The rain goes on.", ("AP",)),
        ("Berlin (CDU) - Die Partei redet vom Regen.", ()),
        ("The team (AP) won in the rain.", ()),
        ("The PA system failed - again.", ()),
    ],
)
def test_a_dateline_credits_its_agency(start: str, agencies: tuple[str, ...]) -> None:
    found, raw = agencies_in_text((start, MIDDLE, MIDDLE))
    assert found == agencies
    assert raw in start


@pytest.mark.parametrize(
    ("end", "agencies"),
    [
        ("(SID)", ("SID",)),
        ("dpa/afp", ("dpa", "AFP")),
        ("(apa/dpa/red)", ("APA", "dpa")),
        ("The rain goes on, he said. (Reuters)", ("Reuters",)),
        ("© dpa-infocom, dpa:230203-99-1/2", ("dpa",)),
        ("Quelle: KNA", ("KNA",)),
        ("Mit Material von dpa und AFP", ("dpa", "AFP")),
        ("Con información de EFE.", ("EFE",)),
        ("The Associated Press contributed to this report.", ("AP",)),
        ("(Foto: Ann Lee/dpa)", ()),
        ("Image copyright Reuters", ()),
        ("The rain goes on, he told the AP photo desk.", ()),
    ],
)
def test_a_line_behind_the_text_credits_its_agency_and_a_pictures_credit_does_not(
    end: str, agencies: tuple[str, ...]
) -> None:
    assert agencies_in_text((MIDDLE, MIDDLE, MIDDLE, end))[0] == agencies


def test_a_bare_name_beside_the_body_may_be_a_pictures_credit() -> None:
    assert agencies_in_text((MIDDLE,), ("Reuters",))[0] == ()
    assert agencies_in_text((MIDDLE,), ("(Reuters)",))[0] == ("Reuters",)


def test_an_abbreviation_that_is_a_word_counts_in_capitals_only() -> None:
    assert agency_of("Pa") is None
    assert agency_of("PA") == "PA Media"
    assert agency_of("reuters") == "Reuters"


@given(st.lists(st.text(max_size=120), max_size=6), st.lists(st.text(max_size=80), max_size=3))
def test_whatever_is_credited_is_a_known_agency(paragraphs: list[str], beside: list[str]) -> None:
    found, raw = agencies_in_text(paragraphs, beside)
    assert set(found) <= set(AGENCIES.values())
    assert bool(found) == bool(raw)
