"""Who is ahead of whom, and how sure is that? Ranks from resamples that several items share."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.student import t_quantile

__all__ = ["Ranks", "ranks"]

DECIMALS = 9
"""Values that are equal to so many decimals are tied: 1/3 summed in another order is no better and no worse."""

STILL = 1e-12
"""A difference that moves less than this over the resamples does not move at all, up to rounding."""

FAR = 5.0
"""A normal tail beyond this is no longer taken over to Student's t: it would be a matter of digits."""

METHOD = "simultaneous over the differences to every other (max-|t| of the paired bootstrap, scaled to Student's t)"

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Ranks:
    """Ranks of `items`, 1 = the highest value; arrays [items] unless said.

    `rank`: 1 + the number of strictly higher values, so that tied items share the better rank. `low` and `high` bound the rank
    at `level`, from simultaneous intervals of the differences to all others. `drawn_low` and `drawn_high` are the ranks that
    the middle `level` of the resamples show (a tie there counts towards both sides).
    `above` [items, items]: the share of resamples in which the row's item is above the column's, a tie counting half; above +
    its transpose is 1, and the diagonal is 0.5.
    `behind`: the highest value of the *others* minus the item's own; negative = ahead of all others by that much. `behind_low`
    and `behind_high` bound it at `level`. `among_best`: `behind_low` <= 0, so that the item cannot be told from the best.
    `draws` counts the resamples used: those in which all items have a value.
    """

    rank: Places
    low: Places
    high: Places
    drawn_low: Places
    drawn_high: Places
    above: Floats
    behind: Floats
    behind_low: Floats
    behind_high: Floats
    among_best: npt.NDArray[np.bool_]
    level: float
    draws: int

    method = METHOD


def ranks(
    value: npt.ArrayLike, draws: np.ma.MaskedArray[Any, np.dtype[np.float64]] | Floats, *, clusters: int, level: float = 0.95
) -> Ranks:
    """Which items rank where, which are surely above which, and which cannot be told from the best?

    `value` [items] and `draws` [resamples, items] come from the *same* resamples of `clusters` clusters (`replicate`), so that
    what moves two items alike does not blur their order. Any real numbers, higher = better.

    For each item i the differences to all others get simultaneous intervals: value_j - value_i ± c · error_ij, where error is
    the standard deviation over resamples and c the `level` quantile of max_j |t|; both are made wider for few clusters, by
    sqrt(clusters / (clusters - 1)) and by taking Student's t with c's tail. i's rank is at least 1 + the number of others
    whose interval lies above 0, and so on. This holds however close the items are, and although the best was picked by looking:
    no item is singled out. The middle of the resampled ranks (`drawn_low`, `drawn_high`) is the usual figure, and too narrow
    where items are close. Where a difference is the same in every resample its error is taken to be as wide as Wilson's
    interval for 0 of `clusters` would be.

    `Undefined` with fewer than 2 items, fewer than 2 clusters, or no resample in which all items have a value.
    Sources: Hsu (1984), Annals of Statistics 12 (comparison with the best); Mogstad, Romano, Shaikh and Wilhelm (2024), Review
    of Economic Studies 91 (ranks from simultaneous intervals of differences).

    >>> from normscope.stats import Resamples, ratio, replicate
    >>> right = np.repeat([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1.0]], 10, axis=0)
    >>> drawn = replicate(Resamples(40, 500, 0), ratio, right, np.ones(right.shape))
    >>> found = ranks(drawn.value.data, drawn.draws, clusters=40)
    >>> found.rank.tolist(), found.low.tolist(), found.high.tolist(), found.among_best.tolist()
    ([1, 1, 3], [1, 1, 3], [2, 2, 3], [True, True, False])
    """
    values, drawn = _complete(value, draws)
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
    if clusters < 2:
        raise Undefined(f"a ranking needs data on at least 2 clusters of dilemmas; {clusters} has them")
    items = values.size
    apart, margin = np.empty((items, items)), np.empty((items, items))
    for i in range(items):
        apart[i] = values - values[i]
        margin[i] = _margins(i, apart[i], drawn, clusters, level)
    others = ~np.eye(items, dtype=bool)
    rank, first, last, above = _places(values, drawn)
    tail = (1 - level) / 2 * (len(drawn) - 1)
    behind, low, high = (np.where(others, x, -np.inf).max(axis=1) for x in (apart, apart - margin, apart + margin))
    return Ranks(
        rank=rank,
        low=1 + ((apart - margin > 0) & others).sum(axis=1),
        high=items - ((apart + margin < 0) & others).sum(axis=1),
        drawn_low=np.sort(first, axis=0)[int(np.floor(tail))],
        drawn_high=np.sort(last, axis=0)[len(drawn) - 1 - int(np.floor(tail))],
        above=above,
        behind=behind,
        behind_low=low,
        behind_high=high,
        among_best=low <= 0,
        level=level,
        draws=len(drawn),
    )


def _complete(value: npt.ArrayLike, draws: Any) -> tuple[Floats, Floats]:
    values = np.asarray(value, dtype=np.float64)
    masked = np.ma.MaskedArray(draws)
    if values.ndim != 1 or masked.shape[1:] != values.shape or not np.isfinite(values).all():
        raise ValueError(f"values [items] and draws [resamples, items] are needed; got {values.shape} and {masked.shape}")
    if values.size < 2:
        raise Undefined(f"a ranking needs at least 2 to rank; got {values.size}")
    drawn = np.asarray(masked.data, dtype=np.float64)[~np.ma.getmaskarray(masked).any(axis=1)]
    if len(drawn) < 2:
        raise Undefined("a ranking needs at least 2 resamples in which all have a value")
    return values, drawn


def _margins(i: int, apart: Floats, drawn: Floats, clusters: int, level: float) -> Floats:
    """Half-widths [items] of the simultaneous intervals of value_j - value_i; 0 at i itself."""
    moved = drawn - drawn[:, [i]] - apart
    error = moved.std(axis=0)
    error[error <= STILL] = 0.0
    scaled = np.divide(np.abs(moved), error, out=np.zeros(moved.shape), where=error > 0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    critical = max(z, float(np.quantile(scaled.max(axis=1), level)))
    # from few clusters the error itself is uncertain: the quantile of Student's t with the same tail, far out for many items
    wide = max(critical, t_quantile(NormalDist().cdf(min(critical, FAR)), clusters - 1))
    unseen = z / (clusters + z * z)
    margin: Floats = wide * np.where(error > 0, error * sqrt(clusters / (clusters - 1)), unseen)
    margin[i] = 0.0
    return margin


def _places(values: Floats, drawn: Floats) -> tuple[Places, Places, Places, Floats]:
    """Ranks of the values; the best and the worst rank [resamples, items] that ties allow; how often each is above each."""
    value, rounded = np.round(values, DECIMALS), np.round(drawn, DECIMALS)
    first, last = np.empty(drawn.shape, dtype=np.intp), np.empty(drawn.shape, dtype=np.intp)
    above = np.empty((values.size, values.size))
    rank = np.empty(values.size, dtype=np.intp)
    for i in range(values.size):
        mine = rounded[:, [i]]
        higher, level_with = rounded > mine, rounded == mine
        first[:, i] = 1 + higher.sum(axis=1)
        last[:, i] = (higher | level_with).sum(axis=1)
        above[i] = ((~higher).sum(axis=0) - level_with.sum(axis=0) / 2) / len(drawn)
        rank[i] = 1 + int((value > value[i]).sum())
    return rank, first, last, above
