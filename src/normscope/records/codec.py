"""Records to and from plain JSON values, without loss.

A record becomes a dict of JSON values plus `schema_version`; `NotMeasured` becomes `{"not_measured": reason}`.
Reading is strict: a missing, unknown or ill-typed field is a `ValueError` whose text names the field.
"""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from normscope.records.comparison import Comparison
from normscope.records.core import (
    SCHEMA_VERSION,
    Dilemma,
    Estimate,
    Gold,
    LabelItem,
    Match,
    Record,
    Responder,
    Response,
    Solution,
)
from normscope.records.finding import Finding

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["KINDS", "from_dict", "from_json", "to_dict", "to_json"]

R = TypeVar("R", bound=Record | Finding | Comparison)

KINDS: dict[str, type[Record]] = {
    "dilemmas": Dilemma,
    "responders": Responder,
    "responses": Response,
    "solutions": Solution,
    "matches": Match,
    "label_items": LabelItem,
    "golds": Gold,
    "estimates": Estimate,
}
"""The kinds of record by the name of the file or table that holds them.

Findings and comparisons have no table, and the codec takes them too."""


def to_dict(record: Record | Finding | Comparison) -> dict[str, Any]:
    """A record as JSON values.

    >>> to_dict(Dilemma("d1", "What should I do?"))["language"]
    'und'
    """
    return {"schema_version": SCHEMA_VERSION, **_plain(record)}


def from_dict(kind: type[R], values: dict[str, Any]) -> R:
    """The record that `to_dict` wrote.

    >>> from_dict(Dilemma, to_dict(Dilemma("d1", "Hm?"))) == Dilemma("d1", "Hm?")
    True
    """
    return from_json(kind, json.dumps(values))


def to_json(record: Record | Finding | Comparison) -> str:
    """One line of JSON; the same record always gives the same bytes."""
    return json.dumps(to_dict(record), ensure_ascii=False, allow_nan=False)


def from_json(kind: type[R], line: str) -> R:
    """The record that `to_json` wrote."""
    from pydantic import ValidationError

    given = json.loads(line)
    version = given.pop("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise ValueError(f"schema_version {version!r} is not {SCHEMA_VERSION}")
    try:
        # JSON mode, so that strictness still reads a list as a tuple and a string as an enum
        adapter: TypeAdapter[R] = _adapter(cast("Any", kind))
        record = adapter.validate_json(json.dumps(given), strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"field {where!r}: {first['msg']}; got {first['input']!r}") from None
    return record


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # here, because importing it costs more than all of the records

    return TypeAdapter(kind)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value.value if isinstance(value, StrEnum) else value
