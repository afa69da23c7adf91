"""Pages that tests set themselves: a plain news template around given paragraphs."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from articles.model import Article, Capture, Rejection
from articles.reading import read

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORY = (
    "The county council voted on Monday to close the old bridge at Harrow Lane, after engineers found cracks in two "
    "of its five piers, and said the road would stay shut until spring at least.",
    "Residents of the east bank will have to drive eleven miles around, which the fire chief called a worry and the "
    "owner of the bakery called the end of his mornings.",
    "“We have asked for this work since 2014,” said Martha Olsen, who leads the ward. She voted for the closure and "
    "against the budget that made it necessary.",
    "The repair is put at 4.2 million dollars, of which the state has promised half. The rest must be found by March, "
    "the treasurer said, or the contract will lapse.",
    "A ferry for people on foot will run from seven in the morning, weather permitting, and the school bus will wait "
    "for it on the other side.",
)


def page(
    paragraphs: tuple[str, ...] = STORY,
    title: str = "Council closes the bridge at Harrow Lane",
    after: str = "",
    head: str = "",
) -> bytes:
    """A whole page: navigation, headline, byline, text, sidebar and footer."""
    text = "".join(f"<p>{escape(p, quote=False)}</p>" for p in paragraphs)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{escape(title)} - The Harrow Post</title>
<meta property="og:site_name" content="The Harrow Post"><meta property="og:type" content="article">{head}</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main><article><h1>{escape(title)}</h1><div class="byline">By Ann Walker | November 20, 2026</div>
<div class="article-body">{text}{after}</div></article>
<aside><h3>Most read</h3><ul><li><a href="/a">A dog was found in the tower</a></li>
<li><a href="/b">Rain is expected for the fair</a></li></ul></aside></main>
<footer><p>Copyright 2026 The Harrow Post. All rights reserved.</p></footer></body></html>""".encode()  # fmt: skip


def capture(
    body: bytes,
    url: str = "https://www.harrowpost.example/news/2026/11/20/bridge-closed-harrow-lane",
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
) -> Capture:
    """A response with that body."""
    return Capture(url=url, fetched_at=AT, status=status, headers=headers, body=body)  # fmt: skip


def article(body: bytes) -> Article:
    """The article of a page that must hold one."""
    outcome = read(capture(body))
    assert isinstance(outcome, Article), outcome
    return outcome


def rejection(body: bytes, **changes: object) -> Rejection:
    """The rejection of a page that must hold none."""
    outcome = read(capture(body, **changes))  # type: ignore[arg-type]
    assert isinstance(outcome, Rejection), outcome
    return outcome
