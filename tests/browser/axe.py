"""The accessibility faults that axe-core finds on a page as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.browser.chromium import AXE

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["GRAVE", "faults"]

GRAVE = ("serious", "critical")

# what is laid out only when it is scrolled to has no place yet, and axe-core takes its neighbours for its background
_ALL_LAID_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { content-visibility: visible !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""


def faults(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """Serious and critical violations of these rules (empty: of all): the rule, what it asks for, where it is broken first."""
    page.evaluate(_ALL_LAID_OUT)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"], **({"runOnly": list(only)} if only else {})}
    result: dict[str, Any] = page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{v['id']} ({v['impact']}, {len(v['nodes'])} places): {v['help']}: {[n['html'][:160] for n in v['nodes'][:3]]}"
        for v in result["violations"]
        if v["impact"] in GRAVE
    ]
