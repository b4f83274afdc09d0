"""AgreementTable, the waist of the hourglass: everything before it makes its rows, everything after it reads only them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from normscope.records import Responder
from normscope.table.numbered import BASES, LABELS, Numbered

__all__ = ["BASES", "COUNTED", "EXPLICIT_SCHEMA", "LABELS", "STATED_SCHEMA", "AgreementTable", "Numbered"]

COUNTED = "counted"
"""The status of a row that has a value; any other status is the reason why it has none."""

STATED_SCHEMA = {
    "dilemma": pl.UInt32,
    "responder": pl.UInt32,
    "draw": pl.UInt32,
    "target": pl.UInt32,
    "target_draw": pl.UInt32,
    "value": pl.Float64,
    "status": pl.String,
}
"""One row per (dilemma, responder's draw, target's draw), ordered pairs: does the responder's main solution agree with
the target's solutions? `value` is 1.0 or 0.0 where `status` is `counted`, else null. `dilemma`, `responder` and `target`
index the table's tuples; responder == target (with draw != target_draw) is test–retest."""

EXPLICIT_SCHEMA = {
    "dilemma": pl.UInt32,
    "responder": pl.UInt32,
    "draw": pl.UInt32,
    "target": pl.UInt32,
    "solution_id": pl.String,
    "accepted": pl.Boolean,
    "label": pl.String,
    "value": pl.Float64,
    "status": pl.String,
}
"""One row per solution of a target that was (or should have been) shown to a responder. `accepted`: the target recommends
it (else it advises against it). `label`: what the responder's answer says towards it. `value`: 1.0 where the label equals
the target's own stance, else 0.0; null where `status` is not `counted` (e.g. `failed`)."""


@dataclass(frozen=True)
class AgreementTable:
    """All agreement observations of a study, by integer index into `dilemmas` and `responders`.

    `topics`, `clusters` and `languages` run parallel to `dilemmas`; a dilemma without a cluster is its own cluster. `said` are
    the labels that the rows were made of, for other readings than theirs; None where a table was made of values alone.
    """

    dilemmas: tuple[str, ...]
    topics: tuple[str, ...]
    clusters: tuple[str, ...]
    languages: tuple[str, ...]
    responders: tuple[Responder, ...]
    stated: pl.DataFrame
    explicit: pl.DataFrame
    matcher: str
    said: Numbered | None = None

    def __post_init__(self) -> None:
        if dict(self.stated.schema) != STATED_SCHEMA:
            raise ValueError(f"stated rows have columns {dict(self.stated.schema)}; allowed: {STATED_SCHEMA}")
        if dict(self.explicit.schema) != EXPLICIT_SCHEMA:
            raise ValueError(f"explicit rows have columns {dict(self.explicit.schema)}; allowed: {EXPLICIT_SCHEMA}")
        if not len(self.dilemmas) == len(self.topics) == len(self.clusters) == len(self.languages):
            raise ValueError("dilemmas, topics, clusters and languages must have the same length")
