"""The page of a comparison: a study beside a copy of it in which models found other words for what they said."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from normscope.records import Label, Match
from normscope.report.comparison_forms import comparison_text
from normscope.study import Study
from normscope.study.comparing import compare

__all__ = ["compared"]


def compared(folder: Path, place: Path) -> Path:
    """Write the page into a folder; in the copy every second label is another."""
    copy = shutil.copytree(folder, place / f"{folder.name} again")
    with Study.open(copy) as study:
        matches = study.store.all(Match)
        study.store.put(replace(m, label=_other(m.label)) for m in matches[::2])
    page = place / "comparison.html"
    page.write_text(comparison_text(compare(folder, copy), "html", version="0"), encoding="utf-8")
    return page


def _other(label: Label) -> Label:
    return Label.SILENT if label is Label.AGREE else Label.AGREE
