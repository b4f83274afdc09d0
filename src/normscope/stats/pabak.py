"""PABAK: agreement beyond chance, where chance gives every category alike."""

from __future__ import annotations

from normscope.errors import Undefined
from normscope.stats.percent import pairwise_agreement
from normscope.stats.ratings import Ratings

__all__ = ["pabak"]


def pabak(ratings: Ratings) -> float:
    """How much do raters agree beyond what they would if each picked among the k categories with equal probability?

    (k p - 1) / (k - 1), p = `pairwise_agreement`; with two categories 2 p - 1. At most 1: 1 = always agree, 0 = as by picking
    blindly, at least -1 / (k - 1). k is the size of the scale, so name the categories that nobody gave too. It is p on another
    scale: that one category is rare does not change it. `Undefined` where no unit has two ratings, and for a scale of one
    category.
    Source: Byrt, Bishop, Carlin (1993), Journal of Clinical Epidemiology 46; for k categories Brennan and Prediger (1981),
    Educational and Psychological Measurement 41.

    >>> round(pabak(Ratings.of([["a", "a"], ["a", "a"], ["b", "b"], ["a", "b"]])), 3)
    0.5
    """
    k = ratings.scale.size
    agreed = pairwise_agreement(ratings)
    if k < 2:
        raise Undefined("PABAK needs a scale of at least 2 categories; got 1. Name those that could have been given in `scale`")
    return (k * agreed - 1) / (k - 1)
