"""Lines that only sign or date a text, told from lines of the text that hold a date."""

from __future__ import annotations

import pytest

from articles.signatures import signs
from tests.support.pages import STORY, article, page


@pytest.mark.parametrize(
    "line",
    [
        "Last updated on September 16th, 2023 at 09:27 am",
        "3 MIN. READ",
        "Reading Time: 11 minutes",
        "5 hours ago",
        "03/01/2017 by Agatha Caleo, Candidate Representative to the Candidate Committee",
        "Submitted by Paul Okoro on Sat, 11/21/2026 - 16:05",
        "Posted: Nov 22, 2026 / 04:15 PM EST Updated: Nov 22, 2026 / 06:10 PM EST",
        "Stand: 23.11.2026, 09:30 Uhr",
        "Veröffentlicht am 3. März 2025 um 14:05 Uhr, aktualisiert vor 2 Stunden",
        "23 de noviembre de 2026 - 10:45 CET",
        "Publicado em 3 de maio de 2021 às 10h30",
        "Par Jean Dupont, le 3 mai 2021 - Mis à jour le 4 mai 2021 à 8h",
        "Pubblicato il 3 maggio 2021 alle ore 10:30",
        "Gepubliceerd: 3 mei 2021, 10:30 Leestijd: 3 min",
        "Opublikowano: 3 maja 2021, godz. 10:30",
        "Publicerad 3 maj 2021 kl. 10.30",
        "公開日 2025年3月4日 10:30",
        "10.11.2021",
    ],
)
def test_a_line_of_dates_times_and_names_signs_a_text(line: str) -> None:
    assert signs(line)


def test_an_authors_name_beside_a_date_needs_no_by() -> None:
    assert signs("Paul Okoro, 21.11.2026")
    assert signs("Nnedi Okoro, 21.11.2026", frozenset({"nnedi okoro"}))
    assert not signs("Nnedi Okoro, 21.11.2026")


@pytest.mark.parametrize(
    "line",
    [
        "By the time they left on Monday, 3 May 2021",
        "Von Montag, 3. Mai 2021, bis Freitag, 7. Mai 2021",
        "In May 2026 the council voted 11 to 4",
        "She was born on 3 May 1950.",
        "Two people died on Nov. 22, 2026",
        "The update was published on 3 May 2021",
        "Am 3. Mai 2021 um 10:30 Uhr stürzte die Brücke ein.",
        "Was it published on 3 May 2021?",
        "Read 5 books",
        "Top 10 read",
        "1984",
        "10:45",
    ],
)
def test_a_line_that_tells_something_of_a_day_does_not(line: str) -> None:
    assert not signs(line)


def test_what_stands_between_headline_and_text_is_no_text_and_the_update_is_read() -> None:
    body = page(("Updated Nov. 20, 2026 at 4:15 a.m. ET", *STORY)).replace(b"| November 20, 2026", b"")
    found = article(body)
    assert found.paragraphs == STORY
    assert found.modified_at is not None
    assert found.modified_at.isoformat() == "2026-11-20T09:15:00+00:00"
    assert (found.published_at or found.fetched_at) != found.modified_at


def test_the_line_of_a_day_within_the_text_stays() -> None:
    diary = (*STORY[:3], "November 19, 2026", *STORY[3:])
    assert article(page(diary)).paragraphs == diary


def test_a_section_above_the_headline_is_no_text_though_all_paragraphs_are_short() -> None:
    lines = (
        "The council closed the bridge at Harrow Lane on Monday after engineers found new cracks in its piers.",
        "Residents of the east bank must drive eleven miles around until the repairs are done next spring.",
        "A ferry for people on foot will run from seven in the morning, weather permitting, the council said.",
        "The repair is put at four million dollars, of which the state has promised to pay the larger half.",
    )
    text = "".join(f"<p>{line}</p>" for line in lines)
    body = (
        "<title>Bridge closed</title><div class=story><p>Town hall</p><h1>Bridge closed</h1><p>By Ann Walker and Bo Lee</p>"
        f"<p>Last updated: 20.11.2026, 09:30</p>{text}<p>1 2 3</p></div>"
    )
    assert article(body.encode()).paragraphs == lines
