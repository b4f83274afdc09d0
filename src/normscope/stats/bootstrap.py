"""The cluster bootstrap: how far would a statistic move if other dilemmas like these had been asked?

Clusters are drawn with replacement. A draw is a row of weights (how often each cluster was picked), so every statistic that
is a function of sums comes out of one matrix product for all columns at once. All metrics share one `Resamples`: their
differences are therefore paired.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from normscope.stats.rates import wilson

__all__ = [
    "Floats",
    "Intervals",
    "Masked",
    "Replicates",
    "Resamples",
    "Statistic",
    "intervals",
    "ratio",
    "ratio_difference",
    "replicate",
]

Floats: TypeAlias = npt.NDArray[np.float64]
Masked: TypeAlias = "np.ma.MaskedArray[Any, np.dtype[np.float64]]"
"""Numbers of which some are undefined: those are masked, and never NaN."""

BLOCK = 2**22
"""Cluster picks drawn at a time; bounds the memory that is needed beside the weights themselves."""

WIDTH_ZERO = 1e-12
"""An interval narrower than this comes from resamples that are all equal, up to rounding."""


class Statistic(Protocol):
    """A function of sums over clusters, elementwise; masked where it is undefined."""

    def __call__(self, *sums: Floats) -> Masked: ...


@dataclass(frozen=True)
class Resamples:
    """`draws` bootstrap samples of `clusters` clusters, from a seed. The same three numbers always give the same weights.

    >>> Resamples(clusters=4, draws=3, seed=0).weights.sum(axis=1)
    array([4., 4., 4.])
    """

    clusters: int
    draws: int
    seed: int

    def __post_init__(self) -> None:
        if self.clusters < 1 or self.draws < 1:
            raise ValueError(f"a bootstrap needs at least one cluster and one draw; got {self.clusters} and {self.draws}")

    @cached_property
    def weights(self) -> Floats:
        """[draws, clusters]: how often each draw picked each cluster; multinomial, every row sums to `clusters`."""
        rng = np.random.default_rng(self.seed)
        weights = np.empty((self.draws, self.clusters))
        step = max(1, BLOCK // self.clusters)
        for start in range(0, self.draws, step):
            rows = min(step, self.draws - start)
            # picks of row i are shifted by i * clusters, so that one bincount counts all rows at once
            picks = rng.integers(0, self.clusters, size=(rows, self.clusters))
            picks += np.arange(0, rows * self.clusters, self.clusters)[:, None]
            counts = np.bincount(picks.ravel(), minlength=rows * self.clusters)
            weights[start : start + rows] = counts.reshape(rows, self.clusters)
        return weights

    @property
    def method(self) -> str:
        """How an interval from these resamples was made, for people to read."""
        return f"cluster bootstrap, percentile, {self.draws} draws, seed {self.seed}"


@dataclass(frozen=True, eq=False)
class Replicates:
    """A statistic on the data, `value` [columns], and on every resample, `draws` [draws, columns].

    `clusters` [columns] counts the clusters with data.
    """

    value: Masked
    draws: Masked
    clusters: npt.NDArray[np.intp]
    resamples: Resamples


@dataclass(frozen=True, eq=False)
class Intervals:
    """Values with intervals, one per column; what is undefined is masked and has its reason.

    `reason` is empty where value and interval stand; it says why there is no interval, or (where `value` is masked too)
    no value. `method` says how the interval was made and is `no interval` where there is none.
    """

    value: Masked
    low: Masked
    high: Masked
    reason: tuple[str, ...]
    method: tuple[str, ...]


def ratio(*sums: Floats) -> Masked:
    """numerator / denominator; undefined where the denominator is 0.

    >>> ratio(np.array([3.0, 0.0]), np.array([4.0, 0.0])).tolist()
    [0.75, None]
    """
    numerator, denominator = sums
    quotient = np.zeros(np.shape(denominator))
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return np.ma.MaskedArray(quotient, mask=denominator <= 0)


def ratio_difference(*sums: Floats) -> Masked:
    """First numerator / first denominator - second numerator / second denominator; undefined where either is.

    >>> ratio_difference(*(np.array([x]) for x in (3.0, 4.0, 1.0, 2.0))).tolist()
    [0.25]
    """
    numerator, denominator, other_numerator, other_denominator = sums
    first, second = ratio(numerator, denominator), ratio(other_numerator, other_denominator)
    mask = np.ma.getmaskarray(first) | np.ma.getmaskarray(second)
    return np.ma.MaskedArray(np.where(mask, 0.0, first.data - second.data), mask=mask)


def replicate(resamples: Resamples, statistic: Statistic, *parts: Floats, rows: npt.NDArray[np.intp] | None = None) -> Replicates:
    """A statistic of sums over clusters, on the data and on every resample.

    Each of `parts` is [clusters, columns]. Where only some clusters have data, pass only their rows and their numbers in
    `rows`: the others add nothing. A cluster has data for a column if any of its parts is not 0.

    >>> counts = replicate(Resamples(3, 100, 0), ratio, np.array([[1.0], [0.0], [1.0]]), np.ones((3, 1)))
    >>> round(float(counts.value[0]), 3), int(counts.clusters[0]), counts.draws.shape
    (0.667, 3, (100, 1))
    """
    weights = resamples.weights if rows is None else resamples.weights[:, rows]
    present = np.logical_or.reduce([part != 0 for part in parts])
    return Replicates(
        value=statistic(*(part.sum(axis=0) for part in parts)),
        draws=statistic(*(weights @ part for part in parts)),
        clusters=present.sum(axis=0),
        resamples=resamples,
    )


def intervals(replicates: Replicates, *, level: float = 0.95, rate: bool = False) -> Intervals:
    """Percentile intervals of the given level, one per column, or the reason why a column has none.

    Resamples in which a column is undefined are left out of its percentiles. Fewer than two clusters with data give no
    interval. Where all resamples are equal (a rate of 0 or 1, as a rule) the percentiles would pretend certainty: a `rate`
    (a mean of values in [0, 1]) then gets the Wilson interval on its clusters and says so in `method`, anything else
    gets no interval.
    """
    low, high, drawn = _percentiles(replicates.draws, level)
    undefined = np.ma.getmaskarray(replicates.value)
    equal = high - low <= WIDTH_ZERO
    reason, method = [], []
    missing = np.zeros(low.shape, dtype=bool)
    for i, clusters in enumerate(replicates.clusters.tolist()):
        why, how = "", replicates.resamples.method
        if undefined[i]:
            why = "no data"
        elif clusters < 2:
            why = "an interval needs data on at least 2 clusters of dilemmas; 1 has them"
        elif not drawn[i]:
            why = "undefined in every resample"
        elif equal[i] and not rate:
            why = "all resamples are equal, so they cannot show how uncertain this is"
        elif equal[i]:
            low[i], high[i] = wilson(float(replicates.value.data[i]) * clusters, clusters, level=level)
            how = "wilson (all equal)"
        missing[i] = bool(why)
        reason.append(why)
        method.append("no interval" if why else how)
    return Intervals(
        value=replicates.value,
        low=np.ma.MaskedArray(np.where(missing, 0.0, low), mask=missing),
        high=np.ma.MaskedArray(np.where(missing, 0.0, high), mask=missing),
        reason=tuple(reason),
        method=tuple(method),
    )


def _percentiles(draws: Masked, level: float) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
    """Low and high percentile of the defined draws of each column, linearly interpolated, and how many are defined."""
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
    drawn = np.asarray(draws.count(axis=0), dtype=np.intp)
    ordered = np.sort(np.where(np.ma.getmaskarray(draws), np.inf, draws.data), axis=0)  # undefined draws go to the end
    ordered[:, drawn == 0] = 0.0
    last = np.maximum(drawn - 1, 0)
    ends = []
    for quantile in ((1 - level) / 2, (1 + level) / 2):
        position = quantile * last
        below = np.floor(position).astype(np.intp)
        above = np.minimum(below + 1, last)
        at_below = np.take_along_axis(ordered, below[None, :], axis=0)[0]
        at_above = np.take_along_axis(ordered, above[None, :], axis=0)[0]
        ends.append(at_below + (position - below) * (at_above - at_below))
    return ends[0], ends[1], drawn
