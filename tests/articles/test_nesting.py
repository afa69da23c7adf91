"""Source that would build an absurd tree is cut before it is parsed, and no other is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from articles.nesting import MAX_DEPTH, may_be_absurd, shallow

MANY = 60_000
FONTS = "".join(f"<font x={n}>" for n in range(300))
LEFT_OPEN = "<p>" + FONTS


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * MANY,
        "<b></i>" * MANY,
        "<b><div></b>" * MANY,
        "<div><table></div></table>" * MANY,
        "<div><math><mi></div></math>" * MANY,
        "<DIV></SPAN>" * MANY,
        "<path/>" * MANY,
        LEFT_OPEN + "</p><p>x" * MANY,
        LEFT_OPEN + "<table></font></table></p><p>x" * MANY,
        f"<div>{FONTS}</div>" + "<div>x</div>" * MANY,
    ],
)
def test_source_that_nests_or_multiplies_absurdly_is_cut(source: str) -> None:
    kept = shallow(source)
    assert may_be_absurd(source)
    assert source.startswith(kept)
    assert len(kept) < len(source) // 2
    assert len(LexborHTMLParser(kept).css("*")) < 400_000


@pytest.mark.parametrize(
    "source",
    [
        "<div><p>x<p>y<ul><li>a<li>b</ul></div>" * MANY,
        "<div><b>bold<i>both</b>italic</i></div>" * (MANY // 10),
        "<table><tr><td><font color=red>x</font><td>y</table>" * MANY,
        "<svg>" + "<path d='M0 0'/>" * 15_000 + "</svg>",
        "<font color=red>" + "<p>one of many</p>" * MANY,
        "<div><span></div>" * MANY,
        "<div>" * (MAX_DEPTH - 1) + "x",
    ],
)
def test_a_long_page_with_the_usual_mistakes_is_left_as_it_is(source: str) -> None:
    assert shallow(source) == source


@pytest.mark.parametrize(
    "source",
    [
        LEFT_OPEN + "</p><p>x" * 1_500,
        LEFT_OPEN + "<table></font></table>" * 300 + "</p><p>x" * 1_200,
        "<p>" + "".join(f"<i x={n}>" for n in range(2_500)) + "</p><p>x" * 1_500,
    ],
)
def test_a_few_thousand_tags_that_multiply_are_looked_at_and_cut(source: str) -> None:
    assert may_be_absurd(source)
    assert len(shallow(source)) < len(source)


def test_a_page_with_many_icons_that_are_closed_is_not_worth_a_look() -> None:
    assert not may_be_absurd("<p><i class=icon></i> <strong class=name>x</strong></p>" * 600)


@given(
    st.lists(
        st.sampled_from(["<b>", "</b>", "<div>", "</div>", "<table>", "</table>", "<p>", "</p>", "x", "<"])
    )
)
def test_a_short_page_is_left_as_it_is_whatever_is_in_it(pieces: list[str]) -> None:
    assert shallow("".join(pieces)) == "".join(pieces)
