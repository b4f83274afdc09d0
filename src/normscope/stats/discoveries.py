"""Which of several tests may be believed together?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["benjamini_yekutieli"]


def benjamini_yekutieli(p_values: npt.ArrayLike, *, q: float = 0.05) -> npt.NDArray[np.bool_]:
    """Which null hypotheses are rejected, so that at most a share `q` of the rejections is expected to be wrong?

    Holds for tests that depend on each other in any way. 1-D array of p-values in [0, 1] to an array of booleans; empty gives
    empty. The k smallest are rejected, k being the largest rank with p <= k q / (m (1 + 1/2 + … + 1/m)).
    Source: Benjamini and Yekutieli (2001), Annals of Statistics 29.

    >>> benjamini_yekutieli([0.001, 0.04, 0.02]).tolist()
    [True, False, False]
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or not bool(np.all((p >= 0) & (p <= 1))):
        raise ValueError("a 1-D array of p-values between 0 and 1 is needed")
    ranks = np.arange(1, p.size + 1)
    order = np.argsort(p, kind="stable")
    below = np.flatnonzero(p[order] <= ranks * q / (p.size * float((1 / ranks).sum()))) if p.size else np.array([], dtype=np.intp)
    rejected = np.zeros(p.shape, dtype=np.bool_)
    if below.size:
        rejected[order[: below[-1] + 1]] = True
    return rejected
