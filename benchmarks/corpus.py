"""The golden corpus of real pages, where this machine has it: never part of the project."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One real page with its reference."""

    id: str
    dataset: str
    url: str
    html: Path
    """Gzipped bytes as downloaded."""
    page_type: str | None
    title: str | None
    published: str | None
    text: str | None

    def body(self) -> bytes:
        """The bytes of the page."""
        return gzip.decompress(self.html.read_bytes())


def corpus_folder() -> Path | None:
    """Where the corpus is (`PRESSRUN_CORPUS`, else ../shared/corpus beside the project), or None."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
    folder = Path(os.environ.get("PRESSRUN_CORPUS") or beside)
    return folder if (folder / "truth.jsonl.gz").is_file() else None


def pages(folder: Path) -> Iterator[Page]:
    """Every page of the corpus, in its own order."""
    with gzip.open(folder / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Page(
                id=row["id"],
                dataset=row["dataset"],
                url=row["url"] or "",
                html=folder / row["html"],
                page_type=row["page_type"],
                title=row["title"],
                published=row["published"],
                text=row["text"],
            )
