"""What another reader would make of what is stored: read again, compared, nothing written.

Of each capture the archive says what became of it (`storage.batches`); the same capture is read with the present
reader, or with the one of another environment, and what differs is counted by site and field. One segment and its
batches are in memory at a time, and of all that differs the few worst examples of each field.
"""

from __future__ import annotations

import heapq
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from functools import partial
from importlib import resources
from pathlib import Path
from typing import IO, cast

from articles.model import EXTRACTOR, Article, Capture, Rejection, Removed, Site
from articles.parts import join_parts
from articles.repeated import Line
from flows.config import Config
from flows.logs import say
from flows.reading import Reading, Result, read_all, read_one
from flows.report import counted
from flows.segment import POOLED_CAPTURES, with_profiles
from flows.workshop import Readers
from pressrun.reading import archive_of, check_sites, without_seeds
from pressrun.trouble import RequestError, WorkError
from seeds.load import load_sites
from storage import batches, records
from storage.batches import Change, Outcome, Revision
from storage.log import Commit, Log
from storage.objects import NotFound, ObjectStore
from storage.profiles import DamagedProfile
from storage.profiles import get as get_profile
from storage.segments import SegmentDamaged, begun_at, captures_of
from storage.warc import TornSegment

EXAMPLES = 3
"""Kept of each field and site: those that differ most."""
MAX_EXAMPLE_CHARS = 600
_PROVENANCE = frozenset(
    [
        *("fetched_url", "fetched_at", "status", "site", "pointer", "extractor"),
        *("evidence", "confidence", "article_id", "revision_id"),
    ]
)
FIELDS = tuple(one.name for one in fields(Article) if one.name not in _PROVENANCE)
"""What is compared: every field of an article but those that say where it is from and how sure the reader is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One capture that would be read otherwise."""

    url: str
    segment: str
    offset: int
    before: str
    after: str
    distance: float
    """0 to 1: share of their words that the two do not have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """How many captures would be read otherwise in one field."""

    field: str
    """A field of the article, or `outcome`: an article where there was none, none where there was one, or another
    reason."""
    changed: int
    share: float
    """Of the articles on both sides; of all captures for `outcome`."""
    examples: tuple[Example, ...]
    """The worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteComparison:
    """What would change of one site."""

    site: str
    """Empty for captures of no site."""
    captures: int
    articles: int
    """Captures that are articles on both sides and whose stored article is at hand."""
    equal: int
    """Of these, in every field."""
    gained: int
    """Articles that were none."""
    lost: int
    """Articles that would be none."""
    again: int
    """Captures stored as having nothing new: their article is compared where it was stored."""
    again_changed: int
    """Of these, those whose text, headline, authors or date would differ."""
    fields: tuple[FieldChange, ...]
    """Those that would change, the most changed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What would change of an archive."""

    store: str
    reader: str
    """Version of the reader that read again."""
    segments: int
    captures: int
    unread: tuple[str, ...]
    """Segments that could not be read, each with why."""
    sites: tuple[SiteComparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which captures are read again."""

    sites: frozenset[str] | None = None
    """None: of all sites."""
    since: datetime | None = None
    until: datetime | None = None
    """Bounds of the moment at which a segment was begun; `until` is excluded."""


Read = Callable[[Iterable[Capture], int], Iterator[Result]]
"""What reads captures again; told how many there are at most."""
Tell = Callable[[int, int, int], None]
"""Told of segments done, segments in all and captures read."""


def compare_archive(
    config: Config,
    names: Sequence[str] | None,
    between: tuple[datetime | None, datetime | None],
    python: Path | None,
) -> Comparison:
    """What the reader of this environment, or of `python`, would change of an archive; progress on a terminal.

    Raises RequestError for a site that is neither in the seeds nor in the archive, and for a `python` without reader.
    """
    archive = archive_of(config)
    sites = (
        {site.name: site for site in load_sites(config.seeds).sites} if Path(config.seeds).is_dir() else {}
    )
    if names:
        check_sites(archive, names, sites.keys())
    if note := without_seeds(config, names):
        say(note, prefix="pressrun: ")
    span = Span(sites=frozenset(names) if names else None, since=between[0], until=between[1])
    with present_reader(sites) if python is None else reader_of(python, sites) as (read, version):
        return compare_stored(archive.store, span, read, version, _tell)


def _tell(done: int, segments: int, captures: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == segments else "\r"
        far = f"{done} of {counted(segments, 'segment')}, {counted(captures, 'capture')} read again"
        print(far, end=end, file=sys.stderr)


def compare_stored(store: ObjectStore, span: Span, read: Read, reader: str, tell: Tell) -> Comparison:
    """Read stored captures again and compare. Raises DamagedLog and DamagedBatch; damaged segments are told."""
    chosen = _segments(store, span)
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    unread: list[str] = []
    captures = 0
    for done, commits in enumerate(chosen):
        tell(done, len(chosen), captures)
        stored = _stored(store, commits, span)
        if not stored:
            continue
        try:
            for reading in _read_again(store, commits[-1], span, read):
                captures += 1
                _count(tallies[reading.site or ""], reading, stored, commits[0].segment)
        except (SegmentDamaged, TornSegment, DamagedProfile, NotFound) as error:
            unread.append(str(error))
    tell(len(chosen), len(chosen), captures)
    return Comparison(
        store=store.url,
        reader=reader,
        segments=len(chosen),
        captures=captures,
        unread=tuple(unread),
        sites=tuple(_of_site(site, tally) for site, tally in sorted(tallies.items())),
    )


def _segments(store: ObjectStore, span: Span) -> list[list[Commit]]:
    """The commits of each segment in the span, segments in the order in which they were begun."""
    found: dict[str, list[Commit]] = {}
    for commit in Log(store).follow(0):
        begun = begun_at(commit.segment)
        if begun is None or (span.since and begun < span.since) or (span.until and begun >= span.until):
            continue
        found.setdefault(commit.segment, []).append(commit)
    return [commits for _, commits in sorted(found.items())]


def _stored(store: ObjectStore, commits: list[Commit], span: Span) -> dict[int, Outcome]:
    """What became of each capture, by its place in the segment: the newest reading that holds the article itself."""
    stored: dict[int, Outcome] = {}
    for commit in commits:
        for outcome in batches.read(store, commit.batch, commit.sha256).outcomes:
            article = outcome.article if isinstance(outcome, Revision) else None
            pointer = (
                article.pointer if article else outcome.pointer if not isinstance(outcome, Revision) else None
            )
            site = article.site if article else outcome.site if not isinstance(outcome, Revision) else None
            if pointer is None or (span.sites is not None and site not in span.sites):
                continue
            if isinstance(outcome, Revision) and outcome.change is Change.REMOVED:
                continue  # it stands beside the capture that shows it
            known = stored.get(pointer.offset)
            if isinstance(known, Revision) and _says_the_same(known, outcome):
                continue
            stored[pointer.offset] = outcome
    return stored


def _says_the_same(known: Revision, outcome: Outcome) -> bool:
    return isinstance(outcome, batches.Unchanged) and outcome.revision_id == known.article.revision_id


def _read_again(store: ObjectStore, commit: Commit, span: Span, read: Read) -> list[Reading]:
    captures = (
        capture
        for capture in captures_of(store, commit.segment, commit.segment_sha256)
        if span.sites is None or capture.site in span.sites
    )
    results = list(read(captures, commit.captures))
    # With what was known of each site when it was stored, so that only the readers differ.
    profiles = {site: get_profile(store, site, one) for site, one in commit.profiles.items()}
    return join_parts(with_profiles(results, profiles), [one.part_of for one in results])


# --- Counting -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tally:
    """One site, so far."""

    captures: int = 0
    articles: int = 0
    equal: int = 0
    gained: int = 0
    lost: int = 0
    again: int = 0
    again_changed: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    worst: defaultdict[str, list[tuple[float, int, Example]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def _count(tally: _Tally, now: Reading, stored: Mapping[int, Outcome], segment: str) -> None:
    tally.captures += 1
    if now.pointer is None or (before := stored.get(now.pointer.offset)) is None:
        return
    if isinstance(before, batches.Unchanged):
        if before.revision_id is not None and not isinstance(now, batches.Unchanged):
            tally.again += 1
            tally.again_changed += not isinstance(now, Article) or now.revision_id != before.revision_id
        return
    was = before.article if isinstance(before, Revision) else before
    if isinstance(now, Article) and isinstance(was, Article):
        tally.articles += 1
        differing = [name for name in FIELDS if getattr(was, name) != getattr(now, name)]
        tally.equal += not differing
        for name in differing:
            _note(tally, name, now, segment, _lines(getattr(was, name)), _lines(getattr(now, name)))
        return
    tally.gained += isinstance(now, Article)
    tally.lost += isinstance(was, Article)
    if _outcome(was) != _outcome(now):
        _note(tally, "outcome", now, segment, [_told(was)], [_told(now)])


def _outcome(reading: Reading) -> str:
    if isinstance(reading, Article):
        return "article"
    return str(reading.reason) if isinstance(reading, Rejection) else "unchanged"


def _told(reading: Reading) -> str:
    if isinstance(reading, Article):
        return f"article: {reading.title} ({len(reading.text.split())} words)"
    return f"{_outcome(reading)}: {reading.detail}"


def _note(tally: _Tally, name: str, now: Reading, segment: str, before: list[str], after: list[str]) -> None:
    tally.changed[name] += 1
    distance = _distance(before, after)
    worst = tally.worst[name]
    if len(worst) == EXAMPLES and distance <= worst[0][0]:
        return
    gone, come = _only(before, after), _only(after, before)
    example = Example(
        url=now.fetched_url if isinstance(now, Article) else now.url,
        segment=segment,
        offset=now.pointer.offset if now.pointer else 0,
        before="\n".join(gone)[:MAX_EXAMPLE_CHARS],
        after="\n".join(come)[:MAX_EXAMPLE_CHARS],
        distance=round(distance, 3),
    )
    heapq.heappush(worst, (distance, -tally.changed[name], example))
    if len(worst) > EXAMPLES:
        heapq.heappop(worst)


def _lines(value: object) -> list[str]:
    """A field's value for a person, a line for each of several."""
    if value is None or value == "":
        return []
    if isinstance(value, tuple | frozenset):
        return [line for one in value for line in _lines(one)]
    if isinstance(value, Removed):
        return [f"[{value.kind}] {value.text}"]
    if is_dataclass(value) and not isinstance(value, type):
        return [" | ".join(line for one in fields(value) for line in _lines(getattr(value, one.name)))]
    return [value.isoformat() if isinstance(value, datetime) else str(value)]


def _distance(before: list[str], after: list[str]) -> float:
    old, new = (Counter(word for line in lines for word in line.split()) for lines in (before, after))
    both = old.total() + new.total()
    return 1.0 - 2 * (old & new).total() / both if both else 0.0


def _only(lines: list[str], others: list[str]) -> list[str]:
    """The lines that the others do not have; all of them where only their order differs."""
    rest = Counter(others)
    only: list[str] = []
    for line in lines:
        if rest[line] > 0:
            rest[line] -= 1
        else:
            only.append(line)
    return only if only or sorted(lines) != sorted(others) else lines


def _of_site(site: str, tally: _Tally) -> SiteComparison:
    changes = []
    for name, number in tally.changed.most_common():
        of = tally.captures if name == "outcome" else tally.articles
        examples = tuple(
            example for _, _, example in sorted(tally.worst[name], reverse=True, key=lambda one: one[:2])
        )
        changes.append(
            FieldChange(field=name, changed=number, share=round(number / max(of, 1), 4), examples=examples)
        )
    return SiteComparison(
        site=site,
        captures=tally.captures,
        articles=tally.articles,
        equal=tally.equal,
        gained=tally.gained,
        lost=tally.lost,
        again=tally.again,
        again_changed=tally.again_changed,
        fields=tuple(changes),
    )


# --- Readers --------------------------------------------------------------------------------------


@contextmanager
def present_reader(sites: Mapping[str, Site]) -> Iterator[tuple[Read, str]]:
    """The reader of this environment, in processes where that pays, and its version."""
    readers = Readers()

    def read(captures: Iterable[Capture], at_most: int) -> Iterator[Result]:
        return read_all(captures, sites, readers.pool() if at_most >= POOLED_CAPTURES else None)

    try:
        yield read, EXTRACTOR
    finally:
        readers.close()


@contextmanager
def reader_of(python: Path, sites: Mapping[str, Site]) -> Iterator[tuple[Read, str]]:
    """The reader that is installed for another Python, and its version.

    Raises RequestError where that Python has no reader; WorkError where it ends before it has answered.
    """
    script = resources.files("pressrun").joinpath("other_reader.py")
    with ExitStack() as stack:
        errors = stack.enter_context(tempfile.TemporaryFile())
        try:
            child = subprocess.Popen(
                [python, "-I", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        except OSError as error:
            what = error.strerror or str(error)
            raise RequestError(f"--reader {python} cannot be run: {what}; {_A_PYTHON}") from error
        stack.callback(child.wait)
        stack.callback(child.kill)
        to_child, from_child = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
        version = _version_in(from_child.readline())
        if version is None:
            errors.seek(0)
            last = (
                errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2] or "it gave no version"
            )
            raise RequestError(f"--reader {python} has no reader of Pressrun: {last}; {_A_PYTHON}")
        yield partial(_asked, python, to_child, from_child, sites), version


_A_PYTHON = "give the Python of an environment with Pressrun installed, such as other/.venv/bin/python"


def _version_in(hello: bytes) -> str | None:
    """The version that a reader begins with; None: whoever answered is none."""
    try:
        version = json.loads(hello)
    except ValueError:
        return None
    return version if isinstance(version, str) else None


def _asked(
    python: Path,
    to_child: IO[bytes],
    from_child: IO[bytes],
    sites: Mapping[str, Site],
    captures: Iterable[Capture],
    at_most: int,  # noqa: ARG001
) -> Iterator[Result]:
    for capture in captures:
        if capture.unchanged:
            yield read_one(capture, None)
            continue
        try:
            asked = {"capture": capture, "site": sites.get(capture.site or "")}
            to_child.write(records.to_json(asked) + b"\n")
            to_child.flush()
            answer = from_child.readline()
        except BrokenPipeError:
            answer = b""
        if not answer:
            raise WorkError(f"--reader {python}: it ended while it read {capture.url}")
        yield _result(answer, capture)


def _result(answer: bytes, capture: Capture) -> Result:
    found = capture.found
    part_of = found.part_of if found else None
    try:
        if answer.startswith(b'{"article"'):
            article = records.from_json(answer, _Answer)
            return Result(
                replace(article.article, pointer=capture.pointer), part_of=part_of, lines=article.lines
            )
        return Result(replace(records.from_json(answer, Rejection), pointer=capture.pointer), part_of=part_of)
    except records.BadRecord as error:
        raise WorkError(
            f"the other reader's answer on {capture.url} is none of today's form: {error}"
        ) from error


@dataclass(frozen=True, slots=True)
class _Answer:
    article: Article
    lines: tuple[Line, ...] = ()
