"""Prompts that stand as plain paragraphs between others: how many each reader leaves in, and what it loses for it.

    pip install '.[peers]'                   # what is not installed is named and left out
    python -m benchmarks.prompt_lines

`prompt_lines.jsonl` holds 120 to 170 prompts and as many look-alikes in each of nine languages, written by hand by
people who had not seen the rules: `kind` is what a prompt asks for, `text` marks sentences of reports that only sound
alike, `seen` says whether those who made the rules read it later, when it was missed. Each line is set as a bare `<p>`
between the third and the fourth paragraph of a page, so that nothing but its words can tell; boxes, forms and links
give most of them away on real pages. Printed by language: prompts gone, look-alikes lost.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.progress import track

from benchmarks.reader_speed import readers_installed
from tests.support.pages import STORY, page

LINES: Final = Path(__file__).with_suffix(".jsonl")
PLACE: Final = 3
URL: Final = "https://www.harrowpost.example/news/2026/11/20/bridge-closed-harrow-lane"
_NO_WORD: Final = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as its writer left it."""

    lang: str
    kind: str
    seen: bool
    text: str


Text = Callable[[bytes], str]
"""What a reader takes a page's text for."""


def main() -> None:
    """Read a page for each line with each reader and print the table."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    lines = [Line(**json.loads(line)) for line in LINES.read_text("utf-8").splitlines()]
    texts, missing = _texts()
    kept = {
        name: {line for line in track(lines, name) if _key(line.text) in _key(text(_around(line)))}
        for name, text in texts.items()
    }
    groups = list(_groups(lines))
    print(f"{'gone of prompts / lost of look-alikes':38}" + "".join(f"{name[:18]:>20}" for name in texts))
    for name, group in groups:
        shares = (_shares(group, kept[reader]) for reader in texts)
        print(f"{name:38}" + "".join(f"{gone:>12.3f} / {lost:.3f}" for gone, lost in shares))
    for name in missing:
        print(f"not installed: {name}")


def _around(line: Line) -> bytes:
    return page((*STORY[:PLACE], line.text, *STORY[PLACE:]))


def _key(text: str) -> str:
    return _NO_WORD.sub("", text)[:100_000]


def _groups(lines: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    for lang in dict.fromkeys(line.lang for line in lines):
        for seen in (True, False):
            group = [line for line in lines if line.lang == lang and line.seen is seen]
            if group:
                yield f"{lang}, {'seen' if seen else 'never seen'} by who made the rules", group
    yield "all", lines
    yield "all, never seen", [line for line in lines if not line.seen]


def _shares(group: list[Line], kept: set[Line]) -> tuple[float, float]:
    """Prompts gone and look-alikes lost, each as a share of them."""
    prompts = [line for line in group if line.kind != "text"]
    others = [line for line in group if line.kind == "text"]
    gone = sum(line not in kept for line in prompts) / max(len(prompts), 1)
    return gone, sum(line not in kept for line in others) / max(len(others), 1)


def _texts() -> tuple[dict[str, Text], list[str]]:
    """The readers that can be had by name, and the names of the others."""
    found, missing = readers_installed()
    texts: dict[str, Text] = {}
    for name, (read, answer) in found.items():
        if answer is not None:
            texts[name] = lambda body, read=read, answer=answer: str(answer(read(body, URL))["text"] or "")
    return texts, missing


if __name__ == "__main__":
    sys.exit(main())
