"""Ratios of sums, and differences of them: the statistics that most metrics are."""

from __future__ import annotations

import numpy as np

from normscope.stats.arrays import Floats, Masked

__all__ = ["ratio", "ratio_difference"]


def ratio(*sums: Floats) -> Masked:
    """numerator / denominator; undefined where the denominator is 0.

    >>> ratio(np.array([3.0, 0.0]), np.array([4.0, 0.0])).tolist()
    [0.75, None]
    """
    numerator, denominator = np.broadcast_arrays(*sums)
    quotient = np.zeros(denominator.shape)
    defined = denominator > 0
    np.divide(numerator, denominator, out=quotient, where=defined)
    return np.ma.MaskedArray(quotient, mask=~defined)


def ratio_difference(*sums: Floats) -> Masked:
    """First numerator / first denominator - second numerator / second denominator; undefined where either is.

    >>> ratio_difference(*(np.array([x]) for x in (3.0, 4.0, 1.0, 2.0))).tolist()
    [0.25]
    """
    numerator, denominator, other_numerator, other_denominator = sums
    first, second = ratio(numerator, denominator), ratio(other_numerator, other_denominator)
    mask = np.ma.getmaskarray(first) | np.ma.getmaskarray(second)
    return np.ma.MaskedArray(np.where(mask, 0.0, first.data - second.data), mask=mask)
