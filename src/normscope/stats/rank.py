"""Ranks, and how well a score orders: the area under the ROC curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined

__all__ = ["auc", "average_ranks"]


def auc(truth: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """How likely has a true item a higher score than a false one, an equal score counting half?

    Two 1-D arrays over the same items. In [0, 1]: 1 = every true item above every false one, 0.5 = as by chance.
    `Undefined` where true or false items are missing. Source: the Mann–Whitney statistic over the number of pairs (Hanley and
    McNeil 1982, Radiology 143).

    >>> auc([True, True, False, False], [0.9, 0.4, 0.4, 0.1])
    0.875
    """
    chosen, scores = np.asarray(truth, bool), np.asarray(score, float)
    positives, negatives = int(chosen.sum()), int((~chosen).sum())
    if not positives or not negatives:
        raise Undefined(f"the area under the curve needs true and false items; got {positives} and {negatives}")
    return float((average_ranks(scores)[chosen].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The place of each value in a 1-D array from the smallest, 1, on; equal values share the mean of their places.

    >>> average_ranks(np.array([0.5, 0.1, 0.5])).tolist()
    [2.5, 1.0, 2.5]
    """
    distinct, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, minlength=len(distinct))
    ranks: npt.NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks
