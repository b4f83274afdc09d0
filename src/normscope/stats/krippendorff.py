"""Krippendorff's alpha for labels without an order: agreement of any number of coders with gaps."""

from __future__ import annotations

from normscope.errors import Undefined
from normscope.stats.codings import Codings

__all__ = ["nominal_alpha"]


def nominal_alpha(codings: Codings) -> float:
    """How much do coders agree beyond what their labels, shuffled over all items, would?

    At most 1: 1 = always agree, 0 = as by chance, below 0 = less than by chance. Items with fewer than two labels do not
    count; every other item counts by its number of labels, so unlike the mean of pairwise kappas it needs no pair of coders
    with many shared items. `Undefined` where no item has two labels, and where all labels are the same.
    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

    >>> import numpy as np
    >>> items, coders = np.repeat(np.arange(4), 2), np.tile(["Ane", "Bo"], 4)
    >>> round(nominal_alpha(Codings(items, coders, np.array(["a", "a", "a", "b", "b", "b", "b", "b"]))), 3)
    0.533
    """
    counts = codings.counts
    each = counts.sum(axis=1)
    counts, each = counts[each > 1], each[each > 1]
    n = int(each.sum())
    if not n:
        raise Undefined(f"alpha needs two labels on some item; 0 of {codings.item_names.size} have them")
    totals = counts.sum(axis=0)
    by_chance = n * n - int((totals * totals).sum())
    if not by_chance:
        raise Undefined(f"alpha needs at least two labels in use; all {n} are the same")
    differing = ((each * each - (counts * counts).sum(axis=1)) / (each - 1)).sum()
    return 1.0 - (n - 1) * float(differing) / by_chance
