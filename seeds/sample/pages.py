"""The sample newspaper as it is served: every path with its bytes, type, status and time of change.

`build(paper, base, root)` renders articles, section pages, feeds and sitemaps from the sources in
`templates/<name>/` (layout.html, article.html, blocks.html, style.css; string.Template) and `pages/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from html import escape
from pathlib import Path

from seeds.sample import feeds
from seeds.sample.article_pages import article_pages
from seeds.sample.look import Look, Page, Press, latest, piece, read_look, text_html, whole_page
from seeds.sample.paper import TEMPLATES, Paper, PaperError, SampleArticle, Section
from seeds.sample.pictures import agenda_pdf, scene


def build(paper: Paper, base: str, root: Path) -> dict[str, Page]:
    """Every path of the newspaper. Raises PaperError when a template or page source is wrong."""
    try:
        return _build(paper, base, root)
    except (KeyError, ValueError) as error:  # string.Template: a $name that nobody fills, a lone $
        remedy = "Write a $ that is meant as one as $$"
        raise PaperError(f"{root / 'templates'}: a template cannot be filled: {error}. {remedy}") from error


def _build(paper: Paper, base: str, root: Path) -> dict[str, Page]:
    press = Press(paper=paper, base=base, looks={name: read_look(root, name) for name in TEMPLATES})
    pages: dict[str, Page] = {}
    for look in press.looks.values():
        pages[f"/static/{look.name}.css"] = Page(body=look.css, content_type="text/css; charset=utf-8")
    for article in paper.articles:
        pages.update(article_pages(press, article))
    for section in paper.sections:
        pages[f"/{section.key}/"] = _section_page(press, section)
    for tag in ("fishing", "ferry", "newsletters"):
        pages[f"/tags/{tag}/"] = _tag_page(press, tag)
    for path in sorted((root / "pages").glob("*.html")):
        pages.update(_source_page(press, path))
    pages["/"] = _home_page(press)
    pages["/rss.xml"] = feeds.rss(press)
    pages["/weekend/atom.xml"] = feeds.atom(press)
    pages["/news-sitemap.xml"] = feeds.news_sitemap(press)
    pages.update(feeds.sitemaps(press))
    pages["/robots.txt"] = feeds.robots(press)
    pages["/notices/council-agenda-2026-11-19.pdf"] = Page(body=agenda_pdf(), content_type="application/pdf")
    pages["/media/harbor-webcam.svg"] = Page(body=scene("harbor-webcam"), content_type="image/svg+xml")
    for source, target in paper.redirects:
        pages[source] = Page(body=b"", status=301, location=press.url(target))
    return pages


# --- Pages of links ---------------------------------------------------------------------------------


def _section_page(press: Press, section: Section) -> Page:
    own = [article for article in press.paper.articles if article.section == section.key]
    look = press.looks[section.template]
    main = f"<h1>{text_html(section.title)}</h1>" + "".join(map(partial(_teaser, look), own))
    body = whole_page(
        press, look, title=f"{section.title} - {press.paper.name}", head=_feeds_head(press), main=main
    )
    return Page(body=body.encode(), modified=latest(own))


def _tag_page(press: Press, tag: str) -> Page:
    own = [article for article in press.paper.articles if any(tag in word for word in article.keywords)]
    look = press.looks["courier"]
    main = f"<h1>Stories about {tag}</h1>" + "".join(map(partial(_teaser, look), own))
    body = whole_page(press, look, title=f"{tag.title()} - {press.paper.name}", head="", main=main)
    return Page(body=body.encode(), modified=latest(own))


def _home_page(press: Press) -> Page:
    look = press.looks["courier"]
    newest = [article for article in press.paper.articles if article.listed][:24]
    extra = piece(look, "home-extra")
    main = "".join(map(partial(_teaser, look), newest)) + extra
    body = whole_page(
        press, look, title=f"{press.paper.name} | {press.paper.tagline}", head=_feeds_head(press), main=main
    )
    return Page(body=body.encode(), modified=latest(press.paper.articles))


def _teaser(look: Look, article: SampleArticle) -> str:
    dek = text_html(article.dek or article.byline)
    path, picture = escape(article.path), ""
    if article.image_caption:
        picture = piece(look, "thumb", path=path, source=f"/media/{article.slug}.svg")
    return piece(look, "teaser", path=path, text=text_html(article.title), dek=dek, picture=picture)


def _feeds_head(press: Press) -> str:
    return (
        f'<link rel="alternate" type="application/rss+xml" title="News" href="{press.url("/rss.xml")}">\n'
        '<link rel="alternate" type="application/atom+xml" title="Weekend" href="/weekend/atom.xml">'
    )


def _source_page(press: Press, path: Path) -> Iterable[tuple[str, Page]]:
    """A page that is no article: first line `path status template title`, parted by ` | `, then its HTML."""
    first, _, html = path.read_text(encoding="utf-8").partition("\n")
    fields = first.removeprefix("<!--").removesuffix("-->").strip().split(" | ")
    if len(fields) != 4 or fields[2] not in press.looks or not fields[1].isdigit():
        raise PaperError(f"{path}: begins with {first!r}. Write <!-- /path/ | 200 | courier | Title -->")
    address, status, template, title = fields
    body = whole_page(press, press.looks[template], title=f"{title} - {press.paper.name}", head="", main=html)
    yield address, Page(body=body.encode(), status=int(status))
