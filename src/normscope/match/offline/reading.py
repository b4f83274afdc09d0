"""How a question becomes the tokens that the encoder was trained to read."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.match.offline.tokens import BEGIN, END

__all__ = ["DILEMMA", "SOLUTION", "TEXT", "sequence"]

DILEMMA, TEXT, SOLUTION = 48, 160, 72
"""Most tokens of each part; of a longer one, the middle is left out."""


def sequence(dilemma: Sequence[int], text: Sequence[int], solution: Sequence[int], *, shown: bool) -> list[int]:
    """The tokens of one question: dilemma, text and solution, each closed by an end.

    Where the text answers the shown solution, the solution comes first and the text after a second end: what "yes" refers
    to was said before.

    >>> sequence([10], [20, 21], [30], shown=False), sequence([10], [20, 21], [30], shown=True)
    ([0, 10, 2, 20, 21, 2, 30, 2], [0, 10, 2, 30, 2, 2, 20, 21, 2])
    """
    before, said, asked = _within(dilemma, DILEMMA), _within(text, TEXT), _within(solution, SOLUTION)
    if shown:
        return [BEGIN, *before, END, *asked, END, END, *said, END]
    return [BEGIN, *before, END, *said, END, *asked, END]


def _within(part: Sequence[int], most: int) -> list[int]:
    if len(part) <= most:
        return list(part)
    head = (most + 1) // 2
    return [*part[:head], *part[len(part) - (most - head) :]]
