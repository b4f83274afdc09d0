"""Values with intervals, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Masked, concatenated
from normscope.stats.rates import wilson

__all__ = ["NO_INTERVAL", "Intervals", "check_level", "joined", "settled"]

NO_INTERVAL = "no interval"


@dataclass(frozen=True, eq=False)
class Intervals:
    """Values with intervals, one per column; what is undefined is masked and has its reason.

    `reason` is empty where value and interval stand; it says why there is no interval, or (where `value` is masked too)
    no value. `method` says how the interval was made and is `no interval` where there is none.
    """

    value: Masked
    low: Masked
    high: Masked
    reason: tuple[str, ...]
    method: tuple[str, ...]


def settled(
    value: Masked,
    ends: tuple[Floats, Floats],
    *,
    clusters: npt.NDArray[np.intp],
    reasons: Sequence[str],
    equal: npt.NDArray[np.bool_],
    all_equal: str,
    method: str,
    level: float,
    rate: bool,
) -> Intervals:
    """The ends found by a method, where they stand.

    There is no interval without a value, with fewer than two `clusters` with data, and where `reasons` (of the method) has one.
    Where all that varies is `equal` the ends would pretend certainty: a `rate` then gets Wilson's interval on its
    clusters, anything else has the reason `all_equal`. The ends of a rate are cut to [0, 1].
    """
    low, high = (np.clip(end, 0.0, 1.0) if rate else end.copy() for end in ends)
    undefined = np.ma.getmaskarray(value)
    missing = np.zeros(low.shape, dtype=bool)
    why, how = [""] * low.size, [method] * low.size
    # looked through one by one are only the columns that need it: as a rule none of thousands
    for i in np.flatnonzero(undefined | (clusters < 2) | equal | np.array([bool(r) for r in reasons], dtype=bool)).tolist():
        if undefined[i]:
            why[i] = "no data"
        elif clusters[i] < 2:
            why[i] = "an interval needs data on at least 2 clusters of dilemmas; 1 has them"
        elif reasons[i]:
            why[i] = reasons[i]
        elif not rate:
            why[i] = all_equal
        else:
            low[i], high[i] = wilson(float(value.data[i]) * int(clusters[i]), int(clusters[i]), level=level)
            how[i] = "wilson (all equal)"
        if why[i]:
            missing[i], how[i] = True, NO_INTERVAL
    return Intervals(
        value=value,
        low=np.ma.MaskedArray(np.where(missing, 0.0, low), mask=missing),
        high=np.ma.MaskedArray(np.where(missing, 0.0, high), mask=missing),
        reason=tuple(why),
        method=tuple(how),
    )


def joined(found: Sequence[Intervals]) -> Intervals:
    """The columns of all of them, one after the other."""
    if not found:
        nothing: Masked = np.ma.MaskedArray(np.zeros(0), mask=np.zeros(0, dtype=bool))
        return Intervals(nothing, nothing, nothing, (), ())
    value, low, high = (concatenated([getattr(one, name) for one in found]) for name in ("value", "low", "high"))
    return Intervals(value, low, high, sum((one.reason for one in found), ()), sum((one.method for one in found), ()))


def check_level(level: float) -> None:
    """A level is a share, and not a percentage."""
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
