"""The best attainable agreement: by hand, scipy, invariances, and the naive share's bias by simulation."""

from __future__ import annotations

from math import inf, log
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from scipy import stats as scipy_stats

from normscope.errors import Undefined
from normscope.stats import best_attainable, expected_largest_share, fitted_concentration

ROWS = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=8)
EVEN = np.array([0.5, 0.5])


def test_the_fit_by_hand() -> None:
    # four panels of three: 3:0, 1:2, 0:3, 3:0, prior mean 1/2. Exceeding 0 are 5 counts, exceeding 1 are 4, exceeding 2 are 3,
    # so the slope is 5/A + 4/(A+2) + 3/(A+4) - 4/A - 4/(A+1) - 4/(A+2) = 1/A + 3/(A+4) - 4/(A+1).
    # Times A(A+1)(A+4): A² + 5A + 4 + 3A² + 3A - 4A² - 16A = 4 - 8A, which is 0 at A = 1/2
    assert fitted_concentration(np.array([[3.0, 0.0], [1.0, 2.0], [0.0, 3.0], [3.0, 0.0]]), EVEN) == pytest.approx(0.5)


def test_the_largest_share_by_hand() -> None:
    # a stick broken at two random places: its longest piece is (1 + 1/2 + 1/3) / 3 = 11/18
    assert expected_largest_share(np.zeros((1, 3)), np.ones(3)) == pytest.approx(11 / 18, abs=1e-12)
    # one of two panelists more for the first of two options: shares of density 2x, E max(x, 1-x) = ∫ 2x max(x, 1-x) dx = 3/4
    assert expected_largest_share(np.array([[1.0, 0.0]]), np.ones(2)) == pytest.approx(3 / 4, abs=1e-12)
    assert expected_largest_share(np.zeros((0, 3)), np.ones(3)).tolist() == []
    # a panel of thousands says it itself
    assert expected_largest_share(np.array([[6000.0, 4000.0]]), np.ones(2)) == pytest.approx(0.6, abs=1e-4)


def test_the_largest_share_second_implementation() -> None:
    rng = np.random.default_rng(0)
    for prior in ([0.05, 0.05, 0.05], [3.0, 0.5, 0.1], [400.0, 350.0, 20.0]):
        counts = rng.integers(0, 4, (3, 3)) + np.array([0, 1, 0])
        found = expected_largest_share(counts.astype(float), np.array(prior))
        drawn = [rng.dirichlet(row + prior, 20_000).max(axis=1) for row in counts]
        for value, draws in zip(found.tolist(), drawn, strict=True):
            assert abs(value - draws.mean()) < 4 * draws.std() / 20_000**0.5 + 1e-9
    # with two options the share is a beta variable, whose integral scipy has
    for a, b in ((0.3, 2.3), (7.0, 7.0), (40.5, 12.5)):
        exact = scipy_stats.beta(a, b).expect(lambda x: max(x, 1 - x), points=[0.5])
        assert expected_largest_share(np.zeros((1, 2)), np.array([a, b])) == pytest.approx(exact, abs=1e-6)


def test_the_fit_second_implementation() -> None:
    rng = np.random.default_rng(1)
    mean = np.array([0.5, 0.3, 0.2])
    counts = np.array([rng.multinomial(n, rng.dirichlet(2 * mean)) for n in rng.integers(1, 9, 60)])

    def loss(log_concentration: float) -> float:
        alpha = np.exp(log_concentration) * mean
        return -float(scipy_stats.dirichlet_multinomial(alpha, counts.sum(axis=1)).logpmf(counts).sum())

    best = optimize.minimize_scalar(loss, bounds=(log(1e-3), log(1e3)), method="bounded", options={"xatol": 1e-7}).x
    assert fitted_concentration(counts.astype(float), mean) == pytest.approx(np.exp(best), rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_invariances(rows: list[list[int]], random: Random) -> None:
    if all(sum(row) < 2 for row in rows):
        with pytest.raises(Undefined, match="two panelists"):
            best_attainable(rows)
        return
    found = best_attainable(rows)
    assert 1 / 3 - 1e-9 <= found.plurality <= found.value + 1e-9 <= 1 + 2e-9
    assert found.per_dilemma.mean() == pytest.approx(found.value)
    assert found.left_out == sum(not sum(row) for row in rows)
    # options of a dilemma have no names, and dilemmas no order
    mixed = [random.sample(row, 3) for row in rows]
    random.shuffle(mixed)
    again = best_attainable([*mixed, [0, 0, 0]])
    assert (again.value, again.plurality, again.naive) == pytest.approx((found.value, found.plurality, found.naive))
    # with the same options throughout their names may change, alike for all
    first, second = (
        best_attainable([[row[i] for i in order] for row in rows], same_options=True) for order in ([0, 1, 2], [2, 0, 1])
    )
    assert first.value == pytest.approx(second.value)


def test_the_ends() -> None:
    of_one_mind = best_attainable([[3, 0], [0, 3], [2, 0]])
    assert (of_one_mind.value, of_one_mind.plurality, of_one_mind.naive, of_one_mind.concentration) == (1.0, 1.0, 1.0, 0.0)
    # more even than chance would make them: every dilemma has the same shares, of which the largest is 1/2
    even = best_attainable([[2, 2], [2, 2], [2, 2]])
    assert (even.value, even.plurality, even.concentration) == (0.5, 0.5, inf)
    # 80 to 20 on the same two options: with their names the largest share is 0.8
    same = best_attainable([[4, 1]] * 20, same_options=True)
    assert same.value == pytest.approx(0.8)
    assert same.concentration == inf
    assert "concentration inf by maximum likelihood" in same.method
    # an option that nobody ever chose is none
    assert best_attainable([[4, 1, 0]] * 20, same_options=True).value == pytest.approx(0.8)


def test_wrong_arguments() -> None:
    for wrong in ([1, 2], [[1, -1]], [[1, 0.5]], [[1, float("nan")]]):
        with pytest.raises(ValueError, match="whole numbers from 0 up"):
            best_attainable(wrong)
    for empty in (np.zeros((0, 3)), np.zeros((4, 3)), np.eye(3)):
        with pytest.raises(Undefined, match="two panelists"):
            best_attainable(empty)


@pytest.mark.parametrize(("concentration", "panelists"), [(0.5, 3), (2.0, 3), (2.0, 10), (5.0, 2)])
def test_recovers_what_the_naive_share_puts_too_high(concentration: float, panelists: int) -> None:
    # 2,000 dilemmas of four options; the truth is known, since the shares of all people are
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(4, concentration / 4), 2000)
    counts = rng.multinomial(panelists, shares)
    found, truth = best_attainable(counts), shares.max(axis=1).mean()
    assert found.value == pytest.approx(truth, abs=0.012)
    assert found.plurality == pytest.approx(shares[np.arange(2000), counts.argmax(axis=1)].mean(), abs=0.025)
    assert found.naive > truth + 0.012
    assert found.plurality < truth
    assert found.concentration == pytest.approx(concentration, rel=0.15)
