from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles.urls import article_id, canonical_url, url_key


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.COM:80/a", "http://example.com/a"),
        ("https://example.com:443", "https://example.com/"),
        ("http://127.0.0.1:8877/news/one.html", "http://127.0.0.1:8877/news/one.html"),
        ("https://www.example.com/a?utm_source=x&id=7&fbclid=y#top", "https://www.example.com/a?id=7"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?b=2&a=1"),
        ("https://example.com/a?ref=rss", "https://example.com/a"),
        ("https://example.com/a?ref=4711", "https://example.com/a?ref=4711"),
        ("https://example.com/a/../b/./c", "https://example.com/b/c"),
        ("https://example.com/a/amp/", "https://example.com/a/"),
        ("https://example.com/a.amp.html", "https://example.com/a.html"),
        ("https://example.com/a?amp", "https://example.com/a"),
        ("https://example.com/amp/a", "https://example.com/amp/a"),
        ("https://example.com/a?print=1", "https://example.com/a"),
        ("https://www.google.com/amp/s/example.com/a/amp/", "https://example.com/a/"),
        ("https://example-com.cdn.ampproject.org/c/s/example.com/a?x=1", "https://example.com/a?x=1"),
        ("https://example.com/a;jsessionid=AB12?x=1", "https://example.com/a?x=1"),
        ("https://example.com/%7euser/caf\u00e9", "https://example.com/~user/caf%C3%A9"),
        ("https://b\u00fccher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://user:secret@example.com/x", "https://example.com/x"),
        ("https://example.com/a?x=1&amp;y=2", "https://example.com/a?x=1&y=2"),
        (" https://example.com/a\n", "https://example.com/a"),
        ("https://[::1]:8080/a", "https://[::1]:8080/a"),
    ],
)
def test_spellings_of_one_page_become_one(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "mailto:a@example.com",
        "javascript:void(0)",
        "ftp://example.com/",
        "/relative",
        "https://",
        "http:///x",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "https://[::1/",
        "https://a..b/",
        "https://x/" + "a" * 9000,
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert canonical_url(url) is None


def test_relative_urls_are_joined_to_the_page_they_stood_on() -> None:
    assert canonical_url("../b.html", "https://example.com/x/y/z.html") == "https://example.com/x/b.html"
    assert canonical_url("//other.example/b", "https://example.com/") == "https://other.example/b"
    assert canonical_url("/b", "not a url") is None


def test_one_article_has_one_key_whatever_the_scheme_host_form_and_order() -> None:
    forms = [
        "http://example.com/a?x=1&y=2",
        "https://www.example.com/a/?y=2&x=1",
        "https://m.example.com/a?x=1&y=2#comments",
        "https://amp.example.com/a/amp?x=1&y=2&utm_medium=z",
    ]
    assert {url_key(form) for form in forms} == {"example.com/a?x=1&y=2"}
    assert len({article_id(form) for form in forms}) == 1
    assert len(article_id(forms[0])) == 20


def test_different_articles_keep_different_keys() -> None:
    urls = [
        "https://example.com/a",
        "https://example.com/A",
        "https://example.com/a?id=1",
        "https://example.com/a?id=2",
        "https://example.com/",
        "https://m.example/",
        "https://example.com:8080/a",
    ]
    assert len({url_key(url) for url in urls}) == len(urls)


_URLISH = st.text(alphabet="abAB019./:?&=#%;@-_~[]\\ \t\u00e9\u00df\ud800\u212amp", max_size=40)


@settings(max_examples=400, deadline=None)
@example(tail=".\\0.0", base="")
@given(_URLISH, st.sampled_from(["", "https://example.com/x/y", "http://a.example/amp/print"]))
def test_the_canonical_form_of_a_canonical_form_is_itself(tail: str, base: str) -> None:
    for url in (
        tail,
        "https://" + tail,
        "https://example.com/" + tail,
        "https://www.google.com/amp/s/" + tail,
    ):
        once = canonical_url(url, base or None)
        if once is not None:
            assert canonical_url(once) == once
            assert url_key("https://" + url_key(once)) == url_key(once)
