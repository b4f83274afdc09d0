"""Pictures of the report to look at, `--screenshots FOLDER`: wide and 390 px, light and dark, and printed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.test_browser_accessible import LOOKS
from tests.browser.watch import Opening

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TALL = 1600
"""Pixels of a picture's height; of a taller section the first three pictures are taken."""


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path:
    folder = request.config.getoption("--screenshots")
    if folder is None:
        pytest.skip("pictures are made on request: --screenshots FOLDER")
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    return place


@pytest.mark.parametrize("look", LOOKS)
def test_pictures_of_screens(look: str, report: Path, pictures: Path, open_page: Opening) -> None:
    page, _ = open_page(report, **LOOKS[look])
    name = look.replace(" ", "-")
    page.screenshot(path=pictures / f"{name}-0-first.png")
    _live(page)
    for number, section in enumerate(page.locator("main > section").all(), start=1):
        box = section.bounding_box()
        assert box
        for part in range(min(3, -(-int(box["height"]) // TALL))):
            height = min(TALL, box["height"] - part * TALL)
            page.screenshot(
                path=pictures / f"{name}-{number:02}-{section.get_attribute('id')}-{part + 1}.png",
                full_page=True,
                clip={"x": 0, "y": box["y"] + page.evaluate("scrollY") + part * TALL, "width": _width(page), "height": height},
            )
    assert (pictures / f"{name}-0-first.png").stat().st_size > 5_000


def test_pictures_of_paper(report: Path, pictures: Path, open_page: Opening) -> None:
    page, _ = open_page(report)
    printed = pictures / "printed.pdf"
    page.pdf(path=printed, format="A4", print_background=True)
    if shutil.which("pdftoppm"):  # of poppler-utils
        subprocess.run(["pdftoppm", "-png", "-r", "60", "-l", "12", str(printed), str(pictures / "printed")], check=True)


def _live(page: Page) -> None:
    """Scroll through the page, so that figures are as they are for a reader, and back."""
    for drawing in page.locator("figure .drawing:visible").all():
        drawing.scroll_into_view_if_needed()
        page.wait_for_timeout(150)
    page.evaluate("scrollTo(0, 0)")


def _width(page: Page) -> int:
    return page.viewport_size["width"] if page.viewport_size else 0
