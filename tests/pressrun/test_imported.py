"""Files of others: articles of no site are read by their host, and a second import says why nothing came of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seeds.load import write_site
from seeds.sample.paper import sample_site
from tests.pressrun.conftest import Run
from tests.support.ccnews import cc_news
from tests.support.segments import page

NAME = "CC-NEWS-20261001080500-00042.warc.gz"
PAGES = {
    "https://www.quay.example/news/1": page(1),
    "https://quay.example/news/2": page(2),
    "https://other.example/news/3": page(3),
}


@pytest.fixture(scope="module")
def imported(pressrun: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str | Path, ...]]:
    """A file that was imported into an archive of its own, and where that is as options say it."""
    folder = tmp_path_factory.mktemp("imported")
    write_site(folder / "seeds", sample_site())
    (folder / NAME).write_bytes(cc_news(PAGES))
    where = ("--store", folder / "archive", "--seeds", folder / "seeds")
    result = pressrun("import-ccnews", folder / NAME, *where)
    assert result.returncode == 0, result.stderr
    return folder / NAME, where


def test_what_was_read_before_is_told_and_not_read_again(pressrun: Run, imported) -> None:
    path, where = imported
    key = f"segments/cc-news/2026/10/{NAME}"
    for command in (("import-ccnews", path), ("replay", "--segment", key)):
        again = pressrun(*command, *where)
        assert again.returncode == 0, again.stderr
        assert "0 segments read; by reader" in again.stdout
        assert "1 segment was read before and is left as it is" in again.stdout
        assert "captures" not in again.stdout
    report = json.loads(pressrun("import-ccnews", path, *where, "--json").stdout)
    assert (report["segments"], report["read_before"], report["commits"]) == (1, 1, [])
    assert "0 segments read: no segment waits" in pressrun("normalize", *where).stdout


def _urls(output: str) -> set[str]:
    return {json.loads(line)["url"] for line in output.splitlines()}


def test_articles_of_no_site_are_chosen_by_their_host(pressrun: Run, imported) -> None:
    _, where = imported
    for more in ((), ("--since", "0")):
        chosen = pressrun("read", *where, "--host", "quay.example", *more)
        assert _urls(chosen.stdout) == {url for url in PAGES if "quay" in url}
    nowhere = pressrun("read", *where, "--host", "nowhere.example")
    assert (nowhere.returncode, nowhere.stdout) == (0, "")
    assert "no article that was asked for" in nowhere.stderr


@pytest.mark.parametrize(
    "given", [("--site", ""), ("--site", "quay"), ("--host", "https://quay.example/"), ("--host", "")]
)
def test_what_names_no_site_and_no_host_is_told_how_such_articles_are_chosen(
    pressrun: Run, imported, given: tuple[str, str]
) -> None:
    result = pressrun("read", *imported[1], *given)
    assert (result.returncode, result.stdout) == (2, "")
    assert "--host" in result.stderr


def test_a_file_that_is_not_taken_in_is_told_once_and_stops_no_other(pressrun: Run, tmp_path: Path) -> None:
    write_site(tmp_path / "seeds", sample_site())
    good, bad = tmp_path / NAME, tmp_path / "bad.warc.gz"
    good.write_bytes(cc_news(PAGES))
    bad.write_bytes(b"no gzip")
    where = ("--store", tmp_path / "archive", "--seeds", tmp_path / "seeds")
    refused = pressrun("import-ccnews", bad, *where)
    assert refused.returncode == 2
    assert (refused.stdout + refused.stderr).count("is not taken in") == 1
    beside = pressrun("import-ccnews", bad, good, *where)
    assert beside.returncode == 1
    assert "1 segment read" in beside.stdout
    assert f"\n{bad} is not taken in: " in beside.stdout
    assert (beside.stdout + beside.stderr).count("is not taken in") == 1
