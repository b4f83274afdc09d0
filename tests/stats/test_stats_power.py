"""How large a study must be: published figures, a second derivation, invariances, and simulated studies."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from normscope.errors import Undefined
from normscope.stats import (
    Correct,
    Expected,
    Labelled,
    PredictionPowered,
    detectable,
    difference,
    difference_detected,
    half_width,
    least,
    ppi,
    rogan_gladen,
    t_quantile,
)
from normscope.stats.bootstrap import Floats
from normscope.stats.power import label_price

MATCHER = Expected(0.6, correlation=0.3, sensitivity=0.85, specificity=0.9)

rates, goods = st.floats(0.05, 0.95), st.floats(0.7, 1.0)
expecteds = st.builds(Expected, rates, st.floats(-0.2, 0.6), st.just(1.0), st.floats(1.0, 4.0), st.just(1.0), goods, goods)


def test_published_figures() -> None:
    # Bloom (1995): the minimum detectable effect of a two-sided test at 0.05 with 80 % power is 2.8 standard errors
    assert detectable(1.0, 10**6) == pytest.approx(2.80, abs=0.005)
    # of 5 clusters the quantiles of t with 4 degrees of freedom: 2.776445 + 0.940965
    assert detectable(2.0, 5) == pytest.approx(2 * 3.717410, abs=1e-5)
    # the textbook survey: ± 5 points at a rate of one half needs z² / (4 · 0.05²) = 384.1 answers; with t instead of z 387
    assert least(lambda n: half_width(Expected(0.5), n, n) <= 0.05) == 387
    # Kish's design effect: clusters of 20 with icc 0.05 need 1 + 19 · 0.05 = 1.95 times as many
    clustered = replace(Expected(0.5), design_effect=1.95)
    assert half_width(clustered, 1950, 1950) == pytest.approx(half_width(Expected(0.5), 1000, 1000), rel=1e-3)


def test_worked_by_hand() -> None:
    # p = 0.6, sensitivity 0.85, specificity 0.9: q = 0.51 + 0.04 = 0.55, J = 0.75, R² = 0.24 · 0.5625 / 0.2475 = 0.54545
    assert (MATCHER.raw, MATCHER.youden) == pytest.approx((0.55, 0.75))
    assert label_price(MATCHER, "ppi") == pytest.approx(1 - 0.545454, abs=1e-6)
    assert label_price(MATCHER, "rogan_gladen") == pytest.approx(1 / 0.545454 - 1, abs=1e-5)
    # 1,000 comparisons, 200 labels: v = 0.45455 / 200 + 0.54545 / 1000 = 0.0028182; error = sqrt(0.24 · v) = 0.026007;
    # t of 199 degrees of freedom is 1.97196: 0.051285
    assert half_width(MATCHER, 1000, 200) == pytest.approx(0.051285, abs=1e-5)
    # Rogan-Gladen: v = 0.83333 / 200 + 1.83333 / 1000 = 0.006; error 0.037947, half-width 0.074831
    assert half_width(MATCHER, 1000, 200, correct="rogan_gladen") == pytest.approx(0.074831, abs=1e-5)


def test_the_other_rate_is_higher_or_where_that_does_not_fit_lower() -> None:
    assert Expected(0.5).other(0.2) == pytest.approx(0.7)
    assert Expected(0.9).other(0.2) == pytest.approx(0.7)
    with pytest.raises(Undefined, match="do not fit between 0 and 1 around"):
        Expected(0.5).other(0.6)


@settings(deadline=None, max_examples=20)
@given(expecteds, st.floats(0.05, 0.95))
def test_ppi_as_the_variance_minimised_numerically(expected: Expected, share: float) -> None:
    """A second derivation: the variance of lambda · mean(f, all) + mean(h - lambda f, labelled), at the best lambda."""
    n, own = 1000.0, replace(expected, design_effect=1.0)
    p, q, labels = own.rate, own.raw, share * 1000
    s2, f2, both = p * (1 - p), q * (1 - q), p * (1 - p) * own.youden

    def variance(lam: float) -> float:
        # the labelled are among all: mean(f, all) = share · mean(f, labelled) + (1 - share) · mean(f, others)
        on_labelled = lam * share - lam
        return (s2 + 2 * on_labelled * both + on_labelled**2 * f2) / labels + (lam * (1 - share)) ** 2 * f2 / (n - labels)

    best = minimize_scalar(variance, bounds=(0, 2), method="bounded", options={"xatol": 1e-9}).fun
    error = half_width(own, n, labels) / half_width(Expected(0.5), 10**7, 10**7, level=0.95) * 0.5 / sqrt(10**7)
    assert error == pytest.approx(sqrt(best), rel=0.05 if labels < 200 else 0.02)  # t of few labels over the normal quantile


@settings(deadline=None, max_examples=20)
@given(expecteds, st.sampled_from(["ppi", "rogan_gladen"]), st.floats(0.01, 0.1))
@example(Expected(0.5221487530984064, sensitivity=1 - 2**-53), "ppi", 0.0625)  # price 0, or 1e-16 by rounding
@example(Expected(0.5, sensitivity=1 - 2**-53), "ppi", 0.0625)
def test_invariances(expected: Expected, correct: Correct, apart: float) -> None:
    n, labels = 2000, 500
    width = half_width(expected, n, labels, correct=correct)
    # what agrees and what does not may change names
    turned = replace(expected, rate=1 - expected.rate, sensitivity=expected.specificity, specificity=expected.sensitivity)
    assert half_width(turned, n, labels, correct=correct) == pytest.approx(width)
    # more labels never widen it, a better matcher or fewer clusters' likeness neither
    assert half_width(expected, n, labels + 200, correct=correct) <= width * 1.000001
    assert half_width(replace(expected, sensitivity=1.0, specificity=1.0), n, labels, correct=correct) <= width * 1.001
    assert half_width(replace(expected, design_effect=1.0), n, labels, correct=correct) <= width
    # PPI++ with a label for every comparison has no matcher in it
    perfect = replace(expected, sensitivity=1.0, specificity=1.0)
    assert half_width(expected, n, n) == pytest.approx(half_width(perfect, n, n))
    assume(expected.rate + apart < 1 and expected.correlation < 0.5 - apart)
    try:
        found = difference_detected(expected, n, labels, apart, correct=correct)
        looser = difference_detected(replace(expected, correlation=-0.2), n, labels, apart, correct=correct)
    except Undefined:  # rates so far apart cannot correlate so
        return
    assert found <= looser * 1.000001
    assert difference_detected(expected, n, labels, apart, correct=correct, power=0.9) > found


def study(rng: np.random.Generator, n: int, p: tuple[float, float], expected: Expected) -> tuple[Floats, Floats, Floats]:
    """Clusters of n comparisons, what people say of two models' and what the matcher says: [n], [2, n], [2, n].

    Both models' comparisons of a cluster of `per_cluster` share a chance, and the two on one dilemma another.
    """
    size = int(expected.per_cluster)
    clusters = np.repeat(np.arange(n // size), size)
    of_clusters: Floats = rng.normal(size=n // size) * (0.4 if size > 1 else 0.0)
    shared = of_clusters[clusters]
    normal = shared + rng.normal(size=(1, n)) * 0.6 + rng.normal(size=(2, n)) * 0.8
    spread = 1.0 if size == 1 else sqrt(1.16)
    human = (normal < spread * np.array([[NormalDist().inv_cdf(x)] for x in p])).astype(float)
    errs = rng.random(human.shape)
    machine = np.where(human == 1, errs < expected.sensitivity, errs < 1 - expected.specificity).astype(float)
    return clusters.astype(np.float64), human, machine


def seen(n: int, p: tuple[float, float], size: int) -> tuple[float, float, float]:
    """Correlation of the two models and design effects of a rate and of a difference, in a large population of `study`."""
    expected = Expected(p[0], per_cluster=size)
    clusters, human, _ = study(np.random.default_rng(0), n, p, expected)
    which = clusters.astype(int)

    def effect(x: Floats) -> float:
        sums = np.bincount(which, weights=x - x.mean())
        return float((sums * sums).sum() / ((x - x.mean()) ** 2).sum())

    return float(np.asarray(np.corrcoef(human))[0, 1]), effect(human[0]), effect(human[0] - human[1])


@pytest.mark.parametrize("size", [1, 4])
def test_a_planned_difference_is_found_as_often_as_planned(size: int) -> None:
    """200 studies with the planned dilemmas and labels: PPI++ finds the difference in 80 % of them, 2.8 % being chance."""
    p = (0.6, 0.7)
    correlation, effect, of_difference = seen(80_000, p, size)
    expected = Expected(0.6, correlation, per_cluster=size, design_effect=max(1.0, effect), sensitivity=0.85, specificity=0.9)
    n = 1200
    labels = least(lambda m: difference_detected(expected, n, m, 0.1) <= 0.1, highest=n)
    assert labels is not None
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(200):
        clusters, human, machine = study(rng, n, p, expected)
        both: list[PredictionPowered] = []
        for h, f in zip(human, machine, strict=True):
            rows = np.sort(rng.choice(n, labels, replace=False))
            both.append(ppi(f, clusters.astype(int), Labelled(rows, h[rows], np.full(labels, labels / n))))
        apart = difference(both[1], both[0])
        found += apart.low > 0
    assert found / 200 == pytest.approx(0.8, abs=0.075)
    # differences have less of a cluster in common than rates: the plan is on the safe side there
    assert of_difference <= effect + 0.05


@pytest.mark.parametrize("correct", ["ppi", "rogan_gladen"])
def test_a_planned_interval_is_as_wide_as_planned(correct: Correct) -> None:
    expected = replace(MATCHER, rate=0.6)
    rng = np.random.default_rng(3)
    n, labels, widths, values = 1000, 250, [], []
    for _ in range(150):
        clusters, human, machine = study(rng, 2 * n, (0.6, 0.6), expected)
        which = clusters.astype(int)
        h, f = human[0], machine[0]
        of_own = np.arange(2 * n) < n  # Rogan-Gladen's labels may be of other comparisons
        rows = np.sort(rng.choice(n, labels, replace=False)) + (0 if correct == "ppi" else n)
        drawn = Labelled(rows, h[rows], np.full(labels, labels / n))
        measure = ppi if correct == "ppi" else rogan_gladen
        rate = measure(f, which, drawn, weights=of_own.astype(float))
        values.append(rate.value)
        widths.append((rate.high - rate.low) / 2)
    planned = half_width(expected, n, labels, correct=correct)
    assert np.mean(widths) == pytest.approx(planned, rel=0.04)
    assert np.std(values) * 1.97 == pytest.approx(planned, rel=0.15)  # its chance: 1 / sqrt(2 · 150) = 6 %


def test_the_detectable_difference_is_found_in_four_of_five_studies() -> None:
    """2,000 studies of 25 and of 200 clusters with just that true difference; 0.9 % being chance."""
    rng = np.random.default_rng(8)
    for n in (25, 200):
        true = detectable(1 / sqrt(n), n)
        found = rng.normal(true, size=(2000, n))
        t = found.mean(axis=1) / (found.std(axis=1, ddof=1) / sqrt(n))
        assert np.mean(np.abs(t) > t_quantile(0.975, n - 1)) == pytest.approx(0.8, abs=0.025)


def test_what_cannot_be_planned_says_why() -> None:
    with pytest.raises(Undefined, match=r"cannot correlate by more than 0\.90"):
        difference_detected(Expected(0.6, 0.95), 100, 100, 0.05)
    with pytest.raises(Undefined, match="do not fit between 0 and 1"):
        difference_detected(Expected(0.5), 100, 100, 0.5)
    with pytest.raises(Undefined, match="a matcher must be above"):
        half_width(replace(MATCHER, sensitivity=0.5, specificity=0.5), 100, 100)
    with pytest.raises(Undefined, match="at least 2 clusters"):
        detectable(0.1, 1)
    with pytest.raises(Undefined, match="all resamples are equal"):
        detectable(0.0, 10)
    for wrong in (
        {"rate": 0.0},
        {"rate": 0.5, "sensitivity": 1.2},
        {"rate": 0.5, "correlation": 2},
        {"rate": 0.5, "design_effect": 0},
    ):
        with pytest.raises(ValueError, match=r"must be|are the least"):
            Expected(**wrong)
    assert least(lambda n: False) is None
