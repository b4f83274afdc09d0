"""Distances of all pairs of responders, as trees and maps need them: complete and symmetric."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats

__all__ = ["pair_distances"]

SLACK = 1e-9


def pair_distances(distances: npt.ArrayLike) -> Floats:
    """A matrix [responders, responders] of distances as floats, exactly symmetric and 0 on the diagonal.

    A distance may be 1 - agreement. `Undefined` where a pair has none (masked: the two share no dilemma); a matrix that is not
    square, symmetric, 0 on the diagonal, finite and from 0 up is a ValueError.

    >>> pair_distances([[0, 1], [1, 0]]).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    missing = np.ma.getmaskarray(np.ma.asarray(distances))
    d = np.array(np.ma.getdata(distances), dtype=np.float64)
    if d.ndim != 2 or d.shape[0] != d.shape[1]:
        raise ValueError(f"distances [responders, responders] are needed; got shape {d.shape}")
    np.fill_diagonal(d, np.where(np.diag(missing), 0.0, np.diag(d)))
    np.fill_diagonal(missing, False)
    if missing.any():
        first, second = np.argwhere(missing)[0].tolist()
        pairs = int((missing | missing.T).sum()) // 2
        raise Undefined(f"{pairs} pairs have no distance, first that of rows {first} and {second}; leave one of each pair out")
    if not bool(np.all(np.isfinite(d) & (d >= 0))):
        raise ValueError("distances are finite numbers from 0 up")
    slack = SLACK * float(d.max(initial=0.0))
    if bool(np.any(np.abs(d - d.T) > slack)) or bool(np.any(np.diag(d) > slack)):
        raise ValueError("a distance is the same both ways, and 0 from a responder to itself; average the two directions first")
    d = (d + d.T) / 2
    np.fill_diagonal(d, 0.0)
    return d
