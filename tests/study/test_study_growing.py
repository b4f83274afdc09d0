"""A sample that is made larger stays unbiased before, while and after the rest of it is labelled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from normscope.study.growing import Steps, grown
from normscope.validate.sampling import Sampling, Stratified, Tightest, Uniform

PLANS: dict[str, Callable[[int], Sampling]] = {
    "uniform": Uniform,
    "proportional": Stratified,
    "equal": lambda n: Stratified(n, "equal"),
    "tightest": Tightest,
}
SIZES = (240, 48, 12)
RATES = (0.1, 0.5, 0.9)
"""Of people's agreement by stratum: 24 + 24 + 11 of 300, so that weights that are wrong show."""


def frame() -> tuple[pl.DataFrame, dict[str, float]]:
    """300 comparisons, the rarer label the less sure, and what people would say of each."""
    rows, truth = [], {}
    for label, size, rate, score in zip(("agree", "silent", "unclear"), SIZES, RATES, (0.98, 0.8, 0.55), strict=True):
        for i in range(size):
            rows.append((f"{label}{i:03}", "main", label, score))
            truth[rows[-1][0]] = float(i < round(size * rate))
    return pl.DataFrame(rows, schema=["comparison", "basis", "label", "score"], orient="row"), truth


@pytest.mark.parametrize("plan", PLANS)
def test_unbiased_before_half_way_and_after(plan: str) -> None:
    comparisons, truth = frame()
    whole = sum(truth.values())
    totals: dict[str, list[float]] = {"half of the first": [], "before": [], "half-way": [], "after": []}
    for seed in range(60):
        drawn, steps = grown(PLANS[plan], comparisons, [30, 90], seed=seed)
        said = np.array([truth[key] for key in drawn["comparison"]])
        first, second = steps.drawn
        for stage, n in zip(totals, (first // 2, first, first + second // 2, first + second), strict=True):
            labelled = np.arange(len(said)) < n
            weight = labelled / np.where(labelled, steps.so_far(labelled.tolist()), 1.0)
            totals[stage].append(float((weight * said).sum()))
    for stage, found in totals.items():
        error = np.std(found) / np.sqrt(len(found))
        assert abs(np.mean(found) - whole) < 3.5 * error + 1e-9, stage


@pytest.mark.parametrize("plan", PLANS)
def test_it_holds_what_the_plan_draws_and_what_was_there_comes_first(plan: str) -> None:
    comparisons, _ = frame()
    small, _ = grown(PLANS[plan], comparisons, [30], seed=1)
    large, steps = grown(PLANS[plan], comparisons.sample(fraction=1.0, shuffle=True, seed=3), [30, 90, 90], seed=1)
    alone = PLANS[plan](90)(comparisons, seed=1)
    assert small.equals(PLANS[plan](30)(comparisons, seed=1))
    assert large["comparison"].head(small.height).equals(small["comparison"])
    assert large.drop("rank").sort("comparison").equals(alone.drop("rank").sort("comparison"))
    assert large["rank"].to_list() == list(range(1, large.height + 1))
    assert steps.drawn == [small.height, large.height - small.height, 0]
    assert steps.so_far([True] * large.height) == large["inclusion"].to_list()
    only_first = steps.so_far([rank < small.height for rank in range(large.height)])
    assert only_first[: small.height] == pytest.approx(small["inclusion"].to_list())


def test_the_worked_example() -> None:
    # strata of 2400, 540 and 60: 50 of each are labelled, then 900 are drawn (420, 420, 60) and nothing more is labelled
    first = [50 / 2400, 50 / 540, 50 / 60]
    after = [420 / 2400, 420 / 540, 60 / 60]
    steps = Steps([150, 900], [3, 3], [[a, b] for a, b in zip(first, after, strict=True)] * 2)
    assert steps.so_far([True] * 3 + [False] * 3)[:3] == pytest.approx(first)
