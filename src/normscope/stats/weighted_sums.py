"""Sums over clusters under many rows of weights at once: matrix products in blocks that bound the memory.

Whole numbers up to `EXACT` (truth values, counts of a dilemma) are multiplied in float32 without any loss: what one product
adds up stays below 2**24, and products are added up in float64. float32 input is multiplied in float32 as well; its sums are
then off by about 1e-7 of themselves, far less than draws can resolve. Anything else is multiplied in float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Numbers
from normscope.stats.products import AT_ONCE, Packed, Product

__all__ = ["Weighting", "weighted_sums"]

DRAWS, CLUSTERS, COLUMNS = 1024, 4096, 2048
"""The largest product of a part: [draws, clusters] @ [clusters, columns], about 60 MB in float32."""

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
    sums = [np.empty((weighting.draws, part.shape[1])) for part in parts]
    clusters = max(1, weighting.clusters if rows is None else len(rows))
    draws = min(weighting.draws, DRAWS)
    for members, kind in _plan(parts):
        columns = [parts[i].shape[1] for i in members]
        if kind is None:
            product: Product | Packed = Packed(draws, min(clusters, AT_ONCE), min(columns[0], COLUMNS))
        else:
            product = Product(draws, min(clusters, CLUSTERS), sum(min(some, COLUMNS) for some in columns), kind)
        for column in range(0, max(columns), COLUMNS):
            these = slice(column, column + COLUMNS)
            _multiply(weighting, [parts[i][:, these] for i in members], [sums[i][:, these] for i in members], rows, product)
    return sums


def _plan(parts: list[Numbers]) -> list[tuple[list[int], np.dtype[Any] | None]]:
    """Which parts are multiplied together, and as what; truth values go two by two and have None."""
    plan: list[tuple[list[int], np.dtype[Any] | None]] = []
    left = list(range(len(parts)))
    while left:
        i = left.pop(0)
        second = next((k for k in left if parts[k].dtype == parts[i].dtype == bool and parts[k].shape == parts[i].shape), None)
        if second is not None:
            left.remove(second)
            plan.append(([i, second], None))
            continue
        kind = _product_type(parts[i])
        alike = next((members for members, other in plan if other is not None and other == kind), None)
        if alike is None:
            plan.append(([i], kind))
        else:
            alike.append(i)
    return plan


def _multiply(
    weighting: Weighting,
    parts: list[Numbers],
    into: list[Floats],
    rows: npt.NDArray[np.intp] | None,
    product: Product | Packed,
) -> None:
    for first, block in weighting.blocks():
        for start in range(0, len(block), DRAWS):
            weights = block[start : start + DRAWS] if rows is None else block[start : start + DRAWS, rows]
            product.begin(len(weights), [part.shape[1] for part in parts])
            for cluster in range(0, weights.shape[1], product.clusters):
                some = slice(cluster, cluster + product.clusters)
                product.add(weights[:, some], [part[some] for part in parts])
            for sums, total in zip(into, product.totals(), strict=True):
                sums[first + start : first + start + len(weights)] = total


def _product_type(part: Numbers) -> np.dtype[Any]:
    if part.dtype in (bool, SINGLE) or not part.size:
        return SINGLE
    small = max(abs(float(part.min())), abs(float(part.max()))) <= EXACT
    if small and (part.dtype.kind in "iu" or bool((np.rint(part) == part).all())):
        return SINGLE
    return np.dtype(np.float64)
