"""The log: create-only objects, one number after the other; the only truth about what is stored and when.

    commits/000000000001.json

    {"format":1,"seq":1,"writer_id":"...","committed_at":"...","batch":"batches/....jsonl.zst","sha256":"...",
     "segment":"segments/....warc.gz","segment_sha256":"...","extractor":"1","counts":{...},"check":"..."}

`check` is the SHA-256 of the bytes before `,"check"`. Numbers begin with 1 and leave no gap: who wants to
commit creates the next one, and the store lets one succeed. Readers count upwards; nothing depends on a
listing or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import takewhile

from storage import records
from storage.batches import Counts
from storage.objects import NotFound, ObjectStore

FORMAT = 1
WINDOW = 64
"""Commits asked for at once by a reader who is far behind."""
SLICE = 4
"""Of them, those that one thread gets one after the other: handing each over costs as much as reading it."""


class DamagedLog(Exception):
    """A commit is damaged or missing; the message names its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One batch's entry into the archive."""

    seq: int
    """Its number, from 1. A cursor is the number of the last commit that a reader has seen."""
    writer_id: str
    """Unique to one attempt of one writer, so that it can tell its own commit from another's."""
    committed_at: datetime
    """The writer's clock, for people. The order is `seq`."""
    batch: str
    """Key of the batch."""
    sha256: str
    """Of the batch as stored."""
    segment: str
    segment_sha256: str
    extractor: str
    counts: Counts
    profiles: dict[str, str] = field(default_factory=dict)
    """Id of the profile that the pages of each site were read with; sites read without one are not in it."""
    read_seconds: float | None = None
    """What reading the captures took, one after the other; null: commits of before, and takedowns."""
    format: int = FORMAT

    @property
    def captures(self) -> int:
        """Captures in the segment, each with its fate in the batch."""
        return self.counts.captures


def commit_key(seq: int) -> str:
    """Where the commit of a number lies."""
    return f"commits/{seq:012d}.json"


@dataclass(frozen=True, slots=True)
class Log:
    """The commits of one store."""

    store: ObjectStore

    def get(self, seq: int) -> Commit | None:
        """A commit; None: not made yet. Raises DamagedLog."""
        key = commit_key(seq)
        try:
            data = self.store.get(key)
        except NotFound:
            return None
        return _decode(key, seq, data)

    def has(self, seq: int) -> bool:
        """Whether there is a commit of this number, whole or not."""
        return self.store.size(commit_key(seq)) is not None

    def append(self, commit: Commit) -> bool:
        """Make the commit; False: another writer has taken this number."""
        return self.store.create(commit_key(commit.seq), _encode(commit))

    def head(self, after: int = 0) -> int:
        """Number of the last commit, 0: none. `after`: a number known to be there. 2 log2(news) requests."""
        return _last(self.has, after)

    def made_by(self, moment: datetime) -> int:
        """Number of the last commit made at a moment or before, 0: none. 2 log2(commits) requests.

        By the clocks of the writers: where they disagree some commit between is taken, the same one each time.
        """

        def is_made(seq: int) -> bool:
            commit = self.get(seq)
            return commit is not None and commit.committed_at <= moment

        return _last(is_made, 0)

    def follow(self, after: int, until: int | None = None) -> Iterator[Commit]:
        """Commits past a cursor in order, up to the last one there is, or to `until`.

        Reads in growing windows of concurrent GETs. Raises DamagedLog for a damaged commit and for a hole.
        """
        width, seen = 1, after
        with ThreadPoolExecutor(WINDOW // SLICE, thread_name_prefix="log") as pool:  # begins none by itself
            while until is None or after < until:
                wanted = range(after + 1, min(after + width, until or after + width) + 1)
                window = self._window(pool, wanted)
                whole = list(takewhile(lambda commit: commit is not None, window))
                seen = max([seen, *(commit.seq for commit in window if commit)])
                for commit in whole:
                    if commit is not None:
                        yield commit
                after += len(whole)
                if len(whole) == len(window):
                    width = min(2 * width, WINDOW)
                elif not whole and seen == after:
                    return
                elif not whole and self.get(after + 1) is None:
                    # Whoever made the later one saw this one: it was there.
                    raise DamagedLog(
                        f"{commit_key(after + 1)} is missing, and {commit_key(seen)} is there; restore it"
                    )
                else:
                    width = 2  # commits came while we were reading: look again where the log ends

    def _window(self, pool: ThreadPoolExecutor, seqs: range) -> list[Commit | None]:
        if len(seqs) == 1:
            return [self.get(seqs[0])]
        slices = [seqs[start : start + SLICE] for start in range(0, len(seqs), SLICE)]
        return [commit for part in pool.map(self._slice, slices) for commit in part]

    def _slice(self, seqs: range) -> list[Commit | None]:
        return [self.get(seq) for seq in seqs]


def _last(holds: Callable[[int], bool], low: int) -> int:
    """The last number after `low` for which something holds, as it does for all before: in ever wider steps up, then
    halving."""
    step = 1
    while holds(low + step):
        low, step = low + step, step * 2
    high = low + step  # does not hold
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


_CHECK = b',"check":"'


def _encode(commit: Commit) -> bytes:
    body = records.to_json(commit)[:-1]
    return body + _CHECK + sha256(body).hexdigest().encode() + b'"}\n'


def _decode(key: str, seq: int, data: bytes) -> Commit:
    body, check, rest = data.rpartition(_CHECK)
    stated, found = rest.removesuffix(b'"}\n').decode("ascii", "replace"), sha256(body).hexdigest()
    if not check or len(stated) != len(found):
        raise DamagedLog(f"{key}: is cut off, or no commit ({len(data)} bytes); restore this object")
    if stated != found:
        raise DamagedLog(f"{key}: sha256 is {found}, must be {stated}; restore this object")
    try:
        commit = records.from_json(data, Commit)
    except records.BadRecord as error:
        raise DamagedLog(f"{key}: {error}") from error
    if commit.format > FORMAT:
        raise DamagedLog(
            f"{key}: format {commit.format} is newer than this Pressrun reads ({FORMAT}): update it"
        )
    if commit.seq != seq:
        raise DamagedLog(f"{key}: it is the commit of number {commit.seq}; restore this object")
    return commit
