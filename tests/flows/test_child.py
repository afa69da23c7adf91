"""Driving the Scrapy child: everything it tells is heard, and it never outlives us."""

import os
import sys
import time
from pathlib import Path

import pytest

from flows.child import ChildEnded, Told, children
from spiders.events import Job, LogLine, SegmentClosed, SiteDone

FAKE = Path(__file__).parent / "fake_child.py"


def job(tmp_path: Path, *sites: str, deadline_seconds: float = 60.0) -> Job:
    return Job(
        sites=sites or ("one",),
        seeds="seeds",
        store="store",
        database="sqlite://",
        work=str(tmp_path),
        deadline_seconds=deadline_seconds,
    )


def play(script: str, *jobs: Job) -> list[Told]:
    with children(jobs, command=(sys.executable, str(FAKE), script)) as told:
        return list(told)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_events_of_all_children_are_heard_until_the_last_has_ended(tmp_path: Path) -> None:
    told = play("good", job(tmp_path, "one", "two"), job(tmp_path, "three"))

    assert {event.site for event in told if isinstance(event, SiteDone)} == {"one", "two", "three"}
    assert [event.code for event in told if isinstance(event, ChildEnded)] == [0, 0]
    assert LogLine(level="INFO", logger="scrapy.core.engine", message="Spider opened") in told


def test_lines_that_are_no_events_become_log_lines_and_stop_nothing(tmp_path: Path) -> None:
    told = play("noisy", job(tmp_path))

    lines = [event for event in told if isinstance(event, LogLine)]
    assert any("a stray print" in line.message for line in lines)
    assert any(line.logger == "stderr" and "a warning on stderr" in line.message for line in lines)
    assert all(len(line.message) < 1000 for line in lines)
    assert LogLine(level="INFO", logger="after", message="the noise") in lines
    assert isinstance(told[-1], ChildEnded)


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        ("dies", -9, "killed by signal 9; its last words: Traceback: no memory left"),
        ("fails", 2, "exited with code 2; its last words: cannot read the seeds"),
    ],
)
def test_a_child_that_dies_is_noticed_and_its_last_words_are_kept(
    tmp_path: Path, script: str, code: int, words: str
) -> None:
    ended = play(script, job(tmp_path))[-1]

    assert isinstance(ended, ChildEnded)
    assert ended.died
    assert ended.code == code
    assert words in ended.story


def test_an_error_in_the_flow_ends_the_child_within_seconds_and_lets_it_seal(tmp_path: Path) -> None:
    pids = []

    def interrupted() -> None:
        with children([job(tmp_path)], command=(sys.executable, str(FAKE), "waits")) as told:
            pids.append(int(next(event.message for event in told if isinstance(event, LogLine))))
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert time.monotonic() - began < 5
    assert gone(pids[0])
    assert (tmp_path / "sealed").exists()


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    with children([job(tmp_path)], command=(sys.executable, str(FAKE), "stubborn"), stop_seconds=0.3) as told:
        pid = int(next(event.message for event in told if isinstance(event, LogLine)))

    assert gone(pid)
    assert not (tmp_path / "sealed").exists()


def test_a_child_past_its_deadline_is_stopped_and_what_it_sealed_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.child.OVERTIME_SECONDS", 0.5)

    told = play("waits", job(tmp_path, deadline_seconds=0.1))

    assert any(isinstance(event, LogLine) and "past its deadline" in event.message for event in told)
    assert any(isinstance(event, SegmentClosed) for event in told)
    assert isinstance(told[-1], ChildEnded)
