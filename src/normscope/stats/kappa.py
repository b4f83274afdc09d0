"""Agreement of two raters who labelled the same items: as it is, and beyond chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats, Masked
from normscope.stats.f1 import confusion

__all__ = ["cohen_kappa", "kappas", "percent_agreement"]


def percent_agreement(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Which share of the items got the same label from both? In [0, 1]. `Undefined` without items.

    >>> percent_agreement(["yes", "no", "no"], ["yes", "no", "yes"]).__round__(3)
    0.667
    """
    counts = confusion(a, b).counts
    if not counts.sum():
        raise Undefined("agreement needs items that both labelled; got 0")
    return float(np.trace(counts) / counts.sum())


def cohen_kappa(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """How much do two raters agree beyond what their label frequencies alone would give?

    Nominal labels, two 1-D arrays over the same items. In [-1, 1]: 1 = always, 0 = as by chance. `Undefined` without items,
    and where both gave one and the same label throughout (chance alone then gives full agreement).
    Source: Cohen (1960), Educational and Psychological Measurement 20.

    >>> round(cohen_kappa(["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15), 3)
    0.4
    """
    counts = confusion(a, b).counts
    if not counts.sum():
        raise Undefined("kappa needs items that both labelled; got 0")
    value = kappas(counts.astype(np.float64))
    if np.ma.getmaskarray(value).any():
        raise Undefined(f"kappa needs at least two labels in use; all {counts.sum()} items got the same one from both")
    return float(value.data)


def kappas(counts: Floats) -> Masked:
    """Cohen's kappa of each of many confusion matrices [..., labels, labels]; masked where undefined.

    >>> kappas(np.array([[[20.0, 5.0], [10.0, 15.0]], [[9.0, 0.0], [0.0, 0.0]]])).round(3).tolist()
    [0.4, None]
    """
    total = counts.sum(axis=(-2, -1))
    chance = (counts.sum(axis=-1) * counts.sum(axis=-2)).sum(axis=-1)
    observed = np.trace(counts, axis1=-2, axis2=-1) * total
    # all in units of total², so that "chance = 1" is an exact comparison of counts
    room = total * total - chance
    value = np.zeros(np.shape(room))
    np.divide(observed - chance, room, out=value, where=room > 0)
    return np.ma.MaskedArray(value, mask=room <= 0)
