"""How well a score orders: the area under the ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["auc"]


def auc(truth: ArrayLike, score: ArrayLike) -> float:
    """The probability that a true item has a higher score than a false one, ties counting half; in [0, 1], 0.5 = chance.

    `ValueError` where one of the two does not occur.

    >>> auc([True, True, False, False], [0.9, 0.4, 0.4, 0.1])
    0.875
    """
    chosen, scores = np.asarray(truth, bool), np.asarray(score, float)
    positives, negatives = int(chosen.sum()), int((~chosen).sum())
    if not positives or not negatives:
        raise ValueError("the area under the curve needs true and false items")
    distinct, place = np.unique(scores, return_inverse=True)
    counts = np.bincount(place, minlength=len(distinct))
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[chosen].sum() - positives * (positives + 1) / 2) / (positives * negatives))
