"""What goes wrong on our own machine in the middle of a crawl is told in one line, and loses nothing."""

from __future__ import annotations

import resource
import secrets
from pathlib import Path

import pytest

from articles.model import Site
from spiders.events import Ended, LogLine
from storage.objects import open_store
from storage.segments import captures_of
from storage.state import segments
from storage.state.database import open_database
from tests.support.crawling import Crawl, crawl, finish, local_site, make_job, start
from tests.support.hostile import Connection, Pages, Web, article, feed, page

STORIES = [f"/2026/11/22/story-number-{n}-of-many" for n in range(40)]


async def many(connection: Connection) -> None:
    await connection.send(feed(*STORIES, base=connection.url))


async def bulky(connection: Connection) -> None:
    await connection.send(page(article() + f"<!-- {secrets.token_hex(10_000)} -->"))


SITES: dict[str, Pages] = {
    "small": {"/feed": many},
    "bulky": {"/feed": many, **dict.fromkeys(STORIES, bulky)},
}


def on_a_full_disk(folder: Path, site: Site, max_bytes: int) -> Crawl:
    """A crawl in which no file can become larger than this."""
    job = make_job(folder, [site])
    crawl(make_job(folder, [local_site("nothing", "http://127.0.0.1:1")]))  # makes the database
    process = start(job)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (max_bytes, max_bytes))
    return finish(job, process)


@pytest.mark.parametrize(
    ("name", "max_bytes", "sentence"),
    [
        ("small", 60_000, "the disk is full or failing"),
        (
            "bulky",
            150_000,
            "File too large: the file is larger than this process or file system may write; raise the limit",
        ),
    ],
)
def test_a_full_disk_is_told_without_a_traceback_and_what_was_not_stored_stays_due(
    tmp_path: Path, name: str, max_bytes: int, sentence: str
) -> None:
    with Web(SITES) as web:
        full = on_a_full_disk(tmp_path, local_site(name, web.urls[name]), max_bytes)
        assert full.code == 1
        assert full.done(name).ended is Ended.STOPPED
        errors = [
            event.message for event in full.events if isinstance(event, LogLine) and event.level == "ERROR"
        ]
        assert errors
        assert all(sentence in error for error in errors)
        assert "Traceback" not in full.log + full.stderr
        again = crawl(full.job)
        assert again.code == 0
        database = open_database(full.job.database)
        with database.transaction() as connection:
            keys = [info.key for info in segments.pending(connection)]
        store = open_store(full.job.store)
        stored = {capture.url for key in keys for capture in captures_of(store, key) if capture.status == 200}
        assert {web.urls[name] + path for path in STORIES} <= stored
