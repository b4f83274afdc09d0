"""One row of a data file."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["MAX_COLUMNS", "Row"]

MAX_COLUMNS = 2_000
"""More columns than any table of answers has; a file beyond it is not what it is taken for."""


class Row(NamedTuple):
    """The values of one row by column, and the line the row starts on (in Parquet: the number of the row), from 1."""

    line: int
    values: dict[str, Any]
