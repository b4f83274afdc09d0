"""Questions for labelling as tasks of Label Studio, and the labels back from its exports (JSON and JSON-MIN).

The formats as its documentation describes them (labelstud.io/guide/task_format, /guide/export).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from normscope.errors import DataError
from normscope.records import Label
from normscope.validate.coding import Sheet
from normscope.validate.label_row import LabelRow, content_of, label_of, text_of

__all__ = ["CONTROL", "HOW", "is_label_studio", "labelling_config", "read_label_studio", "to_tasks"]

CONTROL = "label"
"""The name of the choice in the labelling configuration, by which its answers are found again."""

HOW = {
    "stated": "The text was written without knowing the solution.",
    "shown": "The writer of the text was shown the solution and asked about it.",
}


def to_tasks(sheets: Sequence[Sheet]) -> str:
    """The tasks to import into a project."""
    tasks = [
        {
            "data": {
                "item_id": sheet.item_id,
                "dilemma": sheet.dilemma,
                "text": sheet.text,
                "solution": sheet.solution,
                "asked": sheet.asked,
                "how": HOW[sheet.asked],
            }
        }
        for sheet in sheets
    ]
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def labelling_config(definitions: Mapping[Label, str]) -> str:
    """The labelling configuration of the project: three texts, one choice of four with keys 1 to 4."""
    choices = "\n".join(
        f'    <Choice value="{label.value}" hotkey="{n}" hint={quoteattr(meaning)}/>'
        for n, (label, meaning) in enumerate(definitions.items(), 1)
    )
    return f"""<View>
  <Header value="Dilemma"/>
  <Text name="dilemma" value="$dilemma"/>
  <Header value="Text"/>
  <Text name="text" value="$text"/>
  <Header value="Solution"/>
  <Text name="solution" value="$solution"/>
  <Text name="how" value="$how"/>
  <Header value="What does the text say towards the solution?"/>
  <Choices name="{CONTROL}" toName="text" choice="single" required="true">
{choices}
  </Choices>
</View>
"""


def is_label_studio(values: Any) -> bool:
    """Whether a JSON value looks like an export of Label Studio."""
    first = values[0] if isinstance(values, list) and values else None
    return isinstance(first, dict) and bool(first.keys() & {"annotations", "data", "annotation_id", "annotator"})


def read_label_studio(values: Any, path: Path) -> Iterator[LabelRow]:
    """The annotations of an export, one row each; a task without one is a row without a label.

    Cancelled (skipped) annotations are left out. The coder is `completed_by`: the address where the export has it, else the
    number.
    """
    if not isinstance(values, list):
        raise DataError("not an export of Label Studio", file=path, got=values, allowed="a list of tasks")
    for i, task in enumerate(values):
        place = f"[{i}]"
        if not isinstance(task, dict):
            raise DataError("not a task", file=path, field=place, got=task, allowed="an object")
        if "data" in task or "annotations" in task:
            yield from _full(task, path, place)
        else:
            yield _minimal(task, path, place)


def _full(task: dict[str, Any], path: Path, place: str) -> Iterator[LabelRow]:
    data = task.get("data")
    if not isinstance(data, dict):
        raise DataError("the task has no data", file=path, field=f"{place}.data", got=data, allowed="an object")
    annotations = task.get("annotations") or []
    if not isinstance(annotations, list):
        raise DataError("not a list", file=path, field=f"{place}.annotations", got=annotations, allowed="a list")
    given = False
    for j, annotation in enumerate(annotations):
        here = f"{place}.annotations[{j}]"
        if not isinstance(annotation, dict):
            raise DataError("not an annotation", file=path, field=here, got=annotation, allowed="an object")
        if annotation.get("was_cancelled"):
            continue
        label = _chosen(annotation.get("result") or [], path, f"{here}.result")
        if label is not None:
            given = True
            yield _row(data, label, _coder(annotation.get("completed_by"), path, f"{here}.completed_by"), path, here)
    if not given:
        yield _row(data, None, None, path, place)


def _minimal(task: dict[str, Any], path: Path, place: str) -> LabelRow:
    field = f"{place}.{CONTROL}"
    answer = task.get(CONTROL)
    label = _one(answer["choices"], path, field) if isinstance(answer, dict) and "choices" in answer else None
    if label is None and not isinstance(answer, dict):
        label = _one(answer, path, field) if isinstance(answer, list) else label_of(answer, file=path, line=None, field=field)
    return _row(task, label, _coder(task.get("annotator"), path, f"{place}.annotator"), path, place)


def _chosen(result: Any, path: Path, field: str) -> Label | None:
    if not isinstance(result, list):
        raise DataError("not a list", file=path, field=field, got=result, allowed="a list")
    for k, part in enumerate(result):
        if isinstance(part, dict) and part.get("from_name") == CONTROL:
            value = part.get("value")
            choices = value.get("choices") if isinstance(value, dict) else None
            return _one(choices, path, f"{field}[{k}].value.choices")
    return None


def _one(choices: Any, path: Path, field: str) -> Label | None:
    if not isinstance(choices, list) or len(choices) > 1:
        raise DataError("not one choice", file=path, field=field, got=choices, allowed="a list of one label")
    return label_of(choices[0], file=path, line=None, field=field) if choices else None


def _coder(value: Any, path: Path, field: str) -> str | None:
    if isinstance(value, dict):
        value = value.get("email") or value.get("username") or value.get("id")
    return text_of(value, file=path, line=None, field=field)


def _row(data: dict[str, Any], label: Label | None, coder: str | None, path: Path, place: str) -> LabelRow:
    return LabelRow(
        line=None,
        place=place,
        item_id=text_of(data.get("item_id"), file=path, line=None, field=f"{place}.item_id"),
        label=label,
        coder=coder,
        content=content_of(data, file=path, line=None, place=place),
        language=text_of(data.get("language"), file=path, line=None, field=f"{place}.language"),
    )
