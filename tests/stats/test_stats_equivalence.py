"""Equivalence: by hand, the t-tests of scipy, the interval it must equal, error rate by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from normscope.errors import Undefined
from normscope.stats import equivalence, equivalence_of_interval, t_quantile

NUMBERS = st.floats(-1, 1).map(lambda x: round(x, 6))


def test_by_hand() -> None:
    # difference -0.01, standard error 0.02, margin 0.05, 99 degrees of freedom: t against -0.05 is 0.04 / 0.02 = 2, against
    # 0.05 it is 0.06 / 0.02 = 3; the nearer margin decides: P(T >= 2) = 0.0241
    found = equivalence(-0.01, 0.02, margin=0.05, df=99)
    assert (found.verdict, found.low, found.high, found.alpha) == ("equivalent", -0.05, 0.05, 0.05)
    assert found.p_value == pytest.approx(0.0241, abs=5e-5)
    # with 5 degrees of freedom P(T >= 2) = 0.0510, above 0.05
    assert equivalence(-0.01, 0.02, margin=0.05, df=5).verdict == "not shown"
    # a ratio to the ceiling: 1.02 between 0.9 and 1.1, standard error 0.04: z = 0.08 / 0.04 = 2, p = 0.0228
    assert equivalence(1.02, 0.04, margin=(0.9, 1.1)).p_value == pytest.approx(0.02275, abs=5e-6)
    # outside the margin the p-value is above a half: nothing is shown, not even a difference
    assert equivalence(0.2, 0.02, margin=0.05).p_value == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(NUMBERS, min_size=3, max_size=20), st.floats(0.01, 2))
def test_second_implementation(values: list[float], margin: float) -> None:
    x = np.array(values)
    if x.std() < 1e-6:
        return
    error = x.std(ddof=1) / x.size**0.5
    found = equivalence(float(x.mean()), float(error), margin=margin, df=x.size - 1)
    above = scipy_stats.ttest_1samp(x, -margin, alternative="greater").pvalue
    below = scipy_stats.ttest_1samp(x, margin, alternative="less").pvalue
    assert found.p_value == pytest.approx(max(above, below), abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(NUMBERS, st.floats(0.001, 1), st.floats(0.01, 2), st.integers(1, 200), st.sampled_from([0.01, 0.05, 0.2]))
def test_the_verdict_is_that_of_the_interval(estimate: float, error: float, margin: float, df: int, alpha: float) -> None:
    found = equivalence(estimate, error, margin=margin, df=df, alpha=alpha)
    half = t_quantile(1 - alpha, df) * error
    by_ends = equivalence_of_interval(estimate - half, estimate + half, margin=margin, level=1 - 2 * alpha, df=df)
    assert by_ends.p_value == pytest.approx(found.p_value, abs=1e-6)
    assert by_ends.alpha == pytest.approx(alpha)
    if abs(found.p_value - alpha) > 1e-9:
        assert by_ends.verdict == found.verdict == ("equivalent" if abs(estimate) + half < margin else "not shown")
    # a mirror image, other units and a wider margin
    assert equivalence(-estimate, error, margin=margin, df=df).p_value == pytest.approx(found.p_value)
    scaled = equivalence(100 * estimate, 100 * error, margin=(-100 * margin, 100 * margin), df=df)
    assert scaled.p_value == pytest.approx(found.p_value)
    assert equivalence(estimate, error, margin=margin + 1, df=df).p_value <= found.p_value


def test_ends_decide_whatever_the_shape() -> None:
    assert equivalence_of_interval(-0.01, 0.0499, margin=0.05).verdict == "equivalent"
    assert equivalence_of_interval(-0.01, 0.05, margin=0.05).verdict == "not shown"
    assert equivalence_of_interval(-0.05, 0.01, margin=0.05).verdict == "not shown"
    found = equivalence_of_interval(0.9, 1.05, margin=(0.8, 1.25))
    assert (found.verdict, found.low, found.high) == ("equivalent", 0.8, 1.25)
    assert found.alpha == pytest.approx(0.05)


def test_no_spread_and_wrong_arguments() -> None:
    with pytest.raises(Undefined, match="standard error above 0"):
        equivalence(0.0, 0.0, margin=0.1)
    with pytest.raises(Undefined, match="standard error above 0"):
        equivalence_of_interval(0.01, 0.01, margin=0.1)
    for margin in (0.0, -0.1, (0.2, 0.1)):
        with pytest.raises(ValueError, match="margin above 0"):
            equivalence(0.0, 0.1, margin=margin)
    with pytest.raises(ValueError, match="finite numbers"):
        equivalence(float("nan"), 0.1, margin=0.1)
    with pytest.raises(ValueError, match="finite numbers"):
        equivalence(0.0, -0.1, margin=0.1)
    with pytest.raises(ValueError, match="alpha"):
        equivalence(0.0, 0.1, margin=0.1, alpha=0.5)
    with pytest.raises(ValueError, match="lower end"):
        equivalence_of_interval(0.1, 0.0, margin=0.1)
    with pytest.raises(ValueError, match="level"):
        equivalence_of_interval(0.0, 0.1, margin=0.1, level=1.0)


def test_a_difference_on_the_margin_is_called_equivalent_as_rarely_as_promised() -> None:
    # 40 dilemmas a study, a true difference just at the margin of 0.1 and one of 0
    rng = np.random.default_rng(0)
    rates = []
    for truth in (0.1, 0.0):
        x = truth + 0.2 * rng.standard_normal((1000, 40))
        errors = x.std(axis=1, ddof=1) / 40**0.5
        studies = zip(x.mean(axis=1).tolist(), errors.tolist(), strict=True)
        rates.append(np.mean([equivalence(m, e, margin=0.1, df=39).verdict == "equivalent" for m, e in studies]))
    assert rates[0] == pytest.approx(0.05, abs=0.02)
    assert rates[1] > 0.85
