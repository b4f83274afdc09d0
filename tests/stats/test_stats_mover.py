"""The interval of a difference from two intervals: Newcombe's published table, invariances, coverage."""

from __future__ import annotations

from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.stats import difference_interval, wilson

threes = st.tuples(*[st.floats(-1, 1)] * 3).map(lambda three: (sorted(three)[1], sorted(three)[0], sorted(three)[2]))


def of_rate(a: int, n: int) -> tuple[float, float, float]:
    return (a / n, *wilson(a, n))


def test_published_example() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table II, method 10: 56/70 and 48/80, 9/10 and 3/10, 10/10 and 0/10
    for (a, n, b, m), low, high in (
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ):
        assert difference_interval(of_rate(a, n), of_rate(b, m))[1:] == pytest.approx((low, high), abs=5e-5)


def test_intervals_that_are_symmetric_add_their_squares() -> None:
    # 0.7 ± 0.03 and 0.5 ± 0.04: 0.2 ± sqrt(0.0009 + 0.0016) = 0.05
    assert difference_interval((0.7, 0.67, 0.73), (0.5, 0.46, 0.54)) == pytest.approx((0.2, 0.15, 0.25))
    assert sqrt(0.03**2 + 0.04**2) == pytest.approx(0.05)


@given(first=threes, second=threes)
def test_turned_around_it_is_the_same_with_the_other_sign(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> None:
    value, low, high = difference_interval(first, second)
    assert low <= value <= high
    assert difference_interval(second, first) == pytest.approx((-value, -high, -low))


@given(first=threes, second=threes)
def test_it_is_never_wider_than_the_ends_apart(first: tuple[float, float, float], second: tuple[float, float, float]) -> None:
    _, low, high = difference_interval(first, second)
    assert first[1] - second[2] - 1e-12 <= low
    assert high <= first[2] - second[1] + 1e-12


@given(first=threes, shift=st.floats(-1, 1))
def test_a_number_without_chance_shifts_the_interval(first: tuple[float, float, float], shift: float) -> None:
    assert difference_interval(first, (shift, shift, shift)) == pytest.approx(tuple(end - shift for end in first))


def test_it_covers_the_true_difference_of_independent_rates() -> None:
    chance = np.random.default_rng(3)
    draws = zip(chance.binomial(40, 0.6, 1000), chance.binomial(60, 0.4, 1000), strict=True)
    intervals = [difference_interval(of_rate(int(a), 40), of_rate(int(b), 60)) for a, b in draws]
    covered = sum(low <= 0.2 <= high for _, low, high in intervals) / 1000
    assert covered == pytest.approx(0.95, abs=0.022)  # 3 sd of the simulation are 0.021


def test_a_value_outside_its_interval_lies_on_its_end() -> None:
    assert difference_interval((0.5, 0.6, 0.7), (0.0, 0.0, 0.0)) == pytest.approx((0.5, 0.5, 0.7))


@pytest.mark.parametrize("three", [(0.5, 0.6, 0.4), (nan, 0.4, 0.6), (0.5, nan, 0.6), (0.5, -inf, 0.6)])
def test_what_is_no_interval_is_refused(three: tuple[float, float, float]) -> None:
    for pair in ((three, (0.0, 0.0, 0.0)), ((0.0, 0.0, 0.0), three)):
        with pytest.raises(ValueError, match="finite numbers"):
            difference_interval(*pair)
