"""Percentile, basic and BCa intervals: by hand, against scipy, invariances, coverage, and degenerate data."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from normscope.stats import Resamples, bootstrap_intervals, contrast, intervals, jackknife, ratio, replicate
from normscope.stats.bootstrap import Floats, Replicates
from normscope.stats.interval_ends import Kind

KINDS: tuple[Kind, ...] = ("percentile", "basic", "bca")


def ones(part: Floats) -> Floats:
    return np.ones(part.shape)


def made_up(draws: list[float], value: float) -> Replicates:
    column = np.ma.MaskedArray(np.array(draws)[:, None], mask=False)
    return Replicates(np.ma.MaskedArray([value], mask=[False]), column, np.array([9]), Resamples(9, len(draws), 0))


def test_basic_by_hand() -> None:
    # draws 0, 1, ..., 10 around 4: the 10 % and 90 % quantiles are 1 and 9, mirrored at 4 they are 8 - 9 = -1 and 8 - 1 = 7
    found = made_up([float(i) for i in range(11)], 4.0)
    plain, basic = intervals(found, level=0.8), intervals(found, level=0.8, kind="basic")
    assert (plain.low[0], plain.high[0]) == pytest.approx((1.0, 9.0))
    assert (basic.low[0], basic.high[0]) == pytest.approx((-1.0, 7.0))
    assert basic.method == ("cluster bootstrap, basic, 11 draws, seed 0",)
    # a rate is not below 0
    assert intervals(made_up([0.1 * i for i in range(11)], 0.4), level=0.8, kind="basic", rate=True).low[0] == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_equal_scipy(kind: Kind) -> None:
    rng = np.random.default_rng(1)
    values = rng.exponential(size=60)
    ours = bootstrap_intervals(Resamples(60, 9000, 0), ratio, values[:, None], np.ones((60, 1)), kind=kind)
    method = {"percentile": "percentile", "basic": "basic", "bca": "BCa"}[kind]
    theirs = scipy_stats.bootstrap(
        (values,), np.mean, vectorized=True, axis=-1, method=method, n_resamples=9000, rng=np.random.default_rng(2)
    )
    width = theirs.confidence_interval.high - theirs.confidence_interval.low
    assert ours.low[0] == pytest.approx(theirs.confidence_interval.low, abs=0.03 * width)
    assert ours.high[0] == pytest.approx(theirs.confidence_interval.high, abs=0.03 * width)
    assert ours.method == (f"cluster bootstrap, {method}, 9000 draws, seed 0",)


def test_bca_equals_scipy_on_the_same_draws() -> None:
    # scipy's BCa of the same resampled means, number for number: its bootstrap distribution is handed to ours
    values = np.random.default_rng(3).exponential(size=40)
    theirs = scipy_stats.bootstrap((values,), np.mean, axis=-1, method="BCa", n_resamples=3000, rng=np.random.default_rng(4))
    draws = np.ma.MaskedArray(theirs.bootstrap_distribution[:, None], mask=False)
    value = np.ma.MaskedArray([values.mean()], mask=[False])
    found = Replicates(value, draws, np.array([40]), Resamples(40, 3000, 0))
    ours = intervals(found, kind="bca", left_out=jackknife(ratio, values[:, None], np.ones((40, 1))))
    assert ours.low[0] == pytest.approx(theirs.confidence_interval.low, abs=1e-12)
    assert ours.high[0] == pytest.approx(theirs.confidence_interval.high, abs=1e-12)


@given(seed=st.integers(0, 2**16), kind=st.sampled_from(KINDS), scale=st.sampled_from([0.25, 2.0, 8.0]))
@settings(max_examples=20, deadline=None)
def test_invariances(seed: int, kind: Kind, scale: float) -> None:
    num = np.random.default_rng(seed).integers(0, 9, size=(15, 3)).astype(float)
    resamples = Resamples(15, 300, seed, "poisson")
    found = bootstrap_intervals(resamples, ratio, num, ones(num), kind=kind)
    larger = bootstrap_intervals(resamples, ratio, num * scale, ones(num), kind=kind)
    assert larger.low.data == pytest.approx(found.low.data * scale)
    assert larger.reason == found.reason
    # turned round, the ends change places
    turned = bootstrap_intervals(resamples, ratio, -num, ones(num), kind=kind)
    assert turned.low.filled(9) == pytest.approx(-found.high.filled(-9))
    # columns do not depend on each other, nor on the number taken at a time
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("normscope.stats.bootstrap.CELLS", 1)
        patch.setattr("normscope.stats.interval_ends.CELLS", 1)
        alone = bootstrap_intervals(resamples, ratio, num, np.ones((15, 1)), kind=kind)
    assert alone.low.filled(9) == pytest.approx(found.low.filled(9))
    assert alone.reason == found.reason


def test_bca_covers_where_percentiles_do_not() -> None:
    """400 studies, one per column: the mean of 30 skewed values, whose percentile interval misses it on the long side."""
    num = np.random.default_rng(5).exponential(size=(30, 400)) ** 1.5
    truth = 1.329340388179137  # Γ(2.5)
    above = {}
    for kind in KINDS:
        found = bootstrap_intervals(Resamples(30, 2000, 6, "poisson"), ratio, num, np.ones((30, 1)), kind=kind)
        assert not any(found.reason)
        above[kind] = float((truth > found.high).mean())
    assert above["bca"] < above["percentile"] < above["basic"]
    assert above["bca"] < 0.10


@pytest.mark.parametrize("kind", KINDS)
def test_degenerate_data_have_a_reason_and_no_warning(kind: Kind) -> None:
    #             no data, one cluster, all equal, a half
    num = np.array([[0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.5], [0.0, 0.0, 1.0, 1.0]])
    den = np.array([[0.0, 2.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = bootstrap_intervals(Resamples(4, 500, 0), ratio, num, den, rate=True, kind=kind)
        nothing = bootstrap_intervals(Resamples(4, 500, 0), ratio, num[:, :0], den[:, :0], kind=kind)
    assert found.value.tolist() == [None, 0.5, 1.0, 0.625]
    assert found.reason == ("no data", "an interval needs data on at least 2 clusters of dilemmas; 1 has them", "", "")
    assert found.method[2] == "wilson (all equal)"
    assert nothing.reason == nothing.method == ()
    assert nothing.value.shape == nothing.low.shape == nothing.high.shape == (0,)
    for end in (found.low, found.high):
        assert np.isfinite(end.data).all()


def test_bca_says_when_it_has_no_interval() -> None:
    values = np.arange(9.0)[:, None]
    left_out = jackknife(ratio, values, ones(values))
    beside = intervals(made_up([5.0, 6.0, 7.0], 4.0), kind="bca", left_out=left_out)
    assert beside.reason == ("all 3 resamples lie on one side of the value, so there is no BCa interval",)
    equal = intervals(made_up([5.0, 5.0, 5.0], 4.0), kind="bca", left_out=left_out)
    assert equal.reason == ("all resamples are equal, so they cannot show how uncertain this is",)
    few = intervals(made_up([3.0, 3.5, 4.5, 5.0], 4.0), kind="bca", left_out=left_out)
    assert few.reason == ("4 resamples are too few for the BCa interval, which ends beyond the outermost of them",)
    with pytest.raises(ValueError, match="needs the jackknife of the same parts"):
        intervals(made_up([1.0, 2.0], 1.5), kind="bca")
    with pytest.raises(ValueError, match="kind must be 'percentile', 'basic' or 'bca'; got 'exact'"):
        intervals(made_up([1.0, 2.0], 1.5), kind="exact")  # type: ignore[arg-type]


def test_a_contrast_is_that_of_the_same_resamples() -> None:
    rng = np.random.default_rng(7)
    num, den = rng.random((50, 3)), np.ones((50, 3))
    num[:, 1] = num[:, 0] - 0.25
    den[40:, 2] = num[40:, 2] = 0.0
    found = contrast(replicate(Resamples(50, 200, 0), ratio, num, den), [0, 0], [1, 2])
    assert found.value[0] == pytest.approx(0.25)
    assert np.allclose(found.draws[:, 0], 0.25)  # paired: the same in every resample
    assert found.clusters.tolist() == [50, 40]
    assert intervals(found).reason[1] == ""


def test_many_rows_of_one_topic() -> None:
    """1e7 rows in one cluster: a value, and why there is no interval."""
    found = bootstrap_intervals(Resamples(1, 50, 0), ratio, np.array([[6_000_001]]), np.array([[10_000_000]]), rate=True)
    assert found.value[0] == 0.6000001
    assert found.reason == ("an interval needs data on at least 2 clusters of dilemmas; 1 has them",)


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="must be finite"):
        replicate(Resamples(2, 5, 0), ratio, np.array([[np.nan], [1.0]]), np.ones((2, 1)))
