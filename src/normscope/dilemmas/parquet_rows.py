"""Rows of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from normscope.dilemmas.row import MAX_COLUMNS, Row
from normscope.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["parquet_rows"]

_MAGIC = b"PAR1"
_BATCH = 20_000


def parquet_rows(path: Path) -> Iterator[Row]:
    """Yield the rows, a batch at a time; `line` is the number of the row from 1."""
    _require_parquet(path)
    number = 0
    while True:
        frame = _batch(path, number)
        if frame.width > MAX_COLUMNS:
            raise DataError("too many columns", file=path, got=frame.width, allowed=f"at most {MAX_COLUMNS:,}")
        for values in frame.iter_rows(named=True):
            number += 1
            yield Row(number, values)
        if frame.height < _BATCH:
            return


def _require_parquet(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
            stream.seek(-min(4, path.stat().st_size), 2)
            tail = stream.read(4)
    except OSError as error:
        raise DataError(
            f"the file cannot be opened ({error.strerror or error})", file=path, do="Check its permissions"
        ) from error
    if not head:
        raise DataError("the file is empty", file=path, line=1, allowed="at least one row")
    if head != _MAGIC or tail != _MAGIC:
        do = "Give it the extension of what it is, or write it again; a broken download ends like this too"
        raise DataError("this is not a Parquet file", file=path, got=head, allowed="a file that starts and ends with PAR1", do=do)


def _batch(path: Path, start: int) -> pl.DataFrame:
    import polars as pl  # here, because CSV and JSONL do without it

    # PanicException: polars panics, with a trace on stderr, on some damaged files; it is no subclass of Exception
    try:
        return pl.scan_parquet(path, glob=False).slice(start, _BATCH).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise DataError("the Parquet file is damaged", file=path, got=str(error), do="Write or download it again") from None
