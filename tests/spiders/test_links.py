"""Articles told from listings and services by their address and the way they are linked."""

from __future__ import annotations

import pytest

from articles.model import Site
from spiders.links import ARTICLE_SCORE, article_score, is_listing, is_section
from spiders.outcome import Outcome
from spiders.scope import scope_of

HOME = "https://paper.example/"

ARTICLES = [
    "/2026/11/22/ferry-stops",
    "/news/2026-11-22/ferry",
    "/politik/ausland/article123456789/Wahl-in-Bayern.html",
    "/story/three-dead-in-a-storm-on-the-coast",
    "/world/europe/spain-floods-rescue-teams-search-valley",
    "/articles/155821/20221215/sign-up-scam-grows.htm",
    "/news/uk-england-12345678",
    "/a/b/c/mayor-says-no-to-the-bridge.html",
]
LISTINGS = [
    *(
        "/",
        "/politics",
        "/politics/",
        "/tag/storm",
        "/author/jane-doe",
        "/category/world/europe",
        "/search?q=x",
    ),
    *("/politics/page/2", "/about", "/privacy-policy", "/contact", "/2026", "/login", "/newsletters/morning"),
    *("/sitemap", "/topics/climate-change", "/shop/mugs", "/rss"),
]


@pytest.mark.parametrize("path", ARTICLES)
def test_an_address_with_a_date_a_number_or_a_sentence_is_an_articles(path: str) -> None:
    assert article_score(HOME.rstrip("/") + path, "", headline=True) >= ARTICLE_SCORE
    assert not is_listing(HOME.rstrip("/") + path)


@pytest.mark.parametrize("path", LISTINGS)
def test_listings_and_services_are_no_articles(path: str) -> None:
    assert article_score(HOME.rstrip("/") + path, "Politics", headline=False) < ARTICLE_SCORE


def test_a_headline_as_link_text_decides_where_the_address_says_little() -> None:
    text = "Harbor seal named honorary pilot of the port"
    assert article_score(HOME + "n/seal-pilot", text, headline=True) >= ARTICLE_SCORE
    assert article_score(HOME + "n/seal-pilot", "More", headline=False) < ARTICLE_SCORE


@pytest.mark.parametrize(("path", "expected"), [("politics", True), ("world/europe", True), ("about", False)])
def test_sections_are_short_and_plain(path: str, expected: bool) -> None:
    assert is_section(HOME + path, HOME) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://paper.example/2026/11/22/a", None),
        ("https://news.paper.example/2026/11/22/a", None),
        ("https://other.example/2026/11/22/a", Outcome.OFFSITE),
        ("https://paper.example/video/2026/11/22/a", Outcome.DENIED),
        ("https://paper.example/tag/a", Outcome.LISTING),
        ("https://paper.example/a.pdf", Outcome.LISTING),
    ],
)
def test_the_seed_decides_what_belongs_to_a_site(url: str, expected: Outcome | None) -> None:
    site = Site(name="paper", home=HOME, deny=("/video/",))
    assert scope_of(site).skip(url, listing=True) is expected


def test_with_allow_rules_only_what_matches_is_fetched() -> None:
    site = Site(name="paper", home=HOME, allow=(r"/tag/\d+$",))
    assert scope_of(site).skip(HOME + "tag/7", listing=True) is None
    assert scope_of(site).skip(HOME + "2026/11/22/a", listing=True) is Outcome.DENIED
