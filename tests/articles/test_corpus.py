"""Real pages, where a corpus is at hand: none breaks the reader, and the text is near the reference's."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from articles.text import shingles, words
from benchmarks.reader import extract

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("PRESSRUN_CORPUS", ROOT.parent / "shared" / "corpus"))


def test_real_pages_are_read_about_as_their_references_say() -> None:
    truth = CORPUS / "truth.jsonl.gz"
    if not truth.exists():
        pytest.skip(f"no corpus at {CORPUS}")
    with gzip.open(truth, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][::40]
    shares = []
    for row in rows:
        answer = extract(gzip.decompress((CORPUS / row["html"]).read_bytes()), row["url"] or "")
        if row["text"] and row["page_type"] == "article":
            wanted, found = shingles(words(row["text"])), shingles(words(str(answer["text"])))
            shares.append(len(wanted & found) / max(len(wanted | found), 1))
    assert sum(shares) / len(shares) > 0.85
