"""How the sample newspaper's HTML is put together: templates read from their folders, and the page around."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template

from seeds.sample.paper import LINK, STRONG, Paper, PaperError, SampleArticle

HTML = "text/html; charset=utf-8"
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


def read_look(root: Path, name: str) -> Look:
    """One template from its folder. Raises PaperError when a file of it is missing."""
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


def piece(look: Look, name: str, /, **values: str) -> str:
    """One block of the template, its holes filled with HTML."""
    return look.blocks[name].substitute(values)


def text_html(text: str | None) -> str:
    """Plain text as HTML; nothing as nothing."""
    return escape(text or "", quote=False)


def inline_html(source: str) -> str:
    """A source line as HTML: [links](/path/) and **strong** words."""
    html = LINK.sub(r'<a href="\2">\1</a>', text_html(source))
    return STRONG.sub(r"<strong>\1</strong>", html)


def whole_page(press: Press, look: Look, *, title: str, head: str, main: str, language: str = "en") -> str:
    """The template's layout around what is the page's own; `head` and `main` are HTML."""
    most_read = [press.paper.article(slug) for slug in press.paper.most_read]
    return look.layout.substitute(
        title=text_html(title),
        head=head,
        language=language,
        name=text_html(press.paper.name),
        tagline=text_html(press.paper.tagline),
        main=main,
        most_read="".join(f'<li><a href="{one.path}">{text_html(one.title)}</a></li>' for one in most_read),
        nav="".join(
            f'<li><a href="/{one.key}/">{text_html(one.title)}</a></li>' for one in press.paper.sections
        ),
    )


def latest(articles: Iterable[SampleArticle]) -> datetime:
    """When the last of the articles changed."""
    return max((article.modified_at for article in articles), default=PAGE_DATE)
