from __future__ import annotations

from datetime import UTC, datetime

import pytest

from articles.fields import Fields, fields_of
from articles.given_names import is_given_name
from articles.metadata import metadata_of
from articles.model import Capture
from articles.page import parse

TEXT = (
    "The council voted on Tuesday to keep the old bridge open for another year, after a long debate.",
    "Engineers had warned that the pillars would not last another winter, and asked for money.",
    "Its members will meet again in March, when the first figures of the survey are expected to be ready.",
    "Until then lorries keep to the other road, which the county wants to widen with money from the state.",
)
HEADING = "<h1>Old bridge stays open</h1>"


def _read(
    body: str,
    paragraphs: tuple[str, ...] = TEXT,
    *,
    head: str = "",
    url: str = "https://paper.example.com/news/bridge",
) -> Fields:
    html = f"<html><head>{head}</head><body>{body}" + "".join(f"<p>{one}</p>" for one in paragraphs)
    capture = Capture(url=url, fetched_at=datetime(2026, 1, 1, tzinfo=UTC), status=200, headers=(), body=b"")
    page = parse(html, url)
    return fields_of(page, metadata_of(page), paragraphs, capture)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<span>Anna Keller</span><span>3 May 2025</span>", ("Anna Keller",)),
        ("<span>03.05.2025</span> <span>Jörg Weber</span>", ("Jörg Weber",)),
        ("<span>25.10.2022 - Marta Nowak</span>", ("Marta Nowak",)),
        (
            "<b>Ana Costa</b>, <b>Rui Lima</b> e <b>Marta Reis</b> <i>12:45</i>",
            ("Ana Costa", "Rui Lima", "Marta Reis"),
        ),
        ("<a href=/user-list/?u=79>MikeNils</a> <span>18.10.2019, 15:07</span>", ("MikeNils",)),
        ("<p>Freitag | 14. Juni 2019 | 15:49 VON Sina Giebel</p>", ("Sina Giebel",)),
    ],
)
def test_a_name_beside_the_day_under_the_headline_is_the_authors(line: str, authors: tuple[str, ...]) -> None:
    assert _read(HEADING + line).authors == authors


@pytest.mark.parametrize(
    "line",
    [
        "<span>Real Estate</span><span>3 May 2025</span>",
        "<span>San Francisco</span><span>3 May 2025</span>",
        "<a href=/topics/anna-keller>Anna Keller</a><span>3 May 2025</span>",
        "<div class=related-stories><span>Anna Keller</span><span>3 May 2025</span></div>",
        "<span>Save Article</span><span>3 May 2025</span>",
    ],
)
def test_sections_places_and_links_elsewhere_beside_the_day_are_no_authors(line: str) -> None:
    assert _read(HEADING + line).authors == ()


def test_words_that_the_article_writes_small_are_no_name() -> None:
    text = (*TEXT, "It was a mark of the old stone, said the mayor, and the light of a summer long gone by.")
    assert _read(f"{HEADING}<span>Mark Stone</span><span>3 May 2025</span>", text).authors == ()
    assert _read(f"{HEADING}<span>Mark Stone</span><span>3 May 2025</span>").authors == ("Mark Stone",)


def test_a_name_that_is_the_texts_last_line_signs_it_but_not_the_last_item_of_a_list() -> None:
    assert _read(HEADING, (*TEXT, "Stefan Wasmer")).authors == ("Stefan Wasmer",)
    assert _read(HEADING, (*TEXT, "Peter Meier", "Stefan Wasmer")).authors == ()


def test_the_box_about_the_author_names_the_author() -> None:
    box = "<div class=author-bio><h3>About the author</h3><h4>{}</h4><p>Writes on bridges.</p></div>"
    assert _read(HEADING, TEXT).authors == ()
    assert _read(HEADING + box.format("Lauren Vetter")).authors == ("Lauren Vetter",)
    assert _read(HEADING + box.format("Lauren Vetter") + box.format("Tom Reed")).authors == ()
    assert _read(f"{HEADING}<div class=comments>{box.format('Lauren Vetter')}</div>").authors == ()


@pytest.mark.parametrize(
    ("head", "body", "url", "authors"),
    [
        (
            "<title>On bridges | Wolfgang Michal</title>",
            "",
            "https://www.wolfgangmichal.de/1",
            ("Wolfgang Michal",),
        ),
        ("<title>On bridges — Owain Brennan</title>", "", "https://owain.blog.example/1", ("Owain Brennan",)),
        (
            "",
            "<footer>© 2025 Toby Hede. All rights reserved.</footer>",
            "https://tobyhede.com/a",
            ("Toby Hede",),
        ),
        ("<title>On bridges | Encore Realty</title>", "", "https://encorerealty.com/1", ()),
        ("<title>On bridges | Wolfgang Michal</title>", "", "https://paper.example.com/1", ()),
    ],
)
def test_who_writes_on_a_site_of_ones_own_name_is_its_author(
    head: str, body: str, url: str, authors: tuple[str, ...]
) -> None:
    assert _read(HEADING + body, head=head, url=url).authors == authors


def test_a_page_signed_by_its_house_is_credited_to_whom_stands_beside_the_day() -> None:
    head = (
        '<meta property="og:site_name" content="Bridge Post"><script type="application/ld+json">{"@type": "NewsArticle",'
        '"headline": "Old bridge stays open", "author": {"@type": "Organization", "name": "Bridge Post"}}</script>'
    )
    fields = _read(f"{HEADING}<span>Anna Keller</span><span>3 May 2025</span>", head=head)
    assert (fields.authors, fields.organisations) == (("Anna Keller",), ("Bridge Post",))
    fields = _read(f"{HEADING}<span>SID</span><span>3 May 2025</span>", head=head)
    assert (fields.authors, fields.agencies) == ((), ("SID",))


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<p>Eingestellt von <b>der Michel</b> um 21:11</p>", ("der Michel",)),
        ("<p>Posted by <b>BeauHD</b> on Friday December 19, 2025</p>", ("BeauHD",)),
        ("<p>by damianduchamps on August 3, 2019</p>", ("damianduchamps",)),
        ("<span>Written by</span> <b>Eliz</b> - <i>Product marketer</i>", ("Eliz",)),
        ("<p>Author: <a href=/x>Gàbor Muniér</a>, Datum: 03.Mär.19</p>", ("Gàbor Muniér",)),
        ("<p>Escrito por: <b>Marta Reis</b></p>", ("Marta Reis",)),
        ("<p>A cura di Marco Rossi</p>", ("Marco Rossi",)),
    ],
)
def test_more_ways_to_say_by_are_read(line: str, authors: tuple[str, ...]) -> None:
    assert _read(HEADING + line).authors == authors


def test_the_bylines_of_other_texts_are_not_the_articles() -> None:
    others = "".join(f"<p>By {name}</p>" for name in ("Ann Lee", "Bob Roy", "Cy Young", "Dan Fox"))
    assert _read(HEADING + others).authors == ()
    long = "".join(f"<p>{one}</p>" for one in TEXT * 2 if len(one) > 0)
    assert (
        _read(HEADING + long.replace("</p>", " " + TEXT[0] + "</p>") + "<p>by Joe Abercrombie</p>").authors
        == ()
    )
    assert _read(f"{HEADING}<div class=author>Julia on 11/08/2020 at 9:52 Reply</div>").authors == ()


def test_the_byline_within_a_link_to_another_text_is_that_ones() -> None:
    card = (
        f"<a href=/other><h3>Ferry returns</h3><p>{TEXT[0]}</p><span class=author>von Anna Dunst</span></a>"
    )
    assert _read(HEADING + card).authors == ()
    assert _read(f"{HEADING}<a href=/other><span class=author>Anna Dunst</span></a>").authors == (
        "Anna Dunst",
    )


def test_given_names_are_known_without_marks_and_case() -> None:
    assert all(map(is_given_name, ("Jörg", "RENÉ", "Hans-Peter", "Łukasz", "Søren", "Zoë")))
    assert not any(map(is_given_name, ("Austin", "Real", "Machine", "", "-")))
