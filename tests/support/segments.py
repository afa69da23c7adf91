"""Published segments made up for tests of reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.objects import ObjectStore
from storage.segments import new_segment_id, publish
from storage.state.database import Database
from storage.warc import SegmentWriter

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered to one request."""

    url: str
    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    site: str | None = "harbour"


def page(number: int, *, edition: str = "first") -> bytes:
    """An article page with a story of its own and a newsletter prompt."""
    paragraphs = "".join(
        f"<p>Paragraph {n} of story {number}, {edition} edition, tells at some length how the council of the "
        f"harbour town voted on Tuesday night to rebuild pier {n * 7 + number} before the winter storms.</p>"
        for n in range(1, 6)
    )
    return (
        f"<!doctype html><html lang=en><head><title>Story {number} of the harbour</title>"
        '<meta property="og:type" content="article"></head>'
        f"<body><article><h1>Story {number} of the harbour</h1>"
        f'{paragraphs}<p class="newsletter">Sign up for our free newsletter!</p></article></body></html>'
    ).encode()


def publish_segment(
    store: ObjectStore,
    database: Database,
    work: Path,
    answers: Sequence[Answer],
    *,
    at: datetime = START,
) -> str:
    """A sealed segment with these answers, in the store and registered as pending; its key."""
    segment_id = new_segment_id(at)
    path = work / f"{segment_id}.warc.gz"
    writer = SegmentWriter(path, segment_id=segment_id, software="tests")
    for answer in answers:
        writer.response(
            url=answer.url,
            site=answer.site,
            fetched_at=at,
            request_headers=[(b"Host", b"harbour.test")],
            status=answer.status,
            headers=[(b"Content-Type", answer.content_type.encode())],
            body_as_sent=answer.body,
        )
    writer.seal()
    return publish(store, database, path).key
