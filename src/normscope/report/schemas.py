"""The documented shapes of the JSON files: one JSON Schema per file, kept as files of this package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["SCHEMAS", "schema_text"]

SCHEMAS = ("report", "estimates")
"""report.json and estimates.json."""

_FOLDER = Path(__file__).parent / "schema"


def schema_text(name: str) -> str:
    """The JSON Schema (draft 2020-12) of `report` (report.json) or `estimates` (estimates.json), as text.

    >>> schema_text("report").splitlines()[2]
    ' "$id": "urn:normscope:report:1",'
    """
    if name not in SCHEMAS:
        raise ValueError(f"no schema named {name!r}; there are: {', '.join(SCHEMAS)}")
    return (_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8").replace("\r\n", "\n")
