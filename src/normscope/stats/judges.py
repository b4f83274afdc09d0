"""How many independent judges is a panel of judges worth, when they err on the same items?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined

__all__ = ["EffectiveJudges", "effective_number"]


@dataclass(frozen=True)
class EffectiveJudges:
    """`number` in [1, judges]: so many independent judges of the same quality would be as good.

    `correlation` is the mean correlation of their errors over all pairs, in [-1 / (judges - 1), 1]. `judges` counts those
    that erred on some items and not on all; `left_out` the others, whose errors cannot correlate with anything.
    """

    number: float
    correlation: float
    judges: int
    left_out: int


def effective_number(votes: npt.ArrayLike, truth: npt.ArrayLike) -> EffectiveJudges:
    """How many independent judges is this panel worth?

    `votes` [items, judges] are labels, `truth` [items] is people's label; where votes already say right or wrong, truth is
    an array of `right`. number = k / (1 + (k - 1) · mean correlation of errors): k where errors are unrelated, 1 where all
    err on the same items. Negative correlation (judges that make up for each other) could give more than k; it is reported in
    `correlation` and counted as 0, so that a panel is never said to be worth more than its size.

    It needs people's labels: judges agree with each other also because they are right. `Undefined` with fewer than two judges
    that erred on some but not on all items. Wrong shapes are a ValueError.
    Source: Kish's design effect (Survey Sampling, 1965); asked for in inspect_ai issue 4955.

    >>> effective_number([["a", "a"], ["b", "b"], ["b", "a"], ["a", "b"]], ["a", "a", "a", "a"])
    EffectiveJudges(number=2.0, correlation=0.0, judges=2, left_out=0)
    """
    given, right = np.asarray(votes), np.asarray(truth)
    if given.ndim != 2 or right.shape != given.shape[:1]:
        raise ValueError(f"votes [items, judges] and truth [items] are needed; got shapes {given.shape} and {right.shape}")
    wrong = (given != right[:, None]).astype(np.float64)
    some = wrong[:, (wrong.min(axis=0, initial=1) == 0) & (wrong.max(axis=0, initial=0) == 1)]
    k, left_out = some.shape[1], given.shape[1] - some.shape[1]
    if k < 2:
        raise Undefined(
            f"an effective number needs at least 2 judges that err on some items and not on all; {k} of {given.shape[1]} do"
        )
    # the variance of the sum of k standardised errors is 1'R1 = k + k (k - 1) · mean correlation
    standard = (some - some.mean(axis=0)) / some.std(axis=0)
    correlation = (float((standard.sum(axis=1) ** 2).mean()) / k - 1) / (k - 1)
    number = k / (1 + (k - 1) * max(0.0, correlation))
    return EffectiveJudges(min(float(k), max(1.0, number)), correlation, k, left_out)
