"""The report can be read by everybody: axe-core, narrow screens, dark mode, large text, no motion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.axe import faults
from tests.browser.reading import open_everything, wait_for_dilemma
from tests.browser.watch import Opening

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop light": {"color_scheme": "light"},
    "desktop dark": {"color_scheme": "dark"},
    "390 px light": {"color_scheme": "light", "viewport": NARROW},
    "390 px dark": {"color_scheme": "dark", "viewport": NARROW},
}
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"
WIDER = """() => {
  const where = (e) => `${e.localName}.${e.getAttribute("class")} in #${e.closest("[id]").id}`;
  const out = (e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, .drawing");
  return document.documentElement.scrollWidth > innerWidth
    ? ["wider than the window", ...[...document.querySelectorAll("body *")].filter(out).map(where).slice(0, 8)] : [];
}"""


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_grave(look: str, report: Path, open_page: Opening) -> None:
    page, _ = open_page(report, **LOOKS[look])
    wait_for_dilemma(page)
    if look in {"desktop light", "390 px dark"}:
        assert faults(page) == []
    open_everything(page)
    # in another light only colours differ
    assert faults(page, only=() if look in {"desktop light", "390 px light"} else ("color-contrast",)) == []


def test_axe_notices_what_is_grave(tmp_path: Path, open_page: Opening) -> None:
    place = tmp_path / "faulty.html"
    text = "<p style='color:#ccc;background:#fff'>pale</p><button></button>"
    place.write_text(f"<!doctype html><html><title>faulty</title><main>{text}</main></html>", encoding="utf-8")
    page, _ = open_page(place)
    found = " ".join(faults(page))
    assert all(rule in found for rule in ("color-contrast", "button-name", "html-has-lang"))


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_window(width: int, report: Path, open_page: Opening) -> None:
    page, _ = open_page(report, viewport={"width": width, "height": 844})
    assert page.evaluate(WIDER) == []
    open_everything(page)
    assert page.evaluate(WIDER) == []


def test_captions_are_read_without_scrolling(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report, viewport=NARROW)
    wait_for_dilemma(page)
    open_everything(page)
    cut = """() => [...document.querySelectorAll("caption")].filter((caption) => {
      const words = new Range();
      words.selectNodeContents(caption);
      return words.getBoundingClientRect().right > innerWidth;
    }).map((caption) => caption.textContent)"""
    assert page.evaluate(cut) == []


def test_dark_is_dark_and_print_is_light(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report, color_scheme="dark")
    dark = page.evaluate(BACKGROUND)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)" != dark
    page.emulate_media(media="screen", color_scheme="light")
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"


def test_figures_say_what_they_show(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report)
    figures = page.locator("figure:visible").all()
    assert figures
    for figure in figures:
        assert figure.locator("figcaption").inner_text().strip()


def test_nothing_moves_for_those_who_want_no_motion(report: Path, open_page: Opening) -> None:
    page, _ = open_page(report, reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((e) => {
      const s = getComputedStyle(e);
      return s.scrollBehavior === "smooth" || parseFloat(s.animationDuration) > 0.01
        || (parseFloat(s.transitionDuration) > 0.01 && s.transitionProperty !== "none");
    }).map((e) => e.localName).concat(document.getAnimations().map(String))"""
    assert page.evaluate(moving) == []
