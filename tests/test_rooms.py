"""The rooms' rules hold, and would be noticed when broken."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("articles", "seeds", "storage", "spiders", "flows", "pressrun")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code that a test may break."""
    folder = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, folder / room, ignore=lambda _, names: [n for n in names if n == "__pycache__"]
        )
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_every_import_obeys_the_rooms(house: Path) -> None:
    result = lint_imports(house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("storage/log.py", "import spiders.events", "Imports run one way"),
        ("articles/text.py", "import socket", "articles/ is pure"),
        ("spiders/news.py", "import prefect", "prefect only"),
        ("flows/crawl.py", "import scrapy", "scrapy and twisted only"),
        ("storage/log.py", "import sqlalchemy", "SQL only"),
        ("storage/log.py", "import boto3", "boto3 only"),
        ("storage/segments.py", "import warcio", "warcio only"),
        ("storage/documents.py", "import pyarrow", "deltalake and pyarrow only"),
        ("storage/log.py", "import msgspec", "msgspec only"),
        ("storage/log.py", "import zstandard", "zstandard and brotli only"),
        ("storage/log.py", "import rich", "typer and rich only"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(house: Path, file: str, line: str, contract: str) -> None:
    target = house / file
    whole = target.read_text(encoding="utf-8")
    target.write_text(whole.replace("from __future__", f"{line}\nfrom __future__", 1), encoding="utf-8")
    try:
        result = lint_imports(house)
    finally:
        target.write_text(whole, encoding="utf-8")
    assert result.returncode != 0
    # a long name is broken over two lines: "Imports run one way: ... -> seeds -> \n articles BROKEN"
    verdicts = re.split(r" (?:KEPT|BROKEN)\b", " ".join(result.stdout.split()))
    marks = re.findall(r" (KEPT|BROKEN)\b", " ".join(result.stdout.split()))
    broken = [name for name, mark in zip(verdicts, marks, strict=False) if mark == "BROKEN"]
    assert any(contract in name for name in broken), result.stdout
