"""How much a comparison weighs in its dilemma, where some of the dilemma's comparisons do not count."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from normscope.agree.people_said import LABELLED
from normscope.agree.scopes import KEY, Who, spread

__all__ = ["BY_MATCHER", "WEIGHT", "chances", "placed"]

WEIGHT, BY_MATCHER = "weight", "by_matcher"
"""The weight of a row by how often people can decide such rows, and by what the matcher counts."""

CHANCE = "chance"


def chances(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the column `chance` in [0, 1]: how often people can decide a comparison like this one.

    1 where it is settled. Else the share that people decided of the labelled ones that the matcher counts, or of those that it
    calls unclear, each weighted by 1 / inclusion; without labels of that sort, what the matcher says (1 or 0).
    """
    times = (pl.col("state") == LABELLED).fill_null(value=False).cast(pl.Float64) / pl.col("inclusion").fill_null(1.0)
    decided = times * pl.col("decided").fill_null(0.0)
    all_alike = times.sum().over("counted")
    share = pl.when(all_alike > 0).then(decided.sum().over("counted") / all_alike).otherwise(pl.col("counted").cast(pl.Float64))
    return rows.with_columns(pl.when(pl.col("state").is_null()).then(1.0).otherwise(share).alias(CHANCE))


def placed(rows: pl.DataFrame, averaged: Sequence[str], who: Who, *, dilemmas_count_once: bool) -> pl.DataFrame:
    """The rows (`row`, `counted`, `chance` and what names them) in every scope that they belong to, with both weights.

    Rows that are alike in `averaged` are draws of one value. A row's weight is what it has if it counts: 1 / (1 + the expected
    number of other draws that count), and where dilemmas count once, that · 1 / (1 + the expected number of the dilemma's
    other values in the scope). So it is the weight in the raw value exactly, if people can decide what the matcher counts and
    nothing else; and it is that of plain means over draws, values and dilemmas, if they can decide everything.
    `by_matcher` takes what the matcher counts for certain, and means something in those rows only.
    """
    by = {WEIGHT: pl.col(CHANCE), BY_MATCHER: pl.col("counted").cast(pl.Float64)}
    shares = {name: 1 / (1 + chance.sum().over(averaged) - chance) for name, chance in by.items()}
    values = {f"{name}_value": 1 - (1 - chance).product().over(averaged) for name, chance in by.items()}
    draws = rows.select(
        "row", *dict.fromkeys(("dilemma", "responder", "target")), draws=pl.len().over(averaged), **shares, **values
    )
    found = spread(draws, who)
    if dilemmas_count_once:
        found = found.with_columns(pl.col(name) / (1 + _other_values(f"{name}_value")) for name in by)
    return found.select(*KEY, "dilemma", "row", *by)


def _other_values(value: str) -> pl.Expr:
    """The expected number of a dilemma's other values in the scope; each row of a value stands for its part of it."""
    return (pl.col(value) / pl.col("draws")).sum().over(*KEY, "dilemma") - pl.col(value)
