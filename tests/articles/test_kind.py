"""What a page is: long texts are kept where it is doubtful, short ones are not."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from articles import kind
from articles.model import Article, Reason, Rejection
from articles.reading import read
from articles.trees import Forest
from tests.support.pages import STORY, capture, page


def _teasers(host: str) -> bytes:
    stories = "".join(
        f"<article><h2><a href='{host}/n/{n}'>Story number {n} of the day</a></h2><p>{text}</p><a href='{host}/n/{n}'>Read more</a></article>"
        for n, text in enumerate(STORY)
    )
    return f"<title>News - Harrow Post</title><main><h1>News</h1>{stories}</main>".encode()


def test_a_page_of_teasers_is_a_listing_though_most_of_it_is_text() -> None:
    outcome = read(capture(_teasers("")))
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.LISTING


def test_an_article_on_things_elsewhere_with_a_link_to_each_is_none() -> None:
    assert isinstance(read(capture(_teasers("https://shop.example"))), Article)


@pytest.mark.parametrize(
    ("stories", "chance", "stored"),
    [(1, 0.25, False), (1, 0.35, True), (3, 0.25, True), (3, 0.1, False)],
    ids=["short and doubtful", "short and likely", "long and doubtful", "long and unlikely"],
)
def test_a_doubtful_page_is_stored_where_its_text_is_long_and_says_how_doubtful_it_is(
    stories: int, chance: float, stored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind, "kind_model", lambda: _always(chance))
    paragraphs = tuple(f"{n}. {line}" for n in range(stories) for line in STORY)
    assert (sum(len(line.split()) for line in paragraphs) >= kind.LONG_TEXT) is (stories == 3)
    outcome = read(capture(page(paragraphs)))
    assert isinstance(outcome, Article if stored else Rejection)
    if isinstance(outcome, Article):
        assert outcome.confidence <= chance
    else:
        assert f"({chance:.2f})" in outcome.detail


def _always(chance: float) -> Forest:
    """A model that says the same of every page."""
    return Forest(
        feature=np.zeros(1, np.int16),
        border=np.zeros(1, np.float32),
        splits=np.zeros((1, 1), np.int16),
        leaves=np.zeros((1, 2), np.float32),
        bias=log(chance / (1 - chance)),
    )
