"""Sums over clusters under many rows of weights at once: matrix products in blocks that bound the memory.

Whole numbers up to `EXACT` (truth values, counts of a dilemma) are multiplied in float32 without any loss: what one product
adds up stays below 2**24, and products are added up in float64. float32 input is multiplied in float32 as well; its sums are
then off by about 1e-7 of themselves, far less than draws can resolve. Anything else is multiplied in float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Numbers

__all__ = ["Weighting", "weighted_sums"]

DRAWS, CLUSTERS, COLUMNS = 1024, 4096, 1024
"""The largest product of a part: [draws, clusters] @ [clusters, columns], about 40 MB in float32."""

EXACT = 1024
"""Whole numbers of at most this size add up exactly in float32: 4,096 clusters picked once on average make 2**22."""

SAMPLE = 64
"""Rows that tell columns apart as a rule; only columns that are equal there are compared as a whole."""

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
    few = part[:: max(1, len(part) // SAMPLE)]
    likely = np.flatnonzero((few == few[:, :1]).all(axis=0))
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
    clusters = weighting.clusters if rows is None else len(rows)
    by_type: dict[np.dtype[Any], list[int]] = {}
    for i, part in enumerate(parts):
        by_type.setdefault(_product_type(part), []).append(i)
    for kind, members in by_type.items():
        for column in range(0, max(parts[i].shape[1] for i in members), COLUMNS):
            these = slice(column, column + COLUMNS)
            several = [parts[i][:, these] for i in members]
            into = [sums[i][:, these] for i in members]
            _multiply(weighting, several, into, rows, _Room(min(weighting.draws, DRAWS), min(clusters, CLUSTERS), several, kind))
    return sums


class _Room:
    """The memory of one product, taken once: asking for fresh memory takes longer than the product of few columns."""

    def __init__(self, draws: int, clusters: int, parts: list[Numbers], kind: np.dtype[Any]) -> None:
        self.edges = [0, *accumulate(part.shape[1] for part in parts)]
        self.weights = np.empty((draws, clusters), dtype=kind)
        self.numbers = np.empty((clusters, self.edges[-1]), dtype=kind)
        self.product = np.empty((draws, self.edges[-1]), dtype=kind)

    def multiply(self, weights: Numbers, parts: list[Numbers]) -> Iterator[Numbers]:
        """Weights [draws, clusters] @ each part [clusters, its columns], all in one product."""
        draws, clusters = weights.shape
        self.weights[:draws, :clusters] = weights
        for part, (start, stop) in zip(parts, pairwise(self.edges), strict=True):
            self.numbers[:clusters, start:stop] = part
        product = np.matmul(self.weights[:draws, :clusters], self.numbers[:clusters], out=self.product[:draws])
        for start, stop in pairwise(self.edges):
            yield product[:, start:stop]


def _multiply(
    weighting: Weighting, parts: list[Numbers], into: list[Floats], rows: npt.NDArray[np.intp] | None, room: _Room
) -> None:
    for first, block in weighting.blocks():
        for start in range(0, len(block), DRAWS):
            weights = block[start : start + DRAWS] if rows is None else block[start : start + DRAWS, rows]
            here = slice(first + start, first + start + len(weights))
            for cluster in range(0, weights.shape[1], CLUSTERS):
                some = slice(cluster, cluster + CLUSTERS)
                for sums, product in zip(into, room.multiply(weights[:, some], [part[some] for part in parts]), strict=True):
                    sums[here] += product


def _product_type(part: Numbers) -> np.dtype[Any]:
    if part.dtype in (bool, SINGLE) or not part.size:
        return SINGLE
    small = max(abs(float(part.min())), abs(float(part.max()))) <= EXACT
    if small and (part.dtype.kind in "iu" or bool((np.rint(part) == part).all())):
        return SINGLE
    return np.dtype(np.float64)
