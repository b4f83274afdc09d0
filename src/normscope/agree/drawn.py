"""A measure of some scopes on every resample: what ranks, differences and maps are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.measures import Measure
from normscope.agree.resampled import Grouping
from normscope.agree.scopes import KEY, KEY_SCHEMA, Key
from normscope.stats import Replicates, Resamples, replicate

__all__ = ["Drawn", "drawn"]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A measure of `keys` on the data and on the resamples, one column per key, and its dilemmas with a value [keys].

    `dilemma_sets` has a frozen set of dilemma numbers per key; equal sets mean that two scopes were scored on the same ones.
    """

    keys: tuple[Key, ...]
    found: Replicates
    n_dilemmas: npt.NDArray[np.intp]
    dilemma_sets: tuple[frozenset[int], ...]


def drawn(measure: Measure, keys: Sequence[Key], groups: Grouping, resamples: Resamples) -> Drawn:
    """The measure of each key over all topics, from the same resamples as its estimates; a key without terms is masked."""
    schema = {**KEY_SCHEMA, "column": pl.Int32}
    columns = pl.DataFrame([(*key, i) for i, key in enumerate(keys)], schema=schema, orient="row")
    cluster = pl.lit(pl.Series(groups.cluster, dtype=pl.Int32))
    terms = measure.terms.join(columns, on=KEY).with_columns(cluster=cluster.gather(pl.col("dilemma")))
    sums = terms.group_by("column", "cluster").agg(pl.col(measure.parts).sum()).sort("column", "cluster")
    present, row = np.unique(sums["cluster"].to_numpy(), return_inverse=True)
    parts = []
    for part in measure.parts:
        filled = np.zeros((len(present), len(keys)))
        filled[row, sums["column"].to_numpy()] = sums[part].to_numpy()
        parts.append(filled)
    by_key = dict(terms.group_by("column").agg(pl.col("dilemma").unique()).iter_rows())
    sets = tuple(frozenset(by_key.get(i, ())) for i in range(len(keys)))
    return Drawn(
        keys=tuple(keys),
        found=replicate(resamples, measure.statistic, *parts, rows=present.astype(np.intp)),
        n_dilemmas=np.array([len(dilemmas) for dilemmas in sets], dtype=np.intp),
        dilemma_sets=sets,
    )
