"""One place of a table in the two pieces that the page prints: the value, and below it its interval or what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from normscope.records import Estimate, NotMeasured
from normscope.report.code_words import reason_words
from normscope.report.content import Cell, Number
from normscope.report.text import MINUS, SIGNED, decimals, interval, number

__all__ = ["CellParts", "cell_parts"]


@dataclass(frozen=True)
class CellParts:
    """`value` first, `below` it in small print. `missing`: there is no number, and `below` says why. `own`: a stranger's text."""

    value: str
    below: str = ""
    missing: bool = False
    own: bool = False


def cell_parts(cell: Cell) -> CellParts:
    """The two pieces.

    >>> cell_parts(Number(2, 1, 3, digits=0))
    CellParts(value='2', below='[1, 3]', missing=False, own=False)
    >>> cell_parts(NotMeasured("no people")).below
    'no people'
    """
    if cell is None:
        return CellParts("–", missing=True)
    if isinstance(cell, NotMeasured):
        return CellParts("not measured", reason_words(cell.reason), missing=True)
    if isinstance(cell, Estimate):
        if isinstance(cell.value, NotMeasured):
            return CellParts("not measured", reason_words(cell.value.reason), missing=True)
        return CellParts(number(cell.value, signed=cell.metric in SIGNED), interval(cell) or "no interval")
    if isinstance(cell, Number):
        return _number(cell)
    return CellParts(cell, own=True) if isinstance(cell, str) else CellParts(f"{cell:,}".replace("-", MINUS))


def _number(n: Number) -> CellParts:
    if isinstance(n.value, NotMeasured):
        return CellParts("not measured", reason_words(n.value.reason), missing=True)
    unit = f"\u00a0{n.unit}" if n.unit else ""
    value = f"{_digits(n.value, n)}{unit}"
    if n.low is None or n.high is None:
        return CellParts(value)
    if isinstance(n.low, NotMeasured) or isinstance(n.high, NotMeasured):
        return CellParts(value, "no interval")
    return CellParts(value, f"[{_digits(n.low, n)}, {_digits(n.high, n)}]")


def _digits(value: float, n: Number) -> str:
    return decimals(value, n.digits, signed=n.signed)
