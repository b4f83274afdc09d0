"""A study's questions out to other tools' files, and labels back in: all of a file or none of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from normscope.errors import DataError, StoreError, UsageError
from normscope.records import Gold
from normscope.store import Store
from normscope.study.labelling import check_coder, definitions, study_sheets
from normscope.validate.coding import ADJUDICATED, Sheet, gold_of, item_id, labels_by_item, open_sheets, sheet_of
from normscope.validate.label_files import files_for, read_labels
from normscope.validate.label_row import LabelRow

__all__ = ["Imported", "export_sheets", "import_labels"]

LONGEST_CELL = 32_767
"""What spreadsheets keep of a cell."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed. `coders`: labels in the file by coder."""

    new: int
    same: int
    replaced: int
    without_label: int
    coders: dict[str, int]


def export_sheets(store: Store, to: str, path: Path, *, coder: str | None = None) -> list[tuple[Path, str]]:
    """Write the sample's questions in the order of labelling; with a coder, those that are left for that coder.

    Returns each file and what it is. A file that is there already is not written over: it may hold labels.
    """
    everything = study_sheets(store)
    name = "" if coder is None else check_coder(coder)
    sheets = open_sheets(everything, labels_by_item(store.all(Gold)), name) if name else everything
    files = files_for(sheets, to, path, definitions=definitions(), coder=name)
    for file, _, _ in files:
        if file.exists():
            raise UsageError(f"{file} is there already and may hold labels. Choose another name, or move it away.")
    try:
        for file, content, _ in files:
            # as bytes: the line ends are part of a CSV
            file.write_bytes(content.encode())
    except OSError as error:
        raise StoreError(f"{file} cannot be written ({error.strerror}). Choose a folder that you may write.") from error
    return [(file, what) for file, _, what in files]


def import_labels(
    store: Store, path: Path, *, format_: str | None = None, coder: str | None = None, replace: bool = False
) -> Imported:
    """Read the labels of a file into the study; anything wrong in it is a `DataError` and nothing is stored.

    A row names its question by `item_id`, by its texts, or both; texts that are not those of the `item_id` are refused, since
    a column that was sorted alone would shift every label. Pairs that are not in the study become labels of their own, for
    `validate`. `coder` says whose labels they are where the file does not, or where its one coder has another name here.
    """
    rows = read_labels(path, format_=format_)
    labelled = [(row, row.label) for row in rows if row.label is not None]
    known = {gold.gold_id: sheet_of(gold) for gold in store.all(Gold)} | {s.item_id: s for s in study_sheets(store)}
    given_names = {row.coder for row, _ in labelled if row.coder is not None}
    if coder is not None and len(given_names) > 1:
        raise UsageError(f"{path} has labels of several coders ({', '.join(sorted(given_names))}): leave --coder out.")
    stored = labels_by_item(store.all(Gold))
    first: dict[tuple[str, str], LabelRow] = {}
    golds, same, replaced = [], 0, 0
    for row, label in labelled:
        sheet, name = _sheet(row, known, path), _coder(row, coder, path)
        _refuse_second(first.setdefault((sheet.item_id, name), row), row, path)
        before = stored.get(sheet.item_id, {}).get(name)
        if before is not None and before is not label and not replace:
            raise DataError(
                f"{name} labelled this {before.value!r} already, in {store.folder}",
                file=path,
                line=row.line,
                field=row.field("label"),
                got=label.value,
                do="Remove the row, or let the file's labels take the place of the stored ones with --replace",
            )
        same += before is label
        replaced += before is not None and before is not label
        golds.append(gold_of(sheet, label, name))
    store.put(golds)
    counts = Counter(gold.coder for gold in golds)
    return Imported(len(golds) - same - replaced, same, replaced, len(rows) - len(labelled), dict(sorted(counts.items())))


def _sheet(row: LabelRow, known: dict[str, Sheet], path: Path) -> Sheet:
    """The question that a row labels."""
    if row.item_id is None and row.content is None:
        do = "Give the item_id of the export, or dilemma, text and solution"
        raise DataError("nothing says what was labelled", file=path, line=row.line, field=row.field("item_id"), do=do)
    own = None if row.content is None else item_id(*row.content)
    sheet = known.get(row.item_id or own or "")
    if sheet is not None:
        if row.content is not None and not _same_content(row.content, sheet):
            raise DataError(
                "the texts are not those of this item_id",
                file=path,
                line=row.line,
                field=row.field("item_id"),
                got=row.item_id,
                do="Was a column sorted without the others? Export again and copy the labels",
            )
        return sheet
    if row.content is None or (row.item_id is not None and row.item_id != own):
        raise DataError(
            "no question of this study has this item_id",
            file=path,
            line=row.line,
            field=row.field("item_id"),
            got=row.item_id,
            do="Use the item_id of the export; leave it blank for pairs from elsewhere, with dilemma, text and solution",
        )
    dilemma, text, solution, asked = row.content
    # pairs of one dilemma are not independent, wherever they come from
    cluster = "elsewhere-" + hashlib.sha256(dilemma.encode()).hexdigest()[:12]
    return Sheet(own or "", dilemma, text, solution, asked, language=row.language or "und", cluster=cluster)


def _same_content(content: tuple[str, str, str, str], sheet: Sheet) -> bool:
    """Whether the texts are the same but for white space and for what a spreadsheet cuts off."""
    pairs = zip(content, (sheet.dilemma, sheet.text, sheet.solution, sheet.asked), strict=True)
    plain = ((" ".join(found.split()), " ".join(kept.split()), len(kept) >= LONGEST_CELL) for found, kept in pairs)
    return all(found == kept or (long and kept.startswith(found[:1000])) for found, kept, long in plain)


def _coder(row: LabelRow, coder: str | None, path: Path) -> str:
    name = coder if coder is not None else row.coder
    if name is None:
        do = "Fill the field in, or say whose labels they are with --coder NAME"
        raise DataError("nothing says who gave the label", file=path, line=row.line, field=row.field("coder"), do=do)
    if name.strip() == ADJUDICATED:
        return ADJUDICATED
    try:
        return check_coder(name)
    except UsageError as error:
        raise DataError(f"no name of a coder ({error})", file=path, line=row.line, field=row.field("coder"), got=name) from None


def _refuse_second(first: LabelRow, row: LabelRow, path: Path) -> None:
    if first is row:
        return
    where = f"line {first.line}" if first.line is not None else first.place
    what = f"the same coder labelled this question twice (before: {where})"
    raise DataError(what, file=path, line=row.line, field=row.field("item_id"), got=row.item_id, do="Remove one of the two")
