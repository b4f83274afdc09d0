"""Krippendorff's alpha on every kind of scale: published values, the usual package, invariances, recovery, bounds."""

from __future__ import annotations

import tracemalloc
import warnings
from typing import Any

import krippendorff
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from normscope.errors import Undefined
from normscope.stats import Ratings, ScaleLevel, krippendorff_alpha, tally
from normscope.stats import krippendorff as module
from normscope.stats import ratings as ratings_module

LEVELS: tuple[ScaleLevel, ...] = ("nominal", "ordinal", "interval", "ratio")
NUMBERS = np.array([0.0, 1.0, 1.5, 4.0])

# Krippendorff (2011): four observers (rows), twelve units, gaps are 0
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]

TABLES = st.integers(2, 6).flatmap(
    lambda raters: st.lists(st.lists(st.integers(-1, 3), min_size=raters, max_size=raters), min_size=1, max_size=8)
)
"""Rows are units, -1 is a gap; with up to three raters the four categories outnumber them."""


def on(codes: npt.ArrayLike, scale: npt.NDArray[Any] = NUMBERS) -> Ratings:
    return Ratings(np.asarray(codes, dtype=np.int64), scale)


def pairable(rows: list[list[int]]) -> list[int]:
    given = [[c for c in row if c >= 0] for row in rows]
    return [c for row in given if len(row) > 1 for c in row]


@pytest.mark.parametrize(("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)])
def test_krippendorff_2011(level: ScaleLevel, printed: float) -> None:
    # n = 40 values in units with two or more: 9 ones, 13 twos, 10 threes, 5 fours, 3 fives. Nominal, for one: units 2 and 8
    # have 3 of 4 alike: 6 of 12 ordered pairs differ, / 3 = 2 each; unit 6 has four values: 12 / 3 = 4. Observed 8 of 40;
    # by chance 40² - (81 + 169 + 100 + 25 + 9) = 1216 of 40 · 39; alpha = 1 - 39 · 8 / 1216 = .743
    ratings = Ratings.of(np.ma.masked_equal(np.array(FOUR).T, 0))
    assert krippendorff_alpha(ratings, level) == pytest.approx(printed, abs=5e-4)


def test_each_kind_of_difference_by_hand() -> None:
    # 1 1, 1 3: one pair differs, once each way, of n = 4: three 1, one 3. Squared difference 1 nominal; ordinal: from the
    # first to the last place (3/2 + 1/2)² = 4; interval 4; ratio (2/4)² = 1/4. Whatever it is, d: observed 2 d, by chance
    # 2 · 3 · d / (n - 1) = 2 d: alpha 0
    two = on([[1, 1], [1, 3]])
    assert [krippendorff_alpha(two, level) for level in LEVELS] == pytest.approx([0, 0, 0, 0])
    # 1 1, 2 3 as numbers 1 1, 1.5 4; n = 4. Ratio: within ((4 - 1.5) / 5.5)² = 25/121; over all 2 · (1/2.5)² = 2 · 1/25
    # to 1.5, 2 · (3/5)² = 2 · 9/25 to 4, and 25/121: sum .8 + .20661 = 1.00661; alpha = 1 - 3 · .20661 / 1.00661 = .384
    assert krippendorff_alpha(on([[1, 1], [2, 3]]), "ratio") == pytest.approx(1 - 3 * (25 / 121) / (0.8 + 25 / 121))
    # interval: within 6.25; over all 2 · .25 + 2 · 9 + 6.25 = 24.75; alpha = 1 - 3 · 6.25 / 24.75 = .242
    assert krippendorff_alpha(on([[1, 1], [2, 3]]), "interval") == pytest.approx(1 - 3 * 6.25 / 24.75)
    # ordinal: places of 1, 1.5, 4 are 1.5, 3, 4: within 1; over all 2 · 1.5² + 2 · 2.5² + 1 = 18; alpha = 1 - 3 / 18
    assert krippendorff_alpha(on([[1, 1], [2, 3]]), "ordinal") == pytest.approx(1 - 3 / 18)


@settings(deadline=None, max_examples=30)
@given(TABLES, st.sampled_from([1, 5, 2**16]))
def test_second_implementation(rows: list[list[int]], block: int) -> None:
    table = np.array(rows)
    with pytest.MonkeyPatch.context() as patch:
        for where in (module, ratings_module, tally):
            patch.setattr(where, "BLOCK", block)
        for level in LEVELS:
            if len(set(pairable(rows))) < 2:
                with pytest.raises(Undefined, match="alpha needs"):
                    krippendorff_alpha(on(rows), level)
                continue
            numbers = np.where(table >= 0, NUMBERS[table], np.nan)
            theirs = krippendorff.alpha(reliability_data=numbers.T, level_of_measurement=level)
            assert krippendorff_alpha(on(rows), level) == pytest.approx(theirs, abs=1e-9)
            assert krippendorff_alpha(Ratings.of(np.ma.masked_invalid(numbers)), level) == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(TABLES, st.randoms(use_true_random=False))
def test_invariances(rows: list[list[int]], random: Any) -> None:
    assume(len(set(pairable(rows))) > 1)
    shuffled = [random.sample(row, len(row)) for row in rows] + [[2] + [-1] * (len(rows[0]) - 1)]
    random.shuffle(shuffled)  # who rated does not matter, the order of units does not, nor does a unit rated once
    expected = {level: pytest.approx(krippendorff_alpha(on(rows), level), abs=1e-9) for level in LEVELS}
    for level in LEVELS:
        assert krippendorff_alpha(on(shuffled), level) == expected[level]
    assert krippendorff_alpha(on(rows, np.array(["ø", "b", "å", "a"])), "nominal") == expected["nominal"]
    assert krippendorff_alpha(on(rows, np.exp(NUMBERS)), "ordinal") == expected["ordinal"]
    assert krippendorff_alpha(on(rows, NUMBERS * -7e200 + 1e199), "interval") == expected["interval"]
    assert krippendorff_alpha(on(rows, NUMBERS * 1e-200), "ratio") == expected["ratio"]
    turned = np.array([[-1 if c < 0 else 3 - c for c in row] for row in rows])
    assert krippendorff_alpha(on(turned), "ordinal") == expected["ordinal"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("categories", [4, 300])
def test_recovers_what_was_simulated(level: ScaleLevel, categories: int) -> None:
    # each says the truth with probability 0.8, else anything: two both say it in 0.64, else differ as two at random do
    rng = np.random.default_rng(0)
    shape = (4000, 5)
    truth = rng.integers(0, categories, (shape[0], 1))
    codes = np.where(rng.random(shape) < 0.8, truth, rng.integers(0, categories, shape))
    codes[rng.random(shape) < 0.3] = -1
    assert krippendorff_alpha(on(codes, np.arange(categories)), level) == pytest.approx(0.64, abs=0.02)


def test_numbers_at_the_ends_of_floating_point() -> None:
    big, small = np.finfo(float).max, np.finfo(float).tiny
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        spread = Ratings.of([[-big, -big], [big, big], [-big, big]])
        assert krippendorff_alpha(spread, "interval") == pytest.approx(krippendorff_alpha(spread, "nominal"))
        unused = Ratings.of([[1.0, 1.0], [1.0, 2.0]], scale=[-big, 1.0, 2.0, big])
        assert krippendorff_alpha(unused, "interval") == pytest.approx(0)
        tiny = Ratings.of([[small, small], [small, 3 * small], [big, big]])
        assert krippendorff_alpha(tiny, "ratio") == pytest.approx(
            krippendorff_alpha(Ratings.of([[1, 1], [1, 3], [10**16, 10**16]]), "ratio")
        )
        # far from 0 and close together: the difference counts, not the numbers
        far = Ratings.of([[1e9, 1e9], [1e9 + 1, 1e9 + 3]])
        assert krippendorff_alpha(far, "interval") == pytest.approx(
            krippendorff_alpha(Ratings.of([[0, 0], [1, 3]]), "interval"), abs=1e-6
        )
        with pytest.raises(Undefined, match="too close"):
            krippendorff_alpha(Ratings(np.array([[0, 1]]), np.array([2**60, 2**60 + 1])), "interval")


def test_too_little_and_wrong_input() -> None:
    with pytest.raises(Undefined, match="two ratings of some unit; 0 of 2 have them"):
        krippendorff_alpha(on([[0, -1], [-1, 1]]))
    with pytest.raises(Undefined, match="0 of 0 have them"):
        krippendorff_alpha(Ratings(np.zeros((0, 3), dtype=np.int8), NUMBERS), "interval")
    with pytest.raises(Undefined, match="0 of 3 have them"):
        krippendorff_alpha(Ratings(np.zeros((3, 1), dtype=np.int8), NUMBERS), "ratio")
    with pytest.raises(Undefined, match="0 of 2 have them"):
        krippendorff_alpha(Ratings.of(np.ma.MaskedArray(np.zeros((2, 2)), mask=True)))
    with pytest.raises(Undefined, match="all 2 are the same"):
        krippendorff_alpha(on([[1, 1], [-1, 2]]), "ordinal")
    with pytest.raises(ValueError, match="scale of numbers; got texts"):
        krippendorff_alpha(Ratings.of([["a", "b"]]), "interval")
    with pytest.raises(ValueError, match="at least 0; got -1"):
        krippendorff_alpha(Ratings.of([[-1, 1]]), "ratio")
    with pytest.raises(ValueError, match="nominal, ordinal, interval, ratio; got 'metric'"):
        krippendorff_alpha(on([[1, 2]]), "metric")  # type: ignore[arg-type]


@pytest.mark.parametrize(("level", "categories"), [("nominal", 4), ("interval", 10**6), ("ordinal", 10**6), ("nominal", 500)])
def test_memory_beside_the_ratings_is_bounded(level: ScaleLevel, categories: int) -> None:
    # all pairs of all units at once would be 20,000 · 50² · 8 bytes = 400 MB, and counts by category 160 GB
    rng = np.random.default_rng(0)
    units = 20_000 if level != "nominal" or categories < 50 else 1000
    codes = rng.integers(0, categories, (units, 50), dtype=np.int32)
    ratings = Ratings(codes, np.arange(categories))
    tracemalloc.start()
    krippendorff_alpha(ratings, level)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60e6
