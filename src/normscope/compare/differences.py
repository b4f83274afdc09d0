"""The paired difference of a measure between two studies, by the statistics that `agree` uses (docs/decisions/0013)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.compare.scores import Floats, Scores
from normscope.records import NotMeasured
from normscope.stats import (
    Flips,
    Intervals,
    Linearised,
    delta_intervals,
    influences,
    linearise,
    only_where_enough,
    permutation_test,
    ratio,
    ratio_difference,
    trusted_differences,
)
from normscope.stats.bootstrap import Masked
from normscope.stats.score import effective_clusters

__all__ = ["FLIPS", "Difference", "differences"]

FLIPS = 9_999
"""Sign flips of the permutation test: the smallest p is 1 in 10,000."""

NO_TEST = NotMeasured("the permutation test is of rates; this is a difference of two")


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of one model in `a`, in `b`, and `b` minus `a`, before it has names. `p` and `excluded` as in `Change`."""

    a: float | NotMeasured
    b: float | NotMeasured
    value: float | NotMeasured
    low: float | NotMeasured
    high: float | NotMeasured
    p: float | NotMeasured
    method: str
    n_dilemmas: int
    excluded: dict[str, int]


def differences(scores: Scores, clusters: npt.NDArray[np.intp], *, level: float = 0.95, seed: int = 0) -> list[Difference]:
    """By how much does each model's measure in `b` exceed that in `a`, on the dilemmas that count in both?

    `clusters` [dilemmas] numbers the clusters that dilemmas come in. In [-1, 1] for rates, [-2, 2] for differences of two; 0 =
    no change. Intervals are paired over clusters: for rates `trusted_differences`, as the distance to the ceiling has them; for
    differences of two rates whose second rate is the same in both studies likewise, of the first rates; else by the delta
    method with Student's t, since percentiles of resampled clusters covered too seldom below 30 dilemmas. p of rates is that of
    `permutation_test`. No interval below 5 clusters' worth of dilemmas. A model without a dilemma that counts in both has a
    reason in place of each number.

    >>> first = np.array([[1.0], [0.0], [1.0], [0.0], [0.0], [0.0]])
    >>> later = np.array([[1.0], [1.0], [1.0], [0.0], [0.0], [1.0]])
    >>> whole = np.ones((6, 1))
    >>> (found,) = differences(Scores("stated", (first, whole), (later, whole)), np.arange(6))
    >>> round(found.a, 2), round(found.b, 2), round(found.value, 2), found.p  # 2 of 6 rose, none fell: 2 · 2⁻²
    (0.33, 0.67, 0.33, 0.5)
    """
    both = scores.in_a & scores.in_b
    kept = both.any(axis=1)
    number = np.unique(clusters[kept], return_inverse=True)[1]
    before = [_by_cluster(np.where(both, part, 0.0)[kept], number) for part in scores.a]
    after = [_by_cluster(np.where(both, part, 0.0)[kept], number) for part in scores.b]
    excluded = [_excluded(scores, i) for i in range(both.shape[1])]
    n = both.sum(axis=0).tolist()
    if not kept.any():
        why = NotMeasured(scores.missing)
        return [Difference(why, why, why, why, why, why, "not measured", 0, left_out) for left_out in excluded]
    value_a, value_b = _values(before), _values(after)
    found = _intervals(before, after, level=level)
    p = _p_values(before, after, seed=seed)
    return [_difference(scores, i, value_a, value_b, found[i], p[i], n[i], excluded[i]) for i in range(both.shape[1])]


def _difference(
    scores: Scores,
    i: int,
    value_a: Masked,
    value_b: Masked,
    found: Intervals,
    p: float | NotMeasured,
    n: int,
    excluded: dict[str, int],
) -> Difference:
    if not n:
        why = NotMeasured(scores.missing)
        return Difference(why, why, why, why, why, why, "not measured", 0, excluded)
    values = float(value_a.data[i]), float(value_b.data[i]), float(found.value.data[i])
    if found.reason[i]:
        why = NotMeasured(found.reason[i])
        return Difference(*values, why, why, p, found.method[i], n, excluded)
    furthest = len(scores.a) / 2  # 1 for a difference of rates, 2 for one of their differences
    low, high = max(float(found.low.data[i]), -furthest), min(float(found.high.data[i]), furthest)
    return Difference(*values, low, high, p, found.method[i], n, excluded)


def _by_cluster(part: Floats, number: npt.NDArray[np.intp]) -> Floats:
    sums = np.zeros((int(number.max(initial=-1)) + 1, part.shape[1]))
    np.add.at(sums, number, part)
    return sums


def _values(parts: list[Floats]) -> Masked:
    sums = [part.sum(axis=0) for part in parts]
    return ratio(*sums) if len(sums) == 2 else ratio_difference(*sums)


def _intervals(before: list[Floats], after: list[Floats], *, level: float) -> list[Intervals]:
    """For each column the intervals in which it is to be looked up."""
    of_first = trusted_differences(*after[:2], *before[:2], level=level)
    columns = before[0].shape[1]
    if len(before) == 2:
        return [of_first] * columns
    change = _change_of_difference(before, after, level=level)
    # a second rate that is the same in both cancels: what is left is the difference of the first rates, which has a formula
    same = np.all(after[2] == before[2], axis=0) & np.all(after[3] == before[3], axis=0)
    return [of_first if cancels else change for cancels in same.tolist()]


def _change_of_difference(before: list[Floats], after: list[Floats], *, level: float) -> Intervals:
    """Of differences of two rates: by linearisation, since no formula for such a difference is made of the rates' intervals."""
    one, other = linearise(*before), linearise(*after)
    influence = influences(*after) - influences(*before)
    clusters = np.minimum(one.clusters, other.clusters)
    error = np.sqrt((influence * influence).sum(axis=0) * clusters / np.maximum(clusters - 1, 1))
    missing = np.ma.getmaskarray(one.error) | np.ma.getmaskarray(other.error)
    undefined = np.ma.getmaskarray(one.value) | np.ma.getmaskarray(other.value)
    value: Masked = np.ma.MaskedArray(np.where(undefined, 0.0, other.value.data - one.value.data), mask=undefined)
    found = delta_intervals(Linearised(value, np.ma.MaskedArray(error, mask=missing), clusters), level=level)
    weights = [effective_clusters(weight) for weight in (*after[1::2], *before[1::2])]
    return only_where_enough(found, np.min(weights, axis=0))


def _p_values(before: list[Floats], after: list[Floats], *, seed: int) -> list[float | NotMeasured]:
    columns = before[0].shape[1]
    if len(before) > 2:
        return [NO_TEST] * columns
    tested = permutation_test(Flips(before[0].shape[0], FLIPS, seed), *after, *before)
    return [NotMeasured(why) if why else float(tested.p.data[i]) for i, why in enumerate(tested.reason)]


def _excluded(scores: Scores, i: int) -> dict[str, int]:
    in_a, in_b = scores.in_a[:, i], scores.in_b[:, i]
    counts = {
        "only_a": int((in_a & ~in_b).sum()),
        "only_b": int((in_b & ~in_a).sum()),
        "neither": int((~in_a & ~in_b).sum()),
    }
    return {name: n for name, n in counts.items() if n}
