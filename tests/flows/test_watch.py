"""The flow `watch`, against a real Prefect server; whom it tells is a real web server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from articles.model import Site
from benchmarks import alerts
from flows.config import Config, SetUpError, load_config
from flows.history import SITES_AT_ONCE, look
from flows.judging import DAY, HOUR, Trouble
from flows.notices import NotTold
from flows.watch import BEGAN as EVENT
from flows.watch import watch
from flows.workshop import open_workshop
from pressrun.cli import main
from seeds.load import write_site
from storage.state.database import Connection, Database, open_database
from storage.state.frontier import polled
from storage.state.frontier.polled import Kind, Look
from storage.state.volumes import Hour
from tests.flows.test_judging import a_paper

SECRET = "hunter2hunter2"


@contextmanager
def listening(heard: list[str], statuses: Sequence[int] = ()) -> Iterator[str]:
    """A web server that takes notes; its host and port. It answers with these statuses, and 204 after them."""
    answers = iter(statuses)

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(next(answers, 204))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    seeds = tmp_path / "seeds"
    for name in ("harbour", "lighthouse"):
        write_site(seeds, Site(name=name, home=f"https://{name}.test/"))
    monkeypatch.setenv("PRESSRUN_STORE", str(tmp_path / "archive"))
    monkeypatch.setenv("PRESSRUN_SEEDS", str(seeds))
    for name in ("PRESSRUN_DATABASE", "PRESSRUN_WORK", "PRESSRUN_HOSTS", "PRESSRUN_NOTIFY"):
        monkeypatch.delenv(name, raising=False)
    return load_config()


def write(config: Config, *hours: Hour) -> None:
    alerts.write(open_workshop(config).database, hours)


def history(name: str, now: datetime, *, silent: timedelta | None = None) -> list[Hour]:
    """Weeks of a site that has brought nothing for so long; it is polled as ever."""
    of = a_paper(60)
    of = replace(of, site=replace(of.site, name=name))
    fault = alerts.feed_moves if silent else None
    return alerts.last_weeks(of, now, fault=fault, since=silent or timedelta())


def test_a_silent_site_is_told_once_by_event_artifact_and_webhook_and_again_when_it_is_over(
    prefect_server: str, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    write(config, *history("harbour", now, silent=2 * DAY), *history("lighthouse", now))
    heard: list[str] = []
    with listening(heard) as host:
        monkeypatch.setenv("PRESSRUN_NOTIFY", f"json://pressrun:{SECRET}@{host}/told")
        first = watch()
        second = watch()
        write(config, Hour(site="harbour", at=now, captures=9, new=9, words=3000, confidence=8.4))
        rest = [watch() for _ in range(3)]

    assert [(one.site, one.trouble) for one in first.begun] == [("harbour", Trouble.SILENT)]
    assert (second.begun, len(second.going_on)) == ((), 1)
    assert [(one.site, one.trouble) for look in rest for one in look.over] == [("harbour", Trouble.SILENT)]
    told = [json.loads(one)["message"] for one in heard]
    assert len(told) == 2
    assert "harbour: silent: no new article for 2 days" in told[0]
    assert "over" in told[1]
    shown = str(httpx.get(f"{prefect_server}/artifacts/watch/latest", timeout=30).json()["data"])
    assert "harbour" in shown
    assert _message_of(prefect_server, EVENT) == told[0]
    assert SECRET not in shown + "".join(told)


def test_a_trouble_of_which_nobody_could_be_told_fails_the_run_and_is_told_by_the_next(
    prefect_server: str, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    write(config, *history("harbour", now, silent=2 * DAY), *history("lighthouse", now))
    heard: list[str] = []
    with listening(heard, [500]) as host:
        monkeypatch.setenv("PRESSRUN_NOTIFY", f"json://pressrun:{SECRET}@{host}/told")
        with pytest.raises(NotTold, match="1 in trouble") as failed:
            watch()
        again = watch()

    assert SECRET not in str(failed.value)
    assert [(one.site, one.trouble) for one in again.begun] == [("harbour", Trouble.SILENT)]
    assert ["harbour: silent" in json.loads(one)["message"] for one in heard] == [True, True]


def test_an_end_of_which_nobody_could_be_told_is_told_by_the_next_look(
    prefect_server: str, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    write(config, *history("harbour", now, silent=2 * DAY), *history("lighthouse", now))
    heard: list[str] = []
    with listening(heard, [204, 500]) as host:
        monkeypatch.setenv("PRESSRUN_NOTIFY", f"json://{host}/told")
        watch()
        write(config, Hour(site="harbour", at=now, captures=9, new=9, words=3000, confidence=8.4))
        watch(), watch()
        with pytest.raises(NotTold, match="1 over"):
            watch()
        again = watch()
        after = watch()

    assert [(one.site, one.trouble) for one in again.over] == [("harbour", Trouble.SILENT)]
    assert (len(heard), after.over) == (3, ())


def test_a_site_that_never_gave_an_article_is_told_with_what_its_pages_answered(config: Config) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    write(config, *history("lighthouse", now))
    feed = "https://harbour.test/feed"
    sites = open_workshop(config).sites

    def troubles(at: datetime, outcome: str = "fetched") -> list[str]:
        seen = Look(site="harbour", url=feed, at=at, outcome=outcome, changed=False, status=404)
        with open_workshop(config).database.transaction() as connection:
            pages = [(feed, Kind.FEED, "seed", None)]
            polled.add_pages(connection, "harbour", pages, now=at, interval_seconds=3600)
            polled.looked(connection, seen, floor_seconds=3600, ceiling_seconds=3600)
        return [str(one) for one in look(open_workshop(config).database, sites, at).findings]

    assert troubles(now - DAY, "not_found") == []
    assert troubles(now - 20 * HOUR, "not_found") == []
    (told,) = troubles(now, "not_found")
    assert told.startswith(
        "harbour: silent: no article came of it since it was first looked at, 24 hours ago"
    )
    assert f"{feed}: 404" in told


def _message_of(server: str, event: str) -> str:
    """What the newest event of this name says; events reach the server's records a moment after they are sent."""
    last, pause = time.monotonic() + 60, Event()
    asked = {"filter": {"event": {"name": [event]}}}
    while True:
        found = httpx.post(f"{server}/events/filter", json=asked, timeout=30).json()["events"]
        if found:
            return str(found[0]["payload"]["message"])
        assert time.monotonic() < last, "the event did not arrive"
        pause.wait(0.2)


def test_a_look_at_many_sites_never_holds_the_database_for_all_of_them(config: Config) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    names = [f"site-{n:02}" for n in range(2 * SITES_AT_ONCE + 1)]
    write(config, *(Hour(site=name, at=now - n * HOUR, new=n, captures=n) for n, name in enumerate(names, 1)))
    database = open_workshop(config).database
    written, other = [], open_database(config.database)

    class Shared(Database):
        """Between any two transactions another process writes."""

        @contextmanager
        def transaction(self) -> Iterator[Connection]:
            with super().transaction() as connection:
                yield connection
            with other.transaction():  # a writer's, as all of ours are
                written.append(True)

    seen = look(
        Shared(database.engine), {name: Site(name=name, home="https://x.test/") for name in names}, now
    )

    other.close()
    assert len(written) == 1 + 3
    assert [site.site for site in seen.sites] == names
    assert [sum(site.days) for site in seen.sites] == list(range(1, len(names) + 1))


def test_whom_nobody_can_tell_is_refused_before_anything_is_judged(
    prefect_server: str, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_NOTIFY", f"carrier-pigeon://{SECRET}")
    with pytest.raises(SetUpError, match="PRESSRUN_NOTIFY") as refused:
        watch()
    assert SECRET not in str(refused.value)


def test_the_command_shows_the_trouble_and_ends_with_1_and_changes_nothing(
    config: Config, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    write(config, *history("harbour", now, silent=2 * DAY), *history("lighthouse", now))
    for _ in range(2):
        monkeypatch.setattr("sys.argv", ["pressrun", "watch"])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capfd.readouterr()
        assert (end.value.code, "harbour: silent: no new article for" in shown.out) == (1, True)
        assert "lighthouse:" not in shown.out


def test_an_archive_without_any_history_is_in_no_trouble(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_workshop(config)
    monkeypatch.setattr("sys.argv", ["pressrun", "watch", "--json"])
    main_ended = 0
    try:
        main()
    except SystemExit as end:
        main_ended = int(end.code or 0)
    assert main_ended == 0
    assert HOUR < DAY
