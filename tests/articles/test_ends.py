"""What stands above and below a text on pages that mark nothing up, and is no text."""

from __future__ import annotations

import pytest

from articles.model import Article, Kind
from articles.names import read_byline
from articles.reading import read
from tests.support.pages import STORY, article, capture, page

SHORT = (
    "Il consiglio ha deciso martedì sera, con cinque voti contro due, la chiusura della scuola di via degli Olmi.",
    "L’edificio ha bisogno di lavori per sei milioni e gli iscritti sono calati di un terzo dal 2014.",
    "Un gruppo di residenti si è rivolto a un avvocato e chiederà al giudice di fermare il piano.",
)


def told(found: Article) -> dict[str, Kind]:
    return {one.text: one.kind for one in found.removed}


def bare(*lines: str, title: str = "Chiude la scuola di via degli Olmi", tag: str = "p") -> bytes:
    text = "".join(f"<{tag}>{line}</{tag}>" for line in lines)
    return f"<title>{title} - Corriere</title><main><article><h1>{title}</h1>{text}</article></main>".encode()


def test_signatures_that_follow_a_long_standfirst_are_no_text() -> None:
    standfirst = "Cinque voti a due: la decisione dopo un anno di liti, e i genitori ora pensano al ricorso"
    signed = ("di Carla Verdi", "18 novembre 2026 alle 09:12", "2 minuti di lettura")
    found = article(bare(standfirst, *signed, *SHORT))
    assert found.paragraphs == (standfirst, *SHORT)
    assert all(told(found)[line] is Kind.BYLINE for line in signed)


@pytest.mark.parametrize("line", ["Anna Kowalska", "Interview: Anna Lee", "Kim GreerNov 18, 20262 min"])
def test_a_first_line_that_only_names_somebody_is_a_byline(line: str) -> None:
    assert article(bare(line, *SHORT)).paragraphs == SHORT


def test_a_name_that_stands_alone_within_the_text_stays() -> None:
    lines = (*SHORT, "Anna Kowalska", *STORY)
    assert article(bare(*lines)).paragraphs == lines


def test_a_headline_that_shares_its_block_with_the_byline_is_no_text() -> None:
    paragraphs = "<br><br>".join(STORY)
    body = (
        "<title>Harrow Post - Council closes the bridge</title><div class=story><span>Council closes the bridge</span><br>"
        f"<span>By Kim Greer</span><br><br>{paragraphs}</div>"
    )
    assert article(body.encode()).paragraphs == STORY


@pytest.mark.parametrize(
    "line",
    [
        "Associated Press writer Jo Banks in Boston contributed to this report.",
        "Additional reporting by Ann Lee.",
        "Ann Walker covers the county for the Post. Reach her at walker@post.example.",
        "Tom Abara is a transport reporter for the Post. Follow him on X @tabara.",
        "___",
    ],
)
def test_a_last_line_on_its_authors_is_no_text(line: str) -> None:
    found = article(page((*STORY, line)))
    assert found.paragraphs == STORY
    assert line in told(found)


def test_a_dash_in_a_table_and_a_mark_in_a_list_are_text() -> None:
    rows = "".join(
        f"<tr><td>Ward {n}</td><td>{vote}</td></tr>" for n, vote in enumerate(("–", "✅", "14"), 1)
    )
    found = article(page(after=f"<table>{rows}</table>"))
    assert found.paragraphs[-3:] == ("Ward 1\t–", "Ward 2\t✅", "Ward 3\t14")


def test_the_row_of_a_table_that_lays_a_page_out_is_not_one_paragraph() -> None:
    body = (
        "<title>Council closes the bridge</title><table><tr><td><a href=/>Home</a><br><a href=/s>Sports</a></td><td>"
        f"<b>Council closes the bridge</b><p>{'<p>'.join(STORY)}</td></tr></table>"
    )
    assert article(body.encode()).paragraphs == STORY


def test_the_classic_page_of_a_blog_gives_its_title_without_the_blogs_name_and_the_minute_it_was_posted() -> (
    None
):
    body = (
        "<title>Harrow Watch: Council closes the bridge</title><h1 class=title><a href='/'>Harrow Watch</a></h1>"
        "<h2 class=date-header>Wednesday, November 18, 2026</h2><div class='post hentry'><h3 class=post-title>Council closes "
        f"the bridge</h3><div class=post-body>{'<br><br>'.join(STORY)}</div><div class=post-footer>Posted by <span class=fn>Lou "
        "Marsh</span> at <a><abbr class=published title='2026-11-18T08:01:00-05:00'>8:01 AM</abbr></a></div></div>"
    )
    found = read(capture(body.encode(), url="https://harrowwatch.blogspot.com/2026/11/bridge.html"))
    assert isinstance(found, Article)
    assert found.title == "Council closes the bridge"
    assert found.paragraphs == STORY
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2026-11-18T13:01:00+00:00"


@pytest.mark.parametrize(
    ("byline", "person"),
    [
        ("BY KIM GREER Times Staff Writer", "Kim Greer"),
        ("By KIM GREER Harlow News Staff Writer", "Kim Greer"),
        ("By Kim Greer Times Staff Writer", "Kim Greer"),
        ("By Mary Ann Smith Tribune Reporter", "Mary Ann Smith"),
    ],
)
def test_the_paper_between_a_name_and_a_job_is_no_part_of_the_name(byline: str, person: str) -> None:
    assert read_byline([byline]).people == (person,)
