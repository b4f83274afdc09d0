"""The cluster bootstrap: by hand, against scipy and a naive loop, its invariances, and its coverage in a simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from normscope.stats import Resamples, intervals, ratio, ratio_difference, replicate, wilson
from normscope.stats.cluster_parts import counted


def test_a_ratio_by_hand() -> None:
    # clusters: 1 of 1, 1 of 2, 0 of 1 -> 2 / 4 = 0.5
    found = replicate(Resamples(3, 50, 0), ratio, np.array([[1.0], [1.0], [0.0]]), np.array([[1.0], [2.0], [1.0]]))
    assert found.value.tolist() == [0.5]
    assert found.clusters.tolist() == [3]


def test_a_difference_is_undefined_where_either_ratio_is() -> None:
    one, none = np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])  # which of the two denominators is 0
    assert ratio_difference(one, one, none, 2 * none).tolist() == [0.5, None, None, None]


def test_clusters_with_data_are_counted_over_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normscope.stats.cluster_parts.CELLS", 4)  # two clusters of two columns at a time
    part = np.array([[1, 0], [0, 0], [1, 1], [1, 0], [0, 1]])
    assert counted([part, np.zeros((5, 1))]).tolist() == [3, 2]


def test_a_difference_is_paired() -> None:
    # the second rate is the first minus 0.25 in every cluster, so it is 0.25 lower in every resample as well
    rng = np.random.default_rng(1)
    first = rng.random((40, 1))
    ones = np.ones((40, 1))
    found = replicate(Resamples(40, 200, 0), ratio_difference, first, ones, first - 0.25, ones)
    assert np.allclose(found.draws.data, 0.25)
    assert intervals(found).reason == ("all resamples are equal, so they cannot show how uncertain this is",)


def test_draws_equal_a_naive_loop_over_resampled_clusters() -> None:
    rng = np.random.default_rng(2)
    den = rng.integers(1, 4, size=(12, 3)).astype(float)
    num = rng.random((12, 3)) * den
    resamples = Resamples(12, 30, 5)
    found = replicate(resamples, ratio, num, den)
    for draw, weights in zip(found.draws.data, resamples.weights, strict=True):
        picked = np.repeat(np.arange(12), weights.astype(int))
        assert draw == pytest.approx(num[picked].sum(axis=0) / den[picked].sum(axis=0))


def test_rows_of_some_clusters_are_the_same_as_zeros_for_the_others() -> None:
    rng = np.random.default_rng(3)
    rows = np.array([1, 4, 5, 8])
    num, den = np.zeros((10, 2)), np.zeros((10, 2))
    num[rows], den[rows] = rng.random((4, 2)), 1.0
    resamples = Resamples(10, 100, 0)
    full, some = replicate(resamples, ratio, num, den), replicate(resamples, ratio, num[rows], den[rows], rows=rows)
    assert np.array_equal(np.ma.getmaskarray(full.draws), np.ma.getmaskarray(some.draws))
    assert np.allclose(full.draws.data, some.draws.data)


def test_percentiles_leave_out_undefined_draws() -> None:
    # 3 of 200 clusters have data: some resamples have none of them
    num, den = np.zeros((200, 1)), np.zeros((200, 1))
    num[:3, 0], den[:3, 0] = [1.0, 0.0, 1.0], 1.0
    found = replicate(Resamples(200, 500, 0), ratio, num, den)
    defined = found.draws.compressed()
    assert 0 < defined.size < 500
    interval = intervals(found, level=0.9)
    assert interval.low[0] == pytest.approx(np.quantile(defined, 0.05))
    assert interval.high[0] == pytest.approx(np.quantile(defined, 0.95))


def test_what_is_undefined_is_masked_and_says_why() -> None:
    num = np.array([[0.0, 1.0, 1.0, 0.5], [0.0, 0.0, 1.0, 1.0]])
    den = np.array([[0.0, 2.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    found = intervals(replicate(Resamples(2, 100, 0), ratio, num, den), rate=True)
    assert found.value.tolist() == [None, 0.5, 1.0, 0.75]
    assert found.low.tolist()[:2] == [None, None]
    assert found.reason == ("no data", "an interval needs data on at least 2 clusters of dilemmas; 1 has them", "", "")
    assert found.method[1:] == ("no interval", "wilson (all equal)", "cluster bootstrap, percentile, 100 draws, seed 0")
    assert (found.low[2], found.high[2]) == wilson(2, 2)
    assert np.isfinite(found.low.data).all()
    assert np.isfinite(found.high.data).all()


def test_agrees_with_scipy() -> None:
    rng = np.random.default_rng(4)
    den = rng.integers(1, 5, size=80).astype(float)
    num = rng.binomial(den.astype(int), 0.6).astype(float)
    found = intervals(replicate(Resamples(80, 8000, 0), ratio, num[:, None], den[:, None]))
    theirs = scipy_stats.bootstrap(
        (num, den),
        lambda n, d, axis: n.sum(axis=axis) / d.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=8000,
        rng=np.random.default_rng(5),
    ).confidence_interval
    assert found.low[0] == pytest.approx(theirs.low, abs=0.005)
    assert found.high[0] == pytest.approx(theirs.high, abs=0.005)


def test_weights_are_multinomial_and_seeded() -> None:
    weights = Resamples(50, 4000, 7).weights
    assert (weights.sum(axis=1) == 50).all()
    assert weights.var(axis=0).mean() == pytest.approx(1 - 1 / 50, abs=0.03)  # n p (1 - p) with p = 1 / n
    assert np.array_equal(weights, Resamples(50, 4000, 7).weights)
    assert not np.array_equal(weights, Resamples(50, 4000, 8).weights)


def test_weights_drawn_in_several_blocks_are_still_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normscope.stats.resamples.BLOCK", 16)
    weights = Resamples(5, 11, 0).weights
    assert weights.shape == (11, 5)
    assert (weights.sum(axis=1) == 5).all()


@pytest.mark.parametrize(("clusters", "draws"), [(0, 10), (10, 0)])
def test_nothing_to_resample(clusters: int, draws: int) -> None:
    with pytest.raises(ValueError, match="at least one cluster and one draw"):
        Resamples(clusters, draws, 0)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_level_is_a_share(level: float) -> None:
    found = replicate(Resamples(2, 5, 0), ratio, np.ones((2, 1)), np.ones((2, 1)))
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        intervals(found, level=level)


@given(seed=st.integers(0, 2**16), clusters=st.integers(2, 12), columns=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_invariances(seed: int, clusters: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    den = rng.integers(0, 3, size=(clusters, columns)).astype(float)
    num = np.floor(rng.random((clusters, columns)) * (den + 1))
    resamples = Resamples(clusters, 60, seed)
    found = intervals(replicate(resamples, ratio, num, den), rate=True)
    # a column does not depend on the columns beside it
    flipped = intervals(replicate(resamples, ratio, num[:, ::-1], den[:, ::-1]), rate=True)
    assert flipped.low.tolist() == pytest.approx(found.low.tolist()[::-1])
    # doubling every cluster's counts changes nothing; duplicating every cluster leaves the value
    doubled = intervals(replicate(resamples, ratio, 2 * num, 2 * den), rate=True)
    assert doubled.high.tolist() == pytest.approx(found.high.tolist())
    twice = replicate(Resamples(2 * clusters, 5, 0), ratio, np.vstack([num, num]), np.vstack([den, den]))
    assert twice.value.tolist() == pytest.approx(found.value.tolist())
    for low, high, value in zip(found.low.tolist(), found.high.tolist(), found.value.tolist(), strict=True):
        if low is not None:
            assert 0 <= low <= high <= 1
        assert value is None or 0 <= value <= 1


@pytest.mark.parametrize("correlated", [False, True])
def test_intervals_cover_the_truth(correlated: bool) -> None:
    """Nominal 95 % intervals of a mean over 60 clusters of three dilemmas, with and without likeness within clusters."""
    rng = np.random.default_rng(11)
    truth, covered, runs = 0.7, 0, 400
    centre = 0.0
    for run in range(runs):
        rates = rng.beta(0.7 * 4, 0.3 * 4, size=60) if correlated else np.full(60, truth)
        num = rng.binomial(3, rates).astype(float)[:, None]
        found = intervals(replicate(Resamples(60, 400, run), ratio, num, np.full((60, 1), 3.0)))
        covered += int(found.low[0] <= truth <= found.high[0])
        centre += float(found.value[0]) / runs
    assert centre == pytest.approx(truth, abs=0.01)
    assert 0.92 <= covered / runs <= 0.98
