"""A site's profile: a sample of its newest pages that merges like a set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.model import Article
from articles.profile import DAYS, PAGES, Profile, learn, line_key, merge, repeats
from articles.reading import read, read_lines
from articles.repeated import Line, without_repeats
from benchmarks.reader import extract_site
from seeds.sample.paper import load_paper
from seeds.sample.server import serve
from tests.support.pages import AT, STORY, article, capture, page

BASE = article(page())
LINES = st.lists(st.sampled_from(["A word to our readers", "Page 4", "Page 5", "Editor's note"]), max_size=3)
ARTICLES = st.builds(
    lambda name, day, lines: replace(
        BASE, article_id=f"{name:020x}", fetched_at=AT + timedelta(days=day), paragraphs=tuple(lines)
    ),
    st.integers(0, 30),
    st.integers(0, 3 * DAYS),
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
        replace(BASE, article_id=f"{n:020x}", fetched_at=AT + timedelta(hours=12 * n))
        for n in range(3 * PAGES)
    ]
    profile = learn(EMPTY, many)
    assert len(profile.pages) == PAGES
    assert min(p.day for p in profile.pages) == (AT + timedelta(days=PAGES)).toordinal()


def test_what_a_site_printed_months_ago_is_forgotten_however_few_pages_came_since() -> None:
    old = replace(BASE, article_id="1" * 20)
    new = replace(BASE, article_id="2" * 20, fetched_at=AT + timedelta(days=DAYS))
    assert [page.page for page in learn(EMPTY, [new, old]).pages] == [new.article_id]


def test_profiles_of_two_sites_do_not_merge() -> None:
    with pytest.raises(ValueError, match="two sites"):
        merge(Profile(site="post"), Profile(site="times"))


def test_numbers_do_not_tell_lines_apart() -> None:
    articles = [replace(BASE, article_id=str(n), paragraphs=(f"Page {n} of 12",)) for n in range(3)]
    assert any(r.pages == 3 for r in repeats(learn(EMPTY, articles)).values())


def test_a_sentence_whose_numbers_differ_tells_something_new() -> None:
    lines = [
        f"A quake of magnitude {n} shook the coast off Harrow at {n} in the morning." for n in range(3, 6)
    ]
    articles = [replace(BASE, article_id=str(n), paragraphs=(line,)) for n, line in enumerate(lines)]
    assert len({line_key(line) for line in lines}) == 3
    known = repeats(learn(EMPTY, articles))
    assert not any(line_key(line) in known for line in lines)


LINE = Line(chance=0.7, path="p", heading=False, linked=False, fixed=False)


def with_lines(*paragraphs: str) -> Article:
    return replace(BASE, article_id=paragraphs[0], paragraphs=(*paragraphs, *STORY))


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        (replace(LINE, heading=True), True),
        (replace(LINE, fixed=True), True),
        (replace(LINE, chance=0.99), True),
        (LINE, False),
    ],
)
def test_headings_cells_and_what_is_surely_text_stay_where_two_pages_repeat_them(
    line: Line, stays: bool
) -> None:
    told = "Tonight in the harbor"
    pages = [
        with_lines(f"Boat {name} came in at dawn and left again.", told, f"Nobody saw {name} go.")
        for name in "abc"
    ]
    known = learn(EMPTY, pages[:2])
    lines = (LINE, line, LINE, *(replace(LINE, chance=0.99) for _ in STORY))
    found = without_repeats(pages[0], lines, known)
    assert (told in found.paragraphs) is stays
    assert (told in {removed.text for removed in found.removed}) is not stays
    if not stays:
        assert next(removed.place for removed in found.removed if removed.text == told) == 1


def test_an_article_that_repeats_what_it_tells_is_left_whole() -> None:
    pages = [replace(BASE, article_id=str(n)) for n in range(8)]
    lines = tuple(LINE for _ in BASE.paragraphs)
    assert without_repeats(pages[0], lines, learn(EMPTY, pages)).paragraphs == BASE.paragraphs


def test_a_batch_is_read_with_what_it_taught() -> None:
    pages = [
        (page(title=f"Council closes bridge {n}"), f"https://post.example/2026/{n}/bridge-closed-now")
        for n in "abc"
    ]
    for answer in extract_site(pages):
        assert answer["text"]
    assert isinstance(read(capture(page()), None, EMPTY), Article)
    assert article(page()).paragraphs == STORY


def test_the_bundled_newspaper_loses_no_sentence_to_what_its_pages_repeat() -> None:
    paper = load_paper()
    pages = {}
    with serve(0) as server:
        for one in paper.articles:
            url = server.url.rstrip("/") + one.path
            html = (("content-type", "text/html; charset=utf-8"),)
            pages[one.slug] = read_lines(capture(httpx.get(url).content, url=url, headers=html))
    articles = {slug: one.outcome for slug, one in pages.items() if isinstance(one.outcome, Article)}
    known = learn(Profile(site="sample"), articles.values())
    assert len(articles) == len(paper.articles)
    assert repeats(known)
    for slug, article_ in articles.items():
        assert without_repeats(article_, pages[slug].lines, known).paragraphs == article_.paragraphs, slug
