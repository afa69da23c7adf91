"""What is left of an article that was taken down: the ids that name it, and a rejection for each of its captures.

A tombstone is a revision of kind TAKEN_DOWN that holds nothing: a commit of its own brings it, so that readers
hear of it in order and every index knows it. URLs are gone too; `taken-down:<article id>` stands in their place.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from articles.model import Article, Pointer, Reason, Rejection
from articles.revision import revision_id
from articles.urls import article_id
from storage.batches import Change, Outcome, Revision, Unchanged

READER = "takedown"
"""In the place of a reader's version in commits that bring tombstones; their segment is `takedowns/...`."""
SCHEME = "taken-down:"
DETAIL = "taken down"
_WHOLE = re.compile(r"(?:page \d+|a further page) of (.+?)(?:, (?:left out|which is no) .*)?$")


def id_of(url: str) -> str:
    """The id of the article at a URL, however it is spelt; of a URL of ours, the id it names."""
    if url.startswith(SCHEME):
        return url.removeprefix(SCHEME)
    return article_id(url)


def ids_of(reading: Article | Outcome) -> frozenset[str]:
    """Ids of every address that a reading or outcome is of: its own, its article's, a redirect's target, the first
    page that it is a further page of."""
    if isinstance(reading, Revision):
        reading = reading.article
    if isinstance(reading, Article):
        return frozenset((reading.article_id, id_of(reading.fetched_url)))
    own = id_of(reading.url)
    if isinstance(reading, Unchanged):
        return frozenset((own, reading.article_id or own))
    other = target_of(reading) or _whole_of(reading)
    return frozenset((own, other)) if other else frozenset((own,))


def target_of(rejection: Rejection) -> str | None:
    """Id of the address that a redirect leads to."""
    if rejection.reason is not Reason.REDIRECT:
        return None
    return article_id(rejection.target) if rejection.target else None


def _whole_of(rejection: Rejection) -> str | None:
    """Id of the first page of the article that a rejected further page belongs to."""
    match = _WHOLE.match(rejection.detail) if rejection.reason is Reason.PART else None
    return id_of(match[1]) if match else None


def tombstone(key: str, *, site: str | None, at: datetime, previous: str | None) -> Revision:
    """The revision that takes the place of everything of an article."""
    empty = Article(
        article_id=key,
        revision_id="",
        site=site,
        url=SCHEME + key,
        fetched_url=SCHEME + key,
        fetched_at=at,
        title="",
        paragraphs=(),
        confidence=0.0,
        status=0,
        extractor=READER,
    )
    article = replace(empty, revision_id=revision_id(empty))
    return Revision(change=Change.TAKEN_DOWN, previous=previous, article=article)


def blanked(reading: Article | Outcome, key: str, extractor: str) -> Rejection:
    """What reading a capture gives whose record was taken down: nothing of the page, and no address."""
    capture = reading.article if isinstance(reading, Revision) else reading
    pointer: Pointer | None = capture.pointer
    return Rejection(
        reason=Reason.TAKEN_DOWN,
        detail=DETAIL,
        url=SCHEME + key,
        fetched_at=capture.fetched_at,
        status=0,
        site=capture.site,
        extractor=extractor,
        pointer=pointer,
    )


def is_blanked(outcome: Article | Outcome) -> bool:
    """Whether nothing is left of it to take down."""
    if isinstance(outcome, Revision):
        return outcome.change is Change.TAKEN_DOWN
    return isinstance(outcome, Rejection) and outcome.reason is Reason.TAKEN_DOWN
