"""Batches: what reading one segment gave, written once and never changed.

    batches/2026/11/22/<segment-id>.<extractor>.<sha16>.jsonl.zst

JSON lines in zstd. The first line is the header, then comes one outcome a line for each capture of the
segment, in the segment's order; the key `outcome` stands first in its line:

    {"format":1,"segment":"segments/2026/11/22/....warc.gz","segment_sha256":"...","extractor":"1","counts":{...}}
    {"outcome":"article","change":"new","previous":null,"article":{"article_id":...}}
    {"outcome":"unchanged","url":...,"article_id":...,"revision_id":...}
    {"outcome":"rejection","reason":"not_html","detail":"image/png","url":...}
    {"outcome":"removal","change":"removed","previous":...,"article":{"article_id":...}}

A removal stands after the rejection that shows it. It is no capture, so that the law holds: articles + unchanged
+ rejections = captures. Batches with removals or restored articles are of format 2, all others of format 1.

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
from articles.revision import Part
from storage import codings, records, superseded
from storage.objects import NotFound, ObjectStore

FORMAT = 2


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
    """Our reading differs, not their text: another version of the reader, or a block that moved between the body
    and what is removed. Not to be blamed on the publisher."""
    OLDER = "older"
    """From a capture fetched before the current revision's: history found late. The current one stays."""
    REMOVED = "removed"
    """Gone from its address: no text, the last revision stays readable. See `storage.absence` for when."""
    RESTORED = "restored"
    """At its address again after it was removed, with the same text or another."""
    TAKEN_DOWN = "taken_down"
    """Removed for good by `pressrun takedown`: nothing of the article is left but its ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An article whose content, or whose being there, is new to the archive."""

    change: Change
    previous: str | None
    """Revision whose text was current before; None: the archive had none."""
    article: Article
    edited: tuple[Part, ...] = ()
    """What its editors changed, of an EDITED or RESTORED article."""
    gone_at: datetime | None = None
    """First capture that did not find the article, where it is gone; None: it is there."""
    story: str | None = None
    """Article id of the article that was the archive's first to tell this story; None: the text is too short to say."""

    @property
    def is_capture(self) -> bool:
        """Whether this is what a capture became; a removal stands beside the rejected capture that shows it."""
        return self.change is not Change.REMOVED


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
    """Of `articles` and `removals`, by site; those of no site are under the empty name."""
    removals: int = 0
    """Articles found to be gone; the captures that show it are among `rejections`."""

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


_TAGS: dict[bytes, type[Outcome]] = {
    (_ARTICLE := b'{"outcome":"article",'): Revision,
    (_UNCHANGED := b'{"outcome":"unchanged",'): Unchanged,
    (_REJECTION := b'{"outcome":"rejection",'): Rejection,
    (_REMOVAL := b'{"outcome":"removal",'): Revision,
}


def count(outcomes: Sequence[Outcome]) -> Counts:
    """Add up outcomes by kind."""
    stored = [outcome for outcome in outcomes if isinstance(outcome, Revision)]
    revisions = [revision for revision in stored if revision.is_capture]
    rejections = [outcome for outcome in outcomes if isinstance(outcome, Rejection)]
    return Counts(
        articles=len(revisions),
        unchanged=len(outcomes) - len(stored) - len(rejections),
        rejections=len(rejections),
        changes=dict(sorted(Counter(revision.change for revision in revisions).items())),
        reasons=dict(sorted(Counter(rejection.reason for rejection in rejections).items())),
        sites=dict(sorted(Counter(revision.article.site or "" for revision in stored).items())),
        removals=len(stored) - len(revisions),
    )


def pack(batch: Batch) -> Packed:
    """Encode a batch; equal batches give equal bytes and an equal key."""
    header = _Header(
        format=FORMAT if _speaks_of_absence(batch) else 1,
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
    header, text, begin = _unpacked(key, data, digest)
    try:
        outcomes = tuple(_outcome(line) for line in text[begin:].split(b"\n")[:-1])
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
    yield from revisions_of(open_lines(key, data, digest), containing=containing, backwards=backwards)


@dataclass(frozen=True, slots=True)
class Lines:
    """A batch, checked and unpacked, whose revisions are not decoded yet."""

    key: str
    text: bytes
    """All of its lines."""
    revisions: list[tuple[int, int]]
    """Where in `text` the line of each revision begins and ends."""


def open_lines(key: str, data: bytes, digest: str) -> Lines:
    """Check and unpack a stored batch: the part of reading that threads do side by side. Raises DamagedBatch."""
    header, text, start = _unpacked(key, data, digest)
    found, outcomes = [], 0
    while (end := text.find(b"\n", start)) >= 0:
        outcomes += 1
        if text.startswith((_ARTICLE, _REMOVAL), start):
            found.append((start, end))
        start = end + 1
    counts = header.counts
    stated = counts.captures + counts.removals, counts.articles + counts.removals
    if (outcomes, len(found)) != stated:
        raise DamagedBatch(
            f"{key}: its header states {stated[0]} outcomes and {stated[1]} revisions, it holds {outcomes} "
            f"and {len(found)}"
        )
    return Lines(key, text, found)


def revisions_of(opened: Lines, *, containing: bytes = b"", backwards: bool = False) -> Iterator[Revision]:
    """The revisions of an unpacked batch; see `revisions`."""
    text, view = opened.text, memoryview(opened.text)
    for start, end in reversed(opened.revisions) if backwards else opened.revisions:
        if not containing or text.find(containing, start, end) >= 0:
            try:
                yield records.from_json(view[start:end], Revision)
            except records.BadRecord as error:
                raise DamagedBatch(f"{opened.key}: {error}") from error


def _speaks_of_absence(batch: Batch) -> bool:
    return any(
        isinstance(outcome, Revision) and outcome.change in (Change.REMOVED, Change.RESTORED)
        for outcome in batch.outcomes
    )


def _line(outcome: Outcome) -> bytes:
    if isinstance(outcome, Revision):
        tag = _ARTICLE if outcome.is_capture else _REMOVAL
    else:
        tag = _UNCHANGED if isinstance(outcome, Unchanged) else _REJECTION
    return tag + records.to_json(outcome)[1:]


def _outcome(line: bytes) -> Outcome:
    for tag, kind in _TAGS.items():
        if line.startswith(tag):
            return records.from_json(line, kind)
    raise records.BadRecord(f"no outcome: it begins {line[: records.SHOWN_BYTES]!r}")


def _unpacked(key: str, data: bytes, digest: str) -> tuple[_Header, bytes, int]:
    """The header, all lines, and where the first outcome begins."""
    _check(key, data, digest)
    try:
        text = codings.decompress(data)
        begin = text.find(b"\n") + 1
        header = records.from_json(text[: begin - 1] if begin else text, _Header)
    except (records.BadRecord, codings.CodingError) as error:
        raise DamagedBatch(f"{key}: {error}") from error
    if header.format > FORMAT:
        raise DamagedBatch(
            f"{key}: format {header.format} is newer than this Pressrun reads ({FORMAT}): update it"
        )
    if not text.endswith(b"\n"):
        raise DamagedBatch(f"{key}: its last line does not end")
    return header, text, begin


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
