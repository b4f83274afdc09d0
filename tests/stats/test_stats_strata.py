"""Rows drawn in strata of fixed size: the textbook's error, neutrality, and coverage where it would be too wide without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from normscope.stats import Corrected, Labelled, ppi, rogan_gladen


def drawn(rng: np.random.Generator, strata: np.ndarray, truth: np.ndarray, sizes: list[int]) -> Labelled:
    rows, probability = [], []
    for stratum, size in enumerate(sizes):
        members = np.flatnonzero(strata == stratum)
        rows.append(rng.choice(members, size, replace=False))
        probability.append(np.full(size, size / members.size))
    chosen = np.concatenate(rows)
    return Labelled(chosen, truth[chosen], np.concatenate(probability), strata)


def test_the_textbook_error() -> None:
    # every row a dilemma, a matcher that says nothing: the stratified mean, whose variance is sum W² s² / n over strata (here
    # strata of 600 and 400 with 30 and 20 labels), and sum W (mean - total)² / N for the rows that dilemmas like these would
    # have put into other strata; times 50/49 for the 50 labelled dilemmas
    rng = np.random.default_rng(0)
    strata = np.repeat([0, 1], [600, 400])
    truth = (rng.random(1000) < np.where(strata == 0, 0.8, 0.3)).astype(float)
    labelled = drawn(rng, strata, truth, [30, 20])
    found = ppi(np.zeros(1000), range(1000), labelled)
    first, second = labelled.human[:30], labelled.human[30:]
    mean = 0.6 * first.mean() + 0.4 * second.mean()
    within = 0.36 * first.var(ddof=1) / 30 + 0.16 * second.var(ddof=1) / 20
    between = (0.6 * (first.mean() - mean) ** 2 + 0.4 * (second.mean() - mean) ** 2) / 1000
    assert found.value == pytest.approx(mean)
    assert found.error == pytest.approx(sqrt((within + between) * 50 / 49))


def simulated(seed: int, sizes: list[int]) -> tuple[np.ndarray, np.ndarray, Labelled]:
    """300 dilemmas of 4 rows, a matcher that errs 10 % / 2 %, labels in strata by what it says; the rate is 0.6."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(300), 4)
    truth = (rng.random(1200) < rng.beta(6, 4, 300)[clusters]).astype(float)
    machine = np.where(rng.random(1200) < np.where(truth == 1, 0.02, 0.1), 1 - truth, truth)
    return machine, clusters, drawn(rng, machine.astype(np.intp), truth, sizes)


def test_strata_do_not_move_the_value_and_one_stratum_says_nothing() -> None:
    machine, clusters, labelled = simulated(0, [50, 150])
    for statistic in (ppi, rogan_gladen):
        found, without = statistic(machine, clusters, labelled), statistic(machine, clusters, replace(labelled, strata=None))
        assert found.value == pytest.approx(without.value, abs=0.002)
        assert found.influence.sum() == pytest.approx(0, abs=1e-12)
        even = replace(labelled, strata=np.zeros(1200, dtype=np.intp))
        assert statistic(machine, clusters, even).error == pytest.approx(without.error, rel=0.005)
    # the drawing used all that the matcher knows
    powered = ppi(machine, clusters, labelled)
    assert powered.lam == 0.0
    assert powered.gain == pytest.approx(1.0)


def test_a_matcher_that_is_never_wrong_in_strata_of_its_own_labels_is_not_certain() -> None:
    # within a stratum people said the same of all labels, so that the labels show no spread at all; the interval is as wide
    # as if it came from 0 errors of 100 (the effective number of labels, 50 of 300 rows and 50 of 300)
    truth = np.tile([1.0, 0.0], 300)
    labelled = drawn(np.random.default_rng(0), truth.astype(np.intp), truth, [50, 50])
    for pairs in (1, 2):  # each row a dilemma; a 1 and a 0 in each, so that the dilemmas do not differ either
        found = ppi(truth, np.arange(600) // pairs, labelled)
        assert found.unseen > 0
        assert found.high - found.low > 2 * 3 / 100  # the rule of three


def test_a_matcher_that_says_one_thing_is_left_out() -> None:
    _, clusters, labelled = simulated(2, [50, 150])
    for value in (0.0, 0.3, 1.0):
        assert ppi(np.full(1200, value), clusters, labelled).lam == 0.0
        assert ppi(np.full(1200, value), clusters, replace(labelled, strata=None)).lam == 0.0


def test_a_stratum_with_one_label_is_treated_as_drawn_on_its_own() -> None:
    machine, clusters, labelled = simulated(1, [1, 150])
    found = ppi(machine, clusters, labelled)
    assert found.error >= 0.9 * ppi(machine, clusters, replace(labelled, strata=None)).error


# PPI++ without the strata leans on the matcher instead, which knows as much; Rogan-Gladen is 7 % too wide without
@pytest.mark.parametrize(("statistic", "least"), [(ppi, 0.99), (rogan_gladen, 1.05)])
def test_errors_are_as_large_as_values_vary(statistic: Callable[..., Corrected], least: float) -> None:
    with_strata: list[Corrected] = []
    without: list[Corrected] = []
    for seed in range(200):
        machine, clusters, labelled = simulated(seed, [50, 150])
        with_strata.append(statistic(machine, clusters, labelled))
        without.append(statistic(machine, clusters, replace(labelled, strata=None)))
    varies = np.std([found.value for found in with_strata])
    assert np.mean([found.error for found in with_strata]) == pytest.approx(varies, rel=0.1)
    assert np.mean([found.error for found in without]) > least * np.mean([found.error for found in with_strata])
    assert 0.92 <= np.mean([found.low <= 0.6 <= found.high for found in with_strata]) <= 0.98


def test_wrong_strata() -> None:
    labelled = Labelled(np.array([0]), np.array([1.0]), np.array([0.5]), np.array([0, 0, 0]))
    with pytest.raises(ValueError, match="strata are needed for each of 2 rows; got 3"):
        ppi([0.0, 1.0], [0, 1], labelled)
    with pytest.raises(ValueError, match="numbered from 0"):
        replace(labelled, strata=np.array([-1, 0]))
