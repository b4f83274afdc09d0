"""Explicit agreement: does a responder who is shown a target's solution take the target's side?"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from normscope.agree.conversations import Numbered
from normscope.records import Basis, Kind, Label, Outcome, Responder
from normscope.table import COUNTED, EXPLICIT_SCHEMA

__all__ = ["explicit_rows", "telling"]

CODED = "coded"
"""The matcher of a label that is what a person coded, who was shown nothing."""


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


def telling(explicit: pl.DataFrame, matches: pl.DataFrame, responders: Sequence[Responder]) -> pl.DataFrame:
    """Explicit rows (`EXPLICIT_SCHEMA`) without those of people whose codes can say nothing but `agree`.

    People who were shown nothing answer by their own codes where the text is the same (docs/decisions/0004). Where nobody's
    codes reject a solution, such an answer is `agree` by construction: its rate, 1.0, would be a ceiling that nobody measured.
    """
    if "matcher" not in matches.columns:
        return explicit
    labels = matches.filter(pl.col("basis").cast(pl.String) == Basis.EXPLICIT.value)
    by_code = labels.filter(pl.col("matcher").cast(pl.String) == CODED)
    if by_code.is_empty() or not (by_code["label"].cast(pl.String) == Label.AGREE.value).all():
        return explicit
    shown = set(labels.filter(pl.col("matcher").cast(pl.String) != CODED)["responder_id"])
    silent = [i for i, r in enumerate(responders) if r.kind is Kind.HUMAN and r.responder_id not in shown]
    return explicit.filter(~pl.col("responder").is_in(silent))
