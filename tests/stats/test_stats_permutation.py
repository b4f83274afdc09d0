"""The paired permutation test: by hand, against scipy, invariances, and its p-values where nothing differs."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from normscope.stats import Flips, permutation_test
from normscope.stats.bootstrap import Floats


def column(*values: float) -> Floats:
    return np.array(values)[:, None]


def test_by_hand() -> None:
    # differences 1, 1, 0, 1 in 4 clusters, mean 0.75. Of the 16 swaps those of the third cluster change nothing; the other
    # three give ±3 in 2 of 8 cases, and no other is as large: p = 2 / 8
    ones = column(1, 1, 1, 1)
    found = permutation_test(Flips(4, 1000, 0), ones, ones, column(0, 0, 1, 0), ones)
    assert found.difference[0] == 0.75
    assert found.p[0] == 0.25
    assert found.method == "paired permutation test, exact"


def test_clusters_without_both_are_left_out() -> None:
    # only the first two clusters have both; they differ by 1 and 0
    den, other_den = column(1, 1, 1, 0), column(1, 1, 0, 1)
    found = permutation_test(Flips(4, 100, 0), column(1, 1, 1, 0), den, column(0, 1, 0, 1), other_den)
    assert found.clusters.tolist() == [2]
    assert (found.difference[0], found.p[0]) == (0.5, 1.0)


@pytest.mark.parametrize("clusters", [63, 64, 65, 128, 129])
def test_every_cluster_has_its_sign_where_these_fill_whole_words(clusters: int) -> None:
    signs = np.concatenate([block for _, block in Flips(clusters, 400, 0).blocks()])
    assert signs.shape == (400, clusters)
    assert set(np.unique(signs).tolist()) == {-1, 1}
    assert np.abs(signs.mean(axis=0)).max() < 0.25  # 5 standard deviations of 400 signs
    assert np.unique(signs, axis=1).shape == (400, clusters)


@pytest.mark.parametrize("flips", [5000, 2**12])  # drawn, and all there are
def test_equals_scipy(flips: int) -> None:
    rng = np.random.default_rng(1)
    one, other = rng.random(12) + 0.15, rng.random(12)
    ones = np.ones((12, 1))
    found = permutation_test(Flips(12, flips - (flips == 5000) * 1000, 3), one[:, None], ones, other[:, None], ones)
    theirs = scipy_stats.permutation_test(
        (one, other), lambda x, y, axis: (x - y).mean(axis=axis), permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert found.difference[0] == pytest.approx(theirs.statistic)
    assert found.p[0] == pytest.approx(theirs.pvalue, abs=1e-12 if flips == 2**12 else 0.03)


def test_ratios_of_clusters_of_different_size_equal_a_loop() -> None:
    rng = np.random.default_rng(2)
    den, other_den = rng.integers(1, 5, (2, 7, 1)).astype(float)
    num, other_num = rng.binomial(den.astype(int), 0.7) * 1.0, rng.binomial(other_den.astype(int), 0.4) * 1.0
    found = permutation_test(Flips(7, 128, 0), num, den, other_num, other_den)
    differences = []
    for swap in range(2**7):
        swapped = np.array([swap >> i & 1 for i in range(7)], dtype=bool)[:, None]
        a, b = np.where(swapped, other_num, num), np.where(swapped, other_den, den)
        c, d = np.where(swapped, num, other_num), np.where(swapped, den, other_den)
        differences.append(a.sum() / b.sum() - c.sum() / d.sum())
    assert found.difference[0] == pytest.approx(differences[0])
    assert found.p[0] == np.mean(np.abs(differences) >= abs(differences[0]) - 1e-12)


@given(seed=st.integers(0, 2**16), clusters=st.integers(1, 14))
@settings(max_examples=30, deadline=None)
def test_invariances(seed: int, clusters: int) -> None:
    rng = np.random.default_rng(seed)
    den, other_den = rng.integers(0, 3, (2, clusters, 3)).astype(float)
    num, other_num = rng.binomial(den.astype(int), 0.7) * 1.0, rng.binomial(other_den.astype(int), 0.4) * 1.0
    flips = Flips(clusters, 200, seed)
    found = permutation_test(flips, num, den, other_num, other_den)
    turned = permutation_test(flips, other_num, other_den, num, den)
    assert turned.p.tolist() == found.p.tolist()
    assert turned.difference.filled(9) == pytest.approx(-found.difference.filled(-9))
    assert permutation_test(flips, 4 * num, 4 * den, 4 * other_num, 4 * other_den).p.tolist() == found.p.tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("normscope.stats.permutation.CELLS", 1)
        patch.setattr("normscope.stats.permutation.BLOCK", 100)
        assert permutation_test(flips, num, den, other_num, other_den).p.tolist() == found.p.tolist()
    p = found.p.compressed()
    assert ((p > 0) & (p <= 1)).all()
    # numbers of another type, or in other units, say the same
    single = [part.astype(np.float32) / 3 for part in (num, den, other_num, other_den)]
    assert permutation_test(flips, *single).p.tolist() == pytest.approx(found.p.tolist())
    if flips.exact:
        order = rng.permutation(clusters)
        assert permutation_test(flips, *(x[order] for x in (num, den, other_num, other_den))).p.tolist() == found.p.tolist()


def test_p_is_uniform_where_nothing_differs() -> None:
    """4,000 studies, one per column, of 25 clusters in which the two are alike: 5 % of the p-values are below 0.05."""
    rng = np.random.default_rng(4)
    one, other = rng.random((25, 1)) + rng.exponential(size=(2, 25, 4000))
    p = permutation_test(Flips(25, 500, 5), one, np.ones((25, 1)), other, np.ones((25, 1))).p
    for level in (0.05, 0.2, 0.5):
        # the flips are the same for all columns, so the share is uncertain by theirs as well
        assert float((p <= level).mean()) == pytest.approx(level, abs=0.025)


def test_degenerate_data_have_a_reason_and_no_warning() -> None:
    num, den = np.array([[0.0, 1.0, 1.0]]), np.array([[0.0, 1.0, 1.0]])
    other_num, other_den = np.array([[0.0, 0.0, 1.0]]), np.array([[1.0, 1.0, 1.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = permutation_test(Flips(1, 100, 0), num, den, other_num, other_den)
    assert found.p.tolist() == [None, 1.0, 1.0]  # one cluster, swapped or not, shows nothing; nor do equal ones
    assert found.reason == ("no cluster of dilemmas has data for both", "", "")
    with pytest.raises(ValueError, match="at least one cluster and one flip"):
        Flips(0, 10, 0)
    with pytest.raises(ValueError, match="a difference of two ratios has 4 parts; got 2"):
        permutation_test(Flips(1, 10, 0), num, den)
