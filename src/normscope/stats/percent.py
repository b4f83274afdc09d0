"""Percent agreement: how often do raters say the same, with no correction for chance?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.agreement_weights import AgreementWeights, agreement_weights
from normscope.stats.bootstrap import Floats
from normscope.stats.f1 import confusion
from normscope.stats.ratings import Ratings

__all__ = ["agreement_by_unit", "pairwise_agreement", "percent_agreement"]


def percent_agreement(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Which share of the items got the same label from both? In [0, 1]. `Undefined` without items.

    >>> percent_agreement(["yes", "no", "no"], ["yes", "no", "yes"]).__round__(3)
    0.667
    """
    counts = confusion(a, b).counts
    if not counts.sum():
        raise Undefined("agreement needs items that both labelled; got 0")
    return float(np.trace(counts) / counts.sum())


def pairwise_agreement(ratings: Ratings, weights: AgreementWeights = "identity") -> float:
    """How likely do two ratings of a unit agree, picked at random from those it has?

    The share of agreeing pairs of ratings of each unit (with `weights`: their mean credit), averaged over the units with two
    ratings or more, each unit counting alike. In [0, 1]: 1 = always agree. With two raters it is `percent_agreement` on what
    both rated. `Undefined` where no unit has two ratings.
    Source: Gwet (2014), Handbook of Inter-Rater Reliability; without gaps Fleiss (1971), Psychological Bulletin 76.

    >>> round(pairwise_agreement(Ratings.of([["a", "a", "b"], ["b", "b", "b"]])), 3)
    0.667
    """
    return float(agreement_by_unit(ratings, weights).mean())


def agreement_by_unit(ratings: Ratings, weights: AgreementWeights = "identity") -> Floats:
    """[units with two ratings or more]: which credit do two different ratings of the unit get on average? `Undefined` without."""
    tally = ratings.tally.with_at_least(2)
    rated = tally.ratings.astype(np.float64)
    if not rated.size:
        raise Undefined(f"agreement needs two ratings of some unit; 0 of {len(ratings.codes)} have them")
    if isinstance(weights, str) and weights == "identity":
        credit = tally.pair_sums(np.equal)
    else:
        table = agreement_weights(weights, ratings.scale.size)
        credit = tally.pair_sums(lambda i, j: table[i, j])
    # each rating was paired with itself once, for full credit
    return (credit - rated) / (rated * (rated - 1))
