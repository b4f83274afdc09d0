"""The comparisons that people labelled: which rows, what they said, and how probable it was that they were drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.bootstrap import Floats

__all__ = ["Labelled", "as_rows", "as_weights", "enough_labels"]


@dataclass(frozen=True, eq=False)
class Labelled:
    """Labelled rows, parallel arrays [labels].

    `rows` are indices into the rows of the study, each at most once (average several coders first). `human` is people's
    value in [0, 1]. `probability` in (0, 1] is the probability with which the plan drew that row: it must not depend on
    what people then said. A comparison that is settled without people can be a row with the settled value and
    probability 1: it is known, but does not count as a label beside rows that were drawn.

    `strata` [all rows of the study] numbers the strata if the plan drew a *fixed number* from each (one stratum alone changes
    nothing that matters; settled rows are a stratum of their own); leave it out where each row was drawn on its own. Knowing
    the strata does not move a value, it narrows an interval that would be too wide without. Anything else is a ValueError.

    >>> Labelled(np.array([4, 0]), np.array([1.0, 0.0]), np.array([0.1, 0.1])).rows.tolist()
    [4, 0]
    """

    rows: npt.NDArray[np.intp]
    human: Floats
    probability: Floats
    strata: npt.NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        if self.rows.ndim != 1 or not self.rows.shape == self.human.shape == self.probability.shape:
            shapes = f"{self.rows.shape}, {self.human.shape} and {self.probability.shape}"
            raise ValueError(f"rows, human and probability are 1-D arrays of one length; got shapes {shapes}")
        if np.unique(self.rows).size < self.rows.size:
            raise ValueError("a row is labelled more than once; average its coders first")
        if not bool(np.all((self.human >= 0) & (self.human <= 1))):
            raise ValueError("people's values lie between 0 and 1")
        if not bool(np.all((self.probability > 0) & (self.probability <= 1))):
            raise ValueError("probabilities of being drawn lie above 0 and at most at 1")
        if self.strata is not None and (self.strata.ndim != 1 or bool(np.any(self.strata < 0))):
            raise ValueError("strata are a 1-D array over all rows, numbered from 0")

    def counted(self, with_weight: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which of the labelled rows with weight say something of others: those drawn by chance, or all if all were certain."""
        by_chance = with_weight & (self.probability < 1)
        return by_chance if bool(by_chance.any()) else with_weight

    def same_within_strata(self, with_weight: npt.NDArray[np.bool_]) -> bool:
        """Did people say the same of all labelled rows with weight, stratum by stratum?"""
        human = self.human[with_weight]
        if self.strata is None:
            return bool(np.all(human == human[0]))
        stratum = self.strata[self.rows[with_weight]]
        return bool(np.unique(np.stack([stratum, human]), axis=1).shape[1] == np.unique(stratum).size)

    def by_cluster(self, influence: Floats, clusters: npt.NDArray[np.intp], n: int) -> Floats:
        """The influence of each of `n` clusters from that of the labelled rows.

        `influence` [labels] sums to 0 over the labelled rows, `clusters` is over all rows of the study. With a fixed number
        per stratum, the mean of a stratum is owed to all its rows, labelled or not: it is spread over them, and a labelled
        row keeps what it differs by. Rows that were drawn on their own keep all.
        """
        drawn = clusters[self.rows]
        if self.strata is None:
            return np.bincount(drawn, weights=influence, minlength=n).astype(np.float64, copy=False)
        k = int(self.strata.max()) + 1
        stratum = self.strata[self.rows]
        labels, sizes = np.bincount(stratum, minlength=k), np.bincount(self.strata, minlength=k)
        # one label says nothing of how much labels of its stratum differ: it is treated as drawn on its own
        several = labels > 1
        total = np.where(several, np.bincount(stratum, weights=influence, minlength=k), 0.0)
        small = np.sqrt(labels / np.where(several, labels - 1, np.maximum(labels, 1)))
        rest = (influence - (total / np.maximum(labels, 1))[stratum]) * small[stratum]
        spread = (total / np.maximum(sizes, 1))[self.strata]
        both = np.bincount(drawn, weights=rest, minlength=n) + np.bincount(clusters, weights=spread, minlength=n)
        return both.astype(np.float64, copy=False)


def as_rows(machine: npt.ArrayLike, clusters: npt.ArrayLike, labelled: Labelled) -> tuple[Floats, npt.NDArray[np.intp]]:
    """The matcher's values in [0, 1] and the cluster numbers (0, 1, …) of all rows, checked; a ValueError says what is wrong."""
    f, c = np.asarray(machine, dtype=np.float64), np.asarray(clusters, dtype=np.intp)
    if f.ndim != 1 or f.shape != c.shape:
        raise ValueError(f"machine values and clusters are 1-D arrays over the same rows; got shapes {f.shape} and {c.shape}")
    if not bool(np.all((f >= 0) & (f <= 1))):
        raise ValueError("the matcher's values lie between 0 and 1")
    if bool(np.any(c < 0)):
        raise ValueError("clusters are numbered from 0")
    if labelled.rows.size and not 0 <= int(labelled.rows.min()) <= int(labelled.rows.max()) < f.size:
        raise ValueError(f"labelled rows lie between 0 and {f.size - 1}")
    if labelled.strata is not None and labelled.strata.shape != f.shape:
        raise ValueError(f"strata are needed for each of {f.size} rows; got {labelled.strata.size}")
    return f, c


def as_weights(weights: npt.ArrayLike, machine: Floats) -> Floats:
    """AgreementWeights of all rows, at least 0 each, checked."""
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != machine.shape or not bool(np.all((w >= 0) & (w < np.inf))):
        raise ValueError(f"weights of at least 0 are needed for each of {machine.size} rows; got an array of shape {w.shape}")
    return w


def enough_labels(labels: int, clusters: npt.NDArray[np.intp], *, minimum: int) -> None:
    """`Undefined` below `minimum` labelled rows or 2 clusters of them."""
    if labels < minimum:
        raise Undefined(f"a corrected rate needs at least {minimum} comparisons labelled by people; {labels} are")
    if np.unique(clusters).size < 2:
        raise Undefined(f"a corrected rate needs labels on at least 2 dilemmas; all {labels} are on 1")
