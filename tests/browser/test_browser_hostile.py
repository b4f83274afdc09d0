"""Whatever a stranger wrote into a study is text in its report: nothing runs, nothing appears, nothing leaves the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.payloads import HOSTILE, LONE_SURROGATE, VERY_LONG, visible
from tests.browser.reading import each_dilemma, elements, open_everything, text_of, wait_for_dilemma
from tests.browser.spy import Spy
from tests.browser.test_browser_accessible import NARROW, WIDER
from tests.browser.watch import Opening

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MORE = {"code", "tspan"}
"""Elements that only some studies have: a prompt's hash, a long name in a figure."""
TOUCH = """() => document.querySelectorAll("body *").forEach((e) => ["mouseover", "focus", "toggle", "error", "load", "click"]
  .forEach((kind) => e.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true}))))"""
NEVER = "iframe,object,embed,base,img,audio,video,animate,foreignObject,link,image,set,portal,dialog,template,frame,applet"
STRANGE = f"""() => [...document.querySelectorAll("{NEVER}")].map((e) => e.localName).concat(
  [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].flatMap((a) => {{
    const bad = a.name.startsWith("on") || ["src", "srcdoc", "action", "formaction", "autofocus", "target"].includes(a.name)
      || (a.name === "style" && !e.closest("svg, .vega-embed, #tip")) || (a.name.endsWith("href") && !a.value.startsWith("#"));
    return bad ? [`${{e.localName}} ${{a.name}}=${{a.value}}`.slice(0, 200)] : [];
  }})))"""
RUNNABLE = "() => [...document.scripts].filter((s) => !/json|octet/.test(s.type)).length"


def test_nothing_runs_and_nothing_leaves_in_any_dilemma(hostile: Path, open_page: Opening, spy: Spy) -> None:
    page, watch = open_page(hostile, offline=False)
    for _ in each_dilemma(page):
        assert page.evaluate(STRANGE) == []
    page.wait_for_timeout(300)
    assert watch.noticed(page) == {}
    assert spy.heard == []


def test_touching_everything_runs_nothing(hostile: Path, open_page: Opening, spy: Spy) -> None:
    page, watch = open_page(hostile, offline=False)
    wait_for_dilemma(page)
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
    plain, _ = open_page(report)
    for opened in (page, plain):
        wait_for_dilemma(opened)
        opened.locator("figure .drawing:visible").first.scroll_into_view_if_needed()
        opened.locator(".vega-embed").first.wait_for()  # the figures' library has become a script
        open_everything(opened)
    known, found = elements(plain), elements(page)
    assert set(found) - set(known) <= MORE, "elements that the report of a harmless study has not"
    for name in ("html", "head", "body", "title", "style", "meta", "main", "form"):
        assert found[name] == known[name], name
    assert page.evaluate(RUNNABLE) == plain.evaluate(RUNNABLE)


@pytest.fixture(scope="module")
def views(hostile: Path, chromium: Browser) -> list[str]:
    """The text of the hostile page, then that of each of its dilemmas."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(hostile.as_uri())
    wait_for_dilemma(page)
    open_everything(page)
    read = [text_of(page), *each_dilemma(page)]
    context.close()
    return read


@pytest.mark.parametrize("payload", HOSTILE, ids=lambda text: visible(text)[:30])
def test_it_is_read_as_text(payload: str, views: list[str]) -> None:
    assert visible(payload) in views[0]
    # it is a solution in a dilemma for each of seven responders, and evidence, and a turn
    assert sum(visible(payload) in view for view in views[1:]) >= 7


def test_what_cannot_be_shown_is_named_and_the_endless_is_cut(views: list[str]) -> None:
    shown = "\n".join(views)
    assert "half ⟨U+D83D⟩ of a character ⟨U+DC00⟩" in shown
    assert LONE_SURROGATE not in shown
    assert "safe⟨U+202E⟩gnp.exe⟨U+2066⟩" in shown
    assert f"cut here; {len(VERY_LONG):,} characters in all" in shown
    assert not any(worked_out in shown for worked_out in ("49 ${7*7}", "$49 #", "#49 <", "{{7*7}} 49"))


def test_endless_words_do_not_widen_a_narrow_page(hostile: Path, open_page: Opening) -> None:
    page, _ = open_page(hostile, viewport=NARROW)
    for number, _ in enumerate(each_dilemma(page), start=1):
        assert page.evaluate(WIDER) == [], f"dilemma {number}"
