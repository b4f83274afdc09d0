"""Reading a report as it stands in the browser: all of it open, its text, its elements."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["all_text", "elements", "open_everything"]


def open_everything(page: Page) -> None:
    """Open whatever is folded."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")


def all_text(page: Page) -> str:
    """The text of the whole page, every part of it open, as it stands in the document."""
    open_everything(page)
    text: str = page.evaluate("document.body.textContent")
    return text


def elements(page: Page) -> Counter[str]:
    """How many elements of each name the document has."""
    names: list[str] = page.evaluate("[...document.querySelectorAll('*')].map((e) => e.localName)")
    return Counter(names)
