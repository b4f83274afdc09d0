"""Questions for labelling as items of Potato, and the labels back from what it writes.

It writes `user_state.json` per annotator and `exports/jsonl/annotations.jsonl` for all (2.x), or `annotated_instances.jsonl`
(1.x); all are read. The files written here were tried with Potato 2.12.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import yaml

from normscope.errors import DataError
from normscope.records import Label
from normscope.validate.coding import Sheet
from normscope.validate.label_row import LabelRow, label_of, text_of, values_of

__all__ = ["SCHEME", "is_potato_state", "is_potato_text", "potato_config", "read_potato_lines", "read_potato_state", "to_items"]

SCHEME = "label"
"""The name of the annotation scheme, by which its answers are found again."""
STATE = "instance_id_to_label_to_value"
UNCHOSEN = {"", "0", "false", "none"}


def to_items(sheets: Sequence[Sheet], how: Mapping[str, str]) -> str:
    """One item per line. Potato shows `text` as HTML: the texts of strangers are escaped in it."""

    def shown(sheet: Sheet) -> str:
        parts = (("Dilemma", sheet.dilemma), ("Text", sheet.text), ("Solution", sheet.solution))
        blocks = [f"<b>{title}</b><br>{escape(text)}" for title, text in parts]
        return "<br><br>".join([*blocks, f"<i>{how[sheet.asked]}</i>"]).replace("\n", "<br>")

    lines = ({"id": sheet.item_id, "text": shown(sheet)} for sheet in sheets)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def potato_config(items: str, definitions: Mapping[Label, str]) -> str:
    """A configuration for the file `items`, to be started in the folder that holds both."""
    values = {
        "annotation_task_name": "What does the text say towards the solution?",
        "task_dir": ".",
        "data_files": [items],
        "item_properties": {"id_key": "id", "text_key": "text"},
        "output_annotation_dir": "annotation_output",
        "output_annotation_format": "jsonl",
        "user_config": {"allow_all_users": True, "users": []},
        "annotation_schemes": [
            {
                "annotation_type": "radio",
                "name": SCHEME,
                "description": "What does the text say towards the solution?",
                "labels": [{"name": label.value, "tooltip": meaning} for label, meaning in definitions.items()],
                "sequential_key_binding": True,
                "label_requirement": {"required": True},
            }
        ],
    }
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)


def is_potato_state(values: Any) -> bool:
    """Whether a JSON value looks like a `user_state.json`."""
    return isinstance(values, dict) and STATE in values


def is_potato_text(first_line: str) -> bool:
    """Whether a first line looks like one of an `annotated_instances.jsonl` or `annotations.jsonl`."""
    start = first_line.lstrip().startswith("{")
    return start and ('"label_annotations"' in first_line or ('"instance_id"' in first_line and '"labels"' in first_line))


def read_potato_state(values: Any, path: Path) -> Iterator[LabelRow]:
    """The labels of one annotator."""
    items = values.get(STATE) if isinstance(values, dict) else None
    if not isinstance(items, dict):
        raise DataError("not a user_state.json of Potato", file=path, field=STATE, got=items, allowed="an object")
    coder = text_of(values.get("user_id"), file=path, line=None, field="user_id")
    for item, answers in items.items():
        place = f"{STATE}.{item}"
        if isinstance(answers, list):
            names = dict(pair for entry in answers if (pair := _pair(entry, path, place)) is not None)
        else:
            names = _named(answers, path, None, place)
        yield LabelRow(None, place, item, _one(names, path, None, place), coder, None)


def read_potato_lines(text: str, path: Path) -> Iterator[LabelRow]:
    """The labels of a file with one annotated item per line; it says who gave them only where a line has `user_id`."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        values = values_of(line, file=path, line=number)
        if not isinstance(values, dict) or not values.keys() & {"id", "instance_id"}:
            raise DataError("not an annotated item of Potato", file=path, line=number, field="id", allowed="an object with an id")
        item = text_of(values.get("id", values.get("instance_id")), file=path, line=number, field="id")
        coder = text_of(values.get("user_id", values.get("user")), file=path, line=number, field="user_id")
        field = "label_annotations" if "label_annotations" in values else "labels"
        names = _named(values.get(field), path, number, field)
        yield LabelRow(number, "", item, _one(names, path, number, f"{field}.{SCHEME}"), coder, None)


def _pair(entry: Any, path: Path, field: str) -> tuple[str | None, Any] | None:
    """The name and value of an answer; None where it answers another scheme."""
    if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], dict):
        if entry[0].get("schema") != SCHEME:
            return None
        return text_of(entry[0].get("name"), file=path, line=None, field=f"{field}.name"), entry[1]
    raise DataError("not an answer", file=path, field=field, got=entry, allowed='[{"schema": …, "name": …}, value]')


def _named(answers: Any, path: Path, line: int | None, field: str) -> dict[Any, Any]:
    found = (answers or {}).get(SCHEME) if isinstance(answers, dict | None) else answers
    if isinstance(found, dict) and set(found) == {"labels"} and isinstance(found["labels"], dict):
        found = found["labels"]
    if isinstance(found, str):
        return {found: True}
    if found is None or isinstance(found, dict):
        return found or {}
    raise DataError("not answers of Potato", file=path, line=line, field=field, got=found, allowed="an object")


def _one(names: dict[Any, Any], path: Path, line: int | None, field: str) -> Label | None:
    chosen = [name for name, value in names.items() if str(value).casefold() not in UNCHOSEN]
    if len(chosen) > 1:
        raise DataError("more than one label is chosen", file=path, line=line, field=field, got=chosen, allowed="one label")
    return label_of(chosen[0], file=path, line=line, field=field) if chosen else None
