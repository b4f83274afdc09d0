"""The table of ratings: how it is made, what is refused, and that its two ways of counting are one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.stats import Ratings, agreement_weights
from normscope.stats import ratings as ratings_module
from normscope.stats import tally as tally_module
from normscope.stats.ratings import NOT_RATED
from normscope.stats.tally import Tally


def test_labels_become_codes_on_the_scale_as_it_is_given() -> None:
    found = Ratings.of([["mid", "low"], ["high", "mid"]], scale=["low", "mid", "high", "very high"])
    assert found.codes.tolist() == [[1, 0], [2, 1]]
    assert found.codes.dtype == np.int8
    assert found.counts.tolist() == [[1, 1, 0, 0], [0, 1, 1, 0]]


def test_masked_ratings_are_missing() -> None:
    numbers = np.ma.masked_invalid([[0.5, np.nan], [2.0, 0.5]])
    assert Ratings.of(numbers).codes.tolist() == [[0, NOT_RATED], [1, 0]]
    texts = np.ma.MaskedArray([["ø", "?"], ["å", "ø"]], mask=[[False, True], [False, False]])
    assert Ratings.of(texts).scale.tolist() == ["å", "ø"]
    assert Ratings.of(np.ma.MaskedArray(np.zeros((3, 2)), mask=True)).scale.size == 0


def test_many_categories_take_a_wider_type() -> None:
    numbers = np.arange(1000.0).reshape(500, 2)
    found = Ratings.of(numbers)
    assert found.codes.dtype == np.int16
    assert (found.scale[found.codes] == numbers).all()
    assert Ratings.of(np.arange(128)[:, None]).codes.max() == 127


def mixed() -> npt.NDArray[Any]:
    return np.array([["a", None]], dtype=object)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Ratings.of([1, 2]), r"table \[units, raters\]; got shape \(2,\)"),
        (lambda: Ratings.of([[1.0, np.nan]]), "got nan for unit 0 by rater 1; .*masked_invalid"),
        (lambda: Ratings.of([[1.0, np.inf]]), "finite"),
        (lambda: Ratings.of(mixed()), "array of object"),
        (lambda: Ratings.of([[1, 2], [1, 7]], scale=[1, 2, 3]), "got 7 for unit 1 by rater 1; allowed: .1, 2, 3."),
        (lambda: Ratings.of([[1, 100]], scale=range(100)), "got 100 for unit 0 by rater 1"),
        (lambda: Ratings.of([["1", "2"]], scale=[1, 2]), "both texts or both numbers"),
        (lambda: Ratings.of([[1, 1]], scale=[1, 1]), "different categories"),
        (lambda: Ratings.of([[1, 1]], scale=[]), "got 1 for unit 0 by rater 0"),
        (lambda: Ratings(np.array([[0, 2]]), np.array(["a", "b"])), "-1 .* to 1 .*; got 0 to 2"),
        (lambda: Ratings(np.array([[-2, 0]]), np.array(["a", "b"])), "got -2 to 0"),
        (lambda: Ratings(np.array([[0.0, 1.0]]), np.array(["a", "b"])), "signed integers"),
        (lambda: Ratings(np.array([0, 1]), np.array(["a", "b"])), "signed integers"),
        (lambda: Ratings(np.array([[0]]), mixed()[0]), "texts or numbers"),
    ],
)
def test_bad_input_is_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("cubic", "identity, linear, quadratic, or a table of one's own; got 'cubic'"),
        ([[1.0, 0.0]], r"table \[2, 2\]; got shape \(1, 2\)"),
        ([[1.0, 0.2], [0.3, 1.0]], "symmetric"),
        ([[1.0, np.nan], [np.nan, 1.0]], "symmetric"),
        ([[0.0, 1.0], [1.0, 0.0]], "1 on the diagonal"),
        ([[1.0, 2.0], [2.0, 1.0]], r"in \[0, 1\]"),
    ],
)
def test_bad_weights_are_named(weights: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        agreement_weights(weights, 2)


def test_weights_by_hand() -> None:
    # four places, 0 to 3: two apart is 2/3 of the way, so 1 - 2/3 linear and 1 - 4/9 quadratic
    assert agreement_weights("linear", 4)[0].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert agreement_weights("quadratic", 4)[0].tolist() == pytest.approx([1, 8 / 9, 5 / 9, 0])
    assert agreement_weights("quadratic", 2).tolist() == agreement_weights("linear", 2).tolist() == np.eye(2).tolist()
    assert agreement_weights("identity", 3).tolist() == np.eye(3).tolist()
    assert agreement_weights("linear", 1).tolist() == [[1.0]]
    assert agreement_weights("linear", 0).shape == (0, 0)
    with pytest.raises(ValueError, match="at most 2000"):
        agreement_weights("linear", 2001)


CODES = st.integers(1, 5).flatmap(
    lambda raters: st.lists(st.lists(st.integers(NOT_RATED, 3), min_size=raters, max_size=raters), min_size=1, max_size=9)
)


@settings(deadline=None, max_examples=60)
@given(CODES, st.sampled_from([1, 7, 2**16]))
def test_counting_by_category_and_one_by_one_are_the_same(rows: list[list[int]], block: int) -> None:
    codes = np.array(rows)
    with pytest.MonkeyPatch.context() as patch:
        for module in (ratings_module, tally_module):
            patch.setattr(module, "BLOCK", block)
        found = Ratings(codes, np.arange(4))
        by_category = Tally(np.arange(4), found.counts, 4)
        one_by_one = Tally(np.maximum(codes, 0), codes != NOT_RATED, 4)
        for tally in (by_category, one_by_one):
            assert tally.ratings.tolist() == [sum(c >= 0 for c in row) for row in rows]
            assert tally.totals.tolist() == [sum(c == k for row in rows for c in row) for k in range(4)]
            pairs = [[(a, b) for a in row for b in row if a >= 0 and b >= 0] for row in rows]
            assert tally.pair_sums(lambda i, j: (i - j) ** 2).tolist() == [sum((a - b) ** 2 for a, b in unit) for unit in pairs]
            assert sum(len(some.times) for some in tally.blocks()) == len(rows)
            assert len(tally.with_at_least(2).times) == sum(sum(c >= 0 for c in row) >= 2 for row in rows)
