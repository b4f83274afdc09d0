"""From what was written on the command line to a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from normscope.errors import UsageError
from normscope.study import Study
from normscope.study.settings import Settings

__all__ = ["make_study", "parse_changes"]


def make_study(
    path: Path | None,
    *,
    folder: Path | None,
    given: Mapping[str, Any],
    changes: Sequence[str],
    models: list[dict[str, Any]],
) -> Study:
    """The study of a `study.yaml`, or of options alone; `changes` are `FIELD=VALUE` texts that override either."""
    values: dict[str, Any] = {name: value for name, value in given.items() if value}
    values |= parse_changes(changes)
    if models:
        values["models"] = models
    if path is not None:
        return Study.from_yaml(path, folder=folder, **values)
    if folder is None:
        raise UsageError("nothing to run. Give a study.yaml, or --folder with --dilemmas and --model.")
    return Study.create(folder, **values)


def parse_changes(changes: Sequence[str]) -> dict[str, Any]:
    """`FIELD=VALUE` texts as settings; values are read as YAML, dots reach into tables.

    >>> parse_changes(["draws=3", "params.temperature=0", "title=Advice: before the update #1"])
    {'draws': 3, 'params': {'temperature': 0}, 'title': 'Advice: before the update #1'}
    """
    values: dict[str, Any] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals or not name:
            raise UsageError(f"--set takes FIELD=VALUE; got {change!r}.")
        try:
            value = _value(name, text)
        except yaml.YAMLError as error:
            raise UsageError(f"--set {name}: {text!r} is not readable as YAML ({error}).") from error
        *tables, last = name.split(".")
        place = values
        for table in tables:
            place = place.setdefault(table, {})
        place[last] = value
    return values


def _value(name: str, text: str) -> Any:
    """A value as YAML reads it; but a field that takes words gets them whole, where YAML would see a table or a comment."""
    words = text.strip()
    takes_words = name in Settings.model_fields and Settings.model_fields[name].annotation is str
    return words if takes_words and not words.startswith(("'", '"')) else yaml.safe_load(text)
