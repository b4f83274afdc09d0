"""A data file as a stream of rows, whatever its kind, with the line that each row starts on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from normscope.dilemmas.csv_rows import csv_rows
from normscope.dilemmas.json_rows import json_rows
from normscope.dilemmas.lines import require_file
from normscope.dilemmas.parquet_rows import parquet_rows
from normscope.dilemmas.row import Row
from normscope.errors import DataError

__all__ = ["READERS", "columns", "columns_line", "read_rows"]

READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".jsonl": json_rows,
    ".ndjson": json_rows,
    ".json": json_rows,
    ".csv": csv_rows,
    ".tsv": csv_rows,
    ".parquet": parquet_rows,
}
"""What reads a file, by its extension in lower case."""


def read_rows(path: str | Path) -> Iterator[Row]:
    """Yield the rows of a JSONL, JSON, CSV, TSV or Parquet file; a file without a row is a `DataError`.

    Text values are text; JSON and Parquet may also give numbers, lists and so on. An empty CSV cell is None.
    """
    path = Path(path)
    require_file(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(
            "this kind of file is not known",
            file=path,
            got=path.suffix or "no extension",
            allowed=", ".join(READERS),
            do="Rename or convert the file",
        )
    empty = True
    for row in reader(path):
        empty = False
        yield row
    if empty:
        what = "the file is empty" if path.stat().st_size == 0 else "the file has no rows"
        raise DataError(what, file=path, line=1, allowed="at least one row")


def columns(path: str | Path) -> tuple[str, ...]:
    """The columns of a file, as its first row has them."""
    return tuple(next(read_rows(path)).values)


def columns_line(path: Path, first: Row) -> int:
    """The line that names the columns: the header, or the first row where each row names them."""
    return 1 if READERS.get(path.suffix.lower()) is csv_rows else first.line
