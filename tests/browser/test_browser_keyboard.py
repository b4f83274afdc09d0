"""A keyboard is enough: everything is reached in order, is seen to be reached, and is left again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.watch import Opening

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  e.dataset.reached = "yes";
  return {
    name: `${e.localName}${e.id ? "#" + e.id : ""} ${(e.getAttribute("aria-label") || e.textContent).trim().slice(0, 40)}`,
    ring: (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== "none",
    inside: r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
  };
}"""
MISSED = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((e) => e.checkVisibility({contentVisibilityAuto: false, visibilityProperty: true}) && !e.disabled
    && e.tabIndex >= 0 && !e.dataset.reached && e.type !== "radio")
  .map((e) => `${e.localName}#${e.id} ${e.textContent.trim().slice(0, 40)}`)"""


def test_tab_reaches_everything_and_shows_where_it_is(report: Path, open_page: Opening) -> None:
    page, watch = open_page(report)
    reached = _tabbed(page)
    assert reached[0]["name"].startswith("a Skip")
    assert "summary" in reached[1]["name"].lower()  # the links to the sections come next
    assert [step["name"] for step in reached if not step["ring"]] == []
    assert [step["name"] for step in reached if not step["inside"]] == []
    assert page.evaluate(MISSED) == []
    assert watch.noticed(page) == {}


def test_shift_tab_leads_back_to_the_start(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report)
    for _ in range(25):
        page.keyboard.press("Tab")
    for _ in range(24):
        page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED)["name"].startswith("a Skip")


def test_the_skip_link_leads_past_the_navigation(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def _tabbed(page: Page, most: int = 1500) -> list[dict[str, Any]]:
    """What Tab reaches from the top of the page to its end."""
    reached: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        step = page.evaluate(FOCUSED)
        if step is None:
            return reached
        reached.append(step)
    raise AssertionError(f"{most} tabs and no end; the last: {reached[-5:]}")
