"""What a page's text is, what is stripped from it, and what is said of each removal."""

from __future__ import annotations

from pathlib import Path

import pytest

from articles.model import Article, Kind
from articles.reading import read
from tests.support.pages import AT, STORY, article, capture, page

LATIN_POST = (
    "Days after Russia commenced its attack on ISIS targets in Syria, a number of their cruise missiles have crashed in "
    "Iran after a long-range strike on Wednesday.",
    "According to CNN, two U.S. officials informed the news agency that at least four missiles crashed as they flew over "
    "Iran. One of the officials said there might be casualties, while the other official said this was not actually known.",
    "These recent reports of missiles hitting Iran seem to prove Carter’s point.",
    "The Russian Defense Ministry has taken to Facebook to reject CNN’s reports, saying, \"Unlike CNN, we don't quote "
    'anonymous sources, but we show launches of our missiles and the targets they hit in real-time."',
    "The Russian ships that launched the missiles were positioned in the south Caspian Sea, so there was a good chance "
    "that the missiles heading toward Syria would cross over Iran and Iraq.",
    "Images of the damage caused by the Russian missiles can be seen on Conflict News’ Twitter account.",
)
PROMPTS = ("Subscribe to Latin Post!", "Sign up for our free newsletter for the Latest coverage!")


def test_the_body_of_a_plain_page_is_exactly_its_paragraphs() -> None:
    found = article(page())
    assert found.paragraphs == STORY
    assert found.title == "Council closes the bridge at Harrow Lane"


@pytest.mark.parametrize("template", ["article", "bare"])
def test_both_prompts_of_the_latin_post_go_and_its_paragraphs_stay_letter_by_letter(template: str) -> None:
    paragraphs = LATIN_POST + PROMPTS
    body = page(paragraphs, title="Russian Cruise Missiles Land in Iran, Pentagon Says")
    if template == "bare":
        text = "".join(f"<p>{p}</p>" for p in paragraphs)
        body = f"<title>Missiles : Latin Post</title><h1>Missiles Land in Iran, Pentagon Says</h1>{text}".encode()
    outcome = read(capture(body, url="https://www.latinpost.com/articles/84747/20151008/missiles.htm"))
    assert isinstance(outcome, Article), outcome
    assert outcome.paragraphs == LATIN_POST
    told = {removed.text: removed for removed in outcome.removed}
    assert set(PROMPTS) <= set(told)
    for prompt in PROMPTS:
        assert told[prompt].kind in (Kind.NEWSLETTER, Kind.SUBSCRIBE)
        assert told[prompt].reason
        assert told[prompt].place == len(LATIN_POST)


@pytest.mark.parametrize(
    "prompt",
    [
        "Sign up for our free newsletter and get the day's news in your inbox.",
        "Suscríbete a nuestro boletín diario y recibe las últimas noticias en tu correo.",
        "Assine a nossa newsletter gratuita e receba as notícias no seu e-mail.",
        "Abonnieren Sie unseren kostenlosen Newsletter und erhalten Sie täglich unsere Nachrichten.",
        "Inscrivez-vous à notre newsletter gratuite et recevez nos articles chaque matin.",
        "Iscriviti alla nostra newsletter gratuita e ricevi le notizie ogni mattina.",
        "Meld je aan voor onze gratis nieuwsbrief en ontvang dagelijks ons nieuws.",
        "Zapisz się do naszego bezpłatnego newslettera i otrzymuj najnowsze wiadomości.",
        "Prenumerera på vårt nyhetsbrev och få de senaste nyheterna i din mejl.",
    ],
)
@pytest.mark.parametrize("place", [2, len(STORY)])
def test_a_plain_paragraph_that_asks_for_a_sign_up_goes_in_every_language(prompt: str, place: int) -> None:
    found = article(page((*STORY[:place], prompt, *STORY[place:])))
    assert found.paragraphs == STORY
    removed = next(one for one in found.removed if one.text == prompt)
    assert removed.place == place
    assert removed.kind in (Kind.NEWSLETTER, Kind.SUBSCRIBE)


def test_an_article_about_newsletters_and_networks_keeps_every_sentence() -> None:
    paragraphs = (
        "Newsletters are back. The library has one, the bait shop has two, and the mayor reads all of them before "
        "breakfast, she told this newspaper on Friday.",
        "“Sign up for our newsletter” is the first thing that visitors to the museum read, on a hand-painted board by "
        "the door, and 3,000 of them have done so since June.",
        "Subscribers pay nothing. Subscriptions that cost money have fallen by a third in four years, according to a "
        "survey of the state's publishers.",
        "On Twitter and Facebook the museum has fewer followers than the town has dogs. “Follow us on Twitter, we used "
        "to beg,” said its director. “Now we write letters.”",
        "Those who want to leave a mailing list should look for the link at the foot of the message, the consumer "
        "office advises, and report senders who ignore it.",
    )
    assert article(page(paragraphs, title="Why everybody has a newsletter")).paragraphs == paragraphs


def test_a_box_with_a_form_between_paragraphs_goes_whole() -> None:
    box = ('<div class="inline-signup"><h3>The Morning Tide</h3><p>What happened overnight, in your inbox by 6 a.m.</p>'
           '<form action="/newsletters"><input type="email"><button>Sign up</button></form></div>')  # fmt: skip
    body = page().replace(b"<p>Residents", box.encode() + b"<p>Residents")
    found = article(body)
    assert found.paragraphs == STORY
    assert {"The Morning Tide", "What happened overnight, in your inbox by 6 a.m."} <= {
        r.text for r in found.removed
    }


def test_related_stories_and_captions_are_no_text() -> None:
    extras = ('<figure><img src="/b.jpg"><figcaption>The bridge on Monday. (Photo by Kit Sand)</figcaption></figure>'
              '<div class="related"><h4>Related stories</h4><ul><li><a href="/x">How the bridge was built</a></li>'
              '<li><a href="/y">The ferry that came before it</a></li></ul></div>')  # fmt: skip
    found = article(page().replace(b"<p>Residents", extras.encode() + b"<p>Residents"))
    assert found.paragraphs == STORY
    kinds = {removed.text: removed.kind for removed in found.removed}
    assert kinds["The bridge on Monday. (Photo by Kit Sand)"] in (Kind.CAPTION, Kind.CREDIT)
    assert kinds["How the bridge was built"] is Kind.RELATED


def test_the_same_bytes_give_the_same_article() -> None:
    body = page((*STORY, *PROMPTS))
    assert article(body) == article(body)
    assert article(body).fetched_at == AT


def test_every_removal_says_where_it_stood() -> None:
    for removed in article(page((*STORY, *PROMPTS))).removed:
        assert removed.reason
        assert 0 <= removed.score <= 1
        assert 0 <= removed.place <= len(STORY)
        assert removed.path.startswith("body")


def test_cells_of_a_table_row_are_one_paragraph() -> None:
    table = "<table><tr><td>Harrow Lane</td><td>4.2 million</td></tr><tr><td>Mill Road</td><td>0.8 million</td></tr></table>"
    found = article(page().replace(b"<p>A ferry", table.encode() + b"<p>A ferry"))
    assert not any(p == "Harrow Lane" for p in found.paragraphs)


def test_the_bundled_newspaper_comes_out_as_its_editors_wrote_it() -> None:
    from seeds.sample.paper import load_paper
    from seeds.sample.server import serve

    httpx = pytest.importorskip("httpx")
    paper = load_paper()
    wrong = []
    with serve(0) as server:
        for one in paper.articles:
            url = server.url.rstrip("/") + one.path
            outcome = read(
                capture(
                    httpx.get(url).content, url=url, headers=(("content-type", "text/html; charset=utf-8"),)
                )
            )
            headings = {*one.headings, *(post.title for post in one.posts)}
            if not isinstance(outcome, Article) or outcome.title != one.title:
                wrong.append(one.slug)
            else:
                paragraphs = tuple(p for p in outcome.paragraphs if p not in headings or p in one.paragraphs)
                shown = " ".join(removed.text for removed in outcome.removed)
                pieces = [
                    piece for prompt in one.prompts for piece in prompt.pieces if not piece.startswith("@")
                ]
                told = all(piece in shown for piece in pieces) or bool(one.more_pages)
                if paragraphs != one.paragraphs or outcome.posts != one.posts or not told:
                    wrong.append(one.slug)
    assert not wrong


def test_reading_needs_no_file_but_the_package() -> None:
    assert Path("articles/data/body.npz").stat().st_size < 400_000


def test_a_line_above_the_text_that_is_only_the_date_or_the_author_is_told_as_such() -> None:
    stated = '<script type="application/ld+json">{"@type": "NewsArticle", "author": {"name": "Milan Peric"}}</script>'
    for line in (
        "22.11.2026, 08:15 Uhr",
        "22 November 2026",
        "November 22, 2026 at 8:15 a.m. EST",
        "Milan Peric",
        "by Milan Peric, Nov 22nd 2026",
        "Von Milan Peric | 22.11.2026, 08:15 Uhr",
        "08:15 JST, November 22, 2026",
    ):
        found = article(page((line, *STORY), head=stated))
        assert found.paragraphs == STORY
        assert (line, Kind.BYLINE) in {(one.text, one.kind) for one in found.removed}
    for line in (
        "22 November 2026 was a bad day for the ferry.",
        "1914",
        "By 2023, or by 12 May 2024, it was gone",
    ):
        assert article(page((line, *STORY), head=stated)).paragraphs[0] == line


def test_a_lone_number_above_the_text_is_a_count_and_numbers_within_it_are_text() -> None:
    found = article(page(("57", *STORY)))
    assert found.paragraphs == STORY
    assert [(one.text, one.kind) for one in found.removed if one.text == "57"] == [("57", Kind.SHARE)]
    numbered = ("1", STORY[0], STORY[1], "2", *STORY[2:])
    assert article(page(numbered)).paragraphs == numbered


def test_paragraphs_that_hold_nothing_to_be_seen_are_none() -> None:
    assert article(page((STORY[0], "\u200d", *STORY[1:]))).paragraphs == STORY


def test_what_a_live_blog_says_before_its_first_post_is_kept() -> None:
    posts = "".join(
        f'<div class="live-post"><time datetime="2026-11-20T1{n}:30:00Z">1{n}:30</time><h3>Update {n}</h3>'
        f"<p>{text}</p></div>"
        for n, text in enumerate(STORY[2:])
    )
    live = (
        '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "Bridge live"}</script>'
    )
    found = article(page(STORY[:2], after=posts, head=live))
    assert [post.title for post in found.posts] == ["Update 0", "Update 1", "Update 2"]
    assert set(STORY) <= set(found.paragraphs)
    assert found.paragraphs[:2] == STORY[:2]
