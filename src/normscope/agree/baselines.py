"""What stands beside a rate so that it can be read: any two responders, answers to other dilemmas, and how often both is said."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from normscope.agree.measures import AT, Measure, status_counts
from normscope.agree.scopes import KEY_SCHEMA, NOBODY, Key, Scope, Who
from normscope.records import Estimate, NotMeasured, Outcome
from normscope.table import COUNTED, AgreementTable, Numbered

__all__ = ["ANY_TWO", "hedge", "placebo", "random_pair"]

ANY_TWO = Key(Scope.WHOLE, NOBODY, NOBODY, NOBODY)
"""The key of all responders together, whatever their kinds."""

PLACEBO = NotMeasured(
    "the stored labels compare answers to the same dilemma only; how often the matcher agrees with answers to other dilemmas is "
    "on the validation card: normscope validate FOLDER"
)


def random_pair(pairs: pl.DataFrame, excluded: pl.DataFrame) -> Measure:
    """The mean over all ordered pairs of different responders of a dilemma: what any two have in common.

    `pairs`: dilemma, responder, target, value in [0, 1] (draws averaged). `excluded`: the rows without a value: responder,
    target, dilemma, status.
    """
    different = pl.col("responder") != pl.col("target")
    terms = pairs.filter(different).group_by("dilemma").agg(num=pl.col("value").mean()).with_columns(den=pl.lit(1.0))
    left_out = excluded.filter(different).select("dilemma", "status")
    return Measure(
        "random_pair",
        _at_any_two(terms).sort(AT),
        status_counts(_at_any_two(left_out)),
        [ANY_TWO],
        missing="no two responders answered the same dilemma",
    )


def placebo(like: Estimate) -> Estimate:
    """The placebo of a study: the agreement with answers to other dilemmas, which the stored labels cannot give."""
    why = replace(like, metric="placebo", pairing="", responder_id="", target_id="", value=PLACEBO, low=PLACEBO, high=PLACEBO)
    return replace(why, method="not measured", n_dilemmas=0, excluded={})


def hedge(table: AgreementTable, said: Numbered, who: Who) -> Measure:
    """The share in [0, 1] of a responder's answered conversations that recommend both of two opposed courses.

    Only conversations that could be compared with some other, as for `no_solution`.
    """
    status = (
        pl.when(pl.col("outcome") != Outcome.ANSWERED.value)
        .then(pl.col("outcome"))
        .when(pl.col("hedged").is_not_null())
        .then(pl.lit(COUNTED))
        .when(pl.col("has_solution"))
        .then(pl.lit("not_read"))
        .otherwise(pl.lit("no_solution"))
    )
    held = (
        said.conversations.join(table.stated.select("dilemma").unique(), on="dilemma", how="semi")
        .filter(pl.col("responder").is_in(who.listed()))
        .with_columns(
            pl.col("responder").cast(pl.Int32),
            has_solution=pl.col("conversation").is_in(said.targets["conversation"].unique().implode()),
            scope=pl.lit(int(Scope.SELF), dtype=pl.Int32),
            pairing=pl.lit(NOBODY, dtype=pl.Int32),
            target=pl.lit(NOBODY, dtype=pl.Int32),
        )
        .with_columns(status=status)
    )
    counted = pl.col("status") == COUNTED
    terms = held.filter(counted).group_by(AT).agg(num=pl.col("hedged").mean()).with_columns(den=pl.lit(1.0)).sort(AT)
    return Measure(
        "hedge",
        terms,
        status_counts(held.filter(~counted)),
        [Key(Scope.SELF, NOBODY, r, NOBODY) for r in who.listed()],
        missing="no conversation of this responder was read for opposed courses",
    )


def _at_any_two(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.lit(value, dtype=KEY_SCHEMA[name]).alias(name) for name, value in zip(KEY_SCHEMA, ANY_TWO, strict=True)
    )
