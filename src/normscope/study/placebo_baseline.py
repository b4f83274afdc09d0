"""The placebo rate of the validation card, beside the estimates that it is a baseline of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from normscope.records import Card, Estimate, NotMeasured

__all__ = ["with_placebo"]


def with_placebo(estimates: Sequence[Estimate], card: Card | NotMeasured) -> list[Estimate]:
    """The estimates with the card's rate in place of the `placebo` that stored labels cannot give.

    It is how often the matcher says `agree` of answers to other dilemmas, in [0, 1]. Its `excluded` is empty and its `n_dilemmas`
    0, since it is over pairs, not over the study's dilemmas: `method` says how many. Without such a rate nothing changes.
    """
    if isinstance(card, NotMeasured) or isinstance(card.placebo, NotMeasured):
        return list(estimates)
    rate = card.placebo.agree.overall
    how = "resampled dilemmas" if rate.clustered else "Wilson"
    method = f"validation card: {rate.n} pairs with answers to other dilemmas, {card.placebo.source}; {how}"
    return [
        replace(e, value=rate.value, low=rate.low, high=rate.high, level=card.level, method=method)
        if e.metric == "placebo"
        else e
        for e in estimates
    ]
