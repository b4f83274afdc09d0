"""Explicit agreement: does a responder who is shown a target's solution take the target's side?"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from normscope.agree.conversations import Numbered
from normscope.records import Basis, Label, Outcome, Responder
from normscope.table import COUNTED, EXPLICIT_SCHEMA

__all__ = ["explicit_rows"]


def explicit_rows(said: Numbered, responders: Sequence[Responder]) -> pl.DataFrame:
    """One row per solution of another responder that was (or should have been) shown to a conversation (`EXPLICIT_SCHEMA`).

    `value` is 1.0 where the answer agrees with what the target recommends or disagrees with what it advises against, else
    0.0: a silent or unclear answer did not take the target's side. A conversation that was refused, empty or failed has a
    row with that status for each solution, if responders of its kind were shown solutions in this study at all. Solutions
    that were not shown to an answered conversation have no row.
    """
    labels = said.labels.filter(pl.col("basis") == Basis.EXPLICIT.value).select("conversation", "solution", "label")
    kinds = pl.DataFrame(
        {"responder": range(len(responders)), "kind": [r.kind.value for r in responders]},
        schema={"responder": pl.UInt32, "kind": pl.String},
    )
    conversations = said.conversations.join(kinds, on="responder")
    shown = conversations.join(labels, on="conversation", how="semi")
    unanswered = conversations.filter(pl.col("outcome") != Outcome.ANSWERED.value).join(shown, on="kind", how="semi")
    asked = pl.concat([shown, unanswered]).unique("conversation")
    whose = said.conversations.select("conversation", "dilemma", target="responder")
    label, accepted = pl.col("label"), pl.col("accepted")
    counted = pl.col("status") == COUNTED
    agreed = ((label == Label.AGREE.value) & accepted) | ((label == Label.DISAGREE.value) & ~accepted)
    return (
        said.targets.join(whose, on="conversation")
        .select("dilemma", "target", "solution", "solution_id", accepted="recommended")
        .join(asked, on="dilemma")
        .filter(pl.col("responder") != pl.col("target"))
        .join(labels, on=["conversation", "solution"], how="left")
        .filter(label.is_not_null() | (pl.col("outcome") != Outcome.ANSWERED.value))
        .with_columns(status=pl.when(label.is_not_null()).then(pl.lit(COUNTED)).otherwise("outcome"))
        .with_columns(value=pl.when(counted).then(agreed.cast(pl.Float64)))
        .select(pl.col(name).cast(dtype) for name, dtype in EXPLICIT_SCHEMA.items())
        .sort("dilemma", "responder", "draw", "target", "solution_id")
    )
