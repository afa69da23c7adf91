from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.names import Byline, looks_like_person, read_byline


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("By John Smith and Jane Doe, Staff Writer", ("John Smith", "Jane Doe")),
        ("By Ann Lee, Bob Roy and Cy Young", ("Ann Lee", "Bob Roy", "Cy Young")),
        ("Von Max Mustermann", ("Max Mustermann",)),
        ("Par Marie Dupont", ("Marie Dupont",)),
        ("Por María García y José Pérez", ("María García", "José Pérez")),
        ("Di Marco Rossi", ("Marco Rossi",)),
        ("Door Jan de Vries", ("Jan de Vries",)),
        ("Autor: Jan Kowalski", ("Jan Kowalski",)),
        ("Von: Eckart von Hirschhausen", ("Eckart von Hirschhausen",)),
        ("Author: Tom", ("Tom",)),
        ("Lance Ryan (Content Manager)", ("Lance Ryan",)),
        ("Doris Munoz-Mantilla, MD, FOMA", ("Doris Munoz-Mantilla",)),
        ("George T. Conway III", ("George T. Conway III",)),
        ("John Smith, Jr.", ("John Smith Jr.",)),
        ("Jane Roe @janeroe jane@example.com", ("Jane Roe",)),
        ("Kate O'Neill Published May 5, 2024", ("Kate O'Neill",)),
        ("Nov 25, 2025 Julian K. Arni", ("Julian K. Arni",)),
        ("Written by Ann Lee. Reviewed by Bob Roy", ("Ann Lee",)),
        ("Mateusz Haberny Founder at Somewhere", ("Mateusz Haberny",)),
        ("Byron Smith", ("Byron Smith",)),
        ("By KIT SANDOVAL Sports Editor", ("Kit Sandoval",)),
        ("Vonda Lee", ("Vonda Lee",)),
        ("Rechtsanwalt Sebastian Einbock", ("Sebastian Einbock",)),
        ("Loona Bright Loona Bright Loona Bright", ("Loona Bright",)),
        ("Leszek Nowak 28 kwietnia 2021 Polityka Fundusz", ("Leszek Nowak",)),
        ("Posted on September 21, 2020 by Adi Tzlil", ("Adi Tzlil",)),
        ("Henry Steinau in Aktuell", ("Henry Steinau",)),
        ("Human in the Loop", ("Human in the Loop",)),
        ("Skrivet av Marta Lind", ("Marta Lind",)),
        ("Postado por Rui Lima", ("Rui Lima",)),
        ("A cura di Marco Rossi", ("Marco Rossi",)),
        ("Contributors: Janet Loughrey", ("Janet Loughrey",)),
        ("Teilen", ()),
        ("Y", ()),
    ],
)
def test_bylines_give_people_without_by_titles_and_handles(text: str, people: tuple[str, ...]) -> None:
    assert read_byline([text]).people == people


@pytest.mark.parametrize(
    ("text", "agencies"),
    [
        ("By Associated Press", ("AP",)),
        ("Von Max Mustermann (dpa)", ("dpa",)),
        ("John Smith, Reuters", ("Reuters",)),
        ("AFP / EFE", ("AFP", "EFE")),
        ("Redazione ANSA", ()),
        ("Ansa", ("ANSA",)),
    ],
)
def test_agencies_are_told_apart_and_named_alike(text: str, agencies: tuple[str, ...]) -> None:
    assert read_byline([text]).agencies == agencies


def test_desks_and_the_site_itself_are_organisations() -> None:
    assert read_byline(["By The Daily News Staff"]).organisations == ("The Daily News Staff",)
    assert read_byline(["Redaktion"]).organisations == ("Redaktion",)
    assert read_byline(["Latin Post"], site_runs=("latinpost",)).organisations == ("Latin Post",)
    assert read_byline(["Andrew Liptak"], site_runs=("andrewliptak",)).people == ("Andrew Liptak",)
    named = read_byline(["Kirche und Leben, Münster, Germany"], site_runs=("kircheundleben",))
    assert (named.people, named.organisations) == ((), ("Kirche und Leben",))
    assert not read_byline(["anónimo", "Super User"])
    assert read_byline(["Deutsches Rotes Kreuz"]).organisations == ("Deutsches Rotes Kreuz",)
    assert read_byline(["example.com"]).organisations == ("example.com",)
    assert read_byline(["Center for Drug Evaluation and Research"]).organisations == (
        "Center for Drug Evaluation and Research",
    )


@pytest.mark.parametrize(
    "text",
    [
        "admin",
        "https://www.facebook.com/abc",
        "@foo",
        "Staff Writer",
        "Author",
        "by",
        "",
        "12 May",
        ".css-1{color:red}",
        "x" * 900,
    ],
)
def test_nobodies_are_left_out(text: str) -> None:
    assert read_byline([text]) == Byline()


def test_a_name_counts_once_whatever_its_case() -> None:
    assert read_byline(["Jane Roe", "JANE ROE", "By Jane Roe"]).people == ("Jane Roe",)


@given(st.lists(st.text(max_size=80), max_size=3))
def test_no_text_makes_byline_reading_fail(texts: list[str]) -> None:
    byline = read_byline(texts)
    for name in (*byline.people, *byline.organisations):
        assert name
        assert name == " ".join(name.split())


@given(st.text(alphabet="ABab 'von.-", min_size=1, max_size=30))
def test_persons_are_capitalised_words(name: str) -> None:
    if looks_like_person(name):
        assert 2 <= len(name.split()) <= 5


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Adam Aaronson PhillyVoice Staff", ("Adam Aaronson",)),
        ("John O'Connor The Associated Press", ("John O'Connor",)),
        ("By Glen Owen And Brendan Carlin For The Mail", ("Glen Owen", "Brendan Carlin")),
        ("Will Judd Former Deputy Tech Editor", ("Will Judd",)),
        ("Ann Lee, Chief Technology Officer and Head of Labs", ("Ann Lee",)),
        ("Ann B. Slotnick CPP, PSP", ("Ann B. Slotnick",)),
        ("André Oliver KLEIN", ("André Oliver KLEIN",)),
        ("CM | Craig McCarthy", ("Craig McCarthy",)),
        ("Nelson C.J.", ("Nelson C.J.",)),
        ("YouTube", ()),
        ("page.head.extra.author", ()),
    ],
)
def test_papers_agencies_jobs_and_degrees_behind_a_name_go(text: str, people: tuple[str, ...]) -> None:
    assert read_byline([text], site_runs=("phillyvoice",)).people == people
