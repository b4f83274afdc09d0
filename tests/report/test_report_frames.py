"""Tables of the report as data frames: a number is a column with its bounds, what is missing says why."""

from __future__ import annotations

import polars as pl
import pytest

from normscope.records import NotMeasured
from normscope.report.content import Cell, Column, Number, Table
from normscope.report.table_frame import table_frame, table_pandas
from tests.report.contents import HOSTILE, every_cell, hostile

TABLE = every_cell().tables()[0]


def test_every_kind_of_cell() -> None:
    frame = table_frame(TABLE)
    assert frame.columns == [
        *("responder", "stated", "stated_low", "stated_high", "stated_not_measured"),
        *("rank", "rank_low", "rank_high", "rank_not_measured"),
        *("gap", "gap_low", "gap_high", "gap_not_measured"),
        *("cost", "cost_not_measured", "n"),
    ]
    assert frame["stated"].to_list() == [0.617, 0.5, None]
    assert frame["stated_low"].to_list() == [0.51, None, None]
    assert frame["stated_not_measured"].to_list() == [None, "one dilemma only", "no people answered"]
    assert frame["rank"].to_list() == [1, 2, None]
    assert frame["rank_not_measured"].to_list() == [None, "one dilemma only", None]  # the ceiling has no rank
    assert frame["n"].dtype == pl.Int64
    assert not [name for name in frame.columns if frame[name].dtype == pl.Null]


def test_pandas_has_the_same() -> None:
    pandas = pytest.importorskip("pandas")
    frame = table_pandas(TABLE)
    assert list(frame.columns) == table_frame(TABLE).columns
    assert frame["stated"][0] == 0.617
    assert frame["stated"][2] is pandas.NA
    assert frame["stated_not_measured"][2] == "no people answered"
    assert str(frame["n"].dtype) == "Int64"


@pytest.mark.parametrize("text", HOSTILE)
def test_columns_of_one_name_are_all_there(text: str) -> None:
    frame = table_frame(hostile(text).tables()[0])
    assert len(frame.columns) == len(set(frame.columns))
    assert frame.height == 2
    assert frame[frame.columns[0]].to_list() == [text.replace("\ud800", "\\ud800")] * 2


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        ((1, 2), pl.Int64, [1, 2]),
        ((1, Number(0.5)), pl.Float64, [1.0, 0.5]),
        ((1, "one"), pl.String, ["1", "one"]),
        ((None, None), pl.Float64, [None, None]),
        ((NotMeasured("why"), None), pl.Float64, [None, None]),
        ((), pl.Float64, []),
    ],
)
def test_a_column_has_the_kind_of_what_is_in_it(cells: tuple[Cell, ...], kind: type[pl.DataType], values: list[object]) -> None:
    frame = table_frame(Table("t", "", (Column("x", "x"),), tuple((cell,) for cell in cells)))
    assert frame["x"].dtype == kind
    assert frame["x"].to_list() == values
