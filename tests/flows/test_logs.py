"""The log: one line an event, structured where asked, without secrets, and never forged from outside."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.config import SetUpError, load_config
from flows.logs import Lines
from seeds.load import write_site
from seeds.sample.paper import sample_site
from seeds.sample.server import serve
from tests.support.s3 import BUCKET, S3Server

ROOT = Path(__file__).resolve().parents[2]
FORGED = "harbour\n2026-11-22 12:00:00 ERROR all is lost\r\x1b[2J\x9b31m\u2028\u202e"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO, io.StringIO]]:
    """A logger, and what it writes for people and as JSON."""
    logger, plain, lines = logging.getLogger("spiders.tests"), io.StringIO(), io.StringIO()
    handlers = [logging.StreamHandler(plain), logging.StreamHandler(lines)]
    handlers[0].setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    handlers[1].setFormatter(Lines())
    for handler in handlers:
        logger.addHandler(handler)
    yield logger, plain, lines
    for handler in handlers:
        logger.removeHandler(handler)


def test_an_address_or_a_title_forges_no_line(
    written: tuple[logging.Logger, io.StringIO, io.StringIO],
) -> None:
    logger, plain, lines = written

    logger.warning("%s: nothing there", FORGED, extra={"site": FORGED})
    logger.warning(f"in the message itself: {FORGED}")
    logger.warning(FORGED, "more", "arguments", "than places")

    for stream in (plain, lines):
        assert len(stream.getvalue().splitlines()) == 3
        assert stream.getvalue().replace("\n", "").isprintable()
    first = json.loads(lines.getvalue().splitlines()[0])
    assert first["site"] == first["event"].removesuffix(": nothing there")


@given(st.text())
def test_whatever_is_logged_is_one_json_line(text: str) -> None:
    record = logging.getLogger("spiders").makeRecord("spiders", 30, "", 0, "%s", (text,), None)

    line = Lines().format(record)

    assert len(line.splitlines()) == 1
    assert json.loads(line).keys() == {"time", "level", "logger", "event"}
    line.encode()


def test_what_an_exception_says_begins_no_line(
    written: tuple[logging.Logger, io.StringIO, io.StringIO],
) -> None:
    logger, plain, lines = written
    try:
        raise ValueError(f"{FORGED} at https://paper:hunter2@harbour.test/")
    except ValueError:
        logger.exception("a page broke the reader")

    first, *rest = plain.getvalue().splitlines()
    assert first == "ERROR a page broke the reader"
    assert all(line.startswith("    ") for line in rest)
    assert "hunter2" not in plain.getvalue() + lines.getvalue()
    assert "ValueError" in json.loads(lines.getvalue())["exception"]


def test_a_traceback_from_a_crawlers_process_is_told_apart_from_its_event(
    written: tuple[logging.Logger, io.StringIO, io.StringIO],
) -> None:
    logger, plain, lines = written

    logger.error(
        "[%s] %s",
        "spiders.news",
        "the visit ended\nTraceback (most recent call last):\n  File x\nKeyError: 1",
    )

    first, *rest = plain.getvalue().splitlines()
    assert first == "ERROR [spiders.news] the visit ended"
    assert [line.startswith("    ") for line in rest] == [True] * 3
    assert json.loads(lines.getvalue())["exception"].endswith("KeyError: 1")


def test_a_form_of_log_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_LOG", "xml")
    with pytest.raises(SetUpError, match="PRESSRUN_LOG=xml: give json or text"):
        load_config()


# --- Real runs, with a secret in every setting ----------------------------------------------------

SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIsecretNumberOne",
    "AWS_SESSION_TOKEN": "FwoGZXIvYXdzsecretNumberTwo",
    "AWS_ACCESS_KEY_ID": "AKIASECRETNUMBER0003",
    "PREFECT_API_AUTH_STRING": "paper:secretNumberFour",
    "PRESSRUN_WEBHOOK": "https://hooks.slack.com/services/T1/B1/secretNumberFive",
    "HTTPS_PROXY": "http://paper:secretNumberSix@127.0.0.1:9",
    "SMTP_PASSWORD": "secretNumberSeven",
}
NEEDLES = ("secretNumber", "SECRETNUMBER", "hunter2-for-postgres")


def everything_prefect_keeps(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def prefect_answers(url: str, what: str, run: str) -> list[dict[str, Any]]:
    key = {"logs": "logs", "artifacts": "artifacts"}[what]
    body = {key: {"flow_run_id": {"any_": [run]}}}
    return list(httpx.post(f"{url}/{what}/filter", json=body, timeout=60).raise_for_status().json())


def test_a_crawl_is_told_in_json_and_no_secret_of_its_settings_is_told_anywhere(
    prefect_environment: dict[str, str], moto_server: S3Server, tmp_path: Path
) -> None:
    seeds = tmp_path / "seeds"
    environment = {
        **prefect_environment,
        **SECRETS,
        "AWS_ENDPOINT_URL_S3": moto_server.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1,localhost",
        "PRESSRUN_STORE": f"s3://{BUCKET}/secrets",
        "PRESSRUN_WORK": str(tmp_path / "work"),
        "PRESSRUN_DATABASE": f"sqlite:///{tmp_path / 'state.sqlite'}",
        "PRESSRUN_LOG": "json",
    }

    with serve(port=0) as one, serve(port=0) as other:
        write_site(seeds, sample_site(one.port))
        # a feed that is none, at an address with a key in it: its complaint names the address
        feed = f"{other.url}?api_key=secretNumberEight"
        walled = replace(sample_site(other.port), name="walled", feeds=(feed,), sitemaps=(), sections=())
        write_site(seeds, replace(walled, allow=("/nothing/",)))
        done = subprocess.run(
            [Path(sys.executable).with_name("pressrun"), "crawl", "sample", "walled", "--seeds", seeds],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"time", "level", "logger", "event"} <= set.intersection(*(set(line) for line in lines))
    runs = {line["run"] for line in lines if "run" in line}
    assert len(runs) == 1
    of_sample = [line for line in lines if line.get("site") == "sample" and line["logger"] == "spiders.news"]
    assert of_sample
    assert "fetched" in of_sample[-1]["event"]
    assert of_sample[-1]["run_name"].startswith("crawl sample, walled, ")
    kept = everything_prefect_keeps(Path(prefect_environment["PREFECT_HOME"]))
    logs = prefect_answers(environment["PREFECT_API_URL"], "logs", *runs)
    (artifact,) = prefect_answers(environment["PREFECT_API_URL"], "artifacts", *runs)
    assert len(logs) > 10
    assert "| walled |" in artifact["data"]
    assert "***" in json.dumps(logs)
    for needle in NEEDLES:
        assert needle not in done.stdout + done.stderr
        assert needle not in json.dumps([logs, artifact])
        assert needle.encode() not in kept


def test_a_run_that_fails_at_its_settings_tells_no_password(
    prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "seeds").mkdir()
    environment = {
        **prefect_environment,
        "PRESSRUN_STORE": str(tmp_path / "archive"),
        "PRESSRUN_SEEDS": str(tmp_path / "seeds"),
        "PRESSRUN_DATABASE": "postgresql://paper:hunter2-for-postgres@127.0.0.1:1/press",
    }

    done = subprocess.run(
        [sys.executable, "-c", "from flows.crawl import crawl; crawl()"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    told = done.stdout + done.stderr
    assert done.returncode
    assert "postgresql+psycopg://***@127.0.0.1:1/press" in told
    kept = everything_prefect_keeps(Path(prefect_environment["PREFECT_HOME"]))
    assert b"postgresql+psycopg://***@127.0.0.1:1/press" in kept
    assert "hunter2-for-postgres" not in told
    assert b"hunter2-for-postgres" not in kept


def test_an_address_with_a_password_is_imported_by_no_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("pressrun"), "import-ccnews", "--store", tmp_path / "archive"),
            "https://paper:hunter2@warc.example/file.warc.gz",
        ],
        env={**os.environ, "PREFECT_API_URL": "http://127.0.0.1:1/api"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 2
    assert "carries a secret" in done.stderr
    assert "hunter2" not in done.stderr
