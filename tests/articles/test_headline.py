from __future__ import annotations

from articles.headline import Claims, headline_of, names_of_site, without_site
from articles.model import Origin

RUNS = names_of_site(("The Daily News",), "www.dailynews.example")


def test_the_sites_name_goes_from_either_end() -> None:
    for title in (
        "Rain falls - The Daily News",
        "Rain falls | Daily News",
        "The Daily News: Rain falls",
        "Rain falls – dailynews.example",
    ):
        stripped = without_site(title.replace(": ", " | "), RUNS)
        assert stripped == "Rain falls"


def test_a_dash_within_the_headline_stays() -> None:
    assert without_site("Rain falls - and falls", RUNS) == "Rain falls - and falls"
    assert without_site("Spider-Man returns", RUNS) == "Spider-Man returns"


def test_two_machine_claims_that_agree_win_over_a_heading_that_differs() -> None:
    claims = Claims(
        headings=("Live",),
        json_ld="Rain falls on the north",
        graph="Rain falls on the north | Daily News",
        title="x",
    )
    headline = headline_of(claims, RUNS)
    assert headline is not None
    assert (headline.text, headline.origin) == ("Rain falls on the north", Origin.JSON_LD)


def test_a_heading_that_resembles_the_title_wins_over_a_shared_title() -> None:
    claims = Claims(
        headings=("Daily News", "Rain falls on the north again"),
        graph="You will not believe where rain falls",
        title="Rain falls on the north again - Daily News",
    )
    headline = headline_of(claims, RUNS)
    assert headline is not None
    assert (headline.text, headline.origin) == ("Rain falls on the north again", Origin.DOM)


def test_a_kicker_before_the_stated_headline_goes() -> None:
    claims = Claims(
        headings=("Weather Rain falls on the north",), json_ld="Rain falls on the north", title="Weather"
    )
    headline = headline_of(claims, RUNS)
    assert headline is not None
    assert headline.text == "Rain falls on the north"


def test_a_title_alone_loses_what_stands_behind_its_last_bar() -> None:
    headline = headline_of(Claims(title="Rain falls on the north | Some unknown name"), ())
    assert headline is not None
    assert headline.text == "Rain falls on the north"


def test_a_page_without_claims_has_no_headline() -> None:
    assert headline_of(Claims(), RUNS) is None
    assert headline_of(Claims(headings=("", "—", "x" * 900)), RUNS) is None
