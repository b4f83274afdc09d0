"""Scott's pi: agreement of two raters beyond chance, where both are taken to use the labels equally often."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.f1 import confusion

__all__ = ["scott_pi"]


def scott_pi(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """How much do two raters agree beyond what the frequencies of the labels, over both together, would give?

    Nominal labels, two 1-D arrays over the same items. In [-1, 1]: 1 = always, 0 = as by chance. At most Cohen's kappa, which
    leaves each rater frequencies of their own: where the two differ, pi counts that as disagreement. `Undefined` without items,
    and where both gave one and the same label throughout. Source: Scott (1955), Public Opinion Quarterly 19.

    >>> round(scott_pi(["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15), 3)
    0.394
    """
    counts = confusion(a, b).counts
    items = int(counts.sum())
    if not items:
        raise Undefined("pi needs items that both labelled; got 0")
    given = counts.sum(axis=0) + counts.sum(axis=1)
    # in units of (2 items)², so that "chance = 1" is an exact comparison of counts
    chance, room = int((given * given).sum()), 4 * items * items
    if chance == room:
        raise Undefined(f"pi needs at least two labels in use; all {items} items got the same one from both")
    return (4 * items * int(np.trace(counts)) - chance) / (room - chance)
