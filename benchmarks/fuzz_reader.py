"""Fuzz the reader with pages that are nearly real: coverage-guided, for as long as it is let run.

    pip install atheris                                     # into an environment that has Pressrun
    python -m benchmarks.fuzz_reader [SECONDS] [FOLDER]     # an hour and ./fuzz where not said

Each input is a page of the sample newspaper with pieces cut out, doubled and put in: markup, entities, JSON-LD, bytes
of other charsets. Whatever it is, the reader must answer with an article or a rejection, must answer the same when
asked again, and soon. What it raises on ends the run, with the input in FOLDER; the slowest page so far is kept there.
The instrumented process grows by 0.2 to 0.4 MB a page (the reader without it does not) and ends at 6 GB, as out of
memory: start it again, it goes on from the inputs in FOLDER.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["articles"]):
    from articles.model import Article, Capture, Rejection
    from articles.reading import read

from seeds.sample.pages import build
from seeds.sample.paper import ROOT, load_paper

AT: Final = datetime(2026, 11, 22, tzinfo=UTC)
URL: Final = "https://fuzz.example/2026/11/20/news/a-story-of-some-length"
SLOW_SECONDS: Final = 0.25
MAX_CHARS: Final = 400_000

PAGES: Final = tuple(
    page.body
    for path, page in sorted(build(load_paper(), "https://fuzz.example", ROOT).items())
    if page.status == 200 and "html" in page.content_type
)
PIECES: Final = (
    "<p>", "</p>", "<div>", "</div>", "<article>", "</article>", "<table><tr><td>", "</table>", "<script>",
    "</script>", "<style>", "<!--", "-->", "<![CDATA[", "<svg>", "<math>", "<template>", "<noscript>",
    "<select><option>", "<br><br>", "<form>", "<button>", "<a href='/subscribe'>", "<a href=//x>", "<b>",
    "<i>", "</b>", "<h1>", "<h2>", "<li>", "<figure>", "<figcaption>", "<time datetime='2025-13-45T99:99'>",
    "<base href='//['>", "<link rel=canonical href='http://['>", "<meta name=author content='By &'>",
    "<meta property=article:published_time content='31.02.2026 25:61 XYZ'>", "<meta charset=utf-7>",
    "<html lang='xx-'>", "<title>", "</title>", "<iframe>", "<frameset>", "<plaintext>", "<textarea>",
    "&#x110000;", "&#0;", "&nbsp;", "&notanentity;", "\0", "\ufeff", "\u202e", "\U0001f600",
    "e\u0301\u0316", "字", "ﬁ", "İ", "Subscribe to our newsletter.", "Read more: ", "By Ann Walker",
    "(AP) -- ", "© 2026", "12:60 p.m. EST", '<script type="application/ld+json">',
    '{"@type":"NewsArticle","headline":"x","author":[{"@id":"#a"}]}', '{"@graph":[',
    '"datePublished":"2026-11-20T25:00:00+99:99",', '"author":{"author":{"author":', '"articleBody":"',
    "\\ud800", "]}", "{{", " class='newsletter-signup promo'", " hidden", " itemprop=author",
    " rel=next href='?page=2'", " id='live-post live-post'",
)  # fmt: skip
HEADERS: Final = (
    None, "text/html", "text/html; charset=utf-8", "text/html; charset=utf-16", "text/html; charset=nonsense",
    "text/html; charset=shift_jis", "application/xhtml+xml; charset=iso-8859-1", "text/plain",
)  # fmt: skip
CHARSETS: Final = ("utf-8", "utf-16", "utf-16-be", "cp1252", "shift_jis", "utf-8-sig", "utf-32")


def made_from(data: bytes) -> Capture:
    """The capture that an input of the fuzzer stands for."""
    source = atheris.FuzzedDataProvider(data)
    text = PAGES[source.ConsumeIntInRange(0, len(PAGES) - 1)].decode("utf-8", "replace")
    while source.remaining_bytes() > 4 and len(text) < MAX_CHARS:
        start = source.ConsumeIntInRange(0, len(text))
        change = source.ConsumeIntInRange(0, 6)
        end = min(start + source.ConsumeIntInRange(0, 2_000), len(text))
        if change <= 2:
            times = source.ConsumeIntInRange(1, 3_000) if change == 0 else 1
            piece = PIECES[source.ConsumeIntInRange(0, len(PIECES) - 1)] * times
            text = text[:start] + piece + text[start:]
        elif change == 3:
            text = text[:start] + text[end:]
        elif change == 4:
            text = text[:end] + text[start:end] * source.ConsumeIntInRange(1, 20) + text[end:]
        elif change == 5:
            text = text[:start] + source.ConsumeUnicode(20) + text[start:]
        else:
            text = text[:start]
    charset = CHARSETS[len(data) % len(CHARSETS)] if data[:1] > b"\xc0" else "utf-8"
    body = text.encode(charset, "replace" if not charset.startswith("utf") else "surrogatepass")
    kind = HEADERS[sum(data[:3]) % len(HEADERS)]
    headers = (("Content-Type", kind),) if kind else ()
    return Capture(url=URL, fetched_at=AT, status=200, headers=headers, body=body)


class Fuzzing:
    """The run so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.runs, self.articles, self.slow = folder, 0, 0, 0
        self.slowest = 0.0
        self.began = time.monotonic()

    def one(self, data: bytes) -> None:
        """Read what one input stands for."""
        capture = made_from(data)
        began = time.process_time()
        outcome = read(capture)
        took = time.process_time() - began
        if not isinstance(outcome, Article | Rejection):
            raise TypeError(f"the reader answered {outcome!r}")
        if self.runs % 16 == 0 and read(capture) != outcome:
            raise AssertionError("the same bytes were read in two ways")
        self.runs += 1
        self.articles += isinstance(outcome, Article)
        self.slow += took > SLOW_SECONDS
        if took > self.slowest and self.runs > 10:  # the first load models
            self.slowest = took
            (self.folder / "slowest.html").write_bytes(capture.body)
        if self.runs % 1_000 == 0:
            self.tell()

    def tell(self) -> None:
        """Print where the run stands."""
        minutes = (time.monotonic() - self.began) / 60
        print(
            f"{self.runs} pages in {minutes:.1f} min, {self.articles} articles, slowest {self.slowest * 1e3:.0f} ms, "
            f"{self.slow} above {SLOW_SECONDS * 1e3:.0f} ms",
            flush=True,
        )


def main(seconds: int, folder: Path) -> None:
    """Fuzz for so long."""
    inputs = folder / "inputs"
    inputs.mkdir(parents=True, exist_ok=True)
    fuzzing = Fuzzing(folder)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=400",
        "-len_control=0",
        "-rss_limit_mb=6000",
        "-timeout=20",
    ]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", str(inputs)], fuzzing.one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 3_600,
        Path(sys.argv[2]) if len(sys.argv) > 2 else Path("fuzz"),
    )
