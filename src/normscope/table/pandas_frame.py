"""A polars frame as a pandas one, without the large library that polars itself would need for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from normscope.errors import MissingExtra

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["pandas_frame"]

_KINDS = {pl.String: "string", pl.Boolean: "boolean", pl.Int64: "Int64", pl.Float64: "Float64"}


def pandas_frame(frame: pl.DataFrame) -> pd.DataFrame:
    """The frame in pandas, column by column; null is `pandas.NA`. `MissingExtra` without the extra [pandas]."""
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtra("a pandas data frame", "pandas") from None
    return pd.DataFrame({c.name: pd.array(c.to_list(), dtype=_KINDS[type(c.dtype)]) for c in frame.get_columns()})
