"""A sample that is made larger step by step: in which order it is labelled, and how probable each label was so far."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from normscope.records import LabelItem
from normscope.stats.bootstrap import Floats
from normscope.validate.sampling import Sampling, Tightest, permanent_numbers

__all__ = ["Steps", "grown", "labelled_by_now"]


@dataclass(frozen=True, slots=True)
class Steps:
    """`sizes`: the `n` of each step. `drawn`: how many comparisons each step added; they are ranked step by step.
    `inclusion` [rank - 1][step]: the probability of each drawn comparison to be in the sample after the step."""

    sizes: list[int]
    drawn: list[int]
    inclusion: list[list[float]]

    def so_far(self, labelled: Sequence[bool]) -> list[float]:
        """How probable was it that a comparison is labelled by now? `labelled` and the result are in the order of ranks.

        The sum over steps of the probability to be added by that step, times the share of what it added that is labelled.
        It is `inclusion` where all are labelled, and does not move when a sample is made larger and nothing more is
        labelled. What is labelled of a step must be a random part of it, as the order of labelling makes it. 0 where
        nothing that a step added is labelled.

        >>> Steps([1, 3], [1, 2], [[0.25, 0.75]] * 3).so_far([True, True, False])
        [0.5, 0.5, 0.5]
        """
        ends = np.cumsum([0, *self.drawn])
        known = np.asarray(labelled, dtype=np.float64)
        shares = [float(known[start:stop].mean()) if stop > start else 1.0 for start, stop in pairwise(ends)]
        added = np.diff(np.asarray(self.inclusion, dtype=np.float64), prepend=0.0, axis=1)
        probable: list[float] = (added @ np.asarray(shares)).tolist()
        # where all is labelled, the sum of differences is the last probability but for rounding
        return [row[-1] for row in self.inclusion] if all(share == 1.0 for share in shares) else probable


def labelled_by_now(items: Iterable[LabelItem], labelled: Container[int], steps: Steps | None) -> dict[int, float]:
    """How probable was it that the comparison of each rank is labelled by now, of those that are?

    `items` are those of the whole sample and `labelled` the ranks of the labelled comparisons. Without the steps of just this
    sample (it came from an export) it counts as drawn at once.
    """
    inclusion = {item.rank: item.inclusion for item in sorted(items, key=lambda item: item.rank)}
    if not inclusion:
        return {}
    if steps is None or len(steps.inclusion) != len(inclusion):
        steps = Steps([len(inclusion)], [len(inclusion)], [[p] for p in inclusion.values()])
    known = [rank in labelled for rank in inclusion]
    return {rank: p for rank, p, done in zip(inclusion, steps.so_far(known), known, strict=True) if done}


def grown(
    sampling: Callable[[int], Sampling], frame: pl.DataFrame, sizes: Sequence[int], *, seed: int
) -> tuple[pl.DataFrame, Steps]:
    """A sample of `sizes[0]`, made larger to each of the others: what is drawn (`DRAWN_SCHEMA`), and its steps.

    A later step's comparisons are ranked after those that were there, in an order of their own that has nothing to do with
    how probable they were: the plan's own order is a random one only for a sample that is drawn at once.
    """
    frame = frame.sort("comparison")
    all_drawn = [sampling(n)(frame, seed=seed) for n in sizes]
    order: list[str] = []
    drawn_by: list[int] = []
    for step, drawn in enumerate(all_drawn):
        known = set(order)
        new = [key for key in drawn["comparison"].to_list() if key not in known]
        if step:
            numbers = permanent_numbers(new, seed=seed, use="order")
            new = [new[i] for i in np.argsort(numbers, kind="stable")]
        order += new
        drawn_by.append(len(new))
    last = pl.DataFrame({"comparison": order}).join(
        all_drawn[-1].drop("rank"), on="comparison", how="left", maintain_order="left"
    )
    steps = [_inclusion(sampling(n), frame, drawn, last) for n, drawn in zip(sizes, all_drawn, strict=True)]
    ranked = last.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return ranked, Steps(list(sizes), drawn_by, np.stack(steps, axis=1).tolist())


def _inclusion(plan: Sampling, frame: pl.DataFrame, drawn: pl.DataFrame, wanted: pl.DataFrame) -> Floats:
    """The probability with which a plan draws the wanted comparisons, whether or not it did."""
    if isinstance(plan, Tightest):
        known = frame.select("comparison", now=pl.Series(plan.inclusion(frame["score"].to_numpy())))
        return wanted.join(known, on="comparison", how="left", maintain_order="left")["now"].to_numpy()
    # the other plans draw from every stratum, and all of a stratum alike
    same = drawn.group_by("stratum").agg(now=pl.col("inclusion").first())
    return wanted.join(same, on="stratum", how="left", maintain_order="left")["now"].to_numpy()
