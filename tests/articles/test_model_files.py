"""The fitted files and the code that reads them agree."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from articles.fitted import body_model, kind_model
from articles.kind import KIND_COLUMNS
from benchmarks import fit_body

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("PRESSRUN_CORPUS", ROOT.parent / "shared" / "corpus"))


def test_the_body_model_was_fitted_to_the_columns_that_the_reader_computes() -> None:
    model = body_model()
    assert list(model.columns) == fit_body.columns()
    assert model.first.feature.max() < model.second.feature.max() < len(model.columns)


def test_the_body_model_was_fitted_with_the_scripts_parameters() -> None:
    assert body_model().recipe == fit_body.recipe()


def test_the_body_model_was_fitted_to_the_corpus_at_hand() -> None:
    truth = CORPUS / "truth.jsonl.gz"
    if not truth.exists():
        pytest.skip(f"no corpus at {CORPUS}")
    assert body_model().corpus == hashlib.sha256(truth.read_bytes()).hexdigest()[:16]


def test_the_kind_model_has_the_columns_that_the_reader_computes() -> None:
    data = np.load(ROOT / "articles/data/kind.npz")
    assert bytes(data["columns"]).decode().split("\n") == list(KIND_COLUMNS)
    assert kind_model().feature.max() < len(KIND_COLUMNS)


def test_the_model_card_states_the_figures_of_this_model() -> None:
    card = (ROOT / "docs/model-card.md").read_text()
    assert body_model().recipe in card
    assert body_model().corpus in card
