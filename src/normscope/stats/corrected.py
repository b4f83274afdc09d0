"""A rate corrected for the matcher's errors, with its interval, and the paired difference of two of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from normscope.stats.bootstrap import Floats
from normscope.stats.student import t_quantile

__all__ = ["Corrected", "difference"]

ROUNDING = 1e-24
"""A variance below this is rounding."""


@dataclass(frozen=True, eq=False)
class Corrected:
    """A corrected value with its interval, for the estimand `dilemmas like these`.

    A rate and its interval lie in [0, 1], a difference of rates in [-1, 1]; both are cut there. `error` is the standard
    error and `clusters` the number of clusters with a labelled row. `influence` [all clusters] is what each cluster adds to
    value - truth (it sums to 0), so that differences of rates from the same labels are paired. `unseen` is the part of
    `error`² that stands for errors of the matcher which no labelled row happened to show (see `unseen_variance`).
    """

    value: float
    low: float
    high: float
    level: float
    error: float
    clusters: int
    influence: Floats
    unseen: float


def difference(first: Corrected, second: Corrected) -> Corrected:
    """By how much does the first rate exceed the second, both corrected with the same labels of the same rows?

    In [-1, 1]. Paired: what moves both rates alike does not widen the interval. Different levels or numbers of clusters are
    a ValueError.
    """
    if first.level != second.level or first.influence.shape != second.influence.shape:
        raise ValueError("a difference needs two rates of the same rows at the same level")
    value, influence = first.value - second.value, first.influence - second.influence
    clusters, unseen = min(first.clusters, second.clusters), first.unseen + second.unseen
    error = standard_error(influence, clusters, unseen)
    low, high = interval(value, error, clusters, level=first.level, lowest=-1.0)
    return Corrected(value, low, high, first.level, error, clusters, influence, unseen)


def centred(values: Floats, weights: Floats) -> tuple[float, Floats]:
    """The weighted mean of rows, and the influence of each row on it: w (value - mean) / sum w."""
    # sums and no dot products: those go to as many threads as there are, and their last digits with them
    total = float(weights.sum())
    mean = float((weights * values).sum()) / total
    return mean, weights * (values - mean) / total


def standard_error(influence: Floats, clusters: int, unseen: float) -> float:
    """The standard error by linearisation over clusters.

    The usual small-sample factor k / (k - 1) is taken with k = the clusters that hold a label, since these are the few.
    """
    return sqrt(float((influence * influence).sum()) * clusters / (clusters - 1) + unseen)


def does_not_move(influence: Floats) -> bool:
    """Does no cluster move the value? So it is where all rows are equal, and where each cluster has the same mean."""
    return float((influence * influence).sum()) <= ROUNDING


def interval(value: float, error: float, clusters: int, *, level: float, lowest: float = 0.0) -> tuple[float, float]:
    """value ± t · error, cut at `lowest` and 1; t has (clusters with a label) - 1 degrees of freedom.

    t and not normal: with 50 labels in 20 dilemmas the error itself is known from 20 numbers only.
    """
    half = t_quantile((1 + level) / 2, clusters - 1) * error
    return max(lowest, value - half), min(1.0, value + half)


def unseen_variance(weights: Floats, clusters: npt.NDArray[np.intp], *, level: float, share: float = 1.0) -> float:
    """What the variance lacks where no labelled row shows an error, or no cluster differs: 0 seen is not a rate of 0.

    Chosen so that the interval reaches as far as Wilson's does for 0 of n, where n is the effective number of labels under
    these weights (Kish: (sum w)² / sum w²) or the number of their clusters, whichever is smaller. `share` is the part of all
    weight that these labels speak for.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    n = min(float(weights.sum()) ** 2 / float((weights * weights).sum()), float(np.unique(clusters).size))
    return (share * z / (n + z * z)) ** 2
