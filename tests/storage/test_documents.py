"""Each revision lies in the bucket as one JSON object that keeps to the published schema."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from articles.revision import revision_id
from storage import records
from storage.documents import CURSOR_KEY, BadCursor, document_key, follow_documents
from storage.objects import ObjectStore, open_store
from storage.reader import Archive
from storage.state.database import Database
from storage.stored import StoredArticle, schema
from tests.support.archives import commit, hour, kill_followers, make_article, make_rejection

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "article.schema.json"


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


def fill(store: ObjectStore, database: Database, first: int = 0, count: int = 3) -> None:
    for number in range(first, first + count):
        edited = make_article("in-all", body=f"Edition {number}", at=hour(number))
        commit(store, database, f"s{number}", make_article(f"only-in-{number}"), edited, make_rejection())


def written(store: ObjectStore) -> dict[str, bytes]:
    return {key: store.get(key) for key, _ in store.list("articles/")}


def test_each_revision_is_one_object_on_every_store(store: ObjectStore, database: Database) -> None:
    fill(store, database)
    assert follow_documents(store) == 3
    expected = {document_key(row): records.to_json(row) + b"\n" for row in Archive(store).changes()}
    assert len(expected) == 6
    assert written(store) == expected
    assert json.loads(store.get(CURSOR_KEY)) == {"seq": 3}


def test_a_document_lies_under_its_site_and_day_and_comes_back_as_the_stored_article(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database, count=1)
    follow_documents(folder)
    row = Archive(folder).article(make_article("in-all").url)
    assert row is not None
    key = f"articles/latinpost/2026/11/22/{row.article_id}-{row.revision_id}.json"
    assert records.from_json(folder.get(key), StoredArticle) == row


def test_articles_of_no_site_have_a_place_too(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article("x", site=None), make_article("y", site="../up site"))
    follow_documents(folder)
    assert sorted(key.split("/")[1] for key in written(folder)) == ["-up-site", "_"]


def test_following_again_writes_nothing_and_going_on_writes_what_is_new(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database)
    follow_documents(folder)
    assert follow_documents(folder) == 0
    fill(folder, database, first=3, count=1)
    assert follow_documents(folder) == 1
    assert len(written(folder)) == 8


def test_a_follower_killed_before_its_cursor_moved_writes_the_same_again(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database)
    follow_documents(folder)
    before = written(folder)
    lost = next(iter(before))
    folder.delete(lost)
    folder.delete(CURSOR_KEY)
    assert follow_documents(folder) == 3
    assert written(folder) == before


def test_followers_killed_anywhere_leave_every_document_whole(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database, count=12)
    kill_followers(folder, "documents", after=(2, 9))
    assert written(folder) == {
        document_key(row): records.to_json(row) + b"\n" for row in Archive(folder).changes()
    }


def test_followers_at_once_write_the_same(store: ObjectStore, database: Database) -> None:
    fill(store, database)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(follow_documents, [store] * 3))
    assert len(written(store)) == 6
    assert json.loads(store.get(CURSOR_KEY)) == {"seq": 3}


def test_a_cursor_that_cannot_be_read_is_named(folder: ObjectStore, database: Database) -> None:
    folder.put(CURSOR_KEY, b'{"seq": "many"}')
    with pytest.raises(BadCursor, match=r"followers/documents\.json: .*seq.*--repair` removes it"):
        follow_documents(folder)


def test_the_published_schema_is_what_the_code_writes() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema(), (
        "run: python -m storage.stored docs/schema/article.schema.json"
    )


def test_stored_documents_keep_to_the_published_schema(folder: ObjectStore, database: Database) -> None:
    full, bare = make_article("full"), make_article("bare", site=None)
    bare = replace(
        bare,
        dek=None,
        published_at=None,
        image=None,
        authors=(),
        removed=(),
        evidence=(),
        posts=(),
        pointer=None,
    )
    commit(folder, database, "a", full, replace(bare, revision_id=revision_id(bare)))
    follow_documents(folder)
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=FormatChecker())
    validator.check_schema(validator.schema)
    for data in written(folder).values():
        document = json.loads(data)
        validator.validate(document)
        assert not validator.is_valid(document | {"title": None})
        assert not validator.is_valid({key: value for key, value in document.items() if key != "seq"})


def test_the_schema_says_what_every_field_of_ours_means() -> None:
    properties = json.loads(schema())["$defs"]["StoredArticle"]["properties"]
    assert list(properties) == list(StoredArticle.__dataclass_fields__)
    assert properties["revision_id"]["description"].startswith("From the content")
