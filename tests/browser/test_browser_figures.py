"""The figures answer to a pointer without loosening the page's policy, and what they tell is text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.spy import Spy
from tests.browser.test_browser_hostile import STRANGE
from tests.browser.watch import Opening

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

MARKS = ".mark-symbol path, .mark-rect path, .mark-rule line"
TABLE = {"table", "tbody", "tr", "td", "h2"}
"""What a tooltip is made of."""
LIVE = "e => e.querySelector('.vega-embed svg, svg.marks') !== null && e.querySelector('.vega-embed') !== null"


def test_every_figure_comes_alive_within_the_policy(report: Path, open_page: Opening, spy: Spy) -> None:
    page, watch = open_page(report, offline=False)
    drawings = _drawings(page)
    assert len(drawings) >= 3
    for drawing in drawings:
        box = drawing.bounding_box()
        assert box
        _alive(page, drawing)
        after = drawing.bounding_box()
        assert after
        assert after["height"] == pytest.approx(box["height"], abs=12), "the page jumps when the figure comes alive"
    assert watch.noticed(page) == {}
    assert spy.heard == []


def test_a_tooltip_tells_the_numbers_as_text(report: Path, open_page: Opening) -> None:
    page, watch = open_page(report)
    drawing = _drawings(page)[0]
    _alive(page, drawing)
    tip = _told(page, drawing)
    assert any(character.isdigit() for character in tip)
    page.mouse.move(2, 2)
    assert watch.noticed(page) == {}


def test_tooltips_of_hostile_names_are_text(hostile: Path, open_page: Opening, spy: Spy) -> None:
    page, watch = open_page(hostile, offline=False)
    told = 0
    for drawing in _drawings(page):
        _alive(page, drawing)
        told += bool(_told(page, drawing))
        assert page.evaluate(STRANGE) == []
        assert set(page.locator("#tip *").evaluate_all("inside => inside.map((e) => e.localName)")) <= TABLE
    assert told
    assert watch.noticed(page) == {}
    assert spy.heard == []


def test_without_scripts_the_figures_stand(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report, java_script_enabled=False)
    for drawing in _drawings(page):
        assert drawing.locator("svg").first.is_visible()
        assert drawing.get_attribute("aria-label")


def _drawings(page: Page) -> list[Locator]:
    found: list[Locator] = page.locator("figure .drawing:visible").all()
    return found


def _alive(page: Page, drawing: Locator) -> None:
    """Scroll to a figure and wait until it answers to the pointer."""
    drawing.scroll_into_view_if_needed()
    page.wait_for_function(LIVE, arg=drawing.element_handle())


def _told(page: Page, drawing: Locator) -> str:
    """The text of the tooltip of the first mark of a figure that has one; empty where none has."""
    for mark in drawing.locator(MARKS).all()[:25]:
        box = mark.bounding_box()
        if box is None:
            continue
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(30)
        tip = page.locator("#tip")
        told: str = tip.inner_text() if tip.count() and tip.is_visible() else ""
        if told.strip():
            return told
    return ""
