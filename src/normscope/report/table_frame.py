"""A table of the report as a data frame, polars or pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from normscope.report.cell_columns import Value, cell_columns
from normscope.report.content import Table
from normscope.table.pandas_frame import pandas_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["table_frame", "table_pandas"]


def table_frame(table: Table) -> pl.DataFrame:
    """What does this table hold, as columns to compute with?

    One row per row; columns and missing values as in `cell_columns`. A column that mixes words and numbers is text.

    >>> from normscope.report.content import Column, Number
    >>> rows = (("m", Number(0.5, 0.25, 0.75)), ("n", None))
    >>> table_frame(Table("t", "", (Column("model", "Model"), Column("stated", "Stated")), rows)).to_dict(as_series=False)
    {'model': ['m', 'n'], 'stated': [0.5, None], 'stated_low': [0.25, None], 'stated_high': [0.75, None]}
    """
    return pl.DataFrame([_series(_storable(name), values) for name, values in cell_columns(table).items()])


def table_pandas(table: Table) -> pd.DataFrame:
    """The same as a pandas data frame, where null is `pandas.NA`. `MissingExtra` without the extra [pandas]."""
    return pandas_frame(table_frame(table))


def _series(name: str, values: list[Value]) -> pl.Series:
    given = [value for value in values if value is not None]
    if any(isinstance(value, str) for value in given):
        return pl.Series(name, [None if value is None else _storable(str(value)) for value in values], dtype=pl.String)
    whole = bool(given) and all(isinstance(value, int) for value in given)
    return pl.Series(name, values, dtype=pl.Int64 if whole else pl.Float64, strict=False)


def _storable(text: str) -> str:
    """Half a character (a lone surrogate), which no data frame can hold, as its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
