"""A table of the report as a CSV file: for other programs, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from normscope.records import Estimate, NotMeasured
from normscope.report.content import Cell, Number, Table
from normscope.report.text import shown

__all__ = ["table_csv"]

_FORMULA = re.compile(r"[\s\"']*[=+\-@＝＋－＠]|'")
"""What a spreadsheet may run as a formula, or takes an apostrophe away from: such a cell gets an apostrophe in front."""

_BEHIND_MARK = re.compile(r"([;\t\r\n][\s\"']*)([=+\-@＝＋－＠])")
"""What becomes the start of a cell where a spreadsheet separates cells by semicolons or tabs, as in Danish or German."""


def table_csv(table: Table) -> str:
    """The rows with a header of the columns' names; numbers in full.

    A column with intervals has `NAME_low` and `NAME_high` beside it, one with numbers that are missing `NAME_not_measured` with
    the reason. An empty cell without a reason does not apply. Text that a spreadsheet would run is marked with an apostrophe.

    >>> from normscope.report.content import Column
    >>> rows = (("m", Number(0.5, 0.25, 0.75)), ("=n", NotMeasured("no answers")))
    >>> print(table_csv(Table("t", "", (Column("model", "model", numeric=False), Column("stated", "Stated")), rows)), end="")
    model,stated,stated_low,stated_high,stated_not_measured
    m,0.5,0.25,0.75,
    '=n,,,,no answers
    """
    columns: dict[str, list[Any]] = {}
    for index, column in enumerate(table.columns):
        cells = [row[index] for row in table.rows]
        columns |= {f"{column.name}{ending}": values for ending, values in _parts(cells).items()}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_guarded(name) for name in columns])
    writer.writerows([_guarded(cell) for cell in row] for row in zip(*columns.values(), strict=True))
    return out.getvalue()


def _parts(cells: list[Cell]) -> dict[str, list[Any]]:
    """The columns that one column becomes, by what its name gets behind it."""
    parts: dict[str, list[Any]] = {"": [], "_low": [], "_high": [], "_not_measured": []}
    for cell in cells:
        value, low, high = (cell.value, cell.low, cell.high) if isinstance(cell, Estimate | Number) else (cell, None, None)
        reason = next((part.reason for part in (value, low, high) if isinstance(part, NotMeasured)), None)
        for ending, part in zip(parts, (value, low, high, reason), strict=True):
            parts[ending].append(None if isinstance(part, NotMeasured) else part)
    return {ending: values for ending, values in parts.items() if not ending or any(value is not None for value in values)}


def _guarded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = _BEHIND_MARK.sub(r"\1'\2", shown(value))
    return f"'{text}" if _FORMULA.match(text) else text
