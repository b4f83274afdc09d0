"""Panels of judges and the order of texts: by hand, second implementations, invariances, recovery."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.errors import Undefined
from normscope.stats import accuracy_over_orders, effective_number, order_flips, wilson

LABELS = st.lists(st.tuples(*[st.sampled_from("ab")] * 3), min_size=1, max_size=30)


def test_effective_number_by_hand() -> None:
    # three judges on four items, wrong = 1: judges 1 and 2 err on the same two items (correlation 1), judge 3 on one of them
    # and one other: covariance with the others (1·1 + 0 + 0 + 0)/4 - 1/2 · 1/2 = 0. Mean correlation 1/3:
    # 3 / (1 + 2/3) = 1.8
    wrong = np.array([[1, 1, 1], [1, 1, 0], [0, 0, 1], [0, 0, 0]])
    found = effective_number(wrong, np.zeros(4))
    assert found.correlation == pytest.approx(1 / 3)
    assert found.number == pytest.approx(1.8)


def test_the_ends() -> None:
    rng = np.random.default_rng(0)
    same = np.repeat(rng.random((50, 1)) < 0.3, 4, axis=1)
    assert effective_number(same, np.zeros(50)).number == pytest.approx(1.0)
    alone = rng.random((20_000, 4)) < 0.3
    assert effective_number(alone, np.zeros(20_000)).number == pytest.approx(4.0, abs=0.15)
    # judges that make up for each other: the correlation says so, the number stays at their number
    turned = np.array([[1, 0], [0, 1], [1, 0], [0, 1]])
    found = effective_number(turned, np.zeros(4))
    assert (found.number, round(found.correlation, 9)) == (2.0, -1.0)


def test_recovers_a_known_correlation() -> None:
    # with probability 0.5 a judge takes over a shared error, otherwise it errs alone: correlation 0.5² = 0.25
    rng = np.random.default_rng(1)
    shared = rng.random((40_000, 1)) < 0.2
    wrong = np.where(rng.random((40_000, 5)) < 0.5, shared, rng.random((40_000, 5)) < 0.2)
    found = effective_number(wrong, np.zeros(40_000))
    assert found.correlation == pytest.approx(0.25, abs=0.01)
    assert found.number == pytest.approx(5 / (1 + 4 * 0.25), abs=0.05)


@settings(deadline=None)
@given(LABELS, st.integers(0, 5))
def test_effective_number_second_implementation_and_invariances(rows: list[tuple[str, ...]], seed: int) -> None:
    votes = np.array(rows)
    truth = np.array(["a", "b"])[np.arange(len(rows)) % 2]
    wrong = (votes != truth[:, None]).astype(float)
    varied = [j for j in range(3) if 0 < wrong[:, j].sum() < len(rows)]
    if len(varied) < 2:
        with pytest.raises(Undefined, match="at least 2 judges"):
            effective_number(votes, truth)
        return
    found = effective_number(votes, truth)
    matrix = np.corrcoef(wrong[:, varied].T)
    k = len(varied)
    mean = (matrix.sum() - k) / (k * (k - 1))
    assert (found.judges, found.left_out) == (k, 3 - k)
    assert found.correlation == pytest.approx(mean, abs=1e-9)
    assert found.number == pytest.approx(min(k, k / (1 + (k - 1) * mean)) if mean > 0 else k)
    assert 1 <= found.number <= k
    rng = np.random.default_rng(seed)
    items, judges = rng.permutation(len(rows)), rng.permutation(3)
    other = effective_number(np.char.upper(votes)[items][:, judges], np.char.upper(truth)[items])
    assert (other.number, other.correlation) == pytest.approx((found.number, found.correlation), abs=1e-9)


def test_order_flips_by_hand() -> None:
    # 1 of 4 flips; right under (A, B): 3 of 4, under (B, A): 2 of 4: accuracy 5/8
    truth, forward, backward = list("aabb"), list("aaba"), list("abba")
    found = order_flips(forward, backward)
    assert (found.rate, found.n) == (0.25, 4)
    assert (found.low, found.high) == pytest.approx(wilson(1, 4))
    narrower = order_flips(forward, backward, level=0.5)
    assert (narrower.low, narrower.high) == pytest.approx(wilson(1, 4, level=0.5))
    assert accuracy_over_orders(truth, forward, backward) == 5 / 8


@settings(deadline=None)
@given(LABELS)
def test_order_flips_second_implementation_and_bounds(rows: list[tuple[str, str, str]]) -> None:
    truth, forward, backward = (list(column) for column in zip(*rows, strict=True))
    found = order_flips(forward, backward)
    assert found.rate == pytest.approx(sum(f != b for f, b in zip(forward, backward, strict=True)) / len(rows))
    assert found.rate == order_flips(backward, forward).rate
    assert 0 <= found.low <= found.rate <= found.high <= 1
    accuracy = accuracy_over_orders(truth, forward, backward)
    assert accuracy == pytest.approx(sum((f == t) + (b == t) for t, f, b in rows) / (2 * len(rows)))
    # with two labels an item that flips is right once and wrong once
    both = sum(f == t == b for t, f, b in rows) / len(rows)
    assert accuracy == pytest.approx(both + found.rate / 2)


def test_too_little() -> None:
    with pytest.raises(Undefined, match="both orders; got 0"):
        order_flips([], [])
    with pytest.raises(Undefined):
        accuracy_over_orders([], [], [])
    with pytest.raises(ValueError, match="same items"):
        order_flips(["a"], ["a", "b"])
    with pytest.raises(ValueError, match="items, judges"):
        effective_number(["a", "b"], ["a", "b"])
