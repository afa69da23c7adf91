"""Whatever the bytes, the reader answers: an article or a named rejection, soon, and never an exception."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.decode import decode
from articles.model import Article, Reason, Rejection
from articles.reading import read
from tests.support.pages import STORY, article, capture, page, rejection

SECONDS = 3.0
"""The aim is a quarter of a second on a quiet machine; shared test machines are an order slower."""

PARAGRAPHS = "".join(f"<p>{p}</p>" for p in STORY)
PIECES = st.sampled_from(
    ["<p>", "</p>", "<div class='newsletter'>", "</div>", "<a href='//x'>", "<table><tr><td>", "<script>", "</script>",
     "<b>", "<!--", "-->", "<li>", "<form>", "<br><br>", "<h1>", "</h1>", "<figure>", "<svg>", "<template>", "\0", "&#0;",
     "&#x110000;", "<title>", "<meta charset=utf-7>", '<script type="application/ld+json">{"@type":"NewsArticle"', *STORY]
)  # fmt: skip

REAL = page(
    head='<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":'
    '"Council closes the bridge","datePublished":"2026-11-20T08:00:00-05:00","author":[{"@id":"#ann"}],"articleBody":'
    '"The county council voted"},{"@type":"Person","@id":"#ann","name":"Ann Walker"}]}</script><meta name="author" '
    'content="Ann Walker"><meta property="article:published_time" content="2026-11-20T13:00:00Z"><base href="/news/">',
    after='<div class="newsletter-signup"><p>Sign up for our newsletter.</p><form><input><button>Go</button></form></div>'
    '<figure><img src="a.jpg"><figcaption>The bridge (Photo: A. Walker)</figcaption></figure><table><tr><td>1</td></tr>'
    '</table><ul><li><a href="/a">Read more: the ferry</a></li></ul><a rel="next" href="?page=2">2</a>',
).decode()
"""A page with a bit of everything that the reader looks at."""
CHANGES = st.tuples(
    st.floats(0, 1),
    st.floats(0, 1),
    st.none() | PIECES | st.text(max_size=8)
    | st.sampled_from(["]}", "{{", '"author":', '"@graph":[', "\\ud800", " hidden", " class='live-post'", "31.02.2026 25:61"]),
)  # fmt: skip
"""Where, how much from there, and what stands there instead; None: what stood there, three times."""


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PIECES, max_size=60).map("".join), st.sampled_from(["utf-8", "utf-16", "cp1252", "shift_jis"])
)
def test_markup_in_any_disorder_is_answered(html: str, charset: str) -> None:
    assert isinstance(read(capture(html.encode(charset, "replace"))), Article | Rejection)


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_bytes_of_any_kind_are_answered(data: bytes, inside: bool) -> None:
    body = page().replace(b"<p>Residents", data + b"<p>Residents") if inside else data
    assert isinstance(read(capture(body)), Article | Rejection)


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=len(page())))
def test_a_page_cut_anywhere_is_answered(end: int) -> None:
    assert isinstance(read(capture(page()[:end])), Article | Rejection)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CHANGES, max_size=12), st.sampled_from([None, "utf-8", "utf-16", "shift_jis", "nonsense"]))
def test_a_real_page_changed_here_and_there_is_answered_and_always_in_the_same_way(
    changes: list[tuple[float, float, str | None]], label: str | None
) -> None:
    text = REAL
    for place, reach, piece in changes:
        start = int(place * len(text))
        end = min(start + int(reach * 500), len(text))
        text = text[:start] + (text[start:end] * 3 if piece is None else piece) + text[end:]
    headers = () if label is None else (("Content-Type", f"text/html; charset={label}"),)
    outcome = read(capture(text.encode(), headers=headers))
    assert isinstance(outcome, Article | Rejection)
    assert read(capture(text.encode(), headers=headers)) == outcome


HOSTILE = {
    "nested": b"<html><body>" + b"<div>" * 100_000 + PARAGRAPHS.encode(),
    "formatting left open": b"<p>"
    + b"".join(b"<font x=%d>" % i for i in range(300))
    + b"</p>"
    + b"<p>a</p>" * 20_000,
    "few tags of it": b"<p>"
    + b"".join(b"<i x=%d>" % i for i in range(2_500))
    + b"</p>"
    + b"<p>a</p>" * 1_500,
    "closed by another name": b"<b></i>" * 60_000,
    "closed by another name, then by its own": b"<div></span>" * 50_000 + b"</div>" * 50_000,
    "more tags than any page": b"<br>" * 1_000_000,
    "attributes": b"<html><body><div "
    + b" ".join(b"a%d=1" % i for i in range(30_000))
    + b">"
    + PARAGRAPHS.encode(),
    "dashes after a date": f"<html><body><p>12.05.2024{'-' * 90_000}x</p>{PARAGRAPHS}".encode(),
    "commas after a name": f"<html><body><p>by Ann{',' * 90_000}x</p>{PARAGRAPHS}".encode(),
    "slashes in a caption": f"""<html><head><script type="application/ld+json">{{"@type": "NewsArticle", "image": {{
    "url": "https://a.example/b.jpg", "caption": "x {"/" * 90_000}x"}}}}</script></head>{PARAGRAPHS}""".encode(),
    "blanks in broken json-ld": b'<html><body><script type="application/ld+json">{"@type": "NewsArticle", "author": '
    + "\u00a0 ".encode() * 30_000
    + b"x</script>"
    + PARAGRAPHS.encode(),
    "one line": b"<html><body><p>" + b"word and, " * 500_000,
    "one word": b"<html><body><p>" + b"a" * 5_000_000,
    "brackets": b"<html><body>" + b"<" * 500_000,
    "breaks": b"<html><body>" + b"a<br>" * 100_000,
    "links": b"<html><body>" + b"<li><a href=x>link text</a></li>" * 50_000,
    "json-ld": b"<html><body><script type='application/ld+json'>"
    + b"[" * 100_000
    + b"</script>"
    + PARAGRAPHS.encode(),
    "tables": b"<html><body>" + b"<table><tr><td>" * 2_000 + PARAGRAPHS.encode(),
    # A comment may be read on into the next: 2 ** 400 ways for a pattern that lets it.
    "comments": b"<!-- -->" * 400 + page(),
    "instructions": b"<?x ?>" * 400 + page(),
    "attributes glued": b"<html><body><div " + b"".join(b'a%d=""' % i for i in range(40_000)) + b">" + page(),
    "attributes in slashes": b"<html><body><div/"
    + b"/".join(b"a%d" % i for i in range(40_000))
    + b">"
    + page(),
    "long tags": (b"<div " + b" ".join(b"a%d=1" % i for i in range(1_900)) + b">") * 500 + page(),
    "scripts left open": b"<p a='" + b"x " * 2_000 + b"'>" + b"<script " * 100_000,
    "accents": ("<html><body><p>e" + "\u0301\u0316" * 1_000_000).encode(),
    "class names": b"<html><body>"
    + b"".join(b"<p class='%s%d'>a" % (b"promo " * 60, i) for i in range(8_000)),
    "json-ld scripts": b"<html><body>"
    + b'<script type="application/ld+json">{"@type":"NewsArticle"</script>' * 40_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_pages_built_to_break_readers_are_answered_in_bounded_time(name: str) -> None:
    started = time.process_time()
    assert isinstance(read(capture(HOSTILE[name])), Article | Rejection)
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \n\t ", Reason.EMPTY),
        (b"%PDF-1.7 binary", Reason.NOT_HTML),
        (b'{"json": true}', Reason.NOT_HTML),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', Reason.FEED),
        (b'<?xml version="1.0"?><urlset xmlns="x"></urlset>', Reason.SITEMAP),
        (b"<html><body>" + b"<div>" * 100_000, Reason.UNREADABLE),
        (
            b"<html><head><title>Page not found</title></head><body><h1>404</h1><p>Gone.</p></body></html>",
            Reason.SOFT_404,
        ),
        (
            b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
            Reason.CHALLENGE,
        ),
        (b"<html><body><h1>Short</h1><p>One sentence only.</p></body></html>", Reason.SHORT),
    ],
)
def test_what_is_no_article_is_rejected_by_name(body: bytes, reason: Reason) -> None:
    assert rejection(body).reason is reason


def test_random_bytes_served_as_a_page_are_no_article() -> None:
    refused = rejection(b"<p>" + random.Random(1).randbytes(200_000))
    assert refused.reason is Reason.NOT_HTML
    assert "stand in no text" in refused.detail


def test_a_page_that_turns_binary_after_its_head_is_no_article() -> None:
    noise = random.Random(2).randbytes(600_000)
    refused = rejection(page() + noise)
    assert refused.reason is Reason.NOT_HTML
    assert "stand in no text" in refused.detail
    assert isinstance(read(capture(page() + b"<p>plain</p>" * 40_000)), Article)


@pytest.mark.parametrize(
    ("status", "reason"), [(404, Reason.STATUS), (503, Reason.STATUS), (301, Reason.REDIRECT)]
)
def test_an_answer_of_the_server_that_is_no_page_is_rejected(status: int, reason: Reason) -> None:
    assert rejection(page(), status=status).reason is reason


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_text_is_the_same_in_every_unicode_encoding(charset: str) -> None:
    assert article(page().decode().replace('<meta charset="utf-8">', "").encode(charset)).paragraphs == STORY


def test_charsets_are_chosen_as_browsers_choose() -> None:
    text = "Déjà vu à l'été"
    assert decode(text.encode("utf-8-sig"), "text/html; charset=iso-8859-1") == text
    assert decode(text.encode("cp1252"), "text/html; charset=iso-8859-1") == text
    assert decode(b'<meta charset="windows-1252">' + text.encode("cp1252")).endswith(text)
    assert decode(text.encode("cp1252"), None) == text
    assert decode(text.encode(), "text/html; charset=nonsense") == text
    assert decode("Привет, мир".encode("cp1251"), "text/html; charset=windows-1251") == "Привет, мир"
    assert decode(text.encode("utf-8"), "text/html; charset=iso-8859-1") == text


SIGNS = "That’s “it” — a café… 日本, naïve, Ω, 20 °C, «oui» and â alone; Ã is a letter."


@pytest.mark.parametrize("charset", ["latin-1", "cp1252"])
def test_text_that_was_encoded_twice_is_mended(charset: str) -> None:
    # Bytes that Windows-1252 has no character for come through as control characters.
    broken = "".join(
        bytes([n]).decode(charset if n not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "latin-1")
        for n in SIGNS.encode()
    )
    assert decode((broken * 4).encode()) == SIGNS * 4


def test_text_that_was_encoded_once_is_left_as_it_is() -> None:
    assert decode(SIGNS.encode()) == SIGNS
    on_charsets = "“Ã©tat” and “â€œ” are what becomes of “état” and of a quote."
    assert decode(on_charsets.encode()) == on_charsets
