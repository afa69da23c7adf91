"""The sample newspaper as it is served: every path with its bytes, type, status and time of change.

`build(paper, base, root)` renders articles, section pages, feeds and sitemaps from the sources in
`templates/<name>/` (layout.html, article.html, blocks.html, style.css; string.Template) and `pages/`.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import escape
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from articles.model import Access, Form, Precision
from seeds.sample.paper import (
    LINK,
    STRONG,
    TEMPLATES,
    ZONE,
    Block,
    Paper,
    PaperError,
    SampleArticle,
    Section,
)

HTML, XML = "text/html; charset=utf-8", "application/xml; charset=utf-8"
FEED_ITEMS = 40
NEWS_ITEMS = 20
PAGE_DATE = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
"""When the pages that are no article were last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of the server."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    modified: datetime = PAGE_DATE
    location: str | None = None


NOT_FOUND = Page(
    body=b"<!doctype html><title>Not found</title><h1>404 Not Found</h1><p>There is no such page.</p>",
    status=404,
)
"""What a path that is not there gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One template as read from its folder."""

    name: str
    layout: Template
    article: Template
    blocks: dict[str, Template]
    css: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What rendering needs at hand."""

    paper: Paper
    base: str
    """Scheme, host and port of the server: `http://127.0.0.1:8877`."""
    looks: dict[str, Look]

    def url(self, path: str) -> str:
        """The whole address of a path of ours."""
        return self.base + path


def build(paper: Paper, base: str, root: Path) -> dict[str, Page]:
    """Every path of the newspaper. Raises PaperError when a template or page source is wrong."""
    press = Press(paper=paper, base=base, looks={name: _look(root, name) for name in TEMPLATES})
    pages: dict[str, Page] = {}
    for look in press.looks.values():
        pages[f"/static/{look.name}.css"] = Page(body=look.css, content_type="text/css; charset=utf-8")
    for article in paper.articles:
        pages.update(_article_pages(press, article))
    for section in paper.sections:
        pages[f"/{section.key}/"] = _section_page(press, section)
    for tag in ("fishing", "ferry", "newsletters"):
        pages[f"/tags/{tag}/"] = _tag_page(press, tag)
    for path in sorted((root / "pages").glob("*.html")):
        pages.update(_source_page(press, path))
    pages["/"] = _home_page(press)
    pages["/rss.xml"] = _rss(press)
    pages["/weekend/atom.xml"] = _atom(press)
    pages["/news-sitemap.xml"] = _news_sitemap(press)
    pages.update(_sitemaps(press))
    pages["/robots.txt"] = _robots(press)
    pages["/notices/council-agenda-2026-11-19.pdf"] = Page(body=_pdf(), content_type="application/pdf")
    pages["/media/harbor-webcam.svg"] = Page(body=_scene("harbor-webcam"), content_type="image/svg+xml")
    for source, target in paper.redirects:
        pages[source] = Page(body=b"", status=301, location=press.url(target))
    return pages


# --- Articles -------------------------------------------------------------------------------------


def _article_pages(press: Press, article: SampleArticle) -> Iterable[tuple[str, Page]]:
    parts: list[list[Block]] = [[]]
    for block in article.blocks:
        if block.tag == "page":
            parts.append([])
        else:
            parts[-1].append(block)
    for number, blocks in enumerate(parts, 1):
        html = _article_html(press, article, blocks, number, len(parts))
        yield article.page_path(number), Page(body=html.encode(), modified=article.modified_at)
    if article.image_caption:
        scene = Page(body=_scene(article.slug), content_type="image/svg+xml", modified=article.published_at)
        yield f"/media/{article.slug}.svg", scene
    if article.amp:
        html = _amp_html(press, article, parts[0])
        yield _amp_path(article), Page(body=html.encode(), modified=article.modified_at)


def _article_html(press: Press, article: SampleArticle, blocks: list[Block], number: int, count: int) -> str:
    look = press.looks[article.template]
    section = next(section for section in press.paper.sections if section.key == article.section)
    stamp = _stamp(article)
    values = {
        "title": _text(article.title),
        "section": _text(section.title),
        "section_path": f"/{section.key}/",
        "dek": _piece(look, "dek", text=_text(article.dek)) if article.dek else "",
        "byline": _piece(look, "byline", text=_text(article.byline)) if article.byline else "",
        "date": _date_html(look, article, stamp),
        "figure": _figure(look, article),
        "body": "\n".join(_block(press, look, article, block) for block in blocks),
        "bio": _piece(look, "bio", text=_text(article.bio), name=_text(" and ".join(article.authors)))
        if article.bio
        else "",
        "tags": "".join(_piece(look, "tag", text=_text(word)) for word in article.keywords),
        "pages": _pager(look, article, number, count),
        "neighbours": _neighbours(press, look, article),
        "share": escape(press.url(article.path)),
    }
    return _page(
        press,
        look,
        title=f"{article.title} - {press.paper.name}",
        head=_head(press, article, number, count),
        language=article.language,
        main=look.article.substitute(values),
    )


def _block(press: Press, look: Look, article: SampleArticle, block: Block) -> str:
    if block.tag in ("p", "quote", "item", "heading"):
        return _piece(look, block.tag, text=_inline(block.pieces[0]))
    if block.tag == "post" and block.at:
        local = block.at.astimezone(ZoneInfo(ZONE))
        title, iso = _text(block.pieces[0]), local.isoformat()
        return _piece(look, "post", text=title, iso=iso, clock=f"{local:%-I:%M} {_am_pm(local)}")
    if block.tag == "caption":
        caption, credit = (*block.pieces, "")[:2]
        source = f"/media/{article.slug}.svg"
        return _piece(look, "figure", text=_text(caption), credit=_text(credit), source=source)
    pieces = [_prompt_piece(press, piece) for piece in block.pieces]
    values = {
        "kind": block.tag,
        "text": " ".join(pieces),
        "a": pieces[0],
        "b": pieces[1] if len(pieces) > 1 else "",
        "c": pieces[-1] if len(pieces) > 2 else "",
        "rest": "".join(f"<li>{piece}</li>" for piece in pieces[1:]),
    }
    name = f"{block.tag}-{block.shape}"
    return look.blocks[name if name in look.blocks else block.shape].substitute(values)


def _prompt_piece(press: Press, piece: str) -> str:
    if not piece.startswith("@"):
        return _text(piece)
    other = press.paper.article(piece[1:])
    return f'<a href="{escape(other.path)}">{_text(other.title)}</a>'


def _figure(look: Look, article: SampleArticle) -> str:
    if not article.image_caption:
        return ""
    source = f"/media/{article.slug}.svg"
    credit = _text(article.image_credit or "")
    return _piece(look, "figure", text=_text(article.image_caption), credit=credit, source=source)


def _pager(look: Look, article: SampleArticle, number: int, count: int) -> str:
    if count == 1:
        return ""
    links = "".join(
        f"<strong>{page}</strong> " if page == number else f'<a href="{article.page_path(page)}">{page}</a> '
        for page in range(1, count + 1)
    )
    more = f'<a rel="next" href="{article.page_path(number + 1)}">Next page</a>' if number < count else ""
    return _piece(look, "pager", text=links + more)


def _neighbours(press: Press, look: Look, article: SampleArticle) -> str:
    same = [other for other in press.paper.articles if other.section == article.section]
    place = same.index(article)
    links = [
        _piece(look, "neighbour", label=label, path=escape(same[index].path), text=_text(same[index].title))
        for label, index in (("Next", place - 1), ("Previous", place + 1))
        if 0 <= index < len(same)
    ]
    return "".join(links)


def _head(press: Press, article: SampleArticle, number: int, count: int) -> str:
    link, meta = '<link rel="{}" href="{}">'.format, '<meta property="{}" content="{}">'.format
    lines = [
        link("canonical", escape(press.url(article.page_path(number)))),
        meta("og:title", escape(article.title)),
        meta("og:type", "article"),
        meta("og:url", escape(press.url(article.page_path(number)))),
        meta("og:site_name", escape(press.paper.name)),
    ]
    if article.dek:
        lines += [meta("og:description", escape(article.dek))]
        lines += [f'<meta name="description" content="{escape(article.dek)}">']
    if article.image_caption:
        lines.append(meta("og:image", escape(press.url(f"/media/{article.slug}.svg"))))
    if "meta" in article.dates:
        lines.append(meta("article:published_time", article.published_at.isoformat()))
        if article.modified_at != article.published_at:
            lines.append(meta("article:modified_time", article.modified_at.isoformat()))
        lines.append(meta("article:section", escape(article.section.title())))
        lines += (
            [f'<meta name="author" content="{escape(", ".join(article.authors))}">']
            if article.authors
            else []
        )
    if article.keywords:
        lines.append(f'<meta name="keywords" content="{escape(", ".join(article.keywords))}">')
    if number < count:
        lines.append(link("next", escape(press.url(article.page_path(number + 1)))))
    if number > 1:
        lines.append(link("prev", escape(press.url(article.page_path(number - 1)))))
    if article.amp:
        lines.append(link("amphtml", escape(press.url(_amp_path(article)))))
    if article.jsonld:
        lines.append(f'<script type="application/ld+json">{_json_ld(press, article)}</script>')
    return "\n".join(lines)


def _json_ld(press: Press, article: SampleArticle) -> str:
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting" if article.form is Form.LIVE_BLOG else "NewsArticle",
        "mainEntityOfPage": press.url(article.path),
        "headline": article.title,
        "datePublished": article.published_at.astimezone(ZoneInfo(ZONE)).isoformat(),
        "dateModified": article.modified_at.astimezone(ZoneInfo(ZONE)).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": press.paper.name},
        "inLanguage": article.language,
        "articleSection": article.section.title(),
        "isAccessibleForFree": article.access is Access.FREE,
    }
    if article.dek:
        data["description"] = article.dek
    if article.image_caption:
        data["image"] = press.url(f"/media/{article.slug}.svg")
    if article.posts:
        data["liveBlogUpdate"] = [
            {
                "@type": "BlogPosting",
                "headline": post.title,
                "datePublished": post.at.isoformat() if post.at else None,
                "articleBody": " ".join(post.paragraphs),
            }
            for post in article.posts
        ]
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _amp_path(article: SampleArticle) -> str:
    return article.path.removesuffix(".html") + ".amp.html"


def _amp_html(press: Press, article: SampleArticle, blocks: list[Block]) -> str:
    body = "\n".join(f"<p>{_inline(block.pieces[0])}</p>" for block in blocks if block.tag == "p")
    return (
        f'<!doctype html><html amp lang="{article.language}"><head><meta charset="utf-8">'
        f'<title>{_text(article.title)}</title><link rel="canonical" href="{escape(press.url(article.path))}">'
        '<script async src="https://cdn.ampproject.org/v0.js"></script></head><body><article>'
        f"<h1>{_text(article.title)}</h1>{body}</article></body></html>"
    )


# --- Dates as printed -------------------------------------------------------------------------------

_MONTHS = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}


def _stamp(article: SampleArticle) -> str:
    """The date as the page prints it, in the article's language and the paper's zone."""
    local = article.published_at.astimezone(ZoneInfo(ZONE))
    day_only = article.precision is Precision.DAY
    if article.language in _MONTHS:
        month = _MONTHS[article.language].split()[local.month - 1]
        forms = {
            "es": (f"{local.day} de {month} de {local.year}", f", {local:%H:%M}"),
            "de": (f"{local.day}. {month} {local.year}", f", {local:%H:%M} Uhr"),
            "pt": (f"{local.day} de {month} de {local.year}", f", {local:%Hh%M}"),
            "fr": (f"{local.day} {month} {local.year}", f" à {local:%H}h{local:%M}"),
        }
        day, clock = forms[article.language]
        return day if day_only else day + clock
    if article.template == "wire":
        day, clock = f"{local:%b %d, %Y}", f" {local:%I:%M %p} {local.tzname()}"
    else:
        day, clock = f"{local:%B} {local.day}, {local.year}", f" at {local:%-I:%M} {_am_pm(local)}"
    return day if day_only else day + clock


def _am_pm(moment: datetime) -> str:
    return "a.m." if moment.hour < 12 else "p.m."


def _date_html(look: Look, article: SampleArticle, stamp: str) -> str:
    published = article.published_at.astimezone(ZoneInfo(ZONE))
    iso = published.date().isoformat() if article.precision is Precision.DAY else published.isoformat()
    html = _piece(look, "date-time" if "time" in article.dates else "date-text", text=stamp, iso=iso)
    if article.modified_at != article.published_at and look.name == "courier":
        changed = article.modified_at.astimezone(ZoneInfo(ZONE))
        text = f"{changed:%B} {changed.day}, {changed.year} at {changed:%-I:%M} {_am_pm(changed)}"
        html += _piece(look, "updated", text=text, iso=changed.isoformat())
    return html


# --- Pages of links ---------------------------------------------------------------------------------


def _section_page(press: Press, section: Section) -> Page:
    own = [article for article in press.paper.articles if article.section == section.key]
    look = press.looks[section.template]
    main = f"<h1>{_text(section.title)}</h1>" + "".join(map(partial(_teaser, look), own))
    body = _page(
        press, look, title=f"{section.title} - {press.paper.name}", head=_feeds_head(press), main=main
    )
    return Page(body=body.encode(), modified=_latest(own))


def _tag_page(press: Press, tag: str) -> Page:
    own = [article for article in press.paper.articles if any(tag in word for word in article.keywords)]
    look = press.looks["courier"]
    main = f"<h1>Stories about {tag}</h1>" + "".join(map(partial(_teaser, look), own))
    body = _page(press, look, title=f"{tag.title()} - {press.paper.name}", head="", main=main)
    return Page(body=body.encode(), modified=_latest(own))


def _home_page(press: Press) -> Page:
    look = press.looks["courier"]
    newest = [article for article in press.paper.articles if article.listed][:24]
    extra = _piece(look, "home-extra")
    main = "".join(map(partial(_teaser, look), newest)) + extra
    body = _page(
        press, look, title=f"{press.paper.name} | {press.paper.tagline}", head=_feeds_head(press), main=main
    )
    return Page(body=body.encode(), modified=_latest(press.paper.articles))


def _teaser(look: Look, article: SampleArticle) -> str:
    dek = _text(article.dek or article.byline)
    return _piece(look, "teaser", path=escape(article.path), text=_text(article.title), dek=dek)


def _feeds_head(press: Press) -> str:
    return (
        f'<link rel="alternate" type="application/rss+xml" title="News" href="{press.url("/rss.xml")}">\n'
        '<link rel="alternate" type="application/atom+xml" title="Weekend" href="/weekend/atom.xml">'
    )


def _latest(articles: Iterable[SampleArticle]) -> datetime:
    return max((article.modified_at for article in articles), default=PAGE_DATE)


def _source_page(press: Press, path: Path) -> Iterable[tuple[str, Page]]:
    """A page that is no article: first line `path status template title`, parted by ` | `, then its HTML."""
    first, _, html = path.read_text(encoding="utf-8").partition("\n")
    fields = first.removeprefix("<!--").removesuffix("-->").strip().split(" | ")
    if len(fields) != 4 or fields[2] not in press.looks or not fields[1].isdigit():
        raise PaperError(f"{path}: begins with {first!r}. Write <!-- /path/ | 200 | courier | Title -->")
    address, status, template, title = fields
    body = _page(press, press.looks[template], title=f"{title} - {press.paper.name}", head="", main=html)
    yield address, Page(body=body.encode(), status=int(status))


def _page(press: Press, look: Look, *, title: str, head: str, main: str, language: str = "en") -> str:
    most_read = [press.paper.article(slug) for slug in press.paper.most_read]
    return look.layout.substitute(
        title=_text(title),
        head=head,
        language=language,
        name=_text(press.paper.name),
        tagline=_text(press.paper.tagline),
        main=main,
        most_read="".join(f'<li><a href="{one.path}">{_text(one.title)}</a></li>' for one in most_read),
        nav="".join(f'<li><a href="/{one.key}/">{_text(one.title)}</a></li>' for one in press.paper.sections),
    )


# --- Feeds, sitemaps, robots.txt ----------------------------------------------------------------------

_RSS_SECTIONS = ("harbor", "city", "business", "schools")
_TRACKING = "?utm_source=rss&utm_medium=feed&utm_campaign=courier"


def _rss(press: Press) -> Page:
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
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>'
        f"<title>{_text(press.paper.name)}</title><link>{press.url('/')}</link>"
        f"<description>{_text(press.paper.tagline)}</description><language>en-us</language>\n"
        f"{items}{extras}</channel></rss>\n"
    )
    return Page(body=xml.encode(), content_type="application/rss+xml; charset=utf-8", modified=_latest(own))


def _rss_item(press: Press, article: SampleArticle) -> str:
    address = press.url(article.path)
    published = article.published_at.astimezone(ZoneInfo(ZONE))
    creators = "".join(f"<dc:creator>{_text(name)}</dc:creator>" for name in article.authors)
    return (
        f"<item><title>{_text(article.title)}</title><link>{escape(address + _TRACKING)}</link>"
        f'<guid isPermaLink="true">{escape(address)}</guid>{creators}'
        f"<description>{_text(article.dek or '')}</description>"
        f"<pubDate>{published:%a, %d %b %Y %H:%M:%S %z}</pubDate>"
        f"<atom:updated>{article.modified_at.isoformat()}</atom:updated></item>\n"
    )


def _atom(press: Press) -> Page:
    own = [one for one in press.paper.articles if one.section == "weekend" and one.listed][:FEED_ITEMS]
    entries = "".join(
        f"<entry><title>{_text(article.title)}</title><id>tag:courier,2026:{article.slug}</id>"
        f'<link rel="alternate" href="{escape(article.path)}?utm_source=atom"/>'
        f"<published>{article.published_at.isoformat()}</published>"
        f"<updated>{article.modified_at.isoformat()}</updated>"
        + "".join(f"<author><name>{_text(name)}</name></author>" for name in article.authors)
        + f"<summary>{_text(article.dek or '')}</summary></entry>\n"
        for article in own
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:base="{press.url("/")}" xml:lang="en"><title>Weekend</title><id>tag:courier,2026:weekend</id>'
        f"<updated>{_latest(own).isoformat()}</updated>\n{entries}</feed>\n"
    )
    return Page(body=xml.encode(), content_type="application/atom+xml; charset=utf-8", modified=_latest(own))


def _news_sitemap(press: Press) -> Page:
    own = [article for article in press.paper.articles if article.listed][:NEWS_ITEMS]
    entries = "".join(
        f"<url><loc>{escape(press.url(article.path))}</loc><lastmod>{article.modified_at.isoformat()}</lastmod>"
        f"<news:news><news:publication><news:name>{_text(press.paper.name)}</news:name>"
        f"<news:language>{article.language}</news:language></news:publication>"
        f"<news:publication_date>{article.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{_text(article.title)}</news:title></news:news></url>\n"
        for article in own
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}</urlset>\n'
    )
    return Page(body=xml.encode(), content_type=XML, modified=_latest(own))


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


def _sitemaps(press: Press) -> Iterable[tuple[str, Page]]:
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
            modified=_latest(own),
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


def _robots(press: Press) -> Page:
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


# --- Small parts --------------------------------------------------------------------------------------


def _look(root: Path, name: str) -> Look:
    folder = root / "templates" / name
    try:
        sources = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}
        return Look(
            name=name,
            layout=Template(sources["layout.html"]),
            article=Template(sources["article.html"]),
            blocks=_block_sources(sources["blocks.html"]),
            css=sources["style.css"].encode(),
        )
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise PaperError(
            f"{folder}: is no template ({error}). It needs layout, article, blocks and style"
        ) from error


def _block_sources(source: str) -> dict[str, Template]:
    parts = re.split(r"<!-- block: ([\w-]+) -->\n", source)[1:]
    return {name: Template(html.rstrip("\n")) for name, html in zip(parts[::2], parts[1::2], strict=True)}


def _piece(look: Look, name: str, /, **values: str) -> str:
    return look.blocks[name].substitute(values)


def _text(text: str | None) -> str:
    return escape(text or "", quote=False)


def _inline(source: str) -> str:
    """A source line as HTML: [links](/path/) and **strong** words."""
    html = LINK.sub(r'<a href="\2">\1</a>', _text(source))
    return STRONG.sub(r"<strong>\1</strong>", html)


def _scene(slug: str) -> bytes:
    """A picture of sea, hills and sun, different for every slug."""
    seed = zlib.crc32(slug.encode())
    hue, sun, hill = seed % 360, 120 + seed // 7 % 960, 260 + seed // 11 % 120
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 675" width="1200" height="675">'
        f'<rect width="1200" height="675" fill="hsl({hue},35%,78%)"/>'
        f'<circle cx="{sun}" cy="190" r="70" fill="hsl({(hue + 60) % 360},70%,88%)"/>'
        f'<path d="M0 {hill} Q300 {hill - 140} 600 {hill} T1200 {hill - 40} V675 H0Z" '
        f'fill="hsl({(hue + 140) % 360},25%,45%)"/>'
        f'<path d="M0 470 H1200 V675 H0Z" fill="hsl({(hue + 190) % 360},40%,35%)"/>'
        f'<path d="M{sun} 520 l60 -110 l0 110z M{sun + 66} 520 l0 -130 l70 130z" fill="#f7f3ea"/></svg>'
    ).encode()


def _pdf() -> bytes:
    """The smallest honest PDF: one page, one line."""
    stream = b"BT /F1 18 Tf 72 720 Td (City Council of Port Calder: agenda for November 19, 2026) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
