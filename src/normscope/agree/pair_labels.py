"""The labels of main solutions in a shard, as arrays of numbers instead of ids."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.conversations import Numbered
from normscope.agree.pair_cells import code_of_label

__all__ = ["MainLabels", "main_labels"]

CONVERSATION = ["dilemma_id", "responder_id", "draw"]
NOBODY = -1
"""The number of a conversation or solution that a label names and the study does not have."""


@dataclass(frozen=True, eq=False)
class MainLabels:
    """Parallel arrays, a row per label: `conversation` (whose main solution), `target` (the row in `said.targets`), `label`."""

    conversation: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    label: npt.NDArray[np.uint8]


def main_labels(said: Numbered, ids: pl.DataFrame, matches: pl.LazyFrame, solutions: pl.LazyFrame) -> tuple[Numbered, MainLabels]:
    """The labels, and what was said with `has_main` also where a label shows it.

    `said` was numbered without labels; `ids` are `CONVERSATION` of its conversations in their order. `matches` are rows of main
    solutions; `solutions` all solutions of the study's conversations, of which some ids are looked up.
    """
    rows = matches.select(
        pl.col("dilemma_id", "responder_id", "solution_id").cast(pl.String),
        pl.col("draw").cast(pl.Int64),
        label=code_of_label(pl.col("label").cast(pl.String)),
    ).collect()
    conversation = _conversations(rows, ids)
    numbers = said.targets.select("solution_id", target=pl.int_range(pl.len(), dtype=pl.Int32))
    found = rows.select("solution_id").join(numbers, on="solution_id", how="left", maintain_order="left")
    target = found["target"].fill_null(NOBODY).to_numpy()

    heard = conversation != NOBODY
    whole = heard & (target != NOBODY)
    # a solution that stands for nobody, or one of another shard, is compared with nothing; but that there is a label of the
    # main solution shows that there is a main solution
    elsewhere = np.flatnonzero(heard & ~whole)
    if elsewhere.size:
        named = rows["solution_id"].gather(elsewhere)
        known = solutions.select(pl.col("solution_id").cast(pl.String)).join(named.unique().to_frame().lazy(), on="solution_id")
        heard[elsewhere] = named.is_in(known.collect()["solution_id"].implode()).to_numpy()
    has_main = said.conversations["has_main"].to_numpy().copy()
    has_main[conversation[heard]] = True
    conversations = said.conversations.with_columns(has_main=pl.Series(has_main, dtype=pl.Boolean))
    return (
        replace(said, conversations=conversations),
        MainLabels(conversation[whole], target[whole], rows["label"].to_numpy()[whole]),
    )


def _conversations(rows: pl.DataFrame, ids: pl.DataFrame) -> npt.NDArray[np.int32]:
    """The number of the conversation of each row.

    Stored labels are ordered by conversation: only the first row of each run is looked up.
    """
    if not rows.height:
        return np.zeros(0, dtype=np.int32)
    n = rows.height - 1
    changes = np.zeros(n, dtype=bool)
    for name in CONVERSATION:
        changes |= rows[name].slice(1).ne_missing(rows[name].slice(0, n)).to_numpy()
    first = np.concatenate([[0], np.flatnonzero(changes) + 1])
    place = ids.with_columns(conversation=pl.int_range(pl.len(), dtype=pl.Int32))
    found = rows.select(pl.col(CONVERSATION).gather(first)).join(place, on=CONVERSATION, how="left", maintain_order="left")
    lengths = np.diff(first, append=rows.height)
    return np.repeat(found["conversation"].fill_null(NOBODY).to_numpy(), lengths)
