"""Repairs of what `storage.verify` found damaged, as far as the archive itself holds what is needed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from articles.model import EXTRACTOR
from articles.parts import join_parts
from flows.reading import read_all
from flows.segment import with_profiles
from flows.workshop import Workshop
from storage import batches, superseded
from storage.batches import Batch, DamagedBatch, Revision
from storage.cdxj import to_cdxj
from storage.commit import compare
from storage.documents import CURSOR_KEY, follow_documents
from storage.log import Commit, Log
from storage.objects import NotFound
from storage.profiles import DamagedProfile, get
from storage.segments import INDEX_SUFFIX, SUFFIX, SegmentDamaged, captures_of, digest_of, index_key
from storage.state import index, segments
from storage.state.database import open_database
from storage.superseded import Successor, supersede
from storage.verify import Damage
from storage.warc import TornSegment, blank_damaged, read_index


class NotRepaired(Exception):
    """Something damaged could not be mended from what the archive holds; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """One object that is whole again."""

    key: str
    how: str


def mend(shop: Workshop, damages: Iterable[Damage]) -> Iterator[Repaired | NotRepaired]:
    """Mend segments (damaged records are given up), their indexes, batches and the documents' cursor; nothing else."""
    listed = list(damages)
    keys = {damage.key: damage for damage in listed}
    # Segments first: a batch can be made again only from a segment that can be read.
    for key in sorted(keys, key=lambda key: (key.startswith("batches/"), key)):
        try:
            if key.endswith(SUFFIX):
                yield _segment(shop, key)
            elif key.endswith(INDEX_SUFFIX):
                yield _index(shop, key.removesuffix(INDEX_SUFFIX) + SUFFIX)
            elif key.startswith("batches/"):
                yield _batch(shop, key, keys[key].seq)
            elif key == CURSOR_KEY:
                shop.store.delete(key)
                commits = follow_documents(shop.store)
                yield Repaired(key=key, how=f"removed, and the documents of {commits} commits written again")
        except (TornSegment, SegmentDamaged, NotFound) as error:
            yield NotRepaired(f"{key}: {error}")
        except NotRepaired as error:
            yield error


def _segment(shop: Workshop, key: str) -> Repaired:
    captures: dict[int, str] = {}
    for commit in Log(shop.store).follow(0):
        if commit.segment == key:
            captures.update(_captures(shop, commit))
    with tempfile.TemporaryDirectory(prefix="pressrun-repair-") as folder:
        path = Path(folder) / "segment"
        shop.store.fetch_file(key, path)
        lost = blank_damaged(path, key, captures)
        if not lost:
            raise NotRepaired(f"{key}: every record is whole, and still it is another file; restore it")
        cdxj = to_cdxj(read_index(path, key), key.rpartition("/")[2])
        digest = digest_of(path)
        supersede(shop.store, key, Successor(key=key, sha256=digest))
        shop.store.put_file(key, path)
        shop.store.put(index_key(key), cdxj)
    with shop.database.transaction() as connection:
        segments.rehash(connection, key, digest)
    urls = [captures.get(one.offset, "a record that is no capture") for one in lost]
    return Repaired(key=key, how=f"{len(lost)} records given up: {', '.join(urls)}")


def _captures(shop: Workshop, commit: Commit) -> Iterator[tuple[int, str]]:
    try:
        batch = batches.read(shop.store, commit.batch, commit.sha256)
    except (NotFound, DamagedBatch):
        return
    for outcome in batch.outcomes:
        one = outcome.article if isinstance(outcome, Revision) else outcome
        if one.pointer:
            yield (
                one.pointer.offset,
                outcome.article.fetched_url if isinstance(outcome, Revision) else outcome.url,
            )


def _index(shop: Workshop, key: str) -> Repaired:
    with tempfile.TemporaryDirectory(prefix="pressrun-repair-") as folder:
        path = Path(folder) / "segment"
        shop.store.fetch_file(key, path)
        shop.store.put(index_key(key), to_cdxj(read_index(path, key), key.rpartition("/")[2]))
    return Repaired(key=index_key(key), how="made again from the segment")


def _batch(shop: Workshop, key: str, seq: int | None) -> Repaired:
    """Make a batch again: the same reader over the same bytes, compared with the archive as it was then."""
    commit = Log(shop.store).get(seq) if seq is not None else None
    if commit is None or commit.extractor != EXTRACTOR:
        version = commit.extractor if commit else "?"
        raise NotRepaired(f"{key}: it is of reader {version}, and this is {EXTRACTOR}; restore it")
    results = list(read_all(captures_of(shop.store, commit.segment, commit.segment_sha256), shop.sites))
    try:
        profiles = {site: get(shop.store, site, one) for site, one in commit.profiles.items()}
    except (NotFound, DamagedProfile) as error:
        raise NotRepaired(f"{key}: a profile it was read with is lost: {error}. Restore it") from error
    readings = join_parts(with_profiles(results, profiles), [one.part_of for one in results])
    with tempfile.TemporaryDirectory(prefix="pressrun-repair-") as folder:
        then = open_database(f"sqlite:///{Path(folder) / 'then.sqlite'}")
        with then.commit_lock() as connection:
            for earlier in Log(shop.store).follow(0, until=commit.seq - 1):
                index.apply(connection, earlier, batches.read(shop.store, earlier.batch, earlier.sha256))
            outcomes = compare(shop.store, connection, readings, seq=commit.seq, extractor=EXTRACTOR)
        then.close()
    packed = batches.pack(
        Batch(
            segment=commit.segment,
            segment_sha256=commit.segment_sha256,
            extractor=EXTRACTOR,
            outcomes=outcomes,
        )
    )
    wanted = _wanted(shop, commit)
    if packed.sha256 != wanted.sha256:
        raise NotRepaired(
            f"{key}: made again it is another one (sha256 {packed.sha256}); seed files or profiles have changed "
            "since. Restore it"
        )
    shop.store.put(packed.key, packed.data)
    return Repaired(key=packed.key, how="made again from its segment, byte for byte")


def _wanted(shop: Workshop, commit: Commit) -> Successor:
    wanted = Successor(key=commit.batch, sha256=commit.sha256)
    while following := superseded.by(shop.store, wanted.key):
        wanted = following
    return wanted
