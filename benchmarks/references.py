"""Titles, authors and days of the reader against the corpus's references, and without those that are known to be wrong.

    python -m benchmarks.references

Which are wrong, and why, is in `docs/wrong-references.md`; its lines are what is left out here.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from types import ModuleType

from benchmarks.corpus import corpus_folder

FIELDS = ("title", "authors", "date")
_DOC = Path(__file__).resolve().parent.parent / "docs" / "wrong-references.md"
_LINE = re.compile(r"^- `([^`]+)` (title|authors|date): ")
_LIST = re.compile(r"`([^`]+)`")


def left_out(page: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Page id and field of the wrong references, and of these and the disputable ones, as the page lists them."""
    wrong: set[tuple[str, str]] = set()
    disputable: set[tuple[str, str]] = set()
    field = ""
    for line in page.splitlines():
        if match := _LINE.match(line):
            wrong.add((match.group(1), match.group(2)))
            continue
        named = re.match(r"- (title|authors|date): `", line)
        field = named.group(1) if named else field if line.startswith("  `") else ""
        if field:
            disputable |= {(one, field) for one in _LIST.findall(line)}
    return wrong, wrong | disputable


def main() -> None:
    """Print the scores as one JSON object."""
    folder = corpus_folder()
    if folder is None:
        raise SystemExit("no corpus on this machine: set PRESSRUN_CORPUS")
    judge = _judge(folder)
    wrong, all_of_them = left_out(_DOC.read_text(encoding="utf-8"))
    scores: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with gzip.open(folder / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            html = gzip.decompress((folder / row["html"]).read_bytes())
            found = judge.judge((row, html, "benchmarks.reader:extract"))
            for field in FIELDS:
                if field in found:
                    scores["as they are"][field].append(found[field])
                    if (row["id"], field) not in wrong:
                        scores["without the wrong ones"][field].append(found[field])
                    if (row["id"], field) not in all_of_them:
                        scores["without the disputable ones too"][field].append(found[field])
    means = {
        name: {field: round(fmean(values), 4) for field, values in one.items()}
        for name, one in scores.items()
    }
    print(json.dumps(means, indent=1))


def _judge(folder: Path) -> ModuleType:
    """The corpus's own scorer, so that nothing is measured in two ways."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder / 'score.py'} is missing: the corpus is not whole")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
