"""robots.txt as RFC 9309 reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spiders.robots import Rules, read_rules
from storage.state.frontier.hosts import Robots

ORIGIN = "https://paper.example"


def rules(text: str, status: int = 200) -> Rules:
    return read_rules(Robots(origin=ORIGIN, status=status, text=text, until=datetime.now(UTC)))


def allowed(text: str, path: str, status: int = 200) -> bool:
    return rules(text, status).allows(ORIGIN + path)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/c", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?y", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/caf%c3%a9", False),
        ("User-agent: *\nDisallow: /café", "/caf%C3%A9", False),
        ("user-AGENT : *  # all\n  disallow :  /a  # this", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Pressrun\nDisallow: /b", "/a", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: PRESSRUN\nDisallow: /", "/a", False),
        ("User-agent: Pressrun/9.9 (x)\nDisallow: /", "/a", False),
        ("User-agent: press\nDisallow: /", "/a", True),
        ("User-agent: run\nDisallow: /", "/a", True),
        ("User-agent: Pressrunner\nDisallow: /", "/a", True),
        ("User-agent: a\nUser-agent: pressrun\nDisallow: /a", "/a", False),
        ("User-agent: pressrun\nDisallow: /a\n\nUser-agent: pressrun\nDisallow: /b", "/b", False),
        ("Disallow: /", "/a", True),
        ("<html><body>Not found</body></html>", "/a", True),
        ("User-agent: *\r\rDisallow: /a\r", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\r\nAllow: /\r\n\r\nUser-agent: Pressrun\r\nDisallow: /\r\n", "/a", False),
        ("User-agent: *\rDisallow: /\r\rUser-agent: Pressrun/1 (x)\rDisallow: /b\r", "/a", True),
    ],
)
def test_a_rule_is_read_as_the_standard_says(text: str, path: str, expected: bool) -> None:
    assert allowed(text, path) is expected


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429])
def test_a_4xx_means_that_there_are_no_rules(status: int) -> None:
    assert allowed("User-agent: *\nDisallow: /", "/a", status)


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_a_5xx_means_that_nothing_is_allowed(status: int) -> None:
    assert not allowed("", "/a", status)


def test_crawl_delay_and_sitemaps_are_told() -> None:
    said = rules(
        "Sitemap: https://paper.example/s.xml\nSitemap: /t.xml\nSitemap: javascript:x\n"
        "User-agent: *\nCrawl-delay: 2.5\n"
    )
    assert said.crawl_delay_seconds == 2.5
    assert said.sitemaps == ("https://paper.example/s.xml", "https://paper.example/t.xml")


def test_a_crawl_delay_of_another_group_is_not_ours() -> None:
    assert rules("User-agent: slowbot\nCrawl-delay: 9\n").crawl_delay_seconds is None
