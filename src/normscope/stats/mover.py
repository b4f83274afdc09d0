"""The interval of a difference, from the intervals of the two numbers."""

from __future__ import annotations

from math import hypot, isfinite

__all__ = ["Ends", "difference_interval"]

Ends = tuple[float, float, float]
"""A number, the lower and the upper end of its interval."""


def difference_interval(first: Ends, second: Ends) -> Ends:
    """How much larger is the first number than the second, where only their intervals are known?

    Each is value, low and high, at one level; so is the result, `first` minus `second`. The ends need not be symmetric about the
    value. Right for independent numbers; numbers from the same dilemmas tend to move together, and then it is wider than it
    need be. A value outside its own interval (as with percentiles of a bootstrap) is as far from that end as if it lay on it.
    ValueError for ends in the wrong order and for numbers that are not finite.
    Source: MOVER, Zou and Donner (2008), Statistics in Medicine 27; of Wilson's intervals it is Newcombe's (1998) method 10.

    >>> tuple(round(end, 4) for end in difference_interval((0.7, 0.5768, 0.8), (0.6, 0.4737, 0.7134)))
    (0.1, -0.0674, 0.2611)
    """
    for value, low, high in (first, second):
        if not (isfinite(value) and isfinite(low) and isfinite(high) and low <= high):
            raise ValueError(f"finite numbers are needed, and the lower end first; got {value} in [{low}, {high}]")
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    down = hypot(max(a - a_low, 0.0), max(b_high - b, 0.0))
    up = hypot(max(a_high - a, 0.0), max(b - b_low, 0.0))
    return a - b, a - b - down, a - b + up
