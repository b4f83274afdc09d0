"""The cluster bootstrap: how far would a statistic move if other dilemmas like these had been asked?

Clusters are drawn with replacement. A draw is a row of weights (how often each cluster was picked), so every statistic that
is a function of sums comes out of one matrix product for all columns at once. All metrics share one `Resamples`: their
differences are therefore paired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Masked, Numbers, Statistic
from normscope.stats.cluster_parts import column_blocks, counted, totals
from normscope.stats.interval_columns import Intervals, check_level, joined, settled
from normscope.stats.interval_ends import Kind, basic_ends, bca_levels, ends_at
from normscope.stats.jackknife import Jackknife, jackknife
from normscope.stats.ratios import ratio, ratio_difference
from normscope.stats.resamples import Resamples
from normscope.stats.weighted_sums import weighted_sums

__all__ = [
    "Floats",
    "Intervals",
    "Masked",
    "Replicates",
    "Resamples",
    "Statistic",
    "bootstrap_intervals",
    "contrast",
    "intervals",
    "ratio",
    "ratio_difference",
    "replicate",
]

WIDTH_ZERO = 1e-12
"""An interval narrower than this comes from resamples that are all equal, up to rounding."""

CELLS = 2**22
"""Values on resamples in a block of columns; bounds the memory that is needed beside parts and weights to some 300 MB."""


class Described(Protocol):
    """A way of resampling that can say what it did."""

    def described(self, kind: str) -> str:
        """How an interval of this kind was made, for people to read."""


@dataclass(frozen=True, eq=False)
class Replicates:
    """A statistic on the data, `value` [columns], and on every resample, `draws` [draws, columns].

    `clusters` [columns] counts the clusters with data.
    """

    value: Masked
    draws: Masked
    clusters: npt.NDArray[np.intp]
    resamples: Described


def replicate(
    resamples: Resamples, statistic: Statistic, *parts: Numbers, rows: npt.NDArray[np.intp] | None = None
) -> Replicates:
    """A statistic of sums over clusters, on the data and on every resample.

    Each of `parts` is [clusters, columns]. Where only some clusters have data, pass only their rows and their numbers in
    `rows`: the others add nothing. A cluster has data for a column if any of its parts is not 0. How exact the sums are says
    `weighted_sums`: whole numbers exactly, float64 as float64.

    >>> counts = replicate(Resamples(3, 100, 0), ratio, np.array([[1.0], [0.0], [1.0]]), np.ones((3, 1)))
    >>> round(float(counts.value[0]), 3), int(counts.clusters[0]), counts.draws.shape
    (0.667, 3, (100, 1))
    """
    return Replicates(
        value=statistic(*totals(parts)),
        draws=statistic(*weighted_sums(resamples, *parts, rows=rows)),
        clusters=counted(parts),
        resamples=resamples,
    )


def contrast(replicates: Replicates, first: npt.ArrayLike, second: npt.ArrayLike) -> Replicates:
    """By how much do the columns `first` exceed the columns `second`? Paired, since both come from the same resamples.

    Undefined where either is, and in the resamples in which either is. `clusters` is that of the column with fewer.
    """
    one, other = np.atleast_1d(first), np.atleast_1d(second)
    value, draws = (
        np.ma.MaskedArray(values.data[..., one] - values.data[..., other], mask=mask[..., one] | mask[..., other])
        for values, mask in ((x, np.ma.getmaskarray(x)) for x in (replicates.value, replicates.draws))
    )
    clusters = np.minimum(replicates.clusters[one], replicates.clusters[other])
    return Replicates(value, draws, clusters, replicates.resamples)


def intervals(
    replicates: Replicates,
    *,
    level: float = 0.95,
    rate: bool = False,
    kind: Kind = "percentile",
    left_out: Jackknife | None = None,
) -> Intervals:
    """Intervals of the given level, one per column, or the reason why a column has none.

    `percentile`: the quantiles of the resamples. `basic`: these mirrored at the value. `bca`: quantiles moved for bias and
    skewness, which takes the jackknife of the same parts in `left_out`.
    Resamples in which a column is undefined are left out. Fewer than two clusters with data give no interval. Where
    all resamples are equal (a rate of 0 or 1, as a rule) they would pretend certainty: a `rate` (a mean of values in [0, 1])
    then gets the Wilson interval on its clusters and says so in `method`, anything else gets no interval.
    """
    check_level(level)
    draws, value = replicates.draws, replicates.value
    drawn = np.asarray(draws.count(axis=0), dtype=np.intp)
    reasons = np.where(drawn > 0, "", "undefined in every resample").tolist()
    tails = np.full(value.shape, (1 - level) / 2), np.full(value.shape, (1 + level) / 2)
    ends = ends_at(draws, *tails)
    equal = ends[1] - ends[0] <= WIDTH_ZERO
    if kind == "basic":
        ends = basic_ends(value.data, ends)
    elif kind == "bca":
        if left_out is None:
            raise ValueError("a BCa interval needs the jackknife of the same parts: left_out=jackknife(statistic, *parts)")
        lower, upper, why = bca_levels(draws, value, left_out.acceleration, level=level)
        ends = ends_at(draws, lower, upper)
        reasons = [reason or ("" if same else other) for reason, same, other in zip(reasons, equal, why, strict=True)]
    elif kind != "percentile":
        raise ValueError(f"kind must be 'percentile', 'basic' or 'bca'; got {kind!r}")
    return settled(
        value,
        ends,
        clusters=replicates.clusters,
        reasons=reasons,
        equal=equal,
        all_equal="all resamples are equal, so they cannot show how uncertain this is",
        method=replicates.resamples.described("BCa" if kind == "bca" else kind),
        level=level,
        rate=rate,
    )


def bootstrap_intervals(
    resamples: Resamples,
    statistic: Statistic,
    *parts: Numbers,
    level: float = 0.95,
    rate: bool = False,
    kind: Kind = "percentile",
) -> Intervals:
    """Which intervals do many columns have? `replicate` and `intervals`, for as many columns at a time as memory allows.

    Each of `parts` is [clusters, columns], or [clusters, 1] where it is the same for all columns. Beside them and the weights
    (a byte per draw and cluster, at most 256 MB) it takes some 300 MB, however many columns there are.

    >>> agreed = np.array([[1, 0], [1, 1], [0, 1], [1, 1]], dtype=bool)
    >>> found = bootstrap_intervals(Resamples(4, 999, 0), ratio, agreed, np.ones((4, 1)), rate=True)
    >>> found.value.tolist(), found.low.tolist(), found.high.tolist()
    ([0.75, 0.75], [0.25, 0.25], [1.0, 1.0])
    """
    found = []
    for block in column_blocks(parts, CELLS // resamples.draws):
        left_out = jackknife(statistic, *block) if kind == "bca" else None
        replicates = replicate(resamples, statistic, *block)
        found.append(intervals(replicates, level=level, rate=rate, kind=kind, left_out=left_out))
    return joined(found)
