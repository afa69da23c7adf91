"""A sample newspaper on a free port, and a copy of its sources that a test may edit."""

import shutil

import pytest

from seeds.sample.paper import ROOT
from seeds.sample.server import serve


@pytest.fixture(scope="session")
def courier():
    with serve(port=0) as server:
        yield server


@pytest.fixture
def sources(tmp_path):
    """A copy of the newspaper's folder; like a fresh clone, all its files are new."""
    copy = tmp_path / "paper"
    copy.mkdir()
    for name in ("articles", "pages", "templates"):
        shutil.copytree(ROOT / name, copy / name, copy_function=shutil.copyfile)
    for name in ("paper.toml", "digests.txt"):
        shutil.copyfile(ROOT / name, copy / name)
    return copy
