"""Is something more frequent here than there? Fisher's exact test of two shares."""

from __future__ import annotations

import numpy as np

__all__ = ["fisher_more"]


def fisher_more(here: int, n_here: int, there: int, n_there: int) -> float:
    """How probable are at least `here` cases among `n_here`, if the cases fell as often here as among the `n_there` others?

    One-sided p-value in (0, 1], exact: of all ways to share the cases out among all observations, those that put at least so many
    here. 1 without a case or without observations here. The observations must be independent. ValueError for counts
    below 0, and for more cases than observations.
    Source: Fisher (1935); the hypergeometric distribution.

    >>> round(fisher_more(3, 4, 1, 4), 4)  # the lady tasting tea: (16 + 1) of 70
    0.2429
    """
    if not (0 <= here <= n_here and 0 <= there <= n_there):
        raise ValueError(
            f"counts from 0 up to the number of observations are needed; got {here} of {n_here}, {there} of {n_there}"
        )
    cases, n = here + there, n_here + n_there
    most = min(cases, n_here)
    # logarithms of 0! to n!: the numbers themselves do not fit
    factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1, dtype=np.float64)))])
    k = np.arange(here, most + 1)
    ways = (
        factorial[cases] - factorial[k] - factorial[cases - k]
        + factorial[n - cases] - factorial[n_here - k] - factorial[n - cases - n_here + k]
        - factorial[n] + factorial[n_here] + factorial[n_there]
    )  # fmt: skip
    return min(1.0, float(np.exp(ways).sum())) if here > max(0, cases - n_there) else 1.0
