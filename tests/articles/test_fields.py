from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.fields import Fields, fields_of
from articles.metadata import metadata_of
from articles.model import Access, Capture, Evidence, Found, Origin, Precision, Site, Zone
from articles.page import parse

URL = "https://www.dailynews.example/news/rain.html"
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
TEXT = (
    "The rain that fell on the north of the country on Monday is the heaviest that has been measured there.",
    "It will not stop before the end of the week, the weather service said in a statement to the newspaper.",
)
SITE = Site(
    name="dailynews", home="https://www.dailynews.example/", timezone="America/New_York", country="us"
)


def _read(
    head: str = "",
    body: str = "",
    *,
    url: str = URL,
    text: tuple[str, ...] = TEXT,
    site: Site | None = None,
    found: Found | None = None,
    around: tuple[str, ...] = (),
    wall: str | None = None,
) -> Fields:
    page = parse(f"<html><head>{head}</head><body>{body}</body></html>", url)
    capture = Capture(url=url, fetched_at=NOW, status=200, headers=(), body=b"", found=found)
    return fields_of(page, metadata_of(page), text, capture, site, around=around, wall=wall)


def _ld(text: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {text}}}</script>'


def _evidence(fields: Fields, name: str) -> Evidence:
    return next(one for one in fields.evidence if one.field == name)


def test_every_field_is_read_and_says_where_from() -> None:
    fields = _read(
        head=_ld(
            '"headline": "Rain falls on the north",'
            '"description": "What the weather service says about this week.",'
            '"author": [{"@type": "Person", "name": "By Ann Lee"},'
            '{"@type": "Organization", "name": "News Desk"}],'
            '"datePublished": "2025-05-30T08:00:00-04:00", "dateModified": "2025-05-30T09:30:00-04:00",'
            '"articleSection": "Weather", "keywords": "rain, north", "isAccessibleForFree": true'
        )
        + '<meta property="og:title" content="Rain falls on the north | Daily News">'
        '<link rel=canonical href="/news/rain.html">'
        '<meta property="og:site_name" content="Daily News">'
        '<meta property="og:image" content="/i/rain-field.jpg">',
        body="<h1>Rain falls on the north</h1><figure><img src='/i/rain-field.jpg'><figcaption>A field."
        "<span class=credit>Bob Roy/AP</span></figcaption></figure>",
        text=("LONDON (Reuters) - " + TEXT[0], TEXT[1]),
        site=SITE,
    )
    assert fields.title == "Rain falls on the north"
    assert fields.url == URL
    assert fields.dek == "What the weather service says about this week."
    assert (fields.authors, fields.organisations, fields.agencies) == (
        ("Ann Lee",),
        ("News Desk",),
        ("Reuters",),
    )
    assert fields.published_at == datetime(2025, 5, 30, 12, tzinfo=UTC)
    assert fields.modified_at == datetime(2025, 5, 30, 13, 30, tzinfo=UTC)
    assert fields.language == "en"
    assert fields.section == "Weather"
    assert fields.keywords == ("rain", "north")
    assert fields.image is not None
    assert (fields.image.url, fields.image.caption, fields.image.credit) == (
        "https://www.dailynews.example/i/rain-field.jpg",
        "A field.",
        "Bob Roy/AP",
    )
    assert fields.access is Access.FREE
    published = _evidence(fields, "published_at")
    assert (published.origin, published.raw) == (Origin.JSON_LD, "2025-05-30T08:00:00-04:00")
    assert (published.precision, published.zone) == (Precision.SECOND, Zone.STATED)
    assert {one.field for one in fields.evidence} >= {
        "title",
        "url",
        "dek",
        "authors",
        "agencies",
        "language",
        "image",
    }


def test_a_statement_of_change_is_never_the_publication() -> None:
    fields = _read(
        head=_ld('"headline": "Rain", "dateModified": "2025-05-30T09:30:00Z"')
        + '<meta property="og:updated_time" content="2025-05-30T09:30:00Z">',
        body="<h1>Rain</h1><p class=date>Updated: 30 May 2025</p>"
        "<time class=updated datetime='2025-05-30'>x</time>",
    )
    assert fields.published_at is None
    assert fields.modified_at == datetime(2025, 5, 30, 9, 30, tzinfo=UTC)


def test_a_date_after_the_fetch_never_wins() -> None:
    fields = _read(
        head=_ld('"headline": "Rain", "datePublished": "2031-01-01T00:00:00Z"')
        + '<meta property="article:published_time" content="2025-05-29T10:00:00Z">'
    )
    assert fields.published_at == datetime(2025, 5, 29, 10, tzinfo=UTC)


def test_a_time_refines_the_day_that_a_better_source_gives() -> None:
    fields = _read(
        head=_ld('"headline": "Rain", "datePublished": "2025-05-29"'),
        body="<h1>Rain</h1><time datetime='2025-05-29T10:20:00Z'>29 May</time>",
    )
    assert fields.published_at == datetime(2025, 5, 29, 10, 20, tzinfo=UTC)
    assert _evidence(fields, "published_at").origin is Origin.DOM


def test_times_without_zone_are_the_sites() -> None:
    fields = _read(head='<meta name="pubdate" content="2025-05-29 10:20">', site=SITE)
    assert fields.published_at == datetime(2025, 5, 29, 14, 20, tzinfo=UTC)
    assert _evidence(fields, "published_at").zone is Zone.SITE


@pytest.mark.parametrize("site", [None, Site(name="zeitung", home="https://www.zeitung.de/")])
def test_times_without_zone_are_the_countrys_where_no_seed_names_one(site: Site | None) -> None:
    head, url = _ld('"datePublished": "2025-05-30T08:00:00"'), "https://www.zeitung.de/regen.html"
    fields = _read(head, url=url, site=site)
    assert fields.published_at == datetime(2025, 5, 30, 6, tzinfo=UTC)
    assert _evidence(fields, "published_at").zone is Zone.COUNTRY


def test_unmarked_dates_and_bylines_beside_the_headline_are_found() -> None:
    fields = _read(
        body="<div>Menu</div><h1>Rain falls on the north</h1><div>By <span>Ann Lee</span></div>"
        "<div>May 29, 2025</div>"
        "<p>The storm of June 3, 2011 was less.</p>"
    )
    assert fields.authors == ("Ann Lee",)
    assert fields.published_at == datetime(2025, 5, 29, tzinfo=UTC)
    assert _evidence(fields, "published_at").precision is Precision.DAY


def test_the_byline_and_date_of_a_teaser_are_not_the_articles() -> None:
    fields = _read(
        body="<h1>Rain falls on the north</h1><p>Text.</p><aside class=related-posts><h3>Other</h3>"
        "<span class=byline>By Bob Roy</span><time datetime='2024-01-01'>1 January 2024</time></aside>"
    )
    assert fields.authors == ()
    assert fields.published_at is None


def test_the_feed_dates_what_the_page_does_not() -> None:
    at = datetime(2025, 5, 29, 10, 20, tzinfo=UTC)
    found = Found(via="https://www.dailynews.example/rss", found_at=NOW, published_at=at)
    fields = _read(found=found)
    assert fields.published_at == at
    assert _evidence(fields, "published_at").origin is Origin.FEED


def test_the_address_dates_a_page_that_says_nothing_else() -> None:
    fields = _read(url="https://www.dailynews.example/2025/05/29/rain.html")
    assert fields.published_at == datetime(2025, 5, 29, tzinfo=UTC)
    assert _evidence(fields, "published_at").origin is Origin.URL


def test_a_time_shown_near_the_headline_refines_the_day_in_the_address() -> None:
    page = "<h1>Rain falls</h1><div><span class=posted>First Posted: May 29, 2025 09:15 PM EDT</span></div>"
    fields = _read(body=page, url="https://www.dailynews.example/2025/05/30/rain.html")
    assert fields.published_at == datetime(2025, 5, 30, 1, 15, tzinfo=UTC)
    assert _read(
        body=page, url="https://www.dailynews.example/2025/05/02/rain.html"
    ).published_at == datetime(2025, 5, 2, tzinfo=UTC)


def test_a_photographers_byline_is_not_the_articles() -> None:
    fields = _read(
        body="<h1>Rain falls</h1><figure><img src=a.jpg><figcaption>A field. <span>By Bob Roy</span></figcaption>"
        "</figure>"
        "<span class=by>Ann Lee</span>"
    )
    assert fields.authors == ("Ann Lee",)
    assert _read(body="<h1>x</h1><p class=byline>Words by Ann Lee. Photographs by Bob Roy</p>").authors == (
        "Ann Lee",
    )


def test_the_label_above_the_headline_is_the_section() -> None:
    fields = _read(
        body="<nav><a href=/>Home</a></nav><div><a href='/county/'>County</a><h1>Rain falls</h1></div>"
    )
    assert fields.section == "County"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        (
            "https://www.dailynews.example/news/rain-falls.html?utm_source=x",
            "https://www.dailynews.example/news/rain-falls.html",
        ),
        ("https://www.dailynews.example/", URL),
        ("https://elsewhere.example.org/rain.html", URL),
        ("javascript:void(0)", URL),
        ("http://[broken", URL),
    ],
)
def test_a_canonical_address_counts_only_where_it_can_be_this_pages(href: str, url: str) -> None:
    assert _read(head=f'<link rel=canonical href="{href}">').url == url


@pytest.mark.parametrize(
    ("head", "body", "next_page"),
    [
        ('<link rel=next href="?page=2">', "", f"{URL}?page=2"),
        ("", "<div class=pagination><a href='?page=2'>2</a><a href='?page=3'>3</a></div>", f"{URL}?page=2"),
        ('<link rel=next href="/news/another.html">', "", None),
        ('<link rel=next href="/news/other.html?page=2">', "", None),
    ],
)
def test_the_next_page_is_one_of_the_same_article(head: str, body: str, next_page: str | None) -> None:
    assert _read(head=head, body=body).next_page == next_page


@pytest.mark.parametrize(
    ("head", "access"),
    [
        ("", Access.FREE),
        ('<meta property="article:content_tier" content="metered">', Access.METERED),
        ('<meta property="article:content_tier" content="locked">', Access.PAID),
        (_ld('"isAccessibleForFree": "False"'), Access.PAID),
    ],
)
def test_access_is_what_the_page_states(head: str, access: Access) -> None:
    assert _read(head=head, text=TEXT * 10).access is access


def test_a_paid_article_of_which_little_is_shown_is_a_stub() -> None:
    assert _read(head=_ld('"isAccessibleForFree": false')).access is Access.STUB


def test_a_dek_that_repeats_the_text_is_none() -> None:
    assert _read(head=f'<meta name=description content="{TEXT[0][:80]}...">').dek is None


DEEP = 2_000


def test_hostile_pages_give_fields_within_bounds() -> None:
    hostile = [
        "<div class=author-byline-date>" * DEEP + "x" * 100_000,
        "<h1>" * DEEP + "x",
        "<h1>" + "x " * 400_000,
        "<time datetime='2025-01-01'>" * DEEP,
        "<time datetime='2025-01-01'></time>" * 20_000,
        "<span class=byline>By " + "A" * 500_000,
        "<p itemprop=author>" + "Ann Lee, " * 100_000,
        "<figure><figcaption>" * (DEEP // 2),
        "<p>By Ann Lee 1.1.2025</p>" * 20_000,
    ]
    for body in hostile:
        page = parse(f"<html><body>{body}", URL)
        capture = Capture(url=URL, fetched_at=NOW, status=200, headers=(), body=b"")
        started = time.thread_time()
        fields = fields_of(page, metadata_of(page), TEXT, capture)
        assert isinstance(fields, Fields)
        assert time.thread_time() - started < 1.5


_FRAGMENTS = st.sampled_from(
    [
        "<h1>",
        "</h1>",
        "<time datetime='",
        "'>",
        "<span class=author>",
        "<a rel=author href=/x>",
        "</a>",
        "By Ann Lee",
        "<meta name=author content='",
        "<meta property=article:published_time content='",
        "2025-05-30T10:00:00Z",
        '<script type="application/ld+json">',
        '{"@type":"NewsArticle","headline":"',
        '"}',
        "</script>",
        "Rain | Daily News",
        "<link rel=canonical href='",
        "http://[",
        "//x/",
        "?page=2",
        "<div class=pagination>",
        "</div>",
        "<title>",
        "</title>",
        "Updated 30 May 2025",
        "&#0;",
        "\x00",
        "\ud800",
        "<figure><img src=x.jpg><figcaption>",
        "</figcaption></figure>",
        "<p itemprop=datePublished content='",
        "<html lang='",
        "99/99/9999",
        "新华社",
        "<aside class=related>",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_FRAGMENTS | st.text(max_size=8), max_size=30),
    st.sampled_from([URL, "", "x", "https://[", "http://a.b/2025/01/02/"]),
)
def test_no_page_makes_field_reading_fail(fragments: list[str], url: str) -> None:
    html = "".join(fragments).encode("utf-8", "replace").decode("utf-8", "replace")
    page = parse(html, url)
    capture = Capture(url=url, fetched_at=NOW, status=200, headers=(), body=b"")
    first = fields_of(page, metadata_of(page), tuple(fragments[:3]), capture, SITE)
    again = fields_of(page, metadata_of(page), tuple(fragments[:3]), capture, SITE)
    assert first == again
    assert first.published_at is None or first.published_at.tzinfo is UTC


HEADING = "<h1>Rain falls on the north</h1>"


def test_a_date_below_the_text_dates_it_but_one_that_speaks_of_a_change_does_not() -> None:
    assert _read(body=HEADING, around=("Published on 30 May 2025 by Ann Lee",)).published_at == datetime(
        2025, 5, 30, tzinfo=UTC
    )
    assert _read(body=HEADING, around=("Last updated on 30 May 2025",)).published_at is None
    changed_first = ("Letzte Änderung: 31.05.2025 - 14:49 Erschienen am: 30.05.2025",)
    assert _read(body=HEADING, around=changed_first).published_at == datetime(2025, 5, 30, tzinfo=UTC)


def test_a_date_and_then_the_change_is_the_publication() -> None:
    fields = _read(body=f"{HEADING}<p><span>May 3, 2025</span> <span>- Updated May 9, 2025</span></p>")
    assert fields.published_at == datetime(2025, 5, 3, tzinfo=UTC)


def test_hours_ago_give_the_day_and_no_more() -> None:
    fields = _read(body=f"{HEADING}<div class=date>3 hours ago</div>")
    assert fields.published_at == datetime(2025, 6, 1, tzinfo=UTC)
    assert _evidence(fields, "published_at").precision is Precision.DAY


def test_the_clock_of_the_page_is_not_its_date() -> None:
    assert _read(body=f"{HEADING}<p>Aktuelle Zeit: 14.10.2020, 12:18</p>").published_at is None
    assert _read(body=f"{HEADING}<p>Copyright © 3.2.2024 by the paper</p>").published_at is None


@pytest.mark.parametrize("path", ["/news/29-05-2025", "/news/29052025-rain-falls", "/2025/may/29/rain"])
def test_a_day_in_the_address_dates_a_page_in_every_usual_form(path: str) -> None:
    fields = _read(body=HEADING, url=f"https://www.dailynews.example{path}/")
    assert fields.published_at == datetime(2025, 5, 29, tzinfo=UTC)


def test_the_address_tells_which_number_is_the_month() -> None:
    url = "https://www.dailynews.example/2024/october/03/rain/"
    fields = _read(body=f"{HEADING}<span class=post-date>03/10/2024</span>", url=url, site=SITE)
    assert fields.published_at == datetime(2024, 10, 3, tzinfo=UTC)


def test_an_earlier_date_beside_the_headline_wins_over_one_that_is_only_the_last_changes() -> None:
    head = _ld(
        '"headline": "Rain falls on the north", "datePublished": "May 9, 2025", "dateModified": "May 9, 2025"'
    )
    assert _read(head, f"{HEADING}<p>May 3, 2025</p>").published_at == datetime(2025, 5, 3, tzinfo=UTC)
    assert _read(
        head, f"{HEADING}<p>In May 3, 2024, rain had fallen there as it falls now</p>"
    ).published_at == (datetime(2025, 5, 9, tzinfo=UTC))


def test_a_heading_that_leads_home_is_the_site_and_not_the_headline() -> None:
    body = "<h1><a href='/'>Rain in the North</a></h1><h2>Rain falls on Monday</h2>"
    fields = _read("<title>Rain falls on Monday - Rain in the North</title>", body)
    assert fields.title == "Rain falls on Monday"


def test_what_the_title_has_more_than_the_shared_title_is_the_sites_name() -> None:
    head = "<title>The Umbrella: Rain falls on Monday</title><meta property=og:title content='Rain falls on Monday'>"
    assert _read(head, "<h1>The Umbrella</h1><h2>What to do</h2>").title == "Rain falls on Monday"


def test_kickers_and_subtitles_within_the_heading_go_where_no_one_else_has_them() -> None:
    head = "<meta property=og:title content='Rain falls on the north'>"
    kicker = "<h1><span>Weather</span> <span>Rain falls on the north</span></h1>"
    subtitle = "<h1><span>Rain falls on the north</span> <span>And the wind blows</span></h1>"
    assert _read(head, kicker).title == "Rain falls on the north"
    assert _read(head, subtitle).title == "Rain falls on the north"
    both = "<meta property=og:title content='Weather: Rain falls on the north'>"
    assert _read(both, kicker).title == "Weather Rain falls on the north"


def test_a_first_name_gives_way_to_the_full_name_that_the_page_shows() -> None:
    head = _ld('"headline": "Rain falls", "author": {"@type": "Person", "name": "Nils"}')
    assert _read(head, f"{HEADING}<p>Von Nils Pickert</p>").authors == ("Nils Pickert",)
    assert _read(head, f"{HEADING}<p>Von Ann Lee</p>").authors == ("Nils",)


def test_signatures_below_the_text_are_read() -> None:
    assert _read(body=HEADING, around=("Article by", "Ann Lee", "Share this")).authors == ("Ann Lee",)
    assert _read(body=HEADING, around=("---- by Ann Lee",)).authors == ("Ann Lee",)
    fields = _read(body=HEADING, around=("Reporting by The Associated Press.",))
    assert (fields.authors, fields.agencies) == ((), ("AP",))


def test_links_to_networks_are_no_authors() -> None:
    assert (
        _read(body=f"{HEADING}<a class=author>YouTube</a><a class=author>Twitter Facebook</a>").authors == ()
    )


def test_all_authors_that_microdata_names_are_kept() -> None:
    one = "<span itemprop=author><a><span itemprop=name>{}, Associated Press</span></a></span>"
    body = f"{HEADING}<p>{one.format('Ann Lee')}</p><p>{one.format('Bob Roy')}</p>"
    assert _read(body=body).authors == ("Ann Lee", "Bob Roy")


def test_authors_are_looked_up_by_their_ids() -> None:
    head = (
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "Rain",'
        ' "author": [{"@id": "#a"}, {"@id": "#b"}]}, {"@type": "Person", "@id": "#a", "name": "Ann Lee"},'
        ' {"@type": "Person", "@id": "#b", "name": "Bob Roy"}]}</script>'
    )
    assert _read(head).authors == ("Ann Lee", "Bob Roy")


def test_a_locked_part_says_that_the_page_is_paid_and_which_part() -> None:
    part = '{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".locked"}'
    fields = _read(_ld(f'"headline": "Rain", "hasPart": {part}'), text=TEXT * 20)
    assert fields.access is Access.PAID
    assert _evidence(fields, "access").raw == "hasPart .locked isAccessibleForFree: false"


def test_a_paywall_behind_a_short_text_makes_a_stub_unless_the_page_says_it_is_free() -> None:
    wall = "Subscribe to read the whole article"
    assert _read(wall=wall).access is Access.STUB
    assert _read(wall=wall, text=TEXT * 20).access is Access.FREE
    assert _read(_ld('"headline": "Rain", "isAccessibleForFree": true'), wall=wall).access is Access.FREE


def test_authors_in_the_order_of_citations_are_turned_round() -> None:
    head = "<meta name=citation_author content='Roy, Bob'><meta name=citation_author content='Lee, Ann'>"
    assert _read(head, HEADING).authors == ("Bob Roy", "Ann Lee")


def test_a_word_behind_of_is_no_author() -> None:
    assert _read(body=f"{HEADING}<p>von Firmenwägen</p>").authors == ()
    assert _read(body=f"{HEADING}<p>by Stefan</p>").authors == ("Stefan",)


def test_a_date_that_the_page_shows_as_that_of_its_change_is_not_the_publication_elsewhere() -> None:
    body = f"{HEADING}<p>May 9, 2025</p><div class=post-date>By Ann Lee, last updated: May 9, 2025</div>"
    fields = _read(body=body)
    assert fields.published_at is None
    assert fields.modified_at == datetime(2025, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        ("<p>Date: 29.05.2025 Author: Ann Lee Source: Wire</p>", ("Ann Lee",)),
        ("<div><img class=avatar src=/a.jpg alt='Photo of Ann Lee'><div>Ann Lee</div></div>", ("Ann Lee",)),
        ("<p>Text.</p><div class=bio><a href=/author/ann>View all posts by Ann Lee</a></div>", ("Ann Lee",)),
        ('<script>window.page = {"articleAuthor": "Ann Lee"}</script>', ("Ann Lee",)),
        ('<script>push("{\\"authors\\":[\\"Ann Lee\\",\\"Bob Roy\\"]}")</script>', ("Ann Lee", "Bob Roy")),
        ("<p>by ibby</p>", ("ibby",)),
        ("<p>Text von Ann Lee</p>", ("Ann Lee",)),
    ],
)
def test_an_author_whom_nothing_marks_is_found(body: str, authors: tuple[str, ...]) -> None:
    assert _read(body=f"<h1>Rain falls on the north</h1>{body}").authors == authors


@pytest.mark.parametrize(
    "body",
    [
        '<script>a = {"author": "Ann Lee"}; b = {"author": "Bob Roy"}</script>',
        "<a href=/author/ann>Ann Lee</a><a href=/author/bob>Bob Roy</a>",
        "<div class=comments><a href=/author/ann>Ann Lee</a></div>",
        "<figure><img alt='Ann Lee'><figcaption>Ann Lee</figcaption></figure>",
        "<h3>Snake Plant</h3><img alt='Snake Plant'>",
        '<script>a = {"author": "$undefined"}</script>',
    ],
)
def test_names_that_may_be_anyones_are_no_authors(body: str) -> None:
    body = "<h1>Rain falls on the north</h1>" + "<p>The rain fell all day.</p>" * 50 + body
    assert _read(body=body).authors == ()


def test_a_staff_that_is_stated_as_the_author_stands() -> None:
    fields = _read(
        _ld('"headline": "Rain", "author": {"@type": "Organization", "name": "Daily News Staff"}'),
        "<h1>Rain</h1><p class=author-name>Ann Lee</p>",
    )
    assert (fields.authors, fields.organisations) == ((), ("Daily News Staff",))


@pytest.mark.parametrize(
    ("link", "section"),
    [
        ("<a href=/news>Around town</a>", "Around town"),
        ("<a href=/category/weather>Weather</a>", "Weather"),
        ("<a href=/contact>Contact</a>", None),
        ("<a href=/subscribe/>Subscribe</a>", None),
    ],
)
def test_a_link_above_the_headline_is_a_section_only_where_it_leads_to_one(
    link: str, section: str | None
) -> None:
    assert _read(body=f"<div>{link}</div><h1>Rain falls on the north</h1>").section == section


def test_the_sites_menu_names_no_section_of_the_page_and_the_path_to_it_does() -> None:
    names = ("Harbour", "Council", "Culture", "Opinion", "Sport")
    links = [f"<li><a href=/section/{name.lower()}/>{name}</a></li>" for name in names]
    menu = f"<header><nav><ul>{''.join(links)}</ul></nav></header>"
    path = f"<nav><ol><li><a href=/>Home</a></li>{links[0]}</ol></nav>"
    headline = "<h1>Rain falls on the north</h1>"
    assert _read(body=f"{menu}{headline}").section is None
    assert _read(body=f"{menu}{path}{headline}").section == "Harbour"


def test_a_description_that_cuts_the_opening_is_no_dek() -> None:
    cut = "The rain that fell on the north of the country Monday is the heaviest that has been measured"
    assert _read(head=f'<meta name="description" content="{cut}">').dek is None


def test_a_heading_whose_parts_run_together_in_the_source_keeps_them_apart() -> None:
    body = "<h1><span>The Best Alternatives</span><span>Top Tools and Managers</span></h1>"
    assert _read(body=body).title == "The Best Alternatives Top Tools and Managers"
    assert (
        _read(body="<h1><b>Mc</b>Donald sells the eBay shares</h1>").title == "McDonald sells the eBay shares"
    )
