"""A content as one HTML file that needs no network: text is escaped, scripts from elsewhere are forbidden, bytes repeat."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from normscope.report.cell_parts import cell_parts
from normscope.report.content import Content, Section
from normscope.report.drawing import drawn, missing
from normscope.report.interactive import NOTICE, bundle
from normscope.report.reason_letters import reason_letters
from normscope.report.text import short, shown

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["content_page", "framed", "source", "trusted"]

TEMPLATES = Path(__file__).parent / "templates"

BESIDE = 7
"""A table of up to so many columns has room for a figure beside it."""


def content_page(content: Content) -> str:
    """The text of an HTML page that needs no network; the same content gives the same bytes.

    Without the extra [report] it has the tables and says that figures are missing.
    """
    return framed("layout.html.j2", content, contents={s.name: s.title for s in content.sections})


def framed(
    template: str, content: Content, *, contents: Mapping[str, str], style: str = "", scripts: Sequence[str] = (), **values: Any
) -> str:
    """A template that extends `layout.html.j2`, filled with a content and what else it needs.

    `contents` are the words of the navigation by anchor. `style` comes after the style of all pages. `scripts` are those that the
    template writes into the page itself: with their hashes, and those of the figures, they are all that the page may run.
    """
    undrawn = missing()
    bundled = "" if undrawn or not content.figures() else bundle()
    environment = _environment()
    # how the macros draw is part of the page, not of what they are given
    environment.globals |= {
        "BESIDE": BESIDE,
        "undrawn": undrawn,
        "drawn": {} if undrawn else {figure.name: drawn(figure) for figure in content.figures()},
        "bundled": trusted(bundled),
    }
    styles, charts_script = source("style.css") + source("figures.css") + style, source("charts.js")
    run = [*scripts, *([bundled, charts_script] if bundled else [])]
    return environment.get_template(template).render(
        content=content,
        contents=contents,
        style=trusted(styles),
        charts_script=trusted(charts_script),
        notice=NOTICE,
        style_hash=_hash(styles),
        script_hashes=" ".join(map(_hash, run)) or "'none'",
        **values,
    )


def source(name: str) -> str:
    """The text of a file of `templates`."""
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def trusted(text: str) -> Markup:
    """A text that is not escaped: for files of this package and of vl-convert alone."""
    return Markup(text)  # noqa: S704 - see above


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
    environment.filters |= {"parts": cell_parts, "letters": reason_letters, "short": short, "meanings": _meanings}
    return environment


def _printed(value: Any) -> Any:
    """What every expression of the templates goes through before it is escaped."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _meanings(section: Section) -> dict[str, str]:
    """What the columns of a section's own tables mean, by their headings; its parts have lists of their own."""
    return {column.heading: column.meaning for table in section.tables for column in table.columns if column.meaning}


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
