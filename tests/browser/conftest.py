"""What the tests in a browser share: one Chromium without a network, the pages it opens, and a watch over each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from normscope.report import page
from tests.browser.chromium import launched, missing
from tests.browser.hostile_study import hostile_data
from tests.browser.small_study import small_study
from tests.browser.spy import Spy, spying
from tests.browser.watch import Opening, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

T = TypeVar("T")

DESKTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--run-browser")
    if wanted and missing():
        raise pytest.UsageError(f"--run-browser needs {', '.join(missing())}; run: make browser")
    left_out = pytest.mark.skip(reason="needs a real Chromium, which .ci/browser installs: run `make browser`")
    for item in items:
        if item.get_closest_marker("browser") and not wanted:
            item.add_marker(left_out)


@pytest.fixture(scope="session")
def spy() -> Iterator[Spy]:
    with spying() as spy:
        yield spy


@pytest.fixture(scope="session")
def chromium(spy: Spy) -> Iterator[Browser]:
    with launched(spy.url) as browser:
        yield browser


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real small study."""
    return _apart(small_study, tmp_path_factory.mktemp("browser") / "study")


@pytest.fixture(scope="session")
def report(study: Path) -> Path:
    """Its report."""
    return study / "report.html"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a study whose every text is hostile."""
    place = tmp_path_factory.mktemp("hostile")
    path = place / "report.html"
    path.write_bytes(page(_apart(hostile_data, place)).encode())
    return path


@pytest.fixture
def open_page(chromium: Browser, spy: Spy) -> Iterator[Opening]:
    """Opens a file in a fresh, offline browser window; the options are those of Playwright's `new_context`."""
    contexts = []

    def open_file(path: Path, *, anchor: str = "", **options: Any) -> tuple[Page, Watch]:
        context = chromium.new_context(**{"viewport": DESKTOP, "offline": True, "reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch = Watch.over(page, path.as_uri())
        page.goto(path.as_uri() + anchor)
        return page, watch

    spy.heard.clear()
    yield open_file
    for context in contexts:
        context.close()


def _apart(make: Callable[[Path], T], place: Path) -> T:
    """Make a study in a thread of its own: Playwright keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(make, place).result()
