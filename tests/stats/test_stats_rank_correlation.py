"""Kendall's tau-b and Spearman's rho: by hand, scipy, invariances, recovery; 10,000 values in little memory."""

from __future__ import annotations

import tracemalloc
from math import asin, pi
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from normscope.errors import Undefined
from normscope.stats import average_ranks, kendall_tau, kendall_taus, spearman

FEW = st.integers(-2, 2).map(float)
ANY = st.floats(-1e300, 1e300)
PAIRS = st.one_of(st.lists(st.tuples(FEW, FEW), max_size=12), st.lists(st.tuples(ANY, FEW), max_size=8))


def test_by_hand() -> None:
    a, b = [0.4, 0.5, 0.5, 0.9], [1, 2, 3, 4]
    # of 6 pairs one is tied in a, 5 are ordered alike: 5 / √(5 · 6) = 0.9129
    assert kendall_tau(a, b) == pytest.approx(5 / 30**0.5)
    # ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4, less 2.5: products 2.25 + 0 + 0 + 2.25; squares 4.5 and 5: 4.5 / √22.5 = 0.9487
    assert spearman(a, b) == pytest.approx(4.5 / 22.5**0.5)
    # one exchange of neighbours among 4: 5 pairs alike, 1 not: 4/6; Spearman 1 - 6 · 2 / (4 · 15) = 0.8
    assert kendall_tau([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(4 / 6)
    assert spearman([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(0.8)


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_second_implementation_or_undefined(pairs: list[tuple[float, float]]) -> None:
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    if len(set(a)) < 2 or len(set(b)) < 2:
        for undefined in (kendall_tau, spearman):
            with pytest.raises(
                Undefined, match=f"two different values in both lists; (all {len(a)} of one are equal|one has {len(a)})"
            ):
                undefined(a, b)
        return
    assert kendall_tau(a, b) == pytest.approx(scipy_stats.kendalltau(a, b).statistic, abs=1e-12)
    assert spearman(a, b) == pytest.approx(scipy_stats.spearmanr(a, b).statistic, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FEW, FEW), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_invariances(pairs: list[tuple[float, float]], random: Random) -> None:
    a, b = np.array(pairs).T
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return
    order = list(range(a.size))
    random.shuffle(order)
    for measure in (kendall_tau, spearman):
        value = measure(a, b)
        assert -1 <= value <= 1
        assert measure(a[order], b[order]) == pytest.approx(value)
        assert measure(b, a) == pytest.approx(value)
        assert measure(np.exp(a), 3 * b - 7) == pytest.approx(value)  # only the order counts
        assert measure(-a, b) == pytest.approx(-value)
        assert measure(a, a) == 1.0
        assert measure(a, -a) == -1.0


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY, max_size=20))
def test_ranks_second_implementation(values: list[float]) -> None:
    assert average_ranks(np.array(values)).tolist() == scipy_stats.rankdata(values).tolist()


def test_many_at_once() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 4, (50, 3, 7)).astype(float), rng.integers(0, 2, 7).astype(float)
    found = kendall_taus(a, b)
    assert found.shape == (50, 3)
    for row in np.ndindex(50, 3):
        if np.ptp(a[row]) == 0:
            assert np.ma.getmaskarray(found)[row]
        else:
            assert found.data[row] == pytest.approx(kendall_tau(a[row], b))


def test_wrong_arguments() -> None:
    for measure in (kendall_tau, spearman):
        with pytest.raises(ValueError, match="1-D arrays of one length"):
            measure([1, 2], [1, 2, 3])
        with pytest.raises(ValueError, match="finite numbers"):
            measure([1, float("nan")], [1, 2])
    with pytest.raises(ValueError, match="finite numbers"):
        kendall_taus(np.array([[1.0, np.inf]]), np.array([1.0, 2.0]))


def test_ten_thousand_values_recover_a_known_correlation_in_little_memory() -> None:
    # normal variables of correlation 0.5: tau = 2/pi · asin(0.5) = 1/3, rho = 6/pi · asin(0.25) = 0.4826 (rounded to 2 digits,
    # so that there are ties)
    x = np.random.default_rng(0).multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 10_000).round(2)
    assert kendall_tau(x[:, 0], x[:, 1]) == pytest.approx(1 / 3, abs=0.02)
    assert spearman(x[:, 0], x[:, 1]) == pytest.approx(6 / pi * asin(0.25), abs=0.02)
    tracemalloc.start()
    kendall_tau(x[:2000, 0], x[:2000, 1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e5  # 100 bytes for each value; all pairs at once would take 4e6
