"""Fit the page-kind classifier (`articles/data/kind.npz`): is this page one article?

    python benchmarks/fit_body.py --quick --out answers.pickle
    python benchmarks/fit_kind.py answers.pickle [--write]

It judges pages by bodies that were chosen by models which had not seen the page's site (the answers file), with folds
by site, prints cross-validated figures, and with --write fits on every page.
"""

from __future__ import annotations

import gzip
import json
import pickle
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import fit_body
from fit_body import CORPUS, FOLDS, ROOT, Fitted, arrays_of, load

import __main__
from articles.body import body_of
from articles.decode import decode
from articles.features import Context, Lore
from articles.kind import KIND_COLUMNS, kind_row
from articles.metadata import metadata_of
from articles.page import parse

__main__.Sample = fit_body.Sample
PARAMETERS = {"trees": 150, "rate": 0.06, "depth": 4}


def main() -> None:
    """Command line."""
    answers = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 -- written by fit_body.py
    samples = [s for s in load() if s.id in answers]
    rows, truth, folds, weights = [], [], [], []
    for s in samples:
        html = gzip.decompress((CORPUS / s.row["html"]).read_bytes())
        metadata = metadata_of(parse(decode(html), s.row["url"] or ""))
        context = Context(s.blocks, s.hints, Lore(words={}, names={}))
        context.matrix()
        rows.append(
            kind_row(
                metadata,
                s.blocks,
                body_of(answers[s.id][1], context),
                s.row["url"] or "",
            )
        )
        truth.append(s.kind in (None, "article"))
        folds.append(s.fold)
        # Only WCXB says of all its pages what they are; the others are articles of many kinds, some unsure.
        weights.append(1.0 if s.id.startswith("wcxb") else 0.3)
    x, y, fold, w = np.array(rows), np.array(truth, int), np.array(folds), np.array(weights)
    chance = np.zeros(len(y))
    for k in range(FOLDS):
        chance[fold == k] = Fitted(x[fold != k], y[fold != k], w[fold != k], **PARAMETERS).chance(
            x[fold == k]
        )
    wcxb = np.array([s.id.startswith("wcxb") for s in samples])
    for cut in (0.2, 0.3, 0.4, 0.5, 0.6):
        said = chance >= cut
        tp, fp, fn = (
            (said & (y > 0) & wcxb).sum(),
            (said & (y == 0) & wcxb).sum(),
            (~said & (y > 0) & wcxb).sum(),
        )
        lost = {
            d: int((~said & (y > 0) & np.array([s.id.startswith(d) for s in samples])).sum())
            for d in ("wcxb", "fundus", "newspaper4k", "trafilatura")
        }
        print(
            json.dumps(
                {
                    "cut": cut,
                    "f1": round(2 * tp / (2 * tp + fp + fn), 4),
                    "taken_wrongly": int(fp),
                    "lost": lost,
                }
            )
        )
    kinds = sorted({s.kind or "" for s in samples})
    for kind in kinds:
        here = np.array([s.kind == (kind or None) for s in samples]) & wcxb
        if here.any():
            print(kind, int(here.sum()), round(float((chance[here] >= 0.4).mean()), 3))
    if "--write" in sys.argv:
        fitted = Fitted(x, y, w, **PARAMETERS)
        importances = fitted.model.get_feature_importance()
        print(sorted(zip(importances.round(1).tolist(), KIND_COLUMNS, strict=True), reverse=True)[:25])
        text = np.frombuffer("\n".join(KIND_COLUMNS).encode(), np.uint8)
        np.savez_compressed(ROOT / "articles/data/kind.npz", **arrays_of(fitted, "kind"), columns=text)


if __name__ == "__main__":
    main()
