"""The report of a study as one HTML file: its content, with the explorer of its dilemmas."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from normscope.errors import StoreError
from normscope.report.content import Section
from normscope.report.content_of import content
from normscope.report.data import ReportData
from normscope.report.explorer import explorer
from normscope.report.explorer import script as explorer_script
from normscope.report.explorer import style as explorer_style
from normscope.report.framed import framed, trusted

__all__ = ["page", "write_html"]

AFTER_DILEMMAS = "matcher"
"""The section before which the dilemmas stand, one by one."""


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
    at = next((i for i, section in enumerate(said.sections) if section.name == AFTER_DILEMMAS), len(said.sections))
    before, after = said.sections[:at], said.sections[at:]
    script = explorer_script()
    return framed(
        "page.html.j2",
        said,
        contents=_contents(before, after),
        style=explorer_style(),
        scripts=[script],
        data=data,
        script=trusted(script),
        before=before,
        after=after,
        explorer=explorer(data),
    )


def _contents(before: Sequence[Section], after: Sequence[Section]) -> dict[str, str]:
    """The anchors of the page with their words in the navigation."""
    names = [*(section.name for section in before), "dilemmas", *(section.name for section in after)]
    return {name: "What the words mean" if name == "words" else name.capitalize() for name in names}
