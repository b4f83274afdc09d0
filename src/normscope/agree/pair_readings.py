"""Stated agreement of pairs under every reading: the reference is what the other conversation recommends and advises against."""

from __future__ import annotations

import polars as pl

from normscope.agree.measures import AT, Measure, excluded_counts, stated_keys
from normscope.agree.scopes import Who, spread
from normscope.agree.sides import SIDES, read, read_as, sides, towards
from normscope.records import Reading
from normscope.table import COUNTED, AgreementTable, Numbered

__all__ = ["pair_measures", "pair_rows"]

READ = (COUNTED, "unclear")
"""A comparison that only the reading `main` cannot tell may have a value in another one."""

VALUES = [reading.value for reading in Reading]


def pair_rows(table: AgreementTable, said: Numbered) -> pl.DataFrame:
    """The rows of `table.stated` under every reading, as in `read`."""
    per_target = said.targets.group_by("conversation").agg(plus=pl.col("recommended").sum(), minus=(~pl.col("recommended")).sum())
    whose = said.conversations.select("dilemma", "responder", "draw", "conversation")
    target = (
        whose.join(per_target, on="conversation", how="left")
        .with_columns(pl.col("plus", "minus").fill_null(0))
        .rename({"responder": "target", "draw": "target_draw", "conversation": "target_conversation"})
    )
    recommended = pl.col("recommended")
    counts = (
        towards(said)
        .join(said.targets.rename({"conversation": "target_conversation"}), on="solution")
        .group_by("conversation", "target_conversation")
        .agg(sides(recommended, ~recommended))
    )
    status = pl.when(pl.col("status").is_in(READ)).then(pl.lit(COUNTED)).otherwise("status")
    rows = (
        table.stated.select("dilemma", "responder", "draw", "target", "target_draw", status.alias("status"))
        .join(whose, on=["dilemma", "responder", "draw"], how="left")
        .join(target, on=["dilemma", "target", "target_draw"], how="left")
        .join(counts, on=["conversation", "target_conversation"], how="left")
        .with_columns(pl.col(name).fill_null(False if kind is pl.Boolean else 0) for name, kind in SIDES.items())
        .drop("conversation", "target_conversation")
    )
    return read(rows)


def pair_measures(rows: pl.DataFrame, who: Who) -> dict[Reading, tuple[Measure, pl.DataFrame]]:
    """`stated` of every scope under each reading, with the values of pairs that it is the mean of: dilemma, responder, target,
    value (draws averaged). `rows` are those of `pair_rows`."""
    pairs = rows.group_by("dilemma", "responder", "target").agg(pl.col(VALUES).mean()).sort("dilemma", "responder", "target")
    scoped = spread(pairs, who).group_by(AT).agg(pl.col(VALUES).mean()).sort(AT)
    keys = stated_keys(who)
    found = {}
    for reading in Reading:
        terms = scoped.select(*AT, num=reading.value, den=pl.lit(1.0)).drop_nulls("num")
        excluded = excluded_counts(read_as(rows, reading), who)
        of_pairs = pairs.select("dilemma", "responder", "target", value=reading.value).drop_nulls("value")
        found[reading] = Measure("stated", terms, excluded, keys), of_pairs
    return found
