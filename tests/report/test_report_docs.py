"""The code blocks of docs/report.md do what the page says, and its table names every section and every figure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import DOCS, run_blocks
from tests.report.test_report_figures import NAMES as FIGURES
from tests.report.test_report_sections import NAMES as SECTIONS

PAGE = DOCS / "report.md"


def test_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("altair")
    monkeypatch.chdir(tmp_path)
    run_blocks(PAGE)
    assert (tmp_path / "page.html").is_file()
    assert sorted(p.name for p in (tmp_path / "paper").iterdir()) == [
        "agreement_matrix.csv",
        "agreement_matrix.pdf",
        "agreement_matrix.svg",
        "captions.md",
    ]


def test_every_section_and_figure_has_its_line() -> None:
    lines = re.findall(r"^\| (\w+) \| .* \| (.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[1:]
    assert [name.lower() for name, _ in lines if name != "Dilemmas"] == SECTIONS
    assert {figure for _, last in lines for figure in re.findall("`(.*?)`", last)} == FIGURES
