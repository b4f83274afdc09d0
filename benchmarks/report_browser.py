"""How quick is a report's page in headless Chromium, and does it ask the network for anything?"""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.bars import Bar
from normscope.records import NotMeasured

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["in_browser"]

PAINT_SECONDS, FILTER_MS = 2.0, 200.0
LOADS = 3
ROUNDS = 3
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")

FILTERS: dict[str, dict[str, str]] = {
    "topic": {"ex-topic": "1"},
    "disagreement": {"ex-apart": "75"},
    "all models": {"ex-against": "all"},
    "one model": {"ex-against": "0"},
    "words": {"ex-words": "be fe"},
    "outcome": {"ex-lost": "1"},
    "order": {"ex-order": "models"},
    "everything": {"ex-topic": "2", "ex-apart": "50", "ex-words": "du", "ex-order": "apart"},
    "nothing": {},
}
"""Fields of the filter and what is put into them; all others are empty."""

CHANGE = """
async (values) => {
  const form = document.getElementById("ex-filter");
  const started = performance.now();
  for (const field of form.querySelectorAll("select, input[type=search]")) {
    field.value = values[field.id] ?? field.options?.[0].value ?? "";
  }
  form.dispatchEvent(new Event("input"));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - started;
}
"""
"""Milliseconds from the change to the second frame after it: what is found is painted by then."""

PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
UNPACKED = """
async () => {
  const found = document.getElementById("ex-found");
  while (!/^[0-9,]+ of/.test(found.textContent)) await new Promise((done) => setTimeout(done, 20));
}
"""
"""Until the line that says how far the unpacking is says again how many were found. (The page's policy lets no string be
evaluated, so that Playwright's own waiting for a condition cannot be used.)"""


def in_browser(page: Path, *, note: str) -> dict[str, Bar]:
    """First paint in seconds, the slowest filter in milliseconds, requests for anything but the file; `note` says of what."""
    program = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return _missing("Playwright is not installed (pip install playwright)")
    if program is None:
        return _missing("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            return _measured(browser, page.resolve().as_uri(), note)
        finally:
            browser.close()


def _missing(reason: str) -> dict[str, Bar]:
    missing = NotMeasured(reason)
    return {
        "first_paint_seconds": Bar(missing, PAINT_SECONDS),
        "slowest_filter_ms": Bar(missing, FILTER_MS),
        "external_requests": Bar(missing, 0),
    }


def _measured(browser: Browser, address: str, note: str) -> dict[str, Bar]:
    asked: list[str] = []
    paints = []
    for _ in range(LOADS):
        view = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        view.on("request", lambda request: asked.append(request.url))
        view.goto(address)
        view.wait_for_selector("#ex-sides article")
        paints.append(float(view.evaluate(PAINT)) / 1000)
        last = view
    rounds = [{name: _change(last, values) for name, values in FILTERS.items()} for _ in range(ROUNDS)]
    times = {name: statistics.median(one[name] for one in rounds) for name in FILTERS}
    # the words of everything that was said: unpacked once, then searched
    last.check("#ex-everywhere")
    last.evaluate(UNPACKED)
    words = {"ex-words": "nobody said this"}
    times["words in everything said"] = statistics.median(_change(last, words) for _ in range(ROUNDS))
    slowest = max(times, key=lambda name: times[name])
    outside = [url for url in asked if url.partition("#")[0] != address]
    return {
        "first_paint_seconds": Bar(statistics.median(paints), PAINT_SECONDS, note=f"median of {LOADS} loads; {note}"),
        "slowest_filter_ms": Bar(
            times[slowest], FILTER_MS, note=f"{slowest}, of {len(times)} filters, to the second frame; {note}"
        ),
        "external_requests": Bar(len(outside), 0, note=note),
    }


def _change(view: Page, values: dict[str, str]) -> float:
    taken: Any = view.evaluate(CHANGE, values)
    return float(taken)


if __name__ == "__main__":
    import sys

    for figure, bar in in_browser(Path(sys.argv[1]), note=sys.argv[1]).items():
        print(f"{figure}: {bar}")
