"""The cluster-robust delta method: intervals of means and ratios without any resampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Masked, Numbers, concatenated
from normscope.stats.cluster_parts import column_blocks, counted, totals
from normscope.stats.interval_columns import Intervals, check_level, settled
from normscope.stats.ratios import ratio, ratio_difference
from normscope.stats.student import t_quantile

__all__ = ["Linearised", "delta_intervals", "influences", "linearise"]

CELLS = 2**18
"""Influences computed at a time: so many stay in the cache."""

ERROR_ZERO = 1e-13
"""A standard error below this comes from clusters that are all equal, up to rounding."""

METHOD = "cluster-robust delta method, Student t"


@dataclass(frozen=True, eq=False)
class Linearised:
    """[columns] each: a ratio or a difference of two ratios, its standard error, and how many clusters have data.

    For a difference `clusters` counts those of the ratio with fewer. `error` is masked where `value` is, and with fewer than
    two clusters.
    """

    value: Masked
    error: Masked
    clusters: npt.NDArray[np.intp]


def linearise(*parts: Numbers) -> Linearised:
    """How uncertain is a ratio of sums (two parts), or a difference of two ratios (four parts), over clusters?

    Each of `parts` is [clusters, columns] or [clusters, 1]: numerator, denominator, and for a difference those of the second
    ratio. A cluster moves a ratio R by its influence (numerator - R · denominator) / sum of denominators;
    error² = k / (k - 1) · Σ influence², with k clusters with data. A difference has the difference of the influences, so it is
    paired. What the bootstrap finds by drawing, up to the noise of its draws and the factor k / (k - 1). No randomness.
    Source: linearisation, as for clustered samples; Liang and Zeger (1986).

    >>> found = linearise(np.array([[1.0], [2.0], [6.0]]), np.ones((3, 1)))
    >>> round(float(found.value[0]), 4), round(float(found.error[0]), 4)  # a mean: s / √3
    (3.0, 1.5275)
    """
    values, squares, clusters = [], [], []
    step = max(1, CELLS // max(1, len(parts[0])))
    for block in column_blocks(parts, step):
        value, influence = _influence(block)
        values.append(value)
        squares.append((influence * influence).sum(axis=0))
        clusters.append(np.minimum.reduce([counted(block[i : i + 2]) for i in range(0, len(block), 2)]))
    value = concatenated(values)
    k = np.concatenate(clusters)
    missing = np.ma.getmaskarray(value) | (k < 2)
    error = np.sqrt(np.concatenate(squares) * k / np.maximum(k - 1, 1))
    return Linearised(value, np.ma.MaskedArray(np.where(missing, 0.0, error), mask=missing), k)


def influences(*parts: Numbers) -> Floats:
    """[clusters, columns]: what each cluster adds to value - truth of `linearise`; 0 for columns without a value.

    The influences of one column minus those of another are the influences of their difference, whatever the two are: so any
    two estimates over the same clusters have a paired error.
    """
    return np.concatenate([_influence(block)[1] for block in column_blocks(parts, CELLS // max(1, len(parts[0])))], axis=1)


def delta_intervals(found: Linearised, *, level: float = 0.95, rate: bool = False) -> Intervals:
    """Intervals value ± t · error with (clusters with data - 1) degrees of freedom, or the reason why a column has none.

    Fewer than two clusters with data give no interval. Where all clusters are equal (a rate of 0 or 1, as a rule) the error is
    0 and would pretend certainty: a `rate` (a mean of values in [0, 1]) then gets the Wilson interval on its clusters and says
    so in `method`, anything else gets no interval. The ends of a rate are cut to [0, 1].
    """
    check_level(level)
    df, back = np.unique(np.maximum(found.clusters - 1, 1), return_inverse=True)
    t = np.array([t_quantile((1 + level) / 2, int(one)) for one in df])[back]
    value, half = found.value.data, t * found.error.data
    return settled(
        found.value,
        (value - half, value + half),
        clusters=found.clusters,
        reasons=[""] * value.size,
        equal=found.error.data <= ERROR_ZERO,
        all_equal="all clusters are equal, so they cannot show how uncertain this is",
        method=METHOD,
        level=level,
        rate=rate,
    )


def _influence(parts: list[Numbers]) -> tuple[Masked, Floats]:
    if len(parts) not in (2, 4):
        raise ValueError(f"a ratio has 2 parts and a difference of ratios 4; got {len(parts)}")
    sums = totals(parts)
    if len(parts) == 4:
        value = ratio_difference(*sums)
        influence = _of_ratio(parts[0], parts[1], sums[0], sums[1]) - _of_ratio(parts[2], parts[3], sums[2], sums[3])
        influence[:, np.ma.getmaskarray(value)] = 0.0
        return value, influence
    return ratio(*sums), _of_ratio(parts[0], parts[1], sums[0], sums[1])


def _of_ratio(numerator: Numbers, denominator: Numbers, above: Floats, below: Floats) -> Floats:
    value = ratio(above, below)
    scale = np.where(np.ma.getmaskarray(value), 0.0, 1 / np.where(below > 0, below, 1.0))
    influence = np.multiply(denominator, -value.data, dtype=np.float64)
    influence += numerator
    influence *= scale
    return influence
