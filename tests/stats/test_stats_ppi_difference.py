"""The PPI++ difference of two rates: by hand, the authors' package and leaving out dilemmas, invariances, coverage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.errors import Undefined
from normscope.stats import Labelled, PredictionPowered, difference, ppi, ppi_difference

pytestmark = pytest.mark.filterwarnings("error")


@dataclass(frozen=True)
class Two:
    """Two responders (even and odd rows) on the same dilemmas; people labelled both or none of a comparison."""

    machine: np.ndarray
    clusters: np.ndarray
    labelled: Labelled

    @property
    def first(self) -> np.ndarray:
        return (np.arange(self.machine.size) + 1.0) % 2

    def found(self) -> PredictionPowered:
        return ppi_difference(self.machine, self.clusters, self.labelled, self.first, 1 - self.first, minimum=2)


def simulated(
    seed: int, *, dilemmas: int = 120, share: float = 0.3, each: int = 1, rates: tuple[float, float] = (0.6, 0.5)
) -> Two:
    rng = np.random.default_rng(seed)
    shape = (dilemmas * each, 1)
    chance = np.where(rng.random(shape) < 0.7, rng.random(shape), rng.random((shape[0], 2)))  # mostly the same for both
    human = (chance < np.array(rates)).astype(np.float64)
    machine = np.where(rng.random(human.shape) < 0.15, 1 - human, human)
    pairs = np.flatnonzero(rng.random(shape[0]) < share)
    rows = np.stack([2 * pairs, 2 * pairs + 1], axis=1).ravel()
    labels = Labelled(rows, human.ravel()[rows], np.full(rows.size, share))
    return Two(machine.ravel(), np.repeat(np.arange(dilemmas), 2 * each), labels)


def test_by_hand() -> None:
    # 6 dilemmas with a row of either responder. The matcher's differences are 1 1 1 0 0 0; labelled are dilemmas 0, 1, 3, 4 with
    # people's differences 1 0 0 0: the numbers of the hand-worked rate in test_stats_corrected.py, where the squares of h are
    # 12/256 and of the spread 1/48, and h · spread = 1/96. All second rows are 0: what 0 of 4 may hide, (z / (4 + z²))², counts
    # as errors of the matcher that were not seen, lam = (4/3 · 1/96) / (4/3 · 1/48 + hidden), and as labels that do not differ
    machine = np.array([1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0], dtype=float)
    rows = np.array([0, 1, 2, 3, 6, 7, 8, 9])
    labels = Labelled(rows, np.array([1.0, 0, 0, 0, 0, 0, 0, 0]), np.full(8, 2 / 3))
    found = Two(machine, np.repeat(np.arange(6), 2), labels).found()
    hidden = (1.959964 / (4 + 1.959964**2)) ** 2
    lam = (1 / 72) / (1 / 36 + hidden)
    assert (found.lam, found.value) == pytest.approx((lam, 0.25))
    squares = 4 / 3 * (12 / 256 - 2 * lam / 96 + lam**2 / 48) + hidden
    assert found.error == pytest.approx(sqrt(squares))
    assert found.gain == pytest.approx((1 / 16 + hidden) / squares)
    assert (found.n_rows, found.n_labelled, found.clusters) == (12, 8, 4)


@pytest.mark.parametrize("seed", range(3))
def test_second_implementation_the_authors_package(seed: int) -> None:
    ppi_py = pytest.importorskip("ppi_py")
    two = simulated(seed, dilemmas=2000, share=0.15)
    drawn = np.unique(two.labelled.rows // 2)
    rest = np.setdiff1d(np.arange(2000), drawn)
    human = two.labelled.human.reshape(-1, 2)
    for weigh in (np.array([1.0, -1.0]), np.array([1.0, 0.0])):  # the difference, and the first rate
        y, f = human @ weigh, two.machine.reshape(-1, 2) @ weigh
        found = two.found() if weigh[1] else ppi(two.machine, two.clusters, two.labelled, weights=two.first)
        # ours takes the matcher's mean over all rows, theirs over the unlabelled: lam · N / (n + N) is the same estimator
        lam = found.lam * rest.size / 2000
        theirs = ppi_py.ppi_mean_pointestimate(y, f[drawn], f[rest], lam=lam)
        assert found.value == pytest.approx(float(np.squeeze(theirs)), abs=1e-9)
        low, high = (float(np.squeeze(end)) for end in ppi_py.ppi_mean_ci(y, f[drawn], f[rest], alpha=0.05))
        assert found.error == pytest.approx((high - low) / 2 / 1.959964, rel=0.02)
        assert found.value == pytest.approx((low + high) / 2, abs=0.1 * found.error)  # lam is tuned on slightly other variances


def naive(two: Two, lam: float, without: int) -> float:
    """The estimator without one dilemma, row by row."""
    sums = {1: [0.0] * 4, 0: [0.0] * 4}
    human = dict(zip(two.labelled.rows.tolist(), two.labelled.human.tolist(), strict=True))
    for row, (machine, cluster) in enumerate(zip(two.machine.tolist(), two.clusters.tolist(), strict=True)):
        if cluster != without:
            of = sums[row % 2]
            of[0], of[1] = of[0] + machine, of[1] + 1
            if row in human:
                of[2], of[3] = of[2] + human[row] - lam * machine, of[3] + 1
    first, second = (lam * s[0] / s[1] + s[2] / s[3] for s in (sums[0], sums[1]))
    return first - second


@pytest.mark.parametrize("each", [1, 3])
def test_second_implementation_by_leaving_out_dilemmas(each: int) -> None:
    two = simulated(5, dilemmas=60, share=0.6, each=each)
    found = two.found()
    assert found.value == pytest.approx(naive(two, found.lam, -1))
    left_out = np.array([naive(two, found.lam, k) for k in range(60)])
    assert found.error == pytest.approx(sqrt(59 / 60 * ((left_out - left_out.mean()) ** 2).sum()), rel=0.08)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_changing_the_two_over_changes_the_sign_and_order_does_not_matter(seed: int) -> None:
    two = simulated(seed)
    found = two.found()
    swapped = ppi_difference(two.machine, two.clusters, two.labelled, 3 * (1 - two.first), 5 * two.first, minimum=2)
    renamed = replace(two, clusters=np.random.default_rng(seed).permutation(120)[two.clusters]).found()
    assert (swapped.value, swapped.low, swapped.high, swapped.lam) == pytest.approx(
        (-found.value, -found.high, -found.low, found.lam)
    )
    assert (renamed.value, renamed.low, renamed.high) == pytest.approx((found.value, found.low, found.high))
    assert found.gain >= 1 - 1e-9
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_tuned_together_is_narrower_where_both_are_labelled_and_alike() -> None:
    together, apart, covered = [], [], []
    for seed in range(200):
        two = simulated(seed, dilemmas=300)
        found = two.found()
        one, other = (ppi(two.machine, two.clusters, two.labelled, weights=w) for w in (two.first, 1 - two.first))
        together.append(found.error)
        apart.append(difference(one, other).error)
        covered.append(found.low <= 0.1 <= found.high)
    assert np.mean(together) < 0.97 * np.mean(apart)
    assert 0.91 <= np.mean(covered) <= 0.99  # 0.95 with a standard error of 0.015


def test_nothing_seen_is_no_certainty_and_nothing_to_compare_is_undefined() -> None:
    ones = Two(np.ones(240), np.repeat(np.arange(120), 2), Labelled(np.arange(80), np.ones(80), np.full(80, 1 / 3)))
    found = ones.found()
    assert (found.value, found.lam, found.gain) == (0.0, 0.0, 1.0)
    assert found.low < -0.05 < 0.05 < found.high
    # both rates vary, and alike: no dilemma shows a difference
    alike = np.repeat(np.arange(120) % 2, 2).astype(np.float64)
    found = replace(ones, machine=alike, labelled=replace(ones.labelled, human=alike[:80])).found()
    assert found.value == 0.0
    assert found.low < -0.03 < 0.03 < found.high
    with pytest.raises(Undefined, match="these are the same"):
        ppi_difference(ones.machine, ones.clusters, ones.labelled, ones.first, 2 * ones.first, minimum=2)
    with pytest.raises(Undefined, match="at least 50 comparisons labelled by people; 40 are"):
        ppi_difference(ones.machine, ones.clusters, ones.labelled, ones.first, 1 - ones.first)
    with pytest.raises(Undefined, match="0 are"):
        ppi_difference(ones.machine, ones.clusters, ones.labelled, ones.first, np.zeros(240))


def test_errors_that_no_label_shows_and_unequal_labels() -> None:
    # 80 first rows and 50 second rows labelled, the matcher right on each: lam² times what 0 of 80 and 0 of 50 may hide
    truth = simulated(3, dilemmas=300).machine
    rows = np.concatenate([np.arange(0, 160, 2), np.arange(1, 101, 2)])
    found = Two(truth, np.repeat(np.arange(300), 2), Labelled(rows, truth[rows], np.full(130, 0.2))).found()
    hidden = sum((1.959964 / (n + 1.959964**2)) ** 2 for n in (80, 50))
    assert 0.3 < found.lam < 0.95
    assert found.unseen == pytest.approx(found.lam**2 * hidden)
    assert (found.clusters, found.n_labelled) == (50, 130)
