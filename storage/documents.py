"""Articles as plain JSON objects, for anyone with an S3 client: a follower of the log.

    articles/<site>/<yyyy>/<mm>/<dd>/<article-id>-<revision-id>.json    one `StoredArticle`
    followers/documents.json                                            {"seq": 17}: written out up to there

The day is that of `fetched_at`; articles of no site lie under `_`; the document of a restored article has
`-restored-<seq>` before `.json`. A revision is written once and never changed, so writing again after a kill
changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from storage import batches, records
from storage.ahead import ahead
from storage.batches import Change
from storage.log import Commit, Log
from storage.objects import NotFound, ObjectStore
from storage.stored import StoredArticle, stored

PREFIX = "articles/"
CURSOR_KEY = "followers/documents.json"
WIDTH = 16
"""Documents put at once."""
EVERY = 1_000
"""Documents between two moves of the cursor."""


class BadCursor(Exception):
    """The follower's cursor cannot be read; the message names its key and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the documents are written."""

    seq: int


def follow_documents(store: ObjectStore) -> int:
    """Write out every revision up to the log's end; how many commits were taken in.

    Safe to kill, to repeat and to run twice at once: the slower of two gives way. Raises BadCursor, and what
    the log and the store raise.
    """
    begin, version = _read_cursor(store)
    done, held, unsaved = begin, list[tuple[Commit, list[str]]](), 0
    for commit, articles in _revisions(store, begin):
        for _ in ahead(lambda article: _write(store, article), articles, width=WIDTH):
            unsaved += 1
        held.append((commit, [document_key(article) for article in articles]))
        done = commit.seq
        if unsaved >= EVERY:
            version = _save(store, done, version)
            if version is None:
                break
            held, unsaved = [], 0
    else:
        if not held or _save(store, done, version) is not None:
            return done - begin
    _withdraw(store, held)
    return done - begin


def documents_cursor(store: ObjectStore) -> int:
    """Number of the last commit whose documents are written. Raises BadCursor."""
    return _read_cursor(store)[0]


def document_key(article: StoredArticle) -> str:
    """Where the document of a revision lies."""
    # the same text as before, perhaps of the same day, and news all the same
    again = f"-restored-{article.seq}" if article.change is Change.RESTORED else ""
    name = f"{article.article_id}-{article.revision_id}{again}.json"
    return f"{day_folder(article.site, article.fetched_at)}/{name}"


def day_folder(site: str | None, fetched_at: datetime) -> str:
    """The folder of documents of a site, fetched on a day: `articles/latinpost/2026/11/22`."""
    return f"{PREFIX}{_UNSAFE.sub('-', site or '') or '_'}/{fetched_at.astimezone(UTC):%Y/%m/%d}"


_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def _revisions(store: ObjectStore, cursor: int) -> Iterator[tuple[Commit, list[StoredArticle]]]:
    commits = Log(store).follow(cursor)
    for commit, packed in ahead(lambda commit: batches.fetch(store, commit.batch, commit.sha256), commits):
        revisions = batches.revisions(packed.key, packed.data, packed.sha256)
        yield commit, [stored(revision, commit) for revision in revisions]


def _withdraw(store: ObjectStore, held: list[tuple[Commit, list[str]]]) -> None:
    """Remove documents, written by a follower that was overtaken, of what was taken down meanwhile."""
    for commit, keys in held:
        packed = batches.fetch(store, commit.batch, commit.sha256)
        revisions = batches.revisions(packed.key, packed.data, packed.sha256)
        for key in set(keys) - {document_key(stored(revision, commit)) for revision in revisions}:
            store.delete(key)


def _write(store: ObjectStore, article: StoredArticle) -> None:
    # Create-only: a text that was edited and edited back within a day keeps its first document.
    store.create(document_key(article), records.to_json(article) + b"\n")


def _read_cursor(store: ObjectStore) -> tuple[int, str | None]:
    try:
        data, version = store.get_versioned(CURSOR_KEY)
    except NotFound:
        return 0, None
    try:
        return records.from_json(data, Cursor).seq, version
    except records.BadRecord as error:
        raise BadCursor(
            f"{CURSOR_KEY}: {error}; `pressrun verify --repair` removes it and writes every document again"
        ) from error


def _save(store: ObjectStore, seq: int, version: str | None) -> str | None:
    """The cursor's new version; None: another follower has moved it, and does the rest."""
    return store.replace(CURSOR_KEY, records.to_json(Cursor(seq=seq)) + b"\n", version)
