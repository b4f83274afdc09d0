"""Trusted intervals of corrected rates: by hand, by looking for the ends, invariances, coverage, and where there is none."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from scipy import stats as scipy_stats

from normscope.errors import Undefined
from normscope.stats import (
    Corrected,
    Labelled,
    RoganGladen,
    cautious,
    ppi,
    rogan_gladen,
    trusted_corrected,
    trusted_difference,
    trusted_quotient,
    trusted_rogan_gladen,
)

pytestmark = pytest.mark.filterwarnings("error")


def rate(value: float, error: float, clusters: int = 10) -> Corrected:
    """A rate that all clusters move alike."""
    influence = np.tile([1.0, -1.0], clusters // 2) * error / sqrt(clusters * clusters / (clusters - 1))
    return Corrected(value, value - error, value + error, 0.95, error, clusters, influence, 0.0)


def test_wilson_by_hand() -> None:
    # 0.9 with an error of 0.1: 0.09 / 0.01 = 9 effective rows; t of 8 degrees of freedom 2.306004, times
    # sqrt(9/8) is 2.445885, shift its square / 9 = 0.664706; centre (0.9 + 0.332353) / 1.664706 = 0.740282;
    # half sqrt(0.664706 · 0.09 + 0.110459) / 1.664706 = 0.247883
    found = trusted_corrected(rate(0.9, 0.1))
    assert (found.low, found.high) == pytest.approx((0.740282 - 0.247883, 0.740282 + 0.247883), abs=1e-5)
    assert (found.value, found.error) == (0.9, 0.1)
    assert cautious(found)  # 0.9 effective failures
    assert not cautious(rate(0.5, 0.1))  # 12.5


def test_the_variance_rests_on_what_moves_it() -> None:
    # only 2 of 40 clusters move the value: 2 · (2u²)² / 2u⁴ = 4 degrees of freedom and not 38
    influence = np.zeros(40)
    influence[:2] = 0.05, -0.05
    found = trusted_difference(replace(rate(0.1, 0.08, 40), influence=influence))
    half = scipy_stats.t.ppf(0.975, 4) * sqrt(39 / 38) * 0.08
    assert (found.low, found.high) == pytest.approx((0.1 - half, 0.1 + half))
    assert trusted_difference(replace(found, value=0.95)).high == 1.0


def test_fieller_by_hand() -> None:
    # numerator 1/4, denominator 1/2, moved by u = ±0.001 of 400 clusters, the numerator by the same: variance of both
    # 400 · 10⁻⁶ · 400/399 = 4.01·10⁻⁴, t of 399 degrees of freedom, rounded down to 390: 1.966065
    # the rate is moved by (u - u/2) / (1/2) = u. (1/4 - x/2)² = t² · 4.01·10⁻⁴ · (1 - x)², so 1/4 - x/2 = ± e (1 - x)
    u = np.tile([0.001, -0.001], 200)
    found = trusted_quotient(replace(rate(0.5, 0.02, 400), influence=u), 0.25, denominator=0.5, on_denominator=u, name="it")
    e = 1.966065 * sqrt(4e-4 * 400 / 399)
    assert (found.low, found.high) == pytest.approx(((0.25 - e) / (0.5 - e), (0.25 + e) / (0.5 + e)), abs=1e-6)


def test_fieller_with_errors_that_no_label_shows() -> None:
    # nothing moves numerator or denominator: value ± t · sqrt(unseen), t of 9 degrees of freedom
    still = replace(rate(0.5, 0.02), influence=np.zeros(10), unseen=4e-4)
    found = trusted_quotient(still, 0.2, denominator=0.4, on_denominator=np.zeros(10), name="it")
    assert (found.low, found.high) == pytest.approx((0.5 - 2.262157 * 0.02, 0.5 + 2.262157 * 0.02))


@pytest.mark.parametrize(("share", "given"), [(0.99, True), (1.01, False)])
def test_fieller_ends_where_the_denominator_may_be_0(share: float, given: bool) -> None:
    moved = np.tile([1.0, -1.0], 200) * share * 0.5 / 1.966065 / sqrt(400 * 400 / 399)  # t of 399, rounded down to 390
    if given:
        found = trusted_quotient(rate(0.5, 0.02, 400), 0.25, denominator=0.5, on_denominator=moved, name="it")
        assert (found.low, found.high < 1) == (0.0, True)  # where the denominator is small, the numerator is too: open below only
        return
    with pytest.raises(Undefined, match=r"that it is above 0: it is 0\.500, give or take 0\.505"):
        trusted_quotient(rate(0.5, 0.02, 400), 0.25, denominator=0.5, on_denominator=moved, name="it")


def test_a_value_that_was_cut_keeps_where_it_was() -> None:
    found = replace(rogan_gladen(*clear()), raw=1.02, value=1.0)  # (1.02 + 0.9 - 1) / 0.9 = 1.022
    uncut, at_one = (
        trusted_quotient(found, numerator, denominator=0.9, on_denominator=found.on_youden, name="it")
        for numerator in (0.92, 0.9)
    )
    assert trusted_rogan_gladen(found).low == pytest.approx(uncut.low)
    assert uncut.low > at_one.low


def simulated(seed: int, n: int = 300, truth: float = 0.6, errs: float = 0.2, share: float = 0.4) -> tuple[Labelled, np.ndarray]:
    rng = np.random.default_rng(seed)
    human = (rng.random(n) < truth).astype(np.float64)
    machine = np.where(rng.random(n) < errs, 1 - human, human)
    drawn = np.flatnonzero(rng.random(n) < share)
    return Labelled(drawn, human[drawn], np.full(drawn.size, share)), machine


@pytest.mark.parametrize("seed", range(3))
def test_second_implementation_by_looking_for_the_ends(seed: int) -> None:
    labels, machine = simulated(seed)
    clusters = np.arange(machine.size)
    found = trusted_rogan_gladen(rogan_gladen(machine, clusters, labels))
    # g(x) = raw + specificity - 1 - x (sensitivity + specificity - 1) for each x, its error from each row's influence
    h, f = labels.human, machine[labels.rows]
    t = scipy_stats.t.ppf(0.975, np.floor((labels.rows.size - 1) / 10) * 10)

    def surprise(x: float) -> float:
        sensitivity, specificity = (h * f).sum() / h.sum(), ((1 - h) * (1 - f)).sum() / (1 - h).sum()
        moved = (machine - machine.mean()) / machine.size
        on_labels = (1 - x) * (1 - h) * (1 - f - specificity) / (1 - h).sum() - x * h * (f - sensitivity) / h.sum()
        np.add.at(moved, labels.rows, on_labels)
        k = labels.rows.size / (labels.rows.size - 1)
        g = machine.mean() + specificity - 1 - x * (sensitivity + specificity - 1)
        return float(abs(g) - t * sqrt(k * (moved**2).sum()))

    assert found.low == pytest.approx(optimize.brentq(surprise, 0, found.value), abs=1e-6)
    assert found.high == pytest.approx(optimize.brentq(surprise, found.value, 1), abs=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_names_of_the_classes_and_order_do_not_matter(seed: int) -> None:
    labels, machine = simulated(seed)
    clusters = np.arange(machine.size) // 2
    turned = replace(labels, human=1 - labels.human)
    names = np.random.default_rng(seed).permutation(clusters.max() + 1)
    studies = ((machine, clusters, labels), (1 - machine, clusters, turned), (machine, names[clusters], labels))
    by_quotient = [trusted_rogan_gladen(rogan_gladen(*study)) for study in studies]
    by_ppi = [trusted_corrected(ppi(*study)) for study in studies]
    for one, other, renamed in (by_quotient, by_ppi):
        assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)
        assert (one.low, one.high) == pytest.approx((renamed.low, renamed.high))
        assert 0 <= one.low <= one.value <= one.high <= 1


def test_covers_where_value_and_t_do_not() -> None:
    hits: dict[str, list[bool]] = {"t": [], "trusted": [], "Rogan-Gladen": []}
    for seed in range(200):
        labels, machine = simulated(seed, truth=0.95, errs=0.05, share=0.33)
        clusters = np.arange(machine.size)
        found = ppi(machine, clusters, labels)
        trusted = trusted_corrected(found)
        hits["t"].append(found.low <= 0.95 <= found.high)
        hits["trusted"].append(trusted.low <= 0.95 <= trusted.high)
        labels, machine = simulated(seed, truth=0.5, errs=0.25)
        quotient = trusted_rogan_gladen(rogan_gladen(machine, clusters, labels))
        hits["Rogan-Gladen"].append(quotient.low <= 0.5 <= quotient.high)
    shares = {name: np.mean(hit) for name, hit in hits.items()}
    assert shares["t"] < 0.93
    assert 0.915 <= shares["trusted"] <= 0.99
    assert 0.915 <= shares["Rogan-Gladen"] <= 0.99


def test_a_matcher_that_may_tell_nothing_gives_no_interval() -> None:
    labels, machine = simulated(1, n=120, errs=0.42, share=0.4)
    found = rogan_gladen(machine, np.arange(120), labels)
    assert found.youden > 0.1
    with pytest.raises(
        Undefined, match=r"do not show that sensitivity \+ specificity - 1 is above 0: it is 0\.\d+, give or take"
    ):
        trusted_rogan_gladen(found)
    # labels where the matcher is nearly always right, rows of which it calls fewer 1 than its errors alone would make
    odd = replace(rogan_gladen(*clear()), raw=0.0, specificity=0.6)
    with pytest.raises(Undefined, match="contradict each other: the rate would lie between -"):
        trusted_rogan_gladen(odd)
    with pytest.raises(Undefined, match=r"would lie between 1\.\d+ and 1\.\d+$"):
        trusted_quotient(rate(0.5, 0.01), 0.75, denominator=0.5, on_denominator=np.zeros(10), name="it")


def clear() -> tuple[np.ndarray, np.ndarray, Labelled]:
    truth = np.tile([1.0, 0.0], 400)
    machine = np.where(np.arange(800) % 20 == 1, 1.0, truth)
    return machine, np.arange(800), Labelled(np.arange(400), truth[:400], np.full(400, 0.5))


def test_too_few_clusters_and_what_is_already_wide() -> None:
    for trust in (trusted_corrected, trusted_difference):
        with pytest.raises(Undefined, match=r"at least 5 clusters of dilemmas of equal size; these are worth 4\.0"):
            trust(rate(0.5, 0.1, 4))
    with pytest.raises(Undefined, match="at least 5 clusters"):
        trusted_quotient(rate(0.5, 0.1, 4), 0.25, denominator=0.5, on_denominator=np.zeros(4), name="it")
    # 60 of 60 labels agree: the interval is Wilson's already
    ones = ppi(np.ones(600), np.arange(600), Labelled(np.arange(60), np.ones(60), np.full(60, 0.1)))
    assert trusted_corrected(ones) is ones
    for value in (0.0, 1.0):  # cut there
        assert trusted_corrected(cut := rate(value, 0.1)) is cut
    assert isinstance(trusted_rogan_gladen(rogan_gladen(*clear())), RoganGladen)
