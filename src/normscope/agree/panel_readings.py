"""Stated agreement with what a panel stands behind together: every conversation against the panel's reference."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.panel import NOBODY_LEFT_OUT, TOGETHER, Panels, panels, references, sizes
from normscope.agree.sides import SIDES, read, sides, towards
from normscope.records import Outcome, Policy
from normscope.table import COUNTED, Numbered

__all__ = ["panel_rows"]

ROWS = 4_000_000
"""Rows of (conversation, left-out person, solution) joined at a time, about; a crowd makes many of few dilemmas."""

AT = ("dilemma", "left_out")


def panel_rows(said: Numbered, person: npt.NDArray[np.bool_]) -> dict[Policy, pl.DataFrame]:
    """For each policy that makes one reference of a panel: every conversation held against it, under every reading.

    `person` [responders]: who is a person. Columns: dilemma, responder, draw, left_out, person, and those of `read`.
    A model meets the full panel's reference (`left_out` = `NOBODY_LEFT_OUT`), and that of the panel without each one
    of its people; a person meets that of the others. Where nobody else answered the dilemma there is no row.
    """
    is_person = pl.lit(pl.Series(person, dtype=pl.Boolean)).gather(pl.col("responder"))
    conversations = said.conversations.with_columns(person=is_person)
    labels = towards(said)
    parts: dict[Policy, list[pl.DataFrame]] = {policy: [] for policy in TOGETHER}
    for dilemmas in _parts(conversations, said):
        some = conversations.filter(pl.col("dilemma").is_in(dilemmas.implode()))
        for policy, rows in _sides(said, some, labels).items():
            parts[policy].append(rows)
    return {policy: read(pl.concat(rows)).sort("dilemma", "responder", "draw", "left_out") for policy, rows in parts.items()}


def _parts(conversations: pl.DataFrame, said: Numbered) -> Iterator[pl.Series]:
    """The dilemmas that are worked on together, at least one part, so that no part makes many more than `ROWS` rows."""
    people = pl.col("person")
    solutions = said.targets.join(conversations.filter("person"), on="conversation").group_by("dilemma").agg(solutions=pl.len())
    work = (
        conversations.group_by("dilemma")
        .agg(people=people.sum().cast(pl.Int64), models=(~people).sum().cast(pl.Int64))
        .join(solutions, on="dilemma", how="left")
        .sort("dilemma")
    )
    size = (work["models"] * (work["people"] + 1) + work["people"]) * work["solutions"].fill_null(0).cast(pl.Int64)
    part = (size.cum_sum() // ROWS).alias("part")
    if not work.height:
        yield work["dilemma"]
    for _, rows in work.with_columns(part).group_by("part", maintain_order=True):
        yield rows["dilemma"]


def _sides(said: Numbered, conversations: pl.DataFrame, labels: pl.DataFrame) -> dict[Policy, pl.DataFrame]:
    found = panels(said, conversations.filter("person"))
    accepted = references(found)
    met = _met(conversations, found)
    speaking = met.filter((pl.col("outcome") == Outcome.ANSWERED.value) & pl.col("has_main"))
    said_of = (
        speaking.select("conversation", *AT)
        .join(accepted, on=AT)
        .join(labels, on=["conversation", "solution"])
        .group_by("conversation", "left_out")
    )
    counts = {policy: said_of.agg(sides(*_plus_minus(policy))) for policy in TOGETHER}
    return {policy: _rows(met, accepted, counts[policy], policy) for policy in TOGETHER}


def _met(conversations: pl.DataFrame, found: Panels) -> pl.DataFrame:
    """Which references a conversation is held against: its columns, left_out and the reference's size."""
    people = conversations.filter("person").group_by("dilemma").agg(people=pl.col("responder").unique())
    own = pl.col("responder").cast(pl.Int32)
    member = found.members.select("dilemma", responder="voter", member=pl.lit(value=True))
    held = conversations.join(people, on="dilemma").join(member, on=["dilemma", "responder"], how="left")
    others = pl.col("people").list.len() - pl.col("person").cast(pl.UInt32)
    held = held.filter(others > 0).drop("people")
    full = held.with_columns(left_out=pl.when(pl.col("member")).then(own).otherwise(pl.lit(NOBODY_LEFT_OUT, dtype=pl.Int32)))
    models = held.filter(~pl.col("person"))
    without = models.join(found.members.select("dilemma", left_out=pl.col("voter").cast(pl.Int32)), on="dilemma")
    return (
        pl.concat([full, without.select(full.columns)])
        .join(sizes(found), on=AT, how="left")
        .with_columns(pl.col("size").fill_null(0))
        .drop("member")
    )


def _rows(met: pl.DataFrame, accepted: pl.DataFrame, counts: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    plus, minus = _plus_minus(policy)
    reference = accepted.group_by(AT).agg(plus=plus.sum(), minus=minus.sum(), open=pl.col(f"{policy}_open").any())
    rows = (
        met.join(reference, on=AT, how="left")
        .join(counts, on=["conversation", "left_out"], how="left")
        .with_columns(pl.col(name).fill_null(False if kind is pl.Boolean else 0) for name, kind in SIDES.items())
        .with_columns(pl.col("plus", "minus").fill_null(0), pl.col("open").fill_null(value=False))
    )
    status = (
        pl.when(pl.col("outcome") != Outcome.ANSWERED.value)
        .then(pl.col("outcome"))
        .when(~pl.col("has_main"))
        .then(pl.lit("no_solution"))
        .when((pl.col("size") == 1) & pl.lit(policy is not Policy.UNION))
        .then(pl.lit("one_panelist"))
        .when((pl.col("plus") == 0) & pl.col("open"))
        .then(pl.lit("panel_not_matched"))
        .when(pl.col("plus") == 0)
        .then(pl.lit("no_reference"))
        .when(pl.col("labelled") < pl.col("plus").cast(pl.Int64) + pl.col("minus").cast(pl.Int64))
        .then(pl.lit("not_matched"))
        .otherwise(pl.lit(COUNTED))
    )
    return rows.select("dilemma", "responder", "draw", "left_out", "person", status.alias("status"), "plus", "minus", *SIDES)


def _plus_minus(policy: Policy) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(f"{policy}_plus"), pl.col(f"{policy}_minus")
