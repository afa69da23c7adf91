"""What robots.txt and tdmrep.json say of other uses, noted with each article when it is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.model import Capture, Terms
from articles.rights import AI_AGENTS
from spiders.terms import Notice, read_locations, read_notice, terms_of
from tests.support.crawling import crawl, local_site, make_job
from tests.support.hostile import GOOD, Pages, Web, page

STORY = "https://paper.example/news/story?id=1"


def terms(robots: str = "", tdmrep: str = "[]", url: str = STORY) -> Terms:
    return terms_of(url, read_notice(robots), read_locations(tdmrep))


def test_an_agent_is_kept_out_by_its_own_group_or_by_the_one_for_all() -> None:
    assert terms("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /").disallowed == ("GPTBot", "CCBot")
    assert terms("User-agent: GPTBot/1.1 # OpenAI\nDisallow: /news").disallowed == ("GPTBot",)
    assert terms("User-agent: GPTBot\nDisallow: /sport").disallowed == ()
    assert terms("User-agent: *\nDisallow: /").disallowed == AI_AGENTS
    for_all_but_one = terms("User-agent: ccbot\nDisallow:\n\nUser-agent: *\nDisallow: /").disallowed
    assert set(for_all_but_one) == set(AI_AGENTS) - {"CCBot"}


def test_a_name_that_another_begins_with_is_another_agent() -> None:
    assert terms("User-agent: Applebot\nDisallow: /").disallowed == ()
    assert terms("User-agent: AI2Bot\nDisallow: /").disallowed == ("AI2Bot",)
    assert terms("User-agent: Applebot-Extended\nDisallow: /").disallowed == ("Applebot-Extended",)


def test_groups_of_one_agent_are_taken_together() -> None:
    twice = "User-agent: CCBot\nDisallow: /sport\n\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /news"
    assert terms(twice).disallowed == ("GPTBot", "CCBot")


@pytest.mark.parametrize(
    ("robots", "signals"),
    [
        ("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /", ("search=yes", "ai-train=no")),
        ("Content-Signal: ai-train=no", ("ai-train=no",)),
        ("User-agent: GPTBot\nContent-Signal: ai-train=no", ()),
        ("User-agent: *\nContent-Usage: / train-ai=y\nContent-Usage: /news/ train-ai=n", ("train-ai=n",)),
        ("User-agent: *\nContent-Usage: /sport train-ai=n", ()),
        (
            "User-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: Pressrun\nContent-Signal: ai-train=yes",
            ("ai-train=yes",),
        ),
        ("User-agent: *\nContent-Signal: ,,=;", ()),
    ],
)
def test_content_signals_are_those_for_us_or_for_all(robots: str, signals: tuple[str, ...]) -> None:
    assert terms(robots).signals == signals


def test_licences_of_robots_txt_hold_for_the_whole_origin() -> None:
    assert terms("License: https://paper.example/rsl.xml\nUser-agent: *\nDisallow: /x").licenses == (
        "https://paper.example/rsl.xml",
    )


@pytest.mark.parametrize(
    ("location", "applies"),
    [
        ("/", True),
        ("/news/", True),
        ("/sport/", False),
        ("/*/story", True),
        ("*id=1$", True),
        ("*id=$", False),
        ("/news/story$", False),
        ("/news/story?id=1$", True),
        ("*" * 500 + "x", False),
    ],
)
def test_a_tdmrep_json_speaks_of_the_paths_it_names(location: str, applies: bool) -> None:
    said = terms(tdmrep=f'[{{"location": "{location}", "tdm-reservation": 1, "tdm-policy": "https://p/"}}]')
    assert (said.tdm_reserved, said.tdm_policy) == ((True, "https://p/") if applies else (None, None))


@given(st.text(max_size=300), st.text(max_size=300))
def test_anything_can_stand_in_both_files(robots: str, tdmrep: str) -> None:
    terms(robots, tdmrep)


@given(st.lists(st.sampled_from(["user-agent: *", "user-agent: GPTBot", "disallow: /", "allow: /news", ""])))
def test_a_notice_is_the_same_with_empty_lines_and_comments(lines: list[str]) -> None:
    plain = terms("\n".join(lines))
    assert terms("\n".join(f"{line} # note\n\n" for line in lines)) == plain


def test_a_robots_txt_that_says_nothing_gives_terms_that_say_nothing() -> None:
    assert terms_of(STORY, Notice(), ()) == Terms()


SITES: dict[str, Pages] = {
    "speaking": {
        "/robots.txt": page("User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nContent-Signal: ai-train=no"),
        "/.well-known/tdmrep.json": page(
            '[{"location": "/", "tdm-reservation": 1}]', kind="application/json"
        ),
    },
    "silent": {"/.well-known/tdmrep.json": page("no", "404 Not Found")},
    "odd": {"/.well-known/tdmrep.json": page("<html>Our home page</html>")},
}


def test_each_article_in_a_segment_has_the_terms_of_its_fetch(tmp_path: Path) -> None:
    with Web(SITES) as web:
        job = make_job(tmp_path, [local_site(name, web.urls[name]) for name in SITES])
        first = crawl(job)
        assert first.code == 0, first.stderr
        crawl(job)

        def capture(site: str, path: str = GOOD) -> Capture:
            return next(one for one in first.captures() if one.site == site and one.url.endswith(path))

        said = Terms(disallowed=("GPTBot",), signals=("ai-train=no",), tdm_reserved=True)
        assert capture("speaking").terms == said
        assert capture("silent").terms == capture("odd").terms == Terms()
        assert capture("speaking", "/feed").terms is None
        # asked once a day, not once a crawl
        assert all(web.paths(site).count("/.well-known/tdmrep.json") == 1 for site in SITES)
