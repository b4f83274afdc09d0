"""The paired difference of two studies: by hand, by a second implementation, under what must not matter, and simulated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from normscope.compare import Floats, Scores
from normscope.compare.differences import Difference, differences
from normscope.records import NotMeasured
from normscope.stats import CAUTIOUS


def rate(a: Any, b: Any, metric: str = "stated") -> Scores:
    """Scores of one or more models from values in [0, 1]; NaN where a dilemma does not count."""
    sides = []
    for given_values in (a, b):
        values = np.asarray(given_values, dtype=float)
        values = values[:, None] if values.ndim == 1 else values
        there = ~np.isnan(values)
        sides.append((np.where(there, values, 0.0), there.astype(float)))
    return Scores(metric, sides[0], sides[1])


def numbers(d: Difference) -> Floats:
    assert not isinstance(d.low, NotMeasured)
    return np.array([d.a, d.b, d.value, d.low, d.high])


# of 10 dilemmas both studies agree with people on 5, only a on 1, only b on 3, neither on 1
A = [1] * 5 + [1] + [0] * 3 + [0]
B = [1] * 5 + [0] + [1] * 3 + [0]


def test_by_hand() -> None:
    (found,) = differences(rate(A, B), np.arange(10))
    # a: 6/10, b: 8/10. Each of 10 dilemmas is a cluster: Wilson on 9 rows with t(9) = 2.2622, t² = 5.1175, so that
    # 1 + t²/9 = 1.56861 and t²/18 = 0.28431:
    #   a: centre (0.6 + 0.28431) / 1.56861 = 0.56375, half 2.2622 · sqrt(0.24/9 + 5.1175/324) / 1.56861 = 0.29718
    #   b: centre (0.8 + 0.28431) / 1.56861 = 0.69125, half 2.2622 · sqrt(0.16/9 + 5.1175/324) / 1.56861 = 0.26425
    # hence a in [0.26657, 0.86093], b in [0.42700, 0.95550]; correlation (0.5 - 0.48) / sqrt(0.24 · 0.16) = 0.10206.
    # They part on 4 dilemmas, so (1/5)² of Wilson's upper end for 0 of 10, 5.1175 / 15.1175 = 0.33852, squared: 0.00458.
    #   down: 0.37300² + 0.26093² - 2 · 0.10206 · 0.37300 · 0.26093 + 0.00458 = 0.19193 = 0.43810²
    #   up:   0.15550² + 0.33343² - 2 · 0.10206 · 0.15550 · 0.33343 + 0.00458 = 0.12936 = 0.35966²
    np.testing.assert_allclose(numbers(found), [0.6, 0.8, 0.2, 0.2 - 0.43810, 0.2 + 0.35966], atol=5e-5)
    # 3 rose and 1 fell: of 2⁴ = 16 ways to swap 2 · (1 + 4) differ by 2 dilemmas or more
    assert found.p == pytest.approx(10 / 16)
    assert (found.n_dilemmas, found.excluded) == (10, {})
    assert found.method.endswith(CAUTIOUS)


def test_only_dilemmas_that_count_in_both_are_compared() -> None:
    nan = float("nan")
    (found,) = differences(rate([*A, 1, 1, nan, nan], [*B, nan, nan, 0, nan]), np.arange(14))
    np.testing.assert_array_equal(numbers(found), numbers(differences(rate(A, B), np.arange(10))[0]))
    assert (found.n_dilemmas, found.excluded) == (10, {"only_a": 2, "only_b": 1, "neither": 1})


def test_what_is_missing_says_why() -> None:
    nan = float("nan")
    (none,) = differences(rate([1, nan], [nan, 1]), np.arange(2))
    assert none.value == none.low == none.p == NotMeasured("no shared dilemma counts in both studies")
    few, never = differences(rate([[1, 1], [0, nan], [1, nan]], [[1, nan], [1, nan], [1, 1]]), np.arange(3))
    assert few.value == pytest.approx(1 / 3)
    assert few.low == NotMeasured("an interval needs data on at least 5 clusters of dilemmas of equal size; these are worth 3.0")
    assert isinstance(never.value, NotMeasured)
    with pytest.raises(ValueError, match="2 or 4 parts of one shape"):
        Scores("stated", (np.ones((2, 1)),), (np.ones((2, 1)),))


def gap(a: Floats, b: Floats) -> Scores:
    """Differences of two rates from [dilemmas, 2] values in each study."""
    parts = [tuple(x for i in (0, 1) for x in (side[:, [i]], np.ones((len(side), 1)))) for side in (a, b)]
    return Scores("gap", parts[0], parts[1])


def test_a_second_implementation_agrees() -> None:
    random = np.random.default_rng(5)
    clusters = np.repeat(np.arange(100), 2)
    easy = np.repeat(random.normal(size=100), 2)
    values = (easy[:, None] + random.normal(size=(200, 4)) > [0.3, -0.1, 0.2, 0.0]).astype(float)
    a, b = values[:, :2], values[:, 2:]
    of_cluster = [np.flatnonzero(clusters == i) for i in range(100)]
    drawn = [np.concatenate([of_cluster[i] for i in random.integers(0, 100, 100)]) for _ in range(4000)]
    (found,) = differences(rate(a[:, 0], b[:, 0]), clusters)
    by_hand = [b[rows, 0].mean() - a[rows, 0].mean() for rows in drawn]
    np.testing.assert_allclose(numbers(found)[3:], np.quantile(by_hand, [0.025, 0.975]), atol=0.02)
    # the test swaps whole clusters, as swapping their sums does
    sums = [np.bincount(clusters, x[:, 0]) for x in (b, a)]
    swapped = scipy_stats.permutation_test(
        sums, lambda x, y: (x - y).sum() / 200, permutation_type="samples", n_resamples=9999, rng=np.random.default_rng(1)
    )
    assert found.p == pytest.approx(swapped.pvalue, abs=0.02)
    (change,) = differences(gap(a, b), clusters)
    by_hand = [(b[rows, 0] - b[rows, 1]).mean() - (a[rows, 0] - a[rows, 1]).mean() for rows in drawn]
    np.testing.assert_allclose(numbers(change)[3:], np.quantile(by_hand, [0.025, 0.975]), atol=0.015)
    assert change.method == "cluster-robust delta method, Student t"


def test_the_change_of_a_difference_of_whole_dilemmas_is_students_interval_of_their_changes() -> None:
    chance = np.random.default_rng(4)
    # first and second rate in a, first and second rate in b: every denominator is 1, every dilemma a cluster
    values = chance.uniform(0, 1, (4, 12, 1))
    one = np.ones((12, 1))
    parts = [(values[i], one, values[i + 1], one) for i in (0, 2)]
    (found,) = differences(Scores("gap", parts[0], parts[1]), np.arange(12))
    changes = (values[2] - values[3] - values[0] + values[1]).ravel()
    low, high = scipy_stats.ttest_1samp(changes, 0).confidence_interval(0.95)
    np.testing.assert_allclose(numbers(found)[2:], [changes.mean(), low, high])


def test_a_second_rate_that_stays_the_same_cancels() -> None:
    a, b = (np.column_stack([values, [1, 0] * 5]) for values in (A, B))
    (found,) = differences(gap(a, b), np.arange(10))
    (alone,) = differences(rate(A, B), np.arange(10))
    assert (found.value, found.low, found.high) == pytest.approx((alone.value, alone.low, alone.high))
    assert (found.a, found.b) == pytest.approx((0.1, 0.3))
    assert "MOVER" in found.method


values = st.lists(st.tuples(*[st.sampled_from([0.0, 0.5, 1.0, float("nan")])] * 2), min_size=1, max_size=25)


@settings(max_examples=25, deadline=None)
@given(values, st.randoms(use_true_random=False), st.integers(1, 4))
def test_what_must_not_matter(rows: list[tuple[float, float]], random: Any, size: int) -> None:
    a, b = np.array(rows).T
    clusters = np.arange(len(rows)) // size
    (found,) = differences(rate(a, b), clusters)
    order = random.sample(range(len(rows)), len(rows))
    renamed = np.array([97, *range(len(rows))])[clusters]
    (shuffled,) = differences(rate(a[order], b[order]), renamed[order])
    (twice,) = differences(rate(np.tile(a, 2), np.tile(b, 2)), np.tile(clusters, 2))
    (back,) = differences(rate(b, a), clusters)
    assert (shuffled.n_dilemmas, twice.n_dilemmas) == (found.n_dilemmas, 2 * found.n_dilemmas)
    if isinstance(found.value, NotMeasured) or isinstance(found.low, NotMeasured):
        assert (shuffled.low, twice.low, back.low) == (found.low,) * 3
        return
    for same in (shuffled, twice):
        np.testing.assert_allclose(numbers(same), numbers(found), atol=1e-9)
    np.testing.assert_allclose(numbers(back), numbers(found)[[1, 0, 2, 4, 3]] * [1, 1, -1, -1, -1], atol=1e-9)
    assert back.p == found.p == twice.p


def test_a_study_beside_itself_has_not_changed() -> None:
    (same,) = differences(rate(A, A), np.arange(10))
    assert (same.value, same.p) == (0.0, 1.0)
    assert -0.4 < numbers(same)[3] < 0 < numbers(same)[4] < 0.4
    (gaps,) = differences(gap(np.column_stack([A, B]), np.column_stack([A, B])), np.arange(10))
    assert gaps.value == 0.0


def test_intervals_cover_and_tests_hold_their_level() -> None:
    """300 pairs of studies of 50 dilemmas at once (the columns); a model agrees where a dilemma is easy, and rises by 0.10."""
    random = np.random.default_rng(11)
    chance = 0.2 + 0.6 * random.uniform(size=(50, 300))
    low, high, same, other = ((random.uniform(size=chance.shape) < chance + by).astype(float) for by in (-0.05, 0.05, 0.0, 0.0))
    assert 0.935 < covered(differences(rate(low, high), np.arange(50)), 0.1) < 0.985
    whole = np.ones_like(chance)
    gaps = Scores("gap", (low, whole, same, whole), (high, whole, other, whole))
    assert 0.935 < covered(differences(gaps, np.arange(50)), 0.1) < 0.985
    unchanged = differences(rate(same, other), np.arange(50))
    assert np.mean([d.p <= 0.05 for d in unchanged if isinstance(d.p, float)]) < 0.07


def covered(found: list[Difference], truth: float) -> float:
    ends = np.array([numbers(d)[3:] for d in found])
    return float(np.mean((ends[:, 0] <= truth) & (ends[:, 1] >= truth)))
