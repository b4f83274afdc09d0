"""One matrix product of weights with the numbers of clusters, in memory that is taken once."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from normscope.stats.arrays import Numbers

__all__ = ["AT_ONCE", "Packed", "Product"]

BASE = 4096
"""Two counts below this fit into one float32 of 24 bits: one + `BASE` · other."""

AT_ONCE = 3584
"""Clusters in a product of two counts: weights that are 1 on average add up to 3,584 ± 60 in a draw, so never to `BASE`."""


class Product:
    """Weights times some parts at once, of at most so many draws, clusters at a time, and columns in all.

    Memory is taken once: asking for it anew takes longer than the product of few columns. After `begin` any number of
    clusters are added; `totals` are valid until the next `begin`.
    """

    def __init__(self, draws: int, clusters: int, columns: int, kind: np.dtype[Any]) -> None:
        self.clusters = clusters
        self.edges = [0]
        self.weights = np.empty((draws, clusters), dtype=kind)
        self.numbers = np.empty((clusters, columns), dtype=kind)
        self.product = np.empty((draws, columns), dtype=kind)
        self.total = np.empty((draws, columns))

    def begin(self, draws: int, columns: list[int]) -> None:
        """The next draws, and how many columns each part has."""
        self.edges = [0, *accumulate(columns)]
        self.here = np.s_[:draws, : self.edges[-1]]
        self.total[self.here] = 0.0

    def add(self, weights: Numbers, parts: list[Numbers]) -> None:
        """Weights [draws, clusters] @ each part [clusters, its columns] is added to the totals."""
        draws, clusters = weights.shape
        rows, numbers = self.weights[:draws, :clusters], self.numbers[:clusters, : self.edges[-1]]
        rows[:] = weights
        for part, (start, stop) in zip(parts, pairwise(self.edges), strict=True):
            numbers[:, start:stop] = part
        self.total[self.here] += np.matmul(rows, numbers, out=self.product[self.here])

    def totals(self) -> list[Numbers]:
        """[draws, its columns] of each part."""
        return [self.total[self.here][:, start:stop] for start, stop in pairwise(self.edges)]


class Packed:
    """Counts times two parts of truth values in the time of one: a rate and what it is a rate of, where data are missing.

    Used as `Product` is. Exact: totals are whole numbers below 2**31.
    """

    def __init__(self, draws: int, clusters: int, columns: int) -> None:
        self.clusters = clusters
        self.weights = np.empty((draws, clusters), dtype=np.float32)
        self.numbers = np.empty((clusters, columns), dtype=np.float32)
        self.product = np.empty((draws, columns), dtype=np.float32)
        self.one, self.other, self.both, self.shifted = (np.empty((draws, columns), dtype=np.int32) for _ in range(4))

    def begin(self, draws: int, columns: list[int]) -> None:
        """The next draws, and how many columns both parts have."""
        self.here = np.s_[:draws, : columns[0]]
        self.one[self.here] = self.other[self.here] = 0

    def add(self, weights: Numbers, parts: list[Numbers]) -> None:
        """Weights [draws, clusters] @ both parts [clusters, columns] is added to the totals."""
        draws, clusters = weights.shape
        rows, numbers = self.weights[:draws, :clusters], self.numbers[:clusters, : parts[0].shape[1]]
        rows[:] = weights
        if weights.dtype != np.uint8 or float(rows.sum(axis=1).max()) >= BASE:
            for total, part in zip((self.one, self.other), parts, strict=True):
                total[self.here] += (rows @ part.astype(np.float32)).astype(np.int32)
            return
        np.multiply(parts[1], np.float32(BASE), out=numbers)
        numbers += parts[0]
        both, shifted = self.both[self.here], self.shifted[self.here]
        both[:] = np.matmul(rows, numbers, out=self.product[self.here])
        np.right_shift(both, BASE.bit_length() - 1, out=shifted)
        both &= BASE - 1
        self.one[self.here] += both
        self.other[self.here] += shifted

    def totals(self) -> list[Numbers]:
        """[draws, columns] of both parts."""
        return [self.one[self.here], self.other[self.here]]
