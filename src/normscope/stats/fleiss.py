"""Fleiss' kappa: agreement of many raters beyond chance, every unit rated equally often."""

from __future__ import annotations

from normscope.errors import Undefined
from normscope.stats.percent import agreement_by_unit
from normscope.stats.ratings import Ratings

__all__ = ["fleiss_kappa"]


def fleiss_kappa(ratings: Ratings) -> float:
    """How much do raters agree beyond what the frequencies of the categories alone would give?

    Nominal categories; the raters may be different ones for each unit. At most 1: 1 = always agree, 0 = as by chance, below 0 =
    less than by chance. With two raters it is `scott_pi`. Units without any rating do not count. `Undefined` where units have
    different numbers of ratings (use `krippendorff_alpha` or `gwet_ac1`), where none has two, and where all ratings are the
    same (chance alone then gives full agreement).
    Source: Fleiss (1971), Psychological Bulletin 76.

    >>> round(fleiss_kappa(Ratings.of([["a", "a", "b"], ["b", "b", "b"], ["a", "a", "a"]])), 3)
    0.55
    """
    rated = ratings.tally.with_at_least(1)
    agreed = float(agreement_by_unit(ratings).mean())
    fewest, most = int(rated.ratings.min()), int(rated.ratings.max())
    if fewest < most:
        raise Undefined(
            f"Fleiss' kappa needs the same number of ratings of every unit; got {fewest} to {most}. "
            "Krippendorff's alpha and Gwet's AC1 take units with gaps"
        )
    totals = rated.totals
    n = int(totals.sum())
    if totals.max() == n:
        raise Undefined(f"Fleiss' kappa needs at least two categories in use; all {n} ratings are the same")
    by_chance = float(((totals / n) ** 2).sum())
    return (agreed - by_chance) / (1 - by_chance)
