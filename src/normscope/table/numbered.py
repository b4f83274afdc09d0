"""The finest labels of a study by number: what every reading of agreement can be computed from without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from normscope.records import Basis, Label

__all__ = ["BASES", "LABELS", "Numbered"]

BASES = pl.Enum([basis.value for basis in Basis])
LABELS = pl.Enum([label.value for label in Label])
"""A label takes a byte or four instead of its letters: a large study has tens of millions."""


@dataclass(frozen=True)
class Numbered:
    """`conversations`: conversation (a number), dilemma, responder, draw, outcome, has_main, hedged (recommends both of two
    opposed courses; null where nobody read its solutions for that).

    `targets`: the solutions that stand for a conversation when others are compared with it: solution (a number),
    solution_id, conversation, recommended. `labels`: conversation (whose text), solution, basis (`BASES`), label (`LABELS`).
    """

    conversations: pl.DataFrame
    targets: pl.DataFrame
    labels: pl.DataFrame
