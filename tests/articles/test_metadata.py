from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.metadata import Metadata, metadata_of, things_of
from articles.page import parse


def _page(head: str, body: str = "") -> Metadata:
    return metadata_of(
        parse(f"<html lang=en><head>{head}</head><body>{body}</body></html>", "https://example.com/a")
    )


def _ld(text: str) -> Metadata:
    return _page(f'<script type="application/ld+json">{text}</script>')


def test_the_pages_article_is_found_among_other_objects_and_references_are_followed() -> None:
    metadata = _ld(
        json.dumps(
            {
                "@graph": [
                    {"@type": "WebSite", "name": "Daily"},
                    {"@type": "Person", "@id": "#p", "name": "Ann Lee"},
                    {
                        "@type": ["Article", "NewsArticle"],
                        "headline": "Rain &amp; sun",
                        "author": {"@id": "#p"},
                        "datePublished": "2025-01-02",
                        "isAccessibleForFree": "False",
                        "itemListElement": [{"@type": "NewsArticle", "headline": "Other"}],
                    },
                    {
                        "@type": "BreadcrumbList",
                        "itemListElement": [
                            {"@type": "ListItem", "position": 2, "item": {"name": "Sport"}},
                            {"@type": "ListItem", "position": 1, "name": "Home"},
                        ],
                    },
                ]
            }
        )
    )
    article = metadata.article
    assert article is not None
    assert article.headline == "Rain & sun"
    assert [party.name for party in article.authors] == ["Ann Lee"]
    assert article.free is False
    assert {"website", "newsarticle"} <= metadata.types
    assert [thing.items for thing in metadata.things if thing.items] == [("Home", "Sport")]


@pytest.mark.parametrize(
    "text",
    [
        '<!-- {"@type": "NewsArticle", "headline": "Rain"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Rain"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Rain"};',
        '{"@type": "NewsArticle", "headline": "Rain",}',
        '{"@type": "NewsArticle", "headline": "Rain", "x": "a\nb", "y": "\\d"}',
        '{"@type": "NewsArticle", "headline": "Rain", "v": NaN}',
        '{"@type": "WebPage"}{"@type": "NewsArticle", "headline": "Rain"}',
        '{"@type": "NewsArticle", "headline": "Rain", "description": "he said "no" to it", "x": 1}',
        '{"@type": "NewsArticle", "headline": "Rain", "datePublished": "2025-01-01", "articleBody": "cut off',
    ],
)
def test_broken_json_still_gives_its_plain_facts(text: str) -> None:
    article = _ld(text).article
    assert article is not None
    assert article.headline == "Rain"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[[[[]]]]",
        '"text"',
        "{",
        "}{",
        '{"@type": 7}',
        '{"@type": {"@type": []}}',
        '{"@type": "NewsArticle", "headline": {"@value": ["a"]},'
        ' "author": [[["x"]], 3, null, {"name": {"a": 1}}],'
        ' "image": [[1], {"url": {"url": 3}}], "datePublished": 20250102, "keywords": {"a": []},'
        ' "publisher": [], "articleSection": [null, 3], "isAccessibleForFree": [[]], "articleBody": ["x"]}',
        '{"@type": "NewsArticle", "n": ' + "9" * 6000 + "}",
    ],
)
def test_values_of_wrong_types_are_left_out_quietly(text: str) -> None:
    assert isinstance(_ld(text), Metadata)


def test_hostile_json_takes_neither_the_stack_nor_the_time() -> None:
    hostile = [
        "[" * 200_000,
        '{"a":' * 100_000,
        '{"@type": "NewsArticle", "headline": "' + "x" * 3_000_000 + '"}',
        '{"@type": "NewsArticle" ' + "/*" * 300_000,
        '{"@type": "NewsArticle" ' + "  " * 300_000 + "x",
        '{"author": ' * 20_000,
        "[" + '{"@type": "Thing", "name": "x"},' * 60_000 + "{}]",
    ]
    for text in hostile:
        started = time.thread_time()
        metadata = _ld(text)
        assert len(metadata.things) <= 2_000
        assert time.thread_time() - started < 2.0


def test_meta_tags_are_collected_by_any_of_their_names_with_references_resolved() -> None:
    metadata = _page(
        '<meta property="og:title" content="A &amp;amp; B"><meta name="Author" content=" Ann  Lee ">'
        '<meta property="article:tag" content="x"><meta property="article:tag" content="y">'
        '<meta name=empty content="">'
        '<link rel="Canonical" href=" /a "><title> T &amp; t </title>'
    )
    assert metadata.first("og:title") == "A & B"
    assert metadata.first("nothing", "author") == "Ann Lee"
    assert metadata.meta["article:tag"] == ("x", "y")
    assert metadata.links["canonical"] == ("/a",)
    assert metadata.title == "T & t"
    assert metadata.language == "en"


def test_a_title_of_a_drawing_is_not_the_pages() -> None:
    metadata = _page("", "<svg><title>Logo</title></svg>")
    assert metadata.title is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "@type",
                    "@id",
                    "@graph",
                    "name",
                    "headline",
                    "author",
                    "datePublished",
                    "image",
                    "url",
                    "keywords",
                    "articleSection",
                    "publisher",
                    "itemListElement",
                    "isAccessibleForFree",
                    "inLanguage",
                    "mainEntity",
                ]
            ),
            inner | st.sampled_from(["NewsArticle", "Person", "BreadcrumbList", "#id"]),
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(_JSON, st.integers(0, 400))
def test_no_json_makes_metadata_reading_fail(value: object, cut: int) -> None:
    text = json.dumps(
        {"@type": "NewsArticle", "headline": "x", "author": value, "image": value, "mainEntity": value}
    )
    for thing in (*things_of([text]), *things_of([text[:cut]])):
        assert all(isinstance(party.name, str) for party in thing.authors)
        assert all(isinstance(picture.url, str) for picture in thing.images)
