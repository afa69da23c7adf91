"""Texts that are one story have signatures that are alike; others have not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.near import BANDS, PLACES, SAME, SHORTEST, bands, likeness, signature

WORDS = [
    f"{a}{b}"
    for a in ("bar", "lim", "tor", "ken", "sal", "ver")
    for b in ("a", "in", "os", "ent", "ial", "um", "er")
]
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=20, max_size=60).map(" ".join), min_size=3, max_size=8
)

WIRE = [
    "The ferry company said on Tuesday that it would cancel all crossings until the weekend because of the storm.",
    "About four thousand travellers are waiting in the two ports, and the towns have opened their school halls.",
    "Forecasters expect gusts of more than 120 kilometres an hour along the whole northern coast by nightfall.",
    "The last comparable storm, in 2013, tore a trawler from its moorings and cost the harbour its eastern pier.",
]


def test_a_wire_report_with_another_dateline_title_and_cut_is_the_same_story() -> None:
    printed = ["NORTHPORT (Wire) - " + WIRE[0], *WIRE[1:3]]
    one, other = signature(WIRE), signature(printed)
    assert one is not None
    assert other is not None
    assert likeness(one, other) > SAME
    assert not set(bands(one)).isdisjoint(bands(other))


def test_two_reports_of_one_site_with_its_standing_lines_are_two_stories() -> None:
    standing = "This newspaper has been printed in the same street since 1894, six days a week, and is paid for by readers."
    other = [
        "The council voted on Monday to close the covered market for a year while its iron roof is taken apart.",
        "Stallholders will move to the car park behind the station, where the city promises water, power and light.",
        "Opponents had asked for a repair in two halves, which engineers called dearer and no safer for customers.",
    ]
    one, two = signature([*WIRE, standing]), signature([*other, standing])
    assert one is not None
    assert two is not None
    assert likeness(one, two) < SAME


def test_case_and_punctuation_do_not_count() -> None:
    assert signature(WIRE) == signature([text.upper().replace(",", ";") for text in WIRE])


@pytest.mark.parametrize(
    "text", [[], [""], ["Too short to be told from others."], ["word " * (SHORTEST - 1)]]
)
def test_a_short_text_has_no_signature(text: list[str]) -> None:
    assert signature(text) is None


def test_a_script_without_spaces_is_compared_by_its_characters() -> None:
    text = "気象庁は台風が週末にかけて本州に接近する恐れがあるとして早めの備えを呼びかけた。各地の港では漁船を固定する作業が続いた。"
    one, other = signature([text]), signature(["【東京】" + text])
    assert one is not None
    assert other is not None
    assert likeness(one, other) > SAME


@given(TEXTS, TEXTS)
def test_likeness_is_symmetric_and_one_with_itself(one: list[str], other: list[str]) -> None:
    first, second = signature(one), signature(other)
    assert first is not None
    assert second is not None
    assert likeness(first, first) == 1
    assert likeness(first, second) == likeness(second, first)


@given(TEXTS)
def test_bands_are_distinct_keys_that_any_database_holds(text: list[str]) -> None:
    signed = signature(text)
    assert signed is not None
    assert len(signed) == 2 * PLACES
    assert len(set(bands(signed))) == BANDS
    assert all(0 <= key < 2**63 for key in bands(signed))
