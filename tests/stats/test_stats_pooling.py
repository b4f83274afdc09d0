"""Rates by topic: by hand, a published example, statsmodels, invariances, and what pooling is worth by simulation."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize
from statsmodels.stats.meta_analysis import combine_effects

from normscope.stats import pooled_rates
from normscope.stats.pooling import _paule_mandel

TOPICS = st.lists(st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=8)


def test_by_hand() -> None:
    # four topics of 49 with 39.5, 39.5, 9.5, 9.5: corrected rates 40/50 = 0.8 and 0.2, logits ±ln 4 = ±1.38629, their mean 0.
    # All variances v are equal, so tau² = 4 ln² 4 / 3 - v, and v / (v + tau²) · (4 - 3) / (4 - 1) = v / (4 ln² 4) = v / 7.68725.
    # v at the mean, rate 1/2: 1 / (50 / 4) = 0.08; drawn 0.010407, logit 1.371867, rate 0.797682.
    # v at that rate: 1 / (50 · 0.797682 · 0.202318) = 0.123927; drawn 0.016121, logit 1.363946, rate 0.796400.
    # v at that rate: 1 / (50 · 0.796400 · 0.203600) = 0.123345; drawn 0.016045, logit 1.364051, rate 0.796417;
    # tau² = 2.562416 - 0.123345 = 2.439071, tau = 1.561753
    found = pooled_rates([39.5, 39.5, 9.5, 9.5], 4 * [49])
    assert found.rate.tolist() == pytest.approx([0.796417, 0.796417, 0.203583, 0.203583], abs=1e-6)
    assert found.weight.tolist() == pytest.approx(4 * [1 - 0.016045], abs=1e-6)
    assert found.tau.item() == pytest.approx(1.561753, abs=1e-6)
    assert found.mean.item() == pytest.approx(0.5)
    assert found.between.item() == "found"


def test_the_interval_second_implementation() -> None:
    # of the same four topics: v = 0.123345, drawn 0.016045; Morris's variance is
    # 0.123345 (1 - 0.016045 · 3/4) + 2 / 1 · 0.016045² · 1 · 1.921812 = 0.121861 + 0.000990 = 0.122850,
    # that of likelihood and prior 0.123345 (1 - 0.016045) = 0.121366, and the prior's 0.121366 / 0.016045 = 7.564
    v, drawn = 0.12334494558, 0.016045396481
    own, prior = v * (1 - drawn), v * (1 - drawn) / drawn
    widened = ((v * (1 - drawn * 0.75) + 2 * drawn**2 * np.log(4) ** 2) / own) ** 0.5

    def density(x: float) -> float:
        return float(np.exp(39.5 * x - 49 * np.logaddexp(0, x) - x * x / 2 / prior + 24))

    total = integrate.quad(density, -3, 6)[0]
    low, middle, high = (
        optimize.brentq(lambda x, q=q: integrate.quad(density, -3, x)[0] / total - q, -2, 5) for q in (0.025, 0.5, 0.975)
    )
    found = pooled_rates([39.5, 39.5, 9.5, 9.5], 4 * [49])
    ends = np.array([middle - widened * (middle - low), middle + widened * (high - middle)])
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(1 / (1 + np.exp(-ends))), abs=1e-4)
    assert found.low[2] == pytest.approx(1 - found.high[0])


def test_the_variance_between_of_a_published_example() -> None:
    # thirteen trials of a vaccine (log relative risks and variances as in the manual of the R package metafor, dat.bcg), for
    # which it gives tau² = 0.3181 by Paule and Mandel
    y = [-0.8893, -1.5854, -1.3481, -1.4416, -0.2175, -0.7861, -1.6209, 0.0120, -0.4694, -1.3713, -0.3394, 0.4459, -0.0173]
    v = [0.3256, 0.1946, 0.4154, 0.0200, 0.0512, 0.0069, 0.2230, 0.0040, 0.0564, 0.0730, 0.0124, 0.5325, 0.0714]
    found = _paule_mandel(np.array(y), np.array(v), np.ones(13, dtype=bool))
    assert found.item() == pytest.approx(0.3181, abs=5e-4)


def test_the_variance_between_second_implementation() -> None:
    rng = np.random.default_rng(0)
    for tau in (0.0, 0.3, 2.0):
        variance = rng.uniform(0.01, 0.5, 9)
        y = rng.normal(0, np.sqrt(variance + tau**2))
        theirs = combine_effects(y, variance, method_re="iterated", atol=1e-12, maxiter=500).tau2
        assert _paule_mandel(y, variance, np.ones(9, dtype=bool)).item() == pytest.approx(max(0.0, theirs), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(TOPICS, st.randoms(use_true_random=False))
def test_invariances(topics: list[tuple[int, int]], random: Random) -> None:
    s, n = np.array(topics).T
    found = pooled_rates(s, n)
    data = n > 0
    assert np.ma.getmaskarray(found.rate).tolist() == (~data).tolist()
    for part in (found.rate, found.low, found.high, found.weight):
        assert np.isfinite(part.data).all()
    rate, low, high = (x.data[data] for x in (found.rate, found.low, found.high))
    assert ((low > 0) & (low < rate) & (rate < high) & (high < 1)).all()
    assert found.between.item() == (
        "no topic with data"
        if not data.any()
        else "too few topics"
        if data.sum() < 4
        else "found"
        if found.tau > 0
        else "none found"
    )
    if data.any():  # drawn from the own rate towards the mean, and never past it
        own = (s + 0.5)[data] / (n + 1)[data]
        assert ((rate - own) * (found.mean.item() - rate) >= -1e-12).all()
    order = list(range(n.size))
    random.shuffle(order)
    assert pooled_rates(s[order], n[order]).rate.data == pytest.approx(found.rate.data[order])
    # agreement and its opposite are the same question
    assert pooled_rates(n - s, n).rate.data[data] == pytest.approx(1 - rate)
    # a topic without data changes nothing, and rows of a table are pooled alone
    table = pooled_rates([[*s, 0], [*n, 0]], [[*n, 0], [*n, 0]])
    assert table.rate.data[0, :-1] == pytest.approx(found.rate.data, abs=1e-12)
    assert table.tau.shape == table.between.shape == (2,)


def test_named_outcomes() -> None:
    one = pooled_rates([3], [9])
    assert (one.between.item(), one.weight[0]) == ("too few topics", 1.0)
    assert one.rate[0] == pytest.approx(3.5 / 10)
    assert np.ma.getmaskarray(one.tau).all()
    three = pooled_rates([3, 9, 0, 4], [9, 9, 0, 9])
    assert (three.between.item(), three.weight.tolist()) == ("too few topics", [1.0, 1.0, None, 1.0])
    assert three.tau.item() > 0
    alike = pooled_rates(5 * [5], 5 * [10])
    assert (alike.between.item(), alike.tau.item()) == ("none found", 0.0)
    assert alike.mean.item() == pytest.approx(0.5)
    assert pooled_rates([0, 0], [0, 0]).between.item() == "no topic with data"
    assert np.ma.getmaskarray(pooled_rates([0, 0], [0, 0]).mean).all()
    assert pooled_rates([], []).rate.tolist() == []
    assert "Paule-Mandel" in alike.method
    # six dilemmas that all agree do not top the table
    small = pooled_rates([6, 45, 40, 48, 42], [6, 50, 50, 50, 50])
    assert small.rate[0] < small.rate[3]


def test_standard_errors_stand_for_a_number_of_dilemmas() -> None:
    s, n = np.array([5, 20, 30, 12, 8]), np.array([20, 40, 40, 20, 20])
    rates = (s + 0.5) / (n + 1)
    binomial = np.sqrt(rates * (1 - rates) / (n + 1))
    plain = pooled_rates(s, n)
    assert pooled_rates(s, n, standard_errors=binomial).low.data == pytest.approx(plain.low.data)
    # a topic whose values are all equal has an error of 0, which cannot show anything
    assert pooled_rates(s, n, standard_errors=binomial * [1, 0, 1, 1, 1]).low.data == pytest.approx(plain.low.data)
    clustered = pooled_rates(s, n, standard_errors=1.5 * binomial)
    assert (clustered.weight < plain.weight).all()
    assert (clustered.high - clustered.low > plain.high - plain.low).all()


def test_large_topics_speak_for_themselves() -> None:
    # 1,000,000 dilemmas each: the interval is the raw rate's, ± 1.96 · √(0.2 · 0.8 / 10⁶) = 0.2 ± 0.000784
    found = pooled_rates([2e5, 3e5, 5e5, 8e5], 4 * [1e6])
    assert (found.low[0], found.high[0]) == pytest.approx((0.2 - 0.000784, 0.2 + 0.000784), abs=2e-6)
    assert found.weight.min() > 0.9999


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match="of the same topics"):
        pooled_rates([1, 2], [3])
    with pytest.raises(ValueError, match="of the same topics"):
        pooled_rates(1, 3)
    for s, n in (([4], [3]), ([-1], [3]), ([1], [float("inf")]), ([float("nan")], [3])):
        with pytest.raises(ValueError, match="between 0 and n"):
            pooled_rates(s, n)
    for errors in ([0.1, 0.1], [-0.1], [float("nan")]):
        with pytest.raises(ValueError, match="standard error"):
            pooled_rates([1], [3], standard_errors=errors)
    with pytest.raises(ValueError, match="level"):
        pooled_rates([1], [3], level=0)


@pytest.mark.parametrize(
    ("topics", "mean", "tau", "gain"),
    # gain: the squared error as a share of the raw rates'
    [(4, 0.0, 0.8, 0.95), (8, 0.0, 0.0, 0.4), (8, 1.5, 0.3, 0.55), (20, 1.5, 0.8, 0.75), (20, 2.5, 1.5, 0.95)],
)
def test_pooled_rates_are_nearer_to_the_truth_and_intervals_hold_it(topics: int, mean: float, tau: float, gain: float) -> None:
    rng = np.random.default_rng(0)
    truth = 1 / (1 + np.exp(-mean - tau * rng.standard_normal((250, topics))))
    n = rng.integers(6, 60, truth.shape)
    s = rng.binomial(n, truth)
    found = pooled_rates(s, n)
    assert ((found.low <= truth) & (truth <= found.high)).mean() > 0.92
    assert ((found.rate - truth) ** 2).mean() < gain * ((s / n - truth) ** 2).mean()
    assert float(found.tau.mean()) == pytest.approx(tau, abs=0.35)
