"""The commit of a batch: safe to kill at every point, safe to repeat, safe to run in many places at once.

Under the commit lock: catch the index up with the log, compare with the current revisions, put the batch
(create-only, its key from its content), put `commits/<seq>.json` create-only (this is the commit), take
it into the index. Killed before that write, nothing happened but an object nobody names; killed after it, the
next one to catch up finds it in the log. The lock only saves work: between writers with separate databases
the create-only write of the number decides, and the loser compares again with what the winner committed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from articles.model import Article, Reason, Rejection
from articles.revision import Part, edited_parts, redrawn
from storage import absence, batches, records
from storage.ahead import ahead
from storage.batches import Batch, Change, Outcome, Revision, Unchanged
from storage.log import Commit, DamagedLog, Log
from storage.objects import ObjectStore
from storage.state import index, stories
from storage.state.database import Connection, Database
from storage.state.index import Head
from storage.tombstones import blanked, ids_of

Reading = Article | Rejection | Unchanged


class LawBroken(Exception):
    """Articles, unchanged and rejections are not the captures of the segment; nothing was committed."""


def commit_segment(
    store: ObjectStore,
    database: Database,
    *,
    segment: str,
    sha256: str,
    extractor: str,
    captures: int,
    readings: Iterable[Reading],
    profiles: Mapping[str, str] | None = None,
    read_seconds: float | None = None,
    signed: stories.Signed = stories.UNSIGNED,
) -> Commit | None:
    """Commit what `extractor` read in the segment with this key and SHA-256; None: it is committed already.

    `profiles`: id of the profile that the pages of each site were read with. `signed`: what texts are compared by,
    where whoever read them has computed it.
    `readings`: one for each of the segment's `captures`, in its order; read to the end before the lock is
    taken. Raises LawBroken, and StoreError, DamagedLog or DamagedBatch from the store; all of them leave the
    archive as it was, and the call can be repeated.
    """
    # What the index is told now must be what it would be told from the log.
    readings = tuple(map(records.storable, readings))
    _check(readings, segment=segment, extractor=extractor, captures=captures)
    # Before the lock is taken, for which others wait.
    signed = stories.sign((reading for reading in readings if isinstance(reading, Article)), signed)
    log = Log(store)
    with database.commit_lock() as connection:
        while True:
            catch_up(store, connection)
            if index.committed(connection, segment, extractor):
                return None
            seq = index.position(connection) + 1
            outcomes = compare(store, connection, readings, seq=seq, extractor=extractor, signed=signed)
            batch = Batch(segment=segment, segment_sha256=sha256, extractor=extractor, outcomes=outcomes)
            commit = make_commit(batches.write(store, batch), batch, seq, profiles, read_seconds)
            if log.append(commit):
                index.apply(connection, commit, batch, signed)
                return commit
            # Lost the race for this number: the winner's commit is in the log, so the next turn has news.
            if log.get(seq) is None:
                raise DamagedLog(
                    f"commit {seq} of {store.url} can be neither created nor read; check the store"
                )


def catch_up(store: ObjectStore, connection: Connection) -> int:
    """Take every commit into the index that it does not know yet; how many there were.

    Needs a transaction of `Database.commit_lock`. Raises DamagedLog and DamagedBatch.
    """
    done = 0
    commits = Log(store).follow(index.position(connection))
    for commit, packed in ahead(lambda commit: batches.fetch(store, commit.batch, commit.sha256), commits):
        index.apply(connection, commit, batches.unpack(packed.key, packed.data, packed.sha256))
        done += 1
    return done


def rebuild(store: ObjectStore, database: Database) -> int:
    """Make the index anew from the log; how many commits it has."""
    with database.commit_lock() as connection:
        index.clear(connection)
        return catch_up(store, connection)


def compare(
    store: ObjectStore,
    connection: Connection,
    readings: Iterable[Reading],
    *,
    seq: int,
    extractor: str,
    signed: stories.Signed = stories.UNSIGNED,
) -> tuple[Outcome, ...]:
    """What each reading is to the archive, in the same order; after a rejection that settles it, the removal.

    The index must have caught up.
    """
    readings = tuple(readings)
    about = tuple(map(_article_of, readings))
    heads = index.heads(connection, filter(None, about))
    known = _Known(store, connection, index.revisions(connection, heads), heads, readings)
    addresses = [ids_of(reading) for reading in readings]
    gone = index.taken_down(connection, (key for keys in addresses for key in keys))
    outcomes: list[Outcome] = []
    for number, (reading, keys) in enumerate(zip(readings, addresses, strict=True)):
        if buried := keys & gone.keys():
            outcomes.append(blanked(reading, min(buried), extractor))
            continue
        head = heads.get(about[number] or "")
        if isinstance(reading, Article):
            found: tuple[Outcome, ...] = (judge(reading, head, known),)
        elif isinstance(reading, Unchanged):
            found = (_confirm(reading, head, known),)
        else:
            found = _reject(reading, head, readings[number + 1 : number + 1 + absence.NEAR], known)
        for outcome in found:
            # A segment may hold the same article twice: the second is compared with the first.
            head = index.advance(head, outcome, seq=seq)
            known.remember(outcome)
        outcomes += found
        if head is not None:
            heads[head.article_id] = head
    return _told(connection, outcomes, signed)


def judge(article: Article, head: Head | None, known: _Known) -> Revision | Unchanged:
    """What one article is to the archive, whose current revision of it is `head`."""
    if head is None:
        return Revision(change=Change.NEW, previous=None, article=article)
    gone = head.gone
    edited: tuple[Part, ...] = ()
    if gone is not None and article.fetched_at >= gone.last_at:
        if article.revision_id != head.revision_id and article.extractor == head.extractor:
            edited = edited_parts(known.article(head), article)
        return Revision(change=Change.RESTORED, previous=head.revision_id, article=article, edited=edited)
    if article.revision_id == head.revision_id:
        return _unchanged(article, "same content")
    if article.fetched_at != head.fetched_at and article.fetched_at < _known_until(head):
        # The archive has seen the current revision, or that it is gone, after this capture was made.
        if (article.article_id, article.revision_id) in known.pairs:
            return _unchanged(article, "same content as an earlier revision")
        change = Change.OLDER
    elif article.extractor != head.extractor:
        change = Change.REEXTRACTED
    else:
        before = known.article(head)
        edited = edited_parts(before, article)
        ours = Change.REEXTRACTED if redrawn(before, article) else Change.COSMETIC
        change = Change.EDITED if edited else ours
    return Revision(
        change=change,
        previous=head.revision_id,
        article=article,
        edited=edited,
        gone_at=gone.first_at if gone else None,
    )


def _known_until(head: Head) -> datetime:
    """The last capture of which the archive knows what it says of the article."""
    return max(head.confirmed_at, head.gone.last_at) if head.gone else head.confirmed_at


@dataclass(slots=True)
class _Known:
    """What the archive holds of the articles of one batch, got as it is asked for."""

    store: ObjectStore
    connection: Connection
    pairs: set[tuple[str, str]]
    heads: dict[str, Head]
    readings: tuple[Reading, ...] = ()
    dark: dict[str | None, bool] = field(default_factory=dict)
    articles: dict[tuple[str, str], Article] = field(default_factory=dict)

    def remember(self, outcome: Outcome) -> None:
        if isinstance(outcome, Revision) and outcome.is_capture:
            article = outcome.article
            self.pairs.add((article.article_id, article.revision_id))
            self.articles[article.article_id, article.revision_id] = article

    def is_dark(self, site: str | None, at: datetime) -> bool:
        """Whether a site is missed as a whole, by the archive and by the whole of this batch."""
        if site not in self.dark:
            missed = index.missed_of(self.connection, site, at - absence.PATIENCE)
            seen = index.seen_of(self.connection, site)
            for reading in self.readings:
                self._look(reading, site, missed, seen)
            self.dark[site] = absence.is_dark(missed.values(), seen.values())
        return self.dark[site]

    def _look(
        self, reading: Reading, site: str | None, missed: dict[str, datetime], seen: dict[str, datetime]
    ) -> None:
        """Take one capture of the batch into what is missed and seen of a site."""
        if not isinstance(reading, Rejection):
            if reading.site == site and reading.article_id:
                seen[reading.article_id] = reading.fetched_at
                missed.pop(reading.article_id, None)
            return
        head = self.heads.get(absence.suspect(reading) or "")
        # where a redirect leads is not known here
        if head is None or head.site != site or head.gone or reading.reason is Reason.REDIRECT:
            return
        if reading.fetched_at > head.confirmed_at:
            missed.setdefault(head.article_id, reading.fetched_at)
            seen.pop(head.article_id, None)

    def any_article(self, article_id: str) -> Article | None:
        """The article with an id, as the archive has it."""
        if article_id not in self.heads:
            self.heads.update(index.heads(self.connection, (article_id,)))
        head = self.heads.get(article_id)
        return self.article(head) if head else None

    def article(self, head: Head) -> Article:
        """The article of a head, from its batch."""
        wanted = (head.article_id, head.revision_id)
        if wanted not in self.articles:
            there = index.stored(self.connection, head.seq)
            if there is None:
                raise DamagedLog(
                    f"commit {head.seq} is not in the index, which names it for {head.url_key}; rebuild"
                )
            packed = batches.fetch(self.store, there.batch, there.sha256)
            for revision in batches.revisions(
                packed.key, packed.data, packed.sha256, containing=head.article_id.encode()
            ):
                self.articles[revision.article.article_id, revision.article.revision_id] = revision.article
        return self.articles[wanted]


def _check(readings: tuple[Reading, ...], *, segment: str, extractor: str, captures: int) -> None:
    articles = sum(isinstance(reading, Article) for reading in readings)
    rejections = sum(isinstance(reading, Rejection) for reading in readings)
    unchanged = len(readings) - articles - rejections
    if len(readings) != captures:
        raise LawBroken(
            f"{segment}: {articles} articles + {unchanged} unchanged + {rejections} rejections = "
            f"{len(readings)}, but it holds {captures} captures; nothing of it was committed"
        )
    for reading in readings:
        if not isinstance(reading, Unchanged) and reading.extractor != extractor:
            raise LawBroken(
                f"{segment}: {reading.url} was read by extractor {reading.extractor!r}, "
                f"but the batch is of extractor {extractor!r}; nothing of it was committed"
            )


def _told(connection: Connection, outcomes: Iterable[Outcome], signed: stories.Signed) -> tuple[Outcome, ...]:
    """Outcomes whose revisions name their stories."""
    outcomes = tuple(outcomes)
    found = stories.stories(connection, stories.signatures(outcomes, signed))
    return tuple(
        replace(outcome, story=found.get(outcome.article.article_id))
        if isinstance(outcome, Revision)
        else outcome
        for outcome in outcomes
    )


def _article_of(reading: Reading) -> str | None:
    """Id of the article that a capture speaks of or, where it is rejected, may show to be gone."""
    return absence.suspect(reading) if isinstance(reading, Rejection) else reading.article_id


def _confirm(reading: Unchanged, head: Head | None, known: _Known) -> Unchanged | Revision:
    """A capture without a body speaks of what was current when it was made."""
    if head is None or reading.revision_id is not None or reading.fetched_at < head.fetched_at:
        return reading
    if head.gone is not None and reading.fetched_at >= head.gone.last_at:
        back = replace(
            known.article(head),
            fetched_url=reading.url,
            fetched_at=reading.fetched_at,
            status=reading.status,
            extractor=head.extractor,
            pointer=reading.pointer,
        )
        return Revision(change=Change.RESTORED, previous=head.revision_id, article=back)
    return replace(reading, revision_id=head.revision_id)


def _reject(
    rejection: Rejection, head: Head | None, later: tuple[Reading, ...], known: _Known
) -> tuple[Outcome, ...]:
    """The rejection, and where it settles that a known article is gone, the removal."""
    if head is None or rejection.fetched_at <= head.confirmed_at:
        return (rejection,)
    if rejection.reason is Reason.REDIRECT and not absence.leads_away(
        rejection, later, lambda: known.article(head), known.any_article
    ):
        return (rejection,)
    rejection = replace(rejection, missing=head.article_id)
    now = absence.missed(head.absence, rejection.fetched_at)
    if head.gone is not None or not absence.is_settled(now, rejection.status):
        return (rejection,)
    if not absence.outlasts_a_site(now) and known.is_dark(head.site, rejection.fetched_at):
        return (rejection,)
    return rejection, absence.removal(rejection, known.article(head), now)


def _unchanged(article: Article, detail: str) -> Unchanged:
    return Unchanged(
        url=article.fetched_url,
        site=article.site,
        article_id=article.article_id,
        revision_id=article.revision_id,
        fetched_at=article.fetched_at,
        status=article.status,
        pointer=article.pointer,
        detail=detail,
        extractor=article.extractor,
    )


def make_commit(
    packed: batches.Packed,
    batch: Batch,
    seq: int,
    profiles: Mapping[str, str] | None = None,
    read_seconds: float | None = None,
) -> Commit:
    """The commit of a batch that is in the store, under this number."""
    return Commit(
        seq=seq,
        writer_id=uuid.uuid4().hex,
        committed_at=datetime.now(UTC),
        batch=packed.key,
        sha256=packed.sha256,
        segment=batch.segment,
        segment_sha256=batch.segment_sha256,
        extractor=batch.extractor,
        counts=batch.counts,
        profiles=dict(profiles or {}),
        read_seconds=read_seconds,
    )
