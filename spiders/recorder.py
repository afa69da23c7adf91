"""Every answer into a segment, as it was sent; segments published while the crawl goes on.

One segment is open at a time. It is sealed when it is large or old enough, or when the process ends, and then
published in a thread of its own, while the next one is already being written. What a fetch means for the
frontier is promised with `promise` and recorded only once the segment that holds its capture is in the store
and registered: kill the process at any moment, and what was not published is due as before. What was left of
a killed process's segment is recovered by the next sweep; its URLs are fetched once more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import NotConfigured

from articles.model import Found, Terms
from spiders.events import SegmentClosed
from spiders.outcome import FetchError
from spiders.wire import Answer, Headers
from storage import segments
from storage.objects import ObjectStore, StoreError, sentence
from storage.state.database import Database, DatabaseError
from storage.state.frontier.fetching import Fetched, record_fetches
from storage.warc import Earlier, SegmentWriter, payload_digest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

log = logging.getLogger(__name__)

MOST = 2
"""How many times its usual size and age a segment may have so that an article's pages stand in it together."""


class Recorder:
    """Writes segments into `folder` and publishes them. Its methods are called from one thread."""

    def __init__(
        self,
        *,
        folder: Path,
        store: ObjectStore,
        database: Database,
        software: str,
        max_bytes: int,
        max_seconds: float,
        emit: Callable[[SegmentClosed], None],
    ) -> None:
        self._folder = folder
        self._store = store
        self._database = database
        self._software = software
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._emit = emit
        self._writer: SegmentWriter | None = None
        self._begun = 0.0
        self._promised: list[Fetched] = []
        self._held = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publish")
        self._published: list[Future[None]] = []
        self.failures: list[str] = []
        """What could not be published, for the exit code; the files stay for the next sweep."""

    def response(
        self,
        *,
        url: str,
        site: str | None,
        at: datetime,
        answer: Answer,
        truncated: str | None,
        found: Found | None,
        terms: Terms | None,
        earlier: Earlier | None,
        rendered: bytes | None = None,
    ) -> str:
        """Record an answer with its request, evidence and rendering; the digest of its body as sent."""
        return self._open().response(
            url=url,
            site=site,
            fetched_at=at,
            request_headers=_raw(answer.request_headers),
            status=answer.status,
            reason=answer.reason,
            headers=_raw(answer.headers),
            body_as_sent=answer.body,
            truncated=truncated,
            found=found,
            terms=terms,
            ip=answer.ip,
            earlier=earlier,
            rendered=rendered,
        )

    def failure(
        self, *, url: str, site: str | None, at: datetime, error: FetchError, found: Found | None
    ) -> None:
        """Record a request that got no usable answer, or was never sent."""
        self._open().failure(
            url=url, site=site, at=at, outcome=error.outcome, detail=error.detail, found=found
        )

    def promise(self, fetched: Fetched) -> None:
        """Have a fetch recorded in the frontier once what was captured so far is published."""
        self._promised.append(fetched)

    def roll_if_due(self) -> None:
        """Seal and publish the open segment where it is large or old enough."""
        writer = self._writer
        if writer is None:
            return
        age = time.monotonic() - self._begun
        if self._held and writer.bytes < MOST * self._max_bytes and age < MOST * self._max_seconds:
            return
        old = age >= self._max_seconds
        if writer.bytes >= self._max_bytes or old:
            self.roll()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Meanwhile the open segment stays open, unless it becomes far too large or old."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def roll(self) -> None:
        """Seal the open segment, and publish it in the background."""
        writer, self._writer = self._writer, None
        promised, self._promised = self._promised, []
        if writer is None:
            self._published.append(self._thread.submit(self._record, promised))
            return
        try:
            writer.seal()
        except OSError as error:
            # a full disk: the next sweep seals and publishes what was written
            writer.close()
            self._failed(f"segment {writer.path} could not be sealed, and is kept: {sentence(error)}")
            return
        self._published.append(self._thread.submit(self._publish, writer.path, promised))

    def close(self) -> None:
        """Seal what is open, and wait until everything is published."""
        self.roll()
        self._thread.shutdown(wait=True)
        for done in self._published:
            done.result()

    def _open(self) -> SegmentWriter:
        self.roll_if_due()
        if self._writer is None:
            segment_id = segments.new_segment_id(datetime.now(UTC))
            path = self._folder / f"{segment_id}{segments.SUFFIX}"
            self._writer = SegmentWriter(path, segment_id=segment_id, software=self._software)
            self._begun = time.monotonic()
        return self._writer

    def _publish(self, path: Path, promised: list[Fetched]) -> None:
        try:
            info = segments.publish(self._store, self._database, path)
        except (StoreError, DatabaseError, OSError) as error:
            # what was promised stays due; the next sweep publishes the file
            self._failed(f"segment {path} could not be published, and is kept: {_told(error)}")
            return
        self._record([replace(fetched, segment=info.key) for fetched in promised])
        self._emit(SegmentClosed(key=info.key, captures=info.captures, bytes=info.bytes))

    def _record(self, promised: list[Fetched]) -> None:
        if not promised:
            return
        try:
            with self._database.transaction() as connection:
                record_fetches(connection, promised)
        except DatabaseError as error:
            self._failed(f"{len(promised)} fetches could not be recorded, and are due as before: {error}")

    def _failed(self, sentence: str) -> None:
        log.error("%s", sentence)
        self.failures.append(sentence)


def _told(error: Exception) -> str:
    return sentence(error) if isinstance(error, OSError) else str(error)


def _raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers
    ]


class RecorderMiddleware:
    """Downloader middleware nearest to the wire: hands every exchange to the spider's recorder.

    Reads `site`, `found` and `earlier` of `request.meta`; leaves `at` and `digest`, takes `answer` away.
    """

    def __init__(self, crawler: Crawler) -> None:
        recorder = getattr(crawler.spider, "recorder", None)
        if recorder is None:
            raise NotConfigured  # nothing is recorded outside of a job: no reason to warn of
        self._recorder: Recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RecorderMiddleware:
        """As Scrapy builds its components."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Record an answer."""
        meta: dict[str, Any] = request.meta
        answer: Answer | None = meta.pop("answer", None)
        if answer is not None:
            problem: FetchError | None = meta.get("problem")
            cut = problem is not None and problem.outcome == "truncated"
            meta["digest"] = self._recorder.response(
                url=request.url,
                site=meta.get("site"),
                at=meta.setdefault("at", datetime.now(UTC)),
                answer=answer,
                truncated=answer.truncated or ("disconnect" if cut else None),
                found=meta.get("found"),
                terms=meta.get("terms"),
                earlier=meta.get("earlier"),
                rendered=meta.get("rendered"),
            )
            if meta.get("rendered") is not None:
                meta["digest"] = payload_digest(meta["rendered"])  # what tells whether the page changed
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Record why there is no answer."""
        if isinstance(exception, FetchError):
            self._recorder.failure(
                url=request.url,
                site=request.meta.get("site"),
                at=datetime.now(UTC),
                error=exception,
                found=request.meta.get("found"),
            )
