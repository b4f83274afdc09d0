"""Are two rates the same for all that matters? Two one-sided tests against a margin."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal

from normscope.errors import Undefined
from normscope.stats.student import t_cdf, t_quantile

__all__ = ["Equivalence", "equivalence", "equivalence_of_interval"]

Margin = float | tuple[float, float]


@dataclass(frozen=True)
class Equivalence:
    """A verdict on whether a quantity lies between `low` and `high`, the margins, and the p-value of the test.

    `p_value` in [0, 1] is the larger of the two one-sided p-values: how probable is a result so far inside the margins, if
    the quantity lay on the nearer one or beyond? The verdict is `equivalent` where it is below `alpha`, else `not shown`: the
    latter does not say that there is a difference.
    """

    verdict: Literal["equivalent", "not shown"]
    p_value: float
    low: float
    high: float
    alpha: float


def equivalence(estimate: float, standard_error: float, *, margin: Margin, df: float = inf, alpha: float = 0.05) -> Equivalence:
    """Is the quantity that was estimated close enough to 0, say a difference to the ceiling, to count as none?

    `margin` is the largest difference that does not matter, chosen before looking, in the units of the estimate: one number for
    -margin to margin, or two ends, such as (0.9, 1.1) for a ratio. `df` are the degrees of freedom of the standard error (for
    clusters, their number minus 1); infinite gives the normal distribution. The verdict is `equivalent` exactly where the
    interval of level 1 - 2 alpha (90 % for 0.05) lies inside the margins.

    `Undefined` where the standard error is 0: such data cannot show how uncertain they are. Margins in the wrong order and
    numbers that are not finite are a ValueError. Source: Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15.

    >>> found = equivalence(-0.01, 0.02, margin=0.05, df=99)
    >>> found.verdict, round(found.p_value, 4)
    ('equivalent', 0.0241)
    """
    low, high = margin if isinstance(margin, tuple) else (-margin, margin)
    if not all(isfinite(number) for number in (estimate, standard_error, low, high)) or standard_error < 0:
        got = f"{estimate}, {standard_error}, {low} and {high}"
        raise ValueError(f"finite numbers and a standard error from 0 up are needed; got {got}")
    if low >= high:
        raise ValueError(f"a margin above 0 is needed, or two ends of which the first is lower; got {low} and {high}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha lies between 0 and 0.5; got {alpha}")
    if standard_error == 0:
        raise Undefined("an equivalence test needs a standard error above 0; data without spread cannot show it")
    p_value = max(t_cdf((low - estimate) / standard_error, df), t_cdf((estimate - high) / standard_error, df))
    return Equivalence("equivalent" if p_value < alpha else "not shown", p_value, low, high, alpha)


def equivalence_of_interval(low: float, high: float, *, margin: Margin, level: float = 0.9, df: float = inf) -> Equivalence:
    """Is a quantity of which only an interval is known, say from a bootstrap, close enough to 0 to count as none?

    `level` is that of the interval; alpha is then (1 - level) / 2, so 0.05 takes an interval of 90 %, and one of 95 % tests
    at 0.025. The verdict is `equivalent` exactly where the interval lies inside the margins, whatever its shape. The p-value
    takes the interval for symmetric, its half width as a t-quantile (normal unless `df` is given) times the standard error.

    `margin` and errors as in `equivalence`; an interval without width is `Undefined`.

    >>> equivalence_of_interval(-0.03, 0.04, margin=0.05).verdict
    'equivalent'
    >>> equivalence_of_interval(-0.03, 0.06, margin=0.05).verdict
    'not shown'
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
    if low > high:
        raise ValueError(f"the lower end of an interval comes first; got {low} and {high}")
    standard_error = (high - low) / 2 / t_quantile((1 + level) / 2, df)
    found = equivalence((low + high) / 2, standard_error, margin=margin, df=df, alpha=(1 - level) / 2)
    # the p-value says the same but for rounding, which must not turn a verdict that the ends make plain
    inside = found.low < low and high < found.high
    return Equivalence("equivalent" if inside else "not shown", found.p_value, found.low, found.high, found.alpha)
