"""d′: can a responder tell accepted from rejected solutions, whatever its readiness to agree?"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats, Masked

__all__ = ["dprime", "dprimes"]


def dprime(hits: float, signals: float, false_alarms: float, noises: float) -> float:
    """How far apart are `agree` on accepted and `agree` on rejected solutions, in standard deviations?

    `hits` of `signals` accepted solutions were agreed with, `false_alarms` of `noises` rejected ones. 0 = agrees with both
    alike, negative = agrees rather with the rejected. Log-linear correction (0.5 added to each count, 1 to each total),
    so that it is finite at rates of 0 and 1. `Undefined` without accepted or without rejected solutions.
    Source: Hautus (1995), Behavior Research Methods 27.

    >>> round(dprime(20, 25, 10, 25), 3)
    1.044
    """
    value = dprimes(*(np.array([float(x)]) for x in (hits, signals, false_alarms, noises)))
    if np.ma.getmaskarray(value)[0]:
        raise Undefined(f"d′ needs accepted and rejected solutions; got {signals:g} and {noises:g}")
    return float(value.data[0])


def dprimes(*sums: Floats) -> Masked:
    """`dprime` elementwise on arrays (hits, signals, false alarms, noises); masked where either total is 0."""
    hits, signals, false_alarms, noises = sums
    mask = (signals <= 0) | (noises <= 0)
    value = _z((hits + 0.5) / (signals + 1)) - _z((false_alarms + 0.5) / (noises + 1))
    return np.ma.MaskedArray(np.where(mask, 0.0, value), mask=mask)


def _z(rates: Floats) -> Floats:
    """The inverse of the normal distribution function. Resampled counts repeat: each distinct rate is looked up once."""
    distinct, where = np.unique(rates, return_inverse=True)
    normal = NormalDist()
    found = np.array([normal.inv_cdf(rate) for rate in distinct.tolist()])
    return found[where].reshape(rates.shape)
