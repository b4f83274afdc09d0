"""A table of the report as a CSV file: for other programs, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from normscope.report.cell_columns import cell_columns
from normscope.report.content import Table
from normscope.report.text import shown

__all__ = ["table_csv"]

_FORMULA = re.compile(r"[\s\"']*[=+\-@＝＋－＠]|'")
"""What a spreadsheet may run as a formula, or takes an apostrophe away from: such a cell gets an apostrophe in front."""

_BEHIND_MARK = re.compile(r"([;\t\r\n][\s\"']*)([=+\-@＝＋－＠])")
"""What becomes the start of a cell where a spreadsheet separates cells by semicolons or tabs, as in Danish or German."""


def table_csv(table: Table) -> str:
    """The rows with a header of the columns' names; numbers in full.

    Columns and missing values as in `cell_columns`; an empty cell without a reason does not apply. Text that a spreadsheet would
    run is marked with an apostrophe.

    >>> from normscope.records import NotMeasured
    >>> from normscope.report.content import Column, Number
    >>> rows = (("m", Number(0.5, 0.25, 0.75)), ("=n", NotMeasured("no answers")))
    >>> print(table_csv(Table("t", "", (Column("model", "model", numeric=False), Column("stated", "Stated")), rows)), end="")
    model,stated,stated_low,stated_high,stated_not_measured
    m,0.5,0.25,0.75,
    '=n,,,,no answers
    """
    columns = cell_columns(table)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_guarded(name) for name in columns])
    writer.writerows([_guarded(cell) for cell in row] for row in zip(*columns.values(), strict=True))
    return out.getvalue()


def _guarded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = _BEHIND_MARK.sub(r"\1'\2", shown(value))
    return f"'{text}" if _FORMULA.match(text) else text
