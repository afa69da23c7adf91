"""What the released reader makes of fixed pages: `tests/articles/golden.json`, and the command that renews it.

    python -m tests.support.golden      # after EXTRACTOR was raised, when its articles are as they shall be released

The file holds the version that was released last and for each page the beginnings of two digests: of its bytes, and of
what that version read from them. While EXTRACTOR is that version, a page whose bytes are the same must be read the same:
the test says which are not, and this command refuses them too. With another EXTRACTOR a new reader is in the making and
anything goes; the command then writes down what it reads, which releases it. Pages may come, go and change at any time.
How sure the reader is (confidence, scores) is left out: that may differ by a hair from processor to processor.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from articles.model import EXTRACTOR, Article, Capture
from articles.reading import read
from seeds.sample.pages import build
from seeds.sample.paper import ROOT, load_paper, sample_site
from storage import records
from tests.support.pages import STORY, page

FILE = Path(__file__).parents[1] / "articles" / "golden.json"
BASE = "https://golden.example"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)

Digests = dict[str, str]
"""`<page's bytes>:<what was read from them>` by the page's name."""

_JSON_LD = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":'
    '"Council closes the bridge","datePublished":"2026-11-20T08:00:00-05:00","author":[{"@id":"#ann"}]},{"@type":"Person",'
    '"@id":"#ann","name":"Ann Walker"}]}</script>'
)
_PROMPTS = (
    '<p class="newsletter">Sign up for our morning newsletter.</p><p><strong>Read more:</strong> <a href="/ferry">The ferry '
    'returns</a></p><p><a href="https://twitter.com/post">Follow us on Twitter</a></p><figure><img src="/b.jpg"><figcaption>'
    "The bridge on Sunday. (Photo: Ann Walker/The Harrow Post)</figcaption></figure>"
)
_GERMAN = (
    "Der Kreistag hat am Montag beschlossen, die alte Brücke am Hafen zu sperren, nachdem Prüfer in zwei der fünf Pfeiler "
    "Risse gefunden hatten.",
    "„Wir haben seit 2014 darum gebeten“, sagte Martha Olsen. Die Reparatur soll 4,2 Millionen Euro kosten.",
    "Eine Fähre für Fußgänger soll von sieben Uhr morgens an fahren, sofern das Wetter es zulässt.",
)
WRITTEN = {
    "plain": page(),
    "json-ld": page(head=_JSON_LD),
    "prompts": page(after=_PROMPTS),
    "utf-16": page().decode().encode("utf-16"),
    "cp1252": page().replace(b'<meta charset="utf-8">', b"").decode().encode("cp1252"),
    "cut short": page()[:1_500],
    "german": page(_GERMAN, "Kreis sperrt Brücke", head='<meta name="author" content="Von Anna Weber">'),
    "long": page(STORY * 12),
    "short": page(STORY[:0]),
    "paid": page(STORY[:2], head='<meta property="article:content_tier" content="locked">', after=_PROMPTS),
    "nothing": b"<html><body></body></html>",
}


def digests() -> Digests:
    """Of all pages, as the present reader reads them."""
    return {
        name: f"{_start(capture.body)}:{_start(_read(capture))}"
        for name, capture in sorted(_captures(), key=lambda pair: pair[0])
    }


def changed(recorded: Digests, present: Digests) -> list[str]:
    """Pages that are the same bytes and are read in another way."""
    return [
        name
        for name, digest in present.items()
        if name in recorded
        and digest != recorded[name]
        and digest.partition(":")[0] == recorded[name].partition(":")[0]
    ]


def recorded() -> tuple[str, Digests]:
    """The version released last, and its digests."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    return content["extractor"], content["pages"]


def main() -> int:
    """Record the present reader, unless its version was released with other articles."""
    version, known = recorded()
    present = digests()
    if version == EXTRACTOR and (different := changed(known, present)):
        print(
            f"version {EXTRACTOR} was released and read these otherwise: {', '.join(different)}; "
            "raise EXTRACTOR in articles/model.py",
            file=sys.stderr,
        )
        return 1
    content = json.dumps({"extractor": EXTRACTOR, "pages": present}, indent=1, ensure_ascii=False)
    FILE.write_text(content + "\n", encoding="utf-8")
    print(f"{FILE}: {len(present)} pages as read by version {EXTRACTOR}")
    return 0


def _captures() -> Iterator[tuple[str, Capture]]:
    for name, body in WRITTEN.items():
        yield name, Capture(url=f"{BASE}/2026/11/20/{name}", fetched_at=AT, status=200, headers=(), body=body)
    for path, answer in build(load_paper(), BASE, ROOT).items():
        if "html" in answer.content_type and answer.status == 200:
            headers = (("Content-Type", answer.content_type),)
            yield (
                path,
                Capture(url=BASE + path, fetched_at=AT, status=200, headers=headers, body=answer.body),
            )


def _read(capture: Capture) -> bytes:
    site = replace(sample_site(), home=f"{BASE}/") if capture.headers else None
    outcome = read(capture, site)
    if isinstance(outcome, Article):
        removed = tuple(replace(one, score=0.0) for one in outcome.removed)
        outcome = replace(outcome, removed=removed, confidence=0.0)
    return records.to_json(replace(outcome, extractor=""))


def _start(data: bytes) -> str:
    return sha256(data).hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main())
