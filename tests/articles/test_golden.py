"""Whoever changes what the reader reads says so by raising its version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from articles.model import EXTRACTOR
from tests.support import golden


def test_the_released_version_still_reads_what_it_read() -> None:
    version, known = golden.recorded()
    assert int(EXTRACTOR) >= int(version), "a version that was released never comes again"
    if version == EXTRACTOR:
        changed = golden.changed(known, golden.digests())
        assert not changed, f"read otherwise: {changed}; raise EXTRACTOR, then python -m tests.support.golden"


def test_a_released_version_cannot_be_recorded_with_other_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = {"same": "1:1", "other": "1:2", "new": "1:3", "edited": "2:4"}
    monkeypatch.setattr(golden, "digests", lambda: present)
    monkeypatch.setattr(golden, "FILE", tmp_path / "golden.json")

    def released(version: str, **pages: str) -> None:
        golden.FILE.write_text(json.dumps({"extractor": version, "pages": pages}))

    released(EXTRACTOR, same="1:1", other="1:9", edited="1:1", gone="1:1")
    assert golden.main() == 1
    assert golden.recorded()[1]["other"] == "1:9"

    released(EXTRACTOR, same="1:1", other="1:2", edited="1:1", gone="1:1")
    assert golden.main() == 0
    assert golden.recorded() == (EXTRACTOR, present)

    released("0", other="1:9")
    assert golden.main() == 0
    assert golden.recorded() == (EXTRACTOR, present)


def test_the_pages_are_of_many_kinds_and_read_alike_every_time() -> None:
    present = golden.digests()
    assert len(present) > 80
    assert present == golden.digests()
