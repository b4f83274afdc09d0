"""Sums over clusters under many rows of weights at once: matrix products in blocks that bound the memory.

Whole numbers up to `EXACT` (truth values, counts of a dilemma) are multiplied in float32 without any loss: what one product adds up
stays below 2**24, and products are added up in float64. float32 input is multiplied in float32 as well; its sums are then off by about
1e-7 of the sum of absolute terms, a ten-thousandth of what 10,000 draws can resolve. Anything else is multiplied in float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Numbers

__all__ = ["Weighting", "weighted_sums"]

DRAWS, CLUSTERS, COLUMNS = 2048, 4096, 1024
"""The largest product: [draws, clusters] @ [clusters, columns], about 60 MB in float32."""

EXACT = 1024
"""Whole numbers of at most this size add up exactly in float32: 4,096 clusters picked once on average make 2**22."""

SINGLE = np.dtype(np.float32)


class Weighting(Protocol):
    """Rows of weights, small whole numbers that are 1 on average (or ±1), given block by block and the same each time."""

    @property
    def draws(self) -> int: ...

    @property
    def clusters(self) -> int: ...

    def blocks(self) -> Iterator[tuple[int, Numbers]]: ...


def weighted_sums(weighting: Weighting, *parts: Numbers, rows: npt.NDArray[np.intp] | None = None) -> tuple[Floats, ...]:
    """What do the columns of each part add up to under each row of weights?

    Each of `parts` is [clusters, columns], the results are [draws, columns]. Where only some clusters have data, pass only
    their rows and their numbers in `rows`. Columns that are equal to the first one (a denominator of ones, where the
    data are complete) are multiplied once.

    >>> from normscope.stats.resamples import Resamples
    >>> weighted_sums(Resamples(3, 2, 0), np.array([[1], [1], [1]]))[0].tolist()
    [[3.0], [3.0]]
    """
    clusters = weighting.clusters if rows is None else len(rows)
    for part in parts:
        if part.ndim != 2 or len(part) != clusters:
            raise ValueError(f"parts must have a row for each of {clusters} clusters; got the shape {part.shape}")
    distinct = [_distinct(part) for part in parts]
    found = _products(weighting, [part[:, columns] for part, (columns, _) in zip(parts, distinct, strict=True)], rows)
    return tuple(sums[:, back] for sums, (_, back) in zip(found, distinct, strict=True))


def _distinct(part: Numbers) -> tuple[npt.NDArray[np.intp] | slice, npt.NDArray[np.intp] | slice]:
    """The columns to multiply, and where each column of the part is among them."""
    everything = slice(None)
    if part.shape[1] < 2 or not len(part):
        return everything, everything
    likely = np.flatnonzero((part[0] == part[0, 0]) & (part[-1] == part[-1, 0]))  # looks through few columns where none is equal
    equal = np.zeros(part.shape[1], dtype=bool)
    for start in range(0, likely.size, COLUMNS):
        some = likely[start : start + COLUMNS]
        equal[some] = (part[:, some] == part[:, :1]).all(axis=0)
    if np.count_nonzero(equal) < 2:
        return everything, everything
    others = np.flatnonzero(~equal)
    back = np.zeros(part.shape[1], dtype=np.intp)
    back[others] = np.arange(1, others.size + 1)
    return np.concatenate([[0], others]), back


def _products(weighting: Weighting, parts: list[Numbers], rows: npt.NDArray[np.intp] | None) -> list[Floats]:
    sums = [np.zeros((weighting.draws, part.shape[1])) for part in parts]
    types = [_product_type(part) for part in parts]
    for first, block in weighting.blocks():
        for start in range(0, len(block), DRAWS):
            counts = block[start : start + DRAWS] if rows is None else block[start : start + DRAWS, rows]
            into = [found[first + start : first + start + len(counts)] for found in sums]
            for cluster in range(0, counts.shape[1], CLUSTERS):
                some = slice(cluster, cluster + CLUSTERS)
                weights = {kind: counts[:, some].astype(kind) for kind in set(types)}
                for part, kind, found in zip(parts, types, into, strict=True):
                    for column in range(0, part.shape[1], COLUMNS):
                        these = slice(column, column + COLUMNS)
                        found[:, these] += weights[kind] @ part[some, these].astype(kind, copy=False)
    return sums


def _product_type(part: Numbers) -> np.dtype[np.float32] | np.dtype[np.float64]:
    if part.dtype == bool or part.dtype == SINGLE or not part.size:
        return SINGLE
    small = max(abs(float(part.min())), abs(float(part.max()))) <= EXACT
    if small and (part.dtype.kind in "iu" or bool((np.rint(part) == part).all())):
        return SINGLE
    return np.dtype(np.float64)
