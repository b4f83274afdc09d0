"""The report is printed: to PDF, with its headline as text, light, and nothing of the controls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.small_study import MODELS, TITLE
from tests.browser.watch import Opening

pytestmark = pytest.mark.browser

A4_WIDTH = 595.0
"""Points."""
MARGIN = 28.3
"""10 mm in points."""


def test_prints_to_pages_that_hold_the_headline(report: Path, tmp_path: Path, open_page: Opening) -> None:
    from pypdf import PdfReader

    page, watch = open_page(report, color_scheme="dark")
    page.pdf(path=tmp_path / "report.pdf", format="A4", print_background=True)
    pages = PdfReader(tmp_path / "report.pdf").pages
    assert 3 <= len(pages) <= 60
    assert float(pages[0].mediabox.width) == pytest.approx(A4_WIDTH, abs=2)
    first = " ".join((pages[0].extract_text() + pages[1].extract_text()).split())
    for words in (TITLE, "People with each other", *MODELS):
        assert words in first
    assert "Skip to the report" not in first
    assert watch.noticed(page) == {}


def test_what_the_words_mean_is_on_paper_too(report: Path, tmp_path: Path, open_page: Opening) -> None:
    from pypdf import PdfReader

    page, _ = open_page(report)
    assert not page.locator("#table-words").is_visible()
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    last = " ".join(" ".join(p.extract_text() for p in PdfReader(tmp_path / "report.pdf").pages[-3:]).split())
    assert "solutions that all people support" in last


def test_nothing_is_cut_off_on_paper(report: Path, tmp_path: Path, open_page: Opening) -> None:
    from pypdf import PdfReader

    page, _ = open_page(report)
    widest = page.evaluate("Math.max(...[...document.querySelectorAll('table')].map((t) => t.rows[0].cells.length))")
    page.pdf(path=tmp_path / "report.pdf", format="A4", margin={"left": "10mm", "right": "10mm", "top": "10mm", "bottom": "10mm"})
    starts: list[tuple[float, str]] = []

    def keep(text: str, at: list[float], line: list[float], *_: object) -> None:
        if text.strip():
            starts.append((at[0] * line[4] + at[2] * line[5] + at[4], text.strip()))

    for printed in PdfReader(tmp_path / "report.pdf").pages:
        printed.extract_text(visitor_text=keep)
    assert widest >= 8
    assert [text for x, text in starts if not MARGIN - 1 <= x <= A4_WIDTH - MARGIN - 5] == []
