"""The report as data: what the page says, for programs. Its shape is in schema/report.schema.json."""

from __future__ import annotations

import json
import re
from typing import Any

from normscope.records import Estimate, NotMeasured, to_dict
from normscope.report.column_names import column_names
from normscope.report.content import Cell, Content, Number, Table
from normscope.report.outline import Part, outline

__all__ = ["REPORT_SCHEMA", "report_json", "report_values"]

REPORT_SCHEMA = ("normscope-report", 1)
"""Name and version of the shape; the version goes up where a program that reads the last one would fail."""

# what cannot be written as UTF-8, and what would steer a terminal or turn the order of what is read
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def report_values(content: Content) -> dict[str, Any]:
    """A report as JSON values. A table stands once, in the section where it comes first; a figure names its table."""
    name, version = REPORT_SCHEMA
    top: list[dict[str, Any]] = []
    within: list[list[dict[str, Any]]] = [top]
    for part in outline(content):
        values = _section(part)
        del within[part.depth + 1 :]
        within[part.depth].append(values)
        within.append(values["parts"])
    return {
        "schema": name,
        "schema_version": version,
        "title": content.title,
        "facts": dict(content.facts),
        "sections": top,
    }


def report_json(content: Content) -> str:
    """The values as JSON text, ending with a line feed; the same report gives the same bytes.

    Characters that nobody sees are written as escapes, so that they do nothing where the file is looked at.
    """
    text = json.dumps(report_values(content), ensure_ascii=False, indent=1, allow_nan=False)
    return _UNSEEN.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def cell_value(cell: Cell) -> Any:
    """A cell as a JSON value: null does not apply, `{"not_measured": reason}` was not measured.

    >>> cell_value(Number(2.0, 1.0, NotMeasured("one model")))
    {'value': 2.0, 'low': 1.0, 'high': {'not_measured': 'one model'}}
    """
    if isinstance(cell, NotMeasured):
        return {"not_measured": cell.reason}
    if isinstance(cell, Estimate):
        values = to_dict(cell)
        del values["schema_version"]
        return values
    if isinstance(cell, Number):
        bounds = {"low": cell.low, "high": cell.high}
        given = {name: cell_value(bound) if isinstance(bound, NotMeasured) else bound for name, bound in bounds.items()}
        value = cell_value(cell.value) if isinstance(cell.value, NotMeasured) else cell.value
        unit = {"unit": cell.unit} if cell.unit else {}
        return {"value": value, **{name: bound for name, bound in given.items() if bound is not None}, **unit}
    return cell


def _section(part: Part) -> dict[str, Any]:
    section = part.section
    return {
        "name": section.name,
        "title": section.title,
        "lines": list(section.lines),
        "points": list(section.points),
        "figures": [
            {"name": figure.name, "caption": figure.caption, "alt": figure.alt, "table": figure.table.name}
            for figure in section.figures
        ],
        "tables": [_table(table) for table in part.tables],
        "parts": [],
    }


def _table(table: Table) -> dict[str, Any]:
    names = column_names(table)
    return {
        "name": table.name,
        "caption": table.caption,
        "note": table.note,
        "columns": [
            {"name": name, "heading": column.heading, "meaning": column.meaning, "numeric": column.numeric}
            for name, column in zip(names, table.columns, strict=True)
        ],
        "rows": [dict(zip(names, map(cell_value, row), strict=True)) for row in table.rows],
        "groups": [{"before_row": row, "heading": heading} for row, heading in sorted(table.groups.items())],
        "totals": sorted(table.totals),
        "left_out": table.left_out,
    }
