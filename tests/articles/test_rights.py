"""What publishers say of uses, read with the article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from articles.model import Article, Capture, Origin, Reason, Rejection, Rights, Site, Terms
from articles.reading import read
from articles.rights import parse_directives

STORY = "".join(
    f"<p>The harbour board of Port Calder met on Tuesday evening and heard for an hour what dredging "
    f"the channel would cost the town, item {number} of a long list, before it put the vote off.</p>"
    for number in range(6)
)
SITE = Site(name="paper", home="https://paper.example/")


def capture(
    head: str = "", headers: tuple[tuple[str, str], ...] = (), terms: Terms | None = None, foot: str = ""
) -> Capture:
    page = (
        f"<html><head><title>Dredging vote delayed</title>{head}</head><body><article><h1>Dredging vote delayed"
        f"</h1>{STORY}</article>{foot}</body></html>"
    )
    return Capture(
        url="https://paper.example/2026/11/22/dredging-vote-delayed",
        fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"), *headers),
        body=page.encode(),
        terms=terms,
    )


def article(*args: object, **kwargs: object) -> Article:
    read_ = read(capture(*args, **kwargs))  # type: ignore[arg-type]
    assert isinstance(read_, Article)
    return read_


def test_a_page_that_says_nothing_has_no_rights_and_no_evidence_of_them() -> None:
    silent = article()
    assert silent.rights == Rights()
    assert silent.rights.disallowed is None
    assert not [one for one in silent.evidence if one.field == "rights"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("noai, noimageai", ["noai", "noimageai"]),
        ("NOARCHIVE", ["noarchive"]),
        ("all, max-image-preview:large, max-snippet:-1", []),
        ("googlebot: nofollow, max-snippet:0", ["googlebot: nofollow", "googlebot: max-snippet: 0"]),
        ("pressrun: noindex", ["noindex"]),
        (
            "unavailable_after: Friday, 25-Dec-26 15:00:00 GMT",
            ["unavailable_after: friday, 25-dec-26 15:00:00 gmt"],
        ),
        (": : ,,::", []),
    ],
)
def test_directives_are_taken_as_search_engines_document_them(value: str, said: list[str]) -> None:
    assert list(parse_directives(value)) == said


def test_noai_is_heard_in_headers_and_in_the_page() -> None:
    by_header = article(headers=(("X-Robots-Tag", "noai"), ("X-Robots-Tag", "noimageai")))
    by_page = article('<meta name="robots" content="noai, noimageai">')
    for one, origin in ((by_header, Origin.HTTP), (by_page, Origin.META)):
        assert (one.rights.no_ai, one.rights.no_image_ai) == (True, True)
        assert {item.origin for item in one.evidence if item.field == "rights"} == {origin}


def test_a_directive_to_one_ai_agent_is_kept_with_its_name() -> None:
    assert article('<meta name="CCBot" content="nofollow">').rights.directives == ("ccbot: nofollow",)


def test_the_page_goes_before_http_and_http_before_the_file_in_text_and_data_mining() -> None:
    file = Terms(tdm_reserved=False)
    http = (("tdm-reservation", "1"), ("tdm-policy", "https://paper.example/tdm.json"))
    assert article(terms=file).rights.tdm_reserved is False
    by_http = article(headers=http, terms=file).rights
    assert (by_http.tdm_reserved, by_http.tdm_policy) == (True, "https://paper.example/tdm.json")
    assert article('<meta name="tdm-reservation" content="0">', http, file).rights.tdm_reserved is False
    assert article('<meta name="tdm-reservation" content="maybe">').rights.tdm_reserved is None


def test_content_signals_come_from_the_answer_else_from_robots_txt() -> None:
    robots = Terms(signals=("search=yes", "ai-train=no"))
    assert article(terms=robots).rights.signals == ("search=yes", "ai-train=no")
    answer = (("Content-Signal", "ai-train=yes"), ("Content-Usage", "train-ai=n"))
    assert article(headers=answer, terms=robots).rights.signals == ("ai-train=yes", "train-ai=n")


def test_licences_come_from_links_json_ld_http_and_robots_txt() -> None:
    head = (
        '<link rel="license" href="https://paper.example/rsl.xml" type="application/rsl+xml">'
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Dredging vote delayed",'
        ' "license": "https://creativecommons.org/licenses/by/4.0/"}</script>'
    )
    http = (("Link", '<https://paper.example/a>; rel="next", <https://paper.example/terms>; rel="license"'),)
    foot = '<a rel="license" href="https://paper.example/foot">CC BY</a>'
    licensed = article(head, http, Terms(licenses=("https://paper.example/robots-licence.xml",)), foot)
    assert licensed.rights.licenses == (
        "https://creativecommons.org/licenses/by/4.0/",
        "https://paper.example/rsl.xml",
        "https://paper.example/foot",
        "https://paper.example/terms",
        "https://paper.example/robots-licence.xml",
    )


def test_agents_that_robots_txt_keeps_out_are_on_the_article() -> None:
    kept_out = article(terms=Terms(disallowed=("GPTBot", "CCBot")))
    assert kept_out.rights.disallowed == ("GPTBot", "CCBot")
    assert article(terms=Terms()).rights.disallowed == ()


@pytest.mark.parametrize("said", ["noindex", "none", "pressrun: noindex"])
def test_a_site_we_crawl_is_obeyed_where_it_asks_not_to_be_indexed(said: str) -> None:
    asked = capture(headers=(("X-Robots-Tag", said),))
    refusal = read(asked, SITE)
    assert isinstance(refusal, Rejection)
    assert refusal.reason is Reason.NOINDEX
    assert said in refusal.detail
    assert isinstance(read(asked), Article)  # a page of somebody else's crawl: recorded only


@pytest.mark.parametrize("said", ["noarchive", "nosnippet", "noai", "googlebot: noindex"])
def test_other_directives_are_recorded_and_forbid_nothing(said: str) -> None:
    kept = read(capture(headers=(("X-Robots-Tag", said),)), SITE)
    assert isinstance(kept, Article)
    assert kept.rights.directives == (said,)
