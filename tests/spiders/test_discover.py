"""What feeds, sitemaps and pages name, whole or broken."""

from __future__ import annotations

import gzip
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.discover import MAX_BROKEN_CHARS, Discovered, read_listing, read_page
from storage.state.frontier.polled import Kind

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
BASE = "https://paper.example/feed.xml"


def listing(text: str | bytes, content_type: str | None = None) -> Discovered:
    body = text.encode() if isinstance(text, str) else text
    return read_listing(body, BASE, at=AT, content_type=content_type)


def urls(found: Discovered) -> list[str]:
    return [article.url for article in found.articles]


def rss(items: str) -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><language>en-us</language>{items}</channel></rss>'
    )


def test_an_rss_entry_gives_url_title_date_and_language() -> None:
    found = listing(
        rss(
            "<item><title>Ferry &amp;amp; fog</title><link>https://paper.example/a</link>"
            "<pubDate>Sun, 22 Nov 2026 06:30:00 EST</pubDate></item>"
        )
    )
    (article,) = found.articles
    assert found.format == "rss"
    assert article.url == "https://paper.example/a"
    assert article.found.title == "Ferry & fog"
    assert article.found.published_at == datetime(2026, 11, 22, 11, 30, tzinfo=UTC)
    assert article.found.language == "en-us"
    assert (article.found.via, article.found.found_at) == (BASE, AT)


def test_rss_1_0_with_dublin_core_is_read() -> None:
    found = listing(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item rdf:about="x"><title>One</title>'
        "<link>https://paper.example/1</link><dc:date>2026-11-22T10:00+01:00</dc:date></item></rdf:RDF>"
    )
    assert urls(found) == ["https://paper.example/1"]
    assert found.articles[0].found.published_at == datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_rss_0_91_with_a_document_type_is_read() -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    found = listing(
        f"<?xml version='1.0'?>{doctype}<rss version='0.91'><channel><item><link>/x</link></item>"
    )
    assert urls(found) == ["https://paper.example/x"]


def test_atom_takes_the_alternate_link_and_both_dates() -> None:
    found = listing(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="pt-BR"><entry>'
        '<link rel="self" href="/self"/><link rel="enclosure" href="/a.mp3"/>'
        '<link rel="alternate" type="application/json" href="/j"/><link href="/artigo"/>'
        '<title type="html">Um &lt;b&gt;peixe&lt;/b&gt;</title>'
        "<published>2026-11-21T08:00:00Z</published><updated>2026-11-22T09:00:00.123-03:00</updated>"
        "</entry></feed>"
    )
    (article,) = found.articles
    assert (article.url, article.found.title) == ("https://paper.example/artigo", "Um peixe")
    assert article.found.published_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert article.found.modified_at == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert article.found.language == "pt-BR"


def test_json_feed_is_read() -> None:
    found = listing(
        '{"version": "https://jsonfeed.org/version/1.1", "language": "de", "items": ['
        '{"id": "1", "url": "/eins", "title": "Eins", "date_published": "2026-11-22T08:00:00+01:00"},'
        '{"id": "https://paper.example/zwei"}, {"id": 3}, "no item"]}'
    )
    assert urls(found) == ["https://paper.example/eins", "https://paper.example/zwei"]
    assert found.articles[0].found.published_at == datetime(2026, 11, 22, 7, tzinfo=UTC)


def test_a_guid_is_the_link_only_where_it_is_an_address() -> None:
    found = listing(
        rss(
            "<item><guid>https://paper.example/g</guid></item>"
            '<item><guid isPermaLink="false">https://paper.example/no</guid></item><item><guid>7</guid></item>'
        )
    )
    assert urls(found) == ["https://paper.example/g"]


def test_a_feed_proxy_names_the_original_link() -> None:
    found = listing(
        rss(
            "<item><link>https://feeds.example/~r/1</link>"
            "<feedburner:origLink>https://paper.example/1</feedburner:origLink></item>"
        )
    )
    assert urls(found) == ["https://paper.example/1"]


def test_a_news_sitemap_gives_title_publication_date_and_language() -> None:
    found = listing(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>https://paper.example/1</loc>'
        "<image:image><image:loc>https://paper.example/1.jpg</image:loc></image:image>"
        "<news:news><news:publication><news:name>P</news:name><news:language>en</news:language>"
        "</news:publication><news:publication_date>2026-11-22</news:publication_date>"
        "<news:title>Storm</news:title></news:news></url></urlset>"
    )
    (article,) = found.articles
    assert (article.url, article.found.title, article.found.language) == (
        "https://paper.example/1",
        "Storm",
        "en",
    )
    assert article.found.published_at == datetime(2026, 11, 22, tzinfo=UTC)


def test_a_gzipped_sitemap_index_names_sitemaps_with_their_dates() -> None:
    found = listing(
        gzip.compress(
            b"<sitemapindex><sitemap><loc>https://paper.example/1.xml</loc>"
            b"<lastmod>2026-11-22T08:00:00Z</lastmod></sitemap></sitemapindex>"
        )
    )
    (page,) = found.pages
    assert (page.url, page.kind) == ("https://paper.example/1.xml", Kind.SITEMAP)
    assert page.modified_at == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_a_gzipped_sitemap_cut_short_gives_its_whole_entries() -> None:
    entries = b"".join(b"<url><loc>https://paper.example/story-%d</loc></url>" % n for n in range(500))
    found = listing(gzip.compress(b"<urlset>" + entries)[:-200])
    assert 0 < len(found.articles) < 500
    assert found.problem is not None


def test_a_text_sitemap_is_a_url_a_line() -> None:
    assert urls(listing("https://paper.example/1\r\n\r\nhttps://paper.example/2\n")) == [
        "https://paper.example/1",
        "https://paper.example/2",
    ]


@pytest.mark.parametrize(
    "item",
    [
        "<item><title>A & B < C</title><link>https://paper.example/bad</link></item>",
        "<item><title>A<b>B</title></item>",
        "<item><title>\x0b\x00</title></item>",
        "<item><media:title>no such prefix</media:title></item>",
        "<item><link></item>",
        "<item>" + "<a>" * 1000 + "</item>",
        "<item><title><![CDATA[open</title></item>",
        "<!-- open",
        "</channel></rss>",
    ],
)
def test_a_bad_entry_costs_no_good_one_before_it(item: str) -> None:
    good = "<item><title>Good</title><link>https://paper.example/good</link></item>"
    assert "https://paper.example/good" in urls(listing(rss(good + item)))


def test_entries_after_a_bad_one_are_found_too() -> None:
    good = "<item><title>Good</title><link>https://paper.example/good</link></item>"
    bad = "<item><title>A<b>B</title><link>https://paper.example/bad</i></item>"
    assert "https://paper.example/good" in urls(listing(rss(bad + good)))


def test_html_entities_and_parameters_survive_repair() -> None:
    found = listing(
        rss(
            "<item><title>Caf&eacute; &amp; bar&nbsp;&#8211; &unknown; AT&T</title>"
            "<link><![CDATA[https://paper.example/a?x=1&y=2]]></link></item>"
        )
    )
    assert found.articles[0].found.title == "Café & bar – &unknown; AT&T"
    assert urls(found) == ["https://paper.example/a?x=1&y=2"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (rss("<item><title>Ñandú</title><link>/n</link></item>").encode("utf-8-sig"), None),
        (rss("<item><title>Ñandú</title><link>/n</link></item>").encode("utf-16"), None),
        (
            rss("<item><title>Ñandú</title><link>/n</link></item>")
            .replace("?>", " encoding='iso-8859-1'?>", 1)
            .encode("latin-1"),
            None,
        ),
        (
            rss("<item><title>Ñandú</title><link>/n</link></item>").encode("cp1252"),
            "text/xml; charset=windows-1252",
        ),
    ],
)
def test_the_charset_is_the_one_declared(body: bytes, content_type: str | None) -> None:
    assert listing(body, content_type).articles[0].found.title == "Ñandú"


def test_dates_without_a_zone_are_the_sites() -> None:
    found = read_listing(
        rss("<item><link>/a</link><pubDate>2026-11-22 10:00</pubDate></item>").encode(),
        BASE,
        at=AT,
        zone=ZoneInfo("America/New_York"),
    )
    assert found.articles[0].found.published_at == datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_a_page_gives_its_articles_feeds_and_sections() -> None:
    found = read_page(
        b"""<html><head>
        <link rel="alternate" type="application/rss+xml" href="/rss">
        <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
        <link rel="alternate" hreflang="de" href="/de/"></head><body>
        <nav><a href="/politics">Politics</a> <a href="/about">About us</a> <a href="/login">Sign in</a></nav>
        <article><h2><a href="/2026/11/22/ferry-stops">Ferry stops</a></h2></article>
        <a href="/story/harbor-seal-named-honorary-pilot">Harbor seal named honorary pilot of the port</a>
        <a href="/tag/ferry">Ferry</a> <a href="/photo.jpg">A very long caption of a picture here</a>
        <a href="/politics?page=2">More news from politics and beyond</a></body>""",
        "https://paper.example/",
        at=AT,
    )
    assert urls(found) == [
        "https://paper.example/2026/11/22/ferry-stops",
        "https://paper.example/story/harbor-seal-named-honorary-pilot",
    ]
    assert [(page.url, page.kind) for page in found.pages] == [
        ("https://paper.example/rss", Kind.FEED),
        ("https://paper.example/politics", Kind.SECTION),
    ]


def test_a_page_named_as_a_feed_says_so() -> None:
    assert "HTML" in (listing("<!DOCTYPE html><html><body>Moved").problem or "")


PIECES = [
    *("<rss>", "<channel>", "<item>", "</item>", "<link>", "</link>", "https://a.example/x", "&", "&amp;"),
    *("<![CDATA[", "]]>", "<!DOCTYPE a [", "]>", "<!--", "-->", "<entry>", "<url>", "<loc>", "\x00", "<p>"),
    *("<sitemap>", "<news:news>", "<a href=", "<base href='//['>", "{", '"items":', "[", "é", "<?xml "),
]
NOISE = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(PIECES),
        max_size=60,
    ).map(lambda parts: "".join(parts).encode()),
)


@settings(max_examples=200, deadline=None)
@given(NOISE, st.one_of(st.none(), st.text(max_size=30)))
def test_no_bytes_make_discovery_raise(body: bytes, content_type: str | None) -> None:
    for found in (
        read_listing(body, BASE, at=AT, content_type=content_type),
        read_page(body, BASE, at=AT, content_type=content_type),
    ):
        assert all(article.url.startswith(("http://", "https://")) for article in found.articles)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10_000), unique=True, max_size=30), st.integers(0, 3_000))
def test_a_cut_feed_gives_a_beginning_of_what_the_whole_one_gives(numbers: list[int], cut: int) -> None:
    whole = rss("".join(f"<item><link>https://paper.example/story-{n}/</link></item>" for n in numbers))
    full, part = urls(listing(whole)), urls(listing(whole[: len(whole) - min(cut, len(whole))]))
    assert len(full) == len(numbers)
    assert part[:-1] == full[: len(part)][:-1]  # the last may be cut within its address


@pytest.mark.parametrize(
    "unit",
    ["<!DOCTYPE a[", "<!DOCTYPE a", "<![CDATA[", "<?xml ", "<item ", "<item></item ", "<item><x>", "<a b='"],
)
def test_a_listing_that_opens_without_end_is_read_in_the_time_of_its_length(unit: str) -> None:
    text = f"<rss><channel>{unit * (150_000 // len(unit))}"
    assert seconds_of(lambda: listing(text)) < 5


LINK = "<a href='/2026/11/22/ferry-stops-in-fog'>"


@pytest.mark.parametrize(
    "page",
    [
        LINK + "<object>".join([LINK] * 1_000) + "word " * 100_000,
        "<a " + " ".join(f"a{number}=1" for number in range(60_000)) + ">",
        "</i>" * 20_000 + "<i>" * 20_000,
    ],
    ids=["links within links", "attributes", "depth"],
)
def test_a_page_that_is_built_to_be_slow_is_read_in_the_time_of_its_length(page: str) -> None:
    assert seconds_of(lambda: read_page(page.encode(), BASE, at=AT)) < 5


def seconds_of(read: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    began = time.process_time()
    read()
    return time.process_time() - began


def test_a_document_type_goes_and_what_stands_behind_it_stays() -> None:
    subset = '<!DOCTYPE rss [<!ENTITY a "b"> <!ELEMENT c (d)>]  >'
    items = "<item><link>https://paper.example/a?x=1&y=2</link><title><![CDATA[A & B]]></title></item>"
    found = listing(f"<?xml version='1.0'?>{subset}<!doctype x><rss><channel>{items}</channel></rss>")
    assert urls(found) == ["https://paper.example/a?x=1&y=2"]
    assert (found.articles[0].found.title, found.problem) == ("A & B", None)


@pytest.mark.parametrize("unit", ["<x/>", "<loc>a</loc>", "<x/><url><item/></url>", "<url><q/>"])
def test_of_a_listing_of_millions_of_elements_few_are_held(unit: str) -> None:
    body = f"<urlset><url><loc>/a-story</loc></url>{unit * (6_000_000 // len(unit))}".encode()
    before = resident_mb()
    assert urls(listing(body)) == ["https://paper.example/a-story"]
    assert resident_mb() - before < 130


def resident_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_sitemap_of_several_gzip_members_is_read_to_its_end() -> None:
    items = [f"<url><loc>https://a.test/2026/11/22/story-{n}</loc></url>" for n in range(300)]
    document = f"<urlset>{''.join(items)}</urlset>".encode()
    members = [gzip.compress(document[at : at + 5_000]) for at in range(0, len(document), 5_000)]
    named = read_listing(b"".join(members), "https://a.test/sitemap.xml.gz", at=AT)
    assert (len(named.articles), named.problem) == (300, None)


def test_stray_ampersands_without_end_cost_a_bounded_length_and_are_told() -> None:
    item = "<item><link>https://a.test/2026/11/22/{}</link></item>"
    body = f"<rss><channel>{item.format(1)}<x>{'& ' * 1_500_000}</x>{item.format(2)}</channel></rss>"
    named = read_listing(body.encode(), "https://a.test/feed", at=AT)
    assert [article.url for article in named.articles] == ["https://a.test/2026/11/22/1"]
    assert named.problem is not None
    assert named.problem.startswith("more stray ampersands than 1000000: only its beginning was read")


def test_a_title_with_ampersands_of_every_kind_is_read_as_it_was_meant() -> None:
    body = (
        "<rss><channel><item><link>https://a.test/2026/11/22/1?a=1&b=2</link><title>R&D &amp; Caf&eacute; &#38; &co; "
        "&nosuch; &</title></item></channel></rss>"
    )
    (article,) = read_listing(body.encode(), "https://a.test/feed", at=AT).articles
    assert article.found.title == "R&D & Café & &co; &nosuch; &"


def test_a_broken_feed_says_how_much_of_it_was_searched() -> None:
    item = "<item><link>https://a.test/2026/11/22/{}</link></item>"
    body = f"<rss><channel>{item.format(1)}<x>{'<' * 10}{'y' * MAX_BROKEN_CHARS}</x>{item.format(2)}"
    named = read_listing(body.encode(), "https://a.test/feed", at=AT)
    assert named.problem is not None
    assert f"only the first {MAX_BROKEN_CHARS} of " in named.problem
    short = read_listing(f"<rss><channel>{item.format(1)}<x>".encode(), "https://a.test/feed", at=AT)
    assert short.problem is not None
    assert "only the first" not in short.problem
