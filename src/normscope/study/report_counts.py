"""Counting for the report: how conversations ended, by responder and topic, and what asking each model took."""

from __future__ import annotations

import polars as pl

from normscope.models.prices import PICO
from normscope.records import Dilemma, NotMeasured, Outcome
from normscope.report import ModelCost, OutcomeCount
from normscope.store import CallTotals, Store
from normscope.study.asking import prices_of
from normscope.study.settings import Settings

__all__ = ["model_costs", "outcome_counts"]


def outcome_counts(store: Store) -> list[OutcomeCount]:
    """The conversations by responder, topic, outcome and reason, in that order; no text is read but the reasons."""
    by = ("responder_id", "topic", "outcome", "reason")
    topics = {d.dilemma_id: d.topic for d in store.all(Dilemma)}
    counts = (
        store.frame("responses", columns=("responder_id", "dilemma_id", "outcome", "reason"))
        .select(
            pl.col("responder_id").cast(pl.String),
            pl.col("dilemma_id").cast(pl.String).replace_strict(topics, default="", return_dtype=pl.String).alias("topic"),
            pl.col("outcome").cast(pl.String),
            pl.col("reason").cast(pl.String).fill_null(""),
        )
        .group_by(by)
        .len()
        .sort(by)
    )
    return [OutcomeCount(r, topic, Outcome(outcome), reason, n) for r, topic, outcome, reason, n in counts.iter_rows()]


def model_costs(settings: Settings, store: Store) -> list[ModelCost]:
    """One row per model that was asked, judges among them, in the order of their names."""
    currency = prices_of(settings).currency
    return [_cost(total, currency) for total in store.calls.totals()]


def _cost(total: CallTotals, currency: str) -> ModelCost:
    known = total.answered > total.unknown_calls or not total.answered
    return ModelCost(
        model=total.model,
        answered=total.answered,
        failed=sum(total.failed.values()),
        prompt_tokens=total.prompt_tokens,
        completion_tokens=total.completion_tokens,
        money=total.cost / PICO if known else NotMeasured("no price is known"),
        unknown_calls=total.unknown_calls,
        may_have_cost=total.may_have_cost / PICO,
        currency=currency,
    )
