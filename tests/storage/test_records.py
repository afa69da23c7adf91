"""Our types go to JSON and come back as they were; what is none of them is refused by name."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.model import (
    Access,
    Article,
    Capture,
    Form,
    Found,
    Image,
    Pointer,
    Post,
    Rejection,
    Removed,
    Site,
)
from storage import records
from tests.support.archives import make_article, make_rejection, make_unchanged

MOMENTS = st.datetimes(
    min_value=datetime(1700, 1, 1),  # noqa: DTZ001 - hypothesis wants the bounds naive
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
TEXTS = st.lists(TEXT, max_size=4).map(tuple)
ARTICLES = st.builds(
    Article,
    article_id=TEXT,
    revision_id=TEXT,
    site=st.none() | TEXT,
    url=TEXT,
    fetched_url=TEXT,
    fetched_at=MOMENTS,
    title=TEXT,
    paragraphs=TEXTS,
    dek=st.none() | TEXT,
    authors=TEXTS,
    organisations=TEXTS,
    agencies=TEXTS,
    published_at=st.none() | MOMENTS,
    modified_at=st.none() | MOMENTS,
    language=st.none() | TEXT,
    section=st.none() | TEXT,
    keywords=TEXTS,
    image=st.none() | st.builds(Image, url=TEXT, caption=st.none() | TEXT, credit=st.none() | TEXT),
    form=st.sampled_from(Form),
    access=st.sampled_from(Access),
    posts=st.lists(st.builds(Post, at=st.none() | MOMENTS, title=st.none() | TEXT, paragraphs=TEXTS)).map(
        tuple
    ),
    removed=st.lists(st.builds(Removed, text=TEXT, reason=TEXT, path=TEXT, score=st.floats(0, 1))).map(tuple),
    confidence=st.floats(0, 1),
    pointer=st.none() | st.builds(Pointer, segment=TEXT, offset=st.integers(0), length=st.integers(0)),
)


@given(article=ARTICLES)
def test_any_article_comes_back_as_it_went(article: Article) -> None:
    data = records.to_json(article)
    assert b"\n" not in data
    assert records.from_json(data, Article) == article


@pytest.mark.parametrize(
    "thing",
    [
        make_rejection(),
        make_unchanged(),
        Site(name="latinpost", home="https://www.latinpost.com/"),
        Found(via="https://x.test/rss", found_at=datetime(2026, 1, 1, tzinfo=UTC)),
        Capture(
            url="https://x.test/",
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
            status=200,
            headers=(("Set-Cookie", "a"), ("Set-Cookie", "b")),
            body=b"\x00\xff<html>",
        ),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_each_frozen_type_comes_back_as_it_went(thing: object) -> None:
    assert records.from_json(records.to_json(thing), type(thing)) == thing


def test_a_moment_of_another_zone_stays_the_same_moment() -> None:
    there = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    article = replace(make_article(), published_at=there)
    assert records.from_json(records.to_json(article), Article).published_at == there


def test_lone_surrogates_become_the_replacement_character() -> None:
    article = replace(make_article(), title="a \ud83d title", paragraphs=("pair \ud83d\ude00",))
    back = records.from_json(records.to_json(article), Article)
    assert back.title == "a � title"
    assert back.paragraphs == ("pair 😀",)
    assert back.removed == article.removed


def test_keys_of_a_later_version_are_passed_over() -> None:
    data = records.to_json(make_rejection())[:-1] + b',"cluster":"abc"}'
    assert records.from_json(data, Rejection) == make_rejection()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b'{"segment":"s","offset":"10","length":1}', r"no Pointer: .*int.*\$\.offset"),
        (b'{"segment":"s","offset":10}', "no Pointer: .*length"),
        (b'{"segment":"s","off', "no Pointer: .*truncated"),
        (b'{"segment":"\xff","offset":1,"length":1}', "no Pointer"),
        (b"", "no Pointer"),
    ],
)
def test_a_bad_record_is_told_with_its_type_and_place(data: bytes, wrong: str) -> None:
    with pytest.raises(records.BadRecord, match=wrong):
        records.from_json(data, Pointer)


def test_a_schema_names_its_dialect_and_every_field() -> None:
    @dataclass(frozen=True)
    class Small:
        name: str
        at: datetime | None

    schema = records.json_schema(Small)
    assert schema["$schema"].endswith("2020-12/schema")
    assert set(schema["$defs"]["Small"]["properties"]) == {"name", "at"}
