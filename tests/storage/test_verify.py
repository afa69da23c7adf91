"""Verify names whatever is damaged, with its remedy; a damaged record costs that record alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from articles.model import EXTRACTOR, Site
from flows.config import load_config
from flows.reading import read_one
from flows.repair import NotRepaired, Repaired, mend
from flows.segment import normalize_segment
from flows.workshop import Workshop, close_workshop, open_workshop
from seeds.load import write_site
from storage import batches
from storage.commit import rebuild
from storage.delta import TABLES, follow_tables, maintain_tables, remove_rows, table_files
from storage.documents import CURSOR_KEY, follow_documents
from storage.log import Log, commit_key
from storage.objects import table_url
from storage.profiles import profile_key
from storage.reader import Archive
from storage.recollect import forget_followers
from storage.segments import captures_of, index_key
from storage.state import index
from storage.takedown import find, take_down
from storage.verify import Damage, verify
from storage.warc import read_capture
from tests.support.listings import forgetful
from tests.support.segments import Answer, page, publish_segment

HARBOUR = Site(name="harbour", home="https://harbour.test/")


@pytest.fixture
def shop(tmp_path: Path):
    """A workshop of an archive: two segments of three captures each, an article edited in the second."""
    write_site(tmp_path / "seeds", HARBOUR)
    config = load_config({}, store=str(tmp_path / "archive"), seeds=tmp_path / "seeds")
    shop = open_workshop(config)
    for number in range(2):
        answers = [
            Answer(url="https://harbour.test/1", body=page(1, edition=f"number {number}")),
            Answer(url=f"https://harbour.test/{number}x", body=page(10 + number)),
            Answer(url=f"https://harbour.test/{number}y", status=404),
        ]
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        key = publish_segment(shop.store, shop.database, work, answers)
        assert normalize_segment(shop.store, shop.database, shop.sites, key, learning=True).error is None
    follow_tables(shop.store)
    follow_documents(shop.store)
    yield shop
    close_workshop(config)


def damages(shop: Workshop) -> list[Damage]:
    return list(verify(shop.store, shop.database, lambda step, number: None))


def mended(shop: Workshop) -> list[Repaired | NotRepaired]:
    return list(mend(shop, damages(shop)))


def commit(shop: Workshop, seq: int):
    made = Log(shop.store).get(seq)
    assert made is not None
    return made


def flip(shop: Workshop, key: str, at: int) -> None:
    """Damage one byte of an object."""
    data = bytearray(shop.store.get(key))
    data[at] ^= 0x55
    shop.store.put(key, bytes(data))


def places(shop: Workshop, seq: int) -> list[batches.Pointer]:
    made = commit(shop, seq)
    return [
        (one.article if isinstance(one, batches.Revision) else one).pointer
        for one in batches.read(shop.store, made.batch, made.sha256).outcomes
    ]


def test_a_whole_archive_is_found_whole(shop: Workshop) -> None:
    assert damages(shop) == []


def test_an_archive_is_whole_though_a_listing_of_its_log_is_not(shop: Workshop) -> None:
    assert list(verify(forgetful(shop.store), shop.database, lambda step, number: None)) == []


def test_a_commit_that_a_listing_left_out_is_looked_at(shop: Workshop) -> None:
    flip(shop, commit_key(2), 40)
    (damage,) = (
        one for one in verify(forgetful(shop.store), None, lambda step, number: None) if one.seq == 2
    )
    assert damage.key == commit_key(2)


def test_an_archive_is_whole_after_a_takedown(shop: Workshop) -> None:
    take_down(shop.store, shop.database, find(shop.store, shop.database, "https://harbour.test/1"))
    follow_tables(shop.store)
    follow_documents(shop.store)
    assert damages(shop) == []


def document(shop: Workshop) -> str:
    return next(key for key, _ in shop.store.list("articles/"))


def profile(shop: Workshop) -> str:
    ((site, identity),) = commit(shop, 1).profiles.items()
    return profile_key(site, identity)


DAMAGE: dict[str, tuple[Callable[[Workshop], str], str]] = {
    "a commit": (lambda shop: (flip(shop, commit_key(1), 40), commit_key(1))[1], "restore"),
    "a missing commit": (lambda shop: (shop.store.delete(commit_key(1)), commit_key(1))[1], "restore"),
    "a batch": (
        lambda shop: (flip(shop, commit(shop, 1).batch, 50), commit(shop, 1).batch)[1],
        "made again from its segment",
    ),
    "a missing batch": (
        lambda shop: (shop.store.delete(commit(shop, 2).batch), commit(shop, 2).batch)[1],
        "made again from its segment",
    ),
    "a missing segment": (
        lambda shop: (shop.store.delete(commit(shop, 1).segment), commit(shop, 1).segment)[1],
        "restore",
    ),
    "an index": (
        lambda shop: (flip(shop, index_key(commit(shop, 1).segment), 30), index_key(commit(shop, 1).segment))[
            1
        ],
        "--repair",
    ),
    "a profile": (
        lambda shop: (flip(shop, profile(shop), 20), profile(shop))[1],
        "restore",
    ),
    "the documents' cursor": (
        lambda shop: (shop.store.put(CURSOR_KEY, b'{"se'), CURSOR_KEY)[1],
        "--repair",
    ),
    "a document": (lambda shop: (flip(shop, document(shop), 60), document(shop))[1], "rebuild --tables"),
    "a missing document": (
        lambda shop: (key := document(shop), shop.store.delete(key))[0],
        "rebuild --tables",
    ),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_what_is_damaged_is_named_with_its_remedy(shop: Workshop, what: str) -> None:
    harm, remedy = DAMAGE[what]
    key = harm(shop)
    named = {damage.key: damage for damage in damages(shop)}
    assert key in named
    assert remedy in named[key].remedy


def test_rows_missing_from_a_table_are_named(shop: Workshop) -> None:
    article = next(iter(Archive(shop.store).articles()))
    remove_rows(shop.store, [article.article_id], {})
    assert {damage.key for damage in damages(shop)} == {"tables/articles", "tables/captures"}


@pytest.mark.parametrize("kept", [True, False], ids=["as written", "joined and checkpointed"])
@pytest.mark.parametrize("table", TABLES)
def test_one_bit_that_flipped_in_a_file_or_in_the_log_of_a_table_is_named(
    shop: Workshop, table: str, kept: bool
) -> None:
    if not kept:
        maintain_tables(shop.store, keep=timedelta(0))
    assert damages(shop) == []
    files = table_files(shop.store, table)
    assert files is not None
    chance = random.Random(7)
    for name in [*files.data, *files.log]:
        key = f"{table}/{name}"
        whole = shop.store.get(key)
        for _ in range(6):
            place = chance.randrange(len(whole))
            spoilt = bytearray(whole)
            spoilt[place] ^= 1 << chance.randrange(8)
            shop.store.put(key, bytes(spoilt))
            assert [(damage.key, damage.remedy) for damage in damages(shop)] == [
                (key, "run `pressrun rebuild --tables`")
            ], place
        shop.store.put(key, whole)


def test_a_table_that_says_another_thing_than_the_log_is_named_though_nobody_noted_its_files(
    shop: Workshop,
) -> None:
    table = DeltaTable(table_url(shop.store, "tables/articles"))
    table.update(updates={"section": "'weather'"}, predicate="seq = 2")
    assert [(damage.key, damage.seq) for damage in damages(shop)] == [("tables/articles", 2)]
    forget_followers(shop.store)
    follow_tables(shop.store)
    follow_documents(shop.store)
    assert damages(shop) == []


def test_a_checkpoint_that_was_written_again_is_no_damage_where_maintenance_was_killed_then(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    maintain_tables(shop.store)

    class Killed(Exception):
        pass

    def other_bytes(table: DeltaTable) -> None:
        (key,) = [
            key for key, _ in shop.store.list("tables/articles/") if key.endswith(".checkpoint.parquet")
        ]
        flip(shop, key, 1_000)
        raise Killed

    monkeypatch.setattr(DeltaTable, "create_checkpoint", other_bytes)
    with pytest.raises(Killed):
        maintain_tables(shop.store)
    key = next(key for key, _ in shop.store.list("tables/articles/") if key.endswith(".checkpoint.parquet"))
    assert not [damage for damage in damages(shop) if damage.key == key]


def test_a_row_that_is_there_twice_is_named(shop: Workshop) -> None:
    table = DeltaTable(table_url(shop.store, "tables/captures"))
    rows = table.to_pyarrow_table()
    write_deltalake(table, rows.slice(0, 1), mode="append")
    (damage,) = damages(shop)
    assert (damage.key, damage.seq) == ("tables/captures", rows["seq"][0].as_py())


def test_a_table_with_a_damaged_file_is_named(shop: Workshop) -> None:
    key = next(key for key, _ in shop.store.list("tables/captures/part"))
    shop.store.put(key, shop.store.get(key)[:-100])
    assert [damage.remedy for damage in damages(shop)] == ["run `pressrun rebuild --tables`"]


def test_a_database_that_knows_another_batch_is_named(shop: Workshop) -> None:
    with shop.database.transaction() as connection:
        (table,) = (table for table in index.TABLES if table.name == "committed")
        connection.execute(table.update().where(table.c.seq == 2).values(sha256="0" * 64))
    (damage,) = damages(shop)
    assert (damage.key, damage.seq, damage.remedy) == ("database", 2, "run `pressrun rebuild`")
    rebuild(shop.store, shop.database)
    assert damages(shop) == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_damaged_record_costs_that_record_alone(shop: Workshop, number: int) -> None:
    pointer = places(shop, 1)[number]
    flip(shop, pointer.segment, pointer.offset + pointer.length // 2)
    (damage,) = damages(shop)
    assert (damage.key, damage.offset) == (pointer.segment, pointer.offset)
    for other in places(shop, 1):
        if other != pointer:
            assert read_capture(shop.store, other).pointer == other

    (told,) = mended(shop)
    assert isinstance(told, Repaired)
    assert "1 records given up: https://harbour.test/" in told.how
    assert damages(shop) == []
    made = commit(shop, 1)
    captures = captures_of(shop.store, pointer.segment, made.segment_sha256)
    readings = [read_one(one, HARBOUR).reading for one in captures]
    lost = ["damaged in the store" in getattr(one, "detail", "") for one in readings]
    assert lost == [place == number for place in range(3)]


def test_a_damaged_request_record_costs_no_capture(shop: Workshop) -> None:
    first, second, _ = places(shop, 1)
    request = first.offset + first.length
    flip(shop, first.segment, (request + second.offset) // 2)
    (damage,) = damages(shop)
    assert damage.offset == request
    assert isinstance(mended(shop)[0], Repaired)
    assert damages(shop) == []


@pytest.mark.parametrize("seq", [1, 2])
def test_a_lost_batch_is_made_again_byte_for_byte(shop: Workshop, seq: int) -> None:
    made = commit(shop, seq)
    data = shop.store.get(made.batch)
    shop.store.delete(made.batch)
    assert [told.key for told in mended(shop) if isinstance(told, Repaired)] == [made.batch]
    assert shop.store.get(made.batch) == data
    assert made.extractor == EXTRACTOR


def test_a_cursor_of_the_documents_that_cannot_be_read_is_removed_and_what_was_missing_written(
    shop: Workshop,
) -> None:
    missing = document(shop)
    shop.store.delete(missing)
    shop.store.put(CURSOR_KEY, b"")
    assert [told.key for told in mended(shop) if isinstance(told, Repaired)] == [CURSOR_KEY]
    assert shop.store.size(missing)
    assert damages(shop) == []


def test_a_batch_that_cannot_be_made_again_is_not_replaced(shop: Workshop) -> None:
    made = commit(shop, 1)
    shop.store.delete(made.batch)
    shop.store.delete(made.segment)
    assert all(isinstance(told, NotRepaired) for told in mended(shop))
    assert shop.store.size(made.batch) is None
