"""Field reading on an even sample of the golden corpus, where that lies beside the project."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from articles.fields import fields_of
from articles.metadata import metadata_of
from articles.model import Capture
from articles.page import UnreadablePage, parse

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FLOORS = {"title": 0.83, "author": 0.70, "day": 0.80}
"""Shares of the sample to be right: some points under what was measured, since one page weighs a point."""


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the golden corpus is not beside the project")
def test_titles_authors_and_days_of_real_pages_are_mostly_right() -> None:
    with gzip.open(CORPUS / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][::16]
    right: dict[str, list[bool]] = {name: [] for name in FLOORS}
    for row in rows:
        if row["page_type"] not in (None, "article"):
            continue
        html = gzip.decompress((CORPUS / row["html"]).read_bytes()).decode("utf-8", "replace")
        url = row["url"] or ""
        try:
            page = parse(html, url)
        except UnreadablePage:
            continue
        capture = Capture(
            url=url, fetched_at=datetime(2026, 11, 1, tzinfo=UTC), status=200, headers=(), body=b""
        )
        fields = fields_of(page, metadata_of(page), tuple((row["text"] or "").split("\n")), capture)
        if row["title"]:
            right["title"].append(_words(row["title"]) == _words(fields.title))
        if row["authors"]:
            named = {_words(name) for name in (*fields.authors, *fields.organisations, *fields.agencies)}
            right["author"].append(bool(named & {_words(name) for name in row["authors"]}))
        if row["published"]:
            days = {str(fields.published_at)[:10]} if fields.published_at else set()
            right["day"].append(row["published"][:10] in days)
    shares = {name: sum(values) / len(values) for name, values in right.items()}
    assert all(shares[name] >= floor for name, floor in FLOORS.items()), shares


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
