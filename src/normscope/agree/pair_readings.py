"""Stated agreement of two conversations under other readings than `main`: the reference is what the one of them recommends."""

from __future__ import annotations

import polars as pl

from normscope.agree.sides import SIDES, sides, towards
from normscope.table import COUNTED, AgreementTable, Numbered

__all__ = ["pair_sides"]

READ = (COUNTED, "unclear")
"""A comparison that only the reading `main` cannot tell may have a value in another one."""


def pair_sides(table: AgreementTable, said: Numbered) -> pl.DataFrame:
    """The rows of `table.stated` with plus, minus and `SIDES`, for `read_as`. What is `unclear` is counted here."""
    per_target = said.targets.group_by("conversation").agg(plus=pl.col("recommended").sum(), minus=(~pl.col("recommended")).sum())
    whose = said.conversations.select("dilemma", "responder", "draw", "conversation")
    target = whose.rename({"responder": "target", "draw": "target_draw", "conversation": "target_conversation"})
    recommended = pl.col("recommended")
    counts = (
        towards(said)
        .join(said.targets.rename({"conversation": "target_conversation"}), on="solution")
        .group_by("conversation", "target_conversation")
        .agg(sides(recommended, ~recommended))
    )
    status = pl.when(pl.col("status").is_in(READ)).then(pl.lit(COUNTED)).otherwise("status")
    return (
        table.stated.select("dilemma", "responder", "draw", "target", "target_draw", status.alias("status"))
        .join(whose, on=["dilemma", "responder", "draw"], how="left", maintain_order="left")
        .join(target, on=["dilemma", "target", "target_draw"], how="left", maintain_order="left")
        .join(
            per_target.rename({"conversation": "target_conversation"}),
            on="target_conversation",
            how="left",
            maintain_order="left",
        )
        .join(counts, on=["conversation", "target_conversation"], how="left", maintain_order="left")
        .with_columns(pl.col(name).fill_null(False if kind is pl.Boolean else 0) for name, kind in SIDES.items())
        .with_columns(pl.col("plus", "minus").fill_null(0))
        .drop("conversation", "target_conversation")
    )
