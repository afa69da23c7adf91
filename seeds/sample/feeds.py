"""What crawlers read of the sample newspaper: RSS, Atom, sitemaps and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from zoneinfo import ZoneInfo

from seeds.sample.look import PAGE_DATE, Page, Press, latest, text_html
from seeds.sample.paper import ZONE, SampleArticle

XML = "application/xml; charset=utf-8"
FEED_ITEMS = 40
NEWS_ITEMS = 20


_RSS_SECTIONS = ("harbor", "city", "business", "schools")
_TRACKING = "?utm_source=rss&utm_medium=feed&utm_campaign=courier"


def rss(press: Press) -> Page:
    """RSS 2.0 of four sections, with tracking parameters; a PDF, a picture and a closed page are in it."""
    own = [one for one in press.paper.articles if one.section in _RSS_SECTIONS and one.listed][:FEED_ITEMS]
    items = "".join(_rss_item(press, article) for article in own)
    extras = "".join(
        f"<item><title>{title}</title><link>{press.url(path)}</link>"
        f"<pubDate>Thu, 19 Nov 2026 12:00:00 -0500</pubDate></item>"
        for title, path in (
            ("Agenda of the City Council (PDF)", "/notices/council-agenda-2026-11-19.pdf"),
            ("The harbor this morning", "/media/harbor-webcam.svg"),
            ("For members: tomorrow's front page", "/members/early-edition/"),
            ("From the archive: the dredging vote", "/r/dredging"),
            ("Video: the ferry comes in", "/video/ferry-comes-in/"),
        )
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>'
        f"<title>{text_html(press.paper.name)}</title><link>{press.url('/')}</link>"
        f"<description>{text_html(press.paper.tagline)}</description><language>en-us</language>\n"
        f"{items}{extras}</channel></rss>\n"
    )
    return Page(body=xml.encode(), content_type="application/rss+xml; charset=utf-8", modified=latest(own))


def _rss_item(press: Press, article: SampleArticle) -> str:
    address = press.url(article.path)
    published = article.published_at.astimezone(ZoneInfo(ZONE))
    creators = "".join(f"<dc:creator>{text_html(name)}</dc:creator>" for name in article.authors)
    return (
        f"<item><title>{text_html(article.title)}</title><link>{escape(address + _TRACKING)}</link>"
        f'<guid isPermaLink="true">{escape(address)}</guid>{creators}'
        f"<description>{text_html(article.dek or '')}</description>"
        f"<pubDate>{published:%a, %d %b %Y %H:%M:%S %z}</pubDate>"
        f"<atom:updated>{article.modified_at.isoformat()}</atom:updated></item>\n"
    )


def atom(press: Press) -> Page:
    """Atom 1.0 of the weekend, with links relative to xml:base."""
    own = [one for one in press.paper.articles if one.section == "weekend" and one.listed][:FEED_ITEMS]
    entries = "".join(
        f"<entry><title>{text_html(article.title)}</title><id>tag:courier,2026:{article.slug}</id>"
        f'<link rel="alternate" href="{escape(article.path)}?utm_source=atom"/>'
        f"<published>{article.published_at.isoformat()}</published>"
        f"<updated>{article.modified_at.isoformat()}</updated>"
        + "".join(f"<author><name>{text_html(name)}</name></author>" for name in article.authors)
        + f"<summary>{text_html(article.dek or '')}</summary></entry>\n"
        for article in own
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:base="{press.url("/")}" xml:lang="en"><title>Weekend</title><id>tag:courier,2026:weekend</id>'
        f"<updated>{latest(own).isoformat()}</updated>\n{entries}</feed>\n"
    )
    return Page(body=xml.encode(), content_type="application/atom+xml; charset=utf-8", modified=latest(own))


def news_sitemap(press: Press) -> Page:
    """A news sitemap of the newest articles."""
    own = [article for article in press.paper.articles if article.listed][:NEWS_ITEMS]
    entries = "".join(
        f"<url><loc>{escape(press.url(article.path))}</loc><lastmod>{article.modified_at.isoformat()}</lastmod>"
        f"<news:news><news:publication><news:name>{text_html(press.paper.name)}</news:name>"
        f"<news:language>{article.language}</news:language></news:publication>"
        f"<news:publication_date>{article.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{text_html(article.title)}</news:title></news:news></url>\n"
        for article in own
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}</urlset>\n'
    )
    return Page(body=xml.encode(), content_type=XML, modified=latest(own))


_SITEMAP_EXTRAS = (
    *(
        "/about/",
        "/contact/",
        "/subscribe/",
        "/tags/fishing/",
        "/video/ferry-comes-in/",
        "/notices/tide-tables/",
    ),
    *("/articles/99999/20260901/county-fair-schedule.htm", "/articles/44120/20260715/withdrawn.htm"),
    *("/gallery/parade-of-boats/", "/articles/old/ferry", "/"),
)


def sitemaps(press: Press) -> Iterable[tuple[str, Page]]:
    """A sitemap index, one sitemap a month, and one of pages that are no article or not there."""
    months: dict[str, list[SampleArticle]] = {}
    for article in press.paper.articles:
        if article.listed:
            months.setdefault(f"{article.published_at.astimezone(ZoneInfo(ZONE)):%Y-%m}", []).append(article)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    parts = []
    for month, own in months.items():
        rows = "".join(
            f"<url><loc>{escape(press.url(article.path))}</loc>"
            f"<lastmod>{article.modified_at.isoformat()}</lastmod></url>\n"
            for article in own
        )
        page = Page(
            body=f"{head}<urlset {space}>\n{rows}</urlset>\n".encode(),
            content_type=XML,
            modified=latest(own),
        )
        yield f"/sitemaps/{month}.xml", page
        parts.append((f"/sitemaps/{month}.xml", page.modified))
    rows = "".join(f"<url><loc>{press.url(path)}</loc></url>\n" for path in _SITEMAP_EXTRAS)
    yield (
        "/sitemaps/pages.xml",
        Page(body=f"{head}<urlset {space}>\n{rows}</urlset>\n".encode(), content_type=XML),
    )
    parts.append(("/sitemaps/pages.xml", PAGE_DATE))
    rows = "".join(
        f"<sitemap><loc>{press.url(path)}</loc><lastmod>{moment.isoformat()}</lastmod></sitemap>\n"
        for path, moment in parts
    )
    body = f"{head}<sitemapindex {space}>\n{rows}</sitemapindex>\n".encode()
    yield "/sitemap_index.xml", Page(body=body, content_type=XML, modified=max(moment for _, moment in parts))


def robots(press: Press) -> Page:
    """robots.txt: where crawlers may not go, and where the sitemaps are."""
    lines = [
        "User-agent: *",
        "Disallow: /members/",
        "Disallow: /print/",
        "Disallow: /search",
        "",
        f"Sitemap: {press.url('/sitemap_index.xml')}",
        f"Sitemap: {press.url('/news-sitemap.xml')}",
        "",
    ]
    return Page(body="\n".join(lines).encode(), content_type="text/plain; charset=utf-8")
