"""The names of a table's columns as keys, each one once."""

from __future__ import annotations

from collections.abc import Iterable

from normscope.report.content import Table

__all__ = ["column_names", "distinct"]


def column_names(table: Table) -> list[str]:
    """The columns' names in order. Names made of the study's words can be the same twice: then the later one gets a number."""
    return distinct(column.name for column in table.columns)


def distinct(names: Iterable[str]) -> list[str]:
    """The names with a number behind each one that was there before.

    >>> distinct(["m", "n", "m", "m_2"])
    ['m', 'n', 'm_2', 'm_2_2']
    """
    kept: list[str] = []
    used: set[str] = set()
    for name in names:
        new, count = name, 2
        while new in used:
            new, count = f"{name}_{count}", count + 1
        used.add(new)
        kept.append(new)
    return kept
