"""The report of a study as one HTML file: its content, with the explorer of its dilemmas."""

from __future__ import annotations

from collections.abc import Sequence

from normscope.report.content import Content, Section
from normscope.report.content_of import content
from normscope.report.data import ReportData
from normscope.report.explorer import explorer
from normscope.report.explorer import script as explorer_script
from normscope.report.explorer import style as explorer_style
from normscope.report.framed import framed, trusted

__all__ = ["page"]

AFTER_DILEMMAS = "matcher"
"""The section before which the dilemmas stand, one by one."""


def page(data: ReportData, said: Content | None = None) -> str:
    """The report of a study as the text of an HTML page; the same data gives the same text. `said` is its `content`, where that
    was made before."""
    said = content(data) if said is None else said
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
