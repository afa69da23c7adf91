"""The pages of one article: HTML in its template, its pictures, an AMP variant where it has one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from articles.model import Access, Form, Precision
from seeds.sample.look import Look, Page, Press, inline_html, piece, text_html, whole_page
from seeds.sample.paper import ZONE, Block, SampleArticle
from seeds.sample.pictures import scene


def article_pages(press: Press, article: SampleArticle) -> Iterable[tuple[str, Page]]:
    """Every path that belongs to the article, with its page."""
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
        drawn = scene(article.slug)
        picture = Page(body=drawn, content_type="image/svg+xml", modified=article.published_at)
        yield f"/media/{article.slug}.svg", picture
    if article.amp:
        html = _amp_html(press, article, parts[0])
        yield _amp_path(article), Page(body=html.encode(), modified=article.modified_at)


def _article_html(press: Press, article: SampleArticle, blocks: list[Block], number: int, count: int) -> str:
    look = press.looks[article.template]
    section = next(section for section in press.paper.sections if section.key == article.section)
    stamp = _stamp(article)
    values = {
        "title": text_html(article.title),
        "section": text_html(section.title),
        "section_path": f"/{section.key}/",
        "dek": piece(look, "dek", text=text_html(article.dek)) if article.dek else "",
        "byline": piece(look, "byline", text=text_html(article.byline)) if article.byline else "",
        "date": _date_html(look, article, stamp),
        "figure": _figure(look, article),
        "body": "\n".join(_block(press, look, article, block) for block in blocks),
        "bio": piece(look, "bio", text=text_html(article.bio), name=text_html(" and ".join(article.authors)))
        if article.bio
        else "",
        "tags": "".join(piece(look, "tag", text=text_html(word)) for word in article.keywords),
        "pages": _pager(look, article, number, count),
        "neighbours": _neighbours(press, look, article),
        "share": escape(press.url(article.path)),
    }
    return whole_page(
        press,
        look,
        title=f"{article.title} - {press.paper.name}",
        head=_head(press, article, number, count),
        language=article.language,
        main=look.article.substitute(values),
    )


def _block(press: Press, look: Look, article: SampleArticle, block: Block) -> str:
    if block.tag in ("p", "quote", "item", "heading"):
        return piece(look, block.tag, text=inline_html(block.pieces[0]))
    if block.tag == "post" and block.at:
        local = block.at.astimezone(ZoneInfo(ZONE))
        title, iso = text_html(block.pieces[0]), local.isoformat()
        return piece(look, "post", text=title, iso=iso, clock=f"{local:%-I:%M} {_am_pm(local)}")
    if block.tag == "caption":
        caption, credit = (*block.pieces, "")[:2]
        source = f"/media/{article.slug}.svg"
        return piece(look, "figure", text=text_html(caption), credit=text_html(credit), source=source)
    pieces = [_prompt_piece(press, piece) for piece in block.pieces]
    values = {
        "kind": block.tag,
        "text": " ".join(pieces),
        **dict(zip("abcd", [*pieces, "", "", ""], strict=False)),
        "rest": "".join(f"<li>{piece}</li>" for piece in pieces[1:]),
    }
    name = f"{block.tag}-{block.shape}"
    return look.blocks[name if name in look.blocks else block.shape].substitute(values)


def _prompt_piece(press: Press, piece: str) -> str:
    if not piece.startswith("@"):
        return text_html(piece)
    other = press.paper.article(piece[1:])
    return f'<a href="{escape(other.path)}">{text_html(other.title)}</a>'


def _figure(look: Look, article: SampleArticle) -> str:
    if not article.image_caption:
        return ""
    source = f"/media/{article.slug}.svg"
    credit = text_html(article.image_credit or "")
    return piece(look, "figure", text=text_html(article.image_caption), credit=credit, source=source)


def _pager(look: Look, article: SampleArticle, number: int, count: int) -> str:
    if count == 1:
        return ""
    links = "".join(
        f"<strong>{page}</strong> " if page == number else f'<a href="{article.page_path(page)}">{page}</a> '
        for page in range(1, count + 1)
    )
    more = f'<a rel="next" href="{article.page_path(number + 1)}">Next page</a>' if number < count else ""
    return piece(look, "pager", text=links + more)


def _neighbours(press: Press, look: Look, article: SampleArticle) -> str:
    same = [other for other in press.paper.articles if other.section == article.section]
    place = same.index(article)
    links = [
        piece(look, "neighbour", label=label, path=escape(other.path), text=text_html(other.title))
        for label, index in (("Next", place - 1), ("Previous", place + 1))
        if 0 <= index < len(same) and (other := same[index])
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
    body = "\n".join(f"<p>{inline_html(block.pieces[0])}</p>" for block in blocks if block.tag == "p")
    return (
        f'<!doctype html><html amp lang="{article.language}"><head><meta charset="utf-8">'
        f"<title>{text_html(article.title)}</title>"
        f'<link rel="canonical" href="{escape(press.url(article.path))}">'
        '<script async src="https://cdn.ampproject.org/v0.js"></script></head><body><article>'
        f"<h1>{text_html(article.title)}</h1>{body}</article></body></html>"
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
    html = piece(look, "date-time" if "time" in article.dates else "date-text", text=stamp, iso=iso)
    if article.modified_at != article.published_at and look.name == "courier":
        changed = article.modified_at.astimezone(ZoneInfo(ZONE))
        text = f"{changed:%B} {changed.day}, {changed.year} at {changed:%-I:%M} {_am_pm(changed)}"
        html += piece(look, "updated", text=text, iso=changed.isoformat())
    return html
