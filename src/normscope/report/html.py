"""The report as one HTML file that needs no network: text is escaped, scripts from elsewhere are forbidden, bytes repeat."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from normscope.errors import StoreError
from normscope.report.cell_parts import cell_parts
from normscope.report.content import Section
from normscope.report.content_of import content
from normscope.report.data import ReportData
from normscope.report.drawing import drawn, missing
from normscope.report.explorer import explorer
from normscope.report.explorer import script as explorer_script
from normscope.report.explorer import style as explorer_style
from normscope.report.interactive import NOTICE, bundle
from normscope.report.text import short, shown

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page", "write_html"]

TEMPLATES = Path(__file__).parent / "templates"


def write_html(data: ReportData, path: Path) -> Path:
    """Write the report of a study and return its path; the same data gives the same bytes.

    The file is replaced at once or not at all. Raises `StoreError` where it cannot be written.
    """
    content = page(data).encode("utf-8")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"the report cannot be written to {path}: {error.strerror or error}. Choose another place or make room."
        ) from error
    return path


def page(data: ReportData) -> str:
    """The report of a study as the text of an HTML page."""
    said = content(data)
    undrawn = missing()
    bundled = "" if undrawn or not said.figures() else bundle()
    environment = _environment()
    # how the macros draw is part of the page, not of what they are given
    environment.globals |= {
        "BESIDE": BESIDE,
        "undrawn": undrawn,
        "drawn": {} if undrawn else {figure.name: drawn(figure) for figure in said.figures()},
        "bundled": _trusted(bundled),
    }
    style = _source("style.css") + _source("figures.css") + explorer_style()
    script, charts_script = explorer_script(), _source("charts.js")
    scripts = [script, *([bundled, charts_script] if bundled else [])]
    at = next((i for i, section in enumerate(said.sections) if section.name == AFTER_DILEMMAS), len(said.sections))
    return environment.get_template("page.html.j2").render(
        data=data,
        content=said,
        # all are files of this package or of vl-convert; their hashes are all that the page may run
        style=_trusted(style),
        script=_trusted(script),
        charts_script=_trusted(charts_script),
        notice=NOTICE,
        style_hash=_hash(style),
        script_hashes=" ".join(map(_hash, scripts)),
        before=said.sections[:at],
        after=said.sections[at:],
        contents=_contents(said.sections[:at], said.sections[at:]),
        explorer=explorer(data),
    )


BESIDE = 7
"""A table of up to so many columns has room for a figure beside it."""

AFTER_DILEMMAS = "matcher"
"""The section before which the dilemmas stand, one by one."""


def _contents(before: Sequence[Section], after: Sequence[Section]) -> dict[str, str]:
    """The anchors of the page with their words in the navigation."""
    words = {section.name: section.name for section in before}
    return {**words, "dilemmas": "dilemmas", **{section.name: section.name for section in after}}


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printed,
    )
    environment.filters |= {
        "parts": cell_parts,
        "short": short,
        "meanings": _meanings,
    }
    return environment


def _printed(value: Any) -> Any:
    """What every expression of the templates goes through before it is escaped."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _meanings(section: Section) -> dict[str, str]:
    """What the columns of a section's tables mean, by their headings."""
    tables = [*section.tables, *(table for part in section.parts if part.folded for table in part.tables)]
    return {column.heading: column.meaning for table in tables for column in table.columns if column.meaning}


def _trusted(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - files of this package and of vl-convert


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
