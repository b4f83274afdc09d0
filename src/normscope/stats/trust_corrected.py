"""Intervals of corrected rates that cover what they say near 0 and 1 and where labels are few, or a reason why there is none.

value ± t · error of a `Corrected` rate takes its error as known from all labelled clusters and the same at every rate. Near 0 or
1 and with a matcher that is nearly always right neither holds, and of a quotient such as Rogan-Gladen's it is a poor picture.
docs/statistics/coverage.md shows what these cover.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import TypeVar

import numpy as np

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats
from normscope.stats.corrected import Corrected
from normscope.stats.rogan_gladen import RoganGladen
from normscope.stats.score import score_interval, steady_df, t_factors
from normscope.stats.trust import FEW, LEAST_CLUSTERS, too_few

__all__ = ["cautious", "trusted_corrected", "trusted_difference", "trusted_quotient", "trusted_rogan_gladen"]

Rate = TypeVar("Rate", bound=Corrected)


def trusted_corrected(rate: Rate) -> Rate:
    """The same rate (of `ppi`, say) with an interval that also covers near 0 and 1 and where few labels show an error.

    Wilson's interval on the effective sample size value (1 - value) / error², with t of as many degrees of freedom as its
    variance really rests on (`steady_df`), at most (clusters with a label) - 2, since `lam` was tuned on the same clusters.
    In [0, 1]. Where nothing moves the value or it was cut at 0 or 1 the interval stays: it is already as wide as Wilson's would
    be. `Undefined` with labels on fewer than `LEAST_CLUSTERS` clusters.

    >>> rate = Corrected(0.9, 0.8, 1.0, 0.95, 0.05, 31, np.tile([0.009, -0.009], 15), 0.0)
    >>> found = trusted_corrected(rate)
    >>> round(found.low, 3), round(found.high, 3)
    (0.75, 0.964)
    """
    factor = _factor(rate)
    if not 0 < rate.value < 1 or rate.error == 0:
        return rate
    low, high = score_interval(np.array([rate.value]), np.array([_rows_worth(rate)]), np.array([factor]))
    return replace(rate, low=float(low[0]), high=float(high[0]))


def trusted_difference(found: Rate) -> Rate:
    """The same difference of corrected rates (`ppi_difference`, `difference`), with t of the degrees of freedom it rests on.

    In [-1, 1]. `Undefined` as `trusted_corrected`.
    """
    half = _factor(found) * found.error
    return replace(found, low=max(-1.0, found.value - half), high=min(1.0, found.value + half))


def trusted_rogan_gladen(found: RoganGladen) -> RoganGladen:
    """The same rate with the interval of a quotient whose denominator is uncertain (`trusted_quotient`).

    `Undefined` where the labels do not show that the matcher tells anything: any rate would then be possible.
    """
    numerator = found.raw + found.specificity - 1  # the value was cut at 0 and 1, this was not
    name = "sensitivity + specificity - 1"
    return trusted_quotient(found, numerator, denominator=found.youden, on_denominator=found.on_youden, name=name)


def trusted_quotient(rate: Rate, numerator: float, *, denominator: float, on_denominator: Floats, name: str) -> Rate:
    """The same rate with Fieller's interval: `rate` is numerator / denominator, the latter > 0 and moved by `on_denominator`.

    A rate x belongs to the interval if numerator - x · denominator is within t standard errors of 0, where t has (clusters with a
    label) - 1 degrees of freedom. In [0, 1]. Unlike value ± t · error it knows that a quotient strays further to the side
    where its denominator is small.

    `Undefined` where the denominator, called `name`, is within t standard errors of 0 itself (no rate can then be
    excluded), where every x that belongs lies outside [0, 1] (labels and rows contradict each other), and with labels on
    fewer than `LEAST_CLUSTERS` clusters. Source: Fieller (1954), JRSS B 16.

    >>> rate = Corrected(0.5, 0.3, 0.7, 0.95, 0.1, 400, np.tile([0.005, -0.005], 200), 0.0)
    >>> found = trusted_quotient(rate, 0.25, denominator=0.5, on_denominator=-0.8 * rate.influence, name="it")
    >>> round(found.low, 3), round(found.high, 3)
    (0.35, 0.787)
    """
    _enough(rate)
    t = float(t_factors(rate.clusters - 1, level=rate.level))
    small = t * t * rate.clusters / (rate.clusters - 1)
    error = sqrt(small * float((on_denominator * on_denominator).sum()))
    if error >= denominator:
        raise Undefined(f"the labels do not show that {name} is above 0: it is {denominator:.3f}, give or take {error:.3f}")
    # numerator - x · denominator is moved by on_numerator - x · on_denominator, so the condition on x is a square one
    on_numerator = denominator * rate.influence + rate.value * on_denominator
    a = denominator**2 - error**2
    b = numerator * denominator - small * float((on_numerator * on_denominator).sum())
    c = numerator**2 - small * float((on_numerator * on_numerator).sum()) - t * t * rate.unseen * denominator**2
    root = sqrt(max(0.0, b * b - a * c))
    low, high = (b - root) / a, (b + root) / a
    if low > 1 or high < 0:
        raise Undefined(f"labels and rows contradict each other: the rate would lie between {low:.3f} and {high:.3f}")
    return replace(rate, low=max(0.0, low), high=min(1.0, high))


def cautious(rate: Corrected) -> bool:
    """Does the rate rest on so few effective successes or failures that its interval may cover more often than it says?

    For a rate in [0, 1]; of a difference it says nothing.
    """
    return rate.error > 0 and _rows_worth(rate) * min(rate.value, 1 - rate.value) < FEW


def _rows_worth(rate: Corrected) -> float:
    return rate.value * (1 - rate.value) / rate.error**2


def _enough(rate: Corrected) -> None:
    if rate.clusters < LEAST_CLUSTERS:
        raise Undefined(too_few(rate.clusters))


def _factor(rate: Corrected) -> float:
    """t, and by how much an error is too small that was made least on the same clusters."""
    _enough(rate)
    left = rate.clusters - 2
    return float(t_factors(min(left, steady_df(rate.influence)), level=rate.level)) * sqrt((left + 1) / left)
