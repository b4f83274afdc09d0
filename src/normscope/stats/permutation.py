"""A paired permutation test: would two ratios differ so much if it did not matter which is which?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.stats.arrays import Floats, Masked, Numbers, concatenated
from normscope.stats.cluster_parts import column_blocks, totals
from normscope.stats.ratios import ratio, ratio_difference
from normscope.stats.weighted_sums import weighted_sums

__all__ = ["Flips", "Permuted", "permutation_test"]

BLOCK = 2**24
"""Signs given at a time."""

ROUNDING = 1e-12
"""Differences that are smaller than the one found by so little, relative to the ratios, are equal to it up to rounding."""

CELLS = 2**22
"""Differences computed at a time."""


@dataclass(frozen=True)
class Flips:
    """`flips` rows of signs, 1 or -1 for each cluster, from a seed; all 2**clusters rows where these are not more than `flips`.

    The same fields always give the same signs.

    >>> Flips(clusters=2, flips=100, seed=0).draws
    4
    """

    clusters: int
    flips: int
    seed: int

    def __post_init__(self) -> None:
        if self.clusters < 1 or self.flips < 1:
            raise ValueError(f"a permutation test needs at least one cluster and one flip; got {self.clusters} and {self.flips}")

    @property
    def exact(self) -> bool:
        """Are these all there are?"""
        return self.clusters < 63 and 2**self.clusters <= self.flips

    @property
    def draws(self) -> int:
        """The number of rows."""
        return 2**self.clusters if self.exact else self.flips

    @property
    def method(self) -> str:
        """How a p-value from these flips was made, for people to read."""
        return "paired permutation test, " + ("exact" if self.exact else f"{self.flips} sign flips, seed {self.seed}")

    def blocks(self) -> Iterator[tuple[int, npt.NDArray[np.int8]]]:
        """The signs in blocks: the number of a block's first row, and [some rows, clusters]."""
        bits = -(-self.clusters // 64) * 64
        step = max(1, BLOCK // bits)
        generator = np.random.default_rng(self.seed).bit_generator
        for start in range(0, self.draws, step):
            rows = min(step, self.draws - start)
            numbers = np.arange(start, start + rows, dtype=np.uint64) if self.exact else generator.random_raw(rows * bits // 64)
            ones = np.unpackbits(numbers.astype("<u8", copy=False).view(np.uint8), bitorder="little").reshape(rows, bits)
            yield start, 1 - 2 * ones[:, : self.clusters].astype(np.int8)


@dataclass(frozen=True, eq=False)
class Permuted:
    """[columns] each: the difference of two ratios, and how probable one as large (either way) is if nothing distinguishes them.

    `p` lies in (0, 1]. Both are masked, with a `reason`, where no cluster has data for both ratios; `clusters` counts those
    that have. With k of them p is at least 2 / 2^k.
    """

    difference: Masked
    p: Masked
    clusters: npt.NDArray[np.intp]
    reason: tuple[str, ...]
    method: str


def permutation_test(flips: Flips, *parts: Numbers) -> Permuted:
    """Do two ratios of sums over the same clusters differ by more than chance?

    `parts` are numerator and denominator of the first and of the second ratio, each [clusters, columns] or [clusters, 1].
    Clusters without data for both (a denominator of 0) say nothing about the difference and are left out. If nothing
    distinguishes the two, then in each cluster their numbers could as well be swapped: p is the share of swaps (one sign per
    cluster, the same for all columns) with a difference at least as large as the one found, which counts as one of them
    unless all swaps are tried.
    Source: Fisher's randomisation; Phipson and Smyth (2010) for counting the one found.

    >>> found = permutation_test(Flips(3, 100, 0), *(np.array([[x], [x], [x]]) for x in (1.0, 1.0, 0.0, 1.0)))
    >>> float(found.difference[0]), float(found.p[0])  # 2 of 8 swaps are as extreme: none and all
    (1.0, 0.25)
    """
    if len(parts) != 4:
        raise ValueError(f"a difference of two ratios has 4 parts; got {len(parts)}")
    blocks = [_block(flips, block) for block in column_blocks(parts, CELLS // flips.draws)]
    clusters = np.concatenate([block[2] for block in blocks])
    none = "no cluster of dilemmas has data for both"
    return Permuted(
        difference=concatenated([block[0] for block in blocks]),
        p=concatenated([block[1] for block in blocks]),
        clusters=clusters,
        reason=tuple(np.where(clusters > 0, "", none).tolist()),
        method=flips.method,
    )


def _block(flips: Flips, parts: list[Numbers]) -> tuple[Masked, Masked, npt.NDArray[np.intp]]:
    both = (parts[1] > 0) & (parts[3] > 0)
    one, of_one, other, of_other = (np.where(both, part, 0.0).astype(np.float64, copy=False) for part in parts)
    sums = totals([one, of_one, other, of_other])
    found = ratio_difference(*sums)
    # swapping a cluster's numbers adds half of what they differ by to one sum, and takes it from the other
    by, of_by = weighted_sums(flips, one - other, of_one - of_other)
    swapped = ratio_difference(*_swapped(sums, by, of_by))
    size = np.abs(ratio(*sums[:2]).data) + np.abs(ratio(*sums[2:]).data)
    least = np.abs(found.data) - ROUNDING * size
    as_large = np.count_nonzero(np.abs(swapped.data) >= least, axis=0)
    extra = 0 if flips.exact else 1
    p: Masked = np.ma.MaskedArray((as_large + extra) / (flips.draws + extra), mask=np.ma.getmaskarray(found))
    return found, p, np.count_nonzero(both, axis=0)


def _swapped(sums: list[Floats], by: Floats, of_by: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    total, of_total = sums[0] + sums[2], sums[1] + sums[3]
    return (total + by) / 2, (of_total + of_by) / 2, (total - by) / 2, (of_total - of_by) / 2
