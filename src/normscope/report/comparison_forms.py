"""The forms in which a comparison can be had, by the names that people type."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from normscope.records import Comparison, GateResult, to_dict
from normscope.report.comparison import comparison_report
from normscope.report.content import Content
from normscope.report.framed import content_page
from normscope.report.latex import latex
from normscope.report.markdown import markdown

__all__ = ["comparison_text", "comparison_values"]

_MAKE: dict[str, Callable[[Content], str]] = {"html": content_page, "md": markdown, "latex": latex}


def comparison_text(found: Comparison, to: str, results: Sequence[GateResult] = (), *, version: str) -> str:
    """A comparison, and what a gate said of it, as `html`, `md`, `latex` or `json`; the same one gives the same text.

    The page and the text come from one content; JSON is the comparison itself. `version` is that of normscope.
    """
    if to == "json":
        return json.dumps(comparison_values(found, results), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return _MAKE[to](comparison_report(found, results, version=version))


def comparison_values(found: Comparison, results: Sequence[GateResult] = ()) -> dict[str, Any]:
    """The comparison as JSON values; with a gate its results are under `gate`."""
    return to_dict(found) | ({"gate": [asdict(result) for result in results]} if results else {})
