"""What is stored of the sample newspaper is what its editors wrote: nothing lost, nothing added, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pressrun
from tests.pressrun.conftest import EDITED, Crawled

SEED_ARTICLE = "russian-cruise-missiles-land-in-iran"
ABOUT_NEWSLETTERS = "newsletter-boom-local-papers"


@pytest.fixture(scope="module")
def stored(crawled: Crawled) -> dict[str, pressrun.StoredArticle]:
    by_url = {article.fetched_url: article for article in pressrun.open(str(crawled.store)).articles()}
    return {
        slug: by_url[crawled.url_of(slug)]
        for slug, article in crawled.paper.items()
        if crawled.url_of(slug) in by_url and article.path
    }


def test_at_least_sixty_articles_in_three_templates_are_stored(crawled, stored):
    assert len(stored) >= 60
    assert {crawled.paper[slug].template for slug in stored} == {"courier", "wire", "weekend"}


def test_the_latin_post_article_comes_out_whole_and_without_its_prompts(crawled, stored):
    article = stored[SEED_ARTICLE]
    truth = crawled.paper[SEED_ARTICLE]
    assert article.title == truth.title
    assert article.paragraphs == truth.paragraphs
    assert len(article.paragraphs) == 9
    removed = {block.text: block for block in article.removed}
    for prompt in ("Subscribe to Latin Post!", "Sign up for our free newsletter for the Latest coverage!"):
        assert removed[prompt].kind in ("subscribe", "newsletter")
        assert removed[prompt].reason


def test_an_article_about_newsletters_keeps_every_sentence(crawled, stored):
    assert stored[ABOUT_NEWSLETTERS].paragraphs == crawled.paper[ABOUT_NEWSLETTERS].paragraphs


def test_every_law_of_numbers_holds_in_every_commit(crawled):
    for path in sorted((crawled.store / "commits").glob("*.json")):
        counts = json.loads(path.read_text())["counts"]
        assert counts["articles"] == sum(counts["changes"].values())
        assert counts["rejections"] == sum(counts["reasons"].values())


def test_a_second_crawl_finds_nothing_new_and_costs_a_handful_of_conditional_requests(crawled):
    again = crawled.requests[1]
    articles = {article.path for article in crawled.paper.values()}
    assert len(again) <= 30
    assert not [request for request in again if request.path in articles and request.status == 200]
    assert sum(request.conditional for request in again) >= len(again) - 2
    total = crawled.reports[1]["sites"][0]["tally"]
    assert total["stored"] == {}
    assert crawled.reports[1]["sites"][0]["done"]["new"] == 0


def test_an_edit_of_one_article_stores_exactly_one_new_revision(crawled):
    tally = crawled.reports[2]["sites"][0]["tally"]
    assert tally["stored"] == {"edited": 1}
    revisions = list(pressrun.open(str(crawled.store)).revisions(crawled.url_of(EDITED)))
    assert [revision.change for revision in revisions] == ["new", "edited"]
    assert revisions[1].previous == revisions[0].revision_id
    assert revisions[1].text == revisions[0].text + "\nThe engine part arrived on Friday after all."


def test_pages_that_are_no_article_are_rejected_by_name_and_never_stored(crawled):
    urls = {article.fetched_url for article in pressrun.open(str(crawled.store)).changes(0)}
    articles = {
        crawled.url.rstrip("/") + article.page_path(number)
        for article in crawled.paper.values()
        for number in range(1, len(article.more_pages) + 2)
    }
    assert urls <= articles


def test_an_article_of_two_pages_is_stored_whole(crawled):
    split = next(article for article in crawled.paper.values() if article.more_pages)
    (stored,) = pressrun.open(str(crawled.store)).revisions(crawled.url_of(split.slug))
    pages = (split.paragraphs, *split.more_pages)
    assert stored.paragraphs == tuple(paragraph for page in pages for paragraph in page)
    assert stored.next_page is None


def test_every_revision_lies_in_the_store_as_one_json_object(crawled):
    changes = list(pressrun.open(str(crawled.store)).changes(0))
    documents = {path.stem: json.loads(path.read_text()) for path in _documents(crawled.store)}
    assert len(documents) == len(changes)
    for article in changes:
        assert documents[f"{article.article_id}-{article.revision_id}"]["text"] == article.text


def _documents(store: Path) -> list[Path]:
    return sorted((store / "articles").rglob("*.json"))
