"""How a question becomes the tokens that the encoder was trained to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from normscope.match.offline.tokens import BEGIN, END

__all__ = ["DILEMMA", "SOLUTION", "TEXT", "Reading", "reading"]

DILEMMA, TEXT, SOLUTION = 48, 128, 64
"""Most tokens of each part; of a longer one, the middle is left out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The tokens of one question, and where in them the text and the solution are, each with the end that closes it."""

    ids: list[int]
    text: slice
    solution: slice


def reading(dilemma: Sequence[int], text: Sequence[int], solution: Sequence[int], *, shown: bool) -> Reading:
    """Dilemma, text and solution, each closed by an end.

    Where the text answers the shown solution, the solution comes first and the text after a second end: what "yes" refers
    to was said before.

    >>> reading([10], [20, 21], [30], shown=False)
    Reading(ids=[0, 10, 2, 20, 21, 2, 30, 2], text=slice(3, 6, None), solution=slice(6, 8, None))
    >>> reading([10], [20, 21], [30], shown=True).ids
    [0, 10, 2, 30, 2, 2, 20, 21, 2]
    """
    before, said, asked = _within(dilemma, DILEMMA), _within(text, TEXT), _within(solution, SOLUTION)
    first = len(before) + 2
    if shown:
        middle = first + len(asked) + 1
        ids = [BEGIN, *before, END, *asked, END, END, *said, END]
        return Reading(ids, slice(middle + 1, len(ids)), slice(first, middle))
    middle = first + len(said) + 1
    ids = [BEGIN, *before, END, *said, END, *asked, END]
    return Reading(ids, slice(first, middle), slice(middle, len(ids)))


def _within(part: Sequence[int], most: int) -> list[int]:
    if len(part) <= most:
        return list(part)
    head = (most + 1) // 2
    return [*part[:head], *part[len(part) - (most - head) :]]
