"""Each command answers, in JSON where asked, with 0, 1 or 2 for the shell."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from seeds.load import load_site, write_site
from seeds.sample.paper import ROOT, sample_site
from seeds.sample.server import serve
from tests.pressrun.conftest import EDITED, Crawled, Run

LATIN_POST = "russian-cruise-missiles-land-in-iran"
PROMISED = {
    *("url", "title", "text", "authors", "published_at", "site", "article_id", "revision_id"),
    *("change", "seq", "removed"),
}
"""Keys of each line of `read`."""


def lines(result: subprocess.CompletedProcess[str]) -> list[dict]:
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_read_prints_one_json_object_an_article(pressrun: Run, crawled: Crawled):
    articles = lines(pressrun("read", "--store", crawled.store))
    assert len(articles) >= 60
    for article in articles:
        assert set(article) >= PROMISED
        assert article["text"] == "\n".join(article["paragraphs"])
    assert len({article["article_id"] for article in articles}) == len(articles)


def test_read_since_a_cursor_gives_later_changes_only(pressrun: Run, crawled: Crawled):
    everything = lines(pressrun("read", "--store", crawled.store, "--since", "0"))
    assert [row["seq"] for row in everything] == sorted(row["seq"] for row in everything)
    last = everything[-1]["seq"]
    assert lines(pressrun("read", "--store", crawled.store, "--since", str(last - 1))) == everything[-1:]
    assert lines(pressrun("read", "--store", crawled.store, "--since", str(last))) == []


def test_read_by_time_and_site(pressrun: Run, crawled: Crawled):
    old = lines(pressrun("read", "--store", crawled.store, "--before", "2016-01-01"))
    assert [row["title"] for row in old] == [crawled.paper[LATIN_POST].title]
    assert lines(pressrun("read", "--store", crawled.store, "--site", "another")) == []


def test_a_cursor_file_gives_what_is_new_and_then_nothing(pressrun: Run, crawled: Crawled, tmp_path: Path):
    cursor = tmp_path / "my.cursor"
    first = lines(pressrun("read", "--store", crawled.store, "--cursor-file", cursor))
    assert first == lines(pressrun("read", "--store", crawled.store, "--since", "0"))
    assert lines(pressrun("read", "--store", crawled.store, "--cursor-file", cursor)) == []
    cursor.write_text("1\n")
    assert [
        row["change"] for row in lines(pressrun("read", "--store", crawled.store, "--cursor-file", cursor))
    ] == ["edited"]


def test_a_cursor_file_does_not_move_when_the_output_cannot_be_written(
    pressrun: Run, crawled: Crawled, tmp_path: Path
):
    cursor = tmp_path / "my.cursor"
    executable = pressrun("--help").args[0]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [executable, "read", "--store", crawled.store, "--cursor-file", cursor],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert not cursor.exists()


def test_show_tells_the_article_its_revisions_and_what_was_removed(pressrun: Run, crawled: Crawled):
    shown = json.loads(pressrun("show", crawled.url_of(EDITED), "--store", crawled.store, "--json").stdout)
    assert [row["change"] for row in shown["revisions"]] == ["new", "edited"]
    text = pressrun("show", crawled.url_of(LATIN_POST), "--store", crawled.store).stdout
    assert "] Subscribe to Latin Post!" in text
    assert crawled.paper[LATIN_POST].paragraphs[8] in " ".join(text.split())


def test_why_tells_every_step_of_an_address(pressrun: Run, crawled: Crawled):
    result = pressrun(
        "why", crawled.url_of(EDITED), "--store", crawled.store, "--seeds", crawled.seeds, "--json"
    )
    trace = json.loads(result.stdout)
    assert [row["fate"] for row in trace["captures"]] == ["article", "article"]
    assert trace["crawl"]["mentions"]
    assert [attempt["outcome"] for attempt in trace["crawl"]["attempts"]] == ["fetched", "fetched"]
    nowhere = pressrun("why", f"{crawled.url}nowhere", "--store", crawled.store, "--seeds", crawled.seeds)
    assert nowhere.returncode == 2
    assert "never met" in nowhere.stderr


def test_sites_lists_the_good_seeds_and_names_the_broken_one(pressrun: Run, tmp_path: Path):
    write_site(tmp_path, sample_site())
    (tmp_path / "broken.toml").write_text('name = "broken"\nhome = "https://example.com/"\nfeedz = []\n')
    result = pressrun("sites", "--seeds", tmp_path, "--json")
    assert result.returncode == 2
    assert [json.loads(line)["name"] for line in result.stdout.splitlines()] == ["sample"]
    assert "broken.toml" in result.stderr
    assert "feedz" in result.stderr


def test_add_writes_a_seed_that_names_the_feeds_and_sitemaps_found(pressrun: Run, tmp_path: Path):
    with serve(port=0) as server:
        result = pressrun("add", server.url, "--name", "courier", "--allow-private", "--seeds", tmp_path)
    assert result.returncode == 0, result.stderr
    site = load_site(next(tmp_path.rglob("courier.toml")))
    assert site.feeds
    assert site.sitemaps


def test_add_refuses_a_private_address_and_writes_nothing(pressrun: Run, tmp_path: Path):
    with serve(port=0) as server:
        result = pressrun("add", server.url, "--name", "courier", "--seeds", tmp_path)
        assert server.requests == []
    assert result.returncode == 2
    assert "allow_private_hosts" in result.stderr or "private" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_try_reads_a_page_and_stores_nothing(pressrun: Run, crawled: Crawled, tmp_path: Path):
    with serve(port=0) as server:
        write_site(tmp_path / "seeds", sample_site(server.port))
        url = server.url.rstrip("/") + crawled.paper[LATIN_POST].path
        result = pressrun(
            "try", url, "--seeds", tmp_path / "seeds", "--store", tmp_path / "archive", "--json"
        )
        newest = pressrun(
            "try", "sample", "--seeds", tmp_path / "seeds", "--store", tmp_path / "archive", "--json"
        )
    article = json.loads(result.stdout)
    assert tuple(article["paragraphs"]) == crawled.paper[LATIN_POST].paragraphs
    assert json.loads(newest.stdout)["paragraphs"]
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["crawl", "nosuchsite"], "nosuchsite"),
        (["read", "--since", "99"], "past the last commit"),
        (["read", "--after", "yesterday"], "yesterday"),
        (["read", "--since", "0", "--cursor-file", "x"], "--cursor-file"),
        (["show", "http://127.0.0.1/none"], "no article"),
        (["try", "not an address"], "neither an address"),
        (["add", "ftp://example.com/"], "no address of a home page"),
        (["sites", "--seeds", "/nonexistent/folder"], "/nonexistent/folder"),
        (["demo", "--port", "99999999"], "99999999"),
        (["read", "--store", "s3://"], "s3://"),
        (["read", "--store", "/nonexistent/archive"], "/nonexistent/archive"),
        (["why", "http://example.com/", "--store", "/nonexistent/archive"], "/nonexistent/archive"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_exit_code_2(
    pressrun: Run, crawled: Crawled, arguments: list[str], said: str
):
    result = pressrun(*arguments, PRESSRUN_STORE=str(crawled.store))
    assert result.returncode == 2, result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_store_that_is_a_file_is_told_before_anything_is_fetched(pressrun: Run, tmp_path: Path):
    (tmp_path / "archive").write_text("not a folder")
    with serve(port=0, root=ROOT) as server:
        write_site(tmp_path / "seeds", sample_site(server.port))
        result = pressrun("crawl", "--store", tmp_path / "archive", "--seeds", tmp_path / "seeds")
        assert server.requests == []
    assert result.returncode == 2
    assert str(tmp_path / "archive") in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "archive").read_text() == "not a folder"


def test_one_broken_seed_never_stops_the_others(pressrun: Run, tmp_path: Path):
    with serve(port=0) as server:
        write_site(tmp_path / "seeds", sample_site(server.port))
        (tmp_path / "seeds" / "broken.toml").write_text("name = ")
        result = pressrun("crawl", "--store", tmp_path / "archive", "--seeds", tmp_path / "seeds", "--json")
    assert result.returncode == 2
    assert "broken.toml" in result.stdout + result.stderr
    assert json.loads(result.stdout)["sites"][0]["tally"]["stored"]["new"] >= 60


def test_schedules_without_a_server_that_answers_are_told_in_one_sentence(pressrun: Run, tmp_path: Path):
    result = pressrun("serve-flows", "--store", tmp_path, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert result.returncode == 2, result.stderr
    assert "http://127.0.0.1:9/api" in result.stderr
    assert "Traceback" not in result.stderr
