"""The project as a Scrapy user meets it: `scrapy crawl`, `scrapy shell`; and the lines of a job."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seeds.load import write_site
from seeds.sample.paper import load_paper, sample_site
from seeds.sample.server import serve
from spiders import events
from spiders.events import BadEvent, Ended, LogLine, Progress, SegmentClosed, SiteDone
from spiders.guard import HostsFileError
from spiders.run import run
from tests.support.crawling import ROOT, crawl, make_job


def scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_scrapy_crawl_yields_stripped_articles_and_scrapy_shell_fetches(tmp_path: Path) -> None:
    with serve(port=0) as server:
        write_site(tmp_path / "seeds", sample_site(server.port))
        out = tmp_path / "out.jsonl"
        crawled = scrapy(
            "crawl", "news", "-a", "site=sample", "-a", f"seeds={tmp_path / 'seeds'}", "-O", str(out)
        )
        assert crawled.returncode == 0, crawled.stderr
        assert "WARNING" not in crawled.stderr.replace("log_count/WARNING", "")
        allow = f"ALLOW_PRIVATE_HOSTS=127.0.0.1:{server.port}"
        shell = scrapy("shell", "-s", allow, "-s", "LOG_LEVEL=ERROR", server.url, "-c", "response.status")
        assert shell.stdout.strip() == "200", shell.stderr
    items = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    paper = {article.title: article for article in load_paper().articles}
    found = {item["title"] for item in items} & set(paper)
    assert len(found) > 0.8 * len(paper)
    assert all(item["url"] and item["text"] and item["site"] == "sample" for item in items)


def test_an_unknown_site_is_named_with_those_there_are_in_one_line_and_exit_code_2(tmp_path: Path) -> None:
    write_site(tmp_path, sample_site())
    refused = scrapy("crawl", "news", "-a", "site=sample,nosuch", "-a", f"seeds={tmp_path}")
    assert refused.returncode == 2
    assert f"no site 'nosuch' in {tmp_path}; there are sample" in refused.stderr.splitlines()[-1]
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "event",
    [
        Progress(site="a", found=1, queued=2, fetched=3, failed=4, unchanged=5),
        SegmentClosed(key="segments/x", captures=1, bytes=2),
        SiteDone(site="a", found=1, new=1, fetched=1, unchanged=0, failed={"dns": 2}, ended=Ended.BLOCKED),
        LogLine(level="INFO", logger="x", message="line\nline"),
    ],
)
def test_an_event_comes_back_from_its_line_as_it_was(event: events.Event) -> None:
    line = events.encode(event)
    assert line.count(b"\n") == 1
    assert events.decode(line) == event


@pytest.mark.parametrize("line", [b"", b"Traceback", b"{}", b'{"event":"no-such"}', b'{"event":"progress"}'])
def test_what_is_no_event_is_told(line: bytes) -> None:
    with pytest.raises(BadEvent):
        events.decode(line)


def test_a_wrong_job_is_refused_with_exit_code_2(tmp_path: Path) -> None:
    job = replace(make_job(tmp_path, [sample_site()]), sites=("other",))
    result = crawl(job)
    assert result.code == 2
    assert "sites ['other'] are not in" in result.log


def test_a_job_with_a_bad_hosts_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    job = replace(make_job(tmp_path, [sample_site()]), hosts=str(tmp_path / "none"))
    with pytest.raises(HostsFileError, match="cannot be read"):
        run(job, print)
    assert not (tmp_path / "archive").exists()
