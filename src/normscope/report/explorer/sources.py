"""The explorer's own script and style, from the files of this package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["script", "style"]

TEMPLATES = Path(__file__).parents[1] / "templates"

SCRIPTS = ("made", "study", "list", "cards", "labels")
"""The parts in the order in which they need each other; `explorer.js` comes last."""


def script() -> str:
    """One script that leaves no name in the page."""
    parts = [_source(f"explorer_{name}.js") for name in SCRIPTS]
    return "\n".join(['"use strict";', "(() => {", *parts, _source("explorer.js"), "})();", ""])


def style() -> str:
    """The rules of the explorer alone; its colours are the page's."""
    return _source("explorer.css")


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")
