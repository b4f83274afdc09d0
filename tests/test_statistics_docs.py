"""The code blocks of docs/statistics/coverage.md run, and its tables are those of the benchmark."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # benchmarks are not installed

from benchmarks import coverage

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "statistics" / "coverage.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_blocks_run(capsys: pytest.CaptureFixture[str]) -> None:
    found = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    assert set(found) == {"sh", "python"}
    exec(compile(found["python"], PAGE.name, "exec"), {})  # noqa: S102 - our own page
    assert "these are worth 4.0" in capsys.readouterr().out
    command = shlex.split(found["sh"])
    assert command[:3] == ["python", "-m", "benchmarks.coverage"]
    assert ROOT / command[4] == PAGE


def test_tables_have_all_cells() -> None:
    text = PAGE.read_text(encoding="utf-8").partition(coverage.START)[2]
    titles = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    assert titles == [f"{quantity[0].upper()}{quantity[1:]}" for quantity in coverage.HEADS]
    assert sum(line.startswith("| ") for line in text.splitlines()) == 5 + 15 + 30 + 24 + 24 + 12
