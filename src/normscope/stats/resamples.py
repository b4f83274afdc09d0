"""Bootstrap samples of clusters as rows of weights, drawn block by block from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats

__all__ = ["Counts", "Resamples", "Scheme"]

Counts: TypeAlias = npt.NDArray[np.uint8]
"""How often each draw picked each cluster. A cluster picked more than 255 times does not happen: once in 10^500 draws."""

Scheme: TypeAlias = Literal["multinomial", "poisson"]

BLOCK = 2**16
"""Picks drawn at a time: so many stay in the cache, which makes drawing twice as fast as with millions."""

KEPT = 2**28
"""Weights are kept in memory up to so many bytes (89,000 clusters and 3,000 draws); more are drawn anew each time."""

GIVEN = 2**27
"""Bytes of a block of weights that are not kept."""

LANES = 4
"""16-bit numbers in one 64-bit output of the generator."""

POISSON = np.array([24109, 24110, 12055, 4017, 1005, 201, 34, 4, 1])
"""Of 65,536 equally likely numbers, how many stand for a weight of 0, 1, 2, ...: Poisson with mean 1, rounded so that mean and
variance are exactly 1."""

THRESHOLDS = POISSON.cumsum()[:-1].astype(np.uint16)
"""A number gets as much weight as it reaches thresholds."""


@dataclass(frozen=True)
class Resamples:
    """`draws` bootstrap samples of `clusters` clusters, from a seed.

    The same fields always give the same weights, in blocks of whatever size, and the first rows of more draws are those of
    fewer. `multinomial`: every sample has exactly `clusters` clusters. `poisson`: each cluster is picked 0, 1, 2, ... times
    independently of the others, so that samples differ in size; ten times faster to draw, and equal for ratios of
    sums as soon as there are some dozens of clusters.

    >>> Resamples(clusters=4, draws=3, seed=0).weights.sum(axis=1)
    array([4., 4., 4.])
    """

    clusters: int
    draws: int
    seed: int
    scheme: Scheme = "multinomial"

    def __post_init__(self) -> None:
        if self.clusters < 1 or self.draws < 1:
            raise ValueError(f"a bootstrap needs at least one cluster and one draw; got {self.clusters} and {self.draws}")
        if self.scheme not in ("multinomial", "poisson"):
            raise ValueError(f"scheme must be 'multinomial' or 'poisson'; got {self.scheme!r}")

    def blocks(self) -> Iterator[tuple[int, Counts]]:
        """The weights in blocks of draws: the number of a block's first draw, and [some draws, clusters]."""
        if self.clusters * self.draws <= KEPT:
            yield 0, self._kept
            return
        drawing, rows = self._drawing(), max(1, GIVEN // self.clusters)
        for start in range(0, self.draws, rows):
            yield start, drawing.rows(min(rows, self.draws - start))

    @property
    def weights(self) -> Floats:
        """[draws, clusters]: how often each draw picked each cluster. All at once: for few clusters, or for looking at."""
        return np.concatenate([block for _, block in self.blocks()]).astype(np.float64)

    @property
    def method(self) -> str:
        """How a percentile interval from these resamples was made, for people to read."""
        return self.described("percentile")

    def described(self, kind: str) -> str:
        """How an interval of this kind was made, for people to read."""
        how = "cluster bootstrap" if self.scheme == "multinomial" else "cluster bootstrap with Poisson weights"
        return f"{how}, {kind}, {self.draws} draws, seed {self.seed}"

    @cached_property
    def _kept(self) -> Counts:
        return self._drawing().rows(self.draws)

    def _drawing(self) -> _Multinomial | _Poisson:
        generator = np.random.default_rng(self.seed)
        return _Multinomial(self.clusters, generator) if self.scheme == "multinomial" else _Poisson(self.clusters, generator)


@dataclass(frozen=True)
class _Multinomial:
    clusters: int
    generator: np.random.Generator

    def rows(self, rows: int) -> Counts:
        """The next so many rows: each the counts of `clusters` picks."""
        counts = np.empty((rows, self.clusters), dtype=np.uint8)
        step = max(1, BLOCK // self.clusters)
        for start in range(0, rows, step):
            some = min(step, rows - start)
            picks = self.generator.integers(0, self.clusters, size=(some, self.clusters), dtype=np.uint32).astype(np.intp)
            # picks of row i are shifted by i * clusters, so that one bincount counts all rows at once
            picks += np.arange(0, some * self.clusters, self.clusters)[:, None]
            counted = np.bincount(picks.ravel(), minlength=some * self.clusters)
            counts[start : start + some] = counted.reshape(some, self.clusters)
        return counts


@dataclass(frozen=True)
class _Poisson:
    clusters: int
    generator: np.random.Generator

    def rows(self, rows: int) -> Counts:
        """The next so many rows. A row takes whole outputs of the generator, so that blocks of any size give the same."""
        outputs = -(-self.clusters // LANES)
        counts = np.empty((rows, self.clusters), dtype=np.uint8)
        step = max(1, BLOCK // self.clusters)
        for start in range(0, rows, step):
            some = min(step, rows - start)
            raw = self.generator.bit_generator.random_raw(some * outputs)
            uniform = raw.astype("<u8", copy=False).view("<u2")
            picked = np.zeros(uniform.shape, dtype=np.uint8)
            for threshold in THRESHOLDS:
                picked += (uniform >= threshold).view(np.uint8)
            counts[start : start + some] = picked.reshape(some, outputs * LANES)[:, : self.clusters]
        return counts
