"""Segments on their way to the store: published once, whole, with an index; what was left behind is found."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.cdxj import surt
from storage.objects import ObjectStore, open_store
from storage.segments import (
    LOST,
    SUFFIX,
    SegmentDamaged,
    captures_of,
    index_key,
    new_segment_id,
    publish,
    segment_key,
    sweep,
)
from storage.state import segments as state
from storage.state.database import Connection, Database, open_database
from storage.state.segments import MAX_ATTEMPTS, SegmentChanged, SegmentInfo, State
from storage.warc import OPEN, Earlier, SegmentWriter, TornSegment, payload_digest, recover

AT = datetime(2026, 11, 22, 16, 59, 12, 123456, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "archive"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'state.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def begin(
    work: Path, urls: tuple[str, ...] = ("https://example.com/1", "https://example.com/2")
) -> SegmentWriter:
    segment_id = new_segment_id(AT)
    writer = SegmentWriter(work / f"{segment_id}{SUFFIX}", segment_id=segment_id, software="pressrun/0.1")
    for url in urls:
        respond(writer, url)
    return writer


def respond(writer: SegmentWriter, url: str, earlier: Earlier | None = None) -> None:
    writer.response(
        url=url,
        site="example",
        fetched_at=AT,
        request_headers=[(b"Host", b"example.com")],
        status=200,
        headers=[(b"Content-Type", b"Text/HTML; charset=utf-8")],
        body_as_sent=b"<p>News.</p>",
        earlier=earlier,
    )


def sealed(work: Path, *urls: str) -> Path:
    writer = begin(work, urls or ("https://example.com/1", "https://example.com/2"))
    writer.seal()
    return writer.path


def torn(work: Path, *urls: str) -> Path:
    """The open segment of a process that was killed within a record."""
    writer = begin(work, urls or ("https://example.com/1", "https://example.com/2"))
    writer.close()
    path = writer.path.with_name(writer.path.name + OPEN)
    path.write_bytes(path.read_bytes()[:-5])
    return path


def keys(store: ObjectStore) -> list[str]:
    return [key for key, _ in store.list("segments/")]


def known(database: Database) -> list[SegmentInfo]:
    with database.transaction() as connection:
        return state.pending(connection)


# --- Names ----------------------------------------------------------------------------------------


def test_ids_sort_by_their_moment_and_are_never_given_twice() -> None:
    moments = [AT + timedelta(microseconds=n) for n in (0, 1, 999_999, 10**9)]
    ids = [new_segment_id(at) for at in moments]
    assert ids == sorted(ids)
    assert len({new_segment_id(AT) for _ in range(1000)}) == 1000


def test_a_key_has_the_day_in_utc() -> None:
    segment_id = new_segment_id(datetime.fromisoformat("2026-11-23T01:30:00+02:00"))
    assert segment_id.startswith("20261122T233000000000Z-")
    assert segment_key(segment_id) == f"segments/2026/11/22/{segment_id}.warc.gz"
    assert index_key(segment_key(segment_id)) == f"segments/2026/11/22/{segment_id}.cdxj.gz"


@pytest.mark.parametrize("name", ["", "x", "../../etc", "20261122T165912123456Z-3f9a01bc/.."])
def test_only_ids_of_ours_have_a_key(name: str) -> None:
    with pytest.raises(ValueError, match="segment id"):
        segment_key(name)


# --- Publishing -----------------------------------------------------------------------------------


def test_publishing_puts_segment_and_index_registers_and_removes_the_local_file(
    store: ObjectStore, database: Database, work: Path
) -> None:
    path = sealed(work)
    data = path.read_bytes()
    info = publish(store, database, path)
    assert not path.exists()
    assert store.get(info.key) == data
    assert keys(store) == [index_key(info.key), info.key]
    assert (info.bytes, info.captures, info.state) == (len(data), 2, State.PENDING)
    assert known(database) == [info]
    assert [c.url for c in captures_of(store, info.key, info.sha256)] == [
        "https://example.com/1",
        "https://example.com/2",
    ]


def test_publishing_again_changes_nothing(store: ObjectStore, database: Database, work: Path) -> None:
    path = sealed(work)
    data = path.read_bytes()
    info = publish(store, database, path)
    assert publish(store, database, path) == info
    path.write_bytes(data)
    assert publish(store, database, path) == info
    assert not path.exists()
    assert known(database) == [info]


def test_a_segment_that_never_was_cannot_be_published(
    store: ObjectStore, database: Database, work: Path
) -> None:
    with pytest.raises(FileNotFoundError, match="neither there nor registered"):
        publish(store, database, work / f"{new_segment_id(AT)}{SUFFIX}")


def test_a_torn_segment_is_not_published(store: ObjectStore, database: Database, work: Path) -> None:
    path = sealed(work)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(TornSegment):
        publish(store, database, path)
    assert path.exists()
    assert keys(store) == []
    assert known(database) == []


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class Fuse:
    """Kills before or after the n-th thing that happens outside."""

    def __init__(self, burns: int) -> None:
        self.burns = burns

    def burn(self) -> None:
        self.burns -= 1
        if self.burns == 0:
            raise Killed


class DyingStore:
    """A store whose process is killed around a call."""

    def __init__(self, inner: ObjectStore, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._inner, name)

        def call(*arguments: object) -> object:
            self._fuse.burn()
            answer = method(*arguments)
            self._fuse.burn()
            return answer

        return call


class DyingDatabase(Database):
    def __init__(self, inner: Database, fuse: Fuse) -> None:
        super().__init__(inner.engine)
        self._fuse = fuse

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as connection:
            self._fuse.burn()
            yield connection
            self._fuse.burn()
        self._fuse.burn()


def test_publishing_killed_at_any_point_is_finished_by_a_sweep(
    store: ObjectStore, database: Database, work: Path
) -> None:
    points = 0
    while True:
        path = sealed(work)
        data = path.read_bytes()
        fuse = Fuse(points + 1)
        try:
            publish(DyingStore(store, fuse), DyingDatabase(database, fuse), path)  # type: ignore[arg-type]
            break
        except Killed:
            points += 1
        assert path.read_bytes() == data
        (info,) = sweep(store, database, work).published
        assert not path.exists()
        assert store.get(info.key) == data
        assert index_key(info.key) in keys(store)
        assert [i.key for i in known(database)].count(info.key) == 1
    assert points == 9
    assert len(known(database)) == points + 1


# --- What was left behind -------------------------------------------------------------------------


def test_a_sweep_publishes_sealed_segments_and_recovers_torn_ones(
    store: ObjectStore, database: Database, work: Path
) -> None:
    sealed(work / "job-1", "https://example.com/sealed")
    torn(work / "job-2", "https://example.com/torn", "https://example.com/half")
    swept = sweep(store, database, work)
    assert swept.failed == ()
    assert [next(captures_of(store, info.key, info.sha256)).url for info in swept.published] == [
        "https://example.com/sealed",
        "https://example.com/torn",
    ]
    assert known(database) == sorted(swept.published, key=lambda info: info.key)
    assert [path for path in work.rglob("*") if path.is_file()] == []
    assert sweep(store, database, work).published == ()


def test_a_sweep_leaves_a_segment_to_the_process_that_still_writes_it(
    store: ObjectStore, database: Database, work: Path
) -> None:
    writer = begin(work)
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from storage.segments import sweep
        from storage.objects import open_store
        from storage.state.database import open_database
        store, database, work = sys.argv[1:]
        print(len(sweep(open_store(store), open_database(database), Path(work)).published))
        """
    )
    arguments = [str(store.url), str(database.engine.url), str(work)]
    other = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=True)
    assert other.stdout == b"0\n"
    assert sweep(store, database, work).published == ()
    respond(writer, "https://example.com/3")
    writer.seal()
    (info,) = sweep(store, database, work).published
    assert info.captures == 3


def test_an_open_file_without_one_whole_record_is_set_aside_and_stops_nothing(
    store: ObjectStore, database: Database, work: Path
) -> None:
    empty = torn(work)
    empty.write_bytes(b"")
    good = sealed(work)
    swept = sweep(store, database, work)
    (aside, reason) = swept.failed[0]
    assert aside.name == empty.name.removesuffix(OPEN) + LOST
    assert aside.exists()
    assert "nothing to recover" in reason
    assert [info.key.endswith(good.name) for info in swept.published] == [True]
    assert sweep(store, database, work).failed == ()


def test_a_damaged_sealed_segment_stays_is_named_and_stops_nothing(
    store: ObjectStore, database: Database, work: Path
) -> None:
    damaged, good = sorted([sealed(work), sealed(work)])
    damaged.write_bytes(damaged.read_bytes()[:-1])
    stray = work / f"not-ours{SUFFIX}"
    stray.write_bytes(good.read_bytes())
    swept = sweep(store, database, work)
    assert [info.key.endswith(good.name) for info in swept.published] == [True]
    assert {path for path, _ in swept.failed} == {damaged, stray}
    assert damaged.exists()
    assert stray.exists()


def test_sweeps_at_the_same_time_publish_each_segment_once(
    store: ObjectStore, database: Database, work: Path
) -> None:
    for _ in range(6):
        sealed(work)
        torn(work)
    published: list[SegmentInfo] = []
    threads = [
        threading.Thread(target=lambda: published.extend(sweep(store, database, work).published))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    published.extend(sweep(store, database, work).published)
    assert len(published) == len({info.key for info in published}) == len(known(database)) == 12


def test_recovering_a_recovered_segment_again_changes_nothing(work: Path) -> None:
    path = torn(work)
    assert recover(path) == 2
    final = path.with_name(path.name.removesuffix(OPEN))
    data = final.read_bytes()
    assert recover(final) == 2
    assert final.read_bytes() == data


# --- Reading from the store -----------------------------------------------------------------------


def test_changed_bytes_in_the_store_are_noticed_before_the_first_capture(
    store: ObjectStore, database: Database, work: Path
) -> None:
    info = publish(store, database, sealed(work))
    store.put(info.key, sealed(work, "https://example.com/other").read_bytes())
    with pytest.raises(SegmentDamaged, match=info.sha256):
        next(captures_of(store, info.key, info.sha256))


def test_a_segment_that_is_gone_is_damaged_and_not_a_store_that_is_away(store: ObjectStore) -> None:
    key = segment_key(new_segment_id(AT))
    with pytest.raises(SegmentDamaged, match=f"{key} is not in"):
        next(captures_of(store, key))


def test_reading_leaves_no_file_behind_also_when_it_stops_early(
    store: ObjectStore, database: Database, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = publish(store, database, sealed(work))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    captures = captures_of(store, info.key)
    next(captures)
    assert list(scratch.iterdir()) != []
    captures.close()  # type: ignore[attr-defined]
    assert list(scratch.iterdir()) == []


# --- The index ------------------------------------------------------------------------------------


def test_the_index_has_a_sorted_line_a_capture_in_the_form_of_pywb(
    store: ObjectStore, database: Database, work: Path
) -> None:
    writer = begin(work, ("https://www.example.com:8443/B?z=1&a=2", "https://example.com/a"))
    earlier = Earlier(url="https://example.com/a", fetched_at=AT, digest=payload_digest(b"<p>News.</p>"))
    respond(writer, "https://example.com/c", earlier=earlier)
    writer.seal()
    info = publish(store, database, writer.path)
    lines = gzip.decompress(store.get(index_key(info.key))).decode().splitlines()
    assert lines == sorted(lines)
    assert [line.split(" ", 2)[:2] for line in lines] == [
        ["com,example)/a", "20261122165912"],
        ["com,example)/c", "20261122165912"],
        ["com,example:8443)/b?a=2&z=1", "20261122165912"],
    ]
    fields = [json.loads(line.split(" ", 2)[2]) for line in lines]
    assert [f["url"] for f in fields][2] == "https://www.example.com:8443/B?z=1&a=2"
    assert [f["mime"] for f in fields] == ["text/html", "warc/revisit", "text/html"]
    assert {f["status"] for f in fields} == {"200"}
    assert {f["digest"] for f in fields} == {payload_digest(b"<p>News.</p>")}
    assert {f["filename"] for f in fields} == {writer.path.name}
    for f in fields:
        member = gzip.decompress(store.get_range(info.key, int(f["offset"]), int(f["length"])))
        assert f"WARC-Target-URI: {f['url']}\r\n".encode() in member


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://example.com", "com,example)/"),
        ("https://WWW.Example.co.uk/News/", "uk,co,example)/news"),
        ("https://www2.example.com/?", "com,example)/"),
        ("https://example.com:443/a", "com,example)/a"),
        ("http://example.com:443/a", "com,example:443)/a"),
        ("http://127.0.0.1:8877/x", "1,0,0,127:8877)/x"),
        ("https://user:pw@m.example.com/a//b/?q=%20x+y", "com,example,m)/a/b?q=%20x+y"),
        ("https://example.com/%C3%A9%41?b=2&a=1#top", "com,example)/%c3%a9a?a=1&b=2"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_sort_keys_are_those_of_web_archives(url: str, key: str) -> None:
    assert surt(url) == key


# --- The table ------------------------------------------------------------------------------------


def info_of(key: str = "segments/2026/11/22/a.warc.gz", sha256: str = "0" * 64) -> SegmentInfo:
    return SegmentInfo(key=key, sha256=sha256, bytes=10, captures=2, registered_at=AT)


def test_a_segment_is_registered_once_and_keeps_its_state(database: Database) -> None:
    with database.transaction() as connection:
        assert state.register(connection, info_of()) == info_of()
        state.mark_committed(connection, info_of().key)
        assert state.register(connection, info_of()).state is State.COMMITTED
        assert state.pending(connection) == []
        assert state.get(connection, "segments/none") is None


def test_a_key_used_for_other_bytes_is_refused(database: Database) -> None:
    with database.transaction() as connection:
        state.register(connection, info_of())
        with pytest.raises(SegmentChanged, match="1111"):
            state.register(connection, info_of(sha256="1" * 64))


def test_pending_segments_come_oldest_first(database: Database) -> None:
    names = [f"segments/2026/11/{day}/a.warc.gz" for day in (22, 20, 21)]
    with database.transaction() as connection:
        for name in names:
            state.register(connection, info_of(name))
        assert [info.key for info in state.pending(connection)] == sorted(names)
        assert [info.key for info in state.pending(connection, limit=1)] == [min(names)]


def test_a_segment_that_keeps_failing_is_quarantined_until_it_is_released(database: Database) -> None:
    key, now = info_of().key, datetime.now(UTC)
    with database.transaction() as connection:
        state.register(connection, info_of())
        states = []
        for n in range(MAX_ATTEMPTS):
            state.begin(connection, key, now=now)
            states.append(state.mark_failed(connection, key, f"attempt {n}"))
        assert states == [State.PENDING] * (MAX_ATTEMPTS - 1) + [State.QUARANTINED]
        assert state.pending(connection) == []
        (given_up,) = state.in_state(connection, State.QUARANTINED)
        assert (given_up.attempts, given_up.error) == (MAX_ATTEMPTS, f"attempt {MAX_ATTEMPTS - 1}")
        state.release(connection, key)
        (again,) = state.pending(connection)
        assert (again.attempts, again.error, again.retry_at) == (0, None, None)


def test_attempts_that_never_end_count_and_are_put_off_further_each_time(database: Database) -> None:
    key, now = info_of().key, datetime.now(UTC)
    with database.transaction() as connection:
        state.register(connection, info_of())
        waits = []
        for _ in range(MAX_ATTEMPTS):
            begun = state.begin(connection, key, now=now)
            assert begun is not None
            waits.append(begun.retry_at and (begun.retry_at - now).total_seconds() / 60)
            assert bool(state.pending(connection)) is (begun.retry_at is None)
        assert waits == [None, None, None, None, 1, 4, 16, 64]
        last = state.begin(connection, key, now=now)
        assert last is not None
        assert last.state is State.QUARANTINED
        assert "begun 8 times and never ended" in (last.error or "")


def test_an_attempt_that_failed_with_the_whole_store_does_not_count(database: Database) -> None:
    key = info_of().key
    with database.transaction() as connection:
        state.register(connection, info_of())
        for _ in range(3 * MAX_ATTEMPTS):
            state.begin(connection, key, now=datetime.now(UTC))
            state.forgive(connection, key, "the store is away")
        (info,) = state.pending(connection)
        assert (info.attempts, info.error) == (0, "the store is away")


def test_a_failure_that_lasts_is_quarantined_at_once(database: Database) -> None:
    with database.transaction() as connection:
        state.register(connection, info_of())
        assert state.mark_failed(connection, info_of().key, "torn", lasting=True) is State.QUARANTINED


def test_a_committed_segment_that_fails_again_stays_committed(database: Database) -> None:
    with database.transaction() as connection:
        state.register(connection, info_of())
        state.mark_committed(connection, info_of().key)
        assert state.mark_failed(connection, info_of().key, "x", lasting=True) is State.COMMITTED
