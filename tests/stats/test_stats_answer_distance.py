"""Distances of two panels' answers: by hand, scipy, invariances, and the bias of small panels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from normscope.errors import Undefined
from normscope.stats import jensen_shannon, jensen_shannons, wasserstein, wassersteins

COUNTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6)


def test_by_hand() -> None:
    # shares 1/2, 1/2 and 1, 0; middle 3/4, 1/4. The first is 1/2 log2(2/3) + 1/2 log2(2) = 0.2075 bits from it, the second
    # log2(4/3) = 0.4150; the mean is 0.3113, its root 0.5579
    assert jensen_shannon([1, 1], [2, 0]) == pytest.approx(0.5579, abs=5e-5)
    assert jensen_shannon([1, 1, 0, 0], [0, 0, 5, 2]) == 1.0
    assert jensen_shannon([1, 2], [10, 20]) == 0.0
    # half of all move from 0 to 1, a quarter from 1 to 4: 1/2 · 1 + 1/4 · 3 = 1.25
    assert wasserstein([2, 2, 0], [0, 3, 1], positions=[0, 1, 4]) == 1.25
    assert wasserstein([1, 0, 0], [0, 0, 1]) == 2.0


@settings(max_examples=60, deadline=None)
@given(COUNTS)
def test_second_implementation_and_invariances(rows: list[tuple[int, int, int]]) -> None:
    a, b, positions = np.array(rows, dtype=float).T
    if not a.sum() or not b.sum():
        for distance in (jensen_shannon, wasserstein):
            with pytest.raises(Undefined, match="an answer from each"):
                distance(a, b)
        return
    nominal, ordered = jensen_shannon(a, b), wasserstein(a, b, positions=positions)
    assert nominal == pytest.approx(jensenshannon(a, b, base=2), abs=1e-7)
    assert ordered == pytest.approx(wasserstein_distance(positions, positions, a, b), abs=1e-12)
    assert 0 <= nominal <= 1
    assert 0 <= ordered <= np.ptp(positions) + 1e-12
    assert jensen_shannon(3 * b, a) == pytest.approx(nominal, abs=1e-7)
    assert jensen_shannon(a[::-1], b[::-1]) == pytest.approx(nominal, abs=1e-7)
    assert wasserstein(b, 3 * a, positions=positions) == pytest.approx(ordered)
    assert wasserstein(a[::-1], b[::-1], positions=5 - 2 * positions[::-1]) == pytest.approx(2 * ordered)
    middle = a / a.sum() + b / b.sum()
    assert nominal <= jensen_shannon(a, middle) + jensen_shannon(middle, b) + 1e-7  # a metric


def test_many_at_once() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 3, (30, 2, 4)).astype(float), rng.integers(0, 3, (30, 1, 4)).astype(float)
    nominal, ordered = jensen_shannons(a, b), wassersteins(a, b, positions=[1, 2, 4, 9])
    assert nominal.shape == ordered.shape == (30, 2)
    for i, j in np.ndindex(30, 2):
        if not a[i, j].sum() or not b[i, 0].sum():
            assert np.ma.getmaskarray(nominal)[i, j]
            assert np.ma.getmaskarray(ordered)[i, j]
        else:
            assert nominal.data[i, j] == pytest.approx(jensen_shannon(a[i, j], b[i, 0]))
            assert ordered.data[i, j] == pytest.approx(wasserstein(a[i, j], b[i, 0], positions=[1, 2, 4, 9]))


def test_wrong_arguments() -> None:
    for distance in (jensen_shannon, wasserstein):
        with pytest.raises(ValueError, match="the same options"):
            distance([1, 2], [1, 2, 3])
        with pytest.raises(ValueError, match="the same options"):
            distance([], [])
        for wrong in ([1, -1], [1, float("nan")], [1, float("inf")]):
            with pytest.raises(ValueError, match="from 0 up"):
                distance(wrong, [1, 1])
    for positions in ([1], [1, float("nan")]):
        with pytest.raises(ValueError, match="one finite position"):
            wasserstein([1, 1], [1, 1], positions=positions)


def test_large_panels_come_near_the_true_distance_and_small_ones_lie_above() -> None:
    rng = np.random.default_rng(0)
    one, other = np.array([0.6, 0.3, 0.1]), np.array([0.5, 0.3, 0.2])
    truth = jensenshannon(one, other, base=2), wasserstein_distance([0, 1, 2], [0, 1, 2], one, other)
    means = []
    for size in (5, 20_000):
        a, b = (rng.multinomial(size, shares, 300).astype(float) for shares in (one, other))
        means.append((float(jensen_shannons(a, b).mean()), float(wassersteins(a, b).mean())))
    assert means[1] == pytest.approx(truth, abs=2e-3)
    assert means[0][0] > 2 * truth[0]
    assert means[0][1] > 1.5 * truth[1]
