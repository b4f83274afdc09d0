"""Stated agreement, reading `main`: does a responder's main solution agree with a target's solutions?"""

from __future__ import annotations

import polars as pl

from normscope.agree.conversations import Numbered
from normscope.records import Basis, Label, Outcome
from normscope.table import COUNTED, STATED_SCHEMA

__all__ = ["stated_rows", "status", "value"]


def stated_rows(said: Numbered) -> pl.DataFrame:
    """One row per ordered pair of conversations about the same dilemma (`STATED_SCHEMA`).

    `value` is 1.0 where the main solution agrees with a solution that the target recommends and with none that it advises
    against, else 0.0. A row without a value says why in `status`, the first of these that holds: `refused`, `empty`,
    `failed` (the responder's outcome) · `no_solution` (it answered without a main solution) · `target_refused`,
    `target_empty`, `target_failed` · `target_no_solution` (the target recommends nothing) · `not_matched` (a label is
    missing) · `unclear` (no agreement with any of the target's solutions, and the label of a recommended one is unclear:
    agreement with one that the target advises against is a 0 whatever the unclear label hides).
    """
    return (
        _pairs(said)
        .with_columns(status=status())
        .with_columns(value=value())
        .select(pl.col(name).cast(dtype) for name, dtype in STATED_SCHEMA.items())
        .sort("dilemma", "responder", "draw", "target", "target_draw")
    )


def status() -> pl.Expr:
    """The status of a pair of conversations. Of the responder's: outcome, has_main; of the target's: target_outcome, solutions
    (how many), recommended (how many of them); of the labels of these: labelled (how many), agrees (with a recommended one),
    conflicts (agrees with one advised against), unclear (towards a recommended one)."""
    answered = Outcome.ANSWERED.value
    return (
        pl.when(pl.col("outcome") != answered)
        .then(pl.col("outcome"))
        .when(~pl.col("has_main"))
        .then(pl.lit("no_solution"))
        .when(pl.col("target_outcome") != answered)
        .then(pl.concat_str(pl.lit("target_"), pl.col("target_outcome")))
        .when(pl.col("recommended") == 0)
        .then(pl.lit("target_no_solution"))
        .when(pl.col("labelled") < pl.col("solutions"))
        .then(pl.lit("not_matched"))
        .when(~pl.col("agrees") & ~pl.col("conflicts") & pl.col("unclear"))
        .then(pl.lit("unclear"))
        .otherwise(pl.lit(COUNTED))
    )


def value() -> pl.Expr:
    """The value of a pair of conversations with a `status`, null where that is not `counted`."""
    return pl.when(pl.col("status") == COUNTED).then((pl.col("agrees") & ~pl.col("conflicts")).cast(pl.Float64))


def _pairs(said: Numbered) -> pl.DataFrame:
    """Ordered pairs of conversations with what the matcher said of the one's main solution towards the other's solutions."""
    per_target = said.targets.group_by("conversation").agg(
        pl.len().alias("solutions"), pl.col("recommended").sum().alias("recommended")
    )
    responder = said.conversations
    target = (
        said.conversations.join(per_target, on="conversation", how="left")
        .with_columns(pl.col("solutions", "recommended").fill_null(0))
        .select(
            "dilemma",
            "solutions",
            "recommended",
            target_conversation="conversation",
            target="responder",
            target_draw="draw",
            target_outcome="outcome",
        )
    )
    label, recommended = pl.col("label"), pl.col("recommended")
    towards = (
        said.labels.filter(pl.col("basis") == Basis.MAIN.value)
        .join(said.targets.rename({"conversation": "target_conversation"}), on="solution")
        .group_by("conversation", "target_conversation")
        .agg(
            pl.len().alias("labelled"),
            ((label == Label.AGREE.value) & recommended).any().alias("agrees"),
            ((label == Label.AGREE.value) & ~recommended).any().alias("conflicts"),
            ((label == Label.UNCLEAR.value) & recommended).any().alias("unclear"),
        )
    )
    return (
        responder.join(target, on="dilemma")
        .filter(pl.col("conversation") != pl.col("target_conversation"))
        .join(towards, on=["conversation", "target_conversation"], how="left")
        .with_columns(pl.col("labelled").fill_null(0), pl.col("agrees", "conflicts", "unclear").fill_null(value=False))
    )
