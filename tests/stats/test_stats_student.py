"""Student's t: tables, scipy, symmetry."""

from __future__ import annotations

from math import pi

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from normscope.stats import t_cdf, t_quantile

DF = st.one_of(st.integers(1, 300), st.floats(0.5, 1e6))


def test_printed_tables() -> None:
    # the 97.5 % column of any printed table
    for df, value in {1: 12.706, 2: 4.303, 5: 2.571, 30: 2.042, 120: 1.980}.items():
        assert t_quantile(0.975, df) == pytest.approx(value, abs=5e-4)
    # 1 degree of freedom is the Cauchy distribution: P(T <= 1) = 1/2 + atan(1)/pi = 3/4
    assert t_cdf(1.0, 1) == pytest.approx(0.75, abs=1e-14)
    assert t_cdf(1e-9, 1) - 0.5 == pytest.approx(1e-9 / pi, rel=1e-6)  # where scipy's loses its digits


@settings(deadline=None)
@given(st.floats(-50, 50), DF)
def test_cdf_second_implementation_and_symmetry(t: float, df: float) -> None:
    assert t_cdf(t, df) == pytest.approx(scipy_stats.t.cdf(t, df), abs=1e-8)
    assert t_cdf(t, df) + t_cdf(-t, df) == pytest.approx(1, abs=1e-12)


@settings(deadline=None)
@given(st.floats(1e-6, 1 - 1e-6), DF)
def test_quantile_second_implementation(probability: float, df: float) -> None:
    assert t_quantile(probability, df) == pytest.approx(scipy_stats.t.ppf(probability, df), rel=1e-8, abs=1e-8)


def test_with_many_degrees_of_freedom_it_is_the_normal_distribution() -> None:
    assert t_quantile(0.975, 1e7) == pytest.approx(1.959964, abs=1e-6)
    assert t_cdf(1.959964, 1e7) == pytest.approx(0.975, abs=1e-6)


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match="degrees of freedom"):
        t_cdf(0.0, 0)
    with pytest.raises(ValueError, match="degrees of freedom"):
        t_quantile(0.5, -1)
    with pytest.raises(ValueError, match="probability between 0 and 1"):
        t_quantile(1.0, 3)
