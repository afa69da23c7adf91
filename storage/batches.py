"""Batches: what reading one segment gave, written once and never changed.

    batches/2026/11/22/<segment-id>.<extractor>.<sha16>.jsonl.zst

JSON lines in zstd. The first line is the header, then comes one outcome a line for each capture of the
segment, in the segment's order; the key `outcome` stands first in its line:

    {"format":1,"segment":"segments/2026/11/22/....warc.gz","segment_sha256":"...","extractor":"1","counts":{...}}
    {"outcome":"article","change":"new","previous":null,"article":{"article_id":...}}
    {"outcome":"unchanged","url":...,"article_id":...,"revision_id":...}
    {"outcome":"rejection","reason":"not_html","detail":"image/png","url":...}

`sha16` is the beginning of the SHA-256 of the file, so equal batches have equal keys and a batch can be put
again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from articles.model import Article, Pointer, Reason, Rejection
from storage import codings, records, superseded
from storage.objects import NotFound, ObjectStore

FORMAT = 1


class DamagedBatch(Exception):
    """A batch does not hold what the log says it holds; the message names its key and the numbers."""


class Change(StrEnum):
    """What an article's content is to what the archive had of it."""

    NEW = "new"
    EDITED = "edited"
    """The publisher changed words."""
    COSMETIC = "cosmetic"
    """The publisher changed spaces, quotes, dashes or the dateline's case: no word."""
    REEXTRACTED = "reextracted"
    """The content differs and another version of the reader read it: not to be blamed on the publisher."""
    OLDER = "older"
    """From a capture fetched before the current revision's: history found late. The current one stays."""
    TAKEN_DOWN = "taken_down"
    """Removed for good by `pressrun takedown`: nothing of the article is left but its ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An article whose content is new to the archive."""

    change: Change
    previous: str | None
    """Revision that was current before; None: the archive had none."""
    article: Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A capture that says what the archive knows already: a 304, a revisit, an article with equal content."""

    url: str
    site: str | None
    article_id: str | None
    revision_id: str | None
    fetched_at: datetime
    status: int
    pointer: Pointer | None = None
    detail: str = ""
    """For a person: `HTTP 304`, `same content`."""
    extractor: str | None = None
    """The reader that found equal content in the body; None: there was no body to read."""


Outcome = Revision | Unchanged | Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many captures of a segment became what."""

    articles: int
    unchanged: int
    rejections: int
    changes: dict[Change, int] = field(default_factory=dict)
    """Of `articles`."""
    reasons: dict[Reason, int] = field(default_factory=dict)
    """Of `rejections`."""
    sites: dict[str, int] = field(default_factory=dict)
    """Of `articles`, by site; articles of no site are under the empty name."""

    @property
    def captures(self) -> int:
        """Articles, unchanged and rejections together."""
        return self.articles + self.unchanged + self.rejections


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one segment gave to one version of the reader."""

    segment: str
    """Key of the segment."""
    segment_sha256: str
    extractor: str
    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> Counts:
        """How many outcomes of each kind there are."""
        return count(self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A batch as it is stored."""

    key: str
    sha256: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    format: int
    segment: str
    segment_sha256: str
    extractor: str
    counts: Counts


_TAGS: dict[type[Outcome], bytes] = {
    Revision: b'{"outcome":"article",',
    Unchanged: b'{"outcome":"unchanged",',
    Rejection: b'{"outcome":"rejection",',
}


def count(outcomes: Sequence[Outcome]) -> Counts:
    """Add up outcomes by kind."""
    revisions = [outcome for outcome in outcomes if isinstance(outcome, Revision)]
    rejections = [outcome for outcome in outcomes if isinstance(outcome, Rejection)]
    return Counts(
        articles=len(revisions),
        unchanged=len(outcomes) - len(revisions) - len(rejections),
        rejections=len(rejections),
        changes=dict(sorted(Counter(revision.change for revision in revisions).items())),
        reasons=dict(sorted(Counter(rejection.reason for rejection in rejections).items())),
        sites=dict(sorted(Counter(revision.article.site or "" for revision in revisions).items())),
    )


def pack(batch: Batch) -> Packed:
    """Encode a batch; equal batches give equal bytes and an equal key."""
    header = _Header(
        format=FORMAT,
        segment=batch.segment,
        segment_sha256=batch.segment_sha256,
        extractor=batch.extractor,
        counts=batch.counts,
    )
    lines = [records.to_json(header), *map(_line, batch.outcomes)]
    data = codings.compress(b"\n".join(lines) + b"\n")
    digest = sha256(data).hexdigest()
    return Packed(key=_key(batch, digest), sha256=digest, data=data)


def write(store: ObjectStore, batch: Batch) -> Packed:
    """Put a batch, create-only. Safe to repeat: a batch that is there already is checked and left.

    Raises DamagedBatch where other bytes lie under its key.
    """
    packed = pack(batch)
    if not store.create(packed.key, packed.data):
        _check(packed.key, store.get(packed.key), packed.sha256)
    return packed


def fetch(store: ObjectStore, key: str, digest: str) -> Packed:
    """A batch that a commit names, or the one that stands in its place since a takedown. Nothing is checked yet."""
    try:
        return Packed(key=key, sha256=digest, data=store.get(key))
    except NotFound:
        current = superseded.by(store, key)
        if current is None:
            raise
    return fetch(store, current.key, current.sha256)


def read(store: ObjectStore, key: str, digest: str) -> Batch:
    """Get a batch whole. Raises DamagedBatch when its SHA-256, its form or its counts are not as stated."""
    packed = fetch(store, key, digest)
    return unpack(packed.key, packed.data, packed.sha256)


def unpack(key: str, data: bytes, digest: str) -> Batch:
    """Decode a stored batch; see `read`."""
    header, lines = _open(key, data, digest)
    try:
        outcomes = tuple(_outcome(line) for line in lines)
    except records.BadRecord as error:
        raise DamagedBatch(f"{key}: {error}") from error
    found = count(outcomes)
    if found != header.counts:
        raise DamagedBatch(f"{key}: its header states {header.counts}, it holds {found}")
    return Batch(
        segment=header.segment,
        segment_sha256=header.segment_sha256,
        extractor=header.extractor,
        outcomes=outcomes,
    )


def revisions(
    key: str, data: bytes, digest: str, *, containing: bytes = b"", backwards: bool = False
) -> Iterator[Revision]:
    """Decode only the revisions of a stored batch, one at a time, in the order of the file or against it.

    `containing`: pass over lines without these bytes, undecoded. Raises DamagedBatch like `read`.
    """
    header, lines = _open(key, data, digest)
    tag = _TAGS[Revision]
    articles = [line for line in lines if line.startswith(tag)]
    if (len(lines), len(articles)) != (header.counts.captures, header.counts.articles):
        raise DamagedBatch(
            f"{key}: its header states {header.counts.captures} captures and {header.counts.articles} "
            f"articles, it holds {len(lines)} and {len(articles)}"
        )
    for line in reversed(articles) if backwards else articles:
        if containing in line:
            try:
                yield records.from_json(line, Revision)
            except records.BadRecord as error:
                raise DamagedBatch(f"{key}: {error}") from error


def _line(outcome: Outcome) -> bytes:
    return _TAGS[type(outcome)] + records.to_json(outcome)[1:]


def _outcome(line: bytes) -> Outcome:
    for kind, tag in _TAGS.items():
        if line.startswith(tag):
            return records.from_json(line, kind)
    raise records.BadRecord(f"no outcome: it begins {line[: records.SHOWN_BYTES]!r}")


def _open(key: str, data: bytes, digest: str) -> tuple[_Header, list[bytes]]:
    _check(key, data, digest)
    try:
        first, *lines = codings.decompress(data).split(b"\n")
        header = records.from_json(first, _Header)
    except (records.BadRecord, codings.CodingError) as error:
        raise DamagedBatch(f"{key}: {error}") from error
    if header.format > FORMAT:
        raise DamagedBatch(
            f"{key}: format {header.format} is newer than this Pressrun reads ({FORMAT}): update it"
        )
    if not lines or lines.pop() != b"":
        raise DamagedBatch(f"{key}: its last line does not end")
    return header, lines


def _check(key: str, data: bytes, digest: str) -> None:
    found = sha256(data).hexdigest()
    if found != digest:
        raise DamagedBatch(
            f"{key}: sha256 is {found}, must be {digest} ({len(data):,} bytes); restore this object"
        )


_DAY = re.compile(r"(?<!\d)(\d{4})/(\d{2})/(\d{2})(?!\d)")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def _key(batch: Batch, digest: str) -> str:
    name = batch.segment.rpartition("/")[2].removesuffix(".warc.gz").removesuffix(".warc")
    # The day in the segment's own key: a batch made again must come to lie under the same key.
    day = _DAY.search(batch.segment)
    folder = "/".join(day.groups()) if day else "undated"
    parts = (_UNSAFE.sub("-", name)[:160], _UNSAFE.sub("-", batch.extractor)[:40], digest[:16])
    return f"batches/{folder}/{'.'.join(parts)}.jsonl.zst"
