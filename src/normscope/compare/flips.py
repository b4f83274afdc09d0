"""The dilemmas on which a model turned: from agreeing with people to not, or back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from normscope.compare.scores import Scores

__all__ = ["HALF", "Flipped", "flips"]

HALF = 0.5
"""A value that changes by more than this has turned: of one draw and one person, from 1 to 0 or from 0 to 1."""

ROUNDING = 1e-9


class Flipped(NamedTuple):
    """Row and column in the scores of a dilemma that flipped, and its value in `a` and `b`."""

    dilemma: int
    model: int
    a: float
    b: float


def flips(scores: Scores) -> list[Flipped]:
    """On which dilemmas did the value of a rate change by more than half? The largest changes first.

    Of dilemmas that count in both studies; `scores` are of a rate, values in [0, 1]. Equal changes stay in the order of
    dilemmas, then of models. A study compared with itself has none.

    >>> first, later = np.array([[1.0], [0.0], [0.5]]), np.array([[0.0], [0.25], [1.0]])
    >>> flips(Scores("stated", (first, np.ones((3, 1))), (later, np.ones((3, 1)))))
    [Flipped(dilemma=0, model=0, a=1.0, b=0.0)]
    """
    (num_a, den_a), (num_b, den_b) = scores.a, scores.b
    both = scores.in_a & scores.in_b
    a, b = (np.divide(num, den, out=np.zeros(both.shape), where=both) for num, den in ((num_a, den_a), (num_b, den_b)))
    size = np.abs(b - a)
    rows, columns = np.nonzero(size > HALF + ROUNDING)
    order = np.argsort(-size[rows, columns].round(9), kind="stable")
    found = zip(rows[order].tolist(), columns[order].tolist(), strict=True)
    return [Flipped(i, j, float(a[i, j]), float(b[i, j])) for i, j in found]
