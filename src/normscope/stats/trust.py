"""Intervals that cover what they say even from few clusters and near a rate of 0 or 1, or a reason why there is none.

The rule was found by simulation (`python -m benchmarks.coverage`, docs/statistics/coverage.md). It asks three things. Are there
enough clusters to know how much they differ (`LEAST_CLUSTERS`)? If not, there is no interval. Do enough clusters depart from
the others to know how alike the rows of one are (`_rows_worth`)? If not, the interval is wider. And are there enough successes
and failures for an interval of 95 % to be near 95 % (`FEW`)? If not, it is a cautious one and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.stats.bootstrap import WIDTH_ZERO, Floats, Intervals, Masked, ratio, ratio_difference
from normscope.stats.corrected import ROUNDING
from normscope.stats.interval_columns import NO_INTERVAL
from normscope.stats.score import effective_clusters, score_interval, t_factors

__all__ = [
    "CAUTIOUS",
    "FEW",
    "LEAST_CLUSTERS",
    "RateSums",
    "only_where_enough",
    "trusted_differences",
    "trusted_from_sums",
    "trusted_rates",
]

LEAST_CLUSTERS = 5.0
"""Below so many clusters of equal size an interval would be as wide as the scale, or would cover by accident."""

FEW = 5.0
"""With fewer effective successes or failures an interval of 95 % covers up to 99 %: rates this coarse allow no other."""

CAUTIOUS = "cautious, little to tell from"
"""Ends the method of an interval that may cover the truth more often than its level says."""

METHOD = "cluster-robust Wilson, Student's t"
METHOD_OF_DIFFERENCES = "cluster-robust Wilson, Student's t, of both rates (MOVER)"


def trusted_rates(numerator: Floats, denominator: Floats, *, level: float = 0.95) -> Intervals:
    """What is the rate sum(numerator) / sum(denominator), and between which rates does that of dilemmas like these lie?

    Both [clusters, columns]; a mean of values in [0, 1], so 0 <= numerator <= denominator; a cluster without data has
    denominator 0. Value and interval lie in [0, 1]. The interval is Wilson's on the effective sample size with t of
    (effective clusters) - 1 degrees of freedom.

    A column without data is masked; one with data on fewer than `LEAST_CLUSTERS` clusters' worth has a value and no interval;
    each says why in `reason`. Where fewer than `FEW` effective successes or failures were seen the method ends in `CAUTIOUS`.
    A level outside (0, 1) is a ValueError.

    >>> found = trusted_rates(np.array([[1.0]] * 19 + [[0.0]]), np.ones((20, 1)))
    >>> round(float(found.low[0]), 3), round(float(found.high[0]), 3), found.method[0].split("; ")[1]
    (0.739, 0.992, 'cautious, little to tell from')
    """
    _check(level)
    rates = _rates(numerator, denominator, level)
    value = ratio(numerator.sum(axis=0), denominator.sum(axis=0))
    return _intervals(value, rates.low, rates.high, rates.clusters, rates.few, METHOD)


@dataclass(frozen=True, eq=False)
class RateSums:
    """What the interval of a rate needs of its clusters, [columns] each, where the clusters themselves are not at hand.

    `value`: sum(numerator) / sum(denominator), masked where there is no data. `variance`: the sum over clusters of
    (numerator - value · denominator)² / (the denominators of all others)². `seen`: clusters with data; `clusters`: how many of
    equal size they are worth (`effective_clusters`). `departing`: how many have a success, or a failure, whichever are fewer.
    """

    value: Masked
    variance: Floats
    seen: npt.NDArray[np.intp]
    clusters: Floats
    departing: npt.NDArray[np.intp]


def trusted_from_sums(sums: RateSums, *, level: float = 0.95) -> Intervals:
    """The intervals of `trusted_rates`, to the last rounding, from sums over clusters that came in one after the other.

    >>> value = np.ma.MaskedArray([0.95])
    >>> alike = RateSums(value, np.array([0.95 / 361]), np.array([20]), np.array([20.0]), np.array([1]))
    >>> found = trusted_from_sums(alike)  # 19 of 20 clusters of one row: 19 · (0.05 / 19)² + (0.95 / 19)² = 0.95 / 361
    >>> round(float(found.low[0]), 3), round(float(found.high[0]), 3)
    (0.739, 0.992)
    """
    _check(level)
    value = np.clip(sums.value.filled(0.0), 0.0, 1.0)
    low, high, _, few = _wilson(value, sums.variance, sums.clusters, sums.seen, sums.departing, level)
    return _intervals(sums.value, low, high, sums.clusters, few, METHOD)


def trusted_differences(
    numerator: Floats, denominator: Floats, other_numerator: Floats, other_denominator: Floats, *, level: float = 0.95
) -> Intervals:
    """By how much does the first rate exceed the second, on the same clusters, and between which differences does it lie?

    All [clusters, columns], as in `trusted_rates`. Value and interval lie in [-1, 1]. Paired: put together from the two
    rates' own intervals and the correlation of the rates over clusters, so it inherits their behaviour at the edges. Where
    the two part on no cluster it still reaches as far as Wilson's for 0 of so many; where on fewer than `FEW`, it is cautious.

    Masked and without interval as in `trusted_rates`, where that holds for either rate. Source: Newcombe (1998), Statistics in
    Medicine 17, method 10; Zou and Donner (2008), Statistics in Medicine 27, for any two intervals.

    >>> first = np.array([[1.0], [0.0], [1.0], [1.0]] * 10)
    >>> second = np.array([[1.0], [0.0], [0.0], [1.0]] * 10)
    >>> found = trusted_differences(first, np.ones((40, 1)), second, np.ones((40, 1)))
    >>> [round(float(end[0]), 2) for end in (found.value, found.low, found.high)]
    [0.25, 0.11, 0.38]
    """
    _check(level)
    first, second = _rates(numerator, denominator, level), _rates(other_numerator, other_denominator, level)
    value = ratio_difference(*(part.sum(axis=0) for part in (numerator, denominator, other_numerator, other_denominator)))
    both = np.sqrt(first.variance * second.variance)
    alike = np.zeros(both.shape)
    np.divide((first.influence * second.influence).sum(axis=0), both, out=alike, where=both > 0)
    # rates that never part on what was seen could part elsewhere
    parts_on = (np.abs(numerator * other_denominator - other_numerator * denominator) > WIDTH_ZERO).sum(axis=0)
    clusters = np.minimum(first.clusters, second.clusters)
    _, most = score_interval(np.zeros(both.shape), np.maximum(clusters, 1.0), np.maximum(first.factor, second.factor))
    unseen = _weight_of_unseen(parts_on) * most**2
    ends = []
    for one, other in (
        (first.value - first.low, second.high - second.value),
        (first.high - first.value, second.value - second.low),
    ):
        ends.append(np.sqrt(np.maximum(one**2 + other**2 - 2 * alike * one * other, 0.0) + unseen))
    low, high = np.maximum(value.data - ends[0], -1.0), np.minimum(value.data + ends[1], 1.0)
    return _intervals(value, low, high, clusters, first.few | second.few | (parts_on < FEW), METHOD_OF_DIFFERENCES)


@dataclass(frozen=True, eq=False)
class _Rates:
    """Rates of columns with their intervals: all [columns] but `influence` [clusters, columns]; 0 where there is no data.

    `influence` is how far the value is moved by leaving a cluster out, `variance` the sum of its squares, `clusters` the
    effective number, `factor` the quantile of t, `few` says that the interval is a cautious one.
    """

    value: Floats
    low: Floats
    high: Floats
    influence: Floats
    variance: Floats
    clusters: Floats
    factor: Floats
    few: npt.NDArray[np.bool_]


def _rates(numerator: Floats, denominator: Floats, level: float) -> _Rates:
    total = denominator.sum(axis=0)
    value = np.clip(ratio(numerator.sum(axis=0), total).data, 0.0, 1.0)
    # what the value would be without a cluster: a large one pulls the value towards itself, and so hides how far it departs
    influence = (numerator - value * denominator) / np.where(total > denominator, total - denominator, 1.0)
    variance = (influence * influence).sum(axis=0)
    clusters = effective_clusters(denominator)
    seen = (denominator > 0).sum(axis=0)
    low, high, factor, few = _wilson(value, variance, clusters, seen, _departing(numerator, denominator), level)
    return _Rates(value, low, high, influence, variance, clusters, factor, few)


def _wilson(
    value: Floats,
    variance: Floats,
    clusters: Floats,
    seen: npt.NDArray[np.intp],
    departing: npt.NDArray[np.intp],
    level: float,
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]:
    """Both ends, the quantile of t, and whether there is little to tell from."""
    k = np.maximum(seen, 1)
    n = _rows_worth(value, variance * (k - 1) / k, clusters, departing)
    factor = t_factors(clusters - 1, level=level)
    low, high = score_interval(value, n, factor)
    return low, high, factor, n * np.minimum(value, 1 - value) < FEW


def _departing(numerator: Floats, denominator: Floats) -> npt.NDArray[np.intp]:
    """How many clusters have a success, or a failure, whichever are fewer."""
    successes = ((denominator > 0) & (numerator > 0)).sum(axis=0)
    failures = (numerator < denominator).sum(axis=0)
    return np.asarray(np.minimum(successes, failures), dtype=np.intp)


def _rows_worth(value: Floats, variance: Floats, clusters: Floats, departing: npt.NDArray[np.intp]) -> Floats:
    """The effective sample size: as many independent rows of this rate would have the same variance.

    One or two failures cannot show whether failures come together. So where few clusters depart from the others,
    part of the variance is the one that rows would have if those of a cluster were all alike.
    """
    spread = value * (1 - value)
    worst = 1 / np.maximum(clusters, 1.0)
    seen = worst.copy()
    np.divide(variance, spread, out=seen, where=(spread > 0) & (variance > ROUNDING))
    unseen = _weight_of_unseen(departing)
    return 1 / np.where(seen < worst, (1 - unseen) * seen + unseen * worst, seen)


def _weight_of_unseen(departing: npt.NDArray[np.intp]) -> Floats:
    """How much what was not seen counts, in [0, 1]: all if no cluster departs, a quarter if one does, then soon nothing."""
    return 1 / (1.0 + departing) ** 2


def _intervals(value: Masked, low: Floats, high: Floats, clusters: Floats, few: npt.NDArray[np.bool_], method: str) -> Intervals:
    undefined = np.ma.getmaskarray(value)
    missing = undefined | (clusters < LEAST_CLUSTERS)
    reasons = [
        "no data" if none else too_few(effective) if refused else ""
        for none, refused, effective in zip(undefined.tolist(), missing.tolist(), clusters.tolist(), strict=True)
    ]
    how = [
        NO_INTERVAL if why else f"{method}; {CAUTIOUS}" if unsure else method
        for why, unsure in zip(reasons, few.tolist(), strict=True)
    ]
    return Intervals(
        value=value,
        low=np.ma.MaskedArray(np.where(missing, 0.0, low), mask=missing),
        high=np.ma.MaskedArray(np.where(missing, 0.0, high), mask=missing),
        reason=tuple(reasons),
        method=tuple(how),
    )


def only_where_enough(found: Intervals, clusters: Floats) -> Intervals:
    """Intervals of any method, without those of values that rest on fewer than `LEAST_CLUSTERS` of `clusters` [columns].

    >>> all_of = trusted_rates(np.array([[1.0], [0.0]] * 5), np.ones((10, 1)))
    >>> only_where_enough(all_of, np.array([4.0])).reason
    ('an interval needs data on at least 5 clusters of dilemmas of equal size; these are worth 4.0',)
    """
    fewer = ~np.ma.getmaskarray(found.value) & (clusters < LEAST_CLUSTERS)
    short = list(zip(fewer.tolist(), clusters.tolist(), strict=True))
    return Intervals(
        value=found.value,
        low=np.ma.MaskedArray(found.low.data, mask=np.ma.getmaskarray(found.low) | fewer),
        high=np.ma.MaskedArray(found.high.data, mask=np.ma.getmaskarray(found.high) | fewer),
        reason=tuple(too_few(k) if few else why for (few, k), why in zip(short, found.reason, strict=True)),
        method=tuple(NO_INTERVAL if few else how for (few, _), how in zip(short, found.method, strict=True)),
    )


def too_few(clusters: float) -> str:
    """The reason why so few effective clusters have no interval."""
    least = f"{LEAST_CLUSTERS:.0f} clusters of dilemmas of equal size"
    return f"an interval needs data on at least {least}; these are worth {clusters:.1f}"


def _check(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
