"""The numbers of clusters that statistics are made of: looked through once, and taken some columns at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Numbers

__all__ = ["column_blocks", "counted", "totals", "with_data"]

CELLS = 2**20
"""Numbers looked at a time."""


def totals(parts: Sequence[Numbers]) -> list[Floats]:
    """[columns] of each part: the sum over clusters. A number that is not finite is a ValueError."""
    sums = [part.sum(axis=0, dtype=np.float64) for part in parts]
    if not all(np.isfinite(total).all() for total in sums):
        raise ValueError("the numbers of a cluster must be finite; write 0 (in the denominator as well) where there are none")
    return sums


def with_data(parts: Sequence[Numbers]) -> npt.NDArray[np.bool_]:
    """[clusters, columns]: does a cluster have data for a column? It has if any of its parts is not 0."""
    present = np.zeros(np.broadcast_shapes(*(part.shape for part in parts)), dtype=bool)
    for part in parts:
        present |= part != 0
    return present


def counted(parts: Sequence[Numbers]) -> npt.NDArray[np.intp]:
    """[columns]: how many clusters have data."""
    clusters, columns = np.broadcast_shapes(*(part.shape for part in parts))
    count = np.zeros(columns, dtype=np.intp)
    step = max(1, CELLS // max(1, columns))
    for start in range(0, clusters, step):
        count += np.count_nonzero(with_data([part[start : start + step] for part in parts]), axis=0)
    return count


def column_blocks(parts: Sequence[Numbers], step: int) -> Iterator[list[Numbers]]:
    """The parts with `step` columns at a time (at least one); a part that has only one column stays whole."""
    columns = np.broadcast_shapes(*(part.shape for part in parts))[1]
    for start in range(0, columns, max(1, step)):
        yield [part if part.shape[1] == 1 else part[:, start : start + max(1, step)] for part in parts]
