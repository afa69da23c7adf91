"""What a site's pages repeat is learnt with the segment that holds them, kept, and named by what it was used for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from articles.model import Article, Capture, Site
from articles.profile import Profile, learn, profile_id
from articles.reading import read, read_lines
from articles.repeated import without_repeats
from flows.config import SetUpError, load_config
from flows.segment import normalize_segment
from storage import profiles
from storage.batches import Change, Revision
from storage.batches import read as read_batch
from storage.log import Log
from storage.objects import NotFound, ObjectStore, open_store
from storage.profiles import DamagedProfile
from storage.segments import captures_of
from storage.state.database import Database, open_database
from tests.support.pages import STORY
from tests.support.segments import START, Answer, publish_segment

HARBOUR = Site(name="harbour", home="https://harbour.test/")
SITES = {"harbour": HARBOUR}
PLEA = "The Harbour Bell is printed by the people who read it, on paper made two streets away from the pier."


def page(number: int, plea: str = PLEA) -> bytes:
    """A story of its own, and under it the same two lines on every page."""
    name = ("one", "two", "three", "four", "five", "six", "seven")[number - 1]
    paragraphs = "".join(f"<p>Of pier {name} it was told: {text}</p>" for text in STORY)
    return (
        f"<!doctype html><html lang=en><head><title>Story {number} of the harbour</title>"
        '<meta property="og:type" content="article"></head>'
        f"<body><article><h1>Story {number} of the harbour</h1>"
        f"{paragraphs}<p><i>{plea}</i></p></article></body></html>"
    ).encode()


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'state.sqlite'}")
    yield opened
    opened.close()


def revisions(store: ObjectStore, seq: int) -> list[Revision]:
    commit = Log(store).get(seq)
    assert commit is not None
    batch = read_batch(store, commit.batch, commit.sha256)
    return [outcome for outcome in batch.outcomes if isinstance(outcome, Revision)]


def published(store: ObjectStore, database: Database, work: Path, *numbers: int, hour: int = 8) -> str:
    answers = [
        Answer(url=f"https://harbour.test/2026/story-{n}-of-the-harbour", body=page(n)) for n in numbers
    ]
    return publish_segment(store, database, work, answers, at=START.replace(hour=hour))


def test_the_very_first_batch_knows_what_its_pages_repeat(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    normalize_segment(
        store, database, SITES, published(store, database, tmp_path, 1, 2, 3, 4, 5, 6, 7), learning=True
    )

    for revision in revisions(store, 1):
        assert PLEA not in revision.article.paragraphs
        assert PLEA in {removed.text for removed in revision.article.removed}
        assert len(revision.article.paragraphs) == len(STORY)


def test_a_reading_can_be_repeated_from_the_profile_that_the_article_names(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    key = published(store, database, tmp_path, 1, 2, 3, 4, 5, 6, 7)
    normalize_segment(store, database, SITES, key, learning=True)
    commit = Log(store).get(1)
    assert commit is not None

    stored = {revision.article.url: revision.article for revision in revisions(store, 1)}
    profile = profiles.get(store, "harbour", commit.profiles["harbour"])
    for capture in captures_of(store, key):
        again = read(capture, HARBOUR, profile)
        assert isinstance(again, Article)
        assert again == stored[again.url]
        assert again.profile == profile_id(profile)


def test_a_page_read_with_two_profiles_shows_no_edit(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    normalize_segment(store, database, SITES, published(store, database, tmp_path, 1, hour=8), learning=True)
    (alone,) = revisions(store, 1)
    assert PLEA in alone.article.paragraphs
    numbers = (1, 2, 3, 4, 5, 6, 7)
    normalize_segment(
        store, database, SITES, published(store, database, tmp_path, *numbers, hour=9), learning=True
    )

    changes = {revision.article.article_id: revision.change for revision in revisions(store, 2)}
    assert changes[alone.article.article_id] is Change.REEXTRACTED
    assert sorted(changes.values()).count(Change.NEW) == 6


def test_profiles_grow_from_segment_to_segment(
    store: ObjectStore, database: Database, tmp_path: Path
) -> None:
    for number in range(1, 8):
        normalize_segment(
            store, database, SITES, published(store, database, tmp_path, number, hour=number), learning=True
        )
    assert len(profiles.current(store, "harbour").pages) == 7
    assert PLEA not in revisions(store, 7)[0].article.paragraphs


def test_learning_is_off_unless_switched_on(store: ObjectStore, database: Database, tmp_path: Path) -> None:
    key = published(store, database, tmp_path, 1, 2, 3)
    normalize_segment(store, database, SITES, key)
    assert all(revision.article.profile is None for revision in revisions(store, 1))
    assert not list(store.list("profiles/"))
    assert load_config({"PRESSRUN_PROFILES": "on"}).profiles is True
    assert load_config({}).profiles is False
    with pytest.raises(SetUpError, match="neither on nor off"):
        load_config({"PRESSRUN_PROFILES": "maybe"})


def test_a_profile_moves_blocks_and_changes_nothing_else() -> None:
    captures = [
        Capture(
            url=f"https://harbour.test/2026/story-{n}-of-the-harbour", fetched_at=START, status=200,
            headers=(("Content-Type", "text/html"),), body=page(n), site="harbour",
        )
        for n in range(1, 8)
    ]  # fmt: skip
    pages = [read_lines(capture, HARBOUR) for capture in captures]
    plain = [one.outcome for one in pages if isinstance(one.outcome, Article)]
    assert len(plain) == len(pages)
    profile = learn(Profile(site="harbour"), plain)
    for one, before in zip(pages, plain, strict=True):
        after = without_repeats(before, one.lines, profile)
        told = [removed.text for removed in after.removed]
        assert sorted([*after.paragraphs, *told]) == sorted(
            [*before.paragraphs, *(removed.text for removed in before.removed)]
        )
        assert (after.title, after.authors, after.published_at, after.form, after.dek) == (
            before.title, before.authors, before.published_at, before.form, before.dek,
        )  # fmt: skip
        assert learn(Profile(site="harbour"), [after]) == learn(Profile(site="harbour"), [before])


def test_two_writers_lose_nothing_that_either_learnt(store: ObjectStore) -> None:
    def taught(*numbers: int) -> Profile:
        articles = []
        for n in numbers:
            found = read(
                Capture(
                    url=f"https://harbour.test/2026/story-{n}-of-the-harbour",
                    fetched_at=START + timedelta(hours=n), status=200,
                    headers=(("Content-Type", "text/html"),), body=page(n), site="harbour",
                ),
                HARBOUR,
            )  # fmt: skip
            assert isinstance(found, Article)
            articles.append(found)
        return learn(Profile(site="harbour"), articles)

    one, other = taught(1, 2), taught(3)
    profiles.add(store, one)
    profiles.add(store, other)
    assert profiles.current(store, "harbour") == profiles.add(store, taught(1, 2, 3)) == taught(3, 2, 1)


def test_a_damaged_profile_is_named_and_learnt_anew(store: ObjectStore) -> None:
    known = Profile(site="harbour")
    with pytest.raises(NotFound):
        profiles.get(store, "harbour", profile_id(known))
    identity = profiles.put(store, known)
    store.put(profiles.profile_key("harbour", identity), b"no profile")
    with pytest.raises(DamagedProfile, match=identity):
        profiles.get(store, "harbour", identity)
    assert profiles.current(store, "harbour") == known
