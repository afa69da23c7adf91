"""Articles that leave a living site: their captures reach the segment, and the archive tells of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import update

from flows.segment import normalize_segment
from spiders.events import Job
from storage.batches import Change
from storage.delta import follow_tables
from storage.documents import follow_documents
from storage.objects import open_store
from storage.reader import Archive
from storage.state import index, segments
from storage.state.database import open_database
from storage.state.frontier import fetching, known
from storage.verify import verify
from tests.support.crawling import crawl, local_site, make_job

NAMES = ("removed-for-good", "not-found-today", "led-to-the-front-page", "still-here")
TEXT = (
    "The council met on Tuesday evening to discuss the new plan for the harbour wall, and voted after two hours.",
    "Residents who live near the water asked for a study of the tides first, which the mayor said would follow.",
    "Work is to begin in spring, when the fishing fleet has left, and to be finished before the autumn storms.",
)


class Paper:
    """A newspaper of four articles, some of which can be taken away."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str]] = {}
        paper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = paper.answer(self.path)
                self.send_response(status)
                if status == 301:
                    self.send_header("Location", body)
                    body = ""
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def path(self, name: str) -> str:
        return f"/2026/11/20/{name}-on-the-quay"

    def answer(self, path: str) -> tuple[int, str]:
        if path in self.answers:
            return self.answers[path]
        if path == "/":
            links = "".join(f'<li><a href="{self.path(name)}">News of {name}</a></li>' for name in NAMES)
            return 200, f"<html><title>The Quay</title><body><h1>The Quay</h1><ul>{links}</ul></body></html>"
        for name in NAMES:
            if path == self.path(name):
                paragraphs = "".join(f"<p>{name}: {line}</p>" for line in TEXT)
                return 200, (
                    f"<html><head><title>{name}</title><meta property='og:type' content='article'></head>"
                    f"<body><article><h1>What is {name}</h1>{paragraphs}</article></body></html>"
                )
        return 404, "<h1>Not found</h1>"


@pytest.fixture
def paper() -> Iterator[Paper]:
    paper = Paper()
    thread = threading.Thread(target=paper.server.serve_forever, daemon=True)
    thread.start()
    yield paper
    paper.server.shutdown()
    paper.server.server_close()


def crawl_and_read(job: Job) -> None:
    """Crawl once, every article being due, and read what came."""
    database = open_database(job.database)
    with database.transaction() as connection:
        connection.execute(update(known.urls).values(next_at=datetime.now(UTC)))
    result = crawl(job)
    assert result.code == 0, result.stderr
    with database.transaction() as connection:
        keys = [info.key for info in segments.pending(connection)]
    for key in keys:
        normalize_segment(open_store(job.store), database, {}, key)
    database.close()


def test_what_left_the_site_is_removed_or_awaits_its_confirmation(paper: Paper, tmp_path: Path) -> None:
    job = make_job(tmp_path, [local_site("quay", paper.url)])
    crawl_and_read(job)
    archive = Archive(open_store(job.store))
    assert sorted(row.url for row in archive.changes()) == sorted(paper.url + paper.path(n) for n in NAMES)
    seen = archive.head()

    removed, missing, led_away, here = (paper.path(name) for name in NAMES)
    paper.answers = {removed: (410, "gone"), missing: (404, "nothing here"), led_away: (301, "/")}
    crawl_and_read(job)
    (row,) = archive.changes(seen)
    assert (row.url, row.change, row.status) == (paper.url + removed, Change.REMOVED, 410)

    database = open_database(job.database)
    ids = {path: archive.article(paper.url + path).article_id for path in (removed, missing, led_away, here)}  # type: ignore[union-attr]
    with database.transaction() as connection:
        heads = index.heads(connection, ids.values())
        looks = {path: known.history(connection, paper.url + path) for path in ids}
    states = {path: heads[key].absence for path, key in ids.items()}
    assert states[here] is None
    assert [absence.gone for absence in states.values() if absence] == [True, False, False]
    # Each of them is looked at again: to be confirmed, or in case that it comes back.
    waits = {path: look.next_at - datetime.now(UTC) for path, look in looks.items() if look and look.next_at}
    assert len(waits) == 4
    assert timedelta(0) < waits[missing] <= fetching.RETRY
    assert timedelta(0) < waits[led_away] <= fetching.RETRY

    paper.answers = {}
    crawl_and_read(job)
    (_, back) = archive.changes(seen)
    assert (back.url, back.change) == (paper.url + removed, Change.RESTORED)
    assert "harbour wall" in back.text
    follow_tables(archive.store)
    follow_documents(archive.store)
    assert list(verify(archive.store, database, lambda step, number: None)) == []
    documents = [key for key, _ in archive.store.list("articles/") if back.article_id in key]
    assert len(documents) == 3
    database.close()
