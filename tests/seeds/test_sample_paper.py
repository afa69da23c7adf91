"""The sample newspaper's sources: what is in it, and what is said of a file that cannot be used."""

import hashlib
import os

import pytest

from articles.model import Access, Form, Kind
from seeds.load import load_site, write_site
from seeds.sample.paper import (
    ROOT,
    PaperError,
    load_article,
    load_paper,
    read_digests,
    sample_site,
    text_digest,
)

PAPER = load_paper()
LATIN_POST = PAPER.article("russian-cruise-missiles-land-in-iran")


def test_the_paper_has_what_real_papers_have():
    articles = PAPER.articles
    assert len(articles) >= 60
    assert {article.template for article in articles} == {"courier", "wire", "weekend"}
    assert {article.language for article in articles} == {"en", "es", "de", "pt", "fr"}
    assert {article.jsonld for article in articles} == {True, False}
    assert any(article.access is Access.STUB for article in articles)
    assert any(article.form is Form.LIVE_BLOG and len(article.posts) >= 4 for article in articles)
    assert any(len(article.more_pages) == 1 for article in articles)
    assert any(article.amp for article in articles)
    assert any(not article.byline or not article.authors for article in articles)
    assert len({article.path for article in articles}) == len(articles)
    assert max(len(article.paragraphs) for article in articles) >= 10


def test_prompts_come_in_many_kinds_shapes_and_places():
    prompts = [prompt for article in PAPER.articles for prompt in article.prompts]
    wordings = {prompt.text for prompt in prompts if prompt.kind is Kind.NEWSLETTER}
    assert len(wordings) >= 40
    wanted = {
        "newsletter",
        "subscribe",
        "follow",
        "share",
        "app",
        "related",
        "advertisement",
        "caption",
        "credit",
    }
    assert wanted | {"paywall"} <= {prompt.kind.value for prompt in prompts}
    assert {prompt.shape for prompt in prompts} >= {
        "p",
        "em",
        "strong",
        "link",
        "box",
        "form",
        "list",
        "slot",
    }
    ends = sum(
        prompt.place == len(article.paragraphs) for article in PAPER.articles for prompt in article.prompts
    )
    assert 10 < ends < len(prompts) - 10


def test_the_latin_post_article_is_there_word_for_word():
    assert LATIN_POST.title == "Russia, Syria News: Russian Cruise Missiles Land in Iran, Pentagon Says"
    assert len(LATIN_POST.paragraphs) == 9
    assert (
        LATIN_POST.paragraphs[4]
        == "These recent reports of missiles hitting Iran seem to prove Carter’s point."
    )
    assert "CNN’s reports, saying, \"Unlike CNN, we don't quote" in LATIN_POST.paragraphs[5]
    text = "\n".join(LATIN_POST.paragraphs)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "340766e98e6147b8"
    assert LATIN_POST.published_at.isoformat().startswith("2015-10-08")
    assert [(prompt.text, prompt.place) for prompt in LATIN_POST.prompts] == [
        ("Subscribe to Latin Post!", 9),
        ("Sign up for our free newsletter for the Latest coverage!", 9),
    ]


def test_the_article_about_newsletters_is_body_from_end_to_end():
    article = PAPER.article("newsletter-boom-local-papers")
    text = "\n".join(article.paragraphs)
    for words in (
        "Readers who subscribe to the newsletter",
        "Sign up for the free newsletter",
        "Follow us on Facebook",
    ):
        assert words in text


def test_the_committed_digests_are_those_of_the_articles():
    remedy = "run python -m seeds.sample.paper after changing an article for good"
    digests = {
        path.stem: text_digest(path.read_text(encoding="utf-8")) for path in (ROOT / "articles").glob("*.md")
    }
    assert read_digests(ROOT) == digests, remedy


def test_a_fresh_clone_dates_articles_by_what_they_say(sources):
    assert [article.modified_at for article in load_paper(sources).articles] == [
        article.modified_at for article in PAPER.articles
    ]


def test_line_ends_of_a_windows_clone_are_no_edit(sources):
    path = sources / "articles" / "mill-reopens-as-bakery.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_paper(sources).article(path.stem).modified_at == PAPER.article(path.stem).modified_at


def test_an_edit_dates_the_article_by_its_file(sources):
    path = sources / "articles" / "mill-reopens-as-bakery.md"
    path.write_text(path.read_text(encoding="utf-8").replace("14 tons", "15 tons"), encoding="utf-8")
    os.utime(path, (1_900_000_000, 1_900_000_000))
    assert load_paper(sources).article(path.stem).modified_at.timestamp() == 1_900_000_000


def test_an_edit_on_a_machine_whose_clock_is_behind_is_newer_all_the_same(sources):
    path = sources / "articles" / "mill-reopens-as-bakery.md"
    path.write_text(path.read_text(encoding="utf-8").replace("14 tons", "15 tons"), encoding="utf-8")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert load_paper(sources).article(path.stem).modified_at > PAPER.article(path.stem).modified_at


def test_the_sample_site_is_a_good_seed_file(tmp_path):
    site = sample_site(8901)
    assert load_site(write_site(tmp_path, site)) == site
    assert site.fetch.allow_private_hosts == ("127.0.0.1:8901",)
    assert (site.feeds, site.sitemaps, site.sections) == ((), (), ())


GOOD = """+++
title = "A title"
published = 2026-11-01T08:00:00-05:00
section = "harbor"
template = "courier"
+++
A paragraph with [a link](/harbor/) and **strong** words.

{newsletter box} One | Two | Three

Another one.
"""


def test_an_article_file_is_read_into_paragraphs_and_prompts(tmp_path):
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    article = load_article(tmp_path / "a.md")
    assert article.paragraphs == ("A paragraph with a link and strong words.", "Another one.")
    assert [(prompt.kind, prompt.pieces, prompt.place) for prompt in article.prompts] == [
        (Kind.NEWSLETTER, ("One", "Two", "Three"), 1)
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("+++\ntitle", "title", "has no front matter"),
        ('"A title"', "A title", "is not TOML"),
        ("title =", "titel =", "titel = 'A title' cannot be used. Known keys"),
        ('"A title"', "5", "title = 5 cannot be used. It must be of type str"),
        ('title = "A title"\n', "", "has no `title`"),
        ('"courier"', '"tabloid"', "Use one of courier, wire, weekend"),
        ("-05:00", "", "Add an offset"),
        ("{newsletter box}", "{newsleter box}", "Begin it with {kind shape}"),
        ("{newsletter box}", "{newsletter bux}", "Begin it with {kind shape}"),
        ("{newsletter box} One", "{post yesterday | One}", "post = 'yesterday'"),
    ],
)
def test_an_article_file_that_cannot_be_used_is_one_clear_error(old, new, says, tmp_path):
    path = tmp_path / "a.md"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PaperError) as caught:
        load_article(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert says in str(caught.value)


def test_a_section_that_the_paper_does_not_have_is_named(sources):
    (sources / "articles" / "a.md").write_text(GOOD.replace("harbor", "gossip"), encoding="utf-8")
    with pytest.raises(PaperError, match=r"a.md: section = 'gossip' .*harbor"):
        load_paper(sources)
