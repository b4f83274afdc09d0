"""Percent agreement, PABAK, Fleiss' kappa, Gwet's AC1 and AC2: published tables, other implementations, invariances, recovery."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from normscope.errors import Undefined
from normscope.stats import (
    AgreementWeights,
    Ratings,
    agreement_weights,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    krippendorff_alpha,
    pabak,
    pairwise_agreement,
    percent_agreement,
    scott_pi,
)

# Gwet (2014) takes Krippendorff's (2011) data: twelve units (rows), four raters, gaps are 0
TWELVE = [
    *([1, 1, 0, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4]),
    *([4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [0, 5, 5, 5], [0, 0, 1, 1], [0, 0, 3, 0]),
]

# Fleiss (1971): thirty patients, six psychiatrists each; how many gave each of five diagnoses
FLEISS = """
    00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
    00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""

TABLES = st.integers(2, 6).flatmap(
    lambda raters: st.lists(st.lists(st.integers(-1, 3), min_size=raters, max_size=raters), min_size=1, max_size=8)
)
OWN = [[1.0, 0.9, 0.1, 0.0], [0.9, 1.0, 0.5, 0.2], [0.1, 0.5, 1.0, 0.6], [0.0, 0.2, 0.6, 1.0]]
WEIGHTS = st.sampled_from(["identity", "linear", "quadratic", OWN])


def on(rows: npt.ArrayLike, scale: npt.ArrayLike = (1, 2, 3, 4)) -> Ratings:
    return Ratings(np.asarray(rows, dtype=np.int64), np.asarray(scale))


def gwet_2008() -> Ratings:
    return Ratings.of([["+", "+"]] * 118 + [["+", "-"]] * 5 + [["-", "+"]] * 2)


def test_fleiss_1971() -> None:
    # the five diagnoses have shares 26, 26, 30, 55 and 43 of 180: by chance Σ share² = .220; two of a patient's six agree
    # in .556 of the pairs on average; kappa = (.556 - .220) / (1 - .220) = .430
    ratings = on([np.repeat(np.arange(5), [int(n) for n in patient]) for patient in FLEISS.split()], range(5))
    assert ratings.tally.totals.tolist() == [26, 26, 30, 55, 43]
    assert pairwise_agreement(ratings) == pytest.approx(0.5556, abs=5e-5)
    assert fleiss_kappa(ratings) == pytest.approx(0.430, abs=5e-4)


def test_gwet_2008_a_few_units_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normscope.stats.tally.BLOCK", 7)
    assert gwet_ac1(gwet_2008()) == pytest.approx(0.9408, abs=5e-5)


def test_gwet_2008() -> None:
    # observed .944; + has share (123 + 120) / 250 = .972: by chance 2 · .972 · .028 = .0544;
    # AC1 = (.944 - .0544) / (1 - .0544) = .9408, where kappa is -.02. PABAK = 2 · .944 - 1 = .888
    assert gwet_ac1(gwet_2008()) == pytest.approx(0.9408, abs=5e-5)
    assert pabak(gwet_2008()) == pytest.approx(0.888)


def test_gwet_2014_with_gaps() -> None:
    ratings = Ratings.of(np.ma.masked_equal(TWELVE, 0))
    # of the 11 units with two ratings 8 agree, units 2 and 8 in half of their pairs, unit 6 in none: 9 / 11 = .81818
    assert pairwise_agreement(ratings) == pytest.approx(0.81818, abs=5e-6)
    # PABAK with five categories (Brennan-Prediger): (5 · .81818 - 1) / 4 = .77273
    assert pabak(ratings) == pytest.approx(0.77273, abs=5e-6)
    # shares, averaged over all 12 units: 1: (1 + 1/4 + 3/4 + 1) / 12 = .25; 2: (3/4 + 1 + 1/4 + 1/4 + 1) / 12 = .27083;
    # 3: (1/4 + 2 + 1/4 + 1) / 12 = .29167; 4: (1/4 + 1) / 12 = .10417; 5: 1 / 12 = .08333. Σ share (1 - share) = .76128,
    # by chance 5 / (5 · 4) · .76128 = .19032; AC1 = (.81818 - .19032) / (1 - .19032) = .77544
    assert gwet_ac1(ratings) == pytest.approx(0.77544, abs=5e-6)
    # quadratic: observed .97538; the weights add up to 18.75: by chance 18.75 / 20 · .76128 = .7137; AC2 = .9140
    assert pairwise_agreement(ratings, "quadratic") == pytest.approx(0.97538, abs=5e-6)
    assert gwet_ac2(ratings, "quadratic") == pytest.approx(0.9140, abs=5e-5)


def test_gwet_2014_two_abstractors() -> None:
    # 100 pregnancies, three kinds: 13, 20 and 56 alike, 7 and 4 not. PABAK = (3 · .89 - 1) / 2 = .835; AC1 .84933
    counts = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
    ratings = on([(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)], range(3))
    assert gwet_ac1(ratings) == pytest.approx(0.8493305, abs=5e-8)
    assert pabak(ratings) == pytest.approx(0.835)
    assert krippendorff_alpha(ratings) == pytest.approx(0.7972585, abs=5e-8)


def naive(rows: list[list[int]], table: npt.NDArray[Any]) -> tuple[float, float]:
    """Agreement and Gwet's coefficient from the definitions, pair by pair and unit by unit."""
    units = [[c for c in row if c >= 0] for row in rows]
    agreed = [np.mean([table[a, b] for a, b in permutations(unit, 2)]) for unit in units if len(unit) > 1]
    rated = [unit for unit in units if unit]
    shares = [sum(unit.count(k) / len(unit) for unit in rated) / len(rated) for k in range(4)]
    by_chance = table.sum() * sum(share * (1 - share) for share in shares) / 12
    return float(np.mean(agreed)), float((np.mean(agreed) - by_chance) / (1 - by_chance))


@settings(deadline=None, max_examples=40)
@given(TABLES, WEIGHTS)
def test_second_implementations(rows: list[list[int]], weights: AgreementWeights) -> None:
    assume(any(sum(c >= 0 for c in row) > 1 for row in rows))
    agreed, beyond = naive(rows, agreement_weights(weights, 4))
    assert pairwise_agreement(on(rows), weights) == pytest.approx(agreed, abs=1e-9)
    assert gwet_ac2(on(rows), weights) == pytest.approx(beyond, abs=1e-9)
    assert gwet_ac1(on(rows)) == pytest.approx(naive(rows, np.eye(4))[1], abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(TABLES)
def test_statsmodels_where_there_are_no_gaps(rows: list[list[int]]) -> None:
    full = [[max(c, 0) for c in row] for row in rows]
    counts = np.array([[row.count(k) for k in range(4)] for row in full])
    assert pabak(on(full)) == pytest.approx(inter_rater.fleiss_kappa(counts, method="randolph"), abs=1e-9)
    if len({c for row in full for c in row}) == 1:
        with pytest.raises(Undefined, match="two categories in use"):
            fleiss_kappa(on(full))
        return
    theirs = inter_rater.fleiss_kappa(counts)
    assert fleiss_kappa(on(full)) == pytest.approx(theirs, abs=1e-9)
    # other raters for other units: gaps, but as many ratings everywhere; and a unit that nobody rated
    n = len(full[0])
    spread = [row + [-1] * n if i % 2 else [-1] * n + row for i, row in enumerate(full)] + [[-1] * (2 * n)]
    assert fleiss_kappa(on(spread)) == pytest.approx(theirs, abs=1e-9)
    if n == 2:
        a, b = [row[0] for row in full], [row[1] for row in full]
        assert scott_pi(a, b) == pytest.approx(theirs, abs=1e-9)
        assert pairwise_agreement(on(full)) == pytest.approx(percent_agreement(a, b), abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(TABLES, WEIGHTS, st.randoms(use_true_random=False))
def test_invariances(rows: list[list[int]], weights: AgreementWeights, random: Any) -> None:
    assume(any(sum(c >= 0 for c in row) > 1 for row in rows))

    def values(
        table: npt.ArrayLike, scale: npt.ArrayLike = (1, 2, 3, 4), weights: AgreementWeights = weights
    ) -> list[float | str]:
        ratings = on(table, scale)
        found: list[float | str] = []
        for call in (pairwise_agreement, fleiss_kappa, pabak, gwet_ac1):
            try:
                found.append(round(call(ratings), 9))
            except Undefined:
                found.append("undefined")
        return [*found, round(gwet_ac2(ratings, weights), 9)]

    expected = values(rows)
    shuffled = [random.sample(row, len(row)) for row in rows] * 2 + [[-1] * len(rows[0])]
    random.shuffle(shuffled)
    assert values(shuffled) == expected
    assert values(rows, ["ø", "b", "å", "a"]) == expected
    turned = weights if isinstance(weights, str) else np.array(OWN)[::-1, ::-1]
    assert values([[-1 if c < 0 else 3 - c for c in row] for row in rows], weights=turned) == expected


def test_recovers_what_was_simulated() -> None:
    # each says the truth with probability 0.8, else anything: two both say it in 0.64, else agree as two at random do
    rng = np.random.default_rng(0)
    shape = (6000, 5)
    codes = np.where(rng.random(shape) < 0.8, rng.integers(0, 4, (shape[0], 1)), rng.integers(0, 4, shape))
    full = on(codes)
    gaps = on(np.where(rng.random(shape) < 0.3, -1, codes))
    assert pairwise_agreement(full) == pytest.approx(0.64 + 0.36 / 4, abs=0.01)
    for found in (fleiss_kappa(full), *(f(r) for r in (full, gaps) for f in (pabak, gwet_ac1))):
        assert found == pytest.approx(0.64, abs=0.015)
    for weights in ("linear", "quadratic", OWN):
        assert gwet_ac2(gaps, weights) == pytest.approx(0.64, abs=0.015)


@pytest.mark.parametrize("call", [pairwise_agreement, pabak, fleiss_kappa, gwet_ac1, lambda r: gwet_ac2(r, "linear")])
def test_too_little_is_undefined(call: Callable[[Ratings], float]) -> None:
    for ratings in (
        on([[0, -1], [-1, 1]]),
        on([[0], [1]]),
        Ratings(np.zeros((0, 2), dtype=np.int8), np.array(["a", "b"])),
        Ratings.of(np.ma.MaskedArray(np.zeros((3, 2)), mask=True)),
    ):
        with pytest.raises(Undefined, match="two ratings of some unit; 0 of"):
            call(ratings)


def test_what_each_refuses_and_what_not() -> None:
    one = Ratings.of([["a", "a"], ["a", "a"]])  # nobody can tell which other labels could have been given
    for call in (pabak, gwet_ac1):
        with pytest.raises(Undefined, match="at least 2 categories; got 1"):
            call(one)
        assert call(Ratings.of([["a", "a"], ["a", "a"]], scale=["a", "b"])) == 1
    assert pairwise_agreement(one) == 1
    with pytest.raises(Undefined, match="all 4 ratings are the same"):
        fleiss_kappa(one)
    with pytest.raises(Undefined, match=r"same number of ratings of every unit; got 2 to 3"):
        fleiss_kappa(on([[0, 1, -1], [0, 0, 1]]))
    with pytest.raises(Undefined, match=r"of every unit; got 1 to 2"):
        fleiss_kappa(on([[0, 1], [0, -1]]))
    with pytest.raises(Undefined, match="all get full credit"):
        gwet_ac2(on([[0, 1], [1, 2]]), np.ones((4, 4)))


def test_more_raters_than_categories_and_many_units_of_one_kind() -> None:
    ratings = Ratings(np.zeros((100_000, 100), dtype=np.int8), np.array(["agree", "disagree"]))
    assert pairwise_agreement(ratings) == gwet_ac1(ratings) == pabak(ratings) == 1
    with pytest.raises(Undefined, match="all 10000000 "):
        fleiss_kappa(ratings)
