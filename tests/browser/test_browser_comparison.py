"""The page of a comparison keeps to the rules of the report: nothing runs, nothing leaves, everybody can read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.axe import faults
from tests.browser.compared import compared
from tests.browser.hostile_study import FOLDER
from tests.browser.reading import open_everything, text_of
from tests.browser.spy import Spy
from tests.browser.test_browser_accessible import LOOKS, WIDER
from tests.browser.test_browser_hostile import STRANGE, TOUCH
from tests.browser.watch import Opening

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def comparison(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compared(study, tmp_path_factory.mktemp("compared"))


@pytest.fixture(scope="module")
def hostile_comparison(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compared(hostile.parent / FOLDER, tmp_path_factory.mktemp("compared"))


@pytest.mark.parametrize("look", ["desktop light", "390 px dark"])
def test_everybody_can_read_it(look: str, comparison: Path, open_page: Opening) -> None:
    page, watch = open_page(comparison, **LOOKS[look])
    assert page.evaluate(WIDER) == []
    open_everything(page)
    assert faults(page) == []
    assert page.evaluate(WIDER) == []
    assert watch.noticed(page) == {}


def test_hostile_texts_are_texts(hostile_comparison: Path, open_page: Opening, spy: Spy) -> None:
    page, watch = open_page(hostile_comparison, offline=False, **LOOKS["390 px light"])
    open_everything(page)
    page.evaluate(TOUCH)
    page.wait_for_timeout(300)
    assert page.evaluate(STRANGE) == []
    assert page.evaluate(WIDER) == []
    assert "<img src=x onerror=window.__ran=2>" in text_of(page)
    assert watch.noticed(page) == {}
    assert spy.heard == []
