"""Trusted intervals of rates and differences: published, hand-worked, a second implementation, invariances, coverage, edges."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from scipy import stats as scipy_stats

from normscope.stats import CAUTIOUS, Intervals, trusted_differences, trusted_rates
from normscope.stats.bootstrap import Floats
from normscope.stats.score import effective_clusters, score_interval, steady_df, t_factors

pytestmark = pytest.mark.filterwarnings("error")


def columns(*values: float) -> Floats:
    """One column."""
    return np.array(values, dtype=float)[:, None]


def ends(found: Intervals, column: int = 0) -> tuple[float, float]:
    return float(found.low[column]), float(found.high[column])


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_wilson_intervals(successes: int, n: int, low: float, high: float) -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, the score method
    found = score_interval(np.array([successes / n]), np.array([float(n)]), np.array([1.959964]))
    assert (float(found[0][0]), float(found[1][0])) == pytest.approx((low, high), abs=1e-4)


def test_a_rate_by_hand() -> None:
    # 8 dilemmas, 4 ones: value 1/2. Leaving a one out gives 3/7, a zero 4/7: each is moved by 1/14, squares 8/196 = 2/49;
    # jackknife variance 7/8 · 2/49 = 1/28; effective rows (1/4) / (1/28) = 7; t of 7 degrees of freedom is 2.364624
    # shift = t²/7 = 0.798778; half = sqrt(shift/4 + shift²/4) / (1 + shift) = 0.599338 / 1.798778 = 0.333192
    found = trusted_rates(columns(1, 0, 1, 0, 1, 0, 1, 0), np.ones((8, 1)))
    assert float(found.value[0]) == 0.5
    assert ends(found) == pytest.approx((0.5 - 0.333192, 0.5 + 0.333192), abs=1e-6)
    assert found.method[0].endswith(CAUTIOUS)  # 3.5 effective failures


def test_no_failure_by_hand() -> None:
    # 20 of 20: effective rows are the 20 clusters, low = 1 / (1 + t²/20), t of 19 degrees of freedom 2.093024: 0.820315
    found = trusted_rates(np.ones((20, 1)), np.ones((20, 1)))
    assert ends(found) == pytest.approx((1 / (1 + 2.093024**2 / 20), 1.0), abs=1e-6)


def naive(num: Floats, den: Floats) -> tuple[float, float]:
    """One column by leaving out one cluster at a time, and by looking for the rates that are just not surprising."""
    c, value = len(num), num.sum() / den.sum()
    without = [(num.sum() - num[i]) / (den.sum() - den[i]) for i in range(c)]
    variance = (c - 1) / c * sum((w - value) ** 2 for w in without)
    kish = den.sum() ** 2 / (den**2).sum()
    n = value * (1 - value) / variance if variance > 0 else kish
    if n > kish:
        few = min(int((num > 0).sum()), int((num < den).sum()))
        n = 1 / ((1 - (weight := 1 / (1 + few) ** 2)) / n + weight / kish)
    t = scipy_stats.t.ppf(0.975, np.floor((kish - 1) * 10) / 10 if kish < 11 else np.floor(kish - 1))

    def surprise(rate: float) -> float:
        return float(abs(rate - value) - t * sqrt(rate * (1 - rate) / n))

    low = optimize.brentq(surprise, 1e-12, value - 1e-9) if value > 0 else 0.0
    high = optimize.brentq(surprise, value + 1e-9, 1 - 1e-12) if value < 1 else 1.0
    return float(low), float(high)


@pytest.mark.parametrize("seed", range(6))
def test_second_implementation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    den = rng.integers(1, 6, size=(30, 4)).astype(float)
    num = rng.binomial(den.astype(int), np.array([0.5, 0.1, 0.95, 1.0])).astype(float)
    found = trusted_rates(num, den)
    for column in range(4):
        assert ends(found, column) == pytest.approx(naive(num[:, column], den[:, column]), abs=1e-6)


def test_a_difference_by_hand() -> None:
    # rates of 20 clusters: 10 ones and 5 ones, the second's among the first's. Correlation of the influences: sum of
    # (a - 1/2)(b - 1/4) = 5 · 1/2 · 3/4 - 5 · 1/2 · 1/4 + 10 · 1/2 · 1/4 = 2.5; squares 20/4 = 5 and 5 · 9/16 + 15/16 = 3.75;
    # r = 2.5 / sqrt(18.75) = 0.577350. From each rate's own ends: low = d - sqrt(x² + y² - 2 r x y), where x is how far the first
    # goes down and y how far the second goes up; 5 clusters part, so (1/(1 + 5))² of what 0 of 20 could hide is added
    first, second, ones = columns(*[1] * 10, *[0] * 10), columns(*[1] * 5, *[0] * 15), np.ones((20, 1))
    (a, b), (c, d) = (ends(trusted_rates(num, ones)) for num in (first, second))
    hidden = (t := 2.093024) ** 2 / (20 + t**2) / 6
    found = trusted_differences(first, ones, second, ones)
    for end, x, y in ((-1, 0.5 - a, d - 0.25), (1, b - 0.5, 0.25 - c)):
        far = sqrt(x**2 + y**2 - 2 * 0.577350 * x * y + hidden**2)
        assert ends(found)[end > 0] == pytest.approx(0.25 + end * far, abs=1e-6)
    assert found.method[0].endswith(CAUTIOUS)  # 4.75 effective successes of the second


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_order_scale_and_names_of_the_classes_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    den = rng.integers(1, 4, size=(12, 3)).astype(float)
    num, other = (rng.binomial(den.astype(int), rng.random(3)).astype(float) for _ in range(2))
    order = rng.permutation(12)
    rate, turned = trusted_rates(num, den), trusted_rates(den - num, den)
    moved = trusted_rates(7 * num[order], 7 * den[order])
    difference, swapped = trusted_differences(num, den, other, den), trusted_differences(other, den, num, den)
    for i in range(3):
        assert ends(rate, i) == pytest.approx(ends(moved, i))
        assert ends(rate, i) == pytest.approx(tuple(1 - end for end in reversed(ends(turned, i))), abs=1e-9)
        assert 0 <= ends(rate, i)[0] <= float(rate.value[i]) <= ends(rate, i)[1] <= 1
        assert ends(difference, i) == pytest.approx(tuple(-end for end in reversed(ends(swapped, i))), abs=1e-9)
        assert -1 <= ends(difference, i)[0] <= float(difference.value[i]) <= ends(difference, i)[1] <= 1


def test_a_higher_level_is_wider() -> None:
    rng = np.random.default_rng(0)
    num = (rng.random((40, 1)) < 0.8).astype(np.float64)
    low, high = zip(*(ends(trusted_rates(num, np.ones((40, 1)), level=level)) for level in (0.8, 0.95, 0.99)), strict=True)
    assert sorted(low, reverse=True) == list(low)
    assert sorted(high) == list(high)


def test_covers_at_a_high_rate_with_few_dilemmas() -> None:
    # 30 dilemmas at 0.95: value ± t · error covers in 79 % of all studies (with no failure at all it is one point)
    rng = np.random.default_rng(1)
    num, other = ((rng.random((30, 4000)) < rate).astype(np.float64) for rate in (0.95, 0.9))
    ones = np.ones((30, 4000))
    found = trusted_rates(num, ones)
    assert 0.93 <= np.mean((found.low <= 0.95) & (found.high >= 0.95)) <= 0.97
    difference = trusted_differences(num, ones, other, ones)
    assert np.mean((difference.low <= 0.05) & (difference.high >= 0.05)) >= 0.93
    assert np.mean([how.endswith(CAUTIOUS) for how in found.method]) > 0.99


def test_alike_rows_of_few_failing_dilemmas_are_not_taken_for_many() -> None:
    # 1 failure in 150 rows of 30 dilemmas: it cannot show that failures come together; 150 of them in 30 can
    num = np.full((30, 1), 5.0)
    num[0] = 4.0
    one = ends(trusted_rates(num, np.full((30, 1), 5.0)))
    assert one[0] < score_interval(np.array([149 / 150]), np.array([150.0]), np.array([2.045]))[0][0]


def test_what_has_no_interval_says_why() -> None:
    den = np.zeros((30, 4))
    den[:4, 1], den[:, 2], den[0, 2] = 1.0, 1.0, 1000.0
    den[:, 3] = 1.0
    found = trusted_rates(den / 2, den)
    assert found.value.mask.tolist() == [True, False, False, False]
    assert found.low.mask.tolist() == [True, True, True, False]
    assert found.reason[0] == "no data"
    assert "at least 5 clusters of dilemmas of equal size; these are worth 4.0" in found.reason[1]
    assert "worth 1.1" in found.reason[2]  # one cluster has nearly all rows
    assert found.method[:3] == ("no interval",) * 3
    both = trusted_differences(den / 2, den, den, den)
    assert both.low.mask.tolist() == [True, True, True, False]
    for clusters, missing in ((1, True), (4, True), (5, False)):
        assert trusted_rates(np.ones((clusters, 1)), np.ones((clusters, 1))).low.mask.tolist() == [missing]
    with pytest.raises(ValueError, match="level"):
        trusted_rates(den, den, level=95)


def test_rates_that_never_part_are_no_certainty() -> None:
    num = columns(*[1.0] * 20, *[0.0] * 20)
    found = trusted_differences(num, np.ones((40, 1)), num, np.ones((40, 1)))
    assert float(found.value[0]) == 0.0
    t = scipy_stats.t.ppf(0.975, 39)
    assert ends(found) == pytest.approx((-(t**2) / (40 + t**2), t**2 / (40 + t**2)))
    assert found.method[0].endswith(CAUTIOUS)
    # one always, the other never: as far apart as can be, and still not quite certain
    apart = trusted_differences(np.ones((40, 1)), np.ones((40, 1)), np.zeros((40, 1)), np.ones((40, 1)))
    assert (float(apart.value[0]), ends(apart)[1]) == (1.0, 1.0)
    assert 0.8 < ends(apart)[0] < 1.0


def test_degrees_of_freedom_and_effective_clusters() -> None:
    # sizes 3, 1, 1, 1: 36 / 12 = 3 clusters' worth
    assert effective_clusters(columns(3, 1, 1, 1)).tolist() == [3.0]
    assert effective_clusters(np.zeros((2, 1))).tolist() == [0.0]
    # one of 100 clusters moves the value: 2 degrees of freedom; nothing moves it: infinitely many
    assert steady_df(np.array([1.0] + [0.0] * 99)) == 2.0
    assert steady_df(np.zeros(3)) == np.inf
    assert t_factors([0.2, 1.0, 12.99, 129.9], level=0.9) == pytest.approx(scipy_stats.t.ppf(0.95, [1, 1, 12, 120]))
    assert t_factors(np.inf, level=0.95) == pytest.approx(1.959964)
