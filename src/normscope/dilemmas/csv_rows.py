"""Rows of CSV and TSV, read strictly so that line numbers are true and nothing is guessed."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from normscope.dilemmas.lines import read_lines
from normscope.dilemmas.row import MAX_COLUMNS, Row
from normscope.errors import DataError

__all__ = ["csv_rows"]


def csv_rows(path: Path) -> Iterator[Row]:
    """Yield one row per record; an empty cell is None. `.tsv` is split at tabs, `.csv` at commas.

    A `.csv` whose header has semicolons and no comma is split at semicolons, as spreadsheets write it in much of Europe.
    """
    lines = (text for _, text in read_lines(path))
    first = next(lines, None)
    if first is None:
        return
    reader = csv.reader(chain([first], lines), strict=True, delimiter=_delimiter(path, first))
    header: list[str] | None = None
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _unreadable(path, start, error) from None
        if not cells:
            continue
        if header is None:
            header = _header(path, start, cells)
        elif len(cells) != len(header):
            raise DataError(
                "the row does not have as many cells as the header",
                file=path,
                line=start,
                got=len(cells),
                allowed=f"{len(header)} cells",
                do="Put double quotes around cells that hold the separator or a line break",
            )
        else:
            yield Row(start, {name: cell or None for name, cell in zip(header, cells, strict=True)})


def _delimiter(path: Path, first: str) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    return ";" if ";" in first and "," not in first else ","


def _header(path: Path, line: int, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if len(names) > MAX_COLUMNS:
        raise DataError("too many columns", file=path, line=line, got=len(names), allowed=f"at most {MAX_COLUMNS:,}")
    if "" in names:
        raise DataError(
            f"column {names.index('') + 1} has no name",
            file=path,
            line=line,
            allowed="a name for every column",
            do="Name the column or remove it (pandas: to_csv(index=False))",
        )
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise DataError(
            f"{count} columns have the same name", file=path, line=line, field=name, do="Rename or remove all but one"
        )
    return names


def _unreadable(path: Path, start: int, error: csv.Error) -> DataError:
    what = str(error)
    if "unexpected end of data" in what:
        return DataError("a double quote is opened and never closed", file=path, line=start, do="Close the quote")
    if "field limit" in what:
        limit = f"at most {csv.field_size_limit():,} characters in a cell"
        do = "Close the quote if one was left open; longer texts can be given as JSONL"
        return DataError("a cell is too long, or a double quote is never closed", file=path, line=start, allowed=limit, do=do)
    do = 'Write a double quote inside a quoted cell as two ("")'
    return DataError(f"not valid CSV ({what})", file=path, line=start, do=do)
