"""Fit the body classifier (`articles/data/body.npz`) to a corpus of pages with reference texts.

    python benchmarks/fit_body.py --quick --write    # cross-validated figures, by site; fit on every page
    python benchmarks/fit_body.py --evaluate         # figures of strictly nested folds, at five times the cost

Two stages of symmetric boosted trees (CatBoost): the first judges a block by itself and its surroundings, the second
also sees what the first said of neighbours and containers, always predicted by a model that had not seen that site.
Folds are by registered domain. Needs `pip install pressrun[train]`; reading pages needs none of it.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import pickle
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from articles.blocks import blocks_of
from articles.body import body_of
from articles.boilerplate import strip
from articles.decode import decode
from articles.ends import STANDFIRST
from articles.features import Context, Hints, Lore, name_parts
from articles.hints import hints_of, house_of
from articles.metadata import metadata_of
from articles.page import parse
from articles.reading import rows_of
from articles.text import folded

ROOT = Path(__file__).resolve().parents[1]
CORPUS = Path(os.environ.get("PRESSRUN_CORPUS", ROOT.parent / "shared" / "corpus"))
FOLDS = 5


# --- Labels ---------------------------------------------------------------------------------------


def align(texts: list[str], reference: str) -> np.ndarray:
    """Share of each block's words that stand in the reference, along the best chain of matches in page order."""
    lines = [folded(line) for line in reference.split("\n")]
    tokens = [t for line in lines for t in line]
    starts, ends, at = set(), set(), 0
    for line in lines:
        if line:
            starts.add(at)
            at += len(line)
            ends.add(at)
    grams: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for size in (1, 2, 3, 4):
        for i in range(len(tokens) - size + 1):
            grams[tuple(tokens[i : i + size])].append(i)
    spans = []  # block, start, end, share, weight
    for block, text in enumerate(texts):
        own = folded(text)
        count = len(own)
        if not count:
            continue
        if count < 4:
            for p in grams.get(tuple(own), ())[:12]:
                if p in starts or p + count in ends:
                    exact = p in starts and p + count in ends
                    spans.append((block, p, p + count, 1.0, count * (0.8 if exact else 0.5)))
            continue
        diagonals: Counter[int] = Counter()
        matched = 0
        for o in range(count - 3):
            found = grams.get(tuple(own[o : o + 4]))
            if found:
                matched += 1
                for p in found[:6]:
                    diagonals[p - o] += 1
        share = matched / (count - 3)
        if share < 0.34:
            continue
        for diagonal, hits in diagonals.most_common(4):
            near = sum(v for d, v in diagonals.items() if abs(d - diagonal) <= max(3, count // 10))
            if near >= 0.3 * matched:
                low = max(diagonal, 0)
                spans.append((block, low, min(low + count, len(tokens)), share, near + 3.0))
            del hits
    answer = np.zeros(len(texts))
    if not spans:
        return answer
    spans.sort(key=lambda s: (s[0], s[1]))
    block = np.array([s[0] for s in spans])
    low = np.array([s[1] for s in spans])
    high = np.array([s[2] for s in spans])
    weight = np.array([s[4] for s in spans])
    best, back = weight.copy(), np.full(len(spans), -1)
    for i in range(1, len(spans)):
        slack = min(3, max(0, (high[i] - low[i]) // 4))
        fits = (block[:i] < block[i]) & (high[:i] <= low[i] + slack)
        if fits.any():
            scores = np.where(fits, best[:i], -1)
            j = int(scores.argmax())
            best[i] += scores[j]
            back[i] = j
    i = int(best.argmax())
    while i >= 0:
        answer[spans[i][0]] = spans[i][3]
        i = int(back[i])
    return without_chance_hits(texts, answer)


def without_chance_hits(texts: list[str], label: np.ndarray) -> np.ndarray:
    """The same labels without one to three words that a reference also has, far from any text that it has."""
    count = np.array([len(text.split()) for text in texts])
    long = np.flatnonzero((label >= 0.5) & (count >= 8))
    if not len(long):
        return label
    far = np.array([np.abs(long - i).min() > 12 for i in range(len(texts))])
    return np.where((count < 4) & far, 0.0, label)


def snippet_labels(texts: list[str], include: list[str], exclude: list[str]) -> np.ndarray:
    """1 for blocks that hold a wanted snippet, 0 for an unwanted one, -1: unknown."""
    answer = np.full(len(texts), -1.0)
    flat = [" ".join(folded(t)) for t in texts]
    for snippets, value in ((exclude, 0.0), (include, 1.0)):
        for snippet in snippets:
            key = " ".join(folded(snippet))
            hits = [i for i, t in enumerate(flat) if key and f" {key} " in f" {t} "]
            if len(hits) == 1 or value == 0.0:
                for i in hits:
                    answer[i] = value
    return answer


# --- Pages ----------------------------------------------------------------------------------------


class Sample:
    """One labelled page."""

    __slots__ = ("blocks", "fold", "hints", "house", "id", "kind", "label", "reference", "row", "site")


def load() -> list[Sample]:
    """All labelled pages of the corpus; block tables are kept in a cache file while nothing above has changed."""
    digest = hashlib.sha256()
    for name in ("articles/blocks.py", "articles/page.py", "articles/decode.py", "articles/text.py"):
        digest.update((ROOT / name).read_bytes())
    for name in ("articles/metadata.py", "articles/hints.py", "articles/headline.py", "articles/title.py"):
        digest.update((ROOT / name).read_bytes())
    digest.update(Path(__file__).read_bytes().split(b"# --- Lore")[0])
    cache = (
        Path(os.environ.get("PRESSRUN_FIT_CACHE", tempfile.gettempdir()))
        / f"fit-{digest.hexdigest()[:12]}.pickle"
    )
    if cache.exists():
        return pickle.loads(cache.read_bytes())  # noqa: S301 -- written by this script
    import tldextract

    domain = tldextract.TLDExtract(suffix_list_urls=())
    samples = []
    with gzip.open(CORPUS / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        html = gzip.decompress((CORPUS / row["html"]).read_bytes())
        url = row["url"] or ""
        page = parse(decode(html, None), url)
        s = Sample()
        s.id, s.kind = row["id"], row["page_type"]
        s.blocks = blocks_of(page)
        metadata = metadata_of(page)
        s.hints = hints_of(page, metadata)
        s.house = house_of(metadata, url)
        if s.kind in (None, "article") and row["text"]:
            s.label = align(s.blocks.text, row["text"])
            s.reference = row["text"]
        elif s.kind is None:
            s.label = snippet_labels(s.blocks.text, row["must_include"], row["must_exclude"])
            s.reference = None
        else:
            s.label, s.reference = None, row["text"]
        s.site = domain(url).top_domain_under_public_suffix or url
        s.fold = int(hashlib.sha256(s.site.encode()).hexdigest(), 16) % FOLDS
        s.row = row
        samples.append(s)
    cache.write_bytes(pickle.dumps(samples, protocol=5))
    return samples


# --- Lore: what single words and names tell ---------------------------------------------------------


def learn_lore(samples: list[Sample], sites: int = 7, keep: int = 2500) -> Lore:
    """Smoothed log odds of words in short blocks, and of parts of class names, counted once a site."""
    words: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    word_sites: dict[str, set[str]] = defaultdict(set)
    names: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    name_sites: dict[str, set[str]] = defaultdict(set)
    for s in samples:
        if s.label is None or s.reference is None:
            continue
        here: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        there: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        e = s.blocks.elements
        for text, at, y in zip(s.blocks.text, s.blocks.element, s.label, strict=True):
            good = int(y >= 0.5)
            tokens = folded(text)
            if len(tokens) <= 30:
                for token in set(tokens):
                    here[token][good] += 1
            parts: set[str] = set()
            up, level = at, 0
            while up > 0 and level < 8:
                if e.key[up]:
                    parts.update(name_parts(e.key[up]))
                up, level = e.parent[up], level + 1
            for part in parts:
                there[part][good] += min(len(tokens), 60) + 1
        for table, sites_of, found in ((words, word_sites, here), (names, name_sites, there)):
            for key, (bad, good_count) in found.items():
                total = bad + good_count
                table[key][0] += bad / total
                table[key][1] += good_count / total
                sites_of[key].add(s.site)

    def odds(table: dict[str, list[float]], sites_of: dict[str, set[str]]) -> dict[str, float]:
        bad = sum(v[0] for v in table.values())
        good = sum(v[1] for v in table.values())
        found = {}
        for key, (b, g) in table.items():
            if len(sites_of[key]) >= sites:
                found[key] = float(np.clip(np.log((g + 0.5) / (good + 1) * (bad + 1) / (b + 0.5)), -4, 4))
        ranked = sorted(found.items(), key=lambda kv: (-abs(kv[1]) * len(sites_of[kv[0]]) ** 0.5, kv[0]))
        return {k: round(v, 2) for k, v in ranked[:keep] if abs(v) > 0.2}

    return Lore(words=odds(words, word_sites), names=odds(names, name_sites))


# --- Fitting --------------------------------------------------------------------------------------


def weights(s: Sample) -> np.ndarray:
    """Weight of each block: a page counts as one, a block as its share of the page's words."""
    count = np.array([len(t.split()) for t in s.blocks.text], float)
    if s.reference is None:
        return np.where(s.label >= 0, SNIPPET, 0.0)
    scale = len(s.reference.split()) + 150.0
    return (count + 4.0) / scale


SNIPPET = 0.1


def trust(s: Sample, chance: np.ndarray) -> np.ndarray:
    """How far to believe each label, by what models that had not seen the site say: references are human work.

    Some end in the middle of a text, some lack paragraphs that stand between others. A label that is contradicted
    outright counts a tenth; all labels of a page on which the two have little in common count a third; a second copy
    of wanted text counts nothing, because the alignment may have taken either.
    """
    if s.label is None or s.reference is None:
        return np.ones(len(s.blocks))
    count = np.array([len(t.split()) for t in s.blocks.text], float)
    wanted, said = s.label >= 0.5, chance >= 0.5
    doubtful = (~wanted & (chance > 0.9)) | (wanted & (chance < 0.05))
    both = count[wanted & said].sum()
    alike = 2 * both / max(count[wanted].sum() + count[said].sum(), 1.0)
    keys = [" ".join(folded(t)) if len(t) > 60 else "" for t in s.blocks.text]
    known = {key for key, y in zip(keys, wanted, strict=True) if y and key}
    copy = np.array([not y and key in known for key, y in zip(keys, wanted, strict=True)], bool)
    return np.where(copy, 0.0, np.where(doubtful, 0.1, 1.0) * (0.3 if alike < 0.6 else 1.0))


class Fitted:
    """A fitted stage and the columns it was fitted to."""

    def __init__(
        self, x: np.ndarray, y: np.ndarray, w: np.ndarray, trees: int, rate: float, depth: int
    ) -> None:
        from catboost import CatBoostClassifier, Pool

        self.model = CatBoostClassifier(
            iterations=trees,
            learning_rate=rate,
            depth=depth,
            border_count=64,
            l2_leaf_reg=6.0,
            rsm=0.3,
            random_seed=7,
            thread_count=2,
            verbose=False,
            allow_writing_files=False,
            bootstrap_type="Bernoulli",
            subsample=0.7,
        )
        self.model.fit(Pool(x, y, weight=w))

    def chance(self, x: np.ndarray) -> np.ndarray:
        """Chance of each row."""
        if not len(x):
            return np.zeros(0)
        return self.model.predict_proba(x)[:, 1]


STAGE1 = {"trees": 160, "rate": 0.12, "depth": 6}
STAGE2 = {"trees": 260, "rate": 0.09, "depth": 6}

Trust = dict[str, np.ndarray]


def rows(
    samples: list[Sample], matrices: list[np.ndarray], trusted: Trust
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Training rows of many pages: each block that matters, a tenth of the plainly empty at ten times the weight."""
    rng = np.random.default_rng(7)
    xs, ys, ws = [], [], []
    for s, x in zip(samples, matrices, strict=True):
        w = weights(s) * trusted.get(s.id, 1.0)
        y = s.label
        near = np.convolve((y >= 0.3).astype(float), np.ones(41))[20 : 20 + len(y)] > 0
        dull = ~near & (x[:, 0] < 8)
        keep = np.where(dull, rng.random(len(y)) < 0.1, True) & (w > 0)
        w = np.where(dull, w * 10, w)
        xs.append(x[keep])
        ys.append((y[keep] >= 0.5).astype(int))
        ws.append(w[keep])
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(ws)


def stage_one(samples: list[Sample], lore: Lore) -> tuple[list[np.ndarray], list[Context]]:
    """The first-stage matrices of some pages, and what the second stage needs."""
    contexts = [Context(s.blocks, s.hints, lore) for s in samples]
    return [c.matrix() for c in contexts], contexts


Log = Callable[[str], None]


def _clock() -> Log:
    started = time.time()

    def log(text: str) -> None:
        print(f"{time.time() - started:7.1f} {text}", flush=True)

    return log


def _joined(table: dict[int, tuple[np.ndarray, ...]], folds: list[int]) -> list[np.ndarray]:
    return [np.concatenate([table[k][i] for k in folds]) for i in range(3)]


class Folds:
    """Pages in folds by site, each seen only through word weights, name weights and models of the other folds."""

    def __init__(self, samples: list[Sample], folds: list[int], log: Log) -> None:
        self.folds, self.log = folds, log
        self.pages = {k: [s for s in samples if s.fold == k and len(s.blocks)] for k in folds}
        self.known = [s for k in folds for s in self.pages[k] if s.label is not None]
        self.firsts: dict[int, list[np.ndarray]] = {}
        self.contexts: dict[int, list[Context]] = {}
        for k in folds:
            lore = learn_lore([s for s in self.known if s.fold != k])
            self.firsts[k], self.contexts[k] = stage_one(self.pages[k], lore)
        log("features")
        self.trusted: Trust = {}
        self.trusted = {
            s.id: trust(s, p)
            for k, chances in self.judged(self.parts(self.firsts), self.firsts, STAGE1).items()
            for s, p in zip(self.pages[k], chances, strict=True)
        }
        log("labels weighed")
        self.rows_one = self.parts(self.firsts)
        self.chances = self.judged(self.rows_one, self.firsts, STAGE1)
        self.seconds = {
            k: [
                c.second_stage(*xp)
                for c, *xp in zip(self.contexts[k], self.firsts[k], self.chances[k], strict=True)
            ]
            for k in folds
        }
        self.rows_two = self.parts(self.seconds)
        log(f"stage one: {sum(len(part[0]) for part in self.rows_one.values())} rows")

    def parts(self, matrices: dict[int, list[np.ndarray]]) -> dict[int, tuple[np.ndarray, ...]]:
        """Training rows of each fold."""
        found = {}
        for k in self.folds:
            known = [i for i, s in enumerate(self.pages[k]) if s.label is not None]
            found[k] = rows([self.pages[k][i] for i in known], [matrices[k][i] for i in known], self.trusted)
        return found

    def judged(
        self,
        parts: dict[int, tuple[np.ndarray, ...]],
        matrices: dict[int, list[np.ndarray]],
        parameters: dict[str, float],
    ) -> dict[int, list[np.ndarray]]:
        """Chances of each fold's pages, by a model of the other folds."""
        answers = {}
        for k in self.folds:
            model = Fitted(*_joined(parts, [f for f in self.folds if f != k]), **parameters)
            answers[k] = [model.chance(x) for x in matrices[k]]
        return answers

    def fitted(self) -> tuple[Lore, Fitted, Fitted]:
        """Both stages from all pages."""
        one = Fitted(*_joined(self.rows_one, self.folds), **STAGE1)
        two = Fitted(*_joined(self.rows_two, self.folds), **STAGE2)
        return learn_lore(self.known), one, two


Answers = dict[str, tuple[np.ndarray, np.ndarray]]


def quick(samples: list[Sample], out: Path, *, keep: bool) -> None:
    """As `evaluate`, several times as fast and a shade too kind: stage two's inputs come from stage-one models that
    saw the tested fold's labels (never the tested fold's own answers)."""
    log = _clock()
    folds = Folds(samples, list(range(FOLDS)), log)
    second = folds.judged(folds.rows_two, folds.seconds, STAGE2)
    answers: Answers = {
        s.id: (p, q)
        for k in folds.folds
        for s, p, q in zip(folds.pages[k], folds.chances[k], second[k], strict=True)
    }
    log("stage two")
    out.write_bytes(pickle.dumps(answers))
    if keep:
        save(samples[0], *folds.fitted())
        log("written")
    figures(samples, answers)


def evaluate(samples: list[Sample], test_folds: list[int], out: Path) -> None:
    """Answers for pages of sites that took no part in fitting, kept in a file for `score`."""
    log = _clock()
    answers: Answers = {}
    for j in test_folds:
        lore, one, two = Folds(samples, [k for k in range(FOLDS) if k != j], log).fitted()
        for s in samples:
            if s.fold == j and len(s.blocks):
                c = Context(s.blocks, s.hints, lore)
                x = c.matrix()
                p1 = one.chance(x)
                p2 = two.chance(c.second_stage(x, p1))
                answers[s.id] = (p1, p2)
        log(f"fold {j}")
        out.write_bytes(pickle.dumps(answers))
        figures(samples, answers)


SHOWN = (
    "f1",
    "precision",
    "recall",
    "exact",
    "include",
    "exclude",
    "promo_leak_inbody",
    "promo_leak",
    "false_strip",
)


def figures(samples: list[Sample], answers: Answers) -> None:
    """Print what `score.py` makes of the answers, with all removal rules of the reader and no site profile."""
    sys.path.insert(0, str(CORPUS))
    import score

    found = defaultdict(list)
    for s in samples:
        if s.id not in answers or s.kind not in (None, "article"):
            continue
        context = Context(s.blocks, s.hints, Lore(words={}, names={}))
        context.matrix()
        body = body_of(answers[s.id][1], context)
        stripped = strip(s.blocks, body, s.hints, s.house)
        # References count the standfirst as text; the reader keeps it apart, as the dek.
        dek = [removed.text for removed in stripped.removed if removed.reason == STANDFIRST]
        lines = ["\t".join(s.blocks.text[i] for i in row) for row in rows_of(s.blocks, stripped.kept)]
        text = "\n".join([*dek, *lines])
        found[s.id.split("/")[0]].append(judged(score, s, text))
    for name, answered in [*found.items(), ("all", [r for group in found.values() for r in group])]:
        summary = score.summary(answered)
        print(f"{name:12}", json.dumps({k: summary[k] for k in SHOWN if k in summary}), flush=True)


def judged(score: ModuleType, s: Sample, text: str) -> dict[str, object]:
    """One page's figures, as `score.judge` would give them for this text."""
    row = s.row
    r: dict[str, object] = {"id": s.id, "ms": 0.0, "error": None}
    if s.reference:
        tp, fp, fn = score.overlap(s.reference, text)
        r["p"] = score.rate(tp, fp, fn) if tp + fp > 0 else None
        r["r"], r["exact"] = score.rate(tp, fn, fp), float(score.words(s.reference) == score.words(text))
        r["leak"] = list(score.leaks(row, text))
        held = set(score.shingles(score.folded(text)))
        plain = [score.dropped(x, held) for x in row.get("plain_sentences", [])]
        if plain and sum(plain) / len(plain) <= 0.2:
            r["strip"] = [score.dropped(x, held) for x in row.get("mention_sentences", [])]
    low = " ".join(text.lower().split())
    r["include"] = [" ".join(x.lower().split()) in low for x in row["must_include"]]
    r["exclude"] = [" ".join(x.lower().split()) not in low for x in row["must_exclude"]]
    return r


def recipe() -> str:
    """Hash of what is fitted: the columns, in order, and the parameters."""
    return hashlib.sha256(json.dumps([columns(), STAGE1, STAGE2, SNIPPET, FOLDS]).encode()).hexdigest()[:16]


def columns() -> list[str]:
    """Names of the columns of both stages, as the reader computes them today."""
    blocks = blocks_of(
        parse("<p>One sentence of text, for the names of its columns.</p>", "https://example.org/")
    )
    context = Context(blocks, Hints(), Lore(words={}, names={}))
    first = context.matrix()
    names = list(context.names)
    context.second_stage(first, np.ones(len(blocks)))
    return names + context.names


def corpus_hash() -> str:
    """Hash of the references that were fitted to."""
    return hashlib.sha256((CORPUS / "truth.jsonl.gz").read_bytes()).hexdigest()[:16]


def arrays_of(fitted: Fitted, stage: str) -> dict[str, np.ndarray]:
    """A fitted CatBoost model as the arrays of `articles.trees.Forest`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        fitted.model.save_model(str(path), format="json")
        model = json.loads(path.read_text())
    questions: dict[tuple[int, float], int] = {}
    trees = model["oblivious_trees"]
    depth = max(len(t["splits"]) for t in trees)
    splits, leaves = np.zeros((len(trees), depth), np.int16), np.zeros((len(trees), 2**depth), np.float32)
    for i, tree in enumerate(trees):
        values = tree["leaf_values"]
        for level, split in enumerate(tree["splits"]):
            key = (split["float_feature_index"], split["border"])
            splits[i, level] = questions.setdefault(key, len(questions))
        # A shallower tree: its missing levels may answer anything, so its leaves are repeated.
        leaves[i] = np.tile(values, 2**depth // len(values))
    scale, bias = model["scale_and_bias"]
    return {
        f"{stage}_feature": np.array([k[0] for k in questions], np.int16),
        f"{stage}_border": np.array([k[1] for k in questions], np.float32),
        f"{stage}_splits": splits,
        f"{stage}_leaves": leaves * np.float32(scale),
        f"{stage}_bias": np.array(bias[0] if isinstance(bias, list) else bias),
    }


def _bytes(value: str) -> np.ndarray:
    return np.frombuffer(value.encode(), np.uint8)


def save(sample: Sample, lore: Lore, one: Fitted, two: Fitted) -> None:
    """Write the model file, and see that the reader answers from it as CatBoost does."""
    c = Context(sample.blocks, sample.hints, lore)
    first = c.matrix()
    names = list(c.names)
    second = c.second_stage(first, one.chance(first))
    names += c.names
    np.savez_compressed(
        ROOT / "articles/data/body.npz",
        **arrays_of(one, "first"),
        **arrays_of(two, "second"),
        words=_bytes("\n".join(lore.words)),
        words_weight=np.array(list(lore.words.values()), np.float32),
        names=_bytes("\n".join(lore.names)),
        names_weight=np.array(list(lore.names.values()), np.float32),
        columns=_bytes("\n".join(names)),
        corpus=_bytes(corpus_hash()),
        recipe=_bytes(recipe()),
    )
    from articles.fitted import body_model

    mine = body_model()
    assert np.allclose(mine.first.chances(first), one.chance(first), atol=1e-4)
    assert np.allclose(mine.second.chances(second), two.chance(second), atol=1e-4)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folds", default="0,1,2,3,4")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "fit-answers.pickle")
    arguments = parser.parse_args()
    samples = load()
    if arguments.quick:
        quick(samples, arguments.out, keep=arguments.write)
    if arguments.evaluate:
        evaluate(samples, [int(k) for k in arguments.folds.split(",")], arguments.out)


if __name__ == "__main__":
    main()
