"""A table of the report as columns of plain values: a number, its bounds and why it is missing stand side by side."""

from __future__ import annotations

from normscope.records import Estimate, NotMeasured
from normscope.report.column_names import distinct
from normscope.report.content import Cell, Number, Table

__all__ = ["Value", "cell_columns"]

Value = float | int | str | None


def cell_columns(table: Table) -> dict[str, list[Value]]:
    """Each column by its name, one value per row; no name is there twice.

    Beside a column with intervals stand `NAME_low` and `NAME_high`, beside one with missing numbers `NAME_not_measured`, which
    says why the number or its interval is None. None without a reason: does not apply there.

    >>> from normscope.report.content import Column
    >>> rows = ((Number(0.5, 0.25, 0.75),), (NotMeasured("no answers"),))
    >>> for name, values in cell_columns(Table("t", "", (Column("stated", "Stated"),), rows)).items():
    ...     print(name, values)
    stated [0.5, None]
    stated_low [0.25, None]
    stated_high [0.75, None]
    stated_not_measured [None, 'no answers']
    """
    names: list[str] = []
    columns: list[list[Value]] = []
    for index, column in enumerate(table.columns):
        for ending, values in _parts([row[index] for row in table.rows]).items():
            names.append(f"{column.name}{ending}")
            columns.append(values)
    return dict(zip(distinct(names), columns, strict=True))


def _parts(cells: list[Cell]) -> dict[str, list[Value]]:
    """The columns that one column becomes, by what its name gets behind it."""
    parts: dict[str, list[Value]] = {"": [], "_low": [], "_high": [], "_not_measured": []}
    for cell in cells:
        value, low, high = (cell.value, cell.low, cell.high) if isinstance(cell, Estimate | Number) else (cell, None, None)
        reason = next((part.reason for part in (value, low, high) if isinstance(part, NotMeasured)), None)
        for ending, part in zip(parts, (value, low, high, reason), strict=True):
            parts[ending].append(None if isinstance(part, NotMeasured) else part)
    return {ending: values for ending, values in parts.items() if not ending or any(value is not None for value in values)}
