"""Labelling everything that a plan names."""

from __future__ import annotations

import json
from typing import Protocol

import polars as pl

from normscope.match.plan import Plan
from normscope.records import Label, Matcher

__all__ = ["MATCHES_SCHEMA", "OnProgress", "match"]

CHUNK = 1_000
"""Questions handed to the matcher at a time."""

MATCHES_SCHEMA = {
    "dilemma_id": pl.String,
    "responder_id": pl.String,
    "draw": pl.Int64,
    "basis": pl.String,
    "solution_id": pl.String,
    "label": pl.String,
    "score": pl.Float64,
    "matcher": pl.String,
    "evidence": pl.String,
    "prompt_hash": pl.String,
    "votes": pl.String,
}
"""The fields of the `Match` record, in their order; `votes` as JSON text."""

TURNED = {Label.AGREE.value: Label.DISAGREE.value, Label.DISAGREE.value: Label.AGREE.value}


class OnProgress(Protocol):
    """Called with how many questions are answered and how many there are."""

    def __call__(self, done: int, total: int, /) -> None: ...


async def match(plan: Plan, matcher: Matcher, *, on_progress: OnProgress | None = None) -> pl.DataFrame:
    """The labels of a plan, one row each (`MATCHES_SCHEMA`), ordered by key.

    The matcher is asked each distinct question once. What the plan has settled needs no matcher and has score 1.0 and no
    `prompt_hash`: the same text agrees with itself and an empty answer is silent, whatever the matcher (they bear its name,
    so that a study has one); labels that people gave themselves have the matcher `coded`. An error of the matcher, such as
    a `ModelError`, goes through; a judge's answers up to then are in the call store.
    """
    judgements = []
    total = len(plan.questions)
    for start in range(0, total, CHUNK):
        if on_progress is not None:
            on_progress(start, total)
        judgements += await matcher(plan.questions[start : start + CHUNK])
    if on_progress is not None:
        on_progress(total, total)
    if len(judgements) != total:
        raise ValueError(f"the matcher {matcher.name!r} gave {len(judgements)} judgements for {total} questions")
    answers = pl.DataFrame(
        {
            "question": range(total),
            "label": [judgement.label.value for judgement in judgements],
            "score": [judgement.score for judgement in judgements],
            "evidence": [judgement.evidence for judgement in judgements],
            "votes": [json.dumps(judgement.votes, ensure_ascii=False, sort_keys=True) for judgement in judgements],
        },
        schema={"question": pl.UInt32, "label": pl.String, "score": pl.Float64, "evidence": pl.String, "votes": pl.String},
    )
    asked = plan.pairs.join(answers, on="question").with_columns(
        matcher=pl.lit(matcher.name), prompt_hash=pl.lit(matcher.prompt_hash, dtype=pl.String)
    )
    settled = plan.settled.with_columns(
        score=pl.lit(1.0),
        matcher=pl.when("coded").then(pl.lit("coded")).otherwise(pl.lit(matcher.name)),
        evidence=pl.lit(None, dtype=pl.String),
        prompt_hash=pl.lit(None, dtype=pl.String),
        votes=pl.lit("{}"),
    )
    label = pl.when("flip").then(pl.col("label").replace(TURNED)).otherwise("label").alias("label")
    rows = [frame.with_columns(label).select(*MATCHES_SCHEMA) for frame in (asked, settled)]
    return pl.concat(rows).sort("dilemma_id", "responder_id", "draw", "basis", "solution_id")
