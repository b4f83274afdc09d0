"""Krippendorff's alpha: agreement of any number of raters with gaps, on any kind of scale."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.codings import Codings
from normscope.stats.ratings import Ratings
from normscope.stats.tally import BLOCK, Relation, Tally

__all__ = ["ScaleLevel", "krippendorff_alpha", "nominal_alpha"]

ScaleLevel: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(ratings: Ratings, level: ScaleLevel = "nominal") -> float:
    """How much do raters agree beyond what their ratings, shuffled over all units, would?

    At most 1: 1 = always agree, 0 = as by chance, below 0 = less than by chance. Units with fewer than two ratings do not
    count; every other unit counts by its number of ratings. `level` says what a difference is: `nominal` any two categories
    differ alike; `ordinal` by the ratings that lie between them, in the order of `ratings.scale`; `interval` by subtraction;
    `ratio` by (a - b) / (a + b). The last two need a scale of numbers, `ratio` none below 0: else a ValueError.

    `Undefined` where no unit has two ratings, and where all ratings in such units are the same. Memory beside the ratings is
    bounded; `ratio` takes time by the square of the number of different ratings, and so does `nominal` within a unit
    where categories outnumber raters.
    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

    >>> ratings = Ratings.of([[1, 1], [1, 2], [3, 4], [4, 4]])
    >>> round(krippendorff_alpha(ratings, "nominal"), 3), round(krippendorff_alpha(ratings, "interval"), 3)
    (0.364, 0.875)
    """
    tally = ratings.tally.with_at_least(2)
    totals = _totals(tally, len(ratings.codes))
    if level == "nominal":
        return _nominal(tally, totals)
    if level == "ordinal":
        # mid-ranks, up to a shift: their difference is the number of ratings from the middle of one category to that of another
        return _interval(tally, totals, np.cumsum(totals) - totals / 2)
    if level not in ("interval", "ratio"):
        raise ValueError(f"level is one of nominal, ordinal, interval, ratio; got {level!r:.80}")
    if ratings.scale.dtype.kind == "U":
        raise ValueError(f"{level} alpha needs a scale of numbers; got texts. Texts in an order are ordinal")
    values = ratings.scale.astype(np.float64)
    return _interval(tally, totals, values) if level == "interval" else _ratio(tally, totals, values)


def nominal_alpha(codings: Codings) -> float:
    """`krippendorff_alpha` of labels without an order, from labels in long form; coders who saw few of many items cost nothing.

    >>> items, coders = np.repeat(np.arange(4), 2), np.tile(["Ane", "Bo"], 4)
    >>> round(nominal_alpha(Codings(items, coders, np.array(["a", "a", "a", "b", "b", "b", "b", "b"]))), 3)
    0.533
    """
    labels = codings.label_names.size
    tally = Tally(np.arange(labels), codings.counts, labels).with_at_least(2)
    return _nominal(tally, _totals(tally, codings.item_names.size))


def _totals(tally: Tally, units: int) -> npt.NDArray[np.int64]:
    """How often each category was given in the units that count."""
    totals = tally.totals
    if not totals.any():
        raise Undefined(f"alpha needs two ratings of some unit; 0 of {units} have them")
    if np.count_nonzero(totals) == 1:
        raise Undefined(f"alpha needs at least two labels in use; all {totals.sum()} are the same")
    return totals


def _alpha(within: Floats, rated: npt.NDArray[Any], between: float) -> float:
    """From the sums of squared differences over ordered pairs: within each unit, and over all ratings taken together."""
    if not between > 0:
        raise Undefined("alpha needs ratings that differ; these lie too close together to be told apart by subtraction")
    return 1.0 - (int(rated.sum()) - 1) * float((within / (rated - 1)).sum()) / between


def _nominal(tally: Tally, totals: npt.NDArray[np.int64]) -> float:
    n = int(totals.sum())
    between = n * n - sum(total * total for total in totals.tolist())
    return _alpha(tally.pair_sums(np.not_equal), tally.ratings, float(between))


def _interval(tally: Tally, totals: npt.NDArray[np.int64], values: Floats) -> float:
    """Σ over pairs of (a - b)² is 2 (n Σ a² - (Σ a)²): no pair has to be looked at."""
    low, high = values[totals > 0].min(), values[totals > 0].max()
    # from 0 to 1, so that no square overflows; halves, so that no difference does
    places = np.zeros_like(values)
    if high / 2 > low / 2:
        places = (values.clip(low, high) / 2 - low / 2) / (high / 2 - low / 2)
    n = int(totals.sum())
    places -= float(totals @ places) / n
    within = []
    for block in tally.blocks():
        rated = block.ratings
        here = places[block.categories]
        sums, squares = (block.times * here).sum(axis=1), (block.times * here**2).sum(axis=1)
        within.append(2 * (rated * squares - sums**2))
    return _alpha(np.concatenate(within), tally.ratings, 2 * n * float(totals @ places**2))


def _ratio(tally: Tally, totals: npt.NDArray[np.int64], values: Floats) -> float:
    if values.size and values.min() < 0:
        raise ValueError(f"ratio alpha needs numbers of at least 0; got {values.min():g}. Numbers below 0 are an interval scale")

    def differing(i: npt.NDArray[Any], j: npt.NDArray[Any]) -> Floats:
        a, b = values[i], values[j]
        smaller, larger = np.minimum(a, b), np.maximum(a, b)
        part = np.divide(smaller, larger, out=np.ones(larger.shape), where=larger > 0)  # 0 and 0 are equal
        squared: Floats = ((1 - part) / (1 + part)) ** 2
        return squared

    used = np.flatnonzero(totals)
    return _alpha(tally.pair_sums(differing), tally.ratings, _over_all(used, totals[used], differing))


def _over_all(categories: npt.NDArray[np.intp], totals: npt.NDArray[np.int64], relation: Relation) -> float:
    """The sum of a relation over all ordered pairs of ratings."""
    step = max(1, BLOCK // categories.size)
    found = 0.0
    for start in range(0, categories.size, step):
        some = slice(start, start + step)
        found += float(totals[some] @ relation(categories[some, None], categories) @ totals)
    return found
