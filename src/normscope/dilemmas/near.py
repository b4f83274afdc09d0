"""Finding texts that are nearly the same among many, without comparing every pair.

Texts are sets of runs of five characters. MinHash with banding proposes pairs; every reported similarity is the exact
Jaccard index of the two sets, never an estimate. Each of eight permutations gives sixteen minima ("One permutation hashing",
Li, Owen, Zhang, 2012), and the rows of a band come from different permutations, so that short texts do not collide by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["Near", "near_duplicates"]

Hashes = NDArray[np.uint64]

RUN = 5
PERMUTATIONS = 8
BINS = 16
ROWS = 4
"""Minima per band: a pair of similarity s is proposed with probability 1 - (1 - s^4)^32, i.e. > 0.9999999 at 0.8."""
REACH = 16
"""In a bucket of more texts than this, each is compared with so many neighbours only (more if there are few texts)."""
MAX_COMPARED = 20_000
"""Pairs that are compared exactly, the most promising first."""

_EMPTY = np.uint64(2**64 - 1)
_CHARACTERS = 1_000_000
"""Characters hashed at a time, which bounds memory."""
_PAIRS = 20_000
"""Pairs estimated at a time."""
_NEIGHBOURS = 200_000
"""Pairs that one band may propose where there are few texts."""


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs (i, j, similarity) with i < j, the most similar first.

    `crowded` texts had too many look-alikes to compare all of them; `not_compared` proposed pairs were beyond the limit.
    Both are 0 if every proposed pair was compared.
    """

    pairs: tuple[tuple[int, int, float], ...]
    crowded: int
    not_compared: int


def near_duplicates(texts: Sequence[str], *, threshold: float = 0.8) -> Near:
    """Which pairs of texts have a Jaccard index of their five-character runs of at least `threshold`, in (0, 1].

    >>> near_duplicates(["she never cleans", "hello", "she never cleaned"], threshold=0.5).pairs  # 11 of 14 runs
    ((0, 2, 0.7857142857142857),)
    """
    if len(texts) < 2:
        return Near((), 0, 0)
    signatures = _signatures(texts)
    candidates, crowded = _candidates(signatures)
    likeness = _likeness(signatures, candidates)
    promising = likeness >= threshold - 0.2
    order = np.argsort(-likeness[promising], kind="stable")
    candidates = candidates[promising][order]
    sets: dict[int, Hashes] = {}
    found = []
    for i, j in candidates[:MAX_COMPARED].tolist():
        a, b = (sets[k] if k in sets else sets.setdefault(k, np.unique(_hashes([texts[k]])[0])) for k in (i, j))
        shared = np.intersect1d(a, b, assume_unique=True).size
        similarity = shared / (a.size + b.size - shared)
        if similarity >= threshold:
            found.append((i, j, similarity))
    found.sort(key=lambda pair: (-pair[2], pair[0], pair[1]))
    return Near(tuple(found), crowded, max(0, len(candidates) - MAX_COMPARED))


def _hashes(texts: Sequence[str]) -> tuple[Hashes, NDArray[np.int64]]:
    """The hash of every run of characters of all texts, and which text each belongs to."""
    padded = [text.ljust(RUN) for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    owners = np.repeat(np.arange(len(padded)), [len(text) for text in padded])
    windows = len(codes) - RUN + 1
    hashes = np.zeros(windows, dtype=np.uint64)
    for k in range(RUN):
        hashes = hashes * np.uint64(0x100000001B3) + codes[k : k + windows]
    within = owners[:windows] == owners[RUN - 1 :]
    return _mix(hashes[within]), owners[:windows][within]


def _mix(hashes: Hashes) -> Hashes:
    """The finaliser of splitmix64: every input bit reaches every output bit."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Hashes = hashes ^ (hashes >> np.uint64(31))
    return mixed


def _signatures(texts: Sequence[str]) -> Hashes:
    """For each text the least hash in each bin of each permutation: (texts, PERMUTATIONS, BINS)."""
    signatures = np.full((len(texts), PERMUTATIONS, BINS), _EMPTY, dtype=np.uint64)
    multipliers = _mix(np.arange(1, PERMUTATIONS + 1, dtype=np.uint64)) | np.uint64(1)
    start = 0
    while start < len(texts):
        end, characters = start, 0
        while end < len(texts) and (end == start or characters + len(texts[end]) <= _CHARACTERS):
            characters += len(texts[end])
            end += 1
        hashes, owners = _hashes(texts[start:end])
        flat = signatures[start:end].reshape(-1)
        for permutation, multiplier in enumerate(multipliers):
            permuted = hashes * multiplier
            bins = (permuted >> np.uint64(60)).astype(np.int64)  # the top four bits: 16 bins
            np.minimum.at(flat, (owners * PERMUTATIONS + permutation) * BINS + bins, permuted)
        start = end
    return _filled(signatures)


def _filled(signatures: Hashes) -> Hashes:
    """Empty bins borrow from the next one that is not, marked by the distance (Shrivastava and Li, 2014)."""
    filled = signatures.copy()
    for distance in range(1, BINS):
        empty = filled == _EMPTY
        if not empty.any():
            break
        lent = np.roll(signatures, -distance, axis=2)
        use = empty & (lent != _EMPTY)
        filled[use] = _mix(lent[use] + np.uint64(distance))
    return filled


def _candidates(signatures: Hashes) -> tuple[NDArray[np.int64], int]:
    """The distinct pairs (i, j), i < j, that share a band, and how many texts were in crowded buckets."""
    n = len(signatures)
    reach = min(n - 1, max(REACH, _NEIGHBOURS // n))
    keys: list[NDArray[np.int64]] = []
    crowded = np.zeros(n, dtype=bool)
    for bin_, first in product(range(BINS), range(0, PERMUTATIONS, ROWS)):
        bucket = signatures[:, first, bin_]
        for permutation in range(first + 1, first + ROWS):
            bucket = _mix(bucket) + signatures[:, permutation, bin_]
        order = np.argsort(bucket, kind="stable")
        ordered = bucket[order]
        for step in range(1, reach + 1):
            same = ordered[step:] == ordered[:-step]
            if not same.any():
                break
            keys.append(order[:-step][same] * n + order[step:][same])
        beyond = ordered[reach + 1 :] == ordered[: -reach - 1]
        crowded[order[reach + 1 :][beyond]] = True
        crowded[order[: -reach - 1][beyond]] = True
    pairs = np.unique(np.concatenate(keys)) if keys else np.zeros(0, dtype=np.int64)
    return np.stack([pairs // n, pairs % n], axis=1), int(crowded.sum())


def _likeness(signatures: Hashes, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of equal bins of each pair, an estimate of its similarity."""
    likeness = np.empty(len(candidates))
    for start in range(0, len(candidates), _PAIRS):
        i, j = candidates[start : start + _PAIRS].T
        likeness[start : start + _PAIRS] = (signatures[i] == signatures[j]).mean(axis=(1, 2))
    return likeness
