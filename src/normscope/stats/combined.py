"""Corrected rates put together: from rows that are known and rows that were sampled, and as a rate among some of the rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.corrected import Corrected, centred, does_not_move, interval, standard_error, unseen_variance

__all__ = ["known_rate", "over_clusters", "quotient", "with_known"]


def over_clusters(rate: Corrected, n: int) -> Corrected:
    """The same rate with an influence over `n` clusters: those past its last row have none.

    A rate of some rows numbers clusters up to its own last one; two rates can be put together over the same clusters only.
    """
    return replace(rate, influence=np.concatenate([rate.influence, np.zeros(n - rate.influence.size)]))


def quotient(first: Corrected, second: Corrected) -> Corrected:
    """What is the rate among the rows that count, if both their sum and their share had to be corrected?

    `first` is the corrected mean of value · counts over all rows, `second` that of counts, by the same labels; so the first
    is at most the second. In [0, 1]; the interval is by linearisation and is cut there. A second one of 1 without any
    influence gives the first. `Undefined` where the second is 0; different clusters or levels are a ValueError.
    """
    if first.level != second.level or first.influence.shape != second.influence.shape:
        raise ValueError("a quotient needs two rates of the same rows at the same level")
    if second.value <= 0:
        raise Undefined("no comparison is left that people could decide")
    value = min(1.0, first.value / second.value)
    influence = (first.influence - value * second.influence) / second.value
    unseen = (first.unseen + value**2 * second.unseen) / second.value**2
    return _rate(value, influence, min(first.clusters, second.clusters), unseen, first.level)


def with_known(
    sampled: Corrected, weight: Floats, values: npt.ArrayLike, weights: npt.ArrayLike, clusters: npt.ArrayLike
) -> Corrected:
    """What is the rate over all rows, if some are known for certain and of the others there is a corrected rate?

    `sampled` is the corrected rate of the uncertain rows and `weight` [all clusters] their summed weights; `values`, `weights`
    and `clusters` [rows] are those of the known ones. In [0, 1]. The known rows have no error of measurement, but which
    dilemmas were asked is as uncertain for them as for the others.

    >>> part = Corrected(0.5, 0.4, 0.6, 0.95, 0.05, 2, np.array([0.03, -0.03]), 0.0)
    >>> with_known(part, np.array([1.0, 1.0]), [1.0, 1.0], [1.0, 1.0], [0, 1]).value
    0.75
    """
    v, w, c = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64), np.asarray(clusters, dtype=np.intp)
    known, uncertain = float(w.sum()), float(weight.sum())
    if not known:
        return sampled
    total = known + uncertain
    value = (float(w @ v) + uncertain * sampled.value) / total
    moved = np.bincount(c, weights=w * (v - value), minlength=weight.size) + weight * (sampled.value - value)
    share = uncertain / total
    influence = moved / total + share * sampled.influence
    return _rate(value, influence, sampled.clusters, share**2 * sampled.unseen, sampled.level)


def known_rate(
    values: npt.ArrayLike, weights: npt.ArrayLike, clusters: npt.ArrayLike, *, n: int, level: float = 0.95
) -> Corrected:
    """What is the rate of rows of which every one is known: only which dilemmas were asked is uncertain.

    `n` is the number of clusters in all. In [0, 1]. Where all clusters have the same
    mean the interval reaches as far as Wilson's would for as many equal rows as clusters.
    `Undefined` with rows on fewer than 2 clusters.
    """
    v, w, c = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64), np.asarray(clusters, dtype=np.intp)
    seen = int(np.unique(c).size)
    if seen < 2:
        raise Undefined(f"an interval needs data on at least 2 clusters of dilemmas; {seen} has them")
    value, each = centred(v, w)
    influence = np.bincount(c, weights=each, minlength=n).astype(np.float64)
    unseen = unseen_variance(w, c, level=level) if does_not_move(influence) else 0.0
    return _rate(value, influence, seen, unseen, level)


def _rate(value: float, influence: Floats, clusters: int, unseen: float, level: float) -> Corrected:
    error = standard_error(influence, clusters, unseen)
    low, high = interval(value, error, clusters, level=level)
    return Corrected(value, low, high, level, error, clusters, influence, unseen)
