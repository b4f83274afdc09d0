"""Real ratings of real people and models: the coefficients that the data's README states come out, to three decimals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from normscope.stats import Codings, Ratings, cohen_kappa, krippendorff_alpha, pairwise_agreement, percent_agreement

MODELS = ("claude-3.5-haiku", "deepseek-chat-v3.1", "gpt-5-mini-2025-08-07", "o3-mini-2025-01-31")


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@pytest.mark.parametrize(
    ("experiment", "scale", "units", "alpha"),
    [("exp1", "how good/bad 1-7", 80, 0.682), ("exp2", "permissibility 1-5", 80, 0.045), ("exp2", "intention 1-5", 80, 0.036)],
)
def test_moral_evals(shared_data: Path, experiment: str, scale: str, units: int, alpha: float) -> None:
    found = [
        (row["item_id"], row["rater_id"], row["value"])
        for row in rows(shared_data / "moral_evals" / "ratings.jsonl")
        if row["item_id"].startswith(experiment) and row["scale"] == scale
    ]
    codings = Codings(*(np.array(column) for column in zip(*found, strict=True)))
    ratings = Ratings(codings.codes, codings.label_names)
    assert len(ratings.codes) == units
    assert round(krippendorff_alpha(ratings, "ordinal"), 3) == alpha


def test_relational_dilemma(shared_data: Path) -> None:
    said = {
        (row["dilemma_id"], row["responder_id"], row["run"]): row["verdict"]
        for row in rows(shared_data / "relational_dilemma" / "responses.jsonl")
    }
    dilemmas = sorted({dilemma for dilemma, _, _ in said})
    retest = []
    for model in MODELS:
        table = [[said[d, model, run] or "" for run in (1, 2, 3)] for d in dilemmas]
        retest.append(pairwise_agreement(Ratings.of(np.ma.masked_equal(table, ""))))
    assert ends(retest) == (0.840, 0.934)  # README: 0.84 to 0.93
    agreement, kappa = [], []
    for a, b in combinations(MODELS, 2):
        verdicts = [(said[d, a, 1], said[d, b, 1]) for d in dilemmas]
        first, second = zip(*(pair for pair in verdicts if None not in pair), strict=True)
        agreement.append(percent_agreement(first, second))
        kappa.append(cohen_kappa(first, second))
    assert ends(agreement) == (0.749, 0.896)  # README: 0.75 to 0.90
    assert ends(kappa) == (0.404, 0.678)  # README: 0.40 to 0.68


def ends(values: list[float]) -> tuple[float, float]:
    return round(min(values), 3), round(max(values), 3)
