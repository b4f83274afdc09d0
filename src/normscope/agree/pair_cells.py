"""The stated value of every pair of conversations in a shard, from arrays of labels instead of joins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from normscope.agree.conversations import Numbered
from normscope.agree.stated import status, value
from normscope.records import Label, Outcome
from normscope.table import COUNTED

__all__ = ["EXCLUDED", "Pairs", "code_of_label", "pairs"]

Ints = npt.NDArray[np.integer[Any]]
Bytes = npt.NDArray[np.uint8]

UNLABELLED, AGREES, IS_UNCLEAR, OTHER = range(4)
"""What a cell (a conversation's main solution towards one solution) holds."""

FOR, AGAINST, UNSURE, MISSING = 1, 2, 4, 8
"""What a pair's labels add up to: agreement with a recommended solution, with one that is advised against, an unclear label
towards a recommended one, no label."""

OUTCOMES = [outcome.value for outcome in Outcome]
SILENT = [outcome.value for outcome in Outcome if outcome is not Outcome.ANSWERED]
OTHERS = ["no_solution", *(f"target_{outcome}" for outcome in SILENT), "target_no_solution", "not_matched", "unclear"]

EXCLUDED = {status: n for n, status in enumerate((*SILENT, *OTHERS), start=2)}
"""The result of a pair that has no value, by its status (`stated_rows`), in the order in which they are asked for."""

ITSELF = max(EXCLUDED.values()) + 1
"""The result of a conversation beside itself, which is no pair."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """[rows] each, a row per ordered pair of conversations about the same dilemma, and one per conversation with itself.

    `dilemma`; `pair`, the number of the responder times how many responders there are, plus that of the target; `result`, the
    value 0 or 1, or one of `EXCLUDED`, or `ITSELF`; `alike`, the same number for all draws of one dilemma and pair, None where
    nobody answered a dilemma twice, so that every row is alone.
    """

    dilemma: Ints
    pair: npt.NDArray[np.int64]
    result: Bytes
    alike: Ints | None

    def counts(self) -> pl.DataFrame:
        """pair, result, n: how many rows there are of each."""
        # grouping by one number is faster than by two
        both = pl.DataFrame({"both": self.pair * (ITSELF + 1) + self.result}).group_by("both").agg(n=pl.len().cast(pl.Int64))
        split = both.select(pair=pl.col("both") // (ITSELF + 1), result=pl.col("both") % (ITSELF + 1), n="n")
        return split.filter(pl.col("result") != ITSELF)

    def over_draws(self) -> pl.DataFrame:
        """dilemma, pair, value: the mean over the draws that count; what has none is left out."""
        rows = np.flatnonzero(self.result <= 1)
        values = self.result[rows].astype(np.float64)
        if self.alike is not None:
            alike = self.alike[rows]
            draws = np.bincount(alike)
            first = np.zeros(draws.size, dtype=np.int64)
            first[alike] = rows
            some = draws > 0
            rows, values = first[some], np.bincount(alike, weights=values)[some] / draws[some]
        return pl.DataFrame({"dilemma": self.dilemma[rows], "pair": self.pair[rows], "value": values})


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


def pairs(said: Numbered, conversation: Ints, target: Ints, label: Bytes, *, n_responders: int) -> Pairs:
    """What `stated_rows` finds of the same labels, without its draws.

    `said.targets` are in order, `said.labels` are not read. The labels of main solutions are parallel arrays: `conversation`
    whose main solution it is, `target` (the row in `said.targets`), `label` (`code_of_label`). Two labels of the same are a
    `ValueError`. Memory: some 50 bytes per pair of conversations or label.
    """
    blocks = _Blocks.of(said)
    recommended = said.targets["recommended"].to_numpy()
    cells = _cells(blocks, conversation, target, label)
    # numbers as small as can be: that is most of the time
    outcome, has_main = _kinds(said.conversations)
    recommends = np.bincount(blocks.whose, weights=recommended, minlength=outcome.size) > 0
    one = ((outcome * 2 + has_main) * len(OUTCOMES) * 4 * MISSING).astype(np.int16)
    with_other = (outcome * 4 * MISSING + recommends * (2 * MISSING)).astype(np.int16)

    of_each = blocks.conversations
    start = np.cumsum(of_each) - of_each
    other = _ragged(blocks.first, of_each)
    code = np.repeat(one, of_each)
    code += with_other[other]
    code += _flags(cells, recommended, blocks, other)
    itself = start + np.arange(start.size) - blocks.first
    result = _rules()[code]
    result[itself] = ITSELF
    pair = np.repeat(blocks.responder.astype(np.int64) * n_responders, of_each)
    pair += blocks.responder[other]
    return Pairs(np.repeat(blocks.dilemma, of_each), pair, result, blocks.alike(other))


def _cells(blocks: _Blocks, conversation: Ints, target: Ints, label: Bytes) -> Bytes:
    """What each conversation's main solution is said to be towards each solution of the dilemma."""
    # a label towards a solution of another dilemma is of no pair
    here = blocks.dilemma[conversation] == blocks.dilemma[blocks.whose][target]
    if not here.all():
        conversation, target, label = conversation[here], target[here], label[here]
    cells = np.full(int(blocks.solutions.sum()), UNLABELLED, dtype=np.uint8)
    cells[(blocks.first_cell - blocks.first_target)[conversation] + target] = label
    if np.count_nonzero(cells) < label.size:
        raise ValueError("matches hold two rows for the same dilemma_id, responder_id, draw, basis, solution_id")
    return cells


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
        dilemma, responder = (said.conversations[name].to_numpy().astype(np.int32) for name in ("dilemma", "responder"))
        whose = said.targets["conversation"].to_numpy().astype(np.int32)
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

    def alike(self, other: Ints) -> Ints | None:
        """[pairs]: a number per (dilemma, responder, target); None where no two pairs have the same."""
        new = np.ones(self.dilemma.size, dtype=bool)
        new[1:] = (self.dilemma[1:] != self.dilemma[:-1]) | (self.responder[1:] != self.responder[:-1])
        if new.all():
            return None
        # the n-th responder of the dilemma, and how many it has
        responder = np.cumsum(new) - 1
        place = responder - responder[self.first]
        many = (place[self.first + self.conversations - 1] + 1)[new]
        start = (np.cumsum(many) - many)[responder]
        found: Ints = np.repeat(start, self.conversations) + place[other]
        return found


def _flags(cells: Bytes, recommended: npt.NDArray[np.bool_], blocks: _Blocks, other: Ints) -> Bytes:
    """[pairs]: the bits that hold of the labels of the one's main solution towards the other's solutions."""
    of_label = np.array([MISSING, MISSING, AGAINST, FOR, 0, UNSURE, 0, 0], dtype=np.uint8)
    if recommended.all():
        bits = of_label[cells * 2 + 1]
    else:
        bits = of_label[cells * 2 + recommended[_ragged(blocks.first_target, blocks.solutions)]]
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


def _ragged(first: Ints, length: Ints) -> Ints:
    """The elements of `[range(f, f + n) for f, n in zip(first, length)]`, one after the other."""
    value = np.arange(length.sum(), dtype=np.int32)
    value += np.repeat((first - (np.cumsum(length) - length)).astype(np.int32), length)
    return value


def _kinds(conversations: pl.DataFrame) -> tuple[Ints, Ints]:
    """[conversations]: the number of the outcome in `OUTCOMES`, and 1 where it has a main solution."""
    number = {outcome: n for n, outcome in enumerate(OUTCOMES)}
    outcome = conversations["outcome"].replace_strict(number, default=None, return_dtype=pl.Int64)
    if outcome.null_count():
        unknown = conversations["outcome"].filter(outcome.is_null())[0]
        raise ValueError(f"responses hold the outcome {unknown!r}; allowed: {OUTCOMES}")
    return outcome.to_numpy(), conversations["has_main"].to_numpy().astype(np.int64)


@lru_cache(maxsize=1)
def _rules() -> Bytes:
    """The result of everything that can be, by code: the rules of `stated_rows` applied to all of it."""
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
    numbers = ruled.with_columns(value=value()).select(
        pl.when(pl.col("status") == COUNTED)
        .then(pl.col("value").cast(pl.UInt8))
        .otherwise(pl.col("status").replace_strict({COUNTED: 0, **EXCLUDED}, return_dtype=pl.UInt8))
    )
    return numbers.to_series().to_numpy()
