"""Weighted kappa and Scott's pi: the published examples, two other implementations, invariances, recovery."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater

from normscope.errors import Undefined
from normscope.stats import AgreementWeights, agreement_weights, cohen_kappa, kappas, scott_pi

SCALE = [1, 2, 3, 4]
PAIRS = st.lists(st.tuples(st.sampled_from(SCALE), st.sampled_from(SCALE)), min_size=1, max_size=30)
OWN = [[1.0, 0.9, 0.1, 0.0], [0.9, 1.0, 0.5, 0.2], [0.1, 0.5, 1.0, 0.6], [0.0, 0.2, 0.6, 1.0]]


def from_table(counts: list[list[int]]) -> tuple[list[int], list[int]]:
    found = [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]
    return [i for i, _ in found], [j for _, j in found]


def crossed(pairs: list[tuple[int, int]]) -> npt.NDArray[Any]:
    table = np.zeros((4, 4))
    for a, b in pairs:
        table[a - 1, b - 1] += 1
    return table


def test_cohen_1968() -> None:
    # Cohen (1968): two raters, three diagnoses, 200 patients in percent; disagreement between 1st and 2nd costs 1, between 1st
    # and 3rd 3, between 2nd and 3rd 6. Observed cost: 1 · (.07 + .05) + 3 · (.09 + .01) + 6 · (.05 + .03) = .90; by chance, from
    # rows .60 .30 .10 and columns .50 .30 .20: 1 · (.18 + .15) + 3 · (.12 + .05) + 6 · (.06 + .03) = 1.38; 1 - .90 / 1.38 = .348
    a, b = from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    weights = 1 - np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]]) / 6
    assert cohen_kappa(a, b, weights=weights, scale=[0, 1, 2]) == pytest.approx(0.348, abs=5e-4)
    assert cohen_kappa(a, b) == pytest.approx(0.492, abs=5e-4)


def test_linear_and_quadratic_by_hand() -> None:
    # (1, 1), (1, 2), (2, 3), (3, 3): each of two items is one place off. Rows 1/2 1/4 1/4, columns 1/4 1/4 1/2. Linear: observed
    # cost 2/4 · 1/2 = 1/4; by chance one off: 1/2·1/4 + 1/4·1/4 + 1/4·1/2 + 1/4·1/4 = 3/8, two off: 1/2·1/2 + 1/4·1/4 = 5/16,
    # cost 3/8 · 1/2 + 5/16 = 1/2; 1 - 1/2. Quadratic: observed 2/4 · 1/4 = 1/8; by chance 3/8 · 1/4 + 5/16 = 13/32; 1 - 4/13
    a, b = [1, 1, 2, 3], [1, 2, 3, 3]
    assert cohen_kappa(a, b, weights="linear", scale=[1, 2, 3]) == pytest.approx(1 / 2)
    assert cohen_kappa(a, b, weights="quadratic", scale=[1, 2, 3]) == pytest.approx(9 / 13)


def test_pi_published_examples() -> None:
    # Gwet (2008): 118 of 125 patients + + , 5 + - , 2 - + , none - -. Observed .944; + is given 243 of 250 times:
    # by chance .972² + .028² = .94557; pi = (.944 - .94557) / (1 - .94557) = -.0288, kappa -.0234
    a, b = from_table([[118, 5], [2, 0]])
    assert scott_pi(a, b) == pytest.approx(-0.0288, abs=5e-5)
    assert cohen_kappa(a, b) == pytest.approx(-0.0234, abs=5e-5)
    # Gwet (2014), two abstractors, 100 pregnancies: pi .79624, kappa .79641
    a, b = from_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert scott_pi(a, b) == pytest.approx(0.7962397, abs=5e-8)
    assert cohen_kappa(a, b) == pytest.approx(0.7964094, abs=5e-8)


@settings(deadline=None, max_examples=40)
@given(PAIRS, st.sampled_from(["linear", "quadratic", OWN]))
def test_second_implementations(pairs: list[tuple[int, int]], weights: AgreementWeights) -> None:
    a, b = [p[0] for p in pairs], [p[1] for p in pairs]
    if len({*a, *b}) == 1:
        with pytest.raises(Undefined, match="at least two labels"):
            cohen_kappa(a, b, weights=weights, scale=SCALE)
        with pytest.raises(Undefined, match="at least two labels"):
            scott_pi(a, b)
        return
    found = cohen_kappa(a, b, weights=weights, scale=SCALE)
    if isinstance(weights, str):
        assert found == pytest.approx(cohen_kappa_score(a, b, weights=weights, labels=SCALE), abs=1e-9)
    # statsmodels takes what disagreement costs
    cost = 1 - agreement_weights(weights, 4)
    with warnings.catch_warnings():  # its standard error may be 0 / 0
        warnings.simplefilter("ignore")
        assert found == pytest.approx(inter_rater.cohens_kappa(crossed(pairs), weights=cost, return_results=False), abs=1e-9)
    counts = [[(x == k) + (y == k) for k in SCALE] for x, y in pairs]
    assert scott_pi(a, b) == pytest.approx(
        inter_rater.fleiss_kappa(np.array(counts)), abs=1e-9
    )  # pi is Fleiss' kappa of two raters


@settings(deadline=None, max_examples=40)
@given(PAIRS, st.sampled_from(["linear", "quadratic", OWN]), st.randoms(use_true_random=False))
def test_invariances(pairs: list[tuple[int, int]], weights: AgreementWeights, random: Any) -> None:
    def both(rows: list[tuple[int, int]], *, scale: list[int], weights: AgreementWeights = weights) -> list[float | str]:
        a, b = [r[0] for r in rows], [r[1] for r in rows]
        found: list[float | str] = []
        calls: list[Callable[[], float]] = [
            lambda: cohen_kappa(a, b, weights=weights, scale=scale),
            lambda: scott_pi(a, b),
        ]
        for call in calls:
            try:
                found.append(round(call(), 9))
            except Undefined:
                found.append("undefined")
        return found

    expected = both(pairs, scale=SCALE)
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert both(shuffled * 2, scale=SCALE) == expected
    assert both([(b, a) for a, b in pairs], scale=SCALE) == expected
    assert both([(10 * a, 10 * b) for a, b in pairs], scale=[10, 20, 30, 40]) == expected
    turned = weights if isinstance(weights, str) else np.array(OWN)[::-1, ::-1]
    assert both([(5 - a, 5 - b) for a, b in pairs], scale=SCALE, weights=turned) == expected


def test_identity_weights_are_no_weights() -> None:
    counts = np.random.default_rng(0).integers(0, 9, size=(5, 4, 4)).astype(float)
    assert kappas(counts, np.eye(4)).data == pytest.approx(kappas(counts).data)


def test_recovers_what_was_simulated() -> None:
    # each says the truth with probability 0.8, else anything: both say it in 0.64, else they are independent, at any weights
    rng = np.random.default_rng(0)
    truth = rng.integers(1, 5, 40_000)
    a, b = (np.where(rng.random(truth.size) < 0.8, truth, rng.integers(1, 5, truth.size)) for _ in range(2))
    for weights in ("identity", "linear", "quadratic", OWN):
        assert cohen_kappa(a, b, weights=weights, scale=SCALE) == pytest.approx(0.64, abs=0.015)
    assert scott_pi(a, b) == pytest.approx(0.64, abs=0.015)


def test_too_little_and_wrong_input() -> None:
    with pytest.raises(ValueError, match="need `scale`"):
        cohen_kappa([1, 2], [1, 2], weights="linear")
    with pytest.raises(ValueError, match="same items"):
        cohen_kappa([1, 2], [1], weights="linear", scale=SCALE)
    with pytest.raises(ValueError, match="got 9 for unit 1 by rater 0"):
        cohen_kappa([1, 9], [1, 2], weights="linear", scale=SCALE)
    with pytest.raises(Undefined, match="got 0"):
        cohen_kappa([], [], weights="linear", scale=SCALE)
    with pytest.raises(Undefined, match="got 0"):
        scott_pi([], [])
    with pytest.raises(Undefined, match="full credit"):
        cohen_kappa([1, 2], [2, 1], weights=np.ones((4, 4)), scale=SCALE)
    assert cohen_kappa([1], [2], weights="linear", scale=SCALE) == 0  # one item, as by chance
