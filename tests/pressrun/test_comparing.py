"""Before another reader is adopted: what it would change, by site and field, and nothing written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from articles.model import Article, Capture, Reason, Rejection, Site
from flows.reading import Result, read_one
from flows.segment import normalize_segment
from pressrun.comparing import Comparison, Read, Span, compare_stored, present_reader, reader_of
from pressrun.trouble import RequestError
from storage.objects import ObjectStore, open_store
from storage.state.database import open_database
from tests.support.segments import START, Answer, page, publish_segment

SITES = {name: Site(name=name, home=f"https://{name}.test/") for name in ("harbour", "hill")}
FIRST = (
    *(Answer(url=f"https://harbour.test/{number}", body=page(number)) for number in range(1, 6)),
    Answer(url="https://hill.test/1", body=page(8), site="hill"),
    Answer(url="https://harbour.test/logo.png", body=b"\x89PNG", content_type="image/png"),
    Answer(url="https://harbour.test/1", status=304),
)
SECOND = (Answer(url="https://harbour.test/2", body=page(2)),)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    """Two segments, read and committed; the second has nothing new."""
    opened = open_store(str(tmp_path / "archive"))
    database = open_database(f"sqlite:///{tmp_path / 'state.sqlite'}")
    for day, answers in enumerate((FIRST, SECOND)):
        key = publish_segment(opened, database, tmp_path, answers, at=START + timedelta(days=day))
        assert normalize_segment(opened, database, SITES, key).seq == day + 1
    database.close()
    return opened


def _present(captures: Iterable[Capture], _: int) -> Iterator[Result]:
    return (read_one(capture, SITES.get(capture.site or "")) for capture in captures)


def _other(captures: Iterable[Capture], at_most: int) -> Iterator[Result]:
    """A reader that writes headlines large, loses the last paragraph of long numbers, and takes no fifth story."""
    for result in _present(captures, at_most):
        reading = result.reading
        if isinstance(reading, Article) and reading.fetched_url.endswith("/5"):
            yield Result(
                Rejection(
                    reason=Reason.SHORT, detail="too short", url=reading.fetched_url, fetched_at=reading.fetched_at,
                    status=200, site=reading.site, pointer=reading.pointer,
                )
            )  # fmt: skip
        elif isinstance(reading, Article):
            lost = reading.fetched_url.endswith("harbour.test/3")
            kept = reading.paragraphs[:-2] if lost else reading.paragraphs
            yield Result(replace(reading, title=reading.title.upper(), paragraphs=kept, revision_id="other"))
        else:
            yield result


def compared(store: ObjectStore, read: Read, span: Span | None = None) -> Comparison:
    return compare_stored(store, span or Span(), read, "2", lambda *_: None)


def test_the_reader_that_stored_it_would_change_nothing(store: ObjectStore) -> None:
    found = compared(store, _present)
    assert (found.segments, found.captures, found.unread) == (2, 9, ())
    assert [(site.site, site.articles, site.equal) for site in found.sites] == [
        ("harbour", 5, 5),
        ("hill", 1, 1),
    ]
    assert [(site.again, site.again_changed, site.fields) for site in found.sites] == [(1, 0, ()), (0, 0, ())]


def test_what_another_reader_would_change_is_counted_by_site_and_field(store: ObjectStore) -> None:
    harbour, hill = compared(store, _other).sites
    assert (harbour.articles, harbour.equal, harbour.gained, harbour.lost) == (4, 0, 0, 1)
    assert (harbour.again, harbour.again_changed) == (1, 1)
    changes = {change.field: (change.changed, change.share) for change in harbour.fields}
    assert changes == {"title": (4, 1.0), "paragraphs": (1, 0.25), "outcome": (1, 0.125)}
    assert [change.field for change in hill.fields] == ["title"]


def test_examples_show_what_differs_and_where_it_lies(store: ObjectStore) -> None:
    harbour = compared(store, _other).sites[0]
    shown = {change.field: change.examples for change in harbour.fields}
    assert len(shown["title"]) == 3
    assert shown["title"][0].after == shown["title"][0].before.upper()
    (lost,) = shown["paragraphs"]
    assert lost.url == "https://harbour.test/3"
    assert lost.before.startswith("Paragraph 4 of story 3")
    assert lost.after == ""
    assert lost.segment.startswith("segments/2026/11/22/")
    assert shown["outcome"][0].before.startswith("article: Story 5")
    assert shown["outcome"][0].after == "short: too short"


def test_only_the_sites_and_segments_that_were_asked_for_are_read(store: ObjectStore) -> None:
    found = compared(store, _other, Span(sites=frozenset({"hill"})))
    assert (found.captures, [site.site for site in found.sites]) == (1, ["hill"])
    later = compared(store, _other, Span(since=START + timedelta(hours=1)))
    assert (later.segments, later.captures) == (1, 1)


def test_nothing_is_written(store: ObjectStore, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()}
    compared(store, _other)
    assert before == {path: path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()}


def test_a_segment_that_is_gone_is_told_and_the_others_are_read(store: ObjectStore) -> None:
    key = next(key for key, _ in store.list("segments/") if key.endswith(".warc.gz"))
    store.delete(key)
    found = compared(store, _present)
    assert found.captures in (1, 8)
    assert key in found.unread[0]


def test_the_reader_of_another_python_answers_as_this_one(store: ObjectStore) -> None:
    with reader_of(Path(sys.executable), SITES) as (read, version), present_reader(SITES) as (_, present):
        found = compared(store, read)
    assert version == present
    assert [(site.articles, site.equal, site.fields) for site in found.sites] == [(5, 5, ()), (1, 1, ())]


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (None, "cannot be run: No such file"),
        ("", "no reader of Pressrun: it gave no version"),
        ("echo listing", "no reader of Pressrun: it gave no version"),
        ("echo No module >&2; exit 1", "no reader of Pressrun: No module"),
    ],
)
def test_what_is_no_python_with_a_reader_is_told_with_what_to_give(
    store: ObjectStore, tmp_path: Path, program: str | None, told: str
) -> None:
    python = tmp_path / "python"
    if program is not None:
        python.write_text(f"#!/bin/sh\n{program}\n")
        python.chmod(0o755)
    with pytest.raises(RequestError, match=told) as caught, reader_of(python, SITES):
        pass
    assert "give the Python of an environment" in str(caught.value)
    assert "Errno" not in str(caught.value)
