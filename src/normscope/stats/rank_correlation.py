"""Do two lists of values put the same things in the same order?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats, Masked
from normscope.stats.rank import average_ranks

__all__ = ["kendall_tau", "kendall_taus", "spearman"]


def kendall_tau(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """How much more often do two lists order a pair alike than the other way round? Kendall's tau-b.

    Two 1-D arrays over the same things, finite numbers. In [-1, 1]: 1 = the same order and the same ties, 0 = as many pairs
    alike as not, -1 = the reverse order. A pair that is tied in one list counts for neither side, and tau-b takes it out of
    what could be reached. `Undefined` with fewer than two things and where a list is tied throughout; other shapes and
    numbers that are not finite are a ValueError. Source: Kendall (1945), Biometrika 33.

    >>> round(kendall_tau([0.4, 0.5, 0.5, 0.9], [1, 2, 3, 4]), 3)
    0.913
    """
    first, second = _parallel(a, b)
    tau = kendall_taus(first, second)
    if np.ma.getmaskarray(tau).any():
        raise _no_order(first)
    return float(tau.data)


def kendall_taus(a: Floats, b: Floats) -> Masked:
    """`kendall_tau` along the last axis of two arrays [..., things], say of many resamples; masked where undefined.

    The one array may have fewer leading axes than the other. Memory is a few times that of the larger one: all pairs that are
    equally far apart are compared at a time.

    >>> kendall_taus(np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]]), np.array([1.0, 3.0, 2.0])).round(3).tolist()
    [0.333, None]
    """
    _must_be_finite(a, b)
    shape = np.broadcast_shapes(a.shape[:-1], b.shape[:-1])
    alike, apart_in_a, apart_in_b = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for lag in range(1, a.shape[-1]):
        in_a, in_b = (_order(x[..., :-lag], x[..., lag:]) for x in (a, b))
        alike += (in_a * in_b).sum(axis=-1, dtype=np.int64)
        apart_in_a += np.count_nonzero(in_a, axis=-1)
        apart_in_b += np.count_nonzero(in_b, axis=-1)
    undefined = (apart_in_a == 0) | (apart_in_b == 0)
    reachable = np.where(undefined, 1.0, np.sqrt(apart_in_a.astype(np.float64) * apart_in_b))
    return np.ma.MaskedArray(np.where(undefined, 0.0, np.clip(alike / reachable, -1.0, 1.0)), mask=undefined)


def spearman(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """How close is the relation of two lists to one that only rises, or only falls? Spearman's rho.

    The correlation of the ranks, equal values sharing the mean of theirs. Two 1-D arrays over the same things, finite numbers.
    In [-1, 1]: 1 = the same order, 0 = no such relation, -1 = the reverse order. `Undefined` with fewer than two things
    and where a list is tied throughout; other shapes and numbers that are not finite are a ValueError.
    Source: Spearman (1904), American Journal of Psychology 15.

    >>> round(spearman([0.4, 0.5, 0.5, 0.9], [1, 2, 3, 4]), 3)
    0.949
    """
    first, second = _parallel(a, b)
    # ranks and their mean are whole or half numbers: centred and doubled they are exact, so that a full tie is exactly 0
    x, y = (2 * average_ranks(values) - (values.size + 1) for values in (first, second))
    reachable = float(np.sqrt((x * x).sum() * (y * y).sum()))
    if reachable == 0:
        raise _no_order(first)
    return float(np.clip((x * y).sum() / reachable, -1.0, 1.0))


def _order(earlier: Floats, later: Floats) -> npt.NDArray[np.int8]:
    """1 where the later value is the larger, 0 where both are equal, -1 else; no difference is taken, which could overflow."""
    return np.greater(later, earlier).astype(np.int8) - np.less(later, earlier).astype(np.int8)


def _parallel(a: npt.ArrayLike, b: npt.ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"two 1-D arrays of one length are needed; got shapes {first.shape} and {second.shape}")
    _must_be_finite(first, second)
    return first, second


def _must_be_finite(*values: Floats) -> None:
    if not all(np.isfinite(x).all() for x in values):
        raise ValueError("a rank correlation needs finite numbers; leave out what is not measured")


def _no_order(values: Floats) -> Undefined:
    got = f"all {values.size} of one are equal" if values.size > 1 else f"one has {values.size}"
    return Undefined(f"a rank correlation needs at least two different values in both lists; {got}")
