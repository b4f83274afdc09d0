"""Whatever a stranger wrote into a study is text in its report: nothing runs, nothing appears, nothing leaves the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.payloads import HOSTILE, LONE_SURROGATE, VERY_LONG, visible
from tests.browser.reading import all_text, elements, open_everything
from tests.browser.spy import Spy
from tests.browser.watch import Opening

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

NEVER = {
    "iframe",
    "object",
    "embed",
    "form",
    "base",
    "img",
    "audio",
    "video",
    "animate",
    "foreignobject",
    "link",
    "image",
    "frame",
}
TOUCH = """() => document.querySelectorAll("body *").forEach((e) => ["mouseover", "focus", "toggle", "error", "load", "click"]
  .forEach((kind) => e.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true}))))"""
ATTRIBUTES = """() => [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].flatMap((a) => {
  const bad = a.name.startsWith("on") || ["src", "srcdoc", "action", "formaction", "autofocus"].includes(a.name)
    || (a.name.endsWith("href") && !a.value.startsWith("#")) || (a.name === "target");
  return bad ? [`${e.localName} ${a.name}=${a.value}`.slice(0, 200)] : [];
}))"""


def test_nothing_runs_and_nothing_leaves(hostile: Path, open_page: Opening, spy: Spy) -> None:
    page, watch = open_page(hostile, offline=False)
    open_everything(page)
    page.wait_for_timeout(500)
    assert watch.noticed(page) == {}
    assert spy.heard == []
    assert page.evaluate("document.scripts.length + document.styleSheets.length") > 0


def test_touching_everything_runs_nothing(hostile: Path, open_page: Opening, spy: Spy) -> None:
    page, watch = open_page(hostile, offline=False)
    open_everything(page)
    page.evaluate(TOUCH)
    for _ in range(60):
        page.keyboard.press("Tab")
    for x, y in ((200, 300), (500, 450), (900, 600)):
        page.mouse.move(x, y)
    page.wait_for_timeout(300)
    assert watch.noticed(page) == {}
    assert spy.heard == []


def test_the_same_texts_are_noticed_where_they_are_not_escaped(tmp_path: Path, open_page: Opening, spy: Spy) -> None:
    place = tmp_path / "unescaped.html"
    bodies = (text for text in HOSTILE if "refresh" not in text and text not in {"<!--", "--> ]]> <![CDATA[ <!--<script>"})
    place.write_text("<!doctype html><title>unescaped</title>" + "\n".join(bodies), encoding="utf-8", errors="replace")
    page, watch = open_page(place, offline=False)
    page.evaluate(TOUCH)
    page.wait_for_timeout(500)
    noticed = watch.noticed(page)
    assert {"ran", "requests"} <= set(noticed)
    assert any("evil.example" in line for line in spy.heard)


def test_no_element_comes_from_a_text(hostile: Path, report: Path, open_page: Opening) -> None:
    page, _ = open_page(hostile)
    open_everything(page)
    plain, _ = open_page(report)
    open_everything(plain)
    known, found = elements(plain), elements(page)
    assert not set(found) & NEVER
    assert set(found) - set(known) <= MORE, "elements that the report of a harmless study has not"
    for name in ("html", "head", "body", "title", "base", "script", "style", "meta", "main", "form"):
        assert found[name] == known[name], name
    assert page.evaluate(ATTRIBUTES) == []


MORE: set[str] = {"code", "tspan"}
"""What only some studies have: a prompt's hash, a long name in a figure."""


@pytest.mark.parametrize("payload", HOSTILE)
def test_it_is_read_as_text(payload: str, shown: str) -> None:
    assert visible(payload) in shown


def test_what_cannot_be_shown_is_named_and_the_endless_is_cut(shown: str) -> None:
    assert "half ⟨U+D83D⟩ of a character ⟨U+DC00⟩" in shown
    assert LONE_SURROGATE not in shown
    assert "safe⟨U+202E⟩gnp.exe⟨U+2066⟩" in shown
    assert f"cut here; {len(VERY_LONG):,} characters in all" in shown
    assert "49" not in [piece for line in shown.splitlines() if "7*7" in line for piece in line.split()]


@pytest.fixture(scope="module")
def shown(hostile: Path, chromium: Browser) -> str:
    """All text of the hostile page, every part of it open."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(hostile.as_uri())
    text = all_text(page)
    context.close()
    return text


def test_endless_words_do_not_widen_a_narrow_page(hostile: Path, open_page: Opening) -> None:
    page, _ = open_page(hostile, viewport={"width": 390, "height": 844})
    open_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
