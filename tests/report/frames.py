"""The frames of a `ReportData`, made from records as a store would give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import polars as pl

from normscope.records import Match, Record, Response, Solution
from normscope.store.rows import row_of
from normscope.store.schema import COLUMNS, KEYS

__all__ = ["Frames", "frames"]

_TYPES = {"TEXT": pl.String, "JSON": pl.String, "INTEGER": pl.Int64, "REAL": pl.Float64, "BOOLEAN": pl.Boolean}


class Frames(TypedDict):
    """Three fields of `ReportData`."""

    responses: pl.DataFrame
    solutions: pl.DataFrame
    matches: pl.DataFrame


def frames(responses: Sequence[Response] = (), solutions: Sequence[Solution] = (), matches: Sequence[Match] = ()) -> Frames:
    """The records as frames ordered by key, as they come out of a store."""
    return {
        "responses": _frame("responses", responses),
        "solutions": _frame("solutions", solutions),
        "matches": _frame("matches", matches),
    }


def _frame(kind: str, records: Sequence[Record]) -> pl.DataFrame:
    schema = {name: _TYPES[column] for name, column in COLUMNS[kind].items()}
    return pl.DataFrame([row_of(kind, r) for r in records], schema=schema, orient="row").sort(KEYS[kind])
