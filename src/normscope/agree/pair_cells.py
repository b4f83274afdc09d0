"""The stated value of every pair of conversations in a shard, from arrays of labels instead of joins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.conversations import Numbered
from normscope.agree.stated import status, value
from normscope.records import Label, Outcome
from normscope.table import COUNTED

__all__ = ["STATUSES", "Pairs", "code_of_label", "pairs"]

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

UNLABELLED, AGREES, IS_UNCLEAR, OTHER = range(4)
"""What a cell (a conversation's main solution towards one solution) holds."""

FOR, AGAINST, UNSURE, MISSING = 1, 2, 4, 8
"""What a pair's labels add up to: agreement with a recommended solution, with one that is advised against, an unclear label
towards a recommended one, no label."""

OUTCOMES = [outcome.value for outcome in Outcome]
SILENT = [outcome.value for outcome in Outcome if outcome is not Outcome.ANSWERED]
STATUSES = [
    COUNTED,
    *SILENT,
    "no_solution",
    *(f"target_{outcome}" for outcome in SILENT),
    "target_no_solution",
    "not_matched",
    "unclear",
]
"""The statuses of `stated_rows`, in the order in which they are asked for."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """[rows] each, a row per ordered pair of conversations about the same dilemma: the numbers of dilemma, responder and target,
    of the status (in `STATUSES`), the value (0 where it does not count), and `alike`, the same number for all draws of one
    (dilemma, responder, target)."""

    dilemma: Ints
    responder: Ints
    target: Ints
    status: Bytes
    value: npt.NDArray[np.float64]
    alike: Ints | None
    """None where nobody answered a dilemma twice, so that every row is alone."""

    def over_draws(self) -> tuple[Ints, Ints, Ints, npt.NDArray[np.float64]]:
        """Dilemma, responder, target and the mean over the draws that count; what has none is left out."""
        rows = np.flatnonzero(self.status == STATUSES.index(COUNTED))
        values = self.value[rows]
        if self.alike is not None:
            alike = self.alike[rows]
            draws = np.bincount(alike)
            first = np.zeros(draws.size, dtype=np.int64)
            first[alike] = rows
            some = draws > 0
            rows, values = first[some], np.bincount(alike, weights=values)[some] / draws[some]
        return self.dilemma[rows], self.responder[rows], self.target[rows], values


def code_of_label(label: pl.Expr) -> pl.Expr:
    """A label as a small number: no rule asks more of it than whether it agrees or is unclear."""
    code = {name: pl.lit(n, dtype=pl.UInt8) for n, name in ((AGREES, "agree"), (IS_UNCLEAR, "unclear"), (OTHER, "other"))}
    return (
        pl.when(label == Label.AGREE.value)
        .then(code["agree"])
        .when(label == Label.UNCLEAR.value)
        .then(code["unclear"])
        .otherwise(code["other"])
    )


def pairs(said: Numbered, conversation: Ints, target: Ints, label: Bytes) -> Pairs:
    """What `stated_rows` finds of the same labels, without its draws.

    `said.targets` are in order, `said.labels` are not read. The labels of main solutions are parallel arrays: `conversation`
    whose main solution it is, `target` (the row in `said.targets`), `label` (`code_of_label`). Two labels of the same are a
    `ValueError`. Memory: some 60 bytes per pair of conversations or label.
    """
    blocks = _Blocks.of(said)
    recommended = said.targets["recommended"].to_numpy().astype(np.int64)
    # a label towards a solution of another dilemma is of no pair
    here = blocks.dilemma[conversation] == blocks.dilemma[blocks.whose[target]]
    conversation, target, label = conversation[here], target[here], label[here]
    cells = np.full(int(blocks.solutions.sum()), UNLABELLED, dtype=np.uint8)
    cells[blocks.first_cell[conversation] + target - blocks.first_target[conversation]] = label
    if np.count_nonzero(cells) < label.size:
        raise ValueError("matches hold two rows for the same dilemma_id, responder_id, draw, basis, solution_id")

    row, other = _ragged(blocks.first, blocks.conversations)
    flags = _flags(cells, recommended, blocks, other)
    kinds = _kinds(said.conversations)
    recommends = np.bincount(blocks.whose, weights=recommended, minlength=len(kinds[0])) > 0
    code = (((kinds[0] * 2 + kinds[1]) * len(OUTCOMES))[row] + kinds[0][other]) * 2 + recommends[other]
    code = code * (2 * MISSING) + flags

    apart = row != other
    row, other, code = row[apart], other[apart], code[apart]
    statuses, values = _rules()
    return Pairs(
        blocks.dilemma[row],
        blocks.responder[row],
        blocks.responder[other],
        statuses[code],
        values[code],
        blocks.alike(row, other),
    )


@dataclass(frozen=True, eq=False)
class _Blocks:
    """[conversations] each: the numbers of dilemma and responder, and of its dilemma the first conversation, how many there are,
    the first target, how many solutions there are; and the first cell of its row. `whose` [targets]: the conversation of each.

    A dilemma's cells are a block of its conversations x its solutions, and its pairs one of its conversations with each other.
    """

    dilemma: Ints
    responder: Ints
    first: Ints
    conversations: Ints
    first_target: Ints
    solutions: Ints
    first_cell: Ints
    whose: Ints

    @classmethod
    def of(cls, said: Numbered) -> _Blocks:
        dilemma, responder = (said.conversations[name].to_numpy().astype(np.int64) for name in ("dilemma", "responder"))
        whose = said.targets["conversation"].to_numpy().astype(np.int64)
        _, first, block, conversations = np.unique(dilemma, return_index=True, return_inverse=True, return_counts=True)
        solutions = np.bincount(block[whose], minlength=first.size)
        first_target = np.cumsum(solutions) - solutions
        each = solutions[block]
        return cls(
            dilemma,
            responder,
            first[block],
            conversations[block],
            first_target[block],
            each,
            np.cumsum(each) - each,
            whose,
        )

    def alike(self, row: Ints, other: Ints) -> Ints | None:
        """A number per (dilemma, responder, target) of pairs of conversations; None where no two have the same."""
        new = np.ones(self.dilemma.size, dtype=bool)
        new[1:] = (self.dilemma[1:] != self.dilemma[:-1]) | (self.responder[1:] != self.responder[:-1])
        if new.all():
            return None
        # the n-th responder of the dilemma, and how many it has
        responder = np.cumsum(new) - 1
        place = responder - responder[self.first]
        many = (place[self.first + self.conversations - 1] + 1)[new]
        start = (np.cumsum(many) - many)[responder]
        found: Ints = start[row] + place[other]
        return found


def _flags(cells: Bytes, recommended: Ints, blocks: _Blocks, other: Ints) -> Bytes:
    """[pairs]: the bits that hold of the labels of the one's main solution towards the other's solutions."""
    of_label = np.array([[MISSING, MISSING], [AGAINST, FOR], [0, UNSURE], [0, 0]], dtype=np.uint8)
    _, target = _ragged(blocks.first_target, blocks.solutions)
    bits = of_label[cells, recommended[target]]
    many = np.bincount(blocks.whose, minlength=blocks.dilemma.size)
    if (many == 1).all():
        return bits
    length = many[other]
    start = np.cumsum(length) - length
    some = length > 0
    flags = np.zeros(other.size, dtype=np.uint8)
    if some.any():
        flags[some] = np.bitwise_or.reduceat(bits, start[some])
    return flags


def _ragged(first: Ints, length: Ints) -> tuple[Ints, Ints]:
    """The row and the value of each element of `[range(f, f + n) for f, n in zip(first, length)]`, one after the other."""
    row = np.repeat(np.arange(length.size), length)
    value = np.arange(row.size) + np.repeat(first - (np.cumsum(length) - length), length)
    return row, value


def _kinds(conversations: pl.DataFrame) -> tuple[Ints, Ints]:
    """[conversations]: the number of the outcome in `OUTCOMES`, and 1 where it has a main solution."""
    number = {outcome: n for n, outcome in enumerate(OUTCOMES)}
    outcome = conversations["outcome"].replace_strict(number, default=None, return_dtype=pl.Int64)
    if outcome.null_count():
        unknown = conversations["outcome"].filter(outcome.is_null())[0]
        raise ValueError(f"responses hold the outcome {unknown!r}; allowed: {OUTCOMES}")
    return outcome.to_numpy(), conversations["has_main"].to_numpy().astype(np.int64)


@lru_cache(maxsize=1)
def _rules() -> tuple[Bytes, npt.NDArray[np.float64]]:
    """The rules of `stated_rows` applied to everything that can be: number of the status and value, by code."""
    every = (
        pl.DataFrame({"outcome": OUTCOMES})
        .join(pl.DataFrame({"has_main": [False, True]}), how="cross", maintain_order="left_right")
        .join(pl.DataFrame({"target_outcome": OUTCOMES}), how="cross", maintain_order="left_right")
        .join(pl.DataFrame({"recommended": [0, 1]}), how="cross", maintain_order="left_right")
        .join(pl.DataFrame({"flags": range(2 * MISSING)}), how="cross", maintain_order="left_right")
    )
    flag = {name: (pl.col("flags") // bit) % 2 == 1 for name, bit in (("for", FOR), ("against", AGAINST), ("unsure", UNSURE))}
    ruled = every.with_columns(
        solutions=pl.lit(1),
        labelled=1 - pl.col("flags") // MISSING,
        agrees=flag["for"],
        conflicts=flag["against"],
        unclear=flag["unsure"],
    ).with_columns(status=status())
    numbers = ruled["status"].replace_strict({name: n for n, name in enumerate(STATUSES)}, return_dtype=pl.UInt8)
    return numbers.to_numpy(), ruled.select(value().fill_null(0.0)).to_series().to_numpy()
