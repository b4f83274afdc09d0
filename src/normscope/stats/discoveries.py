"""Which of several tests may be believed together?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["benjamini_hochberg", "benjamini_yekutieli", "holm"]

Rejected = npt.NDArray[np.bool_]


def benjamini_hochberg(p_values: npt.ArrayLike, *, q: float = 0.05) -> Rejected:
    """Which null hypotheses are rejected, so that at most a share `q` of the rejections is expected to be wrong?

    Holds for tests that are independent or depend on each other positively (as differences of several models from one ceiling
    do); for any other dependence there is `benjamini_yekutieli`. 1-D array of p-values in [0, 1] to an array of booleans; empty
    gives empty. The k smallest are rejected, k being the largest rank with p <= k q / m.
    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.

    >>> benjamini_hochberg([0.001, 0.04, 0.02]).tolist()
    [True, True, True]
    """
    p, order = _ordered(p_values, q)
    below = np.flatnonzero(p <= np.arange(1, p.size + 1) * q / max(p.size, 1))
    return _rejecting(order, below[-1] + 1 if below.size else 0)


def benjamini_yekutieli(p_values: npt.ArrayLike, *, q: float = 0.05) -> Rejected:
    """Which null hypotheses are rejected, so that at most a share `q` of the rejections is expected to be wrong?

    Holds for tests that depend on each other in any way. 1-D array of p-values in [0, 1] to an array of booleans; empty gives
    empty. The k smallest are rejected, k being the largest rank with p <= k q / (m (1 + 1/2 + … + 1/m)).
    Source: Benjamini and Yekutieli (2001), Annals of Statistics 29.

    >>> benjamini_yekutieli([0.001, 0.04, 0.02]).tolist()
    [True, False, False]
    """
    m = np.asarray(p_values).size
    return benjamini_hochberg(p_values, q=q / max(1.0, float((1 / np.arange(1, m + 1)).sum())))


def holm(p_values: npt.ArrayLike, *, alpha: float = 0.05) -> Rejected:
    """Which null hypotheses are rejected, so that the chance of even one wrong rejection is at most `alpha`?

    Holds for tests that depend on each other in any way, and never rejects fewer than Bonferroni. 1-D array of p-values in
    [0, 1] to an array of booleans; empty gives empty. From the smallest on, the k-th is rejected as long as
    p <= alpha / (m - k + 1).
    Source: Holm (1979), Scandinavian Journal of Statistics 6.

    >>> holm([0.001, 0.04, 0.02]).tolist()
    [True, True, True]
    >>> holm([0.001, 0.04, 0.03]).tolist()
    [True, False, False]
    """
    p, order = _ordered(p_values, alpha)
    above = np.flatnonzero(p > alpha / np.arange(p.size, 0, -1))
    return _rejecting(order, above[0] if above.size else p.size)


def _ordered(p_values: npt.ArrayLike, share: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """The p-values from small to large, and where each stood."""
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or not bool(np.all((p >= 0) & (p <= 1))):
        raise ValueError("a 1-D array of p-values between 0 and 1 is needed")
    if not 0 < share < 1:
        raise ValueError(f"the share of wrong rejections to allow lies between 0 and 1; got {share}")
    order = np.argsort(p, kind="stable")
    return p[order], order


def _rejecting(order: npt.NDArray[np.intp], first: int) -> Rejected:
    rejected = np.zeros(order.size, dtype=np.bool_)
    rejected[order[:first]] = True
    return rejected
