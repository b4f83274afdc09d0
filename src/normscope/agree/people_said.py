"""What people said of a drawn part of the comparisons, beside what the matcher says of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from normscope.records import Basis
from normscope.table import AgreementTable

__all__ = ["COMPARISONS_SCHEMA", "LABELLED", "STATES", "PeopleSaid", "people_said"]

LABELLED = "labelled"
"""Every question of the comparison has a label that counts, or labels of coders who differ."""

STATES = ("not_drawn", "not_labelled", "coders_differ", LABELLED)
"""What became of a comparison that could be drawn: `not_labelled`, drawn and not labelled yet; `coders_differ`, labelled, but
coders differ on questions and none of them labelled all of those."""

COMPARISONS_SCHEMA = {
    "basis": pl.String,
    "dilemma_id": pl.String,
    "responder_id": pl.String,
    "draw": pl.Int64,
    "whose": pl.String,
    "whose_draw": pl.Int64,
    "state": pl.String,
    "inclusion": pl.Float64,
    "voices": pl.Int64,
}
"""One row per comparison that people could be asked to label: a conversation's main solution with those of `whose` (a
responder; basis `main`), or its answer to the solution `whose` (basis `explicit`). `state` is one of `STATES`; `inclusion` is
the probability in (0, 1] with which it was drawn, null where it was not. `voices`: how many coders' readings of it count, each
as much as another; 1 where its labels are settled; null where it is not `labelled`."""

STATED_AT = ("dilemma", "responder", "draw", "target", "target_draw")
EXPLICIT_AT = ("dilemma", "responder", "draw", "solution_id")
WHAT = ("state", "inclusion", "voices")


@dataclass(frozen=True)
class PeopleSaid:
    """`tables` are the study's agreement table with people's labels in place of the matcher's, where a comparison has them.

    The table with the number i holds voice i of the comparisons that have more than i `voices`: the first all that are
    labelled, the others those on which coders differ (and whatever else: it is not read).
    `stated` and `explicit` hold the comparisons that could be drawn: the numbers that name a row of the table, `state`,
    `inclusion` and `voices` as in `COMPARISONS_SCHEMA`. A row of the table that is in neither is settled: its value is known
    without asking anybody (the same text, a stance that people coded).
    """

    tables: tuple[AgreementTable, ...]
    stated: pl.DataFrame
    explicit: pl.DataFrame


def people_said(tables: Sequence[AgreementTable], comparisons: pl.DataFrame) -> PeopleSaid:
    """Name the comparisons of a sample by the numbers of the tables; those of other dilemmas or responders are left out.

    `tables` are people's (`PeopleSaid`), of the same dilemmas and responders. Other columns than `COMPARISONS_SCHEMA`, two rows
    of one comparison, and more voices than tables are a ValueError.
    """
    if dict(comparisons.schema) != COMPARISONS_SCHEMA:
        raise ValueError(f"comparisons have columns {dict(comparisons.schema)}; allowed: {COMPARISONS_SCHEMA}")
    key = [name for name in COMPARISONS_SCHEMA if name not in WHAT]
    if comparisons.select(pl.struct(key).is_duplicated().any()).item():
        raise ValueError("comparisons hold two rows for the same comparison")
    if comparisons.select((pl.col("voices") > len(tables)).any()).item():
        raise ValueError(f"comparisons have more voices than the {len(tables)} tables that hold them")
    responders = [r.responder_id for r in tables[0].responders]
    named = comparisons.join(_numbers("dilemma", tables[0].dilemmas), on="dilemma_id").join(
        _numbers("responder", responders), on="responder_id"
    )
    with_whom = _numbers("target", responders).rename({"target_id": "whose"})
    named = named.with_columns(pl.col("draw").cast(pl.UInt32), target_draw=pl.col("whose_draw").cast(pl.UInt32))
    stated = named.filter(pl.col("basis") == Basis.MAIN.value).join(with_whom, on="whose")
    explicit = named.filter(pl.col("basis") == Basis.EXPLICIT.value).with_columns(solution_id="whose")
    return PeopleSaid(tuple(tables), stated.select(*STATED_AT, *WHAT), explicit.select(*EXPLICIT_AT, *WHAT))


def _numbers(name: str, ids: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame({f"{name}_id": list(ids), name: range(len(ids))}, schema={f"{name}_id": pl.String, name: pl.UInt32})
