"""What one place of a table says on one line: the words and digits of the page, and the reason of everything missing."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.records import Estimate, NotMeasured
from normscope.report.cell_parts import cell_parts
from normscope.report.code_words import reason_words
from normscope.report.content import Cell, Number

__all__ = ["Printed", "printed"]


@dataclass(frozen=True)
class Printed:
    """A cell's `text`, and the `reason` why there is no number or no interval; empty where nothing is missing.

    `ours`: the text is made of digits and signs of our own, so nothing in it can be taken for markup. A reason never is.
    """

    text: str
    reason: str = ""
    ours: bool = True

    def __str__(self) -> str:
        return f"{self.text} ({self.reason})" if self.reason else self.text


def printed(cell: Cell) -> Printed:
    """The text of a cell.

    >>> str(printed(Number(-0.25, -0.5, 0.0, signed=True))), str(printed(None))
    ('−0.25 [−0.50, 0.00]', '–')
    >>> str(printed(Number(2, NotMeasured("one model"), NotMeasured("one model"), digits=0)))
    '2 (no interval: one model)'
    """
    parts = cell_parts(cell)
    if parts.missing:
        return Printed(parts.value, reason=parts.below)
    ours = not (parts.own or (isinstance(cell, Number) and cell.unit))
    bounds = (cell.low, cell.high) if isinstance(cell, Estimate | Number) else ()
    for bound in bounds:
        if isinstance(bound, NotMeasured):
            return Printed(parts.value, f"no interval: {reason_words(bound.reason)}", ours)
    return Printed(f"{parts.value} {parts.below}" if parts.below else parts.value, ours=ours)
