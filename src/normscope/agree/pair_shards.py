"""Cutting a study too large for memory into shards of whole dilemmas, each an interval of dilemma ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from normscope.records import Dilemma

__all__ = ["Shard", "shards"]


@dataclass(frozen=True)
class Shard:
    """Dilemmas whose ids are all there are of the study between the first and the last, in the order of their bytes."""

    dilemmas: tuple[Dilemma, ...]

    def rows(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The rows about these dilemmas (and about others between them that the study does not have).

        An interval and not a list of ids, so that Parquet files written in the order of the ids are read only where their
        statistics say that the interval may be; of files in any other order every shard reads the column of ids.
        """
        first, last = (pl.lit(self.dilemmas[i].dilemma_id) for i in (0, -1))
        return frame.filter(pl.col("dilemma_id").cast(pl.String).is_between(first, last))


def shards(dilemmas: Sequence[Dilemma], responses: pl.LazyFrame, solutions: pl.LazyFrame, *, comparisons: int) -> list[Shard]:
    """The dilemmas that somebody answered, cut so that a shard has at most so many comparisons, or one dilemma.

    A comparison is one of a conversation with a solution, or with a conversation that has none.
    """
    conversations, found = (dict(_counts(frame).iter_rows()) for frame in (responses, solutions))
    cut: list[Shard] = []
    here: list[Dilemma] = []
    size = 0
    # Python and polars order text alike, by code point: in UTF-8 that is the order of the bytes
    for dilemma in sorted((d for d in dilemmas if d.dilemma_id in conversations), key=lambda d: d.dilemma_id):
        n = conversations[dilemma.dilemma_id]
        further = n * max(n, found.get(dilemma.dilemma_id, 0))
        if here and size + further > comparisons:
            cut.append(Shard(tuple(here)))
            here, size = [], 0
        here.append(dilemma)
        size += further
    return [*cut, Shard(tuple(here))] if here else cut


def _counts(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.group_by(pl.col("dilemma_id").cast(pl.String)).len().collect()
