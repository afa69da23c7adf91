"""What stands beside the text is called by what it is."""

from __future__ import annotations

import pytest

from articles.blocks import blocks_of
from articles.furniture import furniture
from articles.model import Kind
from articles.page import parse
from articles.prompts import Verdict
from articles.text import folded
from tests.support.pages import STORY, article, page

BESIDE = (
    ('<div class="shop-widget"><h4>From our store</h4><div class="product"><p><a href="/s/1">Sea chart of Harrow</a></p>'
     "<p>12,00</p></div></div>", {"Sea chart of Harrow": Kind.ADVERTISEMENT}),
    ('<ul class="share-buttons"><li><a href="https://twitter.com/share?u=1">Twitter</a></li><li><a href="#mail">Email</a>'
     "</li><li><a href='#print'>Print</a></li></ul>", {"Twitter": Kind.SHARE, "Email": Kind.SHARE, "Print": Kind.SHARE}),
    ('<div class="article-tags"><a href="/t/boats">boats</a> <a href="/t/bridge">bridge</a></div>',
     {"boats bridge": Kind.NAVIGATION}),
    ("<p>Filed under: Boats, Bridges</p>", {"Filed under: Boats, Bridges": Kind.NAVIGATION}),
    ('<div class="image-credit">Kit Sand/Reuters</div>', {"Kit Sand/Reuters": Kind.CREDIT}),
    ('<section class="comments"><h3>Join in</h3><p>Be the first to speak.</p></section>',
     {"Be the first to speak.": Kind.COMMENT}),
    ('<div class="recirc"><a href="/1">How the old ferry sank one night</a><a href="/2">Why the pier was built twice</a></div>',
     {"How the old ferry sank one nightWhy the pier was built twice": Kind.RELATED}),
    ('<div class="social-media-bar"><span>Twittern</span></div>', {"Twittern": Kind.SHARE}),
    ('<div class="newsletter-box"><p>The Morning Tide</p><form action="/n"><input type="email"><button>Sign up</button></form>'
     "</div>", {"The Morning Tide": Kind.NEWSLETTER}),
    ('<div class="info">Friday, November 14, 2025</div><div class="i">19.10.2019 07:49 Uhr</div>',
     {"Friday, November 14, 2025": Kind.BYLINE, "19.10.2019 07:49 Uhr": Kind.BYLINE}),
    ('<div class="author-box"><p>Kit Sand has written of boats and bridges for thirty years and lives on the river with a '
     "dog that is called Pier.</p></div>",
     {"Kit Sand has written of boats and bridges for thirty years and lives on the river with a dog that is called Pier.":
      Kind.BYLINE}),
    ("<p>Additional reporting by the Coast News Service.</p>", {"Additional reporting by the Coast News Service.": Kind.BYLINE}),
    ("<p>Photocredits: Kit Sand</p>", {"Photocredits: Kit Sand": Kind.CREDIT}),
    ('<div class="social-bar"><span>12 Kommentare</span></div>', {"12 Kommentare": Kind.COMMENT}),
    ('<div class="gallery-item"><h4><a href="/o">How the old ferry sank</a></h4></div>', {"How the old ferry sank": Kind.RELATED}),
    ('<p><a href="/2">« Previous</a> <a href="/3">Next »</a></p>', {"« Previous Next »": Kind.NAVIGATION}),
)  # fmt: skip


@pytest.mark.parametrize(("box", "kinds"), BESIDE)
def test_a_box_beside_the_text_is_called_what_it_is(box: str, kinds: dict[str, Kind]) -> None:
    blocks = blocks_of(parse(f"<body><main><p>{STORY[0]}</p>{box}</main>", "https://post.example/a"))
    told = {}
    for i in range(1, len(blocks)):
        found = furniture(blocks, i, folded(blocks.text[i]), -1, None, 0.9)
        told[blocks.text[i]] = found.kind if found else None
    assert {text: told.get(text) for text in kinds} == kinds


def test_a_form_and_its_comments_between_paragraphs_are_told_by_their_kind() -> None:
    box = '<section class="comments"><h3>Join in</h3><p>Be the first to speak.</p></section>'
    found = article(page().replace(b"</article>", box.encode() + b"</article>"))
    assert found.paragraphs == STORY
    assert {removed.text: removed.kind for removed in found.removed}["Be the first to speak."] is Kind.COMMENT


def test_a_picture_box_without_a_telling_tag_has_a_caption_and_so_has_its_credit_within() -> None:
    caption = "The south Caspian Sea, from which the missiles were launched."
    box = f'<div class="imgwrap"><img src="/s.jpg"><div class="cap">{caption} <span class="cred">(Kit Sand)</span></div></div>'
    found = article(page().replace(b"<p>Residents", box.encode() + b"<p>Residents"))
    assert found.paragraphs == STORY
    assert {removed.text: removed.kind for removed in found.removed}[f"{caption} (Kit Sand)"] is Kind.CAPTION


def test_a_line_that_is_the_authors_name_is_a_byline_wherever_it_stands() -> None:
    blocks = blocks_of(
        parse('<body><div class="share-box"><p>Ann Walker</p></div>', "https://post.example/a")
    )
    sharing = Verdict(Kind.SHARE, 0.9, "")
    found = furniture(blocks, 0, folded(blocks.text[0]), -1, sharing, 0.9, authors=frozenset(["ann walker"]))
    assert found is not None
    assert found.kind is Kind.BYLINE


def test_what_is_said_of_a_table_or_an_answer_is_never_that_it_points_to_other_stories() -> None:
    table = "<div><p>Read more:</p><table><tr><td>Fat</td><td>19 g</td></tr></table></div>"
    blocks = blocks_of(parse(f"<body>{table}", "https://post.example/a"))
    pointer = Verdict(Kind.RELATED, 0.9, "")
    for i in (1, 2):
        found = furniture(blocks, i, folded(blocks.text[i]), -1, pointer, 0.9)
        assert found is not None
        assert found.kind is Kind.NAVIGATION
    answer = (
        "The law differs from country to country, and courts have not settled which of them applies at sea."
    )
    blocks = blocks_of(parse(f"<body><div><p>{answer}</p></div>", "https://post.example/a"))
    assert furniture(blocks, 0, folded(answer), -1, pointer, 0.9) is None
