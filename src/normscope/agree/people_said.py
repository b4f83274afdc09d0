"""What people said of a drawn part of the comparisons, beside what the matcher says of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from normscope.records import Basis
from normscope.table import AgreementTable

__all__ = ["COMPARISONS_SCHEMA", "LABELLED", "STATES", "PeopleSaid", "people_said"]

LABELLED = "labelled"
"""Every question of the comparison has a label that counts."""

STATES = ("not_drawn", "not_labelled", "coders_differ", LABELLED)
"""What became of a comparison that could be drawn: `not_labelled`, drawn and not labelled yet; `coders_differ`, labelled, but
coders differ on a question and nobody settled it."""

COMPARISONS_SCHEMA = {
    "basis": pl.String,
    "dilemma_id": pl.String,
    "responder_id": pl.String,
    "draw": pl.Int64,
    "whose": pl.String,
    "whose_draw": pl.Int64,
    "state": pl.String,
    "inclusion": pl.Float64,
}
"""One row per comparison that people could be asked to label: a conversation's main solution with those of `whose` (a
responder; basis `main`), or its answer to the solution `whose` (basis `explicit`). `state` is one of `STATES`; `inclusion` is
the probability in (0, 1] with which it was drawn, null where it was not."""

STATED_AT = ("dilemma", "responder", "draw", "target", "target_draw")
EXPLICIT_AT = ("dilemma", "responder", "draw", "solution_id")


@dataclass(frozen=True)
class PeopleSaid:
    """`table` is the study's agreement table with people's labels in place of the matcher's, where a comparison has them.

    `stated` and `explicit` hold the comparisons that could be drawn: the numbers that name a row of the table, `state` and
    `inclusion` as in `COMPARISONS_SCHEMA`. A row of the table that is in neither is settled: its value is known without
    asking anybody (the same text, a stance that people coded).
    """

    table: AgreementTable
    stated: pl.DataFrame
    explicit: pl.DataFrame


def people_said(table: AgreementTable, comparisons: pl.DataFrame) -> PeopleSaid:
    """Name the comparisons of a sample by the numbers of the table; those of other dilemmas or responders are left out.

    `table` is people's. Other columns than `COMPARISONS_SCHEMA`, and two rows of one comparison, are a ValueError.
    """
    if dict(comparisons.schema) != COMPARISONS_SCHEMA:
        raise ValueError(f"comparisons have columns {dict(comparisons.schema)}; allowed: {COMPARISONS_SCHEMA}")
    key = [name for name in COMPARISONS_SCHEMA if name not in ("state", "inclusion")]
    if comparisons.select(pl.struct(key).is_duplicated().any()).item():
        raise ValueError("comparisons hold two rows for the same comparison")
    responders = [r.responder_id for r in table.responders]
    named = comparisons.join(_numbers("dilemma", table.dilemmas), on="dilemma_id").join(
        _numbers("responder", responders), on="responder_id"
    )
    with_whom = _numbers("target", responders).rename({"target_id": "whose"})
    named = named.with_columns(pl.col("draw").cast(pl.UInt32), target_draw=pl.col("whose_draw").cast(pl.UInt32))
    stated = named.filter(pl.col("basis") == Basis.MAIN.value).join(with_whom, on="whose")
    explicit = named.filter(pl.col("basis") == Basis.EXPLICIT.value).with_columns(solution_id="whose")
    what = ("state", "inclusion")
    return PeopleSaid(table, stated.select(*STATED_AT, *what), explicit.select(*EXPLICIT_AT, *what))


def _numbers(name: str, ids: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame({f"{name}_id": list(ids), name: range(len(ids))}, schema={f"{name}_id": pl.String, name: pl.UInt32})
