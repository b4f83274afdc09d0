"""Which comparisons people are asked to label: random samples whose inclusion probabilities are known exactly.

Every comparison has a random number of its own, made from the seed and its key (a "permanent random number", Ohlsson 1995).
A plan takes the comparisons whose number is small enough. So the same seed draws the same sample whatever the order of the
frame, and a larger sample contains the smaller one: drawing more later keeps every label that was given. They are labelled in
the order of number/inclusion, so that who stops before the end has labelled a random part of the sample: a smaller one.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.errors import UsageError
from normscope.records import UNSPECIFIED
from normscope.stats.bootstrap import Floats

__all__ = ["ALLOCATIONS", "DRAWN_SCHEMA", "Allocation", "Sampling", "Stratified", "Tightest", "Uniform", "permanent_numbers"]

Allocation = Literal["proportional", "equal"]
Places = npt.NDArray[np.intp]
ALLOCATIONS: tuple[Allocation, ...] = ("proportional", "equal")

DRAWN_SCHEMA = {"comparison": pl.String, "inclusion": pl.Float64, "stratum": pl.String, "rank": pl.Int64}
"""One row per comparison that was drawn. `inclusion` in (0, 1]: the probability with which the plan draws it; `rank` from 1:
its place in the random order of labelling, by which the rows are ordered."""

LEAST_PER_STRATUM = 2
"""With two a variance can be told within the stratum; with none an estimate would be biased."""


class Sampling(Protocol):
    """Draws comparisons from a frame: one row per comparison, `comparison` (a unique key), `basis`, `label`, `score`."""

    @property
    def name(self) -> str: ...

    def __call__(self, frame: pl.DataFrame, *, seed: int) -> pl.DataFrame:
        """What is drawn (`DRAWN_SCHEMA`)."""
        ...


def permanent_numbers(keys: Sequence[str], *, seed: int, use: str = "sample") -> Floats:
    """One number in [0, 1) per key, uniform over seeds and independent between keys and between uses.

    >>> permanent_numbers(["a", "b"], seed=1).tolist() == permanent_numbers(["b", "a"], seed=1)[::-1].tolist()
    True
    """
    salt = f"{seed}/{use}".encode()
    whole = (hashlib.blake2b(key.encode(), digest_size=8, key=salt[:64]).digest() for key in keys)
    # 53 bits: what a float holds exactly
    return np.fromiter((int.from_bytes(digest, "big") >> 11 for digest in whole), np.float64, len(keys)) / 2.0**53


@dataclass(frozen=True)
class Uniform:
    """`n` comparisons, each as likely as any other (simple random sampling without replacement): inclusion n/N.

    It needs no labels of a matcher, so that one sample serves to measure several matchers. More than there are: all.

    >>> frame = pl.DataFrame({"comparison": ["a", "b", "c", "d"]})
    >>> Uniform(2)(frame, seed=0)["inclusion"].to_list()
    [0.5, 0.5]
    """

    n: int
    name: str = "uniform"

    def __call__(self, frame: pl.DataFrame, *, seed: int) -> pl.DataFrame:
        """What is drawn (`DRAWN_SCHEMA`)."""
        keys = _sorted(self.n, frame, needs=())["comparison"].to_list()
        numbers = permanent_numbers(keys, seed=seed)
        taken = _smallest(numbers, self.n)
        return _drawn(keys, taken, np.full(len(keys), min(1.0, self.n / max(len(keys), 1))), numbers)


@dataclass(frozen=True)
class Stratified:
    """`n` comparisons, spread over strata: basis, the matcher's label, and the tercile of its score among that label's.

    `proportional`: strata get places by their size (Sainte-Laguë's divisors, so that a larger sample never takes a place
    away); `equal`: the same number each, for figures by label. Each stratum has at least two places, or as many as it has
    comparisons: with a small `n` more than `n` are drawn. Inclusion: places/size of the stratum. Equal scores are in the
    same tercile, so that a stratum may be missing.
    """

    n: int
    allocation: Allocation = "proportional"
    name: str = "stratified"

    def __call__(self, frame: pl.DataFrame, *, seed: int) -> pl.DataFrame:
        """What is drawn (`DRAWN_SCHEMA`)."""
        frame = _sorted(self.n, frame, needs=("basis", "label", "score"))
        keys = frame["comparison"].to_list()
        strata = _strata(frame)
        members: dict[str, list[int]] = {}
        for i, stratum in enumerate(strata):
            members.setdefault(stratum, []).append(i)
        places = self.places([len(members[stratum]) for stratum in sorted(members)])
        numbers, inclusion = permanent_numbers(keys, seed=seed), np.ones(len(keys))
        taken: list[int] = []
        for stratum, n in zip(sorted(members), places, strict=True):
            here = np.array(members[stratum])
            taken += here[_smallest(numbers[here], n)].tolist()
            inclusion[here] = n / len(here)
        return _drawn(keys, np.array(taken, dtype=np.intp), inclusion, numbers, strata)

    def places(self, sizes: Sequence[int]) -> list[int]:
        """How many places each stratum of these sizes gets. They are given one by one, so that more `n` only adds.

        >>> Stratified(10).places([60, 30, 10]), Stratified(9, "equal").places([60, 30, 2])
        ([5, 3, 2], [4, 3, 2])
        """
        given = [min(LEAST_PER_STRATUM, size) for size in sizes]

        def claim(h: int) -> tuple[float, int]:
            strength = sizes[h] / (2 * given[h] + 1) if self.allocation == "proportional" else -float(given[h])
            return (-strength, h)

        queue = [claim(h) for h in range(len(sizes)) if given[h] < sizes[h]]
        heapq.heapify(queue)
        for _ in range(min(self.n, sum(sizes)) - sum(given)):
            _, h = heapq.heappop(queue)
            given[h] += 1
            if given[h] < sizes[h]:
                heapq.heappush(queue, claim(h))
        return given


@dataclass(frozen=True)
class Tightest:
    """About `n` comparisons, more of those on which the matcher may err: where labels shrink a corrected interval most.

    The correction rests on the matcher's error, so what counts is how much that varies: a comparison is drawn in proportion
    to √(e(1 − e)), e = 1 − score, at most ½ (a score below ½ is no sign that the label is surely wrong). The share `floor`
    of the places goes to all alike, so that every comparison can be drawn and a matcher that is sure and wrong is found out.
    Poisson sampling: each comparison is drawn for itself, with inclusion min(1, c·w) where c makes the expected number n.
    The number that is drawn varies, with standard deviation below √n.
    """

    n: int
    floor: float = 0.2
    name: str = "tightest"

    def __call__(self, frame: pl.DataFrame, *, seed: int) -> pl.DataFrame:
        """What is drawn (`DRAWN_SCHEMA`)."""
        frame = _sorted(self.n, frame, needs=("score",))
        keys = frame["comparison"].to_list()
        numbers, inclusion = permanent_numbers(keys, seed=seed), self.inclusion(frame["score"].to_numpy())
        return _drawn(keys, np.flatnonzero(numbers < inclusion), inclusion, numbers)

    def inclusion(self, scores: Floats) -> Floats:
        """The probability with which comparisons of these scores are drawn, each in (0, 1]; they sum to min(n, N).

        >>> Tightest(2).inclusion(np.array([1.0, 1.0, 0.5, 0.5])).round(2).tolist()
        [0.1, 0.1, 0.9, 0.9]
        """
        if self.n >= len(scores):
            return np.ones(len(scores))
        error = np.clip(1.0 - scores, 0.0, 0.5)
        spread = np.sqrt(error * (1.0 - error))
        mean = spread.mean()
        weight = np.ones(len(scores)) if mean == 0.0 else self.floor + (1.0 - self.floor) * spread / mean
        return _capped(weight, self.n)


def _capped(weight: Floats, n: int) -> Floats:
    """min(1, c·weight) with the c at which it sums to n < number of weights."""
    order = np.argsort(-weight, kind="stable")
    heaviest = weight[order]
    # with the k heaviest at 1, the others share n − k; k is right once the heaviest of the others stays below 1
    rest = np.cumsum(heaviest[::-1])[::-1]
    k = next(k for k in range(n) if (n - k) * heaviest[k] <= rest[k] or k == n - 1)
    inclusion = np.ones(len(weight))
    inclusion[order[k:]] = np.minimum(1.0, heaviest[k:] * (n - k) / rest[k])
    return inclusion


def _strata(frame: pl.DataFrame) -> list[str]:
    group, score = ["basis", "label"], pl.col("score")
    lower, upper = (score.quantile(q, interpolation="lower").over(group) for q in (1 / 3, 2 / 3))
    tercile = pl.when(score <= lower).then(pl.lit("low")).when(score <= upper).then(pl.lit("middle")).otherwise(pl.lit("high"))
    return frame.select(pl.concat_str("basis", "label", tercile, separator=" "))["basis"].to_list()


def _smallest(numbers: Floats, n: int) -> Places:
    return np.argsort(numbers, kind="stable")[:n]


def _drawn(
    keys: Sequence[str], taken: Places, inclusion: Floats, numbers: Floats, strata: Sequence[str] | None = None
) -> pl.DataFrame:
    order = taken[np.argsort(numbers[taken] / inclusion[taken], kind="stable")]
    values = {
        "comparison": [keys[i] for i in order],
        "inclusion": inclusion[order],
        "stratum": [UNSPECIFIED if strata is None else strata[i] for i in order],
        "rank": np.arange(1, len(order) + 1),
    }
    return pl.DataFrame(values, schema=DRAWN_SCHEMA)


def _sorted(n: int, frame: pl.DataFrame, *, needs: Sequence[str]) -> pl.DataFrame:
    """The frame in the order of its keys, so that sums do not depend on the order it came in."""
    if n < 1:
        raise UsageError(f"a sample needs at least one comparison; got {n}.")
    missing = [name for name in ("comparison", *needs) if name not in frame.columns]
    if missing:
        raise ValueError(f"the frame lacks the columns {missing}; got {frame.columns}")
    if frame["comparison"].is_duplicated().any():
        raise ValueError("the frame holds a comparison twice")
    return frame.sort("comparison")
