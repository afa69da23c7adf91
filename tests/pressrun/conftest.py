"""An archive made as its users make one: the sample newspaper crawled by the command, three times."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pressrun.cli import main
from seeds.load import write_site
from seeds.sample.paper import ROOT, SampleArticle, load_paper, sample_site
from seeds.sample.server import Request, serve

EDITED = "ferry-engine-parts-shortage"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def pressrun(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the `pressrun` command in an empty folder."""
    folder = tmp_path_factory.mktemp("elsewhere")

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("pressrun"), *map(str, arguments)],
            cwd=folder,
            env={**prefect_environment, "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@dataclass(frozen=True, slots=True)
class Crawled:
    """The sample newspaper, crawled: at first, again, and after one article was edited."""

    store: Path
    seeds: Path
    paper: dict[str, SampleArticle]
    url: str
    reports: tuple[dict[str, Any], ...]
    requests: tuple[list[Request], ...]
    """What the server was asked in each of the crawls."""

    def url_of(self, slug: str) -> str:
        """Address of an article's first page."""
        return self.url.rstrip("/") + self.paper[slug].path


@pytest.fixture(scope="session")
def crawled(pressrun: Run, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Three crawls by the command line."""
    folder = tmp_path_factory.mktemp("crawled")
    root, store, seeds = folder / "paper", folder / "archive", folder / "seeds"
    shutil.copytree(ROOT, root)
    reports, requests = [], []
    with serve(port=0, root=root) as server:
        write_site(seeds, sample_site(server.port))
        for number in range(3):
            if number == 2:
                _edit(root / "articles" / f"{EDITED}.md")
            server.requests.clear()
            result = pressrun("crawl", "sample", "--store", store, "--seeds", seeds, "--json")
            assert result.returncode == 0, result.stderr
            reports.append(json.loads(result.stdout))
            requests.append(list(server.requests))
        paper = {article.slug: article for article in load_paper(root).articles}
        return Crawled(store, seeds, paper, server.url, tuple(reports), tuple(requests))


def _edit(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    path.write_text(
        source.rstrip("\n") + "\n\nThe engine part arrived on Friday after all.\n", encoding="utf-8"
    )


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


RunHere = Callable[..., Answer]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> RunHere:
    """Runs a command of `pressrun` on the archive of this test."""
    for name in ("PRESSRUN_STORE", "PRESSRUN_SEEDS"):
        monkeypatch.setenv(name, "")

    def run(*arguments: str) -> Answer:
        store = ("--store", str(tmp_path / "archive"))
        monkeypatch.setattr(sys, "argv", ["pressrun", *arguments, *store])
        with pytest.raises(SystemExit) as end:
            main()
        told = capfd.readouterr()
        return Answer(int(end.value.code or 0), told.out, told.err)

    return run
