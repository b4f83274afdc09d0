"""The code blocks of docs/statistics/coverage.md run, and its tables are those of the benchmark."""

from __future__ import annotations

import shlex

import pytest

from benchmarks import coverage
from tests.pages import DOCS, blocks, run_python

PAGE = DOCS / "statistics" / "coverage.md"


def test_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    found = dict(blocks(PAGE))
    assert set(found) == {"sh", "python"}
    run_python(PAGE, found["python"])
    assert "these are worth 4.0" in capsys.readouterr().out
    command = shlex.split(found["sh"])
    assert command[:3] == ["python", "-m", "benchmarks.coverage"]
    assert DOCS.parent / command[4] == PAGE


def test_tables_have_all_cells() -> None:
    text = PAGE.read_text(encoding="utf-8").partition(coverage.START)[2]
    titles = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    assert titles == [f"{quantity[0].upper()}{quantity[1:]}" for quantity in coverage.HEADS]
    assert sum(line.startswith("| ") for line in text.splitlines()) == 5 + 15 + 30 + 24 + 24 + 12
