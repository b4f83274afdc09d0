"""Two-level resampling: dilemmas, and the draws (independent conversations) held about each.

A number from several draws is uncertain for two reasons: other dilemmas could have been asked, and the same responder could have
answered the same dilemma otherwise. Which of them an interval shows is its estimand.

* `these dilemmas`: the dilemmas are given, only draws are resampled. What would these responders have said to just these
  dilemmas on another day?
* `dilemmas like these`: dilemmas are resampled. As a rule each brings its draws along (`draws_within="kept"`): the values of
  dilemmas differ by the noise of their draws already, so that this shows both. Resampling draws within the picked dilemmas
  as well (`"resampled"`) adds that noise a second time and gives wider intervals; Davison and Hinkley (1997), 3.8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from normscope.errors import Undefined
from normscope.stats.arrays import Floats, Masked, concatenated
from normscope.stats.bootstrap import Replicates
from normscope.stats.drawn_rows import DrawnRows, Groups, Indices
from normscope.stats.ratios import ratio
from normscope.stats.resamples import Counts, Resamples

__all__ = ["ESTIMANDS", "Estimand", "TwoLevel"]

Estimand: TypeAlias = Literal["these dilemmas", "dilemmas like these"]

ESTIMANDS: tuple[Estimand, ...] = get_args(Estimand)

CELLS = 2**22
"""Weights of rows, or of conversations, made at a time."""


@dataclass(frozen=True)
class TwoLevel:
    """How sure is a mean over dilemmas of values that were averaged over draws, for the named estimand?

    Call it with the rows; the `Replicates` go to `intervals` (and `contrast`). Draws are averaged per column and dilemma, then
    dilemmas. The same `resamples`, `told` and `fixed` always give the same draws, whatever the rows are: metrics stay paired.

    Of k draws k - 1 are picked with replacement, each counting k / (k - 1) times, so that the variance is right for few draws
    as well (McCarthy and Snowden 1985). A dilemma of which only draws without a value were picked does not count in that
    resample. For `these dilemmas` a conversation that is neither `fixed` nor has a second draw is `Undefined`: one draw cannot
    show its noise; and leave `rate` at False there, since Wilson's interval is one for dilemmas like these.

    >>> dilemma, draw = np.array([0, 0, 1, 1]), np.arange(4)
    >>> rows = DrawnRows(np.array([1.0, 0.0, 1.0, 1.0]), np.zeros(4, int), dilemma, draw[:, None], told=dilemma)
    >>> found = TwoLevel(Resamples(2, 400, 0), "these dilemmas")(rows)
    >>> found.value.tolist(), np.unique(found.draws.compressed()).tolist()  # the first dilemma is 0 or 1, the second always 1
    ([0.75], [0.5, 1.0])
    """

    resamples: Resamples
    estimand: Estimand
    draws_within: Literal["kept", "resampled"] = "kept"

    def __post_init__(self) -> None:
        if self.estimand not in ESTIMANDS:
            raise ValueError(f"the estimand is 'these dilemmas' or 'dilemmas like these'; got {self.estimand!r}")
        if self.draws_within not in ("kept", "resampled"):
            raise ValueError(f"draws within a dilemma are 'kept' or 'resampled'; got {self.draws_within!r}")

    def described(self, kind: str) -> str:
        """How an interval of this kind was made, for people to read."""
        if self.estimand == "these dilemmas":
            return f"bootstrap of draws, {kind}, {self.resamples.draws} draws, seed {self.resamples.seed}"
        return self.resamples.described(kind if self.draws_within == "kept" else f"draws resampled within, {kind}")

    def __call__(self, rows: DrawnRows) -> Replicates:
        """The means of the columns, on the data and on every resample."""
        if int(rows.cluster.max()) >= self.resamples.clusters:
            raise ValueError(f"clusters are numbers below {self.resamples.clusters}; got {int(rows.cluster.max())}")
        groups = Groups.of(rows)
        means = groups.means(None)
        value = ratio(*groups.sums(means, None))[0]
        blocks = [ratio(*groups.sums(*drawn)) for drawn in self._drawn(rows, groups, means)]
        return Replicates(value, concatenated(blocks), np.bincount(groups.column, minlength=groups.columns), self)

    def _drawn(self, rows: DrawnRows, groups: Groups, means: Masked) -> Iterator[tuple[Masked, Counts | None]]:
        """In blocks of resamples: the mean of each group, and how often its dilemma was picked."""
        these = self.estimand == "these dilemmas"
        noise = _Noise.of(rows, refuse_single=these) if these or self.draws_within == "resampled" else None
        generator = np.random.default_rng([self.resamples.seed, 1])  # others than those that pick the dilemmas
        step = max(1, CELLS // max(rows.told.size, rows.value.size))
        for _, block in self.resamples.blocks() if not these else [(0, np.empty((self.resamples.draws, 0), dtype=np.uint8))]:
            for start in range(0, len(block), step):
                some = block[start : start + step]
                found = means if noise is None else groups.means(noise.weights(len(some), generator))
                yield found, None if these else some[:, groups.cluster]


@dataclass(frozen=True, eq=False)
class _Noise:
    """Picks among the draws of the same responder on the same dilemma.

    `size` and `first` [picks]: of how many conversations a pick is one, and where these begin in `order`. `scale`
    [conversations, in that order]: what a pick counts; 0 for those that are not picked, but always there.
    """

    order: Indices
    size: Indices
    first: Indices
    scale: Floats

    @classmethod
    def of(cls, rows: DrawnRows, *, refuse_single: bool) -> _Noise:
        fixed = np.zeros(rows.told.shape, dtype=bool) if rows.fixed is None else rows.fixed
        # a fixed conversation is a draw of something of its own
        told = np.where(fixed, int(rows.told.max()) + 1 + np.arange(fixed.size), rows.told)
        order = np.argsort(told, kind="stable")
        _, first, size = np.unique(told[order], return_index=True, return_counts=True)
        used = np.zeros(fixed.shape, dtype=bool)
        used[rows.draws] = True
        single = np.count_nonzero((size == 1) & (used & ~fixed)[order][first])
        if refuse_single and single:
            raise Undefined(
                f"{single} conversations have no second draw, so nothing shows how else they could have come out. "
                "Ask for at least 2 draws, leave these out, or take them as given with `fixed`"
            )
        picks = np.repeat(np.arange(size.size), size - 1)
        scale = np.repeat(size / np.maximum(size - 1, 1), size) * np.repeat(size > 1, size)
        return cls(order, size[picks], first[picks], scale)

    def weights(self, resamples: int, generator: np.random.Generator) -> Floats:
        """[resamples, conversations]: 1 on average."""
        conversations = self.order.size
        picked = self.first + generator.integers(0, self.size, size=(resamples, self.size.size))
        picked += np.arange(0, resamples * conversations, conversations)[:, None]
        counts = np.bincount(picked.ravel(), minlength=resamples * conversations).reshape(resamples, conversations)
        weights = np.empty(counts.shape)
        weights[:, self.order] = np.where(self.scale > 0, counts * self.scale, 1.0)
        return weights
