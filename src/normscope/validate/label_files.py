"""Files of questions and labels in the formats of several tools, told apart by what is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from normscope.errors import DataError, UsageError, did_you_mean
from normscope.records import Label
from normscope.validate.coding import Sheet
from normscope.validate.label_csv import is_ours, read_csv, to_csv
from normscope.validate.label_row import LabelRow, read_text, values_of
from normscope.validate.label_studio import HOW, is_label_studio, labelling_config, read_label_studio, to_tasks
from normscope.validate.potato import (
    is_potato_state,
    is_potato_text,
    potato_config,
    read_potato_lines,
    read_potato_state,
    to_items,
)

__all__ = ["FORMATS", "files_for", "read_labels"]

FORMATS = ("csv", "labelstudio", "potato")


def files_for(
    sheets: Sequence[Sheet], to: str, path: Path, *, definitions: Mapping[Label, str], coder: str = ""
) -> list[tuple[Path, str, str]]:
    """What to write for a tool: path, content and what it is. Label Studio and Potato need a configuration beside it."""
    _check(to)
    if to == "csv":
        return [(path, to_csv(sheets, coder=coder), f"{len(sheets)} questions; fill in the column label")]
    if to == "labelstudio":
        config = labelling_config(definitions)
        tasks = f"{len(sheets)} tasks for Label Studio"
        return [
            (path, to_tasks(sheets), tasks),
            (path.with_suffix(".xml"), config, "the labelling configuration for its project"),
        ]
    config = potato_config(path.name, definitions)
    items = f"{len(sheets)} items for Potato"
    return [(path, to_items(sheets, HOW), items), (path.with_suffix(".yaml"), config, "the configuration to start it with")]


def read_labels(path: Path, *, format_: str | None = None) -> list[LabelRow]:
    """The rows of a file of labels; its format is told by its content where none is given."""
    text = read_text(path)
    if not text.strip():
        raise DataError("the file is empty", file=path)
    found = format_ if format_ is not None else _told(text, path)
    _check(found)
    if found == "csv":
        return list(read_csv(text, path))
    if found == "labelstudio":
        return list(read_label_studio(values_of(text, file=path), path))
    if is_potato_text(text.split("\n", 1)[0]):
        return list(read_potato_lines(text, path))
    return list(read_potato_state(values_of(text, file=path), path))


def _told(text: str, path: Path) -> str:
    start = text.lstrip()[:1]
    if start == "{" and is_potato_text(text.lstrip().split("\n", 1)[0]):
        return "potato"
    if start in {"{", "["}:
        values = values_of(text, file=path)
        if is_potato_state(values):
            return "potato"
        if is_label_studio(values):
            return "labelstudio"
    elif is_ours(text):
        return "csv"
    do = "Name it with --format, or give a CSV with the columns item_id, label, coder"
    raise DataError("the format of this file is not known", file=path, allowed=", ".join(FORMATS), do=do)


def _check(name: str) -> None:
    if name not in FORMATS:
        raise UsageError(f"no format for labels named {name!r}. {did_you_mean(name, FORMATS)}")
