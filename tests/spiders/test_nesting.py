"""Source that would build an absurd tree is cut before it is parsed, and no other is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from spiders.nesting import MAX_DEPTH, shallow

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


@given(
    st.lists(
        st.sampled_from(["<b>", "</b>", "<div>", "</div>", "<table>", "</table>", "<p>", "</p>", "x", "<"])
    )
)
def test_a_short_page_is_left_as_it_is_whatever_is_in_it(pieces: list[str]) -> None:
    assert shallow("".join(pieces)) == "".join(pieces)
