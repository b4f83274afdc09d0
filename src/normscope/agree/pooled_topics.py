"""By topic, each model's rate beside one that is drawn towards its other topics as far as the topic knows too little itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from normscope.agree.measures import Measure
from normscope.agree.resampled import Grouping
from normscope.agree.scopes import KEY, KEY_SCHEMA, Key, Who
from normscope.agree.section_rows import TopicRow
from normscope.stats import pooled_rates

__all__ = ["design_effect", "topic_rows"]

LEAST_FREEDOM = 10
"""With fewer clusters than this beyond the number of topics, a design effect below 1 is chance."""

STILL = 1e-12
"""Sums of squares below this are rounding."""


def topic_rows(measure: Measure, keys: Sequence[Key], groups: Grouping, who: Who, *, level: float) -> Iterator[TopicRow]:
    """The rate of each model (a key) by topic, raw and pooled over the model's own topics; nothing where no topics are known.

    Pooling needs to know how much a topic knows: its number of observations (dilemmas, or solutions shown), divided by the
    model's `design_effect`, is the number of independent ones that know as much.
    """
    if not groups.topics:
        return
    schema = {**KEY_SCHEMA, "column": pl.Int32}
    columns = pl.DataFrame([(*key, i) for i, key in enumerate(keys)], schema=schema, orient="row")
    terms = measure.terms.join(columns, on=KEY).with_columns(
        topic=pl.lit(pl.Series(groups.topic, dtype=pl.Int32)).gather(pl.col("dilemma")),
        cluster=pl.lit(pl.Series(groups.cluster, dtype=pl.Int32)).gather(pl.col("dilemma")),
    )
    for (column,), rows in terms.sort("column", "topic", "dilemma").group_by("column", maintain_order=True):
        effect = design_effect(rows)
        sums = rows.group_by("topic").agg(pl.col("num").sum(), pl.col("den").sum(), n=pl.len()).sort("topic")
        of = sums["den"].to_numpy()
        total = np.minimum(sums["num"].to_numpy(), of)  # a sum of fractions may be above by rounding
        pooled = pooled_rates(total / effect, of / effect, level=level)
        for i, (topic, n) in enumerate(sums.select("topic", "n").iter_rows()):
            yield TopicRow(
                metric=measure.metric,
                responder_id=who.ids(keys[int(str(column))])[0],
                topic=groups.topics[topic],
                raw=float(total[i] / of[i]),
                pooled=float(pooled.rate.data[i]),
                pooled_low=float(pooled.low.data[i]),
                pooled_high=float(pooled.high.data[i]),
                weight=float(pooled.weight.data[i]),
                n_dilemmas=n,
                n_effective=float(of[i] / effect),
                level=level,
                method=f"{pooled.method}; between topics: {pooled.between.item()}",
            )


def design_effect(rows: pl.DataFrame) -> float:
    """How much larger is the variance of a model's rates by topic than if each observation were one independent 0 or 1?

    `rows`: topic, cluster, `num` and `den` (the sum and the number of observations in [0, 1]) of each dilemma. Above 1 where
    those of a cluster resemble each other, below 1 where values are means over several people. It is one figure for all
    topics, since a single topic has too few clusters to tell: the squares of the clusters' sums of deviations from their topic's
    rate, times clusters / (clusters - topics), over the sum of rate · (1 - rate). 1 where this cannot be told (all values of
    each topic are equal); at least 1 where clusters exceed topics by less than 10.
    """
    rate = pl.col("num").sum().over("topic") / pl.col("den").sum().over("topic")
    deviations = rows.sort("topic", "cluster").with_columns(
        apart=pl.col("num") - rate * pl.col("den"), binary=pl.col("den") * rate * (1 - rate)
    )
    clusters = deviations.group_by("topic", "cluster", maintain_order=True).agg(pl.col("apart").sum())["apart"].to_numpy()
    binary, squares = float(deviations["binary"].sum()), float((clusters * clusters).sum())
    freedom = clusters.size - deviations["topic"].n_unique()
    if freedom < 1 or binary <= STILL or squares <= STILL:
        return 1.0
    effect = squares * clusters.size / freedom / binary
    return effect if freedom >= LEAST_FREEDOM else max(1.0, effect)
