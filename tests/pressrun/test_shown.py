"""What `show` prints of an article: its posts, that it is gone, how exact its dates are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from articles.model import Form, Post, Precision, Zone
from articles.revision import revision_id
from pressrun.posts import beginnings
from storage.objects import ObjectStore, open_store
from storage.state.database import Database
from tests.pressrun.conftest import RunHere
from tests.support.archives import START, commit, hour, make_article, make_miss, new_database


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    """Where `run` looks for the archive."""
    return open_store(str(tmp_path / "archive"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path)
    yield database
    database.close()


def test_the_posts_of_a_live_blog_are_shown_with_time_and_heading_where_they_begin(
    run: RunHere, store: ObjectStore, database: Database
) -> None:
    blog = replace(
        make_article("live"),
        form=Form.LIVE_BLOG,
        paragraphs=("Before it began.", "Doors open", "They wait.", "They leave.", "x" * 500),
        posts=(
            Post(at=hour(1), title="Doors open", paragraphs=("They wait.",)),
            Post(at=hour(2), title="Doors shut", paragraphs=("They leave.", "x" * 500)),
        ),
        removed=(),
    )
    commit(store, database, "a", blog)
    shown = run("show", blog.url).out
    begin = shown.index("Before it began.")
    assert shown[begin:].startswith(
        "Before it began.\n"
        "\n2026-11-22 09:00Z  Doors open\nThey wait.\n"
        "\n2026-11-22 10:00Z  Doors shut\nThey leave.\n" + "x" * 500 + "\n"
        "\n5 paragraphs in 2 posts of a live blog; removed: nothing\n"
    )


def test_posts_begin_where_their_lines_stand_and_are_never_found_before_the_post_above() -> None:
    twice = Post(at=START, title=None, paragraphs=("Same.",))
    other = Post(at=START, title="Not in the text", paragraphs=("Nowhere.",))
    assert beginnings(("Same.", "Between.", "Same."), (twice, other, twice)) == {0: twice, 2: twice}
    assert beginnings((), (twice,)) == {}


@pytest.mark.parametrize(
    ("precision", "zone", "shown"),
    [
        (Precision.DAY, Zone.UTC, "2026-11-12 (no hour is stated)"),
        (Precision.MINUTE, Zone.STATED, "2026-11-12 00:00Z"),
        (Precision.SECOND, Zone.UTC, "2026-11-12 00:00:00Z (its page names no time zone: read as UTC)"),
        (Precision.MINUTE, Zone.SITE, "2026-11-12 00:00Z (by the time zone of its seed)"),
        (Precision.MINUTE, Zone.COUNTRY, "2026-11-12 00:00Z (by the clock of its country)"),
    ],
)
def test_a_date_is_shown_as_exactly_as_its_page_states_it(
    run: RunHere, store: ObjectStore, database: Database, precision: Precision, zone: Zone, shown: str
) -> None:
    dated = make_article("dated")
    evidence = (replace(dated.evidence[0], precision=precision, zone=zone),)
    dated = replace(dated, published_at=datetime(2026, 11, 12, tzinfo=UTC), evidence=evidence)
    commit(store, database, "a", dated)
    later = replace(dated, published_at=datetime(2026, 11, 13, tzinfo=UTC), fetched_at=hour(1))
    commit(store, database, "b", replace(later, revision_id=revision_id(later)))
    assert f"published:  {shown}\n" in run("show", dated.url, "--revision", "1").out
    day = shown.partition(" (")[0]
    assert f"\n- {day}\n" in run("show", "--diff", dated.url).out
    assert f"\n{day.replace('11-12', '11-13')}  latinpost " in run("story", dated.url).out


def test_the_date_in_a_removal_is_shown_as_exactly_as_in_the_text_that_was_there(
    run: RunHere, store: ObjectStore, database: Database
) -> None:
    dated = make_article("dated")
    evidence = (replace(dated.evidence[0], precision=Precision.DAY, zone=Zone.UTC),)
    commit(
        store,
        database,
        "a",
        replace(dated, published_at=datetime(2026, 11, 12, tzinfo=UTC), evidence=evidence),
    )
    commit(store, database, "b", make_miss("dated", at=hour(1), status=410))
    removal = run("show", dated.url, "--revision", "2").out
    assert "which has no text" in removal
    assert "published:  2026-11-12 (no hour is stated)\n" in removal


def test_diff_of_a_removed_article_says_that_it_is_gone_and_what_was_changed_last(
    run: RunHere, store: ObjectStore, database: Database
) -> None:
    commit(store, database, "a", make_article("one"), make_article("two"))
    commit(store, database, "b", make_article("two", body="Rewritten.", at=hour(1)))
    gone = (make_miss(name, at=hour(2), status=410) for name in ("one", "two"))
    commit(store, database, "c", *gone)
    two = make_article("two").url
    edited = run("show", "--diff", two).out
    assert "gone from its address since 2026-11-22 10:00:00Z" in edited
    assert "\n+ Rewritten.\n" in edited
    removed = run("show", "--diff", two, "--revision", "3").out
    assert "It left its address" in removed
    assert "\n- " not in removed
    only = run("show", "--diff", make_article("one").url)
    assert only.code == 2
    assert "gone from there since 2026-11-22 10:00" in only.err
    assert "which has no text" in run("show", two, "--revision", "3").out
    assert "this is its last text" in run("show", two).out
