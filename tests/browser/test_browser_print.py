"""The report is printed: to PDF, with its headline as text, light, and nothing of the controls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.small_study import MODELS, TITLE
from tests.browser.watch import Opening

pytestmark = pytest.mark.browser

A4_WIDTH = 595.0
"""Points."""


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


def test_nothing_is_cut_off_on_paper(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report, viewport={"width": 718, "height": 1000})  # A4 less its margins, in CSS pixels
    page.emulate_media(media="print")
    hidden = """() => [...document.querySelectorAll(".scroll, .drawing, figure")].filter((e) => e.getClientRects().length
      && e.scrollWidth > e.clientWidth + 1).map((e) => `${e.className} ${e.scrollWidth} > ${e.clientWidth}: `
      + (e.getAttribute("aria-label") || e.textContent.trim()).slice(0, 60))"""
    assert page.evaluate(hidden) == []
