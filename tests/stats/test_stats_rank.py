"""The area under the ROC curve, four ways."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from normscope.errors import Undefined
from normscope.stats import auc

items = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=30).filter(
    lambda rows: len({truth for truth, _ in rows}) == 2
)


def test_worked_by_hand() -> None:
    # true scores 3, 1; false 2, 1, 0: pairs won 3>2, 3>1, 3>0, 1>0 and one tie 1=1: (4 + 0.5) / 6
    assert auc([True, True, False, False, False], [3, 1, 2, 1, 0]) == pytest.approx(0.75)


@settings(deadline=None)
@given(items)
def test_as_counting_every_pair_and_as_scikit_learn(rows: list[tuple[bool, int]]) -> None:
    truth, scores = zip(*rows, strict=True)
    pairs = itertools.product([s for t, s in rows if t], [s for t, s in rows if not t])
    won = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs]
    assert auc(truth, scores) == pytest.approx(sum(won) / len(won)) == pytest.approx(roc_auc_score(truth, scores))


@settings(deadline=None)
@given(items)
def test_order_duplication_and_scale_do_not_matter_and_turning_the_score_turns_it(rows: list[tuple[bool, int]]) -> None:
    truth, scores = map(np.array, zip(*rows, strict=True))
    value = auc(truth, scores)
    assert auc(truth[::-1], scores[::-1]) == pytest.approx(value)
    assert auc(np.tile(truth, 3), np.tile(scores, 3)) == pytest.approx(value)
    assert auc(truth, np.exp(scores / 2)) == pytest.approx(value)
    assert auc(truth, -scores) == pytest.approx(1 - value)


def test_it_recovers_the_normal_shift() -> None:
    # two normals one standard deviation apart: P(X > Y) = Phi(1 / sqrt(2)) = 0.7602
    rng = np.random.default_rng(7)
    truth = np.arange(20_000) < 10_000
    assert auc(truth, rng.normal(truth * 1.0)) == pytest.approx(0.7602, abs=0.01)


def test_one_kind_of_item_alone_is_undefined() -> None:
    with pytest.raises(Undefined, match="true and false items; got 2 and 0"):
        auc([True, True], [1, 2])
