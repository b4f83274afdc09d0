"""The jackknife: what does a statistic become when each cluster is left out in turn?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Masked, Numbers, Statistic, concatenated
from normscope.stats.cluster_parts import column_blocks, totals, with_data

__all__ = ["Jackknife", "jackknife"]

CELLS = 2**22
"""Leave-one-out values computed at a time."""


@dataclass(frozen=True, eq=False)
class Jackknife:
    """[columns] each: a statistic, its standard error and bias, and how its error changes with its value.

    `acceleration` is that of the BCa interval: 0 where the clusters pull to both sides alike. All but `value` are masked with
    fewer than two clusters with data, and where leaving one out leaves no value. `clusters` counts those with data.
    """

    value: Masked
    error: Masked
    bias: Masked
    acceleration: Masked
    clusters: npt.NDArray[np.intp]


def jackknife(statistic: Statistic, *parts: Numbers) -> Jackknife:
    """How uncertain is a statistic of sums over clusters, by leaving each cluster out once?

    Each of `parts` is [clusters, columns]. With k clusters with data and d = mean of the k values - each of them, error² is
    (k - 1) / k · Σ d², bias (k - 1) · (mean of the k values - value), and acceleration Σ d³ / (6 (Σ d²)^1.5).
    Clusters without data for a column change nothing there. No randomness. Source: Efron and Tibshirani (1993), 11.5 and 14.15.

    >>> found = jackknife(lambda *sums: np.ma.MaskedArray(sums[0] / sums[1]), np.array([[1.0], [2.0], [6.0]]), np.ones((3, 1)))
    >>> [round(float(x[0]), 4) for x in (found.value, found.error, found.acceleration)]  # a mean: error = s / √3
    [3.0, 1.5275, 0.0573]
    """
    blocks = [_block(statistic, block) for block in column_blocks(parts, CELLS // max(1, len(parts[0])))]
    value, error, bias, acceleration = (concatenated(pieces) for pieces in list(zip(*blocks, strict=True))[:4])
    return Jackknife(value, error, bias, acceleration, np.concatenate([block[4] for block in blocks]))


def _block(statistic: Statistic, parts: list[Numbers]) -> tuple[Masked, Masked, Masked, Masked, npt.NDArray[np.intp]]:
    sums, present = totals(parts), with_data(parts)
    value = statistic(*sums)
    without = statistic(*(total - part for total, part in zip(sums, parts, strict=True)))
    clusters = np.count_nonzero(present, axis=0)
    lost = (np.ma.getmaskarray(without) & present).any(axis=0)
    undefined = lost | (clusters < 2) | np.ma.getmaskarray(value)
    k = np.maximum(clusters, 2)
    mean = np.where(present, without.data, 0.0).sum(axis=0) / k
    d = np.where(present, mean - without.data, 0.0)
    squares = (d * d).sum(axis=0)
    scale = 6 * squares**1.5
    acceleration = np.divide((d**3).sum(axis=0), scale, out=np.zeros(scale.shape), where=scale > 0)
    error, bias = np.sqrt((k - 1) / k * squares), (k - 1) * (mean - value.data)
    masked = [np.ma.MaskedArray(np.where(undefined, 0.0, x), mask=undefined) for x in (error, bias, acceleration)]
    return value, masked[0], masked[1], masked[2], np.asarray(clusters, dtype=np.intp)
