"""The tables hold every revision and every capture once, and other people's tools can read them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from articles.urls import url_key
from storage.delta import (
    APP,
    CHECKPOINT_EVERY,
    TableError,
    captures_for,
    follow_tables,
    maintain_tables,
    remove_rows,
)
from storage.log import Log
from storage.objects import ObjectStore, open_store, storage_options, table_url
from storage.reader import Archive
from storage.state.database import Database
from storage.stored import StoredArticle
from tests.support.archives import (
    commit,
    hour,
    kill_followers,
    make_article,
    make_miss,
    make_rejection,
    make_unchanged,
    new_database,
)
from tests.support.proxy import EXPIRED, Fault, always, fault_proxy, listings_at_random
from tests.support.s3 import BUCKET, S3Server


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


def fill(store: ObjectStore, database: Database, first: int = 0, count: int = 3) -> None:
    for number in range(first, first + count):
        commit(
            store,
            database,
            f"s{number}",
            make_article(f"only-in-{number}"),
            make_article("in-all", body=f"Edition {number}", at=hour(number)),
            make_rejection(),
            make_unchanged("only-in-0", at=hour(number + 1)),
        )


def table(store: ObjectStore, name: str) -> DeltaTable:
    return DeltaTable(table_url(store, f"tables/{name}"), storage_options=storage_options(store))


def rows(store: ObjectStore, name: str) -> list[dict[str, object]]:
    found = table(store, name).to_pyarrow_table().to_pylist()
    return sorted(found, key=lambda row: (row["seq"], row["url"]))


def test_tables_hold_what_the_log_holds_on_every_store(store: ObjectStore, database: Database) -> None:
    fill(store, database)
    assert follow_tables(store) == 3
    stored = sorted(Archive(store).changes(), key=lambda row: (row.seq, row.url))
    assert [(row["seq"], row["revision_id"], row["text"]) for row in rows(store, "articles")] == [
        (row.seq, row.revision_id, row.text) for row in stored
    ]
    captures = rows(store, "captures")
    assert len(captures) == sum(made.captures for made in Log(store).follow(0))
    assert sorted(str(row["fate"]) for row in captures[:4]) == ["article", "article", "rejected", "unchanged"]


def test_a_row_has_every_field_of_the_stored_article_and_its_type(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database, count=1)
    follow_tables(folder)
    row = next(row for row in rows(folder, "articles") if row["url"] == make_article("only-in-0").url)
    stored = Archive(folder).article(make_article("only-in-0").url)
    assert stored is not None
    assert list(row) == list(StoredArticle.__dataclass_fields__)
    assert (row["published_at"], row["committed_at"]) == (stored.published_at, stored.committed_at)
    assert tuple(row["paragraphs"]) == stored.paragraphs  # type: ignore[arg-type]
    assert row["image"] == {"url": "https://img.test/1.jpg", "caption": "A crane", "credit": "AP"}
    assert row["removed"] == [
        {
            "kind": "newsletter",
            "text": "Sign up for our free newsletter!",
            "place": 1,
            "score": 0.97,
            "reason": "asks the reader to sign up",
            "path": "article > div.newsletter",
        }
    ]
    assert row["evidence"][0]["precision"] == "minute"  # type: ignore[index]
    assert row["pointer"] == {"segment": "segments/2026/11/22/a.warc.gz", "offset": 10, "length": 20}


def test_following_again_adds_nothing_and_going_on_adds_what_is_new(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database)
    follow_tables(folder)
    version = table(folder, "articles").version()
    assert follow_tables(folder) == 0
    assert table(folder, "articles").version() == version
    fill(folder, database, first=3, count=2)
    assert follow_tables(folder) == 2
    assert [row["seq"] for row in rows(folder, "articles")] == [n for n in range(1, 6) for _ in range(2)]


def test_many_commits_go_in_by_one_append_of_zstd_files(folder: ObjectStore, database: Database) -> None:
    fill(folder, database, count=12)
    follow_tables(folder)
    assert table(folder, "captures").version() == 1
    assert all(".zstd." in file for file in table(folder, "captures").file_uris())


def test_a_table_that_is_behind_the_other_catches_up_alone(folder: ObjectStore, database: Database) -> None:
    # As a follower leaves them that was killed after its first append.
    fill(folder, database)
    follow_tables(folder)
    for key, _ in list(folder.list("tables/captures/")):
        folder.delete(key)
    fill(folder, database, first=3, count=1)
    assert follow_tables(folder) == 4
    assert (len(rows(folder, "articles")), len(rows(folder, "captures"))) == (8, 16)


def test_followers_killed_anywhere_append_each_commit_once(folder: ObjectStore, database: Database) -> None:
    fill(folder, database, count=16)
    kill_followers(folder, "tables", after=(2, 9))
    stored = sorted(Archive(folder).changes(), key=lambda row: (row.seq, row.url))
    assert [(row["seq"], row["url"]) for row in rows(folder, "articles")] == [
        (row.seq, row.url) for row in stored
    ]
    assert len(rows(folder, "captures")) == 4 * 16


def test_followers_at_once_append_each_commit_once(store: ObjectStore, database: Database) -> None:
    fill(store, database)
    follow_tables(store)
    fill(store, database, first=3, count=3)
    start = threading.Barrier(4)

    def follow(_: int) -> int:
        start.wait()
        return follow_tables(store)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(follow, range(4)))
    assert len(rows(store, "articles")) == 12
    assert len(rows(store, "captures")) == 24


def test_the_cursor_outlives_checkpoints_compaction_and_vacuum(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database, count=CHECKPOINT_EVERY + 3)
    follow_tables(folder, max_captures=4)
    before = rows(folder, "captures")
    assert table(folder, "captures").version() == CHECKPOINT_EVERY + 3
    said = maintain_tables(folder, keep=timedelta(0))
    assert said["tables/captures"].startswith(f"{CHECKPOINT_EVERY + 3} files joined into 1, ")
    assert rows(folder, "captures") == before
    assert len(table(folder, "captures").file_uris()) == 1
    assert len(list((Path(folder.url) / "tables/captures").glob("*.parquet"))) == 1
    assert follow_tables(folder) == 0


def test_a_table_of_an_earlier_version_gets_the_new_columns(folder: ObjectStore, database: Database) -> None:
    earlier = pyarrow.schema([("url", pyarrow.string()), ("seq", pyarrow.int64())])
    DeltaTable.create(table_url(folder, "tables/articles"), schema=earlier)
    fill(folder, database, count=1)
    follow_tables(folder)
    assert rows(folder, "articles")[0]["title"] == make_article("in-all").title


def test_a_table_with_rows_gets_a_field_that_is_new_and_its_old_rows_have_none_of_it(
    folder: ObjectStore, database: Database
) -> None:
    fill(folder, database, count=1)
    follow_tables(folder)
    url = table_url(folder, "tables/articles")
    old = table(folder, "articles").to_pyarrow_table().drop_columns(["edited", "gone_at"])
    for key, _ in list(folder.list("tables/articles/")):
        folder.delete(key)
    cursor = CommitProperties(app_transactions=[Transaction(APP, 1)])
    write_deltalake(url, old, commit_properties=cursor)
    fill(folder, database, first=1, count=1)
    assert follow_tables(folder) == 1
    found = rows(folder, "articles")
    assert [(row["seq"], row["change"], row["edited"]) for row in found] == [
        (1, "new", None), (1, "new", None), (2, "edited", ["body"]), (2, "new", [])]  # fmt: skip
    maintain_tables(folder, keep=timedelta(0))
    assert rows(folder, "articles") == found


def test_only_a_few_columns_have_statistics(folder: ObjectStore, database: Database) -> None:
    fill(folder, database, count=1)
    follow_tables(folder)
    columns = {}
    for name in ("articles", "captures"):
        lines = folder.get(f"tables/{name}/_delta_log/00000000000000000001.json").splitlines()
        (added,) = [line["add"] for line in map(json.loads, lines) if "add" in line]
        columns[name] = set(json.loads(added["stats"])["minValues"])
    assert columns == {
        "articles": {"seq", "site", "published_at"},
        "captures": {"seq", "site", "fetched_at"},
    }


def test_what_leaves_its_address_is_a_row_of_both_tables(folder: ObjectStore, database: Database) -> None:
    commit(folder, database, "a", make_article())
    commit(folder, database, "b", make_miss(at=hour(1), status=410))
    follow_tables(folder)
    first, removed = rows(folder, "articles")
    assert (removed["change"], removed["text"], removed["gone_at"]) == ("removed", "", hour(1))
    assert (removed["previous"], removed["title"]) == (first["revision_id"], first["title"])
    assert [(row["fate"], row["status"], row["article_id"]) for row in rows(folder, "captures")] == [
        ("article", 200, first["article_id"]),
        ("rejected", 410, first["article_id"]),
    ]


def test_tables_thrown_away_are_made_anew(folder: ObjectStore, database: Database) -> None:
    fill(folder, database)
    follow_tables(folder)
    before = rows(folder, "articles")
    for key, _ in list(folder.list("tables/articles/")):
        folder.delete(key)
    assert follow_tables(folder) == 3
    assert rows(folder, "articles") == before


def test_the_captures_of_one_url_are_its_history(store: ObjectStore, database: Database) -> None:
    key = url_key(make_article("in-all").url)
    assert captures_for(store, key) == []
    fill(store, database)
    follow_tables(store)
    found = captures_for(store, url_key(make_article("in-all").fetched_url))
    assert [(row.seq, row.fate, row.change) for row in found] == [
        (1, "article", "new"),
        (2, "article", "edited"),
        (3, "article", "edited"),
    ]
    assert found[0].fetched_at == hour(0)
    assert found[0].segment == "segments/2026/11/22/s0.warc.gz"
    (rejected, *_) = captures_for(store, url_key(make_rejection().url))
    assert (rejected.fate, rejected.reason, rejected.detail) == ("rejected", "not_html", "image/png")


def test_a_damaged_table_is_named_with_its_remedy(folder: ObjectStore, database: Database) -> None:
    fill(folder, database)
    follow_tables(folder)
    folder.put("tables/articles/_delta_log/00000000000000000001.json", b"no JSON\n")
    with pytest.raises(TableError, match=r"tables/articles: .*remove tables/articles/ and it is made anew"):
        follow_tables(folder)


# --- Without Pressrun -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("tables")
    store, database = open_store(str(folder / "archive")), new_database(folder)
    fill(store, database)
    follow_tables(store)
    return f"{store.url}/tables"


def test_duckdb_reads_the_tables(tables: str) -> None:
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    import duckdb_extension_delta

    connection.execute(f"LOAD '{next(Path(duckdb_extension_delta.__path__[0]).rglob('*.duckdb_extension'))}'")
    query = f"""SELECT title, removed[1].kind, year(published_at), len(paragraphs)
                FROM delta_scan('{tables}/articles') WHERE change = 'new' ORDER BY seq, title"""
    assert connection.sql(query).fetchall()[0] == ("News of “in-all”", "newsletter", 2026, 3)
    fates = f"SELECT fate, count(*) FROM delta_scan('{tables}/captures') GROUP BY fate ORDER BY fate"
    assert connection.sql(fates).fetchall() == [("article", 6), ("rejected", 3), ("unchanged", 3)]


def readme_lines() -> dict[str, str]:
    """Python blocks of the README that read the tables without Pressrun, by what they import first."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in readme.split("```python\n")[1:]]
    return {block.split()[1]: block for block in blocks if "archive/tables" in block and "import" in block}


@pytest.mark.parametrize("first", ["duckdb,", "polars", "deltalake"])
def test_the_lines_of_the_readme_count_the_articles_of_a_site_not_their_revisions(
    first: str, tables: str
) -> None:
    said = subprocess.run(
        [sys.executable, "-c", readme_lines()[first]],
        cwd=Path(tables).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert re.search(r"latinpost\D+4\b", said.stdout), said.stdout


def test_polars_reads_the_tables(tables: str) -> None:
    frame = polars.scan_delta(f"{tables}/articles").filter(polars.col("change") == "edited").collect()
    assert frame["seq"].sort().to_list() == [2, 3]
    assert frame["published_at"].dtype == polars.Datetime("us", "UTC")
    assert frame["removed"].list.first().struct.field("kind").to_list() == ["newsletter"] * 2


def test_pandas_reads_the_tables(tables: str) -> None:
    frame = pandas.DataFrame(DeltaTable(f"{tables}/captures").to_pandas())
    assert frame.groupby("fate").size().to_dict() == {"article": 6, "rejected": 3, "unchanged": 3}
    assert str(frame["fetched_at"].dtype) == "datetime64[us, UTC]"


def test_a_store_that_fails_under_the_tables_is_told_by_its_own_cause(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto_server.enter(monkeypatch)
    expired = always(EXPIRED, path_part="tables")
    with fault_proxy(moto_server, expired) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
        with pytest.raises(TableError, match=r"ExpiredToken; the archive itself is whole; .*get new ones"):
            follow_tables(open_store(f"s3://{BUCKET}/expired"))


def test_listings_that_lose_their_second_half_now_and_then_are_not_believed(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    moto_server.enter(monkeypatch)
    url = f"s3://{BUCKET}/lost-pages"
    lose = listings_at_random(seed=1, share=0.2)
    with fault_proxy(moto_server, lose) as proxy:
        for first in range(0, 10, 2):
            fill(open_store(url), database, first, 2)
            with monkeypatch.context() as lossy:
                lossy.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
                follow_tables(open_store(url))
    assert proxy.faults > 3
    store = open_store(url)
    assert sorted(str(row["url"]) for row in rows(store, "articles")) == sorted(
        article.url for article in Archive(store).changes()
    )


def test_no_file_is_vacuumed_away_because_a_listing_lost_the_commit_that_names_it(
    moto_server: S3Server, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    moto_server.enter(monkeypatch)
    url = f"s3://{BUCKET}/vacuumed"
    for first in range(0, 6, 2):
        fill(open_store(url), database, first, 2)
        follow_tables(open_store(url))
    before = rows(open_store(url), "articles")
    lost = iter((Fault.LOST_PAGE,))  # of the log, as it is opened
    with fault_proxy(moto_server, lambda asked: next(lost, None) if asked.is_listing else None) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.server.endpoint)
        remove_rows(open_store(url), ["never-met"], {})
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_server.endpoint)
    assert rows(open_store(url), "articles") == before


def test_a_folder_that_cannot_be_written_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file in the way")
    with pytest.raises(TableError, match=r"the archive itself is whole; a file is in the place of a folder"):
        follow_tables(open_store(str(tmp_path)))
