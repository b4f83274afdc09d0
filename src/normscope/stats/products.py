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
    """Weights times some parts at once. Memory is taken once: asking for it anew takes longer than the product of few columns."""

    def __init__(self, draws: int, clusters: int, columns: list[int], kind: np.dtype[Any]) -> None:
        self.clusters = clusters
        self.edges = [0, *accumulate(columns)]
        self.weights = np.empty((draws, clusters), dtype=kind)
        self.numbers = np.empty((clusters, self.edges[-1]), dtype=kind)
        self.product = np.empty((draws, self.edges[-1]), dtype=kind)

    def __call__(self, weights: Numbers, parts: list[Numbers]) -> list[Numbers]:
        """Weights [draws, clusters] @ each part [clusters, its columns], valid until the next call."""
        draws, clusters = weights.shape
        self.weights[:draws, :clusters] = weights
        for part, (start, stop) in zip(parts, pairwise(self.edges), strict=True):
            self.numbers[:clusters, start:stop] = part
        product = np.matmul(self.weights[:draws, :clusters], self.numbers[:clusters], out=self.product[:draws])
        return [product[:, start:stop] for start, stop in pairwise(self.edges)]


class Packed:
    """Counts times two parts of truth values in the time of one: a rate and what it is a rate of, where data are missing."""

    def __init__(self, draws: int, clusters: int, columns: int) -> None:
        self.clusters = clusters
        self.weights = np.empty((draws, clusters), dtype=np.float32)
        self.numbers = np.empty((clusters, columns), dtype=np.float32)
        self.product = np.empty((draws, columns), dtype=np.float32)
        self.one = np.empty((draws, columns), dtype=np.int32)
        self.other = np.empty((draws, columns), dtype=np.int32)

    def __call__(self, weights: Numbers, parts: list[Numbers]) -> list[Numbers]:
        """Weights [draws, clusters] @ both parts [clusters, columns], exactly; valid until the next call."""
        draws, clusters = weights.shape
        rows, numbers = self.weights[:draws, :clusters], self.numbers[:clusters]
        rows[:] = weights
        if weights.dtype != np.uint8 or float(rows.sum(axis=1).max()) >= BASE:
            return [rows @ part.astype(np.float32) for part in parts]
        np.multiply(parts[1], np.float32(BASE), out=numbers)
        numbers += parts[0]
        one, other = self.one[:draws], self.other[:draws]
        one[:] = np.matmul(rows, numbers, out=self.product[:draws])
        np.right_shift(one, BASE.bit_length() - 1, out=other)
        one &= BASE - 1
        return [one, other]
