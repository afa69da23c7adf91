"""Pages that are made to mislead: whatever else they say, only a publication dates an article."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from articles.fields import Fields, fields_of
from articles.metadata import metadata_of
from articles.model import Capture, Precision
from articles.page import parse

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
URL = "https://www.dailynews.example/news/rain.html"
TEXT = ("The rain that fell on the north of the country is the heaviest that has been measured there.",)
BORN = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)

CHANGES = (
    '<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Rain", "dateModified": "{iso}"}}</script>',
    '<meta property="article:modified_time" content="{iso}">',
    '<meta property="og:updated_time" content="{iso}">',
    '<meta name="last-modified" content="{iso}">',
    "<p>Updated: {day}</p>",
    "<p>Last updated on <time datetime='{iso}'>{day}</time></p>",
    "<time class=updated datetime='{iso}'>{day}</time>",
    "<span itemprop=dateModified content='{iso}'>{day}</span>",
    "<p class=date>Aktualisiert am {day}</p>",
    "<p class=post-date>Mis à jour le {day}</p>",
    "<div class=entry-date>Actualizado: {day}</div>",
    '<script>page = {{"dateModified": "{iso}", "updatedAt": "{iso}"}}</script>',
)
OTHERS = (
    '<script>googletag.pubads().setTargeting("date", "{iso}"); ad = {{"adStartDate": "{iso}"}}</script>',
    '<script>ads = [{{"creative": {{"date": "{iso}", "expires": "{iso}"}}}}]</script>',
    "<aside class=related><a href=/x>Other</a><time datetime='{iso}'>{day}</time></aside>",
    "<div class=comments><p class=comment-date>{day}</p><time datetime='{iso}'>{day}</time></div>",
    "<footer>© {day} Daily News</footer>",
    "<p>Today is {day}</p>",
    '<script type="application/ld+json">{{"@type": "Event", "startDate": "{iso}", "name": "Fair"}}</script>',
    "<nav><time datetime='{iso}'>{day}</time></nav>",
    '<script>a = {{"publishDate": "{iso}"}}; b = {{"publishDate": "2024-01-01"}}</script>',
)
PUBLICATIONS = (
    '<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Rain", "datePublished": "{iso}"}}</script>',
    '<meta property="article:published_time" content="{iso}">',
    "<p class=byline>Published <time datetime='{iso}'>{day}</time></p>",
    "<div class=entry-date>{day}</div>",
    "<p>{day}</p>",
    '<script>page = {{"articlePublishDate": "{iso}"}}</script>',
)
MOMENTS = st.integers(2, 800).map(lambda days: NOW - timedelta(days=days, minutes=7))
FUTURE = st.integers(2, 2_000).map(lambda days: NOW + timedelta(days=days, minutes=7))


def _read(*pieces: str) -> Fields:
    page = parse(f"<html><body><h1>Rain falls on the north</h1>{''.join(pieces)}</body></html>", URL)
    capture = Capture(url=URL, fetched_at=NOW, status=200, headers=(), body=b"")
    return fields_of(page, metadata_of(page), TEXT, capture)


def _said(form: str, at: datetime) -> str:
    return form.format(iso=at.isoformat(), day=f"{at.day} {at:%B %Y}")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CHANGES + OTHERS), MOMENTS), max_size=6))
def test_changes_ads_and_neighbours_never_date_a_page(decoys: list[tuple[str, datetime]]) -> None:
    assert _read(*(_said(form, at) for form, at in decoys)).published_at is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PUBLICATIONS), FUTURE), min_size=1, max_size=6))
def test_a_publication_in_the_future_is_none(claims: list[tuple[str, datetime]]) -> None:
    assert _read(*(_said(form, at) for form, at in claims)).published_at is None


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(PUBLICATIONS),
    st.lists(st.tuples(st.sampled_from(CHANGES + OTHERS), MOMENTS), max_size=4),
    st.lists(st.tuples(st.sampled_from(PUBLICATIONS), FUTURE), max_size=2),
)
def test_the_publication_wins_over_all_that_misleads(
    form: str, decoys: list[tuple[str, datetime]], future: list[tuple[str, datetime]]
) -> None:
    # A bare day that the page states as that of its change may be no more than that.
    assume(all(at.date() != BORN.date() for _, at in decoys))
    claims = [(form, BORN), *decoys, *future]
    scripted = [text for text, _ in claims if "ublishDate" in text]
    found = _read(*(_said(text, at) for text, at in claims)).published_at
    if form in scripted and len(scripted) > 1:
        assert found is None, "scripts that speak of several days date nothing"
    else:
        assert found is not None
        assert found.date() == BORN.date()


def test_a_moment_that_is_stated_in_utc_keeps_the_day_that_the_page_shows() -> None:
    fields = _read(
        _said(PUBLICATIONS[1], datetime(2025, 3, 4, 3, 22, tzinfo=UTC)), "<p>March 3, 2025 10:22 PM EST</p>"
    )
    stated, shown = (one for one in fields.evidence if one.field == "published_at")
    assert fields.published_at == datetime(2025, 3, 4, 3, 22, tzinfo=UTC)
    assert (stated.precision, shown.raw) == (Precision.SECOND, "March 3, 2025 10:22 PM EST")


def test_a_day_shown_that_is_no_other_clocks_is_no_evidence() -> None:
    for hour, day in ((3, "5 March 2025"), (20, "3 March 2025"), (3, "4 March 2025"), (3, "1 March 2025")):
        fields = _read(_said(PUBLICATIONS[1], datetime(2025, 3, 4, hour, 22, tzinfo=UTC)), f"<p>{day}</p>")
        assert len([one for one in fields.evidence if one.field == "published_at"]) == 1


def test_a_date_that_the_text_begins_with_dates_it() -> None:
    for opening in ("(4 March 2025) It rains.", "4. März 2025. Es regnet.", "ROME, 4 March 2025 - It rains."):
        page = parse("<html><body><h1>Rain</h1></body></html>", URL)
        capture = Capture(url=URL, fetched_at=NOW, status=200, headers=(), body=b"")
        fields = fields_of(page, metadata_of(page), (opening + " It will not stop.",), capture)
        assert fields.published_at == datetime(2025, 3, 4, tzinfo=UTC)


def test_scripts_full_of_authors_and_dates_cost_little() -> None:
    script = (
        '"author":{"a":' * 40_000 + '"publishDate":"2025-' * 10_000 + '"author":["' * 20_000 + " " * 100_000
    )
    started = time.process_time()
    _read(f"<script>{script}</script>")
    assert time.process_time() - started < 0.25


def test_a_page_that_its_system_promotes_is_no_promotion() -> None:
    html = "<div class='node node--promoted'><h2>Rain</h2><time datetime='2025-03-04T05:06:07Z'>4 March</time></div>"
    page = parse(f"<html><body><h1>Daily News</h1>{html}</body></html>", URL)
    capture = Capture(url=URL, fetched_at=NOW, status=200, headers=(), body=b"")
    assert fields_of(page, metadata_of(page), TEXT, capture).published_at == BORN


def test_the_date_of_another_article_on_the_page_does_not_win_over_one_by_the_headline() -> None:
    teasers = "<article class=card><h3>Other</h3><time datetime='2025-05-05'>5 May 2025</time></article>" * 3
    page = parse(
        "<html><body><article><h1>Rain falls on the north</h1><ul><li class=list><span class=hero-date>4 March 2025"
        f"</span></ul></article>{teasers}</body></html>",
        URL,
    )
    capture = Capture(url=URL, fetched_at=NOW, status=200, headers=(), body=b"")
    assert fields_of(page, metadata_of(page), TEXT, capture).published_at == datetime(2025, 3, 4, tzinfo=UTC)
