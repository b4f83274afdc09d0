"""Gwet's AC1 and AC2: agreement beyond chance that stays steady where nearly all ratings are the same."""

from __future__ import annotations

import numpy as np

from normscope.errors import Undefined
from normscope.stats.agreement_weights import AgreementWeights, agreement_weights
from normscope.stats.bootstrap import Floats
from normscope.stats.percent import agreement_by_unit
from normscope.stats.ratings import Ratings

__all__ = ["gwet_ac1", "gwet_ac2"]


def gwet_ac1(ratings: Ratings) -> float:
    """How much do raters agree beyond chance, where only units that are hard to rate are left to chance?

    Nominal categories, any number of raters, gaps allowed. At most 1: 1 = always agree, 0 = as by chance, below 0 = less than by
    chance. Kappa falls towards 0 where one category is rare, though raters agree on nearly all units; AC1 does not. Chance
    depends on the size of the scale: name the categories that nobody gave too. `Undefined` where no unit has two ratings,
    and for a scale of one category; where all ratings are the same it is 1.
    Source: Gwet (2008), British Journal of Mathematical and Statistical Psychology 61.

    >>> round(gwet_ac1(Ratings.of([["+", "+"]] * 118 + [["+", "-"]] * 5 + [["-", "+"]] * 2)), 4)
    0.9408
    """
    return _beyond_chance(ratings, "identity", credit=float(ratings.scale.size))


def gwet_ac2(ratings: Ratings, weights: AgreementWeights) -> float:
    """`gwet_ac1` with partial credit for ratings that lie close: how far do raters agree on an ordered scale?

    `weights`: `linear`, `quadratic` or a table of one's own (see `agreement_weights`); the order is that of `ratings.scale`.
    With `identity` it is AC1. `Undefined` as AC1 is, and where the weights give everything full credit.
    Source: Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition.

    >>> round(gwet_ac2(Ratings.of([[1, 1], [1, 2], [3, 3], [2, 3]]), "quadratic"), 3)
    0.636
    """
    return _beyond_chance(ratings, weights, credit=float(agreement_weights(weights, ratings.scale.size).sum()))


def _beyond_chance(ratings: Ratings, weights: AgreementWeights, *, credit: float) -> float:
    """`credit` is the sum of the table of weights."""
    agreed = float(agreement_by_unit(ratings, weights).mean())
    k = ratings.scale.size
    if k < 2:
        raise Undefined("AC1 needs a scale of at least 2 categories; got 1. Name those that could have been given in `scale`")
    if credit == k * k:
        raise Undefined("AC2 needs weights under which some two categories disagree; here all get full credit")
    shares = _shares(ratings)
    # at most credit / k², reached where all categories are given equally often; so below 1
    by_chance = credit / (k * (k - 1)) * float((shares * (1 - shares)).sum())
    return (agreed - by_chance) / (1 - by_chance)


def _shares(ratings: Ratings) -> Floats:
    """[categories]: how often each was given; the share among the ratings of a unit, averaged over all rated units."""
    tally = ratings.tally.with_at_least(1)
    shares = np.zeros(tally.size)
    for block in tally.blocks():
        parts = block.times / block.ratings[:, None]
        where = np.broadcast_to(block.categories, parts.shape)
        shares += np.bincount(where.ravel(), weights=parts.ravel(), minlength=tally.size)
    return shares / len(tally.times)
