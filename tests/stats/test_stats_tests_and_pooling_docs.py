"""The page about tests and pooling: its code gives what it says, and the functions it names are there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from normscope import stats

PAGE = Path(__file__).resolve().parents[2] / "docs" / "statistics" / "tests_and_pooling.md"


def test_blocks_give_what_the_page_says() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted > 15
    assert found.failed == 0


def test_functions_that_are_named_are_public() -> None:
    imported = re.findall(r"from normscope\.stats import (.+)", PAGE.read_text(encoding="utf-8"))
    named = {name.strip() for line in imported for name in line.split(",")}
    assert len(named) > 12
    assert named <= set(stats.__all__)
