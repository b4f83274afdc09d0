"""Kappa, F1, d′ and Wilson: worked examples, second implementations, invariances."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from sklearn import metrics

from normscope.errors import Undefined
from normscope.stats import cohen_kappa, confusion, dprime, dprimes, f1s, kappas, macro_f1, percent_agreement, wilson

LABELS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=40)


def test_kappa_by_hand() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 35/50 = 0.7,
    # by chance 25/50 * 30/50 + 25/50 * 20/50 = 0.5, kappa = (0.7 - 0.5) / (1 - 0.5) = 0.4
    a = ["yes"] * 25 + ["no"] * 25
    b = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert percent_agreement(a, b) == 0.7
    assert cohen_kappa(a, b) == pytest.approx(0.4)


def test_kappa_of_each_resample_can_be_taken_at_once() -> None:
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 9, size=(7, 3, 3)).astype(float)
    for one, together in zip(counts, kappas(counts).data, strict=True):
        a, b = np.array([(i, j) for i in range(3) for j in range(3) for _ in range(int(one[i, j]))]).T
        assert together == pytest.approx(metrics.cohen_kappa_score(a, b))


def test_f1_by_hand() -> None:
    # a: TP 1, FP 1, FN 1 -> 2 / 4; b: TP 1, FP 1, FN 0 -> 2 / 3; c: TP 0, FN 1 -> 0; mean = 7 / 18
    assert macro_f1(["a", "a", "b", "c"], ["a", "b", "b", "a"]) == pytest.approx(7 / 18)


def test_a_label_on_neither_side_has_no_f1() -> None:
    assert f1s(np.array([[2.0, 0.0], [0.0, 0.0]])).tolist() == [1.0, None]
    assert f1s(np.array([[[2.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]]])).tolist() == [[1.0, None], [0.0, 2 / 3]]


def test_confusion_counts_first_by_second() -> None:
    found = confusion(["agree", "agree", "silent"], ["agree", "silent", "silent"])
    assert found.labels == ("agree", "silent")
    assert found.counts.tolist() == [[1, 1], [0, 1]]
    assert found.as_dict()["agree"] == {"agree": 1, "silent": 1}


@given(LABELS)
def test_second_implementation(pairs: list[tuple[str, str]]) -> None:
    a, b = [p[0] for p in pairs], [p[1] for p in pairs]
    assert macro_f1(a, b) == pytest.approx(metrics.f1_score(a, b, average="macro", zero_division=0.0))
    assert percent_agreement(a, b) == pytest.approx(metrics.accuracy_score(a, b))
    if len({*a, *b}) == 1:
        with pytest.raises(Undefined, match="at least two labels"):
            cohen_kappa(a, b)
    else:
        assert cohen_kappa(a, b) == pytest.approx(metrics.cohen_kappa_score(a, b))
        assert confusion(a, b).counts.tolist() == metrics.confusion_matrix(a, b).tolist()


@given(LABELS, st.randoms(use_true_random=False))
def test_order_names_and_duplication_do_not_matter(pairs: list[tuple[str, str]], random: Random) -> None:
    def both(ps: list[tuple[str, str]]) -> tuple[float | str, float]:
        a, b = [p[0] for p in ps], [p[1] for p in ps]
        try:
            kappa: float | str = round(cohen_kappa(a, b), 12)
        except Undefined:
            kappa = "undefined"
        return kappa, round(macro_f1(a, b), 12)

    shuffled = list(pairs)
    random.shuffle(shuffled)
    renamed = [("ø" + a, "ø" + b) for a, b in pairs]
    assert both(pairs) == both(shuffled) == both(renamed) == both(pairs * 3)
    kappa, f1 = both([(b, a) for a, b in pairs])
    assert (kappa, f1) == both(pairs)  # both are symmetric in the two raters


def test_dprime_by_hand() -> None:
    # 9 of 10 accepted agreed with: (9 + 0.5) / (10 + 1) = 0.8636; 2 of 10 rejected: 2.5 / 11 = 0.2273
    # z(0.8636) = 1.0968, z(0.2273) = -0.7479 -> 1.8447
    assert dprime(9, 10, 2, 10) == pytest.approx(1.8447, abs=1e-3)
    assert dprime(9, 10, 2, 10) == pytest.approx(scipy_stats.norm.ppf(9.5 / 11) - scipy_stats.norm.ppf(2.5 / 11))


@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_dprime_second_implementation_and_symmetry(signals: int, noises: int, data: st.DataObject) -> None:
    hits, false_alarms = data.draw(st.integers(0, signals)), data.draw(st.integers(0, noises))
    theirs = scipy_stats.norm.ppf((hits + 0.5) / (signals + 1)) - scipy_stats.norm.ppf((false_alarms + 0.5) / (noises + 1))
    assert dprime(hits, signals, false_alarms, noises) == pytest.approx(theirs, abs=1e-9)
    # swapping accepted and rejected, or agree and not agree, turns the sign
    assert dprime(false_alarms, noises, hits, signals) == pytest.approx(-theirs, abs=1e-9)
    assert dprime(signals - hits, signals, noises - false_alarms, noises) == pytest.approx(-theirs, abs=1e-9)


def test_dprime_recovers_the_simulated_distance() -> None:
    rng = np.random.default_rng(0)
    normal = NormalDist()
    hits = rng.binomial(400, normal.cdf(0.8), size=300).astype(float)
    false_alarms = rng.binomial(400, normal.cdf(-0.4), size=300).astype(float)
    n = np.full(300, 400.0)
    assert dprimes(hits, n, false_alarms, n).mean() == pytest.approx(1.2, abs=0.02)


@pytest.mark.parametrize(("signals", "noises"), [(0, 5), (5, 0), (0, 0)])
def test_dprime_needs_both_kinds(signals: int, noises: int) -> None:
    with pytest.raises(Undefined, match="accepted and rejected"):
        dprime(0, signals, 0, noises)


def test_wilson_by_hand() -> None:
    # 10 of 10, z = 1.96: low = n / (n + z²) = 10 / 13.8415 = 0.7225
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    # at the edges one end is 0 or 1, and not 5e-17 or 1 - 1e-16 as rounding would have it for some of these
    assert {wilson(0, n)[0] for n in range(1, 50)} == {0.0}
    assert {wilson(n, n)[1] for n in range(1, 50)} == {1.0}


@given(st.integers(1, 200), st.data(), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_wilson_second_implementation(n: int, data: st.DataObject, level: float) -> None:
    k = data.draw(st.integers(0, n))
    theirs = scipy_stats.binomtest(k, n).proportion_ci(level, method="wilson")
    assert wilson(k, n, level=level) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    low, high = wilson(n - k, n, level=level)
    assert wilson(k, n, level=level) == pytest.approx((1 - high, 1 - low))


def test_wilson_covers_where_percentiles_do_not() -> None:
    rng = np.random.default_rng(0)
    found = [wilson(k, 10) for k in rng.binomial(10, 0.9, size=2000).tolist()]
    assert 0.90 <= np.mean([low <= 0.9 <= high for low, high in found]) <= 0.98


@pytest.mark.parametrize("call", [percent_agreement, cohen_kappa, macro_f1])
def test_no_items_is_undefined(call: Callable[[list[str], list[str]], float]) -> None:
    with pytest.raises(Undefined, match="got 0"):
        call([], [])


def test_wrong_shapes_and_rates() -> None:
    with pytest.raises(ValueError, match="same items"):
        confusion(["a"], ["a", "b"])
    with pytest.raises(Undefined, match="at least one observation"):
        wilson(0, 0)
    with pytest.raises(ValueError, match="between 0 and 1; got 3 of 2"):
        wilson(3, 2)
    with pytest.raises(ValueError, match="between 0 and 1; got -1 of 2"):
        wilson(-1, 2)
    with pytest.raises(ValueError, match="level"):
        wilson(1, 2, level=1.0)
    with pytest.raises(ValueError, match="level"):
        wilson(1, 2, level=0.0)
