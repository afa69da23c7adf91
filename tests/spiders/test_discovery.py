"""Whatever a site names its articles with, the crawl finds them, and the reader hears what was said of them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from articles.model import Article, Origin
from storage.batches import Revision
from tests.support.crawling import Crawl, crawl, local_site, make_job
from tests.support.hostile import Connection, Pages, Responder, Web, page

STORY = "/2026/11/22/the-harbour-vote-is-put-off"
SAID = "2026-11-22T08:15:00Z"
TITLE = "The harbour vote is put off, again"
PLAIN = "".join(
    f"<p>The harbour board met on Tuesday and heard for an hour what dredging would cost, item {n} of a list "
    "that nobody in the town had seen before the meeting, and put the vote off until the spring.</p>"
    for n in range(5)
)
TEXT = page(f"<html><head><title>Harbour</title></head><body><article><h1>Harbour vote</h1>{PLAIN}</article>")
NAMELESS = page(f"<html><body><div>{PLAIN}</div></body></html>")
GONE = page("", "404 Not Found")


def at(template: str, *, kind: str = "application/xml", packed: bool = False) -> Responder:
    """The template with `$` for the site's own address."""

    async def answer(connection: Connection) -> None:
        body = template.replace("$", connection.url).encode()
        await connection.send(page(gzip.compress(body, mtime=0) if packed else body, kind=kind))

    return answer


def declared(kind: str, href: str = "/found") -> bytes:
    return page(
        f"<html><head><link rel=alternate type='{kind}' href='{href}'></head><body>Home</body></html>"
    )


def item(link: str = f"<link>${STORY}</link>", date: str = "pubDate") -> str:
    return f"<item><title>{TITLE}</title>{link}<{date}>{SAID}</{date}></item>"


def robots(*sitemaps: str) -> Responder:
    return at(
        "\n".join(("User-agent: *", "Disallow:", *(f"Sitemap: {one}" for one in sitemaps))), kind="text/plain"
    )


NEWS_MAP = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>"
    f"<url><loc>${STORY}</loc><n:news><n:publication><n:name>Paper</n:name><n:language>en</n:language></n:publication>"
    f"<n:publication_date>{SAID}</n:publication_date><n:title>{TITLE}</n:title></n:news></url></urlset>"
)
MAP = f"<urlset><url><loc>${STORY}</loc><lastmod>{SAID}</lastmod></url></urlset>"
RDF = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
SITES: dict[str, Pages] = {
    "rss-091": {
        "/": declared("application/rss+xml"),
        "/found": at(f"<?xml version='1.0'?><!DOCTYPE rss SYSTEM 'x.dtd'><rss version='0.91'><channel>{item()}</channel></rss>"),
    },
    "rss-10": {
        "/": declared("application/rdf+xml"),
        "/found": at(f"{RDF}<channel><title>x</title></channel>{item(date='dc:date')}</rdf:RDF>"),
    },
    "rss-20": {"/": declared("application/rss+xml"), "/found": at(f"<rss version='2.0'><channel>{item()}</channel></rss>")},
    "atom": {
        "/": declared("application/atom+xml"),
        "/found": at(
            f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>{TITLE}</title><link href='${STORY}'/>"
            f"<published>{SAID}</published></entry></feed>"
        ),
    },
    "json-feed": {
        "/": declared("application/feed+json"),
        "/found": at(
            f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"url": "${STORY}", "title": "{TITLE}", '
            f'"date_published": "{SAID}"}}]}}'
        ),
    },
    "old-json-feed": {
        "/": declared("application/json", "/feed.json"),
        "/feed.json": at(f'{{"items": [{{"url": "${STORY}", "title": "{TITLE}"}}]}}'),
    },
    "xml-feed": {
        "/": declared("text/xml", "/rss.php"),
        "/rss.php": at(f"<rss version='2.0'><channel>{item()}</channel></rss>"),
    },
    "news-sitemap": {"/": page("Home"), "/robots.txt": robots("$/news.xml"), "/news.xml": at(NEWS_MAP), STORY: NAMELESS},
    "packed-index": {
        "/": page("Home"),
        "/robots.txt": robots("$/index.xml.gz"),
        "/index.xml.gz": at("<sitemapindex><sitemap><loc>$/one.xml.gz</loc></sitemap></sitemapindex>", packed=True),
        "/one.xml.gz": at(MAP, packed=True),
    },
    "text-sitemap": {"/": page("Home"), "/robots.txt": robots("$/urls.txt"), "/urls.txt": at(f"${STORY}\n", kind="text/plain")},
    "usual-place": {"/": page("Home"), "/sitemap.xml": at(MAP)},
    "sections-only": {
        "/": page("<nav><a href='/politics'>Politics</a></nav>"),
        "/sitemap.xml": GONE,
        "/politics": page(f"<h2><a href='{STORY}'>{TITLE}</a></h2>"),
    },
    "feed-of-a-section": {
        "/": page("<nav><a href='/politics'>Politics</a></nav>"),
        "/sitemap.xml": GONE,
        "/politics": declared("application/rss+xml"),
        "/found": at(f"<rss version='2.0'><channel>{item()}</channel></rss>"),
    },
    "broken-feed": {
        "/": declared("application/rss+xml"),
        "/found": at(f"<rss version='2.0'><channel><item><title>A & B <b></item>{item()}<item><link>"),
    },
    "variants": {
        "/": declared("application/rss+xml"),
        "/found": at(
            "<rss version='2.0'><channel>"
            + "".join(
                item(f"<link>${STORY}{variant}</link>")
                for variant in ("", "?utm_source=rss", "/amp/", "?print=1", "#top", "/", "?outputType=amp")
            )
            + "</channel></rss>"
        ),
    },
}  # fmt: skip
for pages in SITES.values():
    pages.setdefault(STORY, TEXT)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Web, Crawl, dict[str, list[Article]]]:
    with Web(SITES) as web:
        job = make_job(tmp_path_factory.mktemp("found"), [local_site(name, web.urls[name]) for name in SITES])
        crawled = crawl(job)
        articles: dict[str, list[Article]] = {name: [] for name in SITES}
        for outcome in crawled.read():
            if isinstance(outcome, Revision):
                articles[outcome.article.site or ""].append(outcome.article)
        return web, crawled, articles


@pytest.mark.parametrize("name", SITES)
def test_an_article_is_found_however_it_is_named(crawled, name: str) -> None:  # type: ignore[no-untyped-def]
    web, done, articles = crawled
    assert [one.fetched_url for one in articles[name]] == [web.urls[name] + STORY], done.done(name)


def test_the_date_and_title_of_a_news_sitemap_stand_in_where_the_page_has_none(crawled) -> None:  # type: ignore[no-untyped-def]
    (article,) = crawled[2]["news-sitemap"]
    assert article.published_at == datetime(2026, 11, 22, 8, 15, tzinfo=UTC)
    assert article.title == TITLE
    origins = {one.field: one.origin for one in article.evidence}
    assert (origins["published_at"], origins["title"]) == (Origin.FEED, Origin.FEED)


@pytest.mark.parametrize("name", ["rss-091", "rss-10", "rss-20", "atom", "json-feed", "news-sitemap"])
def test_title_time_and_origin_of_the_find_lie_with_the_capture(crawled, name: str) -> None:  # type: ignore[no-untyped-def]
    web, done, _ = crawled
    (capture,) = [one for one in done.captures() if one.site == name and one.url.endswith(STORY)]
    assert capture.found is not None
    assert capture.found.title == TITLE
    assert capture.found.published_at == datetime(2026, 11, 22, 8, 15, tzinfo=UTC)
    assert capture.found.via == web.urls[name] + ("/news.xml" if name == "news-sitemap" else "/found")


def test_the_spellings_of_one_article_are_fetched_once(crawled) -> None:  # type: ignore[no-untyped-def]
    web, _, _ = crawled
    assert len([path for path in web.paths("variants") if path.startswith(STORY)]) == 1
