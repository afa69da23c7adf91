"""How well near duplicates are told, and what telling them costs as the archive grows.

    python -m benchmarks.stories [ARTICLES]

Labelled by how the pairs were made, from the reference texts of the corpus (the sample newspaper's where there is
none). One story: a wire report as other sites print it (their dateline, cut to its first half or third, sentences
dropped and words changed, an own lead before it, own standing lines after it). Not one story: two reports of
the corpus, two reports of one site with its standing lines around both, and a follow-up that repeats the background of
an earlier report below news of its own. Then ARTICLES made-up texts (default 200,000), a tenth of them
copies, are told in batches of 100; milliseconds an article are printed as the index grows.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from articles.near import BANDS, ROWS, SAME, SHORTEST, bands, likeness, signature
from benchmarks.corpus import corpus_folder, pages
from seeds.sample.paper import load_paper
from storage.state.database import open_database
from storage.state.stories import remember, stories

Text = list[str]
BATCH = 100


def halved(text: Text, _: Text) -> Text:
    """The first half of the paragraphs."""
    return text[: max(1, len(text) // 2)]


def third(text: Text, _: Text) -> Text:
    """The first third of the paragraphs."""
    return text[: max(1, len(text) // 3)]


def dated(text: Text, _: Text) -> Text:
    """With another site's dateline and credit."""
    return [
        f"SPRINGFIELD (Wire) - {text[0]}",
        *text[1:],
        "Reporting by our correspondents; editing by the desk.",
    ]


def edited(text: Text, _: Text) -> Text:
    """One paragraph in six dropped, one word in twelve changed."""
    dice = random.Random(len(text))
    return [
        " ".join("another" if dice.random() < 1 / 12 else word for word in paragraph.split())
        for paragraph in text
        if dice.random() > 1 / 6
    ] or text


def led(text: Text, other: Text) -> Text:
    """Below a lead of the site's own, with its standing lines at the end."""
    return [" ".join(" ".join(other).split()[:60]), *text, *STANDING]


def others(_: Text, other: Text) -> Text:
    """Another report."""
    return other


def standing(_: Text, other: Text) -> Text:
    """Another report of one site, whose standing lines are around both."""
    return [*STANDING, *other]


def followed(text: Text, other: Text) -> Text:
    """News of its own above the last third of the earlier report."""
    background = text[-max(1, len(text) // 3) :]
    news: Text = []
    for paragraph in other:
        if _words(news) >= 2 * _words(background):
            break
        news.append(paragraph)
    return [*news, *background]


ONE = (dated, edited, led, halved, third)
TWO = (others, standing, followed)
STANDING = [
    "We welcome tips, comments and corrections from our readers at any hour; write to the desk or call the newsroom.",
    "This newspaper was founded in 1894 and has been printed in the same street ever since, six days a week.",
    "Our journalism is paid for by the people who read it; thank you for being one of them, today and tomorrow.",
]


def main(count: int) -> None:
    """Print recall and precision by how a pair was made, then the cost by size."""
    texts = [text for text in _texts() if _words(text) >= 3 * SHORTEST]
    print(f"{len(texts)} texts; {BANDS} bands of {ROWS} places, one story from {SAME} on")
    print(f"  {'pairs':10} {'count':>5}  {'likeness':>8}  {'one story':>9}")
    rows = {make: _pairs(texts, make) for make in (*ONE, *TWO)}
    for make, pairs in rows.items():
        middle = statistics.median(score for score, _ in pairs)
        told = sum(score >= SAME and met for score, met in pairs)
        print(f"  {make.__name__:10} {len(pairs):5}  {middle:8.2f}  {told / len(pairs):9.3f}")
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        hit, wrong = (
            sum(score >= threshold and met for make in made for score, met in rows[make])
            for made in (ONE, TWO)
        )
        total = sum(len(rows[make]) for make in ONE)
        chosen = " (chosen)" if threshold == SAME else ""
        print(
            f"  from {threshold:.2f} on{chosen}: recall {hit / total:.3f}, precision {hit / max(1, hit + wrong):.3f}"
        )
    grow(count)


def grow(count: int) -> None:
    """Tell `count` texts in batches and print what an article costs at each doubling of the index."""
    dice = random.Random(7)
    words = [
        f"{a}{b}{c}"
        for a in "bdfgklmnprstvw"
        for b in ("a", "ei", "o", "u", "ie")
        for c in ("n", "rt", "s", "ll", "")
    ]
    recent: list[Text] = []
    with tempfile.TemporaryDirectory(prefix="stories-") as folder:
        database = open_database(f"sqlite:///{folder}/state.sqlite")
        done, since, mark, spent, wall = 0, 0, 10_000, 0.0, 0.0
        while done < count:
            batch = {}
            for number in range(BATCH):
                copy = dice.random() < 0.1 and recent
                text = [*dice.choice(recent)[:-1], "ours"] if copy else [" ".join(dice.choices(words, k=300))]
                if not copy:
                    recent = [*recent[-999:], text]
                batch[f"a{done + number}"] = text
            began, cpu = time.perf_counter(), time.process_time()
            signed = {key: signed for key, text in batch.items() if (signed := signature(text))}
            with database.commit_lock() as connection:
                found = stories(connection, signed)
                remember(connection, found, signed)
            wall += time.perf_counter() - began
            spent += time.process_time() - cpu
            done += BATCH
            if done == mark:
                size = sum(path.stat().st_size for path in Path(folder).iterdir())
                each = 1e3 / (done - since)
                print(
                    f"  {done:>9,} articles: {each * wall:.2f} ms an article, CPU {each * spent:.2f}; "
                    f"{size / done:,.0f} bytes of index",
                    flush=True,
                )
                mark, since, spent, wall = 2 * mark, done, 0.0, 0.0
        database.close()


def _pairs(texts: list[Text], make: Callable[[Text, Text], Text]) -> list[tuple[float, bool]]:
    """(likeness, whether a band is shared) of each pair."""
    dice = random.Random(3)
    scores = []
    for text in texts:
        other = next(each for each in dice.sample(texts, 2) if each is not text)
        first = signature([*STANDING, *text] if make is standing else text)
        made = signature(make(text, other))
        if made and first:
            scores.append((likeness(first, made), not set(bands(first)).isdisjoint(bands(made))))
    return scores


def _texts() -> list[Text]:
    folder = corpus_folder()
    if folder is None:
        return [list(article.paragraphs) for article in load_paper().articles]
    return [
        page.text.split("\n")
        for page in pages(folder)
        if page.text and page.dataset in ("fundus", "newspaper4k")
    ]


def _words(text: Text) -> int:
    return sum(len(paragraph.split()) for paragraph in text)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
