"""How far apart are the answers of two panels, as distributions over the same options?

Both distances are taken of shares as they are observed. Small panels differ by chance, so two panels of the same people
have a distance above 0: hold a distance against that of random halves of the two panels together before reading it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats, Masked

__all__ = ["jensen_shannon", "jensen_shannons", "wasserstein", "wassersteins"]


def jensen_shannon(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """How far apart are the answers of two panels, where options have no order?

    Two 1-D arrays over the same options, counts or shares; each is divided by its sum. The Jensen-Shannon *distance*, the root
    of the divergence in bits, in [0, 1]: 0 = the same shares, 1 = no option in common. It is a metric. `Undefined` where a
    panel has no answers; other shapes and negative or infinite numbers are a ValueError.
    Source: Lin (1991), IEEE Transactions on Information Theory 37; a metric by Endres and Schindelin (2003), ibid. 49.

    >>> round(jensen_shannon([1, 1], [2, 0]), 3), jensen_shannon([3, 0], [0, 5])
    (0.558, 1.0)
    """
    return _one(jensen_shannons(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)))


def jensen_shannons(a: Floats, b: Floats) -> Masked:
    """`jensen_shannon` along the last axis of two arrays [..., options]; masked where a panel has no answers.

    >>> jensen_shannons(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([2.0, 0.0])).round(3).tolist()
    [0.558, None]
    """
    first, second, undefined = _shares(a, b)
    middle = (first + second) / 2
    bits = (_bits(first, middle) + _bits(second, middle)).sum(axis=-1) / 2
    return np.ma.MaskedArray(np.sqrt(np.clip(np.where(undefined, 0.0, bits), 0.0, 1.0)), mask=undefined)


def wasserstein(a: npt.ArrayLike, b: npt.ArrayLike, *, positions: npt.ArrayLike | None = None) -> float:
    """How far must answers move, on average, to turn those of one panel into those of another, where options have an order?

    Two 1-D arrays over the same options, counts or shares; each is divided by its sum. `positions` says where each option
    stands (0, 1, 2, … unless given; any order). The Wasserstein-1 distance, in the units of the positions: 0 = the same
    shares, at most the distance of the outermost options. `Undefined` where a panel has no answers; other shapes, negative
    or infinite numbers are a ValueError. Source: Vallender (1974), Theory of Probability and Its Applications 18.

    >>> wasserstein([1, 1, 0], [0, 1, 1])
    1.0
    """
    return _one(wassersteins(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64), positions=positions))


def wassersteins(a: Floats, b: Floats, *, positions: npt.ArrayLike | None = None) -> Masked:
    """`wasserstein` along the last axis of two arrays [..., options]; masked where a panel has no answers.

    >>> wassersteins(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([0.0, 2.0]), positions=[1, 7]).tolist()
    [3.0, None]
    """
    first, second, undefined = _shares(a, b)
    options = first.shape[-1]
    at = np.arange(options, dtype=np.float64) if positions is None else np.asarray(positions, dtype=np.float64)
    if at.shape != (options,) or not np.isfinite(at).all():
        raise ValueError(f"each of the {options} options needs one finite position; got {at.tolist()}")
    order = np.argsort(at, kind="stable")
    ahead = np.abs(np.cumsum((first - second)[..., order], axis=-1))[..., :-1]
    distance = (ahead * np.diff(at[order])).sum(axis=-1)
    return np.ma.MaskedArray(np.where(undefined, 0.0, distance), mask=undefined)


def _shares(a: Floats, b: Floats) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Both as shares, and where they have none since a panel has no answers."""
    if a.ndim < 1 or b.ndim < 1 or a.shape[-1] != b.shape[-1] or not a.shape[-1]:
        raise ValueError(f"two arrays over the same options are needed; got shapes {a.shape} and {b.shape}")
    if not all(bool(np.all((x >= 0) & np.isfinite(x))) for x in (a, b)):
        raise ValueError("counts or shares are finite numbers from 0 up")
    totals = [x.sum(axis=-1, keepdims=True) for x in (a, b)]
    first, second = (x / np.where(total > 0, total, 1.0) for x, total in zip((a, b), totals, strict=True))
    return first, second, ((totals[0] <= 0) | (totals[1] <= 0))[..., 0]


def _bits(shares: Floats, middle: Floats) -> Floats:
    """share · log2(share / middle), 0 for an option that nobody chose."""
    chosen = shares > 0
    return shares * np.log2(np.divide(shares, middle, out=np.ones(np.broadcast_shapes(shares.shape, middle.shape)), where=chosen))


def _one(distance: Masked) -> float:
    if np.ma.getmaskarray(distance).any():
        raise Undefined("a distance of two panels needs an answer from each; one has none")
    return float(distance.data)
