"""Wilson's interval where rows are clustered: on the effective sample size, with Student's t.

value ± t · error is too narrow near a rate of 0 or 1 and leaves [0, 1]. Wilson's interval asks the other way round which
rates would not have been surprised by the value; n is then the number of independent rows that would have the same
error, and t pays for knowing that error from few clusters only.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.stats.bootstrap import Floats
from normscope.stats.student import t_quantile

__all__ = ["effective_clusters", "score_interval", "steady_df", "t_factors"]


def score_interval(value: Floats, n: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """Which rates lie within `factor` of their own standard errors of `value`, with n effective rows?

    All [columns]: `value` in [0, 1], `n` > 0, `factor` > 0 (a quantile of t). Both ends lie in [0, 1]; at a value of 0 or 1
    one end is exactly that. Sources: Wilson (1927); with the effective sample size Dean and Pagano (2015), Franco, Little,
    Louis and Slud (2019).

    >>> low, high = score_interval(np.array([1.0]), np.array([10.0]), np.array([1.959964]))  # Wilson's for 10 of 10
    >>> round(float(low[0]), 4), float(high[0])
    (0.7225, 1.0)
    """
    shift = factor**2 / n
    centre = (value + shift / 2) / (1 + shift)
    half = np.sqrt(shift * value * (1 - value) + shift**2 / 4) / (1 + shift)
    # at the edges one end is exactly 0 or 1 in theory; rounding must not push it out
    low = np.where(value <= 0, 0.0, np.maximum(0.0, centre - half))
    high = np.where(value >= 1, 1.0, np.minimum(1.0, centre + half))
    return low, high


def effective_clusters(weight: Floats) -> Floats:
    """How many clusters of equal size say as much as these: (sum w)² / sum w², per column of `weight` [clusters, columns].

    From 1 (one cluster has all rows) to the number of clusters (all have as many); 0 without weight. Source: Kish (1965).

    >>> effective_clusters(np.array([[2.0, 4.0], [2.0, 0.0]])).tolist()
    [2.0, 1.0]
    """
    squares = (weight * weight).sum(axis=0)
    found = np.zeros(squares.shape)
    np.divide(weight.sum(axis=0) ** 2, squares, out=found, where=squares > 0)
    return found


def steady_df(influence: Floats) -> float:
    """With how many degrees of freedom is the variance of a value known, if each cluster adds `influence` [clusters] to it?

    2 (sum u²)² / sum u⁴, so that the variance counts as known from as few numbers as it really rests on: where five labels of
    a hundred show what the matcher errs, it rests on about these five. For normal influences 2/3 of their number; infinite where
    nothing moves. Source: Satterthwaite (1946), with the fourth moment estimated.

    >>> round(steady_df(np.array([1.0, 0.0, 0.0, -1.0])), 1)
    4.0
    """
    squares = influence * influence
    fourth = float((squares * squares).sum())
    return 2 * float(squares.sum()) ** 2 / fourth if fourth > 0 else np.inf


def t_factors(df: npt.ArrayLike, *, level: float) -> Floats:
    """The quantile of Student's t that an interval of this level multiplies its error by, for each of `df` > 0.

    Degrees of freedom are rounded down to two digits, below 1 to 1: the interval is that little bit wider, and many columns share
    their quantiles.

    >>> t_factors([3.0, 1e9], level=0.95).round(3).tolist()
    [3.182, 1.96]
    """
    wanted = np.clip(np.asarray(df, dtype=np.float64), 1.0, 1e9)
    step = 10.0 ** (np.floor(np.log10(wanted)) - 1)
    different, where = np.unique(np.floor(wanted / step + 1e-9) * step, return_inverse=True)
    quantiles = np.array([t_quantile((1 + level) / 2, float(one)) for one in different])
    return quantiles[where].reshape(wanted.shape)
