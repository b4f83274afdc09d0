"""Made-up studies for the coverage benchmark, many replications at once, with the truth known.

Rows of a cluster agree with a probability of their own, drawn from a beta distribution: its mean is the rate, and it is as wide
as the intra-cluster correlation (ICC) asks. So the truth of `dilemmas like these` is the rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.intp]

EPISODE = (1, 5, 3, 2, 4)
ROWS = 5
LABELS = {30: 60, 100: 100, 1000: 200}
"""How many comparisons people label in a study of so many dilemmas with `ROWS` comparisons each."""

ALIKE = 0.5
"""The share of rows on which two responders meet the same chance, so that one agrees only if the other does."""


@dataclass(frozen=True)
class Layout:
    """How rows come in clusters: `sizes` gives the rows of each cluster for so many dilemmas; `rows` is their name in tables."""

    rows: str
    icc: float
    sizes: Callable[[int], Counts]


def one_each(dilemmas: int) -> Counts:
    return np.ones(dilemmas, dtype=np.intp)


def several_each(dilemmas: int) -> Counts:
    return np.full(dilemmas, ROWS, dtype=np.intp)


def in_episodes(dilemmas: int) -> Counts:
    """Episodes of 1 to 5 dilemmas, 3 on average."""
    ends = np.minimum(np.cumsum(np.resize(EPISODE, dilemmas)), dilemmas)
    sizes = np.diff(ends, prepend=0)
    return np.asarray(sizes[sizes > 0], dtype=np.intp)


LAYOUTS = (
    Layout("a row per dilemma", 0.0, one_each),
    Layout(f"{ROWS} rows per dilemma", 0.0, several_each),
    Layout(f"{ROWS} rows per dilemma", 0.3, several_each),
    Layout("episodes of 1 to 5 dilemmas", 0.0, in_episodes),
    Layout("episodes of 1 to 5 dilemmas", 0.3, in_episodes),
)


def chances(rate: float, icc: float, shape: tuple[int, ...], rng: np.random.Generator) -> Numbers:
    """The probability of a success in each cluster."""
    if icc == 0:
        return np.full(shape, rate)
    spread = (1 - icc) / icc
    return rng.beta(rate * spread, (1 - rate) * spread, shape)


def rates(sizes: Counts, rate: float, icc: float, replications: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Successes and rows [clusters, replications]."""
    rows = np.repeat(sizes[:, None], replications, axis=1)
    return rng.binomial(rows, chances(rate, icc, rows.shape, rng)).astype(float), rows.astype(float)


def two_rates(
    sizes: Counts, rate: float, other: float, icc: float, replications: int, rng: np.random.Generator
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Successes and rows [clusters, replications] of either of two responders on the same rows."""
    rows = np.repeat(sizes[:, None], replications, axis=1)
    more = chances(max(rate, other), icc, rows.shape, rng)
    less = more * min(rate, other) / max(rate, other)
    alike = rng.binomial(rows, ALIKE)
    both = rng.binomial(alike, less)
    # of the rows that meet the same chance and where the second did not agree, the first still may
    alone = rng.binomial(alike - both, np.clip((more - less) / np.maximum(1 - less, 1e-12), 0, 1))
    first = both + alone + rng.binomial(rows - alike, more)
    second = both + rng.binomial(rows - alike, less)
    ordered = (first, second) if rate >= other else (second, first)
    den = rows.astype(float)
    return ordered[0].astype(float), den, ordered[1].astype(float), den


@dataclass(frozen=True)
class Judge:
    """A judge that says `agree` to this share of true agreements, and does not to this share of the others."""

    sensitivity: float
    specificity: float

    def __str__(self) -> str:
        return f"{self.sensitivity:g} / {self.specificity:g}"

    def says(self, truth: Numbers, rng: np.random.Generator) -> Numbers:
        right = rng.random(truth.shape) < np.where(truth == 1, self.sensitivity, self.specificity)
        return np.where(right, truth, 1 - truth)


@dataclass(frozen=True, eq=False)
class Labelling:
    """Studies [replications, rows] of which people labelled the rows `drawn` [replications, labels], each with `probability`."""

    truth: Numbers
    machine: Numbers
    clusters: Counts
    drawn: Counts
    probability: float


def labelled(dilemmas: int, rate: float, icc: float, judge: Judge, replications: int, rng: np.random.Generator) -> Labelling:
    """Studies of dilemmas with `ROWS` comparisons each; which are labelled is drawn from all of them."""
    clusters = np.repeat(np.arange(dilemmas), ROWS)
    met = rng.random((replications, clusters.size))
    truth = (met < chances(rate, icc, (replications, dilemmas), rng)[:, clusters]).astype(np.float64)
    labels = LABELS[dilemmas]
    drawn = np.argpartition(rng.random(truth.shape), labels, axis=1)[:, :labels]
    return Labelling(truth, judge.says(truth, rng), clusters, drawn, labels / clusters.size)


def labelled_pairs(
    dilemmas: int, rate: float, other: float, icc: float, judge: Judge, replications: int, rng: np.random.Generator
) -> Labelling:
    """The same for two responders: the even rows are the first one's, and people label both or none of a comparison."""
    of = np.repeat(np.arange(dilemmas), ROWS)
    more = chances(max(rate, other), icc, (replications, dilemmas), rng)[:, of]
    less = more * min(rate, other) / max(rate, other)
    met = rng.random(more.shape)
    met_too = np.where(rng.random(more.shape) < ALIKE, met, rng.random(more.shape))
    each = (met < more, met_too < less) if rate >= other else (met_too < less, met < more)
    truth = np.stack(each, axis=2).reshape(replications, -1).astype(np.float64)
    labels = LABELS[dilemmas]
    pairs = np.argpartition(rng.random(more.shape), labels, axis=1)[:, :labels]
    drawn = np.stack([2 * pairs, 2 * pairs + 1], axis=2).reshape(replications, -1)
    return Labelling(truth, judge.says(truth, rng), np.repeat(of, 2), drawn, labels / of.size)
