"""Reading a report as it stands in the browser: all of it open, its text, its elements, the dilemma that is chosen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["chosen", "dilemmas_found", "each_dilemma", "elements", "open_everything", "text_of", "wait_for_dilemma"]

_AT = """n => {
  const title = document.getElementById("ex-title")?.textContent ?? "";
  return (n ? new RegExp(`^Dilemma ${n}\\\\b`) : /^Dilemma \\d/).test(title);
}"""


def open_everything(page: Page) -> None:
    """Open whatever is folded."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")


def wait_for_dilemma(page: Page, number: int = 0) -> None:
    """Until the dilemma of this number (0: any) stands in the explorer."""
    page.wait_for_function(_AT, arg=number)


def chosen(page: Page) -> str:
    """What the explorer calls the chosen dilemma."""
    title: str = page.locator("#ex-title").inner_text()
    return title


def dilemmas_found(page: Page) -> tuple[int, int]:
    """How many dilemmas the filter found, of how many."""
    said = page.locator("#ex-found").inner_text().replace(",", "")
    found = re.fullmatch(r"(\d+) of (\d+) dilemmas?", said)
    assert found, said
    return int(found[1]), int(found[2])


def each_dilemma(page: Page) -> Iterator[str]:
    """Choose one dilemma after the other and open everything: the text of each as it stands in the document."""
    wait_for_dilemma(page)
    _, dilemmas = dilemmas_found(page)
    for number in range(1, dilemmas + 1):
        if number > 1:
            page.locator("#ex-on").click()
            wait_for_dilemma(page, number)
        open_everything(page)
        yield text_of(page, "#ex-chosen")


def text_of(page: Page, part: str = "body") -> str:
    """The text of a part of the page as it stands in the document, seen or not; not that of its scripts."""
    text: str = page.evaluate(
        """(part) => [...document.querySelectorAll(`${part} *`)].filter((e) => e.localName !== "script")
        .flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data)).join("")""",
        part,
    )
    return text


def elements(page: Page) -> Counter[str]:
    """How many elements of each name the document has, but for what a figure is made of when it is alive."""
    names: list[str] = page.evaluate(
        "[...document.querySelectorAll('*')].filter((e) => !e.closest('.vega-embed')).map((e) => e.localName)"
    )
    return Counter(names)
