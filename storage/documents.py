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
from datetime import UTC

from storage import batches, records
from storage.ahead import ahead
from storage.batches import Change
from storage.log import Log
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
class _Cursor:
    seq: int


def follow_documents(store: ObjectStore) -> int:
    """Write out every revision up to the log's end; how many commits were taken in.

    Safe to kill, to repeat and to run twice at once: the slower of two gives way. Raises BadCursor, and what
    the log and the store raise.
    """
    begin, version = _read_cursor(store)
    done, unsaved = begin, 0
    for seq, articles in _revisions(store, begin):
        for _ in ahead(lambda article: _write(store, article), articles, width=WIDTH):
            unsaved += 1
        done = seq
        if unsaved >= EVERY:
            version, unsaved = _save(store, done, version), 0
            if version is None:
                return done - begin
    if done > begin:
        _save(store, done, version)
    return done - begin


def documents_cursor(store: ObjectStore) -> int:
    """Number of the last commit whose documents are written. Raises BadCursor."""
    return _read_cursor(store)[0]


def document_key(article: StoredArticle) -> str:
    """Where the document of a revision lies."""
    day = article.fetched_at.astimezone(UTC)
    # the same text as before, perhaps of the same day, and news all the same
    again = f"-restored-{article.seq}" if article.change is Change.RESTORED else ""
    name = f"{article.article_id}-{article.revision_id}{again}.json"
    return f"{PREFIX}{site_folder(article.site)}/{day:%Y/%m/%d}/{name}"


def site_folder(site: str | None) -> str:
    """The folder of a site's documents."""
    return _UNSAFE.sub("-", site or "") or "_"


_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def _revisions(store: ObjectStore, cursor: int) -> Iterator[tuple[int, list[StoredArticle]]]:
    commits = Log(store).follow(cursor)
    for commit, packed in ahead(lambda commit: batches.fetch(store, commit.batch, commit.sha256), commits):
        revisions = batches.revisions(packed.key, packed.data, packed.sha256)
        yield commit.seq, [stored(revision, commit) for revision in revisions]


def _write(store: ObjectStore, article: StoredArticle) -> None:
    # Create-only: a text that was edited and edited back within a day keeps its first document.
    store.create(document_key(article), records.to_json(article) + b"\n")


def _read_cursor(store: ObjectStore) -> tuple[int, str | None]:
    try:
        data, version = store.get_versioned(CURSOR_KEY)
    except NotFound:
        return 0, None
    try:
        return records.from_json(data, _Cursor).seq, version
    except records.BadRecord as error:
        raise BadCursor(f"{CURSOR_KEY}: {error}; remove it and every document is written again") from error


def _save(store: ObjectStore, seq: int, version: str | None) -> str | None:
    """The cursor's new version; None: another follower has moved it, and does the rest."""
    return store.replace(CURSOR_KEY, records.to_json(_Cursor(seq=seq)) + b"\n", version)
