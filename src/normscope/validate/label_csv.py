"""Questions for labelling as a CSV file for a spreadsheet, and the labels back from it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from normscope.errors import DataError
from normscope.validate.coding import Sheet
from normscope.validate.label_row import LabelRow, content_of, label_of, text_of

__all__ = ["COLUMNS", "is_ours", "read_csv", "to_csv"]

COLUMNS = ("item_id", "dilemma", "text", "solution", "asked", "label", "coder")
MAX_CELL = 1_000_000

_FORMULA = re.compile(r"'*[ \"]*[=+\-@\t\r\n＝＋－＠]")
"""What a spreadsheet may run as a formula. Such a cell gets an apostrophe in front, and so does one that has apostrophes in
front of it already, so that taking one away gives every text back."""

_BEHIND_MARK = re.compile(r"([;\t\r\n][\s\"]*)('*)([=+\-@＝＋－＠])")
"""What becomes the start of a cell where a spreadsheet separates cells by semicolons (Danish, German) or tabs, and takes no
notice of double quotes within them: a line end ends a row then, too. It gets an apostrophe in front, as above."""


def to_csv(sheets: Sequence[Sheet], *, coder: str = "") -> str:
    """The questions with an empty column `label`; with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for sheet in sheets:
        cells = [sheet.item_id, sheet.dilemma, sheet.text, sheet.solution, sheet.asked, "", coder]
        writer.writerow([_guarded(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def is_ours(text: str) -> bool:
    """Whether the first line names the columns that a file of labels needs."""
    header = text.split("\n", 1)[0]
    return "label" in {name.strip().strip('"').casefold() for name in re.split("[,;\t]", header)}


def read_csv(text: str, path: Path) -> Iterator[LabelRow]:
    """The rows of a CSV file with the columns of `to_csv`, in any order; others are ignored. `;` and tabs separate too."""
    header = text.split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    limit = csv.field_size_limit(MAX_CELL)
    try:
        names = [name.strip().casefold() for name in next(reader, [])]
        _check_header(names, path)
        start = reader.line_num + 1
        for cells in reader:
            if cells:
                yield _row(names, cells, path, start)
            start = reader.line_num + 1
    except csv.Error as error:
        do = "Close every double quote; write one inside a quoted cell as two"
        raise DataError(f"not valid CSV ({error})", file=path, line=reader.line_num, do=do) from None
    finally:
        csv.field_size_limit(limit)


def _row(names: list[str], cells: list[str], path: Path, line: int) -> LabelRow:
    if len(cells) != len(names):
        what = "the row does not have as many cells as the header"
        raise DataError(what, file=path, line=line, got=len(cells), allowed=f"{len(names)} cells")
    values = {name: _plain(cell) for name, cell in zip(names, cells, strict=True)}
    return LabelRow(
        line=line,
        place="",
        item_id=text_of(values.get("item_id"), file=path, line=line, field="item_id"),
        label=label_of(values["label"], file=path, line=line, field="label"),
        coder=text_of(values.get("coder"), file=path, line=line, field="coder"),
        content=content_of(values, file=path, line=line),
        language=text_of(values.get("language"), file=path, line=line, field="language"),
    )


def _check_header(names: list[str], path: Path) -> None:
    for name in names:
        if name and names.count(name) > 1:
            raise DataError("two columns have the same name", file=path, line=1, field=name, do="Remove one of them")
    if "label" not in names:
        raise DataError("there is no column of labels", file=path, line=1, field="label", got=names[:10])
    if "item_id" not in names and not {"dilemma", "text", "solution"} <= set(names):
        allowed = "item_id, or dilemma, text and solution"
        raise DataError("nothing says what was labelled", file=path, line=1, field="item_id", got=names[:10], allowed=allowed)


def _guarded(cell: str) -> str:
    within = _BEHIND_MARK.sub(r"\1'\2\3", cell)
    return f"'{within}" if _FORMULA.match(within) else within


def _plain(cell: str) -> str:
    start = cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
    return _BEHIND_MARK.sub(lambda found: f"{found[1]}{found[2][1:]}{found[3]}", start)
