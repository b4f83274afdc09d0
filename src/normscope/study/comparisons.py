"""The comparisons of a study: what people can be asked to label, and what the matcher said of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import polars as pl

from normscope.errors import UsageError
from normscope.match import Plan
from normscope.records import Basis, Label, Outcome, Stance

__all__ = ["Comparisons", "comparisons"]

ROW = ["dilemma_id", "responder_id", "draw", "basis", "solution_id"]
COMPARISON = ["basis", "dilemma_id", "responder_id", "draw", "whose", "whose_draw"]


@dataclass(frozen=True)
class Comparisons:
    """`frame`: one row per comparison that can be drawn: comparison (its key), basis and, where the matcher's labels were
    given, label and score. `rows`: comparison, the key of the match label, flip, question (of `Plan.questions`).

    Outside the frame: `settled` comparisons, every label of which is known without asking anybody, and comparisons
    `without_value`, which no estimate uses (the target recommends nothing, or has not answered; one's own solution shown).
    """

    frame: pl.DataFrame
    rows: pl.DataFrame
    settled: int
    without_value: int


def comparisons(plan: Plan, solutions: pl.DataFrame, responses: pl.DataFrame, matches: pl.DataFrame | None) -> Comparisons:
    """Which comparisons can be labelled, and what the matcher says of each?

    For basis `main` a comparison is a conversation's main solution with all solutions of one other conversation, for
    `explicit` one answer to one shown solution. Its label, from the matcher's, is read as in stated agreement: `agree` where
    it agrees with a recommended solution and with none advised against, `unclear` where that cannot be told, else `disagree`
    if any label speaks against it, else `silent`. Its score is the least of its labels'. `matches` that lack a label of the
    plan are a `UsageError`: they are older than the solutions.
    """
    rows = _rows(plan, solutions, responses)
    each = rows.group_by(COMPARISON).agg(
        pl.col("question").is_not_null().any().alias("asked"),
        pl.when(pl.col("basis").first() == Basis.MAIN.value)
        .then(pl.col("recommended").any() & (pl.col("target_outcome").first() == Outcome.ANSWERED.value))
        .otherwise(pl.col("target").first() != pl.col("responder_id").first())
        .fill_null(value=False)
        .alias("valued"),
    )
    drawable = each.filter(pl.col("asked") & pl.col("valued")).select(COMPARISON).sort(COMPARISON)
    keys = [json.dumps(row, ensure_ascii=False) for row in drawable.iter_rows()]
    drawable = drawable.with_columns(comparison=pl.Series(keys, dtype=pl.String))
    rows = rows.join(drawable, on=COMPARISON)
    frame = drawable.select("comparison", "basis")
    if matches is not None:
        frame = frame.join(_judged(rows, matches), on="comparison", how="left")
    return Comparisons(
        frame=frame.sort("comparison"),
        rows=rows.filter(pl.col("question").is_not_null()).select("comparison", *ROW, "flip", "question"),
        settled=each.filter(~pl.col("asked") & pl.col("valued")).height,
        without_value=each.filter(pl.col("asked") & ~pl.col("valued")).height,
    )


def _rows(plan: Plan, solutions: pl.DataFrame, responses: pl.DataFrame) -> pl.DataFrame:
    """Every label that the study needs, with the comparison it belongs to; `question` is null where it is settled."""
    columns = [*ROW, "flip"]
    unasked = plan.settled.select(*columns, question=pl.lit(None, dtype=pl.UInt32))
    whose = solutions.select(
        "solution_id",
        target="responder_id",
        target_draw=pl.col("draw").cast(pl.Int64),
        recommended=pl.col("stance").cast(pl.String) == Stance.RECOMMENDS.value,
    )
    outcomes = responses.select(
        "dilemma_id", target="responder_id", target_draw=pl.col("draw").cast(pl.Int64), target_outcome="outcome"
    )
    main = pl.col("basis") == Basis.MAIN.value
    return (
        pl.concat([plan.pairs.select(*columns, "question"), unasked])
        .join(whose, on="solution_id")
        .join(outcomes, on=["dilemma_id", "target", "target_draw"], how="left")
        .with_columns(
            whose=pl.when(main).then("target").otherwise("solution_id"),
            whose_draw=pl.when(main).then("target_draw").otherwise(pl.lit(0, dtype=pl.Int64)),
        )
    )


def _judged(rows: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """Label and score of every comparison, from the matcher's labels."""
    given = matches.select(*ROW, "label", "score").with_columns(pl.col("draw").cast(pl.Int64), pl.col("basis").cast(pl.String))
    labelled = rows.join(given, on=ROW, how="left")
    missing = labelled.filter(pl.col("question").is_not_null() & pl.col("label").is_null()).height
    if missing:
        raise UsageError(
            f"{missing} labels are missing: the solutions were read anew after the matcher ran. Run: normscope match FOLDER"
        )
    label, recommended = pl.col("label"), pl.col("recommended")
    agrees = ((label == Label.AGREE.value) & recommended).any()
    conflicts = ((label == Label.AGREE.value) & ~recommended).any()
    against = (label == Label.DISAGREE.value).any()
    unclear = ((label == Label.UNCLEAR.value) & recommended).any()
    stated = (
        pl.when(agrees & ~conflicts)
        .then(pl.lit(Label.AGREE.value))
        .when(~conflicts & unclear)
        .then(pl.lit(Label.UNCLEAR.value))
        .when(conflicts | against)
        .then(pl.lit(Label.DISAGREE.value))
        .otherwise(pl.lit(Label.SILENT.value))
    )
    return labelled.group_by("comparison").agg(
        pl.when(pl.col("basis").first() == Basis.MAIN.value).then(stated).otherwise(label.first()).alias("label"),
        pl.col("score").filter(pl.col("question").is_not_null()).min().alias("score"),
    )
