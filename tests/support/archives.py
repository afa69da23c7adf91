"""Articles, readings and whole archives made up for tests of the storage room."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

from articles.model import (
    EXTRACTOR,
    Article,
    Evidence,
    Image,
    Kind,
    Origin,
    Pointer,
    Post,
    Precision,
    Reason,
    Rejection,
    Removed,
    Zone,
)
from articles.revision import revision_id
from articles.urls import article_id
from storage.batches import Unchanged
from storage.commit import Reading, commit_segment
from storage.log import Commit
from storage.objects import ObjectStore
from storage.state.database import Database, open_database

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def hour(number: float) -> datetime:
    """A moment so many hours after the tests' beginning."""
    return START + timedelta(hours=number)


def make_article(
    name: str = "harbour",
    *,
    body: str = "The harbour opens on Monday.",
    at: datetime = START,
    site: str | None = "latinpost",
    extractor: str = EXTRACTOR,
    url: str = "",
) -> Article:
    """An article with every field filled, its ids from its URL and content."""
    url = url or f"https://www.{site or 'nowhere'}.test/{name}"
    article = Article(
        article_id=article_id(url),
        revision_id="",
        site=site,
        url=url,
        fetched_url=url + "?utm_source=feed",
        fetched_at=at,
        title=f"News of “{name}”",
        paragraphs=(body, f"All of it about {name}.", "Línea tres 新聞."),
        dek="What it means",
        authors=("Ana Pérez", "Bob Stone"),
        organisations=("Metro Desk",),
        agencies=("AP",),
        published_at=START - timedelta(hours=2),
        modified_at=START - timedelta(hours=1),
        language="en",
        section="Politics",
        keywords=("harbour", "trade"),
        image=Image(url="https://img.test/1.jpg", caption="A crane", credit="AP"),
        posts=(Post(at=START, title=None, paragraphs=("One", "Two")),),
        removed=(
            Removed(
                kind=Kind.NEWSLETTER,
                text="Sign up for our free newsletter!",
                place=1,
                score=0.97,
                reason="asks the reader to sign up",
                path="article > div.newsletter",
            ),
        ),
        evidence=(
            Evidence(
                field="published_at",
                origin=Origin.JSON_LD,
                raw="2026-11-22T06:00Z",
                precision=Precision.MINUTE,
                zone=Zone.STATED,
            ),
        ),
        confidence=0.9,
        extractor=extractor,
        pointer=Pointer(segment="segments/2026/11/22/a.warc.gz", offset=10, length=20),
    )
    return replace(article, revision_id=revision_id(article))


def make_rejection(name: str = "logo.png", *, at: datetime = START, extractor: str = EXTRACTOR) -> Rejection:
    """A picture, which is no article."""
    return Rejection(
        reason=Reason.NOT_HTML,
        detail="image/png",
        url=f"https://www.latinpost.test/{name}",
        fetched_at=at,
        status=200,
        site="latinpost",
        extractor=extractor,
    )


def make_unchanged(name: str = "harbour", *, at: datetime = START, site: str = "latinpost") -> Unchanged:
    """A 304 for an article."""
    url = f"https://www.{site}.test/{name}"
    return Unchanged(
        url=url,
        site=site,
        article_id=article_id(url),
        revision_id=None,
        fetched_at=at,
        status=304,
        detail="HTTP 304",
    )


def make_miss(
    name: str = "harbour", *, at: datetime, status: int = 404, target: str | None = None
) -> Rejection:
    """A capture of an article's address that does not find it; with `target` a redirect to there."""
    reason = Reason.STATUS if target is None else Reason.REDIRECT
    return Rejection(
        reason=reason,
        detail=f"HTTP {status}",
        url=f"https://www.latinpost.test/{name}",
        fetched_at=at,
        status=301 if target else status,
        site="latinpost",
        target=target,
    )


def make_page(url: str, *, at: datetime, reason: Reason = Reason.LISTING, status: int = 200) -> Rejection:
    """A page that is no article."""
    return Rejection(reason=reason, detail="made up", url=url, fetched_at=at, status=status, site="latinpost")


def segment_key(name: str) -> str:
    """Key of a segment with a readable name."""
    return f"segments/2026/11/22/{name}.warc.gz"


def commit(
    store: ObjectStore,
    database: Database,
    name: str,
    *readings: Reading,
    extractor: str = EXTRACTOR,
    captures: int | None = None,
) -> Commit | None:
    """Commit readings as those of the segment with this name."""
    return commit_segment(
        store,
        database,
        segment=segment_key(name),
        sha256=sha256(name.encode()).hexdigest(),
        extractor=extractor,
        captures=len(readings) if captures is None else captures,
        readings=readings,
    )


def new_database(folder: Path, name: str = "state") -> Database:
    """An operational database in a folder."""
    return open_database(f"sqlite:///{folder / name}.sqlite")


def kill_followers(store: ObjectStore, what: str, after: Iterable[int]) -> None:
    """Let real processes follow the log, each killed after so many batches; then one that is let be."""
    for count in (*after, None):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.support.follower", store.url, what],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        with child.stdout as lines:
            if count is not None:
                deque(islice(lines, count), maxlen=0)
                child.kill()
            else:
                deque(lines, maxlen=0)
        child.wait(60)
        # The last ones may be done before they can be killed.
        assert child.returncode == 0 or (count is not None and child.returncode == -signal.SIGKILL)
