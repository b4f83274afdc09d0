"""Values of single draws, and their means by dilemma under weights of the conversations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from normscope.errors import Undefined
from normscope.stats.arrays import Floats, Masked
from normscope.stats.ratios import ratio
from normscope.stats.resamples import Counts

__all__ = ["DrawnRows", "Groups", "Indices"]

Indices: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class DrawnRows:
    """Values of single draws, in long form; `value`, `column` and `cluster` are [rows].

    `column` and `cluster` number from 0 what is estimated and the dilemma. `draws` [rows, 1 or 2] numbers the conversations
    that a row compares: one responder's, or both responders'. `told` [conversations] numbers what a conversation is a draw of,
    its responder on its dilemma: those with the same number could stand for each other. `fixed` [conversations] are taken as
    given although they could have come out otherwise, as of people who were asked once; by default none.
    """

    value: Floats
    column: Indices
    cluster: Indices
    draws: Indices
    told: Indices
    fixed: npt.NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        rows = self.value.shape
        if not rows[0]:
            raise Undefined("there are no values of single draws")
        if self.column.shape != rows or self.cluster.shape != rows or self.draws.ndim != 2 or self.draws.shape[:1] != rows:
            raise ValueError(f"{rows[0]} values need as many columns, clusters and draws")
        if not np.isfinite(self.value).all():
            raise ValueError("values must be finite; leave out the rows without one")
        if min(int(numbers.min()) for numbers in (self.column, self.cluster, self.draws, self.told)) < 0:
            raise ValueError("columns, clusters, draws and what they are draws of are numbered from 0")
        if int(self.draws.max()) >= self.told.size or (self.fixed is not None and self.fixed.shape != self.told.shape):
            raise ValueError(f"draws are numbers below {self.told.size}, the number of conversations in `told` (and in `fixed`)")


@dataclass(frozen=True, eq=False)
class Groups:
    """The rows in order of column and dilemma; a group is all rows of one column on one dilemma."""

    rows: DrawnRows
    order: Indices
    starts: Indices
    column: Indices
    cluster: Indices

    @classmethod
    def of(cls, rows: DrawnRows) -> Groups:
        order = np.lexsort((rows.cluster, rows.column))
        column, cluster = rows.column[order], rows.cluster[order]
        new = np.concatenate([[True], (np.diff(column) != 0) | (np.diff(cluster) != 0)])
        starts = np.flatnonzero(new)
        return cls(rows, order, starts, column[starts], cluster[starts])

    @property
    def columns(self) -> int:
        return int(self.column.max()) + 1

    def means(self, weights: Floats | None) -> Masked:
        """[resamples, groups]: the mean of the rows under the weights of their conversations; masked without weight."""
        value = self.rows.value[self.order]
        of_row = np.ones((1, value.size))
        if weights is not None:
            of_row = reduce(np.multiply, (weights[:, draw[self.order]] for draw in self.rows.draws.T))  # np.prod is slower
        return ratio(np.add.reduceat(of_row * value, self.starts, axis=1), np.add.reduceat(of_row, self.starts, axis=1))

    def sums(self, means: Masked, picked: Counts | None) -> tuple[Floats, Floats]:
        """[resamples, columns]: the sum of means over the picked dilemmas, and the number of these."""
        counts = ~np.ma.getmaskarray(means) * (1.0 if picked is None else picked.astype(np.float64))
        first = np.flatnonzero(np.concatenate([[True], np.diff(self.column) != 0]))
        found = []
        for numbers in (means.data * counts, counts):
            sums = np.zeros((len(numbers), self.columns))
            sums[:, self.column[first]] = np.add.reduceat(numbers, first, axis=1)
            found.append(sums)
        return found[0], found[1]
