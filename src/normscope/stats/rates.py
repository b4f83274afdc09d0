"""The interval of one rate from few observations."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from normscope.errors import Undefined

__all__ = ["wilson"]


def wilson(successes: float, n: float, *, level: float = 0.95) -> tuple[float, float]:
    """Between which rates does the true rate lie, after `successes` out of `n` independent observations?

    Wilson's score interval, both ends in [0, 1]; unlike a bootstrap it stays honest at a rate of 0 or 1. `successes` may
    be a fraction (a mean of averages times n). `Undefined` for n = 0. Source: Wilson (1927), JASA 22.

    >>> tuple(round(end, 4) for end in wilson(10, 10))
    (0.7225, 1.0)
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
    if n <= 0:
        raise Undefined("a rate needs at least one observation; got 0")
    rate = successes / n
    if not -1e-9 <= rate <= 1 + 1e-9:
        raise ValueError(f"a rate lies between 0 and 1; got {successes} of {n}")
    rate = min(1.0, max(0.0, rate))
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    # at the edges one end is exactly 0 or 1 in theory; rounding must not push it out
    low = 0.0 if rate == 0 else max(0.0, centre - half)
    high = 1.0 if rate == 1 else min(1.0, centre + half)
    return low, high
