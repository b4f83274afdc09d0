"""Conversations, solutions and labels of the dilemmas on a page, as numbers: who stands in which row and which column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from normscope.records import Kind
from normscope.report.data import ReportData

__all__ = ["CONVERSATIONS", "Places", "places"]

CONVERSATIONS = 200
"""The most conversations about one dilemma that a page has; the models' come first, then people in their order."""

CODED = "coded"
"""The extractor of solutions that came with people's answers: they stand for them where they have any, as in stated agreement."""

_SOURCE = ("dilemma_id", "responder_id", "draw")


@dataclass(frozen=True)
class Places:
    """Frames that lead from records to their places on the page.

    `dilemma` is the place among the dilemmas given, `row` a conversation's place within its dilemma (responders in the order
    of the page, then draws), `column` a solution's (in the order of its conversations, the main one first). Of a conversation
    whose solutions were coded by people and read as well, only the coded ones are here: they stand for it.

    `conversations`: dilemma, row, responder, the response (outcome and turns are null where there is no text), and `start` and
    `end` of the main solution's evidence, whether or not that solution is here ·
    `solutions`: dilemma, column, row, and the solution · `labels`: dilemma, row, column, basis, label, of what is here alone.
    `left_out` counts conversations that the page has no room for, by dilemma.
    """

    conversations: pl.DataFrame
    solutions: pl.DataFrame
    labels: pl.DataFrame
    left_out: Mapping[int, int]


def places(data: ReportData, dilemma_ids: Sequence[str], responder_ids: Sequence[str], *, most: int = CONVERSATIONS) -> Places:
    """The places of all that was said of these dilemmas; `responder_ids` are all responders in the order of the page."""
    dilemmas = pl.DataFrame({"dilemma_id": dilemma_ids}, schema={"dilemma_id": pl.String}).with_row_index("dilemma")
    responders = pl.DataFrame({"responder_id": responder_ids}, schema={"responder_id": pl.String}).with_row_index("responder")
    models = [r.responder_id for r in data.responders if r.kind is Kind.MODEL]
    # people's coded solutions may come without a text; they still get their place
    all_here = (
        pl.concat([data.responses.select(_SOURCE), data.solutions.select(_SOURCE)])
        .join(dilemmas, on="dilemma_id")
        .unique()
        .join(responders, on="responder_id")
        .with_columns(person=~pl.col("responder_id").is_in(models))
        .sort("dilemma", "person", "responder", "draw")
        .with_columns(rank=pl.int_range(pl.len()).over("dilemma"))
    )
    here = (
        all_here.filter(pl.col("rank") < most)
        .sort("dilemma", "responder", "draw")
        .with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32).over("dilemma"))
        .drop("rank", "person")
    )
    left = all_here.filter(pl.col("rank") >= most).group_by("dilemma").len()
    found = (
        data.solutions.unique("solution_id", keep="first", maintain_order=True)
        .with_row_index("order")
        .join(here, on=_SOURCE)
        .sort("dilemma", "row", ~pl.col("main"), "order")
    )
    whole = pl.col("start").is_not_null() & pl.col("end").is_not_null()
    evidence = found.filter(pl.col("main"), whole).unique(["dilemma", "row"], keep="first", maintain_order=True)
    conversations = (
        here.join(data.responses, on=_SOURCE, how="left")
        .join(
            evidence.select("dilemma", "row", "start", "end"),
            on=["dilemma", "row"],
            how="left",
        )
        .sort("dilemma", "row")
    )
    coded = pl.col("extractor") == CODED
    solutions = found.filter(coded == coded.any().over("dilemma", "row")).with_columns(
        column=pl.int_range(pl.len(), dtype=pl.UInt32).over("dilemma")
    )
    labels = (
        data.matches.select(*_SOURCE, "basis", "solution_id", "label")
        .join(here.select(*_SOURCE, "row"), on=_SOURCE)
        .join(solutions.select("solution_id", "dilemma_id", "dilemma", "column"), on=["solution_id", "dilemma_id"])
        .select("dilemma", "row", "column", "basis", "label")
        .sort("dilemma", "row", "column", "basis")
    )
    return Places(conversations, solutions, labels, dict(left.iter_rows()))
