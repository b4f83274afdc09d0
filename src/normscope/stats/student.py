"""Student's t distribution: the tail of a t-test and the half-width of an interval from few clusters."""

from __future__ import annotations

from functools import lru_cache
from math import copysign, exp, lgamma, log
from statistics import NormalDist

__all__ = ["t_cdf", "t_quantile"]

TERMS = 500
"""Terms of the continued fraction; it converges in about sqrt(df) of them, and past `NORMAL` df none are needed."""

NORMAL = 1e6
"""With so many degrees of freedom t and normal distribution are equal to within 1e-6 of a quantile."""

PRECISION = 1e-15


def t_cdf(t: float, df: float) -> float:
    """How probable is a value of at most `t` under Student's distribution with `df` degrees of freedom?

    In [0, 1]; 0.5 at 0. `df` may be a fraction; below or at 0 it is a ValueError.
    Source: the regularised incomplete beta function by its continued fraction, Abramowitz and Stegun 26.5.8 and 26.7.1.

    >>> round(t_cdf(2.0, 10), 6)
    0.963306
    """
    if df <= 0:
        raise ValueError(f"Student's distribution needs more than 0 degrees of freedom; got {df}")
    if df > NORMAL:
        return NormalDist().cdf(t)
    tail = 0.5 * _incomplete_beta(df / 2, 0.5, df / (df + t * t), t * t / (df + t * t))
    return 1 - tail if t > 0 else tail


@lru_cache(maxsize=4096)
def t_quantile(probability: float, df: float) -> float:
    """Which value is undercut with this probability under Student's distribution with `df` degrees of freedom?

    Any real number; 0 at probability 0.5. `probability` outside (0, 1) or `df` at or below 0 is a ValueError.

    >>> round(t_quantile(0.975, 10), 4), round(t_quantile(0.975, 1), 3)
    (2.2281, 12.706)
    """
    if not 0 < probability < 1:
        raise ValueError(f"a probability between 0 and 1 is needed; got {probability}")
    if df <= 0:
        raise ValueError(f"Student's distribution needs more than 0 degrees of freedom; got {df}")
    if df > NORMAL:
        return NormalDist().inv_cdf(probability)
    # by symmetry only the lower tail is searched, where small probabilities keep their digits
    wanted = min(probability, 1 - probability)
    low, high = -1.0, 0.0
    while t_cdf(low, df) > wanted:
        low *= 2
    while high - low > 1e-14 * -low:  # halving: plain, certain, and about 50 steps
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (low, middle) if t_cdf(middle, df) > wanted else (middle, high)
    return 0.0 if wanted == 0.5 else copysign((low + high) / 2, probability - 0.5)


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """The regularised incomplete beta function I_x(a, b) for x in [0, 1]; `rest` is 1 - x with all its digits."""
    if x <= 0 or rest <= 0:
        return float(rest <= 0)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast only below this
        return 1 - _incomplete_beta(b, a, rest, x)
    front = exp(a * log(x) + b * log(rest) - _log_beta(a, b))
    # the fraction from the front, by the recurrences of its convergents in the modified form of Lentz
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    value = d
    for m in range(1, TERMS):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + top * d) or tiny)
            c = (1 + top / c) or tiny
            value *= c * d
        if abs(c * d - 1) < PRECISION:
            break
    return front * value / a


def _log_beta(a: float, b: float) -> float:
    if max(a, b) < 1e4:
        return lgamma(a) + lgamma(b) - lgamma(a + b)
    # the difference of two large logarithms loses digits; its series does not (b is 1/2 here, or a is)
    large, half = max(a, b), min(a, b)
    return lgamma(half) - half * log(large) - half * (half - 1) / (2 * large)
