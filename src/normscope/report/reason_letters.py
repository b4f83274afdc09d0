"""The reasons of a table's missing numbers, each told once below it under a letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from normscope.report.cell_text import printed
from normscope.report.content import Cell, Table

__all__ = ["ReasonLetters", "reason_letters"]


@dataclass
class ReasonLetters:
    """`letters` by reason, in the order in which they were met."""

    letters: dict[str, str] = field(default_factory=dict)

    def letter(self, reason: str) -> str:
        """The letter of a reason; a new one gets the next.

        >>> letters = ReasonLetters()
        >>> [letters.letter(reason) for reason in ("no people", "no price", "no people")]
        ['a', 'b', 'a']
        """
        return self.letters.setdefault(reason, _letter(len(self.letters)))

    def of(self, cells: Iterable[Cell]) -> list[str]:
        """The letter of each cell; empty for one that lacks nothing."""
        reasons = (printed(cell).reason for cell in cells)
        return [self.letter(reason) if reason else "" for reason in reasons]


def reason_letters(table: Table) -> tuple[list[list[str]], dict[str, str]]:
    """The letter of each cell by row, and the reason that each letter stands for."""
    found = ReasonLetters()
    rows = [found.of(row) for row in table.rows]
    return rows, {letter: reason for reason, letter in found.letters.items()}


def _letter(index: int) -> str:
    """a … z, then aa, ab, …"""
    before, last = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("a") + last)
