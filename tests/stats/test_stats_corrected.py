"""Rates corrected for the matcher's errors (PPI++, Rogan-Gladen): by hand, second implementations, invariances, coverage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.errors import Undefined
from normscope.stats import (
    Labelled,
    PredictionPowered,
    RoganGladen,
    difference,
    ppi,
    ppi_columns,
    rogan_gladen,
    rogan_gladen_columns,
    t_quantile,
    wilson,
)
from normscope.stats.corrected import unseen_variance


@dataclass(frozen=True)
class Study:
    """Rows of comparisons with the truth known for all of them."""

    machine: np.ndarray
    truth: np.ndarray
    clusters: np.ndarray
    weights: np.ndarray
    labelled: Labelled

    def ppi(self) -> PredictionPowered:
        return ppi(self.machine, self.clusters, self.labelled, weights=self.weights, minimum=2)

    def rogan_gladen(self) -> RoganGladen:
        return rogan_gladen(self.machine, self.clusters, self.labelled, weights=self.weights)

    def moved(self, seed: int) -> Study:
        """The same study: rows in another order, dilemmas renamed, weights and probabilities on another scale."""
        rng = np.random.default_rng(seed)
        order, names = rng.permutation(self.machine.size), rng.permutation(int(self.clusters.max()) + 1)
        where = np.argsort(order)  # row i is now row where[i]
        return Study(
            self.machine[order], self.truth[order], names[self.clusters[order]], 7 * self.weights[order],
            replace(self.labelled, rows=where[self.labelled.rows], probability=self.labelled.probability / 2),
        )  # fmt: skip

    def turned(self) -> Study:
        """The same study with agree and not agree changed over."""
        labelled = replace(self.labelled, human=1 - self.labelled.human)
        return replace(self, machine=1 - self.machine, truth=1 - self.truth, labelled=labelled)


def simulated(seed: int, *, dilemmas: int = 40, each: int = 5, share: float = 0.4, errs: float = 0.1) -> Study:
    """Dilemmas of different difficulty; the matcher wrongly agrees with probability `errs`, wrongly differs with 2 %."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(dilemmas), each)
    truth = (rng.random(clusters.size) < rng.beta(3, 2, dilemmas)[clusters]).astype(float)
    machine = np.where(rng.random(clusters.size) < np.where(truth == 1, 0.02, errs), 1 - truth, truth)
    probability = np.clip(share * np.where(machine == 1, 0.7, 1.3), 0, 1)
    rows = np.flatnonzero(rng.random(clusters.size) < probability)
    rng.shuffle(rows)
    labelled = Labelled(rows, truth[rows], probability[rows])
    return Study(machine, truth, clusters, rng.integers(1, 4, clusters.size).astype(float), labelled)


def test_by_hand() -> None:
    # four dilemmas of one row each, all drawn with probability 1/2, rows 0 and 1 labelled.
    # f = 1 1 0 0, mean 1/2; h = 1 0; on the labelled rows mean h = 1/2, mean f = 1
    # influence of h: (1 - 1/2)/2 = 1/4, -1/4, 0, 0; of f on the labelled: 0 0 0 0; of f on all: (1 - 1/2)/4 = 1/8 1/8 -1/8 -1/8
    # spread = -1/8 -1/8 1/8 1/8; sum h·spread = -1/32 + 1/32 = 0, so lam = 0 and the value is the labels' mean, 1/2
    # standard error: (1/16 + 1/16) · 2/(2 - 1) = 1/4, root 1/2
    found = ppi([1, 1, 0, 0], [0, 1, 2, 3], Labelled(np.array([0, 1]), np.array([1.0, 0.0]), np.array([0.5, 0.5])), minimum=2)
    assert (found.lam, found.value, found.error, found.gain) == (0.0, 0.5, 0.5, 1.0)
    assert (found.n_rows, found.n_labelled, found.clusters) == (4, 2, 2)
    assert (found.low, found.high) == (0.0, 1.0)  # 0.5 ± 12.7 · 0.5, cut


def test_by_hand_with_a_useful_matcher() -> None:
    # six dilemmas, f = 1 1 1 0 0 0 (mean 1/2); rows 0, 1, 3, 4 labelled with h = 1 0 0 0 and probability 2/3 each
    # mean h = 1/4, mean f labelled = 1/2.
    # influence h: (3/4, -1/4, -1/4, -1/4)/4 = 3/16 -1/16 . -1/16 -1/16 .
    # influence f labelled: (1/2 1/2 -1/2 -1/2)/4 = 1/8 1/8 . -1/8 -1/8 .; on all: ±(1/2)/6 = 1/12 1/12 1/12 -1/12 -1/12 -1/12
    # spread = 1/24 1/24 -1/12 -1/24 -1/24 1/12; squares: 4/576 + 2/144 = 1/48
    # h·spread = (3/16 - 1/16 + 1/16 + 1/16)/24 = (1/4)/24 = 1/96; lam = 48/96 = 1/2
    # value = 1/2·1/2 + 1/4 - 1/2·1/2 = 1/4
    # influence = h - spread/2: 3/16 - 1/48 = 8/48, -4/48, 2/48, -2/48, -2/48, -2/48: squares 96/2304 = 1/24
    # error² = 1/24 · 4/3 = 1/18; labels alone: (9 + 3)/256 · 4/3 = 1/16; gain = 18/16
    labelled = Labelled(np.array([0, 1, 3, 4]), np.array([1.0, 0, 0, 0]), np.full(4, 2 / 3))
    found = ppi([1, 1, 1, 0, 0, 0], range(6), labelled, minimum=4, level=0.9)
    assert found.lam == pytest.approx(0.5)
    assert found.value == pytest.approx(0.25)
    assert found.error == pytest.approx(sqrt(1 / 18))
    assert found.gain == pytest.approx(18 / 16)
    assert found.high == pytest.approx(0.25 + 2.353363 * sqrt(1 / 18))  # t of 4 - 1 = 3 degrees of freedom


def naive(study: Study, lam: float) -> float:
    """The estimator, row by row."""
    total = sum(study.weights)
    value = sum(w * lam * f for w, f in zip(study.weights, study.machine, strict=True)) / total
    up = down = 0.0
    for row, human, probability in zip(study.labelled.rows, study.labelled.human, study.labelled.probability, strict=True):
        up += study.weights[row] / probability * (human - lam * study.machine[row])
        down += study.weights[row] / probability
    return float(value + up / down)


def without(study: Study, cluster: int) -> Study:
    """The study without one dilemma: its rows lose their weight."""
    return replace(study, weights=np.where(study.clusters == cluster, 0.0, study.weights))


def jackknife(study: Study, lam: float, clusters: int) -> float:
    """The variance from leaving out one dilemma at a time."""
    left_out = np.array([naive(without(study, k), lam) for k in range(clusters)])
    return float((clusters - 1) / clusters * ((left_out - left_out.mean()) ** 2).sum())


@pytest.mark.parametrize("seed", range(3))
def test_second_implementation_by_leaving_out_dilemmas(seed: int) -> None:
    study = simulated(seed)
    found = study.ppi()
    assert found.value == pytest.approx(naive(study, found.lam))
    # the jackknife's variance is close to the linearised one, and `lam` is about where it is least
    assert found.error == pytest.approx(sqrt(jackknife(study, found.lam, 40)), rel=0.08)
    grid = np.linspace(0, 1, 21)
    best = grid[np.argmin([jackknife(study, lam, 40) for lam in grid])]
    assert found.lam == pytest.approx(best, abs=0.11)
    half = t_quantile(0.975, found.clusters - 1) * found.error
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_order_names_and_scale_do_not_matter(seed: int) -> None:
    study = simulated(seed, dilemmas=15, each=4)
    first, second, turned = study.ppi(), study.moved(seed).ppi(), study.turned().ppi()
    assert (first.value, first.low, first.high, first.lam) == pytest.approx((second.value, second.low, second.high, second.lam))
    assert (1 - turned.value, 1 - turned.high, 1 - turned.low) == pytest.approx((first.value, first.low, first.high), abs=1e-9)
    assert 0 <= first.low <= first.value <= first.high <= 1
    assert first.gain >= 1 - 1e-9  # leaning on the matcher never widens the interval
    assert first.influence.sum() == pytest.approx(0, abs=1e-12)


def test_columns_are_the_single_calls_and_differences_are_paired() -> None:
    study = simulated(4, dilemmas=60)
    weights = np.stack([study.weights, study.weights * (np.arange(300) % 5 < 3), np.zeros(300)])
    first, second, none = ppi_columns(study.machine, study.clusters, study.labelled, weights, minimum=20)
    assert isinstance(first, PredictionPowered)
    assert isinstance(second, PredictionPowered)
    assert isinstance(none, Undefined)
    assert "at least 20 comparisons labelled by people; 0 are" in str(none)
    alone = ppi(study.machine, study.clusters, study.labelled, weights=weights[1], minimum=20)
    assert (alone.value, alone.low, alone.high) == (second.value, second.low, second.high)

    found = difference(first, second)
    assert found.value == pytest.approx(first.value - second.value)
    assert found.error < sqrt(first.error**2 + second.error**2)  # they share their rows
    assert found.clusters == min(first.clusters, second.clusters) == second.clusters != first.clusters
    assert found.influence.tolist() == (first.influence - second.influence).tolist()
    assert (difference(second, first).low, difference(second, first).high) == pytest.approx((-found.high, -found.low))
    nothing = difference(first, first)
    assert (nothing.value, nothing.error, nothing.low, nothing.high) == (0.0, 0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="same level"):
        difference(first, ppi(study.machine, study.clusters, study.labelled, level=0.9))


def test_no_error_seen_is_not_no_error() -> None:
    # 60 labels, the matcher right on each: its rate has an interval as if Wilson had seen 0 errors of 60 beside the
    # variation of the dilemmas; and where people agree always, the interval is Wilson's for 60 of 60 (t instead of z)
    truth = np.tile([1.0, 0.0, 1.0], 200)
    labelled = Labelled(np.arange(60), truth[:60], np.full(60, 0.1))
    found = ppi(truth, range(600), labelled)
    z = t_quantile(0.975, 1e9)
    assert found.unseen == pytest.approx(found.lam**2 * (z / (60 + z * z)) ** 2)
    assert found.lam > 0.7
    ones = ppi(np.ones(600), range(600), replace(labelled, human=np.ones(60)))
    assert (ones.value, ones.high, ones.lam) == (1.0, 1.0, 0.0)
    assert 1 - ones.low == pytest.approx((1 - wilson(60, 60)[0]) * t_quantile(0.975, 59) / z)


def test_unseen_errors_count_labels_by_their_weights() -> None:
    # weights 3 and 1: (3 + 1)² / (9 + 1) = 1.6 effective labels in two clusters, 1 where one cluster holds both
    z2 = 1.959964**2
    for clusters, n in (([0, 1], 1.6), ([0, 0], 1.0)):
        found = unseen_variance(np.array([3.0, 1.0]), np.array(clusters), level=0.95, share=0.5)
        assert found == pytest.approx(0.25 * z2 / (n + z2) ** 2)


@pytest.mark.parametrize("rows", [[1.0, 0.0], [1.0, 0.0, 0.0]])
def test_dilemmas_that_are_all_alike_are_no_certainty(rows: list[float]) -> None:
    # 30 dilemmas of which each has the mean 1/2 (1/3): no dilemma moves the value, as if Wilson had seen 30 of 30 alike
    human, clusters = np.tile(rows, 30), np.repeat(np.arange(30), len(rows))
    half = t_quantile(0.975, 29) * 1.959964 / (30 + 1.959964**2)
    for machine in (human, 1 - human, np.ones(human.size)):
        found = ppi(machine, clusters, Labelled(np.arange(human.size), human, np.ones(human.size)), minimum=2)
        assert found.value == pytest.approx(1 / len(rows))
        assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))
        assert found.gain == pytest.approx(1.0)


def test_all_rows_labelled_is_the_mean_of_the_labels() -> None:
    study = simulated(5)
    every = Labelled(np.arange(200), study.truth, np.ones(200))
    found = replace(study, labelled=every).ppi()
    assert found.value == pytest.approx(float(study.weights @ study.truth / study.weights.sum()))
    assert found.gain == pytest.approx(1.0)


def test_settled_comparisons_are_known_but_no_labels() -> None:
    # half of the rows are settled (probability 1, the matcher's value), 60 of the others labelled, the matcher right on each:
    # what it errs unseen is as uncertain as 0 of 60, on half of the weight
    truth = np.tile([1.0, 0.0, 1.0, 0.0], 150)
    rows = np.concatenate([np.arange(300), np.arange(300, 600, 5)])
    probability = np.concatenate([np.ones(300), np.full(60, 0.2)])
    found = ppi(truth, range(600), Labelled(rows, truth[rows], probability))
    z = t_quantile(0.975, 1e9)
    assert (found.n_labelled, found.clusters, found.n_rows) == (60, 60, 600)
    assert found.unseen == pytest.approx((found.lam * 0.5 * z / (60 + z * z)) ** 2)
    with pytest.raises(Undefined, match="59 are"):
        ppi(truth, range(600), Labelled(rows[:-1], truth[rows[:-1]], probability[:-1]), minimum=60)
    corrected = rogan_gladen(truth, range(600), Labelled(rows, truth[rows], probability))
    assert (corrected.n_labelled, corrected.clusters) == (60, 60)
    assert corrected.unseen == pytest.approx(2 * (0.5 * 0.5 * z / (30 + z * z)) ** 2)


def test_a_rate_that_would_pass_the_end_is_cut_there() -> None:
    # 39 of 40 labels are 1, and the matcher is surer of the rows that nobody labelled: 39/40 + lam · (0.96 - 0.74) > 1
    human = np.append(np.ones(39), 0.0)
    machine = np.concatenate([np.resize([0.5, 1.0], 39), [0.0], np.ones(200)])
    labelled = Labelled(np.arange(40), human, np.full(40, 1 / 6))
    found = ppi(machine, np.arange(240), labelled, minimum=2)
    assert found.lam * (machine.mean() - machine[:40].mean()) > 1 / 40
    assert (found.value, found.high) == (1.0, 1.0)
    assert ppi(1 - machine, np.arange(240), replace(labelled, human=1 - human), minimum=2).value == 0.0


def test_a_useless_matcher_is_left_out() -> None:
    study = simulated(6, dilemmas=400)
    noise = np.random.default_rng(0).integers(0, 2, study.machine.size).astype(float)
    assert replace(study, machine=noise).ppi().lam < 0.1
    assert replace(study, machine=np.ones(study.machine.size)).ppi().lam == 0.0


def test_covers_the_truth_where_the_matchers_rate_does_not() -> None:
    covered, naive_rates = [], []
    for seed in range(300):
        study = replace(simulated(seed, dilemmas=150, share=0.3), weights=np.ones(750))
        found = study.ppi()
        covered.append(found.low <= 0.6 <= found.high)  # the mean of the beta distribution above
        naive_rates.append(study.machine.mean())
        assert found.gain > 1
    assert 0.92 <= np.mean(covered) <= 0.98
    assert np.mean(naive_rates) == pytest.approx(0.6 * 0.98 + 0.4 * 0.1, abs=0.005)  # biased upwards


def test_too_few_labels_are_undefined() -> None:
    study = simulated(7)
    few = Labelled(study.labelled.rows[:49], study.labelled.human[:49], study.labelled.probability[:49])
    with pytest.raises(Undefined, match="at least 50 comparisons labelled by people; 49 are"):
        ppi(study.machine, study.clusters, few)
    with pytest.raises(Undefined, match="at least 2 dilemmas; all 60 are on 1"):
        ppi(np.ones(60), np.zeros(60, dtype=int), Labelled(np.arange(60), np.ones(60), np.ones(60)))


def test_rogan_gladen_by_hand() -> None:
    # 10 dilemmas of one row, f = 1 six times; all labelled (probability 1): h = 1 in rows 0-4 (f = 1 1 1 1 0) and 0 in rows 5-9
    # (f = 1 1 0 0 0): sensitivity 4/5, specificity 3/5, raw 6/10; value = (0.6 + 0.6 - 1) / (0.8 + 0.6 - 1) = 0.2 / 0.4 = 0.5,
    # which is the share of h = 1: with all rows labelled the correction is exact
    f = np.array([1.0, 1, 1, 1, 0, 1, 1, 0, 0, 0])
    h = np.repeat([1.0, 0.0], 5)
    found = rogan_gladen(f, range(10), Labelled(np.arange(10), h, np.ones(10)))
    assert (found.sensitivity, found.specificity, found.raw) == pytest.approx((0.8, 0.6, 0.6))
    assert found.value == pytest.approx(0.5)
    # influence of a row on value = (on raw + 0.5 on specificity - 0.5 on sensitivity) / 0.4, e.g. row 0 (f = 1, h = 1):
    # ((1 - 0.6)/10 - 0.5 (1 - 0.8)/5) / 0.4 = (0.04 - 0.02) / 0.4 = 0.05
    assert found.influence[0] == pytest.approx(0.05)


def naive_rogan_gladen(study: Study) -> float:
    up = {0.0: 0.0, 1.0: 0.0}
    down = {0.0: 0.0, 1.0: 0.0}
    for row, human, probability in zip(study.labelled.rows, study.labelled.human, study.labelled.probability, strict=True):
        if study.weights[row] >= 0:  # a row left out by the jackknife has weight -1
            up[human] += float(study.machine[row] == human) / probability
            down[human] += 1 / probability
    weights = np.maximum(study.weights, 0)
    raw = float(weights @ study.machine / weights.sum())
    return (raw + up[0.0] / down[0.0] - 1) / (up[0.0] / down[0.0] + up[1.0] / down[1.0] - 1)


@pytest.mark.parametrize("seed", range(3))
def test_rogan_gladen_second_implementation_by_leaving_out_dilemmas(seed: int) -> None:
    study = simulated(seed, dilemmas=80, errs=0.3)
    found = study.rogan_gladen()
    assert found.value == pytest.approx(naive_rogan_gladen(study))
    assert found.unseen == 0
    left = np.array(
        [naive_rogan_gladen(replace(study, weights=np.where(study.clusters == k, -1.0, study.weights))) for k in range(80)]
    )
    assert found.error == pytest.approx(sqrt(79 / 80 * ((left - np.mean(left)) ** 2).sum()), rel=0.08)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_rogan_gladen_order_names_and_scale_do_not_matter(seed: int) -> None:
    study = simulated(seed, dilemmas=20)
    first, second, turned = study.rogan_gladen(), study.moved(seed).rogan_gladen(), study.turned().rogan_gladen()
    assert (first.value, first.low, first.high) == pytest.approx((second.value, second.low, second.high))
    assert (1 - turned.value, 1 - turned.high, 1 - turned.low) == pytest.approx((first.value, first.low, first.high), abs=1e-9)
    assert (turned.sensitivity, turned.specificity) == pytest.approx((first.specificity, first.sensitivity))
    assert 0 <= first.low <= first.value <= first.high <= 1


def test_rogan_gladen_covers_and_reaches_pairs_with_hardly_a_label() -> None:
    covered, one_pair, labels = [], [], []
    for seed in range(300):
        study = replace(simulated(seed, dilemmas=200, share=0.2), weights=np.ones(1000))
        pair = (np.arange(1000) % 5 == 0).astype(float)
        all_rows, pair_rows = rogan_gladen_columns(study.machine, study.clusters, study.labelled, [np.ones(1000), pair])
        assert isinstance(all_rows, RoganGladen)
        assert isinstance(pair_rows, RoganGladen)
        covered.append(all_rows.low <= 0.6 <= all_rows.high)
        one_pair.append(pair_rows.low <= 0.6 <= pair_rows.high)
        labels.append(float(pair[study.labelled.rows].sum()))
    assert np.mean(labels) < 50
    assert 0.92 <= np.mean(covered) <= 0.98
    assert 0.92 <= np.mean(one_pair) <= 0.98


def test_rogan_gladen_where_it_cannot_correct() -> None:
    truth = np.tile([1.0, 0.0], 50)
    some = Labelled(np.arange(40), truth[:40], np.full(40, 0.4))
    with pytest.raises(Undefined, match=r"sensitivity 0.500 \+ specificity 0.500 - 1 is not above 0.1"):
        rogan_gladen(np.tile([1.0, 1.0, 0.0, 0.0], 25), range(100), some)
    with pytest.raises(Undefined, match="people gave no 1 in 40 labels"):
        rogan_gladen(truth, range(100), replace(some, human=np.zeros(40)))
    with pytest.raises(Undefined, match="people gave no 0 in 40 labels"):
        rogan_gladen(truth, range(100), replace(some, human=np.ones(40)))
    with pytest.raises(Undefined, match="at least 2 dilemmas"):
        rogan_gladen(truth, np.zeros(100, dtype=int), some)
    with pytest.raises(ValueError, match="0 or 1"):
        rogan_gladen(truth / 2, range(100), some)
    (none,) = rogan_gladen_columns(truth, range(100), some, [np.zeros(100)])
    assert isinstance(none, Undefined)


def test_rogan_gladen_with_errors_that_no_label_shows() -> None:
    # 50 ones labelled, none missed; 5 of 50 zeros called 1: value 1/2, youden 0.9, and Wilson's for 0 of 50 on the sensitivity
    truth = np.tile([1.0, 0.0], 200)
    machine = np.where(np.arange(400) % 20 == 1, 1.0, truth)
    found = rogan_gladen(machine, np.arange(400), Labelled(np.arange(100), truth[:100], np.full(100, 0.25)))
    assert found.unseen == pytest.approx((0.5 * 1.959964 / (50 + 1.959964**2) / 0.9) ** 2)


ONE, HALF = np.array([1.0]), np.array([0.5])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Labelled(np.array([0, 0]), np.ones(2), np.ones(2)), "more than once"),
        (lambda: Labelled(np.array([0]), np.ones(2), np.ones(2)), "one length"),
        (lambda: Labelled(np.array([0]), 2 * ONE, ONE), "people's values"),
        (lambda: Labelled(np.array([0]), ONE, 0 * ONE), "probabilities of being drawn"),
        (lambda: Labelled(np.array([0]), np.array([np.nan]), ONE), "people's values"),
        (lambda: ppi([0.0, 2.0], [0, 1], Labelled(np.array([0]), ONE, HALF)), "matcher's values"),
        (lambda: ppi([0.0, 1.0], [0], Labelled(np.array([0]), ONE, HALF)), "same rows"),
        (lambda: ppi([0.0, 1.0], [0, -1], Labelled(np.array([0]), ONE, HALF)), "from 0"),
        (lambda: ppi([0.0, 1.0], [0, 1], Labelled(np.array([2]), ONE, HALF)), "between 0 and 1"),
        (lambda: ppi([0.0, 1.0], [0, 1], Labelled(np.array([0]), ONE, HALF), weights=[1, -1]), "weights of at least 0"),
        (lambda: ppi([0.0, 1.0], [0, 1], Labelled(np.array([0]), ONE, HALF), weights=[1, np.inf]), "weights of at least 0"),
    ],
)
def test_wrong_input(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
