"""Which side a conversation takes towards a reference's solutions, and the value that every reading makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import polars as pl

from normscope.records import Basis, Label, Reading
from normscope.table import COUNTED, Numbered

__all__ = ["SIDES", "read", "read_as", "sides", "status_of", "towards"]

SIDES = {
    "labelled": pl.UInt32,
    "main_agrees": pl.Boolean,
    "main_conflicts": pl.Boolean,
    "main_unclear": pl.Boolean,
    "agree_plus": pl.UInt32,
    "disagree_plus": pl.UInt32,
    "unclear_plus": pl.UInt32,
    "agree_minus": pl.UInt32,
    "disagree_minus": pl.UInt32,
    "unclear_minus": pl.UInt32,
}
"""What a conversation says towards the accepted (plus) and rejected (minus) solutions of a reference. `labelled` counts the
labels of its main solution towards them, the three that follow are of these; the others count labels of all that it said."""

Case: TypeAlias = tuple[pl.Expr, str]


def towards(said: Numbered) -> pl.DataFrame:
    """conversation, solution, main (the label of its main solution), label (of all that it said unprompted, where there is such
    a label, else of its main solution). A main label that is missing is null."""
    by = {basis: said.labels.filter(pl.col("basis") == basis.value).drop("basis") for basis in (Basis.MAIN, Basis.STATED)}
    main = by[Basis.MAIN].select("conversation", "solution", main="label")
    if not by[Basis.STATED].height:
        return main.with_columns(label="main")
    both = main.join(by[Basis.STATED], on=["conversation", "solution"], how="full", coalesce=True)
    return both.with_columns(label=pl.coalesce("label", "main"))


def sides(plus: pl.Expr, minus: pl.Expr) -> list[pl.Expr]:
    """`SIDES` as aggregates over rows of `towards`; `plus` and `minus` say whether a row's solution is accepted or rejected."""
    main, label = pl.col("main"), pl.col("label")
    agrees, disagrees, unclear = (label == of.value for of in (Label.AGREE, Label.DISAGREE, Label.UNCLEAR))
    main_agrees = main == Label.AGREE.value
    return [
        (main.is_not_null() & (plus | minus)).sum().alias("labelled"),
        (main_agrees & plus).any().alias("main_agrees"),
        (main_agrees & minus).any().alias("main_conflicts"),
        ((main == Label.UNCLEAR.value) & plus).any().alias("main_unclear"),
        *((of & plus).sum().alias(f"{name}_plus") for name, of in zip(_LABELLED, (agrees, disagrees, unclear), strict=True)),
        *((of & minus).sum().alias(f"{name}_minus") for name, of in zip(_LABELLED, (agrees, disagrees, unclear), strict=True)),
    ]


_LABELLED = ("agree", "disagree", "unclear")


def read(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with two columns for every reading, under its name the value (null where there is none) and `…_status`.

    Columns needed: `status` (`counted`, or why a row has no value in any reading), plus and minus (how many solutions the
    reference accepts and rejects), and `SIDES`; they are left out. What each reading is, is said in docs/definitions.md.
    """
    barred = pl.when(pl.col("status") != COUNTED).then("status")
    statuses = {
        reading: pl.coalesce(barred, *(pl.when(holds).then(pl.lit(name)) for holds, name in without), pl.lit(COUNTED))
        for reading, (without, _) in _READINGS.items()
    }
    counted = rows.with_columns(status.alias(status_of(reading)) for reading, status in statuses.items())
    values = (
        pl.when(pl.col(status_of(reading)) == COUNTED).then(value.cast(pl.Float64)).alias(reading.value)
        for reading, (_, value) in _READINGS.items()
    )
    return counted.with_columns(values).drop("status", "plus", "minus", *SIDES)


def read_as(rows: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """The rows of `read` with the value and the status of one reading, under these names."""
    others = [name for other in Reading for name in (other.value, status_of(other))]
    return rows.with_columns(value=pl.col(reading.value), status=pl.col(status_of(reading))).drop(others)


def status_of(reading: Reading) -> str:
    """The column that says why a row has no value in this reading."""
    return f"{reading.value}_status"


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64)


def _readings() -> dict[Reading, tuple[Sequence[Case], pl.Expr]]:
    """Of each reading the cases in which it has no value, and its value in all others."""
    plus, minus = _number("plus"), _number("minus")
    agree, unclear = _number("agree_plus"), _number("unclear_plus")
    violated, unclear_minus = _number("agree_minus"), _number("unclear_minus")
    right = agree + _number("disagree_minus")
    took_a_side = right + violated + _number("disagree_plus")
    main_agrees, main_conflicts = pl.col("main_agrees"), pl.col("main_conflicts")
    return {
        Reading.MAIN: (
            [(~main_agrees & ~main_conflicts & pl.col("main_unclear"), "unclear")],
            main_agrees & ~main_conflicts,
        ),
        Reading.ANY: ([((agree == 0) & (unclear > 0), "unclear")], agree > 0),
        Reading.CONDITIONAL: (
            [((took_a_side == 0) & (unclear + unclear_minus > 0), "unclear"), (took_a_side == 0, "no_side")],
            right / took_a_side,
        ),
        Reading.STRICT: ([], right / (plus + minus)),
        Reading.COVERAGE: ([(plus == unclear, "unclear")], agree / (plus - unclear)),
        Reading.VIOLATION: (
            [(minus == 0, "nothing_rejected"), (minus == unclear_minus, "unclear")],
            violated / (minus - unclear_minus),
        ),
    }


_READINGS = _readings()
