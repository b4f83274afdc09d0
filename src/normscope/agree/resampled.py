"""A measure on all its scopes and topics at once: value, interval and what was left out of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.measures import Measure
from normscope.agree.scopes import KEY, Key, Scope
from normscope.records import UNSPECIFIED, NotMeasured
from normscope.stats import (
    Intervals,
    Resamples,
    intervals,
    only_where_enough,
    ratio,
    ratio_difference,
    replicate,
    trusted_differences,
    trusted_rates,
)
from normscope.stats.bootstrap import Floats
from normscope.stats.score import effective_clusters
from normscope.table import AgreementTable

__all__ = ["ALL_TOPICS", "NOT_MEASURED", "At", "Column", "Grouping", "grouping", "resampled", "with_topics"]

ALL_TOPICS = -1
"""The number of the topic `all`."""

NOT_MEASURED = "not measured"
"""The method of an estimate without a value."""

COLUMNS = 256
"""Columns resampled at a time: with 1,000 draws a block takes 2 MB per part."""

At: TypeAlias = tuple[Key, int]
"""A scope and the number of a topic."""

BY = ("topic", *KEY)


@dataclass(frozen=True, eq=False)
class Grouping:
    """The cluster (a number) and topic (an index of `topics`) of each dilemma; `topics` is empty where they say nothing.

    A dilemma without any row has cluster -1: only clusters with rows are resampled.
    """

    cluster: npt.NDArray[np.int32]
    clusters: int
    topic: npt.NDArray[np.int32]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One estimate before it has names."""

    value: float | NotMeasured
    low: float | NotMeasured
    high: float | NotMeasured
    method: str
    n_dilemmas: int
    excluded: dict[str, int] = field(default_factory=dict)

    @classmethod
    def missing(cls, reason: str, *, n_dilemmas: int = 0, excluded: dict[str, int] | None = None) -> Column:
        """A column without a value."""
        why = NotMeasured(reason)
        return cls(why, why, why, NOT_MEASURED, n_dilemmas, excluded or {})


def grouping(table: AgreementTable, *, by_topic: bool) -> Grouping:
    """Clusters and topics of a table's dilemmas, numbered in the order of the dilemmas."""
    seen = np.unique(np.concatenate([frame["dilemma"].to_numpy() for frame in (table.stated, table.explicit)]))
    numbers: dict[str, int] = {}
    cluster = np.full(len(table.dilemmas), -1, dtype=np.int32)
    for dilemma in seen.tolist():
        cluster[dilemma] = numbers.setdefault(table.clusters[dilemma], len(numbers))
    topics = tuple(sorted(set(table.topics)))
    position = {name: i for i, name in enumerate(topics)}
    topic = np.array([position[name] for name in table.topics], dtype=np.int32)
    informative = by_topic and topics != (UNSPECIFIED,)
    return Grouping(cluster, len(numbers), topic, topics if informative else ())


def resampled(measure: Measure, groups: Grouping, resamples: Resamples, *, level: float) -> dict[At, Column]:
    """The measure of every (scope, topic) that it has terms or exclusions for."""
    excluded = _excluded(measure, groups)
    columns = {at: replace(column, excluded=excluded.get(at, {})) for at, column in _columns(measure, groups, resamples, level)}
    for at, counts in excluded.items():
        if at not in columns:
            reason = "nothing counted: " + ", ".join(f"{n} {status}" for status, n in counts.items())
            columns[at] = Column.missing(reason, excluded=counts)
    return columns


def _columns(measure: Measure, groups: Grouping, resamples: Resamples, level: float) -> Iterator[tuple[At, Column]]:
    terms = (
        with_topics(measure.terms, groups)
        .with_columns(_of_dilemma("cluster", groups.cluster))
        .group_by(*BY, "cluster")
        .agg(pl.col(measure.parts).sum(), n=pl.len())
        .sort(*BY, "cluster")
    )
    if not terms.height:
        return
    keys = terms.group_by(BY, maintain_order=True).agg(pl.col("n").sum(), rows=pl.len())
    n_dilemmas = keys["n"].to_list()
    names = [(Key(*row[1:]), row[0]) for row in keys.select(BY).iter_rows()]
    column = np.repeat(np.arange(keys.height), keys["rows"].to_numpy())
    cluster = terms["cluster"].to_numpy()
    parts = [terms[part].to_numpy() for part in measure.parts]
    for first, last in _blocks(keys["topic"].to_numpy()):
        start, stop = np.searchsorted(column, [first, last]).tolist()
        present, row = np.unique(cluster[start:stop], return_inverse=True)
        dense = []
        for part in parts:
            filled = np.zeros((len(present), last - first))
            filled[row, column[start:stop] - first] = part[start:stop]
            dense.append(filled)
        rows = None if len(present) == resamples.clusters else present.astype(np.intp)
        found = _intervals(measure, resamples, dense, rows, level)
        for i in range(first, last):
            yield names[i], _column(found, i - first, n_dilemmas[i], measure.missing)


def _intervals(
    measure: Measure, resamples: Resamples, parts: list[Floats], rows: npt.NDArray[np.intp] | None, level: float
) -> Intervals:
    """Rates and their differences by intervals that were shown to cover (docs/statistics/coverage.md), others by resampling."""
    if measure.statistic is ratio and measure.rate:
        return trusted_rates(*parts, level=level)
    if measure.statistic is ratio_difference:
        return trusted_differences(*parts, level=level)
    found = intervals(replicate(resamples, measure.statistic, *parts, rows=rows), level=level, rate=measure.rate)
    # of (numerator, denominator) pairs the one that is known from least says how sure a statistic of them can be
    return only_where_enough(found, np.min([effective_clusters(weight) for weight in parts[1::2]], axis=0))


def _column(found: Intervals, i: int, n_dilemmas: int, missing: str | None) -> Column:
    if np.ma.getmaskarray(found.value)[i]:
        return Column.missing(missing or found.reason[i], n_dilemmas=n_dilemmas)
    value = float(found.value.data[i])
    if found.reason[i]:
        why = NotMeasured(found.reason[i])
        return Column(value, why, why, found.method[i], n_dilemmas)
    return Column(value, float(found.low.data[i]), float(found.high.data[i]), found.method[i], n_dilemmas)


def _blocks(topic: npt.NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Ranges of at most `COLUMNS` columns, each within one topic, so that only that topic's clusters are multiplied."""
    edges = [0, *(np.flatnonzero(np.diff(topic)) + 1).tolist(), len(topic)]
    for start, stop in pairwise(edges):
        for first in range(start, stop, COLUMNS):
            yield first, min(first + COLUMNS, stop)


def _excluded(measure: Measure, groups: Grouping) -> dict[At, dict[str, int]]:
    counts = with_topics(measure.excluded, groups).group_by(*BY, "status").agg(pl.col("n").sum()).sort(*BY, "status")
    excluded: dict[At, dict[str, int]] = {}
    for topic, scope, pairing, responder, target, status, n in counts.iter_rows():
        excluded.setdefault((Key(scope, pairing, responder, target), topic), {})[status] = n
    return excluded


def with_topics(frame: pl.DataFrame, groups: Grouping) -> pl.DataFrame:
    """The rows under the topic `all`; those towards all people and of whole pairings again under their dilemma's own topic."""
    under_all = frame.with_columns(topic=pl.lit(ALL_TOPICS, dtype=pl.Int32))
    if not groups.topics:
        return under_all
    wide = frame.filter(pl.col("scope").is_in([int(Scope.PEOPLE), int(Scope.WHOLE)]))
    return pl.concat([under_all, wide.with_columns(_of_dilemma("topic", groups.topic))])


def _of_dilemma(name: str, values: npt.NDArray[np.int32]) -> pl.Expr:
    """A property of each row's dilemma."""
    return pl.lit(pl.Series(values, dtype=pl.Int32)).gather(pl.col("dilemma")).alias(name)
