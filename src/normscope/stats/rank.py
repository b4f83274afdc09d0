"""How well a score orders: the area under the ROC curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined

__all__ = ["auc"]


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
    distinct, place = np.unique(scores, return_inverse=True)
    counts = np.bincount(place, minlength=len(distinct))
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[chosen].sum() - positives * (positives + 1) / 2) / (positives * negatives))
