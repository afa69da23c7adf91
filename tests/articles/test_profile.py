"""A site's profile: a sample of its newest pages that merges like a set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.model import Article
from articles.profile import PAGES, Profile, learn, merge, repeats
from articles.reading import read
from benchmarks.reader import extract_site
from tests.support.pages import AT, STORY, article, capture, page

BASE = article(page())
LINES = st.lists(st.sampled_from(["A word to our readers", "Page 4", "Page 5", "Editor's note"]), max_size=3)
ARTICLES = st.builds(
    lambda name, day, lines: replace(
        BASE, article_id=f"{name:020x}", fetched_at=AT + timedelta(days=day), paragraphs=tuple(lines)
    ),
    st.integers(0, 30),
    st.integers(0, 5),
    LINES,
)
EMPTY = Profile(site="post")


@given(st.lists(ARTICLES, max_size=12), st.randoms(use_true_random=False))
def test_order_and_repetition_teach_nothing_new(articles: list[Article], random: object) -> None:
    known = learn(EMPTY, articles)
    shuffled = articles * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert learn(EMPTY, shuffled) == known
    assert learn(known, articles) == known


@given(st.lists(ARTICLES, max_size=6), st.lists(ARTICLES, max_size=6), st.lists(ARTICLES, max_size=6))
def test_what_was_learnt_in_parts_merges_to_the_whole(
    a: list[Article], b: list[Article], c: list[Article]
) -> None:
    one, two, three = (learn(EMPTY, part) for part in (a, b, c))
    assert merge(merge(one, two), three) == merge(one, merge(three, two)) == learn(EMPTY, [*a, *b, *c])


def test_a_profile_stays_small_and_forgets_old_pages() -> None:
    many = [
        replace(BASE, article_id=f"{n:020x}", fetched_at=AT + timedelta(days=n)) for n in range(3 * PAGES)
    ]
    profile = learn(EMPTY, many)
    assert len(profile.pages) == PAGES
    assert min(p.day for p in profile.pages) == (AT + timedelta(days=2 * PAGES)).toordinal()


def test_profiles_of_two_sites_do_not_merge() -> None:
    with pytest.raises(ValueError, match="two sites"):
        merge(Profile(site="post"), Profile(site="times"))


def test_numbers_do_not_tell_lines_apart() -> None:
    articles = [replace(BASE, article_id=str(n), paragraphs=(f"Page {n} of 12",)) for n in range(3)]
    assert any(r.pages == 3 for r in repeats(learn(EMPTY, articles)).values())


def test_a_batch_is_read_with_what_it_taught() -> None:
    pages = [
        (page(title=f"Council closes bridge {n}"), f"https://post.example/2026/{n}/bridge-closed-now")
        for n in "abc"
    ]
    for answer in extract_site(pages):
        assert answer["text"]
    assert isinstance(read(capture(page()), None, EMPTY), Article)
    assert article(page()).paragraphs == STORY
