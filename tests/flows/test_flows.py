"""The flows as Prefect runs them, against a real Prefect server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prefect import flow, get_run_logger

from articles.model import Site
from flows.config import Config, load_config
from flows.maintain import maintain
from flows.normalize import normalize
from flows.replay import replay
from flows.report import NormalizeReport
from flows.steps import FOLLOWERS, Desk, follow_log, normalize_pack
from flows.stored_segments import stored_segments
from flows.workshop import UnknownSite, Workshop, close_workshop, named, open_workshop
from seeds.load import SeedError, write_site
from storage.documents import CURSOR_KEY, follow_documents
from storage.objects import Creates, ObjectStore, StoreError
from storage.state import segments
from tests.support.segments import START, Answer, page, publish_segment


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """An empty archive with one site, chosen as a user chooses it: by environment variables."""
    seeds = tmp_path / "seeds"
    write_site(seeds, Site(name="harbour", home="https://harbour.test/"))
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "archive"))
    monkeypatch.setenv("PRESSRUN_SEEDS", str(seeds))
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    return load_config()


@pytest.fixture
def workshop(config: Config) -> Iterator[Workshop]:
    opened = open_workshop(config)
    yield opened
    close_workshop(config)


def publish_stories(workshop: Workshop, *numbers: int, site: str = "harbour") -> str:
    answers = [Answer(url=f"https://{site}.test/{n}", body=page(n), site=site) for n in numbers]
    work = workshop.config.work
    work.mkdir(parents=True, exist_ok=True)
    return publish_segment(workshop.store, workshop.database, work, answers)


def artifact(server: str, key: str) -> str:
    return str(httpx.get(f"{server}/artifacts/{key}/latest", timeout=30).json()["data"])


def test_tables_that_cannot_follow_the_log_are_told_as_a_failure_keep_no_document_back_and_follow_later(
    prefect_server: str, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_log, "retries", 0)
    tables = Path(workshop.store.url) / "tables"
    tables.write_text("a file in the place of the folder")
    publish_stories(workshop, 1)

    (failure,) = normalize().failed
    documents = list(workshop.store.list("articles/"))
    tables.unlink()
    report = normalize()

    assert "the tables could not follow the log" in failure
    assert str(tables) in failure
    assert len(documents) == 1
    assert report.failed == ()
    assert (tables / "articles").is_dir()


def test_a_follower_whose_cursor_cannot_be_read_is_told_with_the_remedy_and_not_tried_again(
    prefect_server: str, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[ObjectStore] = []
    monkeypatch.setitem(
        FOLLOWERS, "documents", lambda store: (tries.append(store), follow_documents(store))[1]
    )
    workshop.store.put(CURSOR_KEY, b"no cursor")
    publish_stories(workshop, 1)

    (failure,) = normalize().failed

    assert CURSOR_KEY in failure
    assert "pressrun verify --repair" in failure
    assert len(tries) == 1


def test_pending_segments_are_read_and_broken_ones_stop_no_other(
    prefect_server: str, workshop: Workshop
) -> None:
    torn, gone = publish_stories(workshop, 3), publish_stories(workshop, 4)
    good = publish_stories(workshop, 1, 2)
    workshop.store.put(torn, workshop.store.get(torn)[:-40])
    workshop.store.delete(gone)

    report = normalize()
    again = normalize()
    once_more = normalize(quarantined=True)

    assert report.commits == (1,)
    assert report.tallies[0].captures == 2
    assert {held.segment for held in report.quarantined} == {torn, gone}
    assert again.segments == 0
    assert {held.segment for held in once_more.quarantined} == {torn, gone}
    text = artifact(prefect_server, "normalize")
    assert "Pending segments read" in text
    with workshop.database.transaction() as connection:
        assert not segments.pending(connection)
    assert good in {info.key for info in _in_state(workshop, segments.State.COMMITTED)}


def test_a_segment_that_cannot_be_read_now_stops_no_other_of_its_task_and_is_told(
    prefect_server: str, workshop: Workshop, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(normalize_pack, "retry_delay_seconds", [0, 0])
    first, last = publish_stories(workshop, 1, 2), publish_stories(workshop, 3)

    @flow
    def reading() -> NormalizeReport:
        desk = Desk(config, get_run_logger())
        desk.take_all([first, "segments/none.warc.gz", last])
        return desk.finish()

    report = reading()

    # what was committed by the first attempt is told, although the second finds nothing to do there
    assert (report.commits, report.total.captures) == ((1, 2), 3)
    (failure,) = report.failed
    assert "segments/none.warc.gz" in failure
    assert "pressrun maintain" in failure


def _in_state(workshop: Workshop, state: segments.State) -> list[segments.SegmentInfo]:
    with workshop.database.transaction() as connection:
        return segments.in_state(connection, state)


def test_maintain_recovers_what_a_killed_crawl_left_and_lets_the_followers_catch_up(
    prefect_server: str, workshop: Workshop
) -> None:
    publish_stories(workshop, 1, 2)
    normalize()

    report = maintain()

    assert report.head == 1
    assert report.followed.keys() == {"tables", "documents"}
    assert set(report.compacted) == {"tables/articles", "tables/captures"}
    assert any(workshop.store.list("articles/harbour/"))
    assert "Upkeep" in artifact(prefect_server, "maintain")


def test_replay_reads_only_what_this_reader_has_not_read(prefect_server: str, workshop: Workshop) -> None:
    publish_stories(workshop, 1, 2)
    normalize()

    report = replay(sites=["harbour"])

    assert report.segments == 0
    assert report.head == 1
    assert "Replay" in artifact(prefect_server, "replay")


def test_replay_finds_the_segments_of_a_site_and_a_span_in_the_log(
    prefect_server: str, workshop: Workshop
) -> None:
    one, other = publish_stories(workshop, 1), publish_stories(workshop, 2, site="hills")
    normalize()
    begun = publish_stories(workshop, 3)  # pending: not in the log
    workshop.database.close()

    def found(**bounds: object) -> list[str]:
        return stored_segments(workshop, extractor="next", **bounds)  # type: ignore[arg-type]

    assert found() == sorted([one, other])
    assert found(sites=frozenset({"hills"})) == [other]
    assert found(since=START) == sorted([one, other])
    assert found(until=START) == []
    assert begun not in found()


def test_nothing_is_begun_where_the_store_cannot_be_used(
    prefect_server: str, config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "file"))

    with pytest.raises(StoreError, match="file"):
        normalize()


def test_a_broken_seed_file_is_told_and_stops_no_other(config: Config) -> None:
    (config.seeds / "torn.toml").write_text('name = "torn"\nhome = 7\n')

    workshop = open_workshop(config)
    try:
        assert list(workshop.sites) == ["harbour"]
        assert [error.file.name for error in workshop.broken_seeds] == ["torn.toml"]
        assert workshop.creates is Creates.ATOMIC
        with pytest.raises(SeedError, match=r"torn\.toml"):
            named(workshop, ["harbour", "torn"])
        with pytest.raises(UnknownSite, match=r"'hills'.*harbour"):
            named(workshop, ["hills"])
    finally:
        close_workshop(config)


def test_a_segment_in_quarantine_is_read_by_its_key(prefect_server: str, workshop: Workshop) -> None:
    key = publish_stories(workshop, 1)
    with workshop.database.transaction() as connection:
        segments.mark_failed(connection, key, "the reader was wrong", lasting=True)
    assert normalize().commits == ()
    assert replay(segments=[key]).commits == (1,)
