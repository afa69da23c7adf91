"""The sample newspaper crawled by the real child process: found, fetched, left alone, noticed when edited."""

from __future__ import annotations

import re
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from articles.model import Capture, Site
from seeds.sample import paper as sample
from seeds.sample.paper import load_paper, sample_site
from seeds.sample.server import Request, SampleServer, serve
from spiders.events import Ended, Job, SegmentClosed, decode
from storage.objects import open_store
from storage.segments import captures_of
from storage.state import segments
from storage.state.database import open_database
from storage.state.frontier import sites
from tests.support.crawling import Crawl, crawl, finish, make_job, start


@dataclass
class Crawled:
    crawl: Crawl
    captures: list[Capture]
    requests: list[Request]
    url: str
    port: int


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """One crawl of the bundled paper, for all tests that only look at it."""
    with serve(port=0) as running:
        result = crawl(make_job(tmp_path_factory.mktemp("sample"), [sample_site(running.port)]))
        return Crawled(result, result.captures(), list(running.requests), running.url, running.port)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SampleServer]:
    root = tmp_path / "sample"
    shutil.copytree(sample.ROOT, root, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    with serve(port=0, root=root) as running:
        yield running


def test_the_whole_paper_is_found_and_a_second_crawl_only_asks_what_changed(
    server: SampleServer, tmp_path: Path
) -> None:
    paper = load_paper(tmp_path / "sample")
    job = make_job(tmp_path, [sample_site(server.port)])

    first = crawl(job)
    done = first.done("sample")
    asked = Counter(request.path for request in server.requests)
    assert first.code == 0, first.stderr
    assert done.ended is Ended.DONE
    assert {article.path for article in paper.articles} <= set(asked)
    assert max(asked[article.path] for article in paper.articles) == 1
    assert done.requests == len(server.requests)

    server.requests.clear()
    second = crawl(job).done("sample")
    assert (second.new, second.fetched) == (0, 0)
    assert all(request.conditional and request.status == 304 for request in server.requests)
    assert 0 < second.requests == second.conditional <= 8

    server.requests.clear()
    article = next(article for article in paper.articles if article.listed)
    article.file.write_text(_edited(article.file.read_text(encoding="utf-8")), encoding="utf-8")
    third = crawl(job)
    assert third.done("sample").fetched == 1
    captured = [capture for capture in third.captures() if capture.url.endswith(article.path)]
    assert len(captured) == 1
    assert captured[0].status == 200
    assert not captured[0].unchanged


def _edited(text: str) -> str:
    """The article with another headline, and a later date of its last change."""
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
    text = re.sub(r"(?m)^updated = .*\n", "", text, count=1)
    text = re.sub(r"(?m)^(published = .*)$", rf"\1\nupdated = {later}", text, count=1)
    return re.sub(r'(?m)^title = "(.*)"$', r'title = "\1 (updated)"', text, count=1)


def test_found_urls_carry_title_date_and_origin_to_their_captures(crawled: Crawled) -> None:
    article = next(article for article in load_paper().articles if article.listed)
    capture = next(capture for capture in crawled.captures if capture.url.endswith(article.path))
    assert capture.found is not None
    assert capture.found.title == article.title
    assert capture.found.published_at == article.published_at.astimezone(UTC)
    assert capture.site == "sample"


def test_robots_txt_feeds_and_redirects_are_in_the_segments_too(crawled: Crawled) -> None:
    paths = {"/" + capture.url.split("/", 3)[3] for capture in crawled.captures}
    assert {"/robots.txt", "/", "/rss.xml", "/news-sitemap.xml"} <= paths
    told = sum(closed.captures for closed in crawled.crawl.segments)
    assert len(crawled.captures) == len(crawled.requests) == told


def test_the_story_of_a_url_says_who_named_it_and_what_became_of_it(crawled: Crawled) -> None:
    article = next(article for article in load_paper().articles if article.listed)
    history = crawled.crawl.history(crawled.url.rstrip("/") + article.path)
    assert history is not None
    assert any(found.via.endswith("/rss.xml") or "sitemap" in found.via for found in history.mentions)
    (attempt,) = history.attempts
    assert (attempt.outcome, attempt.status) == ("fetched", 200)
    assert attempt.segment in {closed.key for closed in crawled.crawl.segments}


def test_segments_are_published_while_the_crawl_goes_on(server: SampleServer, tmp_path: Path) -> None:
    job = make_job(tmp_path, [_slow(server)], max_segment_bytes=20_000)
    process = start(job)
    assert process.stdout is not None
    seen = 0
    for line in process.stdout:
        event = decode(line)
        if isinstance(event, SegmentClosed):
            seen += 1
            if seen == 2:
                break
    assert process.poll() is None  # it is still crawling
    process.send_signal(signal.SIGTERM)
    process.stdout.read()
    assert process.wait(30) == 0


def test_sigterm_seals_and_publishes_what_was_fetched(server: SampleServer, tmp_path: Path) -> None:
    result = _stop(make_job(tmp_path, [_slow(server)]), server, signal.SIGTERM)
    assert result.code == 0, result.log
    assert result.done("sample").ended is Ended.STOPPED
    assert sum(closed.captures for closed in result.segments) >= 10
    assert not list((tmp_path / "work").rglob("*.warc.gz*"))


def test_after_kill_9_the_segment_is_recovered_and_nothing_is_lost(
    server: SampleServer, tmp_path: Path
) -> None:
    job = make_job(tmp_path, [_slow(server)])
    killed = _stop(job, server, signal.SIGKILL)
    assert not killed.segments
    make_job(tmp_path, [sample_site(server.port)])
    second = crawl(job)
    assert second.code == 0
    assert "left by an earlier process" in second.log
    database = open_database(job.database)
    with database.transaction() as connection:
        keys = [info.key for info in segments.pending(connection)]
    captures = [capture for key in keys for capture in captures_of(open_store(job.store), key)]
    paths = {"/" + capture.url.split("/", 3)[3] for capture in captures if capture.status == 200}
    assert {article.path for article in load_paper(tmp_path / "sample").articles} <= paths


def test_a_site_is_due_at_first_and_then_when_something_is(crawled: Crawled, tmp_path: Path) -> None:
    site = sample_site(crawled.port)
    nightly = replace(site, schedule="0 3 * * *", timezone="America/New_York")
    now = datetime.now(UTC)
    with open_database(f"sqlite:///{tmp_path / 'new.sqlite'}").transaction() as connection:
        assert sites.due_sites(connection, [site], now) == ["sample"]
    with open_database(crawled.crawl.job.database).transaction() as connection:
        just_then = now - timedelta(minutes=3)
        assert sites.due_sites(connection, [site], just_then) == []
        assert sites.due_sites(connection, [site], now + timedelta(days=1)) == ["sample"]
        assert sites.due_sites(connection, [nightly], just_then) == []
        assert sites.due_sites(connection, [nightly], now + timedelta(days=1, hours=1)) == ["sample"]


def _slow(server: SampleServer) -> Site:
    site = sample_site(server.port)
    return replace(site, fetch=replace(site.fetch, delay_seconds=0.05))


def _stop(job: Job, server: SampleServer, number: int) -> Crawl:
    """Send a signal once a good part of the paper was fetched."""
    process = start(job)

    def watch() -> None:
        while len(server.requests) < 40 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)

    watcher = threading.Thread(target=watch)
    watcher.start()
    result = finish(job, process)
    watcher.join()
    return result
