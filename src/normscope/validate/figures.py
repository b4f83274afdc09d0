"""From the intervals of the statistics to the figures of a card: a number, or why there is none."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from normscope.records import NotMeasured
from normscope.stats import Intervals

__all__ = ["Figures", "figures"]

Figures: TypeAlias = tuple[float | NotMeasured, float | NotMeasured, float | NotMeasured]
"""Value, low and high."""


def figures(found: Intervals) -> Figures:
    """Value, low and high of the only column."""
    value, low, high = (
        NotMeasured(found.reason[0]) if np.ma.getmaskarray(part)[0] else float(part.data[0])
        for part in (found.value, found.low, found.high)
    )
    return value, low, high
