"""Pictures of the report to look at, `--screenshots FOLDER`: wide and 390 px, light and dark, and printed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.test_browser_accessible import LOOKS
from tests.browser.watch import Opening

pytestmark = pytest.mark.browser

SCREENS = 12
"""Pictures of one look at most, each a window high."""


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
    height: int = page.viewport_size["height"] if page.viewport_size else 900
    total: int = page.evaluate("document.documentElement.scrollHeight")
    for number in range(min(SCREENS, -(-total // height))):
        page.evaluate(f"scrollTo(0, {number * height})")
        page.screenshot(path=pictures / f"{name}-{number + 1:02}.png")
    assert (pictures / f"{name}-01.png").stat().st_size > 5_000


def test_pictures_of_paper(report: Path, pictures: Path, open_page: Opening) -> None:
    page, _ = open_page(report)
    printed = pictures / "printed.pdf"
    page.pdf(path=printed, format="A4", print_background=True)
    if shutil.which("pdftoppm"):  # of poppler-utils
        subprocess.run(["pdftoppm", "-png", "-r", "60", "-l", "12", str(printed), str(pictures / "printed")], check=True)
