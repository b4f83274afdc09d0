"""From the draws of a bootstrap to the ends of an interval: percentile, basic and BCa."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Masked

__all__ = ["Ends", "Kind", "basic_ends", "bca_levels", "ends_at"]

Kind: TypeAlias = Literal["percentile", "basic", "bca"]

Ends: TypeAlias = tuple[Floats, Floats]

CELLS = 2**22
"""Numbers sorted at a time."""

NORMAL = NormalDist()


def ends_at(draws: Masked, lower: Floats, upper: Floats) -> Ends:
    """The quantiles `lower` and `upper` [columns] of the defined draws of each column, linearly interpolated.

    0 where no draw of a column is defined.
    """
    low, high = np.zeros(draws.shape[1]), np.zeros(draws.shape[1])
    for some, ordered, drawn in _ordered(draws):
        last = np.maximum(drawn - 1, 0)
        for quantile, end in ((lower[some], low), (upper[some], high)):
            position = quantile * last
            below = np.floor(position).astype(np.intp)
            above = np.minimum(below + 1, last)
            at_below, at_above = (np.take_along_axis(ordered, at[:, None], axis=1)[:, 0] for at in (below, above))
            end[some] = at_below + (position - below) * (at_above - at_below)
    return low, high


def basic_ends(value: Floats, percentile: Ends) -> Ends:
    """2 · value - the other percentile: the draws lie around the value as the value does around the truth."""
    low, high = percentile
    return 2 * value - high, 2 * value - low


def bca_levels(draws: Masked, value: Masked, acceleration: Masked, *, level: float) -> tuple[Floats, Floats, tuple[str, ...]]:
    """At which quantiles does the bias-corrected and accelerated interval end? With the reason where there is none.

    z0 is the normal quantile of the share of draws below the value (those equal count half); a quantile z of the plain
    interval becomes z0 + (z0 + z) / (1 - a (z0 + z)). Source: Efron (1987), equations 2.3 and 6.8.
    """
    below = np.asarray((draws < value).sum(axis=0).filled(0) + (draws <= value).sum(axis=0).filled(0)) / 2
    drawn = np.asarray(draws.count(axis=0))
    low, high, reasons = np.zeros(len(value)), np.zeros(len(value)), []
    for i, (n, under, a) in enumerate(zip(drawn.tolist(), below.tolist(), acceleration.tolist(), strict=True)):
        reason = ""
        if a is None:
            reason = "leaving out one cluster leaves no value, so there is no BCa interval"
        elif n and not 0 < under < n:
            reason = f"all {n} resamples lie on one side of the value, so there is no BCa interval"
        elif n:
            z0 = NORMAL.inv_cdf(under / n)
            moved = [z0 + NORMAL.inv_cdf(q) for q in ((1 - level) / 2, (1 + level) / 2)]
            if min(1 - a * z for z in moved) <= 0:
                reason = "too skewed for a BCa interval"
            else:
                low[i], high[i] = (NORMAL.cdf(z0 + z / (1 - a * z)) for z in moved)
                if min(low[i], 1 - high[i]) * n < 1:
                    reason = f"{n} resamples are too few for the BCa interval, which ends beyond the outermost of them"
        reasons.append(reason)
    return low, high, tuple(reasons)


def _ordered(draws: Masked) -> Iterator[tuple[slice, Floats, npt.NDArray[np.intp]]]:
    """Some columns at a time: [some columns, draws] in ascending order, undefined ones last, and how many are defined."""
    mask = np.ma.getmaskarray(draws)
    step = max(1, CELLS // max(1, len(draws)))
    for start in range(0, draws.shape[1], step):
        some = slice(start, start + step)
        rows = np.where(mask[:, some], np.inf, draws.data[:, some]).T.copy()
        rows.sort(axis=1)
        drawn = len(draws) - np.count_nonzero(mask[:, some], axis=0)
        rows[drawn == 0] = 0.0
        yield some, rows, np.asarray(drawn, dtype=np.intp)
