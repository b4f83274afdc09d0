"""Everything that `agree` found, as tidy tables: one row per number, one column per thing, polars or pandas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

import polars as pl

from normscope.agree.section_rows import SECTIONS
from normscope.records import Estimate
from normscope.records.notebook import html_table
from normscope.table.pandas_frame import pandas_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NOT_MEASURED", "Frames", "tidy"]

NOT_MEASURED = "not_measured"
"""The column that says why numbers of its row are null; itself null where all are there."""

KINDS: dict[type, Any] = {str: pl.String, bool: pl.Boolean, int: pl.Int64, float: pl.Float64}


@dataclass(frozen=True)
class Frames(Mapping[str, pl.DataFrame]):
    """The tables of a study by name: `estimates` and the sections of `estimates.json`.

    A number that could not be measured is null, and the column `not_measured` of its row says why. A name that is no table is
    a `KeyError` that says which there are.
    """

    by_name: Mapping[str, pl.DataFrame]

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self.by_name:
            raise KeyError(f"no table named {name!r}; there are: {', '.join(self.by_name)}")
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """The same tables as pandas data frames, where null is `pandas.NA`. `MissingExtra` without the extra [pandas]."""
        return {name: pandas_frame(frame) for name, frame in self.by_name.items()}

    def __repr__(self) -> str:
        return f"Frames({', '.join(f'{name}: {frame.height:,} rows' for name, frame in self.by_name.items())})"

    def _repr_html_(self) -> str:
        """What a notebook shows: which tables there are. A single one (`frames["estimates"]`) shows its rows."""
        rows = [(name, f"{frame.height:,}", ", ".join(frame.columns)) for name, frame in self.by_name.items()]
        return html_table("Tables of this study", rows, head=("table", "rows", "columns"))


def tidy(values: Mapping[str, Any]) -> Frames:
    """The content of an `estimates.json` as tidy frames; a section that is not in it is an empty frame.

    `excluded` of an estimate is JSON text; lists of names are joined as JSON text too.

    >>> frames = tidy({"above": [{"metric": "stated", "responder_id": "m", "other_id": "n", "above": 0.75}]})
    >>> frames["above"].rows(), frames["estimates"].height
    ([('stated', 'm', 'n', 0.75, None)], 0)
    """
    kinds: dict[str, type[Any]] = {"estimates": Estimate, **SECTIONS}
    return Frames({name: _frame(values.get(name, ()), kind) for name, kind in kinds.items()})


def _frame(rows: Sequence[Mapping[str, Any]], kind: type[Any]) -> pl.DataFrame:
    hints = get_type_hints(kind)
    schema = {field.name: _dtype(hints[field.name]) for field in fields(kind)}
    columns: dict[str, list[Any]] = {name: [_cell(row.get(name)) for row in rows] for name in schema}
    reasons = [_reason(row) for row in rows]
    return pl.DataFrame({**columns, NOT_MEASURED: reasons}, schema={**schema, NOT_MEASURED: pl.String})


def _dtype(hint: Any) -> Any:
    """The column type of a field, `NotMeasured` being null there; what is nested becomes text."""
    if get_origin(hint) in (dict, list):
        return pl.String
    return next(KINDS[part] for part in get_args(hint) or (hint,) if part in KINDS)


def _cell(value: Any) -> Any:
    if isinstance(value, dict) and NOT_MEASURED in value:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list) else value


def _reason(row: Mapping[str, Any]) -> str | None:
    reasons = [value[NOT_MEASURED] for value in row.values() if isinstance(value, dict) and NOT_MEASURED in value]
    return "; ".join(dict.fromkeys(reasons)) or None
