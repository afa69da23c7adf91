"""What Prometheus gets: scraped over a real socket, read by its own parser."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from prometheus_client.parser import text_string_to_metric_families

from articles.model import Evidence, Found, Origin, Precision, Site
from articles.urls import article_id
from flows.config import Config, load_config
from flows.segment import normalize_segment
from pressrun.metrics import MAX_SITES, ArchiveCollector, metrics_server
from seeds.load import write_site
from storage.documents import follow_documents
from storage.log import Log
from storage.objects import ObjectStore, open_store
from storage.state import segments
from storage.state.database import Database, open_database
from storage.state.frontier.fetching import Fetched, record_fetches
from storage.state.frontier.known import Find, add_finds
from storage.state.frontier.polled import Kind, Look, add_pages, looked
from tests.support.archives import commit, make_article, make_page
from tests.support.segments import Answer, page, publish_segment

SITES = {"harbour": Site(name="harbour", home="https://harbour.test/")}
LABELS = {"change", "follower", "le", "outcome", "reason", "site", "state", "extractor"}

Scrape = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    write_site(tmp_path / "seeds", SITES["harbour"])
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    return load_config(store=str(tmp_path / "archive"), seeds=tmp_path / "seeds")


@pytest.fixture
def store(config: Config) -> ObjectStore:
    return open_store(config.store)


@pytest.fixture
def database(config: Config) -> Iterator[Database]:
    opened = open_database(config.database)
    yield opened
    opened.close()


@contextmanager
def exporter(config: Config) -> Iterator[str]:
    """The address of a running exporter."""
    with metrics_server(config, host="127.0.0.1", port=0) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/metrics"
        server.shutdown()
        thread.join()


def text_of(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        return str(answer.read().decode())


def scrape(url: str) -> Scrape:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text_of(url))
        for sample in family.samples
    }


def value(scraped: Scrape, name: str, **labels: str) -> float:
    return scraped[f"pressrun_{name}", tuple(sorted(labels.items()))]


def read_stories(config: Config, store: ObjectStore, database: Database, *numbers: int) -> None:
    config.work.mkdir(parents=True, exist_ok=True)
    answers = [Answer(url=f"https://harbour.test/{n}", body=page(n)) for n in numbers]
    answers.append(Answer(url="https://harbour.test/robots.txt", body=b"", content_type="text/plain"))
    key = publish_segment(store, database, config.work, answers)
    assert normalize_segment(store, database, SITES, key).seq


def test_a_scrape_adds_up_to_the_log_and_rises_with_it(
    config: Config, store: ObjectStore, database: Database
) -> None:
    read_stories(config, store, database, 1, 2)
    with exporter(config) as url:
        first = scrape(url)
        read_stories(config, store, database, 3)
        follow_documents(store)
        second = scrape(url)
    with exporter(config) as url:
        restarted = scrape(url)

    assert value(first, "commits_total") == 1
    assert value(first, "articles_total", change="new") == 2
    assert value(first, "captures_total") == 3
    assert value(first, "follower_lag_commits", follower="documents") == 1
    assert value(first, "segments", state="committed") == 1
    assert value(second, "commits_total") == 2
    assert value(second, "articles_total", change="new") == 3
    assert value(second, "site_articles_total", site="harbour") == 3
    assert value(second, "follower_lag_commits", follower="documents") == 0
    assert value(second, "follower_lag_commits", follower="tables/articles") == 2
    assert value(second, "reading_seconds_total") > 0
    assert value(second, "timed_captures_total") == value(second, "captures_total") == 5
    assert value(second, "segment_bytes", state="committed") > 500
    counts = [Log(store).get(seq).counts for seq in (1, 2)]  # type: ignore[union-attr]
    assert sum(number for (name, _), number in second.items() if name == "pressrun_rejections_total") == sum(
        one.rejections for one in counts
    )
    # what comes from the log is the same right after a restart
    kept = ("commits", "articles", "site_articles", "rejections", "captures", "reading_seconds")
    for name in kept:
        told = {key: number for key, number in second.items() if key[0] == f"pressrun_{name}_total"}
        assert told == {key: restarted[key] for key in told}


def test_names_and_labels_keep_to_the_conventions(
    config: Config, store: ObjectStore, database: Database
) -> None:
    read_stories(config, store, database, 1)
    with exporter(config) as url:
        families = list(text_string_to_metric_families(text_of(url)))

    for family in families:
        assert family.name.startswith("pressrun_")
        assert family.documentation
        assert family.type in ("counter", "gauge", "histogram"), family.name
        for sample in family.samples:
            assert sample.labels.keys() <= LABELS, sample
            assert sample.name.endswith("_total") == (family.type == "counter"), sample.name


def test_the_lag_from_publication_to_store_is_told_by_site_and_days_alone_are_left_out(
    config: Config, store: ObjectStore, database: Database
) -> None:
    now = datetime.now(UTC)
    fresh = replace(make_article("fresh"), published_at=now - timedelta(minutes=10))
    slow = replace(make_article("slow"), published_at=now - timedelta(hours=5))
    stated = Evidence(field="published_at", origin=Origin.META, raw="2026-11-22", precision=Precision.DAY)
    daily = replace(make_article("daily"), published_at=now - timedelta(hours=20), evidence=(stated,))
    with exporter(config) as url:
        commit(store, database, "one", fresh, slow, daily)
        scraped = scrape(url)

    def at_most(le: str) -> float:
        return value(scraped, "publication_lag_seconds_bucket", site="latinpost", le=le)

    assert (at_most("300.0"), at_most("900.0"), at_most("21600.0"), at_most("+Inf")) == (0, 1, 2, 2)
    assert value(scraped, "publication_lag_seconds_count", site="latinpost") == 2
    total = value(scraped, "publication_lag_seconds_sum", site="latinpost")
    assert total == pytest.approx(5 * 3600 + 600, abs=120)


def test_fetches_are_counted_by_outcome_once_from_the_start_of_the_exporter_on(
    config: Config, database: Database
) -> None:
    now = datetime.now(UTC)
    urls = [f"https://harbour.test/{n}" for n in range(4)]
    with database.transaction() as connection:
        finds = [Find(url=url, found=Found(via="https://harbour.test/", found_at=now)) for url in urls]
        add_finds(connection, "harbour", finds, now=now)

    def fetched(url: str, outcome: str) -> None:
        with database.transaction() as connection:
            record_fetches(connection, [Fetched(url_id=article_id(url), url=url, at=now, outcome=outcome)])

    fetched(urls[0], "fetched")
    with exporter(config) as url:
        before = scrape(url)
        fetched(urls[1], "fetched")
        fetched(urls[2], "timeout")
        scrape(url)
        fetched(urls[3], "fetched")
        after = scrape(url)

    assert not [key for key in before if key[0] == "pressrun_fetches_total"]
    assert value(after, "fetches_total", site="harbour", outcome="fetched") == 2
    assert value(after, "fetches_total", site="harbour", outcome="timeout") == 1


def test_sites_without_end_are_put_together(config: Config, store: ObjectStore, database: Database) -> None:
    pages = [replace(make_article(f"story-{n}"), site=f"site-{n}") for n in range(MAX_SITES + 5)]
    commit(store, database, "many", *pages)
    told = ArchiveCollector(store, database, config.seeds)

    sites = next(family for family in told.collect() if family.name == "pressrun_site_articles")

    assert len(sites.samples) == MAX_SITES + 1
    assert {sample.labels["site"]: sample.value for sample in sites.samples}["(others)"] == 5


def test_an_archive_that_cannot_be_read_is_told_as_such_and_may_come_back(
    config: Config, store: ObjectStore, database: Database
) -> None:
    commit(store, database, "one", make_article("one"))
    with exporter(config) as url:
        commit(store, database, "two", make_page("https://latinpost.test/", at=datetime.now(UTC)))
        path = Path(config.store) / "commits" / "000000000002.json"
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        with pytest.raises(urllib.error.HTTPError) as refused:
            text_of(url)
        path.write_bytes(whole)
        mended = scrape(url)

    assert refused.value.code == 503
    assert value(mended, "commits_total") == 2


def test_a_commit_whose_batch_is_damaged_is_counted_and_once(
    config: Config, store: ObjectStore, database: Database
) -> None:
    with exporter(config) as url:
        commit(store, database, "one", make_article("one"))
        (batch,) = (Path(config.store) / "batches").rglob("*.zst")
        batch.write_bytes(batch.read_bytes()[:-9])
        first, second = scrape(url), scrape(url)

    assert value(first, "articles_total", change="new") == 1
    assert value(second, "articles_total", change="new") == 1


def test_a_site_without_a_seed_any_more_is_not_waited_for(config: Config, database: Database) -> None:
    now = datetime.now(UTC)
    write_site(config.seeds, Site(name="hills", home="https://hills.test/"))
    with database.transaction() as connection:
        for site in ("harbour", "hills"):
            url = f"https://{site}.test/"
            add_pages(connection, site, [(url, Kind.HOME, "seed", None)], now=now, interval_seconds=60)
            look = Look(site=site, url=url, at=now, outcome="fetched", changed=True)
            looked(connection, look, floor_seconds=60, ceiling_seconds=600)
    with exporter(config) as url:
        before = scrape(url)
        next(config.seeds.rglob("hills.toml")).unlink()
        after = scrape(url)

    assert value(before, "last_crawl_timestamp_seconds", site="hills") == pytest.approx(now.timestamp())
    assert (value(before, "sites"), value(after, "sites")) == (2, 1)
    told = {labels for name, labels in after if name == "pressrun_last_crawl_timestamp_seconds"}
    assert told == {(("site", "harbour"),)}


def test_waiting_and_quarantined_segments_are_told(
    config: Config, store: ObjectStore, database: Database
) -> None:
    config.work.mkdir(parents=True, exist_ok=True)
    keys = [
        publish_segment(store, database, config.work, [Answer(url="https://harbour.test/")]) for _ in range(3)
    ]
    with database.transaction() as connection:
        segments.mark_failed(connection, keys[0], "torn", lasting=True)
    with exporter(config) as url:
        scraped = scrape(url)

    assert value(scraped, "segments", state="pending") == 2
    assert value(scraped, "segments", state="quarantined") == 1
