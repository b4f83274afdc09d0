"""The JSON Schema of `estimates.json`, made from the records that are written into it."""

from __future__ import annotations

import json
from dataclasses import fields
from inspect import getdoc
from typing import Any, get_args, get_origin, get_type_hints

from normscope.agree.section_rows import SECTIONS
from normscope.records import SCHEMA_VERSION, Estimate, NotMeasured

__all__ = ["estimates_schema", "estimates_schema_text"]

_PLAIN = {str: {"type": "string"}, bool: {"type": "boolean"}, int: {"type": "integer"}, float: {"type": "number"}}
_REASON = {"$ref": "#/$defs/not_measured"}
_TOP = {
    "title": "The study's title.",
    "definitions": "Whose definitions these are.",
    "matcher": "What gave the match labels.",
    "extractor": "What read the solutions.",
}


def estimates_schema() -> dict[str, Any]:
    """The schema: every field of `Estimate` and of the rows of each further section, with what its record says of it.

    >>> estimates_schema()["$defs"]["Estimate"]["properties"]["low"]
    {'anyOf': [{'type': 'number'}, {'$ref': '#/$defs/not_measured'}]}
    """
    records = {kind.__name__: _record(kind) for kind in SECTIONS.values()}
    estimate = _record(Estimate)
    estimate["properties"] = {"schema_version": {"const": SCHEMA_VERSION}, **estimate["properties"]}
    estimate["required"] = ["schema_version", *estimate["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:normscope:estimates:{SCHEMA_VERSION}",
        "title": "normscope estimates",
        "description": "Every number of a study, as `normscope agree STUDY` writes it to estimates.json.",
        "type": "object",
        "additionalProperties": False,
        "required": ["schema_version", *_TOP, "estimates"],
        "properties": {
            "schema_version": {"const": SCHEMA_VERSION},
            **{name: {"type": "string", "description": meaning} for name, meaning in _TOP.items()},
            "estimates": {"type": "array", "items": {"$ref": "#/$defs/Estimate"}},
            **{name: {"type": "array", "items": {"$ref": f"#/$defs/{kind.__name__}"}} for name, kind in SECTIONS.items()},
        },
        "$defs": {
            "not_measured": {
                "description": "Stands where a number would stand, and says why there is none.",
                "type": "object",
                "additionalProperties": False,
                "required": ["not_measured"],
                "properties": {"not_measured": {"type": "string"}},
            },
            "Estimate": estimate,
            **records,
        },
    }


def estimates_schema_text() -> str:
    """The schema as the text of the file that comes with the package."""
    return json.dumps(estimates_schema(), ensure_ascii=False, indent=1) + "\n"


def _record(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    return {
        "description": " ".join((getdoc(kind) or "").split()),
        "type": "object",
        "additionalProperties": False,
        "required": names,
        "properties": {name: _values(hints[name]) for name in names},
    }


def _values(hint: Any) -> dict[str, Any]:
    """What may stand in a field of this type."""
    if hint is NotMeasured:
        return dict(_REASON)
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    inside = get_args(hint)
    if get_origin(hint) is list:
        return {"type": "array", "items": _values(inside[0])}
    if get_origin(hint) is dict:
        return {"type": "object", "additionalProperties": _values(inside[1])}
    return {"anyOf": [_values(part) for part in inside]}
