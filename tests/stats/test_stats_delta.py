"""The delta method and the jackknife: by hand, against a regression and a loop, invariances, coverage, degenerate data."""

from __future__ import annotations

import warnings
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from normscope.stats import (
    Resamples,
    delta_intervals,
    influences,
    jackknife,
    linearise,
    ratio,
    ratio_difference,
    replicate,
    t_quantile,
    wilson,
)
from normscope.stats.bootstrap import Floats


def made_up(seed: int, *, clusters: int = 40, columns: int = 3) -> list[Floats]:
    """Numerators and denominators of two ratios; some clusters have none."""
    rng = np.random.default_rng(seed)
    den = rng.integers(0, 4, size=(clusters, columns)).astype(float)
    other_den = rng.integers(0, 3, size=(clusters, columns)).astype(float)
    den[0] = other_den[0] = 1.0
    return [rng.binomial(den.astype(int), 0.6) * 1.0, den, rng.binomial(other_den.astype(int), 0.4) * 1.0, other_den]


def test_a_ratio_by_hand() -> None:
    # clusters 1 of 1, 1 of 2, 0 of 1: ratio 2 / 4 = 0.5; influences (1 - 0.5) / 4 = 0.125, (1 - 1) / 4 = 0, -0.125;
    # error² = 3 / 2 · (0.015625 + 0.015625) = 0.046875; 2 degrees of freedom, t = 4.302653
    num, den = np.array([[1.0], [1.0], [0.0]]), np.array([[1.0], [2.0], [1.0]])
    found = linearise(num, den)
    assert influences(num, den)[:, 0].tolist() == [0.125, 0.0, -0.125]
    assert found.error[0] == pytest.approx(sqrt(0.046875))
    assert found.clusters.tolist() == [3]
    interval = delta_intervals(found)
    assert interval.high[0] == pytest.approx(0.5 + 4.302653 * 0.216506, abs=1e-5)
    assert interval.method == ("cluster-robust delta method, Student t",)
    assert delta_intervals(found, rate=True).high[0] == 1.0


def test_a_mean_is_the_t_interval() -> None:
    values = np.random.default_rng(1).random(30)
    found = delta_intervals(linearise(values[:, None], np.ones((30, 1))), level=0.9)
    theirs = scipy_stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert (found.low[0], found.high[0]) == pytest.approx((theirs.low, theirs.high))


def test_a_difference_is_that_of_the_influences() -> None:
    parts = made_up(2)
    both = influences(*parts[:2]) - influences(*parts[2:])
    found = linearise(*parts)
    k = found.clusters
    assert influences(*parts) == pytest.approx(both)
    assert found.error.data == pytest.approx(np.sqrt(k / (k - 1) * (both**2).sum(axis=0)))
    assert found.value.data == pytest.approx(ratio_difference(*(part.sum(axis=0) for part in parts)).data)


def test_equals_a_regression_with_cluster_robust_errors() -> None:
    """The sandwich of a weighted regression on a constant and an indicator, rows in clusters, in plain matrices."""
    rng = np.random.default_rng(3)
    rows, clusters = 300, 25
    cluster = rng.integers(0, clusters, rows)
    second = rng.integers(0, 2, rows)
    y = rng.random(rows) + 0.3 * second + rng.random(clusters)[cluster]
    x = np.column_stack([np.ones(rows), second])
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    scores = np.array([x[cluster == c].T @ (y - x @ beta)[cluster == c] for c in range(clusters)])
    covariance = clusters / (clusters - 1) * bread @ scores.T @ scores @ bread
    parts = [
        np.bincount(cluster, weights=w, minlength=clusters)[:, None] for w in (y * second, second, y * (1 - second), 1 - second)
    ]
    found = linearise(*parts)
    assert found.value[0] == pytest.approx(beta[1])
    assert found.error[0] == pytest.approx(sqrt(covariance[1, 1]))


def test_equals_the_bootstrap_within_the_noise_of_its_draws() -> None:
    rng = np.random.default_rng(4)
    den = rng.integers(1, 4, size=(400, 6)).astype(float)
    num = rng.binomial(den.astype(int), 0.6) * 1.0
    draws = 4000
    found, resampled = linearise(num, den), replicate(Resamples(400, draws, 5, "poisson"), ratio, num, den)
    # the standard error of a standard error from 4,000 draws is 1 / √8000 of it
    assert np.abs(resampled.draws.std(axis=0) / found.error - 1).max() < 4 / sqrt(2 * draws)


def test_jackknife_equals_a_loop() -> None:
    parts = made_up(6, clusters=12)
    found = jackknife(ratio_difference, *parts)
    for column in range(3):
        with_data = [i for i in range(12) if any(part[i, column] for part in parts)]
        left_out = [ratio_difference(*(np.delete(part[:, column], i).sum(keepdims=True) for part in parts))[0] for i in with_data]
        k, d = len(with_data), np.mean(left_out) - np.array(left_out)
        assert found.clusters[column] == k
        assert found.error[column] == pytest.approx(sqrt((k - 1) / k * (d**2).sum()))
        assert found.bias[column] == pytest.approx((k - 1) * (np.mean(left_out) - found.value[column]))
        assert found.acceleration[column] == pytest.approx((d**3).sum() / 6 / (d**2).sum() ** 1.5)


@given(seed=st.integers(0, 2**16))
@settings(max_examples=30, deadline=None)
def test_invariances(seed: int) -> None:
    parts = made_up(seed, clusters=15)
    shuffled = np.random.default_rng(seed).permutation(15)
    found, left_out = linearise(*parts), jackknife(ratio_difference, *parts)
    for changed in (
        [part[shuffled] for part in parts],  # the order of clusters
        [np.vstack([part, np.zeros((4, 3))]) for part in parts],  # clusters without data
        [2 * part for part in parts],  # every row twice
    ):
        again = linearise(*changed)
        assert again.error.filled(9) == pytest.approx(found.error.filled(9))
        assert again.clusters.tolist() == found.clusters.tolist()
        assert jackknife(ratio_difference, *changed).error.filled(9) == pytest.approx(left_out.error.filled(9))
    # every cluster twice: error² k / (k - 1) · Σ influence² has half the sum
    twice = linearise(*(np.vstack([part, part]) for part in parts))
    k = found.clusters
    assert twice.error.data == pytest.approx(found.error.data * np.sqrt((k - 1) / (2 * k - 1)))
    # the two ratios in each other's place
    assert linearise(*parts[2:], *parts[:2]).error.filled(9) == pytest.approx(found.error.filled(9))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("normscope.stats.delta.CELLS", 1)
        assert linearise(*parts).error.filled(9) == pytest.approx(found.error.filled(9))


@pytest.mark.parametrize(("clusters", "alike"), [(12, 0.0), (30, 0.3)])
def test_intervals_cover_the_truth(clusters: int, alike: float) -> None:
    """4,000 studies, one per column: a rate of 0.6 over clusters of one to five rows, more or less alike within a cluster."""
    rng = np.random.default_rng(7)
    den = rng.integers(1, 6, size=(clusters, 4000))
    spread = (1 - alike) / alike if alike else 1e9
    num = rng.binomial(den, rng.beta(0.6 * spread, 0.4 * spread, size=den.shape))
    found = delta_intervals(linearise(num, den))
    covered = float(((found.low.data <= 0.6) & (found.high.data >= 0.6)).mean())
    assert 0.93 <= covered <= 0.97
    centre = float(found.value.mean())
    assert centre == pytest.approx(0.6, abs=0.005)


def test_degenerate_data_have_a_reason_and_no_warning() -> None:
    #             no data, one cluster, all equal, two halves
    num = np.array([[0.0, 1.0, 1.0, 0.5], [0.0, 0.0, 1.0, 1.0]])
    den = np.array([[0.0, 2.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rate, other = (delta_intervals(linearise(num, den), rate=rate) for rate in (True, False))
        left_out = jackknife(ratio, num, den)
    assert rate.value.tolist() == [None, 0.5, 1.0, 0.75]
    one = "an interval needs data on at least 2 clusters of dilemmas; 1 has them"
    assert rate.reason == ("no data", one, "", "")
    assert rate.method[2:] == ("wilson (all equal)", "cluster-robust delta method, Student t")
    assert (rate.low[2], rate.high[2]) == wilson(2, 2)
    assert other.reason[2] == "all clusters are equal, so they cannot show how uncertain this is"
    assert left_out.error.tolist() == [None, None, 0.0, 0.25]
    assert left_out.acceleration.tolist()[2:] == [0.0, 0.0]


def test_impossible_arguments() -> None:
    with pytest.raises(ValueError, match="a ratio has 2 parts and a difference of ratios 4; got 3"):
        linearise(*made_up(0)[:3])
    with pytest.raises(ValueError, match="level must be between 0 and 1; got 95"):
        delta_intervals(linearise(*made_up(0)), level=95)
    with pytest.raises(ValueError, match="must be finite"):
        linearise(np.array([[np.inf], [1.0]]), np.ones((2, 1)))


def test_a_difference_needs_two_clusters_for_both() -> None:
    ones = np.ones((3, 1))
    found = delta_intervals(linearise(np.array([[0.0], [1.0], [1.0]]), ones, np.eye(3)[:, :1], np.eye(3)[:, :1]))
    assert found.reason == ("an interval needs data on at least 2 clusters of dilemmas; 1 has them",)


def test_few_clusters_take_student() -> None:
    num = np.array([[0.0], [1.0], [1.0]])
    found = linearise(num, np.ones((3, 1)))
    interval = delta_intervals(found, level=0.9)
    assert interval.high[0] - found.value[0] == pytest.approx(t_quantile(0.95, 2) * found.error[0])


def test_many_rows_of_one_topic() -> None:
    """1e7 dilemmas at once, in bounded blocks."""
    num = np.zeros((10_000_000, 1), dtype=bool)
    num[::4] = True
    found = linearise(num, np.ones((10_000_000, 1), dtype=bool))
    assert found.value[0] == 0.25
    assert found.error[0] == pytest.approx(sqrt(0.25 * 0.75 / 1e7))
