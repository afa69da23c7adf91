"""The fitted files of the reader, read once from the package: `articles/data/*.npz`, made by `benchmarks/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from articles.features import Lore
from articles.trees import Forest

_ARRAYS: Final = ("feature", "border", "splits", "leaves")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyModel:
    """What `benchmarks/fit_body.py` wrote."""

    lore: Lore
    first: Forest
    second: Forest
    columns: tuple[str, ...]
    """Names of the second stage's columns; the first stage's are the first of them."""
    corpus: str
    """Hash of the corpus that it was fitted to."""
    recipe: str
    """Hash of the parameters and columns: what the fitting script would use now must be equal."""


@cache
def body_model() -> BodyModel:
    """The body classifier."""
    with resources.files("articles").joinpath("data/body.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        forests = [
            Forest(
                **{name: data[f"{stage}_{name}"] for name in _ARRAYS},
                bias=float(data[f"{stage}_bias"]),
            )
            for stage in ("first", "second")
        ]
        text = {
            name: bytes(data[name]).decode() for name in ("words", "names", "columns", "corpus", "recipe")
        }
        weights = {name: data[f"{name}_weight"].tolist() for name in ("words", "names")}
        return BodyModel(
            lore=Lore(
                words=dict(zip(text["words"].split("\n"), weights["words"], strict=True)),
                names=dict(zip(text["names"].split("\n"), weights["names"], strict=True)),
            ),
            first=forests[0],
            second=forests[1],
            columns=tuple(text["columns"].split("\n")),
            corpus=text["corpus"],
            recipe=text["recipe"],
        )


@cache
def kind_model() -> Forest:
    """The page-kind classifier."""
    with resources.files("articles").joinpath("data/kind.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        arrays = {name: data[f"kind_{name}"] for name in _ARRAYS}
        return Forest(**arrays, bias=float(data["kind_bias"]))
